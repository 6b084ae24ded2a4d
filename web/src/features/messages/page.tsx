import { MessageCircle } from "lucide-preact";
import { query } from "../../app/router";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { ChatList } from "./chat-list";
import { ChatView } from "./chat";
import "./messages.css";

/** S6: the list and one chat; side by side on a desktop, one at a time on a phone. */
export function MessagesPage({ chat }: { chat: string | null }) {
  const details = chat !== null && query.value.get("about") !== null;
  return (
    <div class={["talk", chat !== null && "open", details && "detailed"].filter(Boolean).join(" ")}>
      <ChatList open={chat} />
      {chat === null ? <Nothing /> : <ChatView key={`${chat} ${query.value.get("m") ?? ""}`} id={chat} jump={jumpOf(query.value.get("m"))} />}
    </div>
  );
}

function Nothing() {
  useTitle(t("nav.messages"));
  return (
    <div class="chat-none">
      <MessageCircle size={40} strokeWidth={1.5} aria-hidden="true" />
      <p>{t("chat.choose")}</p>
    </div>
  );
}

function jumpOf(text: string | null): number | null {
  const number = Number(text);
  return text !== null && Number.isInteger(number) && number > 0 ? number : null;
}
