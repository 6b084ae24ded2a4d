/** The part of a text in which something was found, and which of its words fit. */
export interface Piece {
  text: string;
  found: boolean;
}

const LONGEST = 140;
const BEFORE = 40;

const plain = (word: string): string => word.toLocaleLowerCase().replace(/ё/g, "е");

/**
 * Whether two words may be forms of the same one: "планеты" and "планетой" begin alike. It chooses what is marked in what the
 * platform has found, and finds by itself only while the network is away.
 */
function alike(word: string, wish: string): boolean {
  const [a, b] = [plain(word), plain(wish)];
  if (a === b || (b.length >= 2 && a.startsWith(b))) return true;
  let same = 0;
  while (same < Math.min(a.length, b.length) && a[same] === b[same]) same += 1;
  return same >= 4 && a.length - same <= 3 && b.length - same <= 3;
}

const wordsOf = (text: string): string[] => text.match(/[\p{L}\p{N}]+/gu) ?? [];

/** Whether every word of a wish stands in the text, in some form. */
export function fits(text: string, wish: string): boolean {
  const words = wordsOf(text);
  const wishes = wordsOf(wish);
  return wishes.length > 0 && wishes.every((one) => words.some((word) => alike(word, one)));
}

/** Pieces of an excerpt around the first word that fits. */
export function excerpt(text: string, wish: string): Piece[] {
  const line = text.replace(/\s+/g, " ").trim();
  const wishes = wordsOf(wish);
  const words = [...line.matchAll(/[\p{L}\p{N}]+/gu)].filter(([word]) => wishes.some((one) => alike(word, one)));
  const first = words[0]?.index ?? 0;
  const from = first > BEFORE ? line.lastIndexOf(" ", first - BEFORE + 10) + 1 : 0;
  const to = Math.min(line.length, from + LONGEST);
  const pieces: Piece[] = [];
  let at = from;
  for (const match of words) {
    if (match.index < from || match.index + match[0].length > to) continue;
    if (match.index > at) pieces.push({ text: line.slice(at, match.index), found: false });
    pieces.push({ text: match[0], found: true });
    at = match.index + match[0].length;
  }
  if (at < to) pieces.push({ text: line.slice(at, to), found: false });
  if (from > 0 && pieces[0]) pieces.unshift({ text: "…", found: false });
  if (to < line.length) pieces.push({ text: "…", found: false });
  return pieces;
}
