import type { ClassSummary } from "../../api/types";

const LAST = "sfera.start.class";

/** The class a lesson was started in last, if it is among these, else the first of them. */
export function classToStart(classes: readonly ClassSummary[]): ClassSummary | undefined {
  const last = localStorage.getItem(LAST);
  return classes.find((one) => one.id === last) ?? classes[0];
}

export function rememberClass(id: string): void {
  localStorage.setItem(LAST, id);
}
