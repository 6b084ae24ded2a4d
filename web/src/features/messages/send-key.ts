import { enterSends } from "../../app/settings";

/** Whether a key in a field one writes in sends what stands there: Ctrl+Enter, or Enter for who has chosen that. */
export function isSendKey(event: KeyboardEvent): boolean {
  const wanted = event.ctrlKey || event.metaKey || (enterSends.peek() && !event.shiftKey);
  return event.key === "Enter" && wanted && !event.isComposing;
}
