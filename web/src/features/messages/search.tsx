import { CloudOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Chat, type FoundMessage, searchMessages } from "../../api/chats";
import { ApiError } from "../../api/http";
import { asApiError } from "../../app/action";
import { announce } from "../../app/announce";
import { to } from "../../app/router";
import { me } from "../../app/session";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Banner, Failed, Waiting } from "../../ui/states";
import { chatOf, inbox } from "./inbox";
import { ChatRow } from "./chat-row";
import { useSettled } from "./contacts";
import { excerpt } from "./excerpt";
import { searchKept } from "./search-kept";
import { preview, shortWhen, titleOf } from "./words";

interface FoundProps {
  q: string;
  /** Chats whose names may fit as well. */
  chats: readonly Chat[] | null;
  open: string | null;
  /** Only in this chat. */
  within?: string;
}

const SETTLE_MS = 300;
/** One letter finds everything and says nothing. */
const SHORTEST = 2;

interface State {
  q: string;
  items: readonly FoundMessage[];
  next: string | null;
  error: ApiError | null;
  /** The network is away: these are of what is kept on this device. */
  kept: boolean;
  loading: boolean;
  since: number;
}

const NOTHING: State = { q: "", items: [], next: null, error: null, kept: false, loading: false, since: 0 };

/** What fits a search: chats by their names, messages by any form of their words. */
export function Found({ q, chats, open, within }: FoundProps) {
  const wish = useSettled(q, SETTLE_MS);
  const [state, setState] = useState<State>(NOTHING);
  const ask = async (cursor: string | null): Promise<void> => {
    setState((now) => ({ ...(cursor === null ? NOTHING : now), q: wish, loading: true, since: Date.now() }));
    try {
      const page = await searchMessages(wish, within ?? null, cursor);
      setState((now) =>
        now.q === wish ? { ...now, items: cursor === null ? page.items : [...now.items, ...page.items], next: page.next, kept: false, loading: false } : now,
      );
      if (cursor === null) announce(t("chat.foundCount", { count: page.items.length }));
    } catch (error) {
      const problem = asApiError(error);
      if (problem.status !== 0 || cursor !== null) return setState((now) => (now.q === wish ? { ...now, error: problem, loading: false } : now));
      const here = within === undefined ? (inbox.peek().chats ?? []) : [chatOf(within)].filter((one) => one !== undefined);
      const items = await searchKept(me.peek()?.id ?? "", wish, here);
      setState((now) => (now.q === wish ? { ...now, items, next: null, kept: true, loading: false } : now));
      announce(t("chat.foundCount", { count: items.length }));
    }
  };
  useEffect(() => {
    if (wish.length >= SHORTEST) void ask(null);
    else setState(NOTHING);
  }, [wish, within]);
  const small = q.toLocaleLowerCase();
  const named = (chats ?? []).filter((chat) => titleOf(chat).toLocaleLowerCase().includes(small));
  return (
    <>
      {named.length > 0 && (
        <ul class="chat-rows">
          {named.map((chat) => (
            <li key={chat.id}>
              <ChatRow chat={chat} here={chat.id === open} />
            </li>
          ))}
        </ul>
      )}
      {state.loading && state.items.length === 0 && <Waiting since={state.since} skeleton={<div class="talk-bones"><div class="bone" /><div class="bone" /></div>} onRetry={() => void ask(null)} />}
      {state.error && <Failed code={state.error.code} onRetry={() => void ask(null)} />}
      {state.kept && (
        <Banner icon={<CloudOff size={20} strokeWidth={1.75} />} action={t("common.retry")} onAction={() => ask(null)}>
          {t("chat.foundKept")}
        </Banner>
      )}
      {state.items.length > 0 && (
        <>
          {chats !== null && <h2 class="found-title">{t("chat.messages")}</h2>}
          <ul class="found-rows" data-testid="found">
            {state.items.map(({ chat, message, kind }) => (
              <li key={`${chat.id} ${message.number}`}>
                <a class="found-row" href={to.chat(chat.id, String(message.number))}>
                  <span>
                    <span>{within ? message.author.name : t("chat.foundIn", { author: message.author.name, chat: titleOf({ kind, title: chat.name, class: null }) })}</span>
                    <span class="num">{shortWhen(message.at)}</span>
                  </span>
                  <span>
                    {excerpt(message.text || preview(message), wish).map((piece, index) =>
                      piece.found ? <mark key={index}>{piece.text}</mark> : piece.text,
                    )}
                  </span>
                </a>
              </li>
            ))}
          </ul>
          {state.next !== null && (
            <Button kind="text" busy={state.loading} onPress={() => ask(state.next)}>
              {t("chat.foundMore")}
            </Button>
          )}
        </>
      )}
      {!state.loading && !state.error && state.q !== "" && state.items.length === 0 && named.length === 0 && <p class="empty">{t("chat.nothingFound")}</p>}
    </>
  );
}
