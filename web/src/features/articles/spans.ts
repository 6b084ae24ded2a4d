import type { Block, Span } from "../../api/documents";

/** Words of an article with what they are: bold, italic, a link. Plain ones say nothing of themselves. */
export function tidy(spans: readonly Span[]): Span[] {
  const out: Span[] = [];
  for (const { text, bold = false, italic = false, href = null } of spans) {
    if (text === "") continue;
    const last = out[out.length - 1];
    if (last && (last.bold ?? false) === bold && (last.italic ?? false) === italic && (last.href ?? null) === href) last.text += text;
    else out.push({ text, ...(bold ? { bold } : {}), ...(italic ? { italic } : {}), ...(href === null ? {} : { href }) });
  }
  return out;
}

export const plainOf = (spans: readonly Span[]): string => spans.map((one) => one.text).join("");

/** The words of a block; of pictures and files their captions. */
export function wordsOf(block: Block): string {
  switch (block.type) {
    case "heading":
      return block.text;
    case "text":
    case "quote":
      return plainOf(block.text);
    case "list":
      return block.items.map(plainOf).join("\n");
    case "picture":
    case "video":
      return block.caption ?? "";
    default:
      return "";
  }
}

/** A link as it may stand in an article, or null: what one types without a scheme is a web address. */
export function asHref(text: string): string | null {
  const wish = text.trim();
  if (wish === "") return null;
  if (/^\/(?!\/)/.test(wish)) return wish;
  if (/^[^\s@/]+@[^\s@/]+\.[^\s@/]+$/.test(wish)) return `mailto:${wish}`;
  const whole = /^[a-z][a-z0-9+.-]*:/i.test(wish) ? wish : `https://${wish}`;
  try {
    const url = new URL(whole);
    return ["https:", "http:", "mailto:"].includes(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

/** Blocks that say something: an empty line at the end is not part of an article. */
export function filled(blocks: readonly Block[]): Block[] {
  return blocks
    .map((block): Block => {
      if (block.type === "list") return { ...block, items: block.items.map(tidy).filter((item) => plainOf(item).trim() !== "") };
      if (block.type === "text" || block.type === "quote") return { ...block, text: tidy(block.text) };
      return block;
    })
    .filter((block) => block.type === "picture" || block.type === "video" || block.type === "file" || wordsOf(block).trim() !== "");
}

/** Turns a block with words into another kind, and keeps the words. */
export function turned(block: Block, into: "text" | "heading" | "subheading" | "bullets" | "numbers" | "quote"): Block {
  const spans: Span[] =
    block.type === "heading" ? tidy([{ text: block.text }])
    : block.type === "text" || block.type === "quote" ? block.text
    : block.type === "list" ? tidy(block.items.flatMap((item, index) => (index > 0 ? [{ text: " " }, ...item] : item)))
    : [];
  switch (into) {
    case "heading":
      return { type: "heading", level: 2, text: plainOf(spans) };
    case "subheading":
      return { type: "heading", level: 3, text: plainOf(spans) };
    case "bullets":
    case "numbers": {
      const items = block.type === "list" ? block.items : [spans];
      return { type: "list", ordered: into === "numbers", items };
    }
    default:
      return { type: into, text: spans };
  }
}

/** Whether two versions of an article say the same. */
export function same(a: { title: string; blocks: readonly Block[] }, b: { title: string; blocks: readonly Block[] }): boolean {
  return a.title === b.title && JSON.stringify(filled(a.blocks).map(ordered)) === JSON.stringify(filled(b.blocks).map(ordered));
}

/** Fields in one order, defaults left out: the same block is the same text, whoever wrote it down. */
function ordered(block: Block): unknown {
  const plain = (spans: readonly Span[]): unknown => spans.map(({ text, bold = false, italic = false, href = null }) => [text, bold, italic, href]);
  switch (block.type) {
    case "heading":
      return [block.type, block.level, block.text];
    case "text":
    case "quote":
      return [block.type, plain(block.text)];
    case "list":
      return [block.type, block.ordered, block.items.map(plain)];
    case "picture":
      return [block.type, block.file_id, block.caption, block.alt];
    case "video":
      return [block.type, block.file_id, block.caption];
    default:
      return [block.type, block.file_id];
  }
}
