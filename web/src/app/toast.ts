import { signal } from "@preact/signals";
import { announce } from "./announce";

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; run(): void };
}

const SHOWN_MS = 6_000;
const WITH_ACTION_MS = 10_000;

/** One at a time, bottom left; never for hands, never the only news of a failure. */
export const toast = signal<Toast | null>(null);
let count = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

export function showToast(text: string, action?: Toast["action"]): void {
  toast.value = { id: ++count, text, ...(action ? { action } : {}) };
  announce(text);
  holdToast(false);
}

/** Stays while it is hovered or focused. */
export function holdToast(held: boolean): void {
  if (timer !== null) clearTimeout(timer);
  timer = null;
  const shown = toast.value;
  if (!held && shown) timer = setTimeout(hideToast, shown.action ? WITH_ACTION_MS : SHOWN_MS);
}

export function hideToast(): void {
  toast.value = null;
}
