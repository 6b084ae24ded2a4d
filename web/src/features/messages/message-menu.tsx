import { Copy, Eye, Flag, Forward, Pencil, Pin, PinOff, Reply, SmilePlus, Trash2, Vote } from "lucide-preact";
import { type Chat, closePoll, fetchReaders, type Message, pin, unpin } from "../../api/chats";
import { asApiError, explain } from "../../app/action";
import { announce } from "../../app/announce";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import type { MenuItem } from "../../ui/menu";
import type { Task } from "./chat";
import type { Asked } from "./dialogs";
import type { Thread } from "./thread";

interface MenuWish {
  message: Message;
  chat: Chat;
  thread: Thread;
  own: boolean;
  onTask(task: Task): void;
  onAsk(asked: Asked): void;
  onReact(): void;
}

/** One may change and take back what one wrote for this long. */
const WINDOW_MS = 48 * 3_600_000;

/** What can be done with a message: only what one may do is there. */
export function menuOf({ message, chat, thread, own, onTask, onAsk, onReact }: MenuWish): MenuItem[] {
  const { may } = chat;
  const early = Date.now() - Date.parse(message.at) < WINDOW_MS;
  const moderates = may.includes("moderate");
  const pins = moderates || chat.kind === "personal";
  const open = message.poll !== null && !message.poll.closed;
  const icon = { size: 20, strokeWidth: 1.75 };
  const items: (MenuItem | false)[] = [
    may.includes("post") && { label: t("chat.reply"), icon: <Reply {...icon} />, run: () => onTask({ kind: "reply", message }) },
    may.includes("react") && { label: t("chat.react"), icon: <SmilePlus {...icon} />, run: onReact },
    message.text !== "" && { label: t("chat.copy"), icon: <Copy {...icon} />, run: () => copy(message.text) },
    own && early && may.includes("post") && message.poll === null && !message.forwarded && {
      label: t("chat.edit"), icon: <Pencil {...icon} />, run: () => onTask({ kind: "edit", message }),
    },
    { label: t("chat.forward"), icon: <Forward {...icon} />, run: () => onAsk({ kind: "forward", message }) },
    pins && {
      label: t(message.pinned ? "chat.unpin" : "chat.pin"),
      icon: message.pinned ? <PinOff {...icon} /> : <Pin {...icon} />,
      run: () => doing(thread, () => (message.pinned ? unpin : pin)(chat.id, message.number)),
    },
    open && (own || moderates) && {
      label: t("poll.close"), icon: <Vote {...icon} />, run: () => doing(thread, () => closePoll(chat.id, message.number)),
    },
    message.poll !== null && !message.poll.anonymous && {
      label: t("poll.who"), icon: <Vote {...icon} />, run: () => onAsk({ kind: "votes", message }),
    },
    own && chat.kind !== "personal" && { label: t("chat.howMany"), icon: <Eye {...icon} />, run: () => tellReaders(chat.id, message.number) },
    !own && { label: t("chat.report"), icon: <Flag {...icon} />, run: () => onAsk({ kind: "report", message }) },
    ((own && early) || moderates) && {
      label: t("chat.delete"), icon: <Trash2 {...icon} />, dangerous: true, run: () => onAsk({ kind: "delete", message }),
    },
  ];
  return items.filter((item) => item !== false);
}

async function doing(thread: Thread, work: () => Promise<Message>): Promise<void> {
  try {
    thread.take(await work(), false);
  } catch (error) {
    showToast(explain(asApiError(error)));
  }
}

async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Pages without https have no clipboard of their own.
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  announce(t("chat.copied"));
}

/** How many have read it; never who has, and never who has not. */
async function tellReaders(chat: string, number: number): Promise<void> {
  try {
    const { count } = await fetchReaders(chat, number);
    showToast(t("chat.readBy", { count }));
  } catch (error) {
    showToast(explain(asApiError(error)));
  }
}
