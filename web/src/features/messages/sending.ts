import { effect, signal } from "@preact/signals";
import { type Message, type NewMessage, sendMessage } from "../../api/chats";
import { newKey } from "../../api/http";
import { announceNow } from "../../app/announce";
import { dropOutgoing, keepOutgoing, keptOutgoing } from "../../app/kept";
import { live } from "../../app/resource";
import { me } from "../../app/session";
import { t } from "../../i18n";
import { Outbox, type Outgoing } from "./outbox";

/** One's own messages that are not in their chats yet. */
export const outgoing = signal<readonly Outgoing[]>([]);

type Arrived = (message: Message) => void;
const waiting = new Set<Arrived>();

/** From now on `arrived` is told of one's own messages as they get into their chats; the answer ends it. */
export function onSent(arrived: Arrived): () => void {
  waiting.add(arrived);
  return () => waiting.delete(arrived);
}

const outbox = new Outbox<Message>({
  shelf: {
    all: async () => (me.peek() ? keptOutgoing(me.peek()?.id ?? "") : []),
    keep: (one) => keepOutgoing(me.peek()?.id ?? "", one),
    drop: dropOutgoing,
  },
  send: (one) => sendMessage(one.chat, one.key, one.body),
  sent: (_, message) => waiting.forEach((arrived) => arrived(message)),
  changed: (all) => (outgoing.value = all),
  refused: () => announceNow(t("chat.failed")),
});

/** Sends what waits, for as long as somebody is signed in. */
export function startSending(): void {
  let whose: string | null = null;
  effect(() => {
    const person = me.value?.id ?? null;
    if (person === whose) return;
    whose = person;
    outbox.stop();
    if (person !== null) void outbox.start();
  });
  effect(() => {
    if (live.value) outbox.hurry();
  });
  window.addEventListener("online", () => outbox.hurry());
}

export function post(chat: string, body: NewMessage): void {
  outbox.add({ key: newKey(), chat, at: Date.now(), body });
}

export const sendAgain = (key: string): void => outbox.again(key);
export const giveUp = (key: string): void => outbox.drop(key);
