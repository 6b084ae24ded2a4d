import type { History, Message } from "../../api/chats";

/** A stretch of a chat without a hole: what the page holds of it. */
export interface Stretch {
  /** By number, rising. */
  items: readonly Message[];
  /** Messages that `items` answer, by number. */
  quoted: ReadonlyMap<number, Message>;
  /** What to ask for next, above and below; null: there is nothing. */
  before: number | null;
  after: number | null;
}

export const EMPTY: Stretch = { items: [], quoted: new Map(), before: null, after: null };

/**
 * Takes a newer version of a message over. What comes by the event socket is made once for everybody and says of nothing
 * that it is one's own; then what is held says so.
 */
export function refreshed(held: Message | undefined, fresh: Message, shared: boolean): Message {
  if (!held || !shared || fresh.deleted_at !== null) return fresh;
  const mine = new Set(held.reactions.filter((one) => one.mine).map((one) => one.emoji));
  return {
    ...fresh,
    reactions: fresh.reactions.map((one) => ({ ...one, mine: mine.has(one.emoji) })),
    poll: fresh.poll && held.poll ? { ...fresh.poll, mine: held.poll.mine } : fresh.poll,
  };
}

function together(held: readonly Message[], more: readonly Message[]): Message[] {
  const all = new Map(held.map((one) => [one.number, one]));
  for (const one of more) all.set(one.number, one);
  return [...all.values()].sort((a, b) => a.number - b.number);
}

function quotes(held: ReadonlyMap<number, Message>, more: readonly Message[]): Map<number, Message> {
  const all = new Map(held);
  for (const one of more) all.set(one.number, one);
  return all;
}

export const opened = (page: History): Stretch => ({
  items: together([], page.items),
  quoted: quotes(new Map(), page.quoted),
  before: page.before,
  after: page.after,
});

export const withOlder = (held: Stretch, page: History): Stretch => ({
  items: together(page.items, held.items),
  quoted: quotes(held.quoted, page.quoted),
  before: page.before,
  after: held.after,
});

export const withNewer = (held: Stretch, page: History): Stretch => ({
  items: together(held.items, page.items),
  quoted: quotes(held.quoted, page.quoted),
  before: held.before,
  after: page.after,
});

/** Versions read anew of what is held already. */
export function withRead(held: Stretch, page: History): Stretch {
  const fresh = new Map(page.items.map((one) => [one.number, one]));
  return {
    ...held,
    items: held.items.map((one) => fresh.get(one.number) ?? one),
    quoted: quotes(held.quoted, page.quoted),
  };
}

/**
 * A message that was sent or has changed. `gap`: something before it is missing and must be fetched first.
 */
export function withMessage(held: Stretch, fresh: Message, shared: boolean): { stretch: Stretch; gap: boolean } {
  const quoted = held.quoted.has(fresh.number) ? quotes(held.quoted, [fresh]) : held.quoted;
  const known = held.items.find((one) => one.number === fresh.number);
  if (known) {
    const items = held.items.map((one) => (one.number === fresh.number ? refreshed(one, fresh, shared) : one));
    return { stretch: { ...held, items, quoted }, gap: false };
  }
  const last = held.items[held.items.length - 1]?.number ?? 0;
  // Below what is held there is more to be fetched anyway, above it as well.
  if (fresh.number < last || held.after !== null) return { stretch: { ...held, quoted }, gap: false };
  if (fresh.number > last + 1 && last > 0) return { stretch: { ...held, quoted, after: last }, gap: true };
  const answered = fresh.reply_to === null ? undefined : held.items.find((one) => one.number === fresh.reply_to);
  return {
    stretch: { ...held, items: [...held.items, fresh], quoted: answered ? quotes(quoted, [answered]) : quoted },
    gap: false,
  };
}

/** At most so many messages are held; more would be slow to draw on a six-year-old laptop. */
export const MOST = 400;

/** Lets go of what is farthest from where one reads. */
export function trimmed(held: Stretch, side: "older" | "newer"): Stretch {
  if (held.items.length <= MOST) return held;
  if (side === "older") {
    const items = held.items.slice(-MOST);
    return { ...held, items, before: items[0]?.number ?? null };
  }
  const items = held.items.slice(0, MOST);
  return { ...held, items, after: items[items.length - 1]?.number ?? null };
}
