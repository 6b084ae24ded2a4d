import { useRef } from "preact/hooks";
import { newKey } from "../api/http";

/**
 * Keys for a form's creating call: the same words keep their key, so that pressing again after a lost answer makes
 * nothing twice; other words get another one.
 */
export function useRepeat(): (body: unknown) => string {
  const last = useRef({ words: "", key: "" });
  return (body) => {
    const words = JSON.stringify(body);
    if (words !== last.current.words) last.current = { words, key: newKey() };
    return last.current.key;
  };
}
