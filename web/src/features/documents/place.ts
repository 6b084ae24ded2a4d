import type { PlaceKind, Shelf } from "../../api/documents";
import type { Me, Named } from "../../api/types";

/** A place as it stands in an address: "mine", "school:ID", "class:ID". */
export function placeOf(text: string | null): Shelf {
  const [kind, ...rest] = (text ?? "mine").split(":");
  const id = rest.join(":");
  if ((kind === "school" || kind === "class") && id) return { kind, id };
  return { kind: "own", id: null };
}

export const textOf = ({ kind, id }: { kind: PlaceKind; id: string | null }): string => (kind === "own" ? "mine" : `${kind}:${id ?? ""}`);

/** Schools and classes of somebody, each once: an administrator's classes are not listed here, their school is. */
export function placesOf(person: Me): { schools: Named[]; classes: Named[] } {
  const schools = new Map<string, Named>();
  const classes = new Map<string, Named>();
  for (const { school, class: klass } of person.memberships) {
    schools.set(school.id, school);
    if (klass) classes.set(klass.id, klass);
  }
  return { schools: [...schools.values()], classes: [...classes.values()] };
}
