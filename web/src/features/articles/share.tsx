import { useState } from "preact/hooks";
import type { Chat } from "../../api/chats";
import { navigate, to } from "../../app/router";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { ChatPicker } from "../messages/chat-picker";
import { post } from "../messages/sending";
import { titleOf } from "../messages/words";

/** Sends words (a link) to a chat. */
export function ShareDialog({ text, onClose }: { text: string; onClose(): void }) {
  const [done, setDone] = useState(false);
  const send = (chat: Chat): void => {
    if (done) return;
    setDone(true);
    post(chat.id, { text });
    onClose();
    showToast(t("documents.sent", { name: titleOf(chat) }), { label: t("chat.open"), run: () => navigate(to.chat(chat.id)) });
  };
  return (
    <Dialog title={t("documents.send")} onClose={onClose}>
      <ChatPicker onPick={send} />
    </Dialog>
  );
}
