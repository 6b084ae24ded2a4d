import { Archive, BellOff } from "lucide-preact";
import { useEffect, useRef } from "preact/hooks";
import type { Chat } from "../../api/chats";
import { to } from "../../app/router";
import { me } from "../../app/session";
import { t } from "../../i18n";
import { Avatar, initials } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { outgoing } from "./sending";
import { lastWords, shortWhen, titleOf } from "./words";
import "./chat-row.css";

/** A chat in a list: the whole row is one link with one name for a reader. */
export function ChatRow({ chat, here }: { chat: Chat; here: boolean }) {
  const own = me.value?.id ?? "";
  const title = titleOf(chat);
  const failed = outgoing.value.some((one) => one.chat === chat.id && one.state === "failed");
  const draft = !here && chat.draft && chat.draft.text !== "" ? chat.draft.text : null;
  const time = chat.last ? shortWhen(chat.last.at) : "";
  const words = failed ? t("chat.failedShort") : draft !== null ? t("chat.draft", { text: draft }) : lastWords(chat, own);
  const spoken = [title, chat.unread > 0 && t("chat.unread", { count: chat.unread }), chat.muted && t("chat.muted"), words, time];
  const ref = useRef<HTMLAnchorElement>(null);
  useEffect(() => {
    if (here) ref.current?.scrollIntoView?.({ block: "nearest" });
  }, [here]);
  return (
    <a
      ref={ref}
      class="chat-row"
      href={to.chat(chat.id)}
      aria-current={here ? "page" : undefined}
      aria-label={spoken.filter(Boolean).join(", ")}
      data-testid="chat-row"
    >
      <Avatar id={chat.other?.id ?? chat.id} name={avatarName(chat)} square={chat.kind !== "personal"} />
      <span class="chat-row-title">
        <span>{title}</span>
        {chat.muted && <BellOff size={14} strokeWidth={1.75} aria-hidden="true" />}
        {chat.archived && <Archive size={14} strokeWidth={1.75} aria-hidden="true" />}
      </span>
      <span class="chat-row-time num">{time}</span>
      <span class="chat-row-last">
        {failed ? <span class="failed">{words}</span> : draft !== null ? <Draft text={draft} /> : words}
      </span>
      <Badge count={chat.unread} words={t("chat.unread", { count: chat.unread })} muted={chat.muted} />
    </a>
  );
}

function Draft({ text }: { text: string }) {
  const [before, after] = t("chat.draft", { text: "\u0000" }).split("\u0000");
  return (
    <>
      <span class="draft">{before}</span>
      {text}
      {after}
    </>
  );
}

export function avatarName(chat: Pick<Chat, "kind" | "title" | "class">): string {
  if (chat.kind === "personal") return chat.title;
  return chat.class ? chat.class.name.replace(/[^\p{L}\p{N}]+/gu, "") : initials(chat.title);
}
