import type { ComponentChildren, TargetedMouseEvent } from "preact";
import { useState } from "preact/hooks";

interface ButtonProps {
  children?: ComponentChildren;
  kind?: "primary" | "quiet" | "text" | "danger" | "hand";
  size?: "small" | "normal" | "large";
  wide?: boolean;
  /** Only an icon is drawn; this is what it is called. */
  label?: string;
  icon?: ComponentChildren;
  type?: "button" | "submit";
  busy?: boolean;
  autoFocus?: boolean;
  testId?: string;
  class?: string;
  title?: string;
  describedBy?: string;
  /** -1 where something around it holds the one stop of the Tab key. */
  tab?: number | undefined;
  /** May be async: until it settles the button keeps its width, shows a ring and ignores a second press. */
  onPress?: (event: TargetedMouseEvent<HTMLButtonElement>) => unknown;
}

export function Button(props: ButtonProps) {
  const [working, setWorking] = useState(false);
  const busy = working || props.busy === true;
  const press = (event: TargetedMouseEvent<HTMLButtonElement>): void => {
    if (busy) {
      event.preventDefault();
      return;
    }
    const result = props.onPress?.(event);
    if (result instanceof Promise) {
      setWorking(true);
      void result.catch(() => {}).finally(() => setWorking(false));
    }
  };
  const names = ["button", props.kind ?? "quiet"];
  if (props.size && props.size !== "normal") names.push(props.size);
  if (props.wide) names.push("wide");
  if (props.label !== undefined && !props.children) names.push("icon-only");
  if (props.class) names.push(props.class);
  return (
    <button
      type={props.type ?? "button"}
      class={names.join(" ")}
      aria-label={props.label}
      aria-busy={busy ? "true" : undefined}
      aria-disabled={busy ? "true" : undefined}
      aria-describedby={props.describedBy}
      title={props.title ?? (props.children ? undefined : props.label)}
      autoFocus={props.autoFocus}
      tabIndex={props.tab}
      data-testid={props.testId}
      onClick={press}
    >
      <span class="button-words">
        {props.icon}
        {props.children}
      </span>
      {busy && <span class="ring" />}
    </button>
  );
}
