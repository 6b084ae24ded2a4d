import { CalendarClock, CornerDownLeft, FileText, Paperclip, Pencil, Reply, SendHorizontal, Smile, Upload as UploadIcon, Vote, X } from "lucide-preact";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { type Chat, editMessage, fetchPeople, type NewMessage } from "../../api/chats";
import type { StoredFile } from "../../api/documents";
import { useDoing } from "../../app/action";
import { sayTyping } from "../../app/live";
import { navigate, withQuery } from "../../app/router";
import { enterSends } from "../../app/settings";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { grow } from "../../ui/grow";
import { Menu, type MenuItem } from "../../ui/menu";
import { Trouble } from "../../ui/trouble";
import { PickFile } from "../documents/pick";
import type { Task } from "./chat";
import { Chips, useAttached } from "./attached";
import { useDraft } from "./draft";
import { EmojiBox } from "./emoji";
import { MentionList, useMentions } from "./mentions";
import { PollForm } from "./poll-form";
import { ScheduleForm } from "./schedule";
import { isSendKey } from "./send-key";
import { post } from "./sending";
import { mentioned } from "./text";
import type { Thread } from "./thread";
import { TypingLine } from "./typing";
import { preview } from "./words";

interface ComposerProps {
  chat: Chat;
  thread: Thread;
  task: Task;
  onTask(task: Task): void;
  /** Files that were dropped on the chat. */
  dropped: readonly File[];
  onDropped(): void;
}

export const LONGEST = 4000;
const TYPING_EVERY_MS = 3_000;
const icon = { size: 20, strokeWidth: 1.75 };

/** Where one writes: text with mentions, files, polls; what is typed is a draft on all one's devices. */
export function Composer({ chat, thread, task, onTask, dropped, onDropped }: ComposerProps) {
  const field = useRef<HTMLTextAreaElement>(null);
  const file = useRef<HTMLInputElement>(null);
  const draft = useDraft(chat, task, onTask, thread);
  const attached = useAttached();
  const doing = useDoing();
  const mentions = useMentions(() => fetchPeople(chat.id).then(({ items }) => items), field, draft.text, draft.setText);
  const [menu, setMenu] = useState<HTMLElement | null>(null);
  const [emoji, setEmoji] = useState<HTMLElement | null>(null);
  const [sheet, setSheet] = useState<"poll" | "schedule" | "pick" | null>(null);
  const [asked, setAsked] = useState(false);
  const typed = useRef(0);
  const editing = task?.kind === "edit";
  const ready = draft.text.trim() !== "" || (attached.items.length > 0 && !editing);

  useEffect(() => {
    if (dropped.length > 0) {
      attached.add(dropped);
      onDropped();
    }
  }, [dropped]);

  useEffect(() => {
    if (task) field.current?.focus();
  }, [task]);

  useLayoutEffect(() => grow(field.current), [draft.text]);

  const bodyOf = (files: readonly StoredFile[]): NewMessage => {
    const text = draft.text.trim();
    const people = task?.kind === "edit" ? [...mentions.known, ...task.message.mentions] : mentions.known;
    const named = [...new Set(mentioned(text, people).map((one) => one.id))];
    return {
      ...(text ? { text } : {}),
      ...(task?.kind === "reply" ? { reply_to: task.message.number } : {}),
      ...(named.length > 0 ? { mentions: named } : {}),
      ...(files.length > 0 ? { attachments: files.map((one) => one.id) } : {}),
    };
  };

  const finish = (): void => {
    draft.clear();
    attached.clear();
    onTask(null);
    doing.clear();
    field.current?.focus();
  };

  const send = async (): Promise<void> => {
    if (!ready) return;
    if (task?.kind === "edit") {
      const { text, mentions: named } = bodyOf([]);
      const went = await doing.run(async () => thread.take(await editMessage(chat.id, task.message.number, text ?? "", named ?? []), false));
      if (went) finish();
      return;
    }
    // Sent as soon as the last file has arrived.
    setAsked(true);
    const files = await attached.all();
    setAsked(false);
    if (files === null) return;
    post(chat.id, bodyOf(files));
    finish();
  };

  const keys = (event: KeyboardEvent): void => {
    if (mentions.key(event)) return;
    if (event.key === "Escape" && task) {
      event.preventDefault();
      event.stopPropagation();
      if (editing) draft.clear();
      onTask(null);
      return;
    }
    if (isSendKey(event)) {
      event.preventDefault();
      void send();
    }
    if (event.key === "ArrowUp" && draft.text === "" && !task) {
      const last = thread.stretch.peek().items.filter((one) => one.author.id === thread.own && one.deleted_at === null && !one.poll).pop();
      if (last) {
        event.preventDefault();
        onTask({ kind: "edit", message: last });
      }
    }
  };

  const insert = (text: string): void => {
    const area = field.current;
    const at = area?.selectionEnd ?? draft.text.length;
    draft.setText(draft.text.slice(0, at) + text + draft.text.slice(at));
    area?.focus();
  };

  const choices: (MenuItem | false)[] = [
    { label: t("compose.fromDevice"), icon: <UploadIcon {...icon} />, run: () => file.current?.click() },
    { label: t("compose.fromDocuments"), icon: <FileText {...icon} />, run: () => setSheet("pick") },
    chat.may.includes("poll") && { label: t("poll.new"), icon: <Vote {...icon} />, run: () => setSheet("poll") },
    chat.may.includes("schedule") && { label: t("schedule.new"), icon: <CalendarClock {...icon} />, run: () => setSheet("schedule") },
    chat.may.includes("schedule") && { label: t("schedule.list"), icon: <CalendarClock {...icon} />, run: () => navigate(withQuery("scheduled", "1")) },
    {
      label: t(enterSends.value ? "compose.enterBreaks" : "compose.enterSends"),
      icon: <CornerDownLeft {...icon} />,
      run: () => (enterSends.value = !enterSends.peek()),
    },
  ];

  return (
    <footer class="compose" data-region>
      <div class="compose-inner">
        <TypingLine chat={chat.id} />
        {mentions.shown && <MentionList mentions={mentions} />}
        {task && (
          <div class="compose-about">
            {task.kind === "edit" ? <Pencil size={18} strokeWidth={1.75} aria-hidden="true" /> : <Reply size={18} strokeWidth={1.75} aria-hidden="true" />}
            <div>
              <b>{task.kind === "edit" ? t("compose.editing") : t("compose.replying", { name: task.message.author.name })}</b>
              <span>{preview(task.message)}</span>
            </div>
            <Button
              kind="text"
              label={t("common.cancel")}
              icon={<X {...icon} />}
              onPress={() => {
                if (editing) draft.clear();
                onTask(null);
              }}
            />
          </div>
        )}
        <Chips attached={attached} />
        <Trouble problem={doing.trouble} />
        <div class="compose-row">
          {!editing && (
            <Button kind="text" label={t("compose.attach")} icon={<Paperclip size={22} strokeWidth={1.75} />} testId="attach" onPress={(event) => setMenu(event.currentTarget)} />
          )}
          <div class="compose-field">
            <textarea
              ref={field}
              id="compose"
              data-begin
              rows={1}
              value={draft.text}
              maxLength={LONGEST}
              placeholder={t("compose.placeholder")}
              aria-label={t(editing ? "compose.editing" : "compose.label")}
              aria-keyshortcuts={enterSends.value ? "Enter" : "Control+Enter"}
              data-testid="compose"
              {...mentions.aria}
              onInput={(event) => {
                draft.setText(event.currentTarget.value);
                mentions.look();
                if (!editing && Date.now() - typed.current > TYPING_EVERY_MS) {
                  typed.current = Date.now();
                  sayTyping(chat.id);
                }
              }}
              onClick={() => mentions.look()}
              onKeyDown={keys}
              onPaste={(event) => {
                const files = [...(event.clipboardData?.files ?? [])];
                if (files.length === 0 || editing) return;
                event.preventDefault();
                attached.add(files);
              }}
            />
          </div>
          <span class="wide-only">
            <Button kind="text" label={t("compose.emoji")} icon={<Smile size={22} strokeWidth={1.75} />} onPress={(event) => setEmoji(event.currentTarget)} />
          </span>
          <Button
            kind={ready ? "primary" : "quiet"}
            label={t(editing ? "compose.save" : "compose.send")}
            title={enterSends.value ? t("compose.sendEnter") : t("compose.sendCtrl")}
            icon={<SendHorizontal {...icon} />}
            busy={asked}
            testId="send"
            onPress={send}
          />
        </div>
        <input
          ref={file}
          type="file"
          multiple
          hidden
          data-testid="file"
          onChange={(event) => {
            attached.add([...(event.currentTarget.files ?? [])]);
            event.currentTarget.value = "";
          }}
        />
      </div>
      {menu && <Menu label={t("compose.attach")} anchor={menu} items={choices.filter((one) => one !== false)} onClose={() => setMenu(null)} />}
      {emoji && <EmojiBox anchor={emoji} label={t("compose.emoji")} onClose={() => setEmoji(null)} onPick={(picked) => { setEmoji(null); insert(picked); }} />}
      {sheet === "poll" && <PollForm chat={chat} onClose={() => setSheet(null)} />}
      {sheet === "schedule" && (
        <ScheduleForm chat={chat} text={draft.text} attached={attached} onDone={finish} onClose={() => setSheet(null)} />
      )}
      {sheet === "pick" && (
        <PickFile
          onClose={() => setSheet(null)}
          onPick={(picked) => {
            setSheet(null);
            attached.put(picked);
          }}
        />
      )}
    </footer>
  );
}
