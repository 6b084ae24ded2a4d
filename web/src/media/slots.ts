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
  /** The same for voices that have only just come, or will: nothing moves for them, but what is new is put there at once. */
  newVoices: readonly (string | null)[];
  /** Those of the wanted tracks that are screens. */
  screens: ReadonlySet<string>;
}

/**
 * Which track each slot is asked to carry; a slot that is missing in the answer is spare. Nothing moves without
 * need: a track stays where it is, and new ones take unpaired slots first, so that pairs stay free for voices. Only a
 * heard person's camera moves, to the slot of the voice. Whatever moves goes on in its old slot until the new one
 * carries it, and whoever is in the way moves first, as long as there are spare slots; a screen is never in the way.
 */
export function assignSlots({ slots, wanted, asked, fed, voices, newVoices, screens }: Plan): Map<string, string> {
  const pairs = pairsOf(slots, wanted, voices);
  const { homes, copies } = settled(slots, new Set(wanted), asked, fed, pairs);
  const result = new Map([...homes].map(([track, slot]) => [slot, track]));

  for (const [track, slot] of pairsOf(slots, wanted, newVoices)) {
    if (homes.has(track) || result.has(slot) || copies.has(slot)) continue;
    result.set(slot, track);
    homes.set(track, slot);
  }
  const homeless = wanted.filter((track) => !homes.has(track));
  const rank = (slot: string): number => (copies.has(slot) ? 2 : 0) + (slots.indexOf(slot) < voices.length ? 1 : 0);
  const free = slots.filter((slot) => !result.has(slot)).sort((a, b) => rank(a) - rank(b));
  for (const track of [...homeless.filter((one) => pairs.has(one)), ...homeless.filter((one) => !pairs.has(one))]) {
    const slot = free.shift();
    if (slot === undefined) break;
    result.set(slot, track);
    homes.set(track, slot);
  }
  for (const [slot, track] of copies) if (!result.has(slot)) result.set(slot, track);

  for (const [track, slot] of pairs) {
    const from = homes.get(track);
    const inTheWay = result.get(slot);
    if (from === undefined || from === slot) continue;
    if (inTheWay === undefined || inTheWay === track) {
      result.set(slot, track);
      if (fed.get(from) !== track) result.delete(from);
      continue;
    }
    // On its way already, or better left where it is.
    if (homes.get(inTheWay) !== slot || screens.has(inTheWay)) continue;
    const spare = slots.findLast((one) => !result.has(one));
    if (spare !== undefined && fed.get(slot) === inTheWay) {
      result.set(spare, inTheWay);
      homes.set(inTheWay, spare);
      continue;
    }
    result.set(slot, track).set(from, inTheWay);
    homes.set(track, slot).set(inTheWay, from);
  }
  return result;
}

/** The slot paired with the voice of each wanted camera whose owner is heard. */
function pairsOf(
  slots: readonly string[],
  wanted: readonly string[],
  voices: readonly (string | null)[],
): Map<string, string> {
  const pairs = new Map<string, string>();
  voices.forEach((track, index) => {
    const slot = slots[index];
    if (slot !== undefined && track !== null && wanted.includes(track) && !pairs.has(track)) pairs.set(track, slot);
  });
  return pairs;
}

/** Where each track that was asked for is to be, and the slots in which one on the move goes on meanwhile. */
function settled(
  slots: readonly string[],
  want: ReadonlySet<string>,
  asked: ReadonlyMap<string, string>,
  fed: ReadonlyMap<string, string>,
  pairs: ReadonlyMap<string, string>,
): { homes: Map<string, string>; copies: Map<string, string> } {
  const claimed = new Set(pairs.values());
  const places = new Map<string, string[]>();
  for (const slot of slots) {
    const track = asked.get(slot);
    if (track !== undefined && want.has(track)) places.set(track, [...(places.get(track) ?? []), slot]);
  }
  const homes = new Map<string, string>();
  const copies = new Map<string, string>();
  for (const [track, at] of places) {
    const paired = at.find((slot) => pairs.get(track) === slot);
    const home = paired ?? at.find((slot) => !claimed.has(slot)) ?? at[0];
    if (home === undefined) continue;
    homes.set(track, home);
    if (fed.get(home) === track) continue;
    for (const slot of at) if (slot !== home && fed.get(slot) === track) copies.set(slot, track);
  }
  return { homes, copies };
}
