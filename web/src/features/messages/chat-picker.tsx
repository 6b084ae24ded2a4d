import { useState } from "preact/hooks";
import type { Chat } from "../../api/chats";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Field } from "../../ui/field";
import { avatarName } from "./chat-row";
import { inbox } from "./inbox";
import { titleOf } from "./words";

/** Chats in which one may write, one of them to be chosen. */
export function ChatPicker({ onPick }: { onPick(chat: Chat): unknown }) {
  const [wish, setWish] = useState("");
  const small = wish.trim().toLocaleLowerCase();
  const chats = (inbox.value.chats ?? []).filter(
    (chat) => chat.may.includes("post") && titleOf(chat).toLocaleLowerCase().includes(small),
  );
  return (
    <>
      <Field label={t("chat.findChat")} name="chat" type="search" value={wish} onInput={setWish} />
      <ul class="person-lines pick-scroll">
        {chats.map((chat) => (
          <li key={chat.id}>
            <button type="button" class="person-line" data-testid="pick-chat" onClick={() => void onPick(chat)}>
              <Avatar id={chat.other?.id ?? chat.id} name={avatarName(chat)} size={32} square={chat.kind !== "personal"} />
              <span>{titleOf(chat)}</span>
            </button>
          </li>
        ))}
      </ul>
      {chats.length === 0 && <p class="meta">{t("chat.noneFound")}</p>}
    </>
  );
}
