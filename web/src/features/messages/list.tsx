import { ChevronDown } from "lucide-preact";
import { useCallback, useMemo, useState } from "preact/hooks";
import type { Chat, Message } from "../../api/chats";
import { me } from "../../app/session";
import { t } from "../../i18n";
import { Failed, Waiting } from "../../ui/states";
import type { Task } from "./chat";
import { DayHeading } from "./day";
import { type Asked, MessageDialogs } from "./dialogs";
import { MessageItem, type Shown } from "./message";
import { type Row, rowsOf } from "./rows";
import { outgoing } from "./sending";
import { PendingItem } from "./pending";
import type { Thread } from "./thread";
import { useScroll } from "./scroll";

interface MessageListProps {
  chat: Chat;
  thread: Thread;
  onTask(task: Task): void;
}

/** Messages below each other: one stop of the Tab key, arrows walk through them, End goes to the newest. */
export function MessageList({ chat, thread, onTask }: MessageListProps) {
  const state = thread.state.value;
  if (state === "loading") {
    return (
      <div class="thread">
        <div class="thread-scroll">
          <Waiting since={thread.since.value} skeleton={<Bones />} onRetry={() => void thread.open()} />
        </div>
      </div>
    );
  }
  if (state === "failed") {
    return (
      <div class="thread">
        <div class="thread-scroll">
          <Failed code={thread.error.value?.code ?? "offline"} onRetry={() => void thread.open()} />
        </div>
      </div>
    );
  }
  return <Messages chat={chat} thread={thread} onTask={onTask} />;
}

function Messages({ chat, thread, onTask }: MessageListProps) {
  const own = me.value?.id ?? "";
  const { items, quoted, before, after } = thread.stretch.value;
  const waiting = outgoing.value;
  const shown = useMemo(() => shownOf(items, waiting.filter((one) => one.chat === chat.id), own, after), [items, waiting, after]);
  const rows = useMemo(() => rowsOf(shown, thread.newAfter, own), [shown]);
  const [active, setActive] = useState<string | null>(null);
  const [asked, setAsked] = useState<Asked | null>(null);
  const { ref, below, toNewest } = useScroll(thread, rows);
  const keys = useMemo(() => rows.flatMap((row) => (row.kind === "message" ? [row.key] : [])), [rows]);
  const stop = active !== null && keys.includes(active) ? active : keys[keys.length - 1];

  const walk = useCallback(
    (event: KeyboardEvent): void => {
      const from = (event.target as HTMLElement).closest<HTMLElement>("[data-key]");
      if (!from || event.target !== from) return;
      const now = keys.indexOf(from.dataset.key ?? "");
      const next = { ArrowUp: now - 1, ArrowDown: now + 1, Home: 0, End: keys.length - 1 }[event.key];
      if (next === undefined) return;
      event.preventDefault();
      if (event.key === "End") toNewest();
      if (next < 0) void thread.older();
      const key = keys[Math.min(Math.max(next, 0), keys.length - 1)];
      if (key !== undefined) focusOn(ref.current, key);
    },
    [keys],
  );

  return (
    <div class="thread">
      <div class="thread-scroll" ref={ref} id="thread" data-region data-testid="thread">
        <div class="thread-inner">
          {before === null ? (
            <p class="thread-begin">{items.length === 0 && rows.length === 0 ? t(chat.may.includes("post") ? "chat.nothingYet" : "chat.nothingYetRead") : t("chat.begin")}</p>
          ) : (
            <div class="thread-older" aria-hidden="true">
              {thread.loadingOlder.value && <span class="ring" />}
            </div>
          )}
          <ol
            aria-label={t("chat.messages")}
            onKeyDown={walk}
            onFocusIn={(event) => {
              const key = (event.target as HTMLElement).closest<HTMLElement>("[data-key]")?.dataset.key;
              if (key !== undefined) setActive(key);
            }}
          >
            {rows.map((row) => (
              <RowItem
                key={row.key}
                row={row}
                chat={chat}
                thread={thread}
                quoted={quoted}
                stop={row.key === stop}
                onTask={onTask}
                onAsk={setAsked}
              />
            ))}
          </ol>
        </div>
      </div>
      {below.shown && (
        <button type="button" class="to-newest" onClick={toNewest} data-testid="to-newest">
          <ChevronDown size={20} strokeWidth={1.75} aria-hidden="true" />
          {below.count > 0 ? t("chat.newBelow", { count: below.count }) : t("chat.toNewest")}
        </button>
      )}
      {asked && <MessageDialogs asked={asked} chat={chat} thread={thread} onClose={() => setAsked(null)} />}
    </div>
  );
}

interface RowItemProps {
  row: Row<Shown>;
  chat: Chat;
  thread: Thread;
  quoted: ReadonlyMap<number, Message>;
  stop: boolean;
  onTask(task: Task): void;
  onAsk(asked: Asked): void;
}

function RowItem({ row, stop, quoted, ...rest }: RowItemProps) {
  if (row.kind === "day") return <DayHeading at={row.at} thread={rest.thread} />;
  if (row.kind === "new") {
    return (
      <li class="new-line" data-new>
        {t("chat.newLine")}
      </li>
    );
  }
  const { message: shown, first, last } = row;
  if (shown.pending) return <PendingItem pending={shown.pending} first={first} last={last} stop={stop} />;
  if (!shown.message) return null;
  const { reply_to } = shown.message;
  return (
    <MessageItem
      {...rest}
      message={shown.message}
      rowKey={row.key}
      answered={reply_to === null ? undefined : quoted.get(reply_to)}
      first={first}
      last={last}
      stop={stop}
    />
  );
}

/** What is in the chat, and below it what is on its way there. */
function shownOf(items: readonly Message[], waiting: readonly Shown["pending"][], own: string, after: number | null): Shown[] {
  const sent = new Set(items.flatMap((one) => (one.author.id === own && one.client_id ? [one.client_id] : [])));
  const there = items.map(
    (message): Shown => ({
      key: message.author.id === own && message.client_id ? message.client_id : String(message.number),
      author: message.author.id,
      at: Date.parse(message.at),
      seq: message.number,
      message,
      pending: null,
    }),
  );
  // While one reads far above, what one sends stands where the chat goes on.
  if (after !== null) return there;
  const coming = waiting.flatMap((pending): Shown[] =>
    pending && !sent.has(pending.key)
      ? [{ key: pending.key, author: own, at: Math.max(pending.at, there[there.length - 1]?.at ?? 0), seq: null, message: null, pending }]
      : [],
  );
  return [...there, ...coming];
}

function focusOn(list: HTMLElement | null, key: string): void {
  list?.querySelector<HTMLElement>(`[data-key="${CSS.escape(key)}"]`)?.focus();
}

function Bones() {
  return (
    <div class="thread-bones">
      {[0, 1, 2, 3, 4, 5].map((index) => (
        <div key={index} class="bone" />
      ))}
    </div>
  );
}
