import { useState } from "preact/hooks";
import { type Chat, deleteMessage, fetchMessage, fetchVotes, forward, type Message, report } from "../../api/chats";
import { newKey } from "../../api/http";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Confirm, Dialog } from "../../ui/dialog";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { ChatPicker } from "./chat-picker";
import { ReportDialog } from "./report";
import type { Thread } from "./thread";
import { preview, titleOf } from "./words";

/** What a message's menu has asked for and needs an answer. */
export interface Asked {
  kind: "forward" | "report" | "delete" | "votes";
  message: Message;
}

interface DialogsProps {
  asked: Asked;
  chat: Chat;
  thread: Thread;
  onClose(): void;
}

export function MessageDialogs({ asked: { kind, message }, ...rest }: DialogsProps) {
  switch (kind) {
    case "forward":
      return <ForwardDialog message={message} onClose={rest.onClose} />;
    case "report":
      return (
        <ReportDialog
          title={t("report.title")}
          send={(reason, note) => report(message.chat_id, message.number, reason, note)}
          onClose={rest.onClose}
        />
      );
    case "delete":
      return <DeleteDialog message={message} {...rest} />;
    default:
      return <VotesDialog message={message} onClose={rest.onClose} />;
  }
}

function ForwardDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const doing = useDoing();
  const [key] = useState(newKey);
  const send = (chat: Chat): unknown =>
    doing.run(async () => {
      await forward(chat.id, `${key}-${chat.id}`.slice(0, 64), message.chat_id, message.number);
      onClose();
      showToast(t("chat.forwarded", { name: titleOf(chat) }), { label: t("chat.open"), run: () => navigate(to.chat(chat.id)) });
    });
  return (
    <Dialog title={t("chat.forwardTo")} onClose={onClose} testId="forward">
      <blockquote class="quote">
        <b>{message.author.name}</b>
        <span>{preview(message)}</span>
      </blockquote>
      <Trouble problem={doing.trouble} />
      <ChatPicker onPick={send} />
    </Dialog>
  );
}

function DeleteDialog({ message, chat, thread, onClose }: { message: Message; chat: Chat; thread: Thread; onClose(): void }) {
  const doing = useDoing();
  const remove = async (): Promise<void> => {
    const went = await doing.run(async () => {
      await deleteMessage(chat.id, message.number);
      thread.take(await fetchMessage(chat.id, message.number), false);
    });
    if (went) onClose();
  };
  return (
    <Confirm title={t("chat.deleteAsk")} text={t("chat.deleteText")} action={t("chat.delete")} onConfirm={remove} onClose={onClose}>
      <blockquote class="quote">
        <b>{message.author.name}</b>
        <span>{preview(message)}</span>
      </blockquote>
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}

function VotesDialog({ message, onClose }: { message: Message; onClose(): void }) {
  const votes = useResource(`votes/${message.chat_id}/${message.number}`, () => fetchVotes(message.chat_id, message.number), 30_000);
  return (
    <Dialog title={t("poll.whoTitle")} onClose={onClose}>
      <Loaded resource={votes} skeleton={<div class="bone" />} notFound={<p>{t("notFound")}</p>}>
        {({ options }) => (
          <>
            {options.map((option) => (
              <section key={option.index} class="details-part">
                <h3>{message.poll?.options[option.index]?.text}</h3>
                {option.people.length === 0 ? (
                  <p class="meta">{t("poll.nobody")}</p>
                ) : (
                  <ul class="person-lines">
                    {option.people.map((one) => (
                      <li key={one.id} class="person-line">
                        <Avatar id={one.id} name={one.name} size={32} />
                        <span>{one.name}</span>
                      </li>
                    ))}
                  </ul>
                )}
              </section>
            ))}
          </>
        )}
      </Loaded>
    </Dialog>
  );
}
