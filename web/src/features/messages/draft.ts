import { useEffect, useRef, useState } from "preact/hooks";
import { type Chat, type ChatDraft, setDraft } from "../../api/chats";
import { dropDraft, keepDraft, keptDraft } from "../../app/kept";
import { me } from "../../app/session";
import type { Task } from "./chat";
import { patchChat } from "./inbox";
import type { Thread } from "./thread";

/** So long after the last letter a draft is told to the other devices. */
const SAVE_MS = 800;

export interface DraftState {
  text: string;
  setText(text: string): void;
  /** It was sent, or the edit is over. */
  clear(): void;
}

/**
 * What is typed and not sent. It goes to one's other devices, and stays in this browser where the network is away. While
 * a message is edited the draft waits behind it.
 */
export function useDraft(chat: Chat, task: Task, onTask: (task: Task) => void, thread: Thread): DraftState {
  const [text, put] = useState(chat.draft?.text ?? "");
  const behind = useRef<string | null>(null);
  const saved = useRef<string>(keyOf(chat.draft?.text ?? "", chat.draft?.reply_to ?? null));
  const pending = useRef<{ text: string; reply: number | null } | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const editing = task?.kind === "edit";
  const reply = task?.kind === "reply" ? task.message.number : null;

  const save = (): void => {
    clearTimeout(timer.current);
    const wanted = pending.current;
    pending.current = null;
    if (!wanted || keyOf(wanted.text, wanted.reply) === saved.current) return;
    saved.current = keyOf(wanted.text, wanted.reply);
    const draft: ChatDraft | null =
      wanted.text === "" && wanted.reply === null ? null : { text: wanted.text, reply_to: wanted.reply, at: new Date().toISOString() };
    patchChat(chat.id, { draft });
    const person = me.peek()?.id ?? "";
    void (draft ? keepDraft(person, shelf(chat.id), draft) : dropDraft(person, shelf(chat.id)));
    setDraft(chat.id, wanted.text, wanted.reply).catch(() => (saved.current = ""));
  };

  const later = (next: string, to: number | null): void => {
    pending.current = { text: next, reply: to };
    clearTimeout(timer.current);
    timer.current = setTimeout(save, SAVE_MS);
  };

  useEffect(() => {
    // The network may have been away when it was typed.
    void keptDraft(me.peek()?.id ?? "", shelf(chat.id)).then((kept) => {
      const draft = kept?.data as ChatDraft | null | undefined;
      if (!draft || Date.parse(draft.at) <= Date.parse(chat.draft?.at ?? "1970-01-01")) return;
      put((now) => now || draft.text);
    });
    const answered = chat.draft?.reply_to ?? null;
    if (answered !== null) {
      const message = thread.stretch.peek().items.find((one) => one.number === answered);
      if (message) onTask({ kind: "reply", message });
    }
    return save;
  }, []);

  useEffect(() => {
    if (!editing) return;
    behind.current = text;
    put(task.message.text);
    return () => {
      put(behind.current ?? "");
      behind.current = null;
    };
  }, [editing ? task.message.number : null]);

  useEffect(() => {
    if (!editing && keyOf(text, reply) !== saved.current) later(text, reply);
  }, [reply]);

  // It was written on another device; what is typed here at this moment is not taken away.
  const theirs = keyOf(chat.draft?.text ?? "", chat.draft?.reply_to ?? null);
  useEffect(() => {
    if (theirs === saved.current || pending.current !== null || editing) return;
    saved.current = theirs;
    put(chat.draft?.text ?? "");
  }, [theirs]);

  return {
    text,
    setText: (next) => {
      put(next);
      if (!editing) later(next, reply);
    },
    clear: () => {
      if (editing) return;
      put("");
      pending.current = { text: "", reply: null };
      save();
    },
  };
}

const keyOf = (text: string, reply: number | null): string => `${reply ?? ""} ${text}`;
const shelf = (chat: string): string => `chats/${chat}`;
