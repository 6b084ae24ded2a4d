import type { Span } from "../../api/documents";
import { tidy } from "./spans";

/** Words in an element that can be written in, and back. Only text and the few marks we know ever go in or out. */

/** Puts words into an element. They are made piece by piece and never read as HTML. */
export function show(into: HTMLElement, spans: readonly Span[]): void {
  into.replaceChildren(...spans.map(nodeOf));
}

export function showItems(into: HTMLElement, items: readonly (readonly Span[])[], ordered: boolean): void {
  const lines = items.length > 0 ? items : [[]];
  const list = document.createElement(ordered ? "ol" : "ul");
  into.replaceChildren(list);
  list.replaceChildren(
    ...lines.map((item) => {
      const line = document.createElement("li");
      // An empty line needs something to stand on.
      line.replaceChildren(...(item.length > 0 ? item.map(nodeOf) : [document.createElement("br")]));
      return line;
    }),
  );
}

function nodeOf({ text, bold, italic, href }: Span): Node {
  let node: Node = document.createTextNode(text);
  const wrap = (name: string): HTMLElement => {
    const element = document.createElement(name);
    element.append(node);
    node = element;
    return element;
  };
  if (italic) wrap("i");
  if (bold) wrap("b");
  if (href) wrap("a").setAttribute("href", href);
  return node;
}

/** The words of an element as somebody has left them. */
export function read(from: Node): Span[] {
  const spans: Span[] = [];
  const walk = (node: Node, marks: Omit<Span, "text">): void => {
    if (node.nodeType === Node.TEXT_NODE) {
      spans.push({ ...marks, text: (node.textContent ?? "").replace(/\u00a0/g, " ").replace(/\n/g, " ") });
      return;
    }
    if (!(node instanceof HTMLElement)) return;
    const name = node.tagName;
    if (name === "BR") return;
    const next = { ...marks };
    if (name === "B" || name === "STRONG") next.bold = true;
    if (name === "I" || name === "EM") next.italic = true;
    if (name === "A") next.href = node.getAttribute("href");
    // What a browser puts each on its own line is still one paragraph here.
    if ((name === "DIV" || name === "P") && spans.length > 0) spans.push({ text: " " });
    node.childNodes.forEach((child) => walk(child, next));
  };
  from.childNodes.forEach((child) => walk(child, {}));
  return tidy(spans);
}

export function readItems(from: HTMLElement): Span[][] {
  const lines = [...from.querySelectorAll("li")];
  return lines.length > 0 ? lines.map(read) : [read(from)];
}

/** Whether the caret stands at the very beginning of an element. */
export function atBegin(element: HTMLElement): boolean {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0 || !selection.isCollapsed) return false;
  const range = selection.getRangeAt(0).cloneRange();
  range.setStart(element, 0);
  return range.toString() === "";
}

/** Takes what stands behind the caret out of an element. */
export function splitAtCaret(element: HTMLElement): Span[] {
  const selection = getSelection();
  if (!selection || selection.rangeCount === 0) return [];
  const range = selection.getRangeAt(0).cloneRange();
  range.deleteContents();
  range.setEnd(element, element.childNodes.length);
  return read(range.extractContents());
}

/** The caret at the begin or the end of an element. */
export function caretTo(element: HTMLElement, where: "begin" | "end"): void {
  element.focus();
  const range = document.createRange();
  range.selectNodeContents(element);
  range.collapse(where === "begin");
  const selection = getSelection();
  selection?.removeAllRanges();
  selection?.addRange(range);
}
