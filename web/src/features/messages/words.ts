import type { Chat, Message, Readers } from "../../api/chats";
import { clock, language, list, t } from "../../i18n";
import { shortOf } from "./text";

/** How a chat is called: chats of a class say which of them they are. */
export function titleOf(chat: Pick<Chat, "kind" | "title" | "class">): string {
  if (chat.kind === "parents" && chat.class && chat.title === chat.class.name) return t("chat.parentsOf", { name: chat.title });
  if (chat.kind === "class" && chat.class && chat.title === chat.class.name) return t("chat.classOf", { name: chat.title });
  return chat.title;
}

/** "27 students and 2 teachers can read this": two counts are two phrases, put together by the language's own rules. */
export function readersWords(readers: Readers): string {
  const parts = [
    readers.students > 0 && t("chat.students", { count: readers.students }),
    readers.teachers > 0 && t("chat.teachers", { count: readers.teachers }),
    readers.parents > 0 && t("chat.parents", { count: readers.parents }),
    readers.administrators > 0 && t("chat.administrators", { count: readers.administrators }),
  ].filter((part): part is string => part !== false);
  return t("chat.readers", { people: list(parts) });
}

/** What a message is, in one line of words. */
export function preview(message: Message): string {
  if (message.deleted_at !== null) return t("chat.gone");
  const text = shortOf(message.text);
  if (message.poll) return t("chat.pollShort", { text: text || t("poll.title") });
  const [first] = message.attachments;
  if (!first) return text;
  const all = message.attachments;
  const named = all.every((one) => one.media_type.startsWith("image/"))
    ? t("chat.pictures", { count: all.length })
    : all.length === 1
      ? first.name
      : t("chat.files", { count: all.length });
  return text ? t("chat.withText", { what: named, text }) : named;
}

/** The line of a chat in the list: who said what. */
export function lastWords(chat: Chat, own: string): string {
  const { last } = chat;
  if (!last) return t("chat.empty");
  const text = preview(last);
  if (last.author.id === own) return t("chat.byMe", { text });
  return chat.kind === "personal" ? text : t("chat.by", { name: firstName(last.author.name), text });
}

export function firstName(name: string): string {
  return name.trim().split(/\s+/)[0] ?? name;
}

/** "12:31" today, "yesterday", "Mon" this week, else the day. */
export function shortWhen(moment: string, now = new Date()): string {
  const date = new Date(moment);
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days <= 0) return clock(date);
  if (days === 1) return new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }).format(-1, "day");
  if (days < 7) return new Intl.DateTimeFormat(language.value, { weekday: "short" }).format(date);
  return new Intl.DateTimeFormat(language.value, { day: "numeric", month: "short", ...yearOf(date, now) }).format(date);
}

/** "Today", "Yesterday", "Monday, 23 November": the heading over a day. */
export function dayWords(at: number, now = new Date()): string {
  const date = new Date(at);
  const days = Math.round((midnight(now) - midnight(date)) / 86_400_000);
  if (days === 0 || days === 1) {
    const word = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" }).format(-days, "day");
    return word.charAt(0).toLocaleUpperCase(language.value) + word.slice(1);
  }
  const words = new Intl.DateTimeFormat(language.value, { weekday: "long", day: "numeric", month: "long", ...yearOf(date, now) }).format(date);
  return words.charAt(0).toLocaleUpperCase(language.value) + words.slice(1);
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

function yearOf(date: Date, now: Date): { year?: "numeric" } {
  return date.getFullYear() === now.getFullYear() ? {} : { year: "numeric" };
}
