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
