import { describe, expect, test } from "vitest";
import type { Comment, Comments } from "../src/api/documents";
import { type Held, withAdded, withEarlier, withNewest, without } from "../src/features/articles/comment-merge";

const comment = (number: number): Comment => ({
  id: `c${number}`, number, author: { id: "a", name: "Анна" }, at: "2026-11-24T09:00:00Z", text: `к${number}`, client_id: `k${number}`, flagged: false,
});
/** A page as the platform tells it: the newest first. */
const page = (numbers: readonly number[], next: string | null, count = 100): Comments => ({
  items: numbers.map(comment).reverse(), next, count, may_comment: true, may_moderate: false,
});
const numbers = (held: Held): number[] => held.items.map((one) => one.number);
const opened = (shown: Comments): Held => withNewest(null, shown);

describe("the comments that are held of an article", () => {
  test("begin with the newest, in the order in which they were made", () => {
    expect(opened(page([4, 5, 6], "before 4"))).toMatchObject({ next: "before 4", count: 100, mayComment: true, mayModerate: false });
    expect(numbers(opened(page([4, 5, 6], "before 4")))).toEqual([4, 5, 6]);
    expect(opened(page([], null, 0))).toMatchObject({ items: [], next: null, count: 0 });
  });

  test("grow by earlier ones without anything twice", () => {
    const held = withEarlier(opened(page([4, 5, 6], "before 4")), page([1, 2, 3, 4], null));
    expect([numbers(held), held.next]).toEqual([[1, 2, 3, 4, 5, 6], null]);
  });

  test("keep what is before the newest page when that is read anew, and where it goes on", () => {
    const wide = withEarlier(opened(page([7, 8, 9], "before 7")), page([4, 5, 6], "before 4"));
    const held = withNewest(wide, page([8, 9, 10], "before 8", 101));
    expect([numbers(held), held.next, held.count]).toEqual([[4, 5, 6, 7, 8, 9, 10], "before 4", 101]);
  });

  test("lose what the page that is read anew does not have any more", () => {
    const held = withNewest(opened(page([5, 6, 7, 8], "before 5")), page([5, 6, 8], "before 5"));
    expect(numbers(held)).toEqual([5, 6, 8]);
    expect(numbers(withNewest(opened(page([5, 6], "before 5")), page([6], null)))).toEqual([6]);
    expect(numbers(withNewest(opened(page([5, 6], "before 5")), page([], null, 0)))).toEqual([]);
  });

  test("have no hole where more is new than a page holds", () => {
    const held = withNewest(opened(page([1, 2, 3], null)), page([7, 8, 9], "before 7"));
    expect([numbers(held), held.next]).toEqual([[7, 8, 9], "before 7"]);
    expect(numbers(withEarlier(held, page([4, 5, 6], "before 4")))).toEqual([4, 5, 6, 7, 8, 9]);
  });

  test("take one's own once, whichever comes first, the answer or the event", () => {
    const held = opened(page([1, 2], null, 2));
    const answered = withAdded(held, comment(4));
    expect([numbers(answered), answered.count]).toEqual([[1, 2, 4], 3]);
    expect(withAdded(answered, comment(4))).toBe(answered);
    expect(numbers(withAdded(withNewest(held, page([1, 2, 4, 5], null, 4)), comment(3)))).toEqual([1, 2, 3, 4, 5]);
  });

  test("let go of what was deleted, and count it once", () => {
    const held = without(opened(page([1, 2, 3], null, 3)), "c2");
    expect([numbers(held), held.count]).toEqual([[1, 3], 2]);
    expect(without(held, "c2")).toBe(held);
  });
});
