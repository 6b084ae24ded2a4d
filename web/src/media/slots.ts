/** How many video slots to have, and which track each should carry. */

export const STEPS = [1, 4, 9, 16, 25, 49] as const;
const MAX_SLOTS = 50;

/** Slots for `tiles` pictures side by side, one more when a stage or screen stands beside them. */
export function slotsFor(tiles: number, stage: boolean): number {
  const step = STEPS.find((count) => count >= tiles) ?? 49;
  return Math.min(step + (stage ? 1 : 0), MAX_SLOTS);
}

export interface Plan {
  /** Video slots in the order they were made. */
  slots: readonly string[];
  /** Tracks to be seen, the most important first. */
  wanted: readonly string[];
  /** What we asked of each slot last. */
  asked: ReadonlyMap<string, string>;
  /** What each slot carries now. */
  fed: ReadonlyMap<string, string>;
  /**
   * For the first slots: the camera of whoever is heard in the voice slot of the same number. The browser keeps the
   * lips of such a pair in step, so a heard person's picture belongs into the slot paired with the voice.
   */
  voices: readonly (string | null)[];
}

/**
 * Which track each slot is asked to carry; a slot that is missing in the answer is spare. Nothing moves without
 * need: a track stays where it is, a heard person's camera goes to the slot of the voice, and the slot it leaves goes
 * on until the new one carries it. New tracks take unpaired slots first, so that pairs stay free for voices.
 */
export function assignSlots({ slots, wanted, asked, fed, voices }: Plan): Map<string, string> {
  const result = new Map<string, string>();
  const placed = new Set<string>();
  const want = new Set(wanted);
  const put = (slot: string, track: string): void => {
    result.set(slot, track);
    placed.add(track);
  };

  voices.forEach((track, index) => {
    const slot = slots[index];
    if (slot !== undefined && track !== null && want.has(track) && !placed.has(track)) put(slot, track);
  });
  for (const slot of slots) {
    const track = asked.get(slot);
    if (track !== undefined && want.has(track) && !placed.has(track) && !result.has(slot)) put(slot, track);
  }
  const homeless = wanted.filter((track) => !placed.has(track));
  const free = slots.filter((slot) => !result.has(slot));
  const unpaired = free.filter((slot) => slots.indexOf(slot) >= voices.length);
  const paired = free.filter((slot) => slots.indexOf(slot) < voices.length);
  for (const slot of [...unpaired, ...paired]) {
    const track = homeless.shift();
    if (track === undefined) break;
    put(slot, track);
  }
  // A picture on the move goes on in its old slot until the new one carries it.
  for (const slot of slots) {
    const track = asked.get(slot);
    if (result.has(slot) || track === undefined || !want.has(track)) continue;
    const target = [...result].find(([, other]) => other === track)?.[0];
    if (target !== undefined && fed.get(target) !== track && fed.get(slot) === track) result.set(slot, track);
  }
  return result;
}
