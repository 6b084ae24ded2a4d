import { effect, signal } from "@preact/signals";

export type Theme = "system" | "light" | "dark";
export type TextSize = "normal" | "large" | "huge";

/** How large text is, in percent of what the browser says. All sizes are in rem, so everything follows. */
const PERCENT: Readonly<Record<TextSize, number>> = { normal: 100, large: 115, huge: 130 };

function stored<T extends string>(key: string, values: readonly T[], fallback: T): T {
  const value = localStorage.getItem(key) as T;
  return values.includes(value) ? value : fallback;
}

export const theme = signal<Theme>(stored("sfera.theme", ["system", "light", "dark"], "system"));
export const textSize = signal<TextSize>(stored("sfera.text", ["normal", "large", "huge"], "normal"));
/** Single keys (M, V, H) in a lesson; Ctrl combinations always work. */
export const singleKeys = signal(stored("sfera.keys", ["on", "off"], "on") === "on");
/** Enter sends a message; Ctrl+Enter always does. */
export const enterSends = signal(stored("sfera.enter", ["on", "off"], "off") === "on");
/** How long the question of the floor stands, seconds. */
export const answerSeconds = signal(Number(stored("sfera.answer", ["20", "60"], "20")));

/** Puts the theme onto the document and keeps what is chosen. */
export function startSettings(): void {
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const system = signal(dark.matches);
  dark.addEventListener("change", (event) => {
    system.value = event.matches;
  });
  effect(() => {
    const wanted = theme.value;
    document.documentElement.dataset.theme = wanted === "system" ? (system.value ? "dark" : "light") : wanted;
    localStorage.setItem("sfera.theme", wanted);
  });
  effect(() => {
    document.documentElement.style.fontSize = textSize.value === "normal" ? "" : `${PERCENT[textSize.value]}%`;
    localStorage.setItem("sfera.text", textSize.value);
  });
  effect(() => localStorage.setItem("sfera.keys", singleKeys.value ? "on" : "off"));
  effect(() => localStorage.setItem("sfera.enter", enterSends.value ? "on" : "off"));
  effect(() => localStorage.setItem("sfera.answer", String(answerSeconds.value)));
}
