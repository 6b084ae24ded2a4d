import { describe, expect, test } from "vitest";
import type { History, Message } from "../src/api/chats";
import { excerpt, fits } from "../src/features/messages/excerpt";
import { EMPTY, MOST, opened, refreshed, trimmed, withMessage, withNewer, withOlder, withRead } from "../src/features/messages/merge";
import { type Placed, rowsOf } from "../src/features/messages/rows";
import { asAddress, isOnlyEmoji, mentionBefore, mentioned, piecesOf, shortOf } from "../src/features/messages/text";

const message = (number: number, more: Partial<Message> = {}): Message => ({
  chat_id: "c", number, author: { id: "a", name: "Анна" }, at: "2026-11-24T09:00:00Z", text: `м${number}`, client_id: `k${number}`, reply_to: null,
  mentions: [], attachments: [], poll: null, reactions: [], forwarded: null, pinned: false, flagged: false, edited_at: null, deleted_at: null, ...more,
});
const page = (from: number, to: number, before: number | null = null, after: number | null = null): History => ({
  items: Array.from({ length: to - from + 1 }, (_, index) => message(from + index)), quoted: [], before, after,
});
const numbers = (stretch: { items: readonly Message[] }): number[] => stretch.items.map((one) => one.number);

describe("the stretch of a chat that is held", () => {
  test("grows above and below without a hole and without anything twice", () => {
    const middle = opened(page(50, 60, 50, 60));
    const wide = withNewer(withOlder(middle, page(40, 50, 40)), page(60, 65));
    expect(numbers(wide)).toEqual(Array.from({ length: 26 }, (_, index) => 40 + index));
    expect([wide.before, wide.after]).toEqual([40, null]);
  });

  test("takes what is sent, in order", () => {
    const { stretch, gap } = withMessage(opened(page(1, 3)), message(4), true);
    expect([numbers(stretch), gap]).toEqual([[1, 2, 3, 4], false]);
  });

  test("a message after one that was missed is fetched, not shown out of order", () => {
    const { stretch, gap } = withMessage(opened(page(1, 3)), message(6), true);
    expect([numbers(stretch), gap, stretch.after]).toEqual([[1, 2, 3], true, 3]);
  });

  test("who reads far above is not moved by what is sent below", () => {
    const held = opened(page(10, 20, 10, 20));
    expect(withMessage(held, message(99), true)).toEqual({ stretch: held, gap: false });
  });

  test("the first message of an empty chat is shown, whatever its number", () => {
    expect(numbers(withMessage(EMPTY, message(7), true).stretch)).toEqual([7]);
  });

  test("what comes for everybody does not take away what is said to be one's own", () => {
    const poll = { options: [{ text: "да", votes: 1 }], multiple: false, anonymous: true, closes_at: null, closed: false, voters: 1, mine: [0] };
    const held = message(1, { reactions: [{ emoji: "👍", count: 1, mine: true }], poll });
    const fresh = message(1, { reactions: [{ emoji: "👍", count: 2, mine: false }], poll: { ...poll, voters: 2, mine: [] } });
    expect(refreshed(held, fresh, true)).toMatchObject({ reactions: [{ count: 2, mine: true }], poll: { voters: 2, mine: [0] } });
    expect(refreshed(held, fresh, false)).toMatchObject({ reactions: [{ mine: false }], poll: { mine: [] } });
  });

  test("an edit changes the quote of it as well", () => {
    const held = { ...opened(page(1, 3)), quoted: new Map([[1, message(1)]]) };
    const { stretch } = withMessage(held, message(1, { text: "иначе" }), true);
    expect([stretch.items[0]?.text, stretch.quoted.get(1)?.text]).toEqual(["иначе", "иначе"]);
  });

  test("lets go of what is farthest, and knows where to ask for it again", () => {
    const long = opened(page(1, MOST + 50));
    expect(trimmed(long, "older")).toMatchObject({ before: 51, after: null });
    expect(trimmed(long, "newer")).toMatchObject({ before: null, after: MOST });
  });

  test("what is read anew replaces what is held and adds nothing", () => {
    const read = withRead(opened(page(5, 8)), { ...page(4, 6), items: [message(4), message(5, { text: "новое" })] });
    expect(read.items.map((one) => one.text)).toEqual(["новое", "м6", "м7", "м8"]);
  });
});

describe("rows of a chat", () => {
  const minute = 60_000;
  const noon = new Date(2026, 10, 24, 12).getTime();
  const placed = (key: string, author: string, after: number, seq: number | null): Placed => ({ key, author, at: noon + after * minute, seq });
  const kinds = (rows: ReturnType<typeof rowsOf>): string[] =>
    rows.map((row) => (row.kind === "message" ? `${row.message.key}${row.first ? "(" : ""}${row.last ? ")" : ""}` : row.kind));

  test("a series has its name once; five minutes, another person or another day begin a new one", () => {
    const rows = rowsOf(
      [placed("a", "x", 0, 1), placed("b", "x", 2, 2), placed("c", "y", 3, 3), placed("d", "y", 9, 4), placed("e", "y", 24 * 60, 5)],
      null,
      "me",
    );
    expect(kinds(rows)).toEqual(["day", "a(", "b)", "c()", "d()", "day", "e()"]);
  });

  test("the line stands before the first that is new, and not before one's own", () => {
    const rows = rowsOf([placed("a", "x", 0, 1), placed("b", "me", 1, 2), placed("c", "x", 2, 3), placed("d", "x", 3, 4)], 1, "me");
    expect(kinds(rows)).toEqual(["day", "a()", "b()", "new", "c(", "d)"]);
  });

  test("what is not sent yet stands below and is never new", () => {
    const rows = rowsOf([placed("a", "x", 0, 1), placed("b", "me", 1, null)], 1, "me");
    expect(kinds(rows)).toEqual(["day", "a()", "b()"]);
  });
});

describe("a message's text", () => {
  const people = [{ id: "1", name: "Анна" }, { id: "2", name: "Анна Голубева" }];

  test("links are links, and the full stop after them is not part of them", () => {
    expect(piecesOf("Смотри https://example.org/a_(b). И www.school.example!")).toEqual([
      { kind: "text", text: "Смотри " },
      { kind: "link", text: "https://example.org/a_(b)", href: "https://example.org/a_(b)" },
      { kind: "text", text: ". И " },
      { kind: "link", text: "www.school.example", href: "https://www.school.example/" },
      { kind: "text", text: "!" },
    ]);
  });

  test.each(["javascript:alert(1)", "data:text/html,<b>", "//example.org", "htt p://x", "ftp://example.org"])("%s is no link", (text) => {
    expect(asAddress(text)).toBeNull();
    expect(piecesOf(text).every((piece) => piece.kind === "text")).toBe(true);
  });

  test("the longest name is meant, and who is not in the chat is only words", () => {
    expect(piecesOf("@Анна Голубева и @Пётр", people)).toEqual([
      { kind: "mention", text: "@Анна Голубева", person: "2" },
      { kind: "text", text: " и @Пётр" },
    ]);
    expect(mentioned("@Анна, привет", people).map((one) => one.id)).toEqual(["1"]);
  });

  test("a name is being typed after an at sign that begins a word", () => {
    expect(mentionBefore("Привет, @Ан", 11)).toEqual({ from: 8, query: "Ан" });
    expect(mentionBefore("почта a@example", 15)).toBeNull();
    expect(mentionBefore("@Анна, ", 7)).toBeNull();
  });

  test("a few emoji alone are drawn large", () => {
    expect(["👍", "❤️ 🎉", "👨‍👩‍👧"].map(isOnlyEmoji)).toEqual([true, true, true]);
    expect(["👍 да", "12", "", "😀😀😀😀"].map(isOnlyEmoji)).toEqual([false, false, false, false]);
  });

  test("a long text is cut at one line", () => {
    expect(shortOf("один\nдва", 20)).toBe("один два");
    expect(shortOf("а".repeat(30), 10)).toBe(`${"а".repeat(9)}…`);
  });
});

describe("what was found", () => {
  const marked = (text: string, wish: string): string[] => excerpt(text, wish).filter((one) => one.found).map((one) => one.text);

  test("other forms of the word are marked", () => {
    expect(marked("Рассказ о планетах и о звёздах", "планета")).toEqual(["планетах"]);
    expect(marked("Ёлка стоит у ёлок", "елка")).toEqual(["Ёлка"]);
    expect(marked("The planets turn", "planet")).toEqual(["planets"]);
    expect(marked("Кот и код", "коридор")).toEqual([]);
  });

  test("of a long text the part with the word is shown", () => {
    const text = `${"начало ".repeat(40)}контрольная завтра ${"конец ".repeat(40)}`;
    const pieces = excerpt(text, "контрольной");
    expect(pieces.map((one) => one.text).join("")).toContain("контрольная завтра");
    expect(pieces.map((one) => one.text).join("").length).toBeLessThan(150);
  });
});

test("without a network, words are found in their other forms", () => {
  const text = "На уроке говорим о планетах и ёлках";
  expect(["планета", "Уроки планет", "елках", "план"].map((wish) => fits(text, wish))).toEqual([true, true, true, true]);
  expect(["комета", "планеты комет", "", "!"].map((wish) => fits(text, wish))).toEqual([false, false, false, false]);
});
