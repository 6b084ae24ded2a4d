import { MessageCirclePlus, Search, X } from "lucide-preact";
import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import type { Chat } from "../../api/chats";
import { goBack, navigate, query, withQuery } from "../../app/router";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Banner, Failed, Waiting } from "../../ui/states";
import { Tabs } from "../../ui/tabs";
import { ChatRow } from "./chat-row";
import { inbox, loadInbox } from "./inbox";
import { NewChatDialog } from "./new-chat";
import { Found } from "./search";

type Filter = "all" | "classes" | "channels";

/** All chats: the newest first, and what was found among their messages. */
export function ChatList({ open }: { open: string | null }) {
  const state = inbox.value;
  const [filter, setFilter] = useState<Filter>("all");
  const wished = query.value.get("q");
  const [wish, setWish] = useState(wished ?? "");
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (wished !== null) field.current?.focus();
  }, [wished]);
  const Title = open === null ? "h1" : "h2";
  return (
    <section class="talk-list" data-region aria-labelledby="chats-title">
      <div class="talk-list-head">
        <div class="talk-title">
          <Title id="chats-title" tabIndex={-1}>
            {t("nav.messages")}
          </Title>
          <Button
            kind="text"
            label={t("chat.new")}
            icon={<MessageCirclePlus size={22} strokeWidth={1.75} />}
            testId="new-chat"
            onPress={() => navigate(withQuery("new", "1"))}
          />
        </div>
        <div class="field">
          <div class="field-box">
            <span class="field-icon" aria-hidden="true">
              <Search size={20} strokeWidth={1.75} />
            </span>
            <input
              type="search"
              ref={field}
              aria-keyshortcuts="Control+K"
              value={wish}
              aria-label={t("chat.search")}
              placeholder={t("chat.search")}
              data-testid="chat-search"
              onInput={(event) => setWish(event.currentTarget.value)}
              onKeyDown={(event) => {
                if (event.key === "Escape" && wish) {
                  event.stopPropagation();
                  setWish("");
                }
              }}
            />
            {wish && (
              <button type="button" aria-label={t("chat.searchClear")} onClick={() => setWish("")}>
                <X size={20} strokeWidth={1.75} aria-hidden="true" />
              </button>
            )}
          </div>
        </div>
        {!wish.trim() && (
          <Tabs
            label={t("chat.filter")}
            name="chats"
            small
            value={filter}
            onChange={(next) => setFilter(next)}
            tabs={[
              { id: "all", label: t("chat.filterAll") },
              { id: "classes", label: t("chat.filterClasses") },
              { id: "channels", label: t("chat.filterChannels") },
            ]}
          />
        )}
      </div>
      <div class="talk-scroll" role={wish.trim() ? undefined : "tabpanel"} id="chats-panel" aria-labelledby={wish.trim() ? undefined : `chats-tab-${filter}`}>
        {wish.trim() ? <Found key="found" q={wish.trim()} chats={state.chats ?? []} open={open} /> : <Rows filter={filter} open={open} />}
      </div>
      {query.value.get("new") && <NewChatDialog onClose={() => goBack(withQuery("new", null))} />}
    </section>
  );
}

function Rows({ filter, open }: { filter: Filter; open: string | null }) {
  const { chats, stale, at, error, since } = inbox.value;
  const ref = useRef<HTMLUListElement>(null);
  const order = useOrder(chats, ref);
  if (chats === null) {
    if (error) return <Failed code={error.code} onRetry={() => void loadInbox()} />;
    return <Waiting since={since || Date.now()} skeleton={<Bones />} onRetry={() => void loadInbox()} />;
  }
  const shown = order.filter((chat) => fits(chat, filter));
  return (
    <>
      {stale && <Banner action={t("common.retry")} onAction={loadInbox}>{t("chat.asOf", { time: moment(new Date(at)) })}</Banner>}
      {shown.length === 0 ? (
        <div class="empty">
          <p>{t(filter === "all" ? "chat.none" : filter === "classes" ? "chat.noneClasses" : "chat.noneChannels")}</p>
          {filter === "all" && <Button onPress={() => navigate(withQuery("new", "1"))}>{t("chat.new")}</Button>}
        </div>
      ) : (
        <ul class="chat-rows" ref={ref}>
          {shown.map((chat) => (
            <li key={chat.id}>
              <ChatRow chat={chat} here={chat.id === open} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** The newest first; but while somebody points into the list, or walks through it, nothing in it changes place. */
function useOrder(chats: readonly Chat[] | null, ref: { current: HTMLElement | null }): Chat[] {
  const order = useRef<string[]>([]);
  return useMemo(() => {
    const all = [...(chats ?? [])].sort((a, b) => when(b) - when(a));
    const engaged = ref.current?.matches(":hover, :focus-within") ?? false;
    if (!engaged || order.current.length === 0) order.current = all.map((chat) => chat.id);
    const place = new Map(order.current.map((id, index) => [id, index]));
    return all.sort((a, b) => (place.get(a.id) ?? -1) - (place.get(b.id) ?? -1));
  }, [chats]);
}

function when(chat: Chat): number {
  return Math.max(chat.last ? Date.parse(chat.last.at) : 0, chat.draft ? Date.parse(chat.draft.at) : 0);
}

function fits(chat: Chat, filter: Filter): boolean {
  if (filter === "classes") return chat.kind === "class" || chat.kind === "parents";
  if (filter === "channels") return chat.kind === "channel";
  return true;
}

function Bones() {
  return (
    <div class="talk-bones">
      {[0, 1, 2, 3, 4, 5].map((index) => (
        <div key={index} class="bone" />
      ))}
    </div>
  );
}
