import {
  ArrowDown, ArrowUp, Bold, FileText, Heading2, Heading3, Image, Italic, Link, List, ListOrdered, Pilcrow, Quote, Trash2, Video,
} from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Block, Span, StoredFile } from "../../api/documents";
import { t } from "../../i18n";
import type { MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { FileBlock, useAddFile } from "./file-block";
import { LinkDialog } from "./link";
import { atBegin, caretTo, read, readItems, show, showItems, splitAtCaret } from "./rich";
import { plainOf, turned, wordsOf } from "./spans";

interface Keyed {
  key: number;
  block: Block;
  /** Counts up when the words change other than by typing: then they are put into the page anew. */
  revision: number;
}

interface BlockEditorProps {
  blocks: readonly Block[];
  files: readonly StoredFile[];
  onChange(blocks: Block[]): void;
  onFile(file: StoredFile): void;
}

type Into = Parameters<typeof turned>[1];
const icon = { size: 20, strokeWidth: 1.75, "aria-hidden": true as const };
let keys = 0;
const keyed = (block: Block): Keyed => ({ key: ++keys, block, revision: 0 });

/** The blocks of an article below each other, and the bar that says what they are. */
export function BlockEditor({ blocks, files, onChange, onFile }: BlockEditorProps) {
  const [list, setList] = useState<readonly Keyed[]>(() => (blocks.length > 0 ? blocks : [{ type: "text" as const, text: [] }]).map(keyed));
  const [at, setAt] = useState(0);
  const [linking, setLinking] = useState<Range | null>(null);
  const root = useRef<HTMLDivElement>(null);
  const goal = useRef<{ key: number; where: "begin" | "end" } | null>(null);

  const put = (next: readonly Keyed[]): void => {
    const some = next.length > 0 ? next : [keyed({ type: "text", text: [] })];
    setList(some);
    onChange(some.map((one) => one.block));
  };
  const replace = (key: number, block: Block, anew: boolean): void =>
    put(list.map((one) => (one.key === key ? { ...one, block, revision: one.revision + (anew ? 1 : 0) } : one)));
  const insert = (after: number, block: Block): Keyed => {
    const made = keyed(block);
    put([...list.slice(0, after + 1), made, ...list.slice(after + 1)]);
    goal.current = { key: made.key, where: "begin" };
    return made;
  };

  useLayoutEffect(() => {
    const wanted = goal.current;
    if (!wanted) return;
    goal.current = null;
    const element = root.current?.querySelector<HTMLElement>(`[data-block="${wanted.key}"] [contenteditable], [data-block="${wanted.key}"] input`);
    if (element instanceof HTMLInputElement) element.focus();
    else if (element) caretTo(element, wanted.where);
  }, [list]);

  const adding = useAddFile((file, kind) => {
    onFile(file);
    const block: Block =
      kind === "picture" ? { type: "picture", file_id: file.id, caption: "", alt: "" } : kind === "video" ? { type: "video", file_id: file.id, caption: "" } : { type: "file", file_id: file.id };
    const empty = list[at];
    if (empty && empty.block.type === "text" && plainOf(empty.block.text) === "" && list.length > 0) {
      const made = keyed(block);
      put([...list.slice(0, at), made, ...list.slice(at, at + 1), ...list.slice(at + 1)]);
    } else insert(at, block);
  });

  const turn = (into: Into): void => {
    const one = list[at];
    if (!one) return;
    if (one.block.type === "picture" || one.block.type === "video" || one.block.type === "file") insert(at, turned({ type: "text", text: [] }, into));
    else {
      replace(one.key, turned(one.block, into), true);
      goal.current = { key: one.key, where: "end" };
    }
  };
  const mark = (command: "bold" | "italic"): void => {
    document.execCommand(command);
  };
  const link = (): void => {
    const selection = getSelection();
    if (selection && selection.rangeCount > 0 && root.current?.contains(selection.anchorNode)) setLinking(selection.getRangeAt(0).cloneRange());
  };
  const move = (index: number, step: -1 | 1): void => {
    const next = [...list];
    const [one] = next.splice(index, 1);
    if (!one) return;
    next.splice(index + step, 0, one);
    put(next);
    setAt(index + step);
  };

  const keysOf = (index: number) => (event: KeyboardEvent): void => {
    const one = list[index];
    const element = event.currentTarget as HTMLElement;
    if (!one) return;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyK") {
      event.preventDefault();
      link();
    }
    if (event.key === "Enter" && !event.shiftKey && one.block.type !== "list") {
      event.preventDefault();
      const rest = splitAtCaret(element);
      const kept: Block = one.block.type === "heading" ? { ...one.block, text: plainOf(read(element)) } : { ...(one.block as { type: "text"; text: Span[] }), text: read(element) };
      const made = keyed({ type: "text", text: rest });
      put([...list.slice(0, index), { ...one, block: kept }, made, ...list.slice(index + 1)]);
      goal.current = { key: made.key, where: "begin" };
    }
    if (event.key === "Enter" && !event.shiftKey && one.block.type === "list") {
      // An empty last line ends the list.
      const items = readItems(element);
      const last = items[items.length - 1];
      if (items.length > 1 && last && plainOf(last) === "" && caretInLast(element)) {
        event.preventDefault();
        const made = keyed({ type: "text", text: [] });
        put([...list.slice(0, index), { ...one, block: { ...one.block, items: items.slice(0, -1) }, revision: one.revision + 1 }, made, ...list.slice(index + 1)]);
        goal.current = { key: made.key, where: "begin" };
      }
    }
    if (event.key === "Backspace" && one.block.type !== "list" && atBegin(element)) {
      const before = list[index - 1];
      if (one.block.type !== "text") {
        event.preventDefault();
        turn("text");
      } else if (before && (before.block.type === "text" || before.block.type === "quote")) {
        event.preventDefault();
        const merged: Block = { ...before.block, text: [...before.block.text, ...read(element)] };
        put([...list.slice(0, index - 1), { ...before, block: merged, revision: before.revision + 1 }, ...list.slice(index + 1)]);
        goal.current = { key: before.key, where: "end" };
        setAt(index - 1);
      } else if (before && plainOf(read(element)) === "") {
        event.preventDefault();
        put([...list.slice(0, index), ...list.slice(index + 1)]);
        goal.current = { key: before.key, where: "end" };
        setAt(index - 1);
      }
    }
  };

  const now = list[at]?.block;
  return (
    <div class="writer" ref={root}>
      <div class="writer-bar" role="toolbar" aria-label={t("article.bar")} onKeyDown={walk}>
        <Tool label={t("article.bold")} onPress={() => mark("bold")}><Bold {...icon} /></Tool>
        <Tool label={t("article.italic")} onPress={() => mark("italic")}><Italic {...icon} /></Tool>
        <Tool label={t("article.link")} onPress={link}><Link {...icon} /></Tool>
        <span class="writer-gap" />
        <Tool label={t("article.text")} on={now?.type === "text"} onPress={() => turn("text")}><Pilcrow {...icon} /></Tool>
        <Tool label={t("article.heading")} on={now?.type === "heading" && now.level === 2} onPress={() => turn("heading")}><Heading2 {...icon} /></Tool>
        <Tool label={t("article.subheading")} on={now?.type === "heading" && now.level === 3} onPress={() => turn("subheading")}><Heading3 {...icon} /></Tool>
        <Tool label={t("article.bullets")} on={now?.type === "list" && !now.ordered} onPress={() => turn("bullets")}><List {...icon} /></Tool>
        <Tool label={t("article.numbers")} on={now?.type === "list" && now.ordered} onPress={() => turn("numbers")}><ListOrdered {...icon} /></Tool>
        <Tool label={t("article.quote")} on={now?.type === "quote"} onPress={() => turn("quote")}><Quote {...icon} /></Tool>
        <span class="writer-gap" />
        <Tool label={t("article.picture")} testId="add-picture" onPress={() => adding.ask("picture")}><Image {...icon} /></Tool>
        <Tool label={t("article.video")} onPress={() => adding.ask("video")}><Video {...icon} /></Tool>
        <Tool label={t("article.file")} onPress={() => adding.ask("file")}><FileText {...icon} /></Tool>
      </div>
      {adding.view}
      <div class="article-body">
        {list.map((one, index) => {
          const menu: MenuItem[] = [
            ...(index > 0 ? [{ label: t("article.up"), icon: <ArrowUp {...icon} />, run: () => move(index, -1) }] : []),
            ...(index < list.length - 1 ? [{ label: t("article.down"), icon: <ArrowDown {...icon} />, run: () => move(index, 1) }] : []),
            {
              label: t("article.drop"), icon: <Trash2 {...icon} />, dangerous: true,
              run: () => put(list.filter((other) => other.key !== one.key)),
            },
          ];
          return (
            <div key={one.key} class="writer-block" data-block={one.key} onFocusIn={() => setAt(index)}>
              <div class="writer-words">
                {one.block.type === "picture" || one.block.type === "video" || one.block.type === "file" ? (
                  <FileBlock block={one.block} file={files.find((file) => "file_id" in one.block && file.id === one.block.file_id)} onChange={(block) => replace(one.key, block, false)} />
                ) : (
                  <Rich of={one} only={list.length === 1} onChange={(block) => replace(one.key, block, false)} onKeyDown={keysOf(index)} />
                )}
              </div>
              <RowMenu label={t("article.blockMenu", { number: index + 1 })} items={menu} />
            </div>
          );
        })}
      </div>
      {linking && (
        <LinkDialog
          range={linking}
          onClose={() => setLinking(null)}
          onDone={() => {
            setLinking(null);
            const one = list[at];
            const element = root.current?.querySelector<HTMLElement>(`[data-block="${one?.key}"] [contenteditable]`);
            if (one && element) replace(one.key, readBlock(one.block, element), false);
          }}
        />
      )}
    </div>
  );
}

function readBlock(block: Block, element: HTMLElement): Block {
  if (block.type === "heading") return { ...block, text: plainOf(read(element)) };
  if (block.type === "list") return { ...block, items: readItems(element) };
  if (block.type === "text" || block.type === "quote") return { ...block, text: read(element) };
  return block;
}

function caretInLast(element: HTMLElement): boolean {
  const node = getSelection()?.anchorNode ?? null;
  const lines = element.querySelectorAll("li");
  return node !== null && (lines[lines.length - 1]?.contains(node) ?? false);
}

interface RichProps {
  of: Keyed;
  only: boolean;
  onChange(block: Block): void;
  onKeyDown(event: KeyboardEvent): void;
}

/** Words that can be written in. The page's own drawing keeps out of them: the browser writes there. */
function Rich({ of: { block, revision }, only, onChange, onKeyDown }: RichProps) {
  const ref = useRef<HTMLElement | null>(null);
  const kind = block.type === "heading" ? `h${block.level}` : block.type === "list" ? (block.ordered ? "ol" : "ul") : block.type === "quote" ? "quote" : "p";
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    if (block.type === "heading") show(element, [{ text: block.text }]);
    else if (block.type === "list") showItems(element, block.items, block.ordered ?? false);
    else if (block.type === "text" || block.type === "quote") show(element, block.text);
  }, [kind, revision]);
  const label = t(block.type === "heading" ? (block.level === 2 ? "article.heading" : "article.subheading") : block.type === "list" ? "article.listLabel" : block.type === "quote" ? "article.quote" : "article.text");
  const common = {
    ref: (element: HTMLElement | null) => {
      ref.current = element;
    },
    contentEditable: true,
    role: "textbox",
    "aria-multiline": true,
    "aria-label": label,
    spellcheck: true,
    class: `rich ${kind}`,
    "data-testid": "block",
    "data-hint": only && wordsOf(block) === "" ? t("article.beginHere") : undefined,
    "data-empty": wordsOf(block) === "" ? "" : undefined,
    onInput: (event: Event) => onChange(readBlock(block, event.currentTarget as HTMLElement)),
    onKeyDown,
    onPaste: (event: ClipboardEvent) => {
      // Words only: what other pages look like stays there.
      event.preventDefault();
      document.execCommand("insertText", false, event.clipboardData?.getData("text/plain").replace(/\s*\n\s*/g, " ") ?? "");
    },
  };
  return <div {...(common as object)} />;
}

interface ToolProps {
  label: string;
  children: ComponentChildren;
  on?: boolean | undefined;
  testId?: string;
  onPress(): void;
}

function Tool({ label, children, on, testId, onPress }: ToolProps) {
  return (
    <button
      type="button"
      class="writer-tool"
      aria-label={label}
      title={label}
      aria-pressed={on}
      data-testid={testId}
      // What is chosen in the text stays chosen.
      onMouseDown={(event) => event.preventDefault()}
      onClick={onPress}
    >
      {children}
    </button>
  );
}

/** Arrows walk along the bar as well. */
function walk(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step === undefined) return;
  const buttons = [...(event.currentTarget as HTMLElement).querySelectorAll<HTMLElement>("button")];
  const next = buttons[(buttons.indexOf(document.activeElement as HTMLElement) + step + buttons.length) % buttons.length];
  event.preventDefault();
  next?.focus();
}
