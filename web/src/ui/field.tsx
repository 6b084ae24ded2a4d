import { ChevronDown, CircleAlert } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";

interface FieldProps {
  label: string;
  name: string;
  value: string;
  onInput(value: string): void;
  onLeave?: () => void;
  type?: "text" | "password" | "date" | "search" | "email" | "tel" | "url" | "number";
  inputMode?: "numeric" | "email" | "tel" | "url";
  min?: string;
  max?: string;
  hint?: string;
  error?: string | null;
  autoComplete?: string;
  autoFocus?: boolean;
  maxLength?: number;
  plain?: boolean;
  children?: ComponentChildren;
}

/** A browser heeds `autofocus` in a dialog that opens; elsewhere only in the first page it draws. */
function useAutoFocus<T extends HTMLElement>(wished: boolean | undefined) {
  const ref = useRef<T>(null);
  useEffect(() => {
    if (wished && !ref.current?.closest("dialog")) ref.current?.focus();
  }, []);
  return ref;
}

/** A field: label above, hint below, an error in the hint's place. */
export function Field(props: FieldProps) {
  const id = useId();
  const ref = useAutoFocus<HTMLInputElement>(props.autoFocus);
  const note = `${id}-note`;
  return (
    <div class="field">
      <label for={id}>{props.label}</label>
      <div class={props.error ? "field-box wrong" : "field-box"}>
        <input
          ref={ref}
          id={id}
          name={props.name}
          {...({ type: props.type ?? "text" } as { type: "text" })}
          value={props.value}
          maxLength={props.maxLength}
          min={props.min}
          max={props.max}
          inputMode={props.inputMode}
          autoComplete={props.autoComplete}
          autoFocus={props.autoFocus}
          autoCapitalize={props.plain ? "none" : undefined}
          autoCorrect={props.plain ? "off" : undefined}
          spellcheck={!props.plain}
          aria-invalid={props.error ? "true" : undefined}
          aria-describedby={props.error || props.hint ? note : undefined}
          onInput={(event) => props.onInput(event.currentTarget.value)}
          onBlur={props.onLeave}
        />
        {props.children}
      </div>
      {props.error ? (
        <p id={note} class="field-error">
          <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
          {props.error}
        </p>
      ) : (
        props.hint && (
          <p id={note} class="field-hint">
            {props.hint}
          </p>
        )
      )}
    </div>
  );
}

interface AreaProps {
  label: string;
  name: string;
  value: string;
  rows?: number;
  hint?: string;
  maxLength?: number;
  autoFocus?: boolean;
  onInput(value: string): void;
}

/** A field of several lines. */
export function Area({ label, name, value, rows = 4, hint, maxLength, autoFocus, onInput }: AreaProps) {
  const id = useId();
  const ref = useAutoFocus<HTMLTextAreaElement>(autoFocus);
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <textarea
          ref={ref}
          autoFocus={autoFocus}
          id={id}
          name={name}
          rows={rows}
          value={value}
          maxLength={maxLength}
          aria-describedby={hint ? `${id}-note` : undefined}
          onInput={(event) => onInput(event.currentTarget.value)}
        />
      </div>
      {hint && (
        <p id={`${id}-note`} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly { value: string; label: string }[];
  onChange(value: string): void;
}

export function Select({ label, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div class="field">
      <label for={id}>{label}</label>
      <div class="field-box">
        <select id={id} value={value} onChange={(event) => onChange(event.currentTarget.value)}>
          {options.map((option) => (
            <option key={option.value} value={option.value}>
              {option.label}
            </option>
          ))}
        </select>
        <ChevronDown class="field-chevron" size={20} strokeWidth={1.75} aria-hidden="true" />
      </div>
    </div>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  name: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange(value: T): void;
}

/** One of a few, all of them in sight. */
export function Segments<T extends string>({ label, name, value, options, onChange }: SegmentsProps<T>) {
  return (
    <fieldset class="segments">
      <legend class="field-label">{label}</legend>
      {options.map((option) => (
        <label key={option.value} lang={option.lang}>
          <input
            type="radio"
            name={name}
            value={option.value}
            checked={option.value === value}
            onChange={() => onChange(option.value)}
          />
          {option.label}
        </label>
      ))}
    </fieldset>
  );
}
