import type { Membership } from "../api/types";
import type { Route } from "./router";

/** What has become of one's memberships, as far as somebody wants to be told. */
export type Move =
  | { kind: "school"; name: string }
  | { kind: "moved"; name: string }
  | { kind: "class"; name: string }
  | { kind: "role"; name: string };

const same = (a: Membership, b: Membership): boolean =>
  a.school.id === b.school.id && a.role === b.role && a.class?.id === b.class?.id;

function lost(before: readonly Membership[], after: readonly Membership[]): Membership[] {
  return before.filter((one) => !after.some((other) => same(one, other)));
}

/** The gravest thing that was lost, in one piece of news; `null` when nothing was. */
export function moveOf(before: readonly Membership[], after: readonly Membership[]): Move | null {
  const gone = lost(before, after);
  const gained = after.filter((one) => !before.some((other) => same(one, other)));
  const out = gone.find((one) => after.every((other) => other.school.id !== one.school.id));
  if (out) return { kind: "school", name: out.school.name };
  for (const one of gone) {
    if (!one.class) continue;
    const next = gained.find((other) => other.school.id === one.school.id && other.role === one.role && other.class);
    return next?.class ? { kind: "moved", name: next.class.name } : { kind: "class", name: one.class.name };
  }
  const [other] = gone;
  return other ? { kind: "role", name: other.school.name } : null;
}

/** Whether the page one is on is of a place that was lost. */
export function isLost(here: Route, before: readonly Membership[], after: readonly Membership[]): boolean {
  const gone = lost(before, after);
  switch (here.name) {
    case "class":
      return gone.some(
        (one) =>
          one.class?.id === here.id &&
          after.every((other) => other.class?.id !== here.id) &&
          after.every((other) => other.school.id !== one.school.id || other.role !== "administrator"),
      );
    case "school-page":
    case "import":
      return gone.some((one) => one.school.id === here.id && after.every((other) => other.school.id !== here.id));
    default:
      return false;
  }
}
