import type { KeyLike } from "../features/lesson/key-map";

export type PlayerKey = "toggle" | "back" | "forward" | "frameBack" | "frameForward" | "mute" | "full" | "shortBack" | "shortForward";

/** What a key means in a player; by `code`, so that it is the same key on a Russian layout. */
export function playerKey(event: KeyLike): PlayerKey | null {
  if (event.altKey || event.metaKey || event.ctrlKey || event.shiftKey) return null;
  switch (event.code) {
    case "KeyK":
    case "Space":
      return "toggle";
    case "KeyJ":
      return "back";
    case "KeyL":
      return "forward";
    case "Comma":
      return "frameBack";
    case "Period":
      return "frameForward";
    case "KeyM":
      return "mute";
    case "KeyF":
      return "full";
    case "ArrowLeft":
      return "shortBack";
    case "ArrowRight":
      return "shortForward";
    default:
      return null;
  }
}
