import { useId } from "preact/hooks";

interface CheckProps {
  label: string;
  checked: boolean;
  hint?: string;
  testId?: string;
  onChange(on: boolean): void;
}

/** Something that holds or does not: the whole line can be pressed. */
export function Check({ label, checked, hint, testId, onChange }: CheckProps) {
  const id = useId();
  return (
    <div class="check">
      <label>
        <input
          type="checkbox"
          checked={checked}
          aria-describedby={hint ? id : undefined}
          data-testid={testId}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
        <span>{label}</span>
      </label>
      {hint && (
        <p id={id} class="field-hint">
          {hint}
        </p>
      )}
    </div>
  );
}
