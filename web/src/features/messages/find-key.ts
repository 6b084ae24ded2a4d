import { navigate, route, to } from "../../app/router";
import { me } from "../../app/session";

/** Ctrl+K leads to the search of the page, or, where it has none, to that of messages. */
export function startFindKey(): void {
  window.addEventListener("keydown", (event) => {
    if (event.code !== "KeyK" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    // In an article it makes a link; a dialog keeps the focus; one does not leave a lesson by a slip of the hand.
    if (event.defaultPrevented || document.querySelector("dialog[open]") || !me.peek() || route.peek().name === "lesson") return;
    event.preventDefault();
    const field = [...document.querySelectorAll<HTMLInputElement>("input[type=search]")].find((one) => one.checkVisibility());
    if (field) {
      field.focus();
      field.select();
    } else navigate(`${to.messages}?q=`);
  });
}
