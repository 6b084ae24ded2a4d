/** Who stands where: the order is the register, and it does not move while the lesson runs (the design's 6.3). */

import type { ParticipantInfo } from "../../media/wire";

/**
 * Teachers first, then by name. `early` are those whose camera was on when the page opened the lesson: they come
 * before the others, and that is decided once.
 */
export function register(
  participants: Iterable<ParticipantInfo>,
  self: string,
  early: ReadonlySet<string>,
  compare: (a: string, b: string) => number,
): ParticipantInfo[] {
  return [...participants]
    .filter((one) => one.id !== self)
    .sort(
      (a, b) =>
        rank(a) - rank(b) ||
        Number(early.has(b.id)) - Number(early.has(a.id)) ||
        compare(a.name, b.name) ||
        a.id.localeCompare(b.id),
    );
}

function rank(participant: ParticipantInfo): number {
  return participant.role === "host" ? 0 : 1;
}

/** One page of the register; whoever has the floor but stands on another page takes the last tiles. */
export function onPage<T extends { id: string }>(all: readonly T[], page: number, size: number, guests: readonly T[]): T[] {
  const start = Math.min(page, Math.max(0, Math.ceil(all.length / size) - 1)) * size;
  const shown = all.slice(start, start + size);
  const here = new Set(shown.map((one) => one.id));
  const coming = guests.filter((guest) => !here.has(guest.id)).slice(0, Math.max(0, size - 1));
  if (coming.length === 0) return shown;
  return [...shown.slice(0, Math.max(0, Math.min(shown.length, size - coming.length))), ...coming];
}
