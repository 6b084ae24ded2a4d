import { to } from "../../app/router";
import { t } from "../../i18n";
import { ChatRow } from "../messages/chat-row";
import { inbox } from "../messages/inbox";

const MOST = 4;

/** Chats in which something waits: the newest few. */
export function UnreadChats() {
  const waiting = (inbox.value.chats ?? []).filter((chat) => chat.unread > 0 && !chat.muted);
  if (waiting.length === 0) return null;
  return (
    <section class="home-classes" aria-labelledby="home-unread">
      <h2 id="home-unread">{t("home.unread")}</h2>
      <ul class="card chat-card">
        {waiting.slice(0, MOST).map((chat) => (
          <li key={chat.id}>
            <ChatRow chat={chat} here={false} />
          </li>
        ))}
      </ul>
      {waiting.length > MOST && (
        <a class="button text" href={to.messages}>
          {t("home.allMessages")}
        </a>
      )}
    </section>
  );
}
