import { Bell, BellOff, CalendarSearch, Info, LogOut, Pencil, School, Search, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { type Chat, deleteChat, fetchChat, mute, removePerson, renameChat, unjoinChat, unmute } from "../../api/chats";
import { asApiError, explain, useDoing } from "../../app/action";
import { PHONE, useMedia } from "../../app/media-query";
import { navigate, to, withQuery } from "../../app/router";
import { me } from "../../app/session";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Confirm, Dialog } from "../../ui/dialog";
import { Field, Segments } from "../../ui/field";
import { Form } from "../../ui/form";
import type { MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { Trouble } from "../../ui/trouble";
import { DayDialog } from "./day";
import { dropChat, patchChat, putChat } from "./inbox";
import { localDay, type Thread } from "./thread";
import { titleOf } from "./words";

const icon = { size: 20, strokeWidth: 1.75 };

/** What can be done with a chat. */
export function ChatMenu({ chat, thread }: { chat: Chat; thread: Thread }) {
  const [sheet, setSheet] = useState<"day" | "mute" | "rename" | "leave" | "delete" | null>(null);
  const close = (): void => setSheet(null);
  const phone = useMedia(PHONE);
  const items: (MenuItem | false)[] = [
    phone && { label: t("chat.searchHere"), icon: <Search {...icon} />, run: () => navigate(withQuery("about", "search")) },
    { label: t("chat.toDay"), icon: <CalendarSearch {...icon} />, run: () => setSheet("day") },
    { label: t("chat.about"), icon: <Info {...icon} />, run: () => navigate(withQuery("about", "1")) },
    chat.class !== null && { label: t("chat.toClass"), icon: <School {...icon} />, run: () => navigate(to.class(chat.class?.id ?? "")) },
    chat.muted
      ? { label: t("chat.unmute"), icon: <Bell {...icon} />, run: () => loud(chat) }
      : { label: t("chat.mute"), icon: <BellOff {...icon} />, run: () => setSheet("mute") },
    chat.may.includes("edit") && { label: t("chat.rename"), icon: <Pencil {...icon} />, run: () => setSheet("rename") },
    chat.may.includes("leave") && { label: t("chat.leave"), icon: <LogOut {...icon} />, run: () => setSheet("leave") },
    chat.may.includes("delete") && { label: t("chat.deleteChat"), icon: <Trash2 {...icon} />, dangerous: true, run: () => setSheet("delete") },
  ];
  return (
    <>
      <RowMenu label={t("chat.menu", { name: titleOf(chat) })} items={items.filter((one) => one !== false)} testId="chat-menu" />
      {sheet === "day" && <DayDialog day={localDay(new Date().toISOString())} thread={thread} onClose={close} />}
      {sheet === "mute" && <MuteSheet chat={chat} onClose={close} />}
      {sheet === "rename" && <RenameSheet chat={chat} onClose={close} />}
      {sheet === "leave" && <GoneSheet chat={chat} kind="leave" onClose={close} />}
      {sheet === "delete" && <GoneSheet chat={chat} kind="delete" onClose={close} />}
    </>
  );
}

async function loud(chat: Chat): Promise<void> {
  try {
    await unmute(chat.id);
    patchChat(chat.id, { muted: false, muted_until: null });
  } catch (error) {
    showToast(explain(asApiError(error)));
  }
}

const HOURS = { hour: 1, evening: 8, week: 168 } as const;
type Length = keyof typeof HOURS | "ever";
const LENGTHS: readonly Length[] = ["hour", "evening", "week", "ever"];

function MuteSheet({ chat, onClose }: { chat: Chat; onClose(): void }) {
  const [length, setLength] = useState<Length>("evening");
  const doing = useDoing();
  const save = async (): Promise<void> => {
    const until = length === "ever" ? null : new Date(Date.now() + HOURS[length] * 3_600_000).toISOString();
    if (!(await doing.run(() => mute(chat.id, until)))) return;
    patchChat(chat.id, { muted: true, muted_until: until });
    onClose();
    showToast(until === null ? t("chat.mutedEver") : t("chat.mutedUntil", { when: moment(new Date(until)) }));
  };
  return (
    <Dialog title={t("chat.mute")} onClose={onClose}>
      <p>{t("chat.muteText")}</p>
      <Form action={t("chat.muteDo")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Segments label={t("chat.muteFor")} name="mute" value={length} onChange={(next) => setLength(next)} options={LENGTHS.map((value) => ({ value, label: t(`mute.${value}`) }))} />
      </Form>
    </Dialog>
  );
}

function RenameSheet({ chat, onClose }: { chat: Chat; onClose(): void }) {
  const [title, setTitle] = useState(chat.title);
  const doing = useDoing();
  const save = async (): Promise<void> => {
    const went = await doing.run(async () => {
      // Read anew: a chat's version moves on with its people as well.
      const now = await fetchChat(chat.id);
      putChat(await renameChat(chat.id, now.version, title.trim()));
    });
    if (went) onClose();
  };
  return (
    <Dialog title={t("chat.rename")} onClose={onClose}>
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Field label={t("chat.name")} name="title" value={title} maxLength={100} autoFocus onInput={setTitle} />
      </Form>
    </Dialog>
  );
}

function GoneSheet({ chat, kind, onClose }: { chat: Chat; kind: "leave" | "delete"; onClose(): void }) {
  const doing = useDoing();
  const own = me.value?.id ?? "";
  const go = async (): Promise<void> => {
    const follows = chat.kind === "class" || chat.kind === "parents";
    const work = kind === "delete" ? deleteChat(chat.id) : follows ? unjoinChat(chat.id) : removePerson(chat.id, own);
    if (!(await doing.run(() => work))) return;
    navigate(to.messages, true);
    dropChat(chat.id);
    showToast(t(kind === "leave" ? "chat.left" : "chat.deleted", { name: titleOf(chat) }));
  };
  return (
    <Confirm
      title={t(kind === "leave" ? "chat.leaveAsk" : "chat.deleteChatAsk", { name: titleOf(chat) })}
      text={t(kind === "leave" ? "chat.leaveText" : "chat.deleteChatText")}
      action={t(kind === "leave" ? "chat.leave" : "chat.deleteChat")}
      onConfirm={go}
      onClose={onClose}
    >
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}
