import { useEffect } from "preact/hooks";
import { singleKeys } from "../../app/settings";

export type KeyAction =
  | "microphone"
  | "camera"
  | "hand"
  | "next"
  | "lowerAll"
  | "view"
  | "people"
  | "full"
  | "list"
  | "pagePrevious"
  | "pageNext"
  | "talk"
  | { pin: number };

export interface KeyLike {
  code: string;
  ctrlKey: boolean;
  altKey: boolean;
  metaKey: boolean;
  shiftKey: boolean;
}

/**
 * What a key means in a lesson. By `code`, so that it is the same key on a Russian layout. Single keys can be
 * switched off; Ctrl+D and Ctrl+E always work.
 */
export function keyAction(event: KeyLike, single: boolean): KeyAction | null {
  if (event.altKey || event.metaKey) return null;
  if (event.ctrlKey) {
    if (event.shiftKey) return null;
    if (event.code === "KeyD") return "microphone";
    if (event.code === "KeyE") return "camera";
    return null;
  }
  if (!single) return null;
  if (event.shiftKey) {
    if (event.code === "KeyL") return "lowerAll";
    if (event.code === "Slash") return "list";
    return null;
  }
  const digit = /^Digit([1-9])$/.exec(event.code);
  if (digit) return { pin: Number(digit[1]) - 1 };
  switch (event.code) {
    case "KeyM":
      return "microphone";
    case "KeyV":
      return "camera";
    case "KeyH":
      return "hand";
    case "KeyN":
      return "next";
    case "KeyG":
      return "view";
    case "KeyP":
      return "people";
    case "KeyF":
      return "full";
    case "BracketLeft":
      return "pagePrevious";
    case "BracketRight":
      return "pageNext";
    case "Space":
      return "talk";
    default:
      return null;
  }
}

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
