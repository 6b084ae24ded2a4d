/** A message's text in pieces: plain words, links, and people who are named in it. Nothing in it is ever taken for HTML. */
export type Piece =
  | { kind: "text"; text: string }
  | { kind: "link"; text: string; href: string }
  | { kind: "mention"; text: string; person: string };

export interface Named {
  id: string;
  name: string;
}

const LINK = /\bhttps?:\/\/[^\s<>"'`{}|\\^]+|\bwww\.[\p{L}\p{N}-]+\.[^\s<>"'`{}|\\^]+/giu;
/** What ends a sentence belongs to the sentence, not to the address before it. */
const TAIL = /[.,:;!?…»”"'*]+$/u;

/** The address without what only follows it: punctuation, and a bracket that was opened before it. */
function trimLink(found: string): string {
  let link = found;
  for (;;) {
    const shorter = link.replace(TAIL, "");
    const open = (shorter.match(/\(/g) ?? []).length;
    const closed = (shorter.match(/\)/g) ?? []).length;
    const next = shorter.endsWith(")") && closed > open ? shorter.slice(0, -1) : shorter;
    if (next === link) return link;
    link = next;
  }
}

function linkPieces(text: string): Piece[] {
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of text.matchAll(LINK)) {
    const link = trimLink(match[0]);
    const href = asAddress(link);
    if (href === null) continue;
    if (match.index > from) pieces.push({ kind: "text", text: text.slice(from, match.index) });
    pieces.push({ kind: "link", text: link, href });
    from = match.index + link.length;
  }
  if (from < text.length) pieces.push({ kind: "text", text: text.slice(from) });
  return pieces;
}

/** A web address, or null for what is none. Other schemes never become links. */
export function asAddress(text: string): string | null {
  try {
    const url = new URL(/^www\./i.test(text) ? `https://${text}` : text);
    return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
  } catch {
    return null;
  }
}

/** Pieces of a text; `people` are those who are named in it, as `@Name`. */
export function piecesOf(text: string, people: readonly Named[] = []): Piece[] {
  // Longer names first: "@Anna Golubeva" is not "@Anna".
  const named = [...people].sort((a, b) => b.name.length - a.name.length);
  const pieces: Piece[] = [];
  let plain = "";
  const flush = (): void => {
    if (plain) pieces.push(...linkPieces(plain));
    plain = "";
  };
  for (let at = 0; at < text.length; ) {
    const person = text[at] === "@" ? named.find((one) => text.startsWith(one.name, at + 1)) : undefined;
    if (person) {
      flush();
      pieces.push({ kind: "mention", text: `@${person.name}`, person: person.id });
      at += person.name.length + 1;
    } else {
      plain += text[at];
      at += 1;
    }
  }
  flush();
  return pieces;
}

/** Those of `people` whom a text names. */
export function mentioned<P extends Named>(text: string, people: readonly P[]): P[] {
  const ids = new Set(piecesOf(text, people).flatMap((piece) => (piece.kind === "mention" ? [piece.person] : [])));
  return people.filter((one) => ids.has(one.id));
}

/** What is being typed after an "@" before the caret: the beginning of a name, or null. */
export function mentionBefore(text: string, caret: number): { from: number; query: string } | null {
  const before = text.slice(0, caret);
  const from = before.lastIndexOf("@");
  if (from < 0 || (from > 0 && !/[\s(«"]/.test(before[from - 1] ?? ""))) return null;
  const query = before.slice(from + 1);
  return /^[\p{L}-]*( [\p{L}-]*)?$/u.test(query) && query.length <= 40 ? { from, query } : null;
}

/** Whether a text is nothing but one to three emoji: they are drawn large. */
export function isOnlyEmoji(text: string): boolean {
  const trimmed = text.trim();
  if (!/^[\p{Extended_Pictographic}\p{Emoji_Component}\u200d\ufe0f\s]+$/u.test(trimmed) || /^[\d#*\s]+$/.test(trimmed)) return false;
  return [...new Intl.Segmenter("ru", { granularity: "grapheme" }).segment(trimmed)].filter((one) => one.segment.trim()).length <= 3;
}

/** A text's first line, cut: for a row of a list, a reply's quote. */
export function shortOf(text: string, length = 120): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line;
}
