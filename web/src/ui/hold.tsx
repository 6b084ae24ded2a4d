import type { ComponentChildren } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { t } from "../i18n";

const HOLD_MS = 1_000;
/** So long the second press of Enter is waited for. */
const ARMED_MS = 5_000;

interface HoldProps {
  children: ComponentChildren;
  kind?: "primary" | "danger";
  icon?: ComponentChildren;
  testId?: string;
  autoFocus?: boolean;
  onHeld(): Promise<unknown>;
}

/**
 * A button for what must not happen by accident: held for a second, or pressed twice from the keyboard. Only going on
 * air and leaving it are such.
 */
export function HoldButton({ children, kind = "primary", icon, testId, autoFocus, onHeld }: HoldProps) {
  const [state, setState] = useState<"idle" | "held" | "short" | "armed" | "working">("idle");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const id = useId();
  useEffect(() => () => clearTimeout(timer.current), []);

  const run = (): void => {
    clearTimeout(timer.current);
    setState("working");
    void onHeld()
      .catch(() => {})
      .finally(() => setState("idle"));
  };
  const press = (): void => {
    if (state === "working") return;
    clearTimeout(timer.current);
    setState("held");
    timer.current = setTimeout(run, HOLD_MS);
  };
  const release = (): void => {
    if (state !== "held") return;
    clearTimeout(timer.current);
    setState("short");
  };
  const click = (event: MouseEvent): void => {
    // A pointer's click comes after its press and release; a keyboard's or a screen reader's comes alone.
    if (event.detail !== 0 || state === "working") return;
    if (state === "armed") return run();
    clearTimeout(timer.current);
    setState("armed");
    timer.current = setTimeout(() => setState("idle"), ARMED_MS);
  };

  return (
    <div class="hold">
      <button
        type="button"
        class={`button large wide ${kind} hold-button ${state}`}
        aria-busy={state === "working" ? "true" : undefined}
        aria-disabled={state === "working" ? "true" : undefined}
        aria-describedby={id}
        autoFocus={autoFocus}
        data-testid={testId}
        onPointerDown={(event) => event.button === 0 && press()}
        onPointerUp={release}
        onPointerLeave={release}
        onPointerCancel={release}
        onContextMenu={(event) => event.preventDefault()}
        onClick={click}
      >
        <span class="hold-fill" aria-hidden="true" />
        <span class="button-words">
          {icon}
          {children}
        </span>
        {state === "working" && <span class="ring" />}
      </button>
      <p id={id} class={state === "short" || state === "armed" ? "hold-hint asked" : "hold-hint"} role="status">
        {state === "armed" ? t("hold.again") : t("hold.hint")}
      </p>
    </div>
  );
}
