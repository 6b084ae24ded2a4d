/** When to tell the room what is on the screen. */

import type { SlotView } from "./wire";

/** At most two messages a second. */
const SPACING_MS = 500;
/** A larger picture is asked for when the wish has stood for so long. */
const LARGER_AFTER_MS = 1_000;

export interface SlotWish {
  track: string | null;
  height: number;
}

/**
 * Turns wishes into `view` messages: smaller pictures and other tracks at once, larger ones after a second without
 * change, never more than two messages a second. Says nothing that was already said. No I/O: the time is given, in ms.
 */
export class ViewPacer {
  private readonly sent = new Map<string, SlotWish>();
  private readonly wishes = new Map<string, { wish: SlotWish; since: number }>();
  private lastSent = -Infinity;

  /** States what every slot should carry. */
  wish(wishes: ReadonlyMap<string, SlotWish>, now: number): void {
    for (const [slot, wish] of wishes) {
      const old = this.wishes.get(slot)?.wish;
      if (old && old.track === wish.track && old.height === wish.height) continue;
      this.wishes.set(slot, { wish, since: now });
    }
  }

  /** The slots to name in a message now, or null; call again at `nextAt`. */
  take(now: number): SlotView[] | null {
    if (now - this.lastSent < SPACING_MS) return null;
    const views: SlotView[] = [];
    for (const [slot, { wish }] of this.wishes) {
      if (this.dueAt(slot) > now) continue;
      this.sent.set(slot, wish);
      views.push({ slot, max_height: wish.height, ...(wish.track === null ? {} : { track: wish.track }) });
    }
    if (views.length === 0) return null;
    this.lastSent = now;
    return views;
  }

  /** When `take` may have something to say: a time in ms, or null when there is nothing to wait for. */
  nextAt(): number | null {
    let next: number | null = null;
    for (const slot of this.wishes.keys()) {
      const due = this.dueAt(slot);
      if (due !== Infinity && (next === null || due < next)) next = due;
    }
    return next === null ? null : Math.max(next, this.lastSent + SPACING_MS);
  }

  /** The room may not have heard us (the socket was lost): everything is said again. */
  reset(): void {
    this.sent.clear();
    this.lastSent = -Infinity;
  }

  private dueAt(slot: string): number {
    const entry = this.wishes.get(slot);
    if (!entry) return Infinity;
    const { wish, since } = entry;
    const sent = this.sent.get(slot);
    if (!sent) return since;
    if (sent.track === wish.track && sent.height === wish.height) return Infinity;
    const larger = sent.track === wish.track && sent.height > 0 && wish.height > sent.height;
    return larger ? since + LARGER_AFTER_MS : since;
  }
}
