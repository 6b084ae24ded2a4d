import { signal } from "@preact/signals";

/** Whether the browser has a network, as far as it can tell. */
export const online = signal(globalThis.navigator?.onLine ?? true);

if (typeof window !== "undefined") {
  for (const name of ["online", "offline"]) window.addEventListener(name, () => (online.value = navigator.onLine));
}
