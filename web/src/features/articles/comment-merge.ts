import type { Comment, Comments } from "../../api/documents";

/** The comments of an article that a page holds: the newest, without a hole, and what may be done with them. */
export interface Held {
  /** By number, rising. */
  items: readonly Comment[];
  /** Where earlier ones go on; null: there are none. */
  next: string | null;
  /** Of all there are. */
  count: number;
  mayComment: boolean;
  mayModerate: boolean;
}

const rising = (page: Comments): Comment[] => [...page.items].reverse();
const rights = (page: Comments) => ({ count: page.count, mayComment: page.may_comment, mayModerate: page.may_moderate });

/**
 * The newest page, read anew: it is right about what it reaches over, so that what was deleted there goes. What is held
 * before it stays, unless so much is new that something between the two is missing.
 */
export function withNewest(held: Held | null, page: Comments): Held {
  const fresh = rising(page);
  const first = fresh[0]?.number ?? 0;
  const last = held?.items[held.items.length - 1]?.number ?? 0;
  const before = held !== null && page.next !== null && last >= first ? held.items.filter((one) => one.number < first) : [];
  return { items: [...before, ...fresh], next: held !== null && before.length > 0 ? held.next : page.next, ...rights(page) };
}

/** A page before what is held. */
export function withEarlier(held: Held, page: Comments): Held {
  const first = held.items[0]?.number ?? Infinity;
  return { items: [...rising(page).filter((one) => one.number < first), ...held.items], next: page.next, ...rights(page) };
}

/** One's own comment, as soon as the platform has it: an event may have brought it before. */
export function withAdded(held: Held, comment: Comment): Held {
  if (held.items.some((one) => one.id === comment.id)) return held;
  const items = [...held.items, comment].sort((a, b) => a.number - b.number);
  return { ...held, items, count: held.count + 1 };
}

/** Without one that was deleted; how many there are is asked anew where it was not among these. */
export function without(held: Held, id: string): Held {
  const items = held.items.filter((one) => one.id !== id);
  return items.length === held.items.length ? held : { ...held, items, count: held.count - 1 };
}
