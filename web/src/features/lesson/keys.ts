import { useEffect } from "preact/hooks";
import { singleKeys } from "../../app/settings";
import { type KeyAction, keyAction } from "./key-map";

/** Listens to keys while a lesson is on the page. `talk` is told when Space goes down and when it comes up. */
export function useKeys(run: (action: KeyAction, down: boolean) => void, enabled: boolean): void {
  useEffect(() => {
    if (!enabled) return;
    let talking = false;
    const down = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || writes(event.target) || document.querySelector("dialog[open]")) return;
      const action = keyAction(event, singleKeys.value);
      if (action === null) return;
      // Space presses what is focused; it only speaks when nothing is.
      if (action === "talk") {
        if (document.activeElement !== document.body && document.activeElement?.tagName !== "H1") return;
        event.preventDefault();
        if (event.repeat || talking) return;
        talking = true;
        run("talk", true);
        return;
      }
      event.preventDefault();
      if (!event.repeat) run(action, true);
    };
    const up = (event: KeyboardEvent): void => {
      if (event.code !== "Space" || !talking) return;
      talking = false;
      run("talk", false);
    };
    const away = (): void => {
      if (talking) run("talk", false);
      talking = false;
    };
    window.addEventListener("keydown", down);
    window.addEventListener("keyup", up);
    window.addEventListener("blur", away);
    return () => {
      window.removeEventListener("keydown", down);
      window.removeEventListener("keyup", up);
      window.removeEventListener("blur", away);
    };
  }, [run, enabled]);
}

function writes(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
}
