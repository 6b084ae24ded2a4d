import type { RefObject } from "preact";
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Shown } from "./message";
import type { Row } from "./rows";
import type { Thread } from "./thread";

/** This near to its end the list counts as standing at its end. */
const AT_END_PX = 56;
/** This near to an end of what is held, more is fetched. */
const MORE_PX = 600;
const FOUND_MS = 1_700;

interface Below {
  /** There is something below what one sees. */
  shown: boolean;
  /** How much of it has not been read. */
  count: number;
}

interface Scroll {
  ref: RefObject<HTMLDivElement | null>;
  below: Below;
  toNewest(): void;
}

/**
 * Keeps what one reads where it is: older messages come above it, newer ones below it, and only who stands at the end
 * goes along with it. Opens at the first unread message, jumps where the thread says, and tells it what was seen.
 */
export function useScroll(thread: Thread, rows: readonly Row<Shown>[]): Scroll {
  const ref = useRef<HTMLDivElement>(null);
  const anchor = useRef<{ key: string; top: number } | null>(null);
  const atEnd = useRef(true);
  const reached = useRef(0);
  const [below, setBelow] = useState<Below>({ shown: false, count: 0 });
  const goal = thread.goal.value;

  const look = useCallback((): void => {
    const box = ref.current;
    if (!box || box.clientHeight === 0) return;
    const { after: more, before } = thread.stretch.peek();
    const left = box.scrollHeight - box.scrollTop - box.clientHeight;
    atEnd.current = more === null && left < AT_END_PX;
    anchor.current = anchorOf(box);
    const seen = lastSeen(box);
    if (seen > 0 && document.visibilityState === "visible") {
      reached.current = Math.max(reached.current, seen);
      thread.seen(seen);
    }
    const { items } = thread.stretch.peek();
    const count = items.filter((one) => one.number > Math.max(reached.current, thread.newAfter ?? 0)).length;
    const next = { shown: !atEnd.current, count: atEnd.current ? 0 : count };
    setBelow((now) => (now.shown === next.shown && now.count === next.count ? now : next));
    if (before !== null && box.scrollTop < MORE_PX) void thread.older();
    if (more !== null && left < MORE_PX) void thread.newer();
  }, [thread]);

  /** After the list has changed: the end stays the end, anything else stays where it was. */
  const keep = useCallback((): void => {
    const box = ref.current;
    if (!box) return;
    const held = anchor.current;
    if (atEnd.current && thread.stretch.peek().after === null) box.scrollTop = box.scrollHeight;
    else if (held) {
      const item = find(box, held.key);
      if (item) box.scrollTop += item.offsetTop - box.scrollTop - held.top;
    }
  }, [thread]);

  useLayoutEffect(() => {
    keep();
    look();
  }, [rows]);

  useLayoutEffect(() => {
    const box = ref.current;
    if (!box || !goal) return;
    bring(box, goal.number);
    if (goal.point && goal.number !== "newest") point(box, goal.number);
    look();
  }, [goal]);

  useEffect(() => {
    const box = ref.current;
    if (!box) return;
    // A picture that has come, a keyboard that opens, a text field that grows.
    const watch = new ResizeObserver(() => {
      keep();
      look();
    });
    watch.observe(box);
    if (box.firstElementChild) watch.observe(box.firstElementChild);
    box.addEventListener("scroll", look, { passive: true });
    document.addEventListener("visibilitychange", look);
    return () => {
      watch.disconnect();
      box.removeEventListener("scroll", look);
      document.removeEventListener("visibilitychange", look);
    };
  }, [look]);

  // One's own message is always shown.
  const mine = rows[rows.length - 1];
  const own = mine?.kind === "message" && mine.message.pending ? mine.key : null;
  useLayoutEffect(() => {
    if (own !== null && ref.current) {
      ref.current.scrollTop = ref.current.scrollHeight;
      look();
    }
  }, [own]);

  const toNewest = useCallback(() => void thread.goTo("newest"), [thread]);
  return { ref, below, toNewest };
}

function items(box: HTMLElement): HTMLElement[] {
  return [...box.querySelectorAll<HTMLElement>("[data-key]")];
}

function find(box: HTMLElement, key: string): HTMLElement | null {
  return box.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`);
}

/** The first message in sight, and how far below the upper edge it stands. */
function anchorOf(box: HTMLElement): { key: string; top: number } | null {
  const first = items(box).find((item) => item.offsetTop + item.offsetHeight > box.scrollTop);
  return first ? { key: first.dataset.key ?? "", top: first.offsetTop - box.scrollTop } : null;
}

/** The number of the last message whose end is in sight. */
function lastSeen(box: HTMLElement): number {
  const end = box.scrollTop + box.clientHeight;
  const all = items(box);
  for (let index = all.length - 1; index >= 0; index--) {
    const item = all[index];
    const number = Number(item?.dataset.number);
    if (item && number > 0 && item.offsetTop + Math.min(item.offsetHeight, 80) <= end) return number;
  }
  return 0;
}

function bring(box: HTMLElement, number: number | "newest"): void {
  if (number === "newest") {
    box.scrollTop = box.scrollHeight;
    return;
  }
  const line = box.querySelector<HTMLElement>("[data-new]");
  const item = box.querySelector<HTMLElement>(`[data-number="${number}"]`) ?? items(box).find((one) => Number(one.dataset.number) >= number);
  if (!item) return;
  const begin = line && line.nextElementSibling === item ? line : item;
  const top = begin.offsetTop - (begin === line ? 24 : Math.max(24, (box.clientHeight - item.offsetHeight) / 3));
  box.scrollTop = top;
}

/** Shows which one it is, and lets a reader begin there. */
function point(box: HTMLElement, number: number): void {
  const item = box.querySelector<HTMLElement>(`[data-number="${number}"]`);
  if (!item) return;
  item.classList.add("found");
  item.focus({ preventScroll: true });
  setTimeout(() => item.classList.remove("found"), FOUND_MS);
}
