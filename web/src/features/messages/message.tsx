import { Ellipsis, Flag, Pin, SmilePlus } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { type Chat, type Message, react, unreact } from "../../api/chats";
import { showToast } from "../../app/toast";
import { asApiError, explain } from "../../app/action";
import { me } from "../../app/session";
import { clock, number as words, t } from "../../i18n";
import { Avatar, colourOf } from "../../ui/avatar";
import { Menu } from "../../ui/menu";
import { Attachments } from "./attachments";
import type { Task } from "./chat";
import type { Asked } from "./dialogs";
import { EmojiBox } from "./emoji";
import { menuOf } from "./message-menu";
import { Text } from "./message-text";
import type { Outgoing } from "./outbox";
import { PollView } from "./poll";
import type { Placed } from "./rows";
import type { Thread } from "./thread";
import { preview } from "./words";

/** What stands in the list: a message of the chat, or one on its way there. */
export interface Shown extends Placed {
  message: Message | null;
  pending: Outgoing | null;
}

interface MessageItemProps {
  message: Message;
  rowKey: string;
  /** What it answers, where that is known. */
  answered: Message | undefined;
  chat: Chat;
  thread: Thread;
  first: boolean;
  last: boolean;
  /** The one stop of the Tab key in the list: what is in it can be reached. */
  stop: boolean;
  onTask(task: Task): void;
  onAsk(asked: Asked): void;
}

const PRESS_MS = 500;

export function MessageItem(props: MessageItemProps) {
  const { message, rowKey, chat, thread, first, last, stop } = props;
  const own = message.author.id === me.value?.id;
  const gone = message.deleted_at !== null;
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [emoji, setEmoji] = useState<HTMLElement | null>(null);
  const ref = useRef<HTMLLIElement>(null);
  const press = useLongPress((target) => setMenu(target));
  const tab = stop ? 0 : -1;
  const time = clock(new Date(message.at));
  const items = menuOf({ ...props, own, onReact: () => setEmoji(ref.current) });
  const names = ["message", own && "own", first && "first", last && "last"].filter(Boolean).join(" ");
  return (
    <li
      ref={ref}
      class={names}
      tabIndex={tab}
      data-key={rowKey}
      data-begin={stop || undefined}
      data-number={message.number}
      data-testid="message"
      aria-label={spoken(message, own, time)}
      onKeyDown={(event) => {
        if (event.target !== ref.current || gone) return;
        if (event.key === "Enter" || event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
          event.preventDefault();
          setMenu(ref.current);
        }
      }}
      {...(gone ? {} : press)}
    >
      {!own && (last ? <Avatar id={message.author.id} name={message.author.name} size={32} /> : <span />)}
      <div class="bubble-box">
        <div class="bubble">
          {!own && first && chat.kind !== "personal" && (
            <span class={`bubble-name c${colourOf(message.author.id)}`} aria-hidden="true">
              {message.author.name}
            </span>
          )}
          {message.forwarded && <span class="bubble-from">{t("chat.forwardedFrom", { name: message.forwarded.author.name })}</span>}
          {message.reply_to !== null && !gone && (
            <Quote of={props.answered} tab={tab} onOpen={() => void thread.goTo(message.reply_to ?? 0)} />
          )}
          {gone ? <span class="bubble-gone">{t("chat.gone")}</span> : <Content message={message} tab={tab} chat={chat} thread={thread} />}
          <span class="bubble-meta">
            {message.pinned && <Pin size={12} strokeWidth={2} aria-label={t("chat.pinned")} role="img" />}
            {message.flagged && chat.may.includes("moderate") && <Flag size={12} strokeWidth={2} aria-label={t("chat.flagged")} role="img" />}
            {message.edited_at !== null && !gone && <span>{t("chat.edited")}</span>}
            <time class="num" dateTime={message.at}>
              {time}
            </time>
          </span>
        </div>
        <Reactions message={message} chat={chat} thread={thread} tab={tab} />
      </div>
      {!gone && (
        <div class="message-tools">
          {chat.may.includes("react") && (
            <button
              type="button"
              tabIndex={tab}
              aria-label={t("chat.react")}
              title={t("chat.react")}
              data-testid="react"
              onClick={(event) => setEmoji(event.currentTarget)}
            >
              <SmilePlus size={18} strokeWidth={1.75} aria-hidden="true" />
            </button>
          )}
          <button
            type="button"
            tabIndex={tab}
            aria-label={t("chat.messageMenu")}
            title={t("chat.messageMenu")}
            aria-haspopup="menu"
            aria-expanded={menu !== null}
            data-testid="message-menu"
            onClick={(event) => setMenu(event.currentTarget)}
          >
            <Ellipsis size={18} strokeWidth={1.75} aria-hidden="true" />
          </button>
        </div>
      )}
      {menu && <Menu label={t("chat.messageMenu")} items={items} anchor={menu} onClose={() => setMenu(null)} />}
      {emoji && (
        <EmojiBox
          anchor={emoji}
          label={t("chat.react")}
          onClose={() => setEmoji(null)}
          onPick={(picked) => {
            setEmoji(null);
            void toggle(thread, message, picked, true);
          }}
        />
      )}
    </li>
  );
}

function Content({ message, chat, thread, tab }: { message: Message; chat: Chat; thread: Thread; tab: number }) {
  return (
    <>
      {message.attachments.length > 0 && <Attachments of={message.attachments} tab={tab} />}
      {message.poll ? (
        <PollView message={message} poll={message.poll} chat={chat} thread={thread} tab={tab} />
      ) : (
        message.text && <Text text={message.text} mentions={message.mentions} tab={tab} />
      )}
    </>
  );
}

function Quote({ of, tab, onOpen }: { of: Message | undefined; tab: number; onOpen(): void }) {
  return (
    <button type="button" class="quote" tabIndex={tab} onClick={onOpen}>
      {of ? (
        <>
          <b>{of.author.name}</b>
          <span>{preview(of)}</span>
        </>
      ) : (
        <span>{t("chat.quoteGone")}</span>
      )}
    </button>
  );
}

function Reactions({ message, chat, thread, tab }: { message: Message; chat: Chat; thread: Thread; tab: number }) {
  if (message.reactions.length === 0) return null;
  const may = chat.may.includes("react");
  return (
    <div class="reactions">
      {message.reactions.map((one) => (
        <button
          key={one.emoji}
          type="button"
          tabIndex={tab}
          aria-pressed={one.mine}
          aria-label={t("chat.reaction", { emoji: one.emoji, count: one.count })}
          data-testid="reaction"
          onClick={() => may && void toggle(thread, message, one.emoji, !one.mine)}
        >
          <span class="glyph" aria-hidden="true">
            {one.emoji}
          </span>
          <span class="num" aria-hidden="true">
            {words(one.count)}
          </span>
        </button>
      ))}
    </div>
  );
}

/** One's own reaction is there at once; what the platform says of it comes after. */
async function toggle(thread: Thread, message: Message, emoji: string, on: boolean): Promise<void> {
  const held = message.reactions.find((one) => one.emoji === emoji);
  if (on === (held?.mine ?? false)) return;
  thread.take({ ...message, reactions: reacted(message.reactions, emoji, on) }, false);
  try {
    const fresh = await (on ? react : unreact)(message.chat_id, message.number, emoji);
    thread.take(fresh, false);
  } catch (error) {
    thread.take(message, false);
    showToast(explain(asApiError(error)));
  }
}

function reacted(all: Message["reactions"], emoji: string, on: boolean): Message["reactions"] {
  if (!all.some((one) => one.emoji === emoji)) return on ? [...all, { emoji, count: 1, mine: true }] : all;
  return all
    .map((one) => (one.emoji === emoji ? { ...one, count: one.count + (on ? 1 : -1), mine: on } : one))
    .filter((one) => one.count > 0);
}

/** Who, what, when, in one name for a reader. */
function spoken(message: Message, own: boolean, time: string): string {
  const parts = [
    own ? t("common.you") : message.author.name,
    message.forwarded && t("chat.forwardedFrom", { name: message.forwarded.author.name }),
    preview(message),
    message.edited_at !== null && message.deleted_at === null && t("chat.edited"),
    time,
    ...message.reactions.map((one) => t("chat.reaction", { emoji: one.emoji, count: one.count })),
  ];
  return parts.filter(Boolean).join(", ");
}

/** A finger that stays opens the menu; one that moves scrolls. */
function useLongPress(open: (target: HTMLElement) => void) {
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const stop = (): void => clearTimeout(timer.current);
  return {
    onPointerDown: (event: PointerEvent & { currentTarget: HTMLElement }) => {
      if (event.pointerType === "mouse") return;
      const target = event.currentTarget;
      stop();
      timer.current = setTimeout(() => open(target), PRESS_MS);
    },
    onPointerUp: stop,
    onPointerCancel: stop,
    onPointerMove: (event: PointerEvent) => {
      if (Math.abs(event.movementX) + Math.abs(event.movementY) > 4) stop();
    },
    onContextMenu: (event: MouseEvent & { currentTarget: HTMLElement }) => {
      // Links and chosen words keep the browser's own menu.
      if ((event.target as HTMLElement).closest("a, img") || getSelection()?.toString()) return;
      event.preventDefault();
      stop();
      open(event.currentTarget);
    },
  };
}
