import { ArrowLeft, CloudOff, Info, Pin, Search, Video } from "lucide-preact";
import { useEffect, useMemo, useState } from "preact/hooks";
import { type Chat, fetchChat, fetchPins, type Message } from "../../api/chats";
import { ApiError } from "../../api/http";
import { fetchClasses } from "../../api/platform";
import { PHONE, useMedia } from "../../app/media-query";
import { online } from "../../app/online";
import { useResource } from "../../app/resource";
import { goBack, navigate, query, to, withQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { moment, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Banner, Failed, Waiting } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import { avatarName } from "./chat-row";
import { ChatMenu } from "./chat-menu";
import { Composer } from "./composer";
import { Details } from "./details";
import { DropPlace } from "../documents/drop";
import { chatOf, inbox, putChat, reading } from "./inbox";
import { MessageList } from "./list";
import { ScheduledDialog } from "./schedule";
import { Thread } from "./thread";
import { preview, readersWords, titleOf } from "./words";

interface ChatViewProps {
  id: string;
  /** The message to open at. */
  jump: number | null;
}

/** One chat. It is known from the list as a rule; who comes by a link asks for it. */
export function ChatView({ id, jump }: ChatViewProps) {
  const known = chatOf(id);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const [since, setSince] = useState(Date.now());
  const load = (): void => {
    setTrouble(null);
    setSince(Date.now());
    fetchChat(id).then(putChat, (error: unknown) => {
      setTrouble(error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" }));
    });
  };
  // Also when it is known: the list does not say who reads it.
  useEffect(load, [id]);
  // What became one's own no more, and what never was, look the same.
  if (trouble?.status === 404 || (known === undefined && trouble === null && inbox.value.chats === null && inbox.value.error?.status === 404)) {
    return (
      <div class="chat-none">
        <NotFound />
      </div>
    );
  }
  if (known) return <Open chat={known} jump={jump} />;
  return (
    <div class="chat-none">
      {trouble ? <Failed code={trouble.code} onRetry={load} /> : <Waiting since={since} skeleton={<div class="bone" />} onRetry={load} />}
    </div>
  );
}

/** What the person at the keyboard is about to do with a message. */
export type Task = { kind: "reply"; message: Message } | { kind: "edit"; message: Message } | null;

function Open({ chat, jump }: { chat: Chat; jump: number | null }) {
  const title = titleOf(chat);
  useTitle(title);
  const [task, setTask] = useState<Task>(null);
  const [dropped, setDropped] = useState<File[]>([]);
  // What is told about a chat lies over it where there is no room beside it.
  const narrow = useMedia("(max-width: 1199px)");
  const thread = useMemo(() => new Thread(chat.id, jump), [chat.id, jump]);
  useEffect(() => {
    thread.start(chat.read_number, chat.last_number);
    reading.value = chat.id;
    return () => {
      thread.stop();
      if (reading.peek() === chat.id) reading.value = null;
    };
  }, [thread]);
  const gone = thread.state.value === "gone";
  if (gone) {
    return (
      <div class="chat-none">
        <NotFound />
      </div>
    );
  }
  const writes = chat.may.includes("post");
  const covered = narrow && query.value.get("about") !== null;
  return (
    <>
      <section class="chat" aria-label={title} inert={covered}>
        <Head chat={chat} title={title} thread={thread} />
        <Notes chat={chat} thread={thread} />
        <MessageList chat={chat} thread={thread} onTask={setTask} />
        {writes ? (
          <Composer key={chat.id} chat={chat} thread={thread} task={task} onTask={setTask} dropped={dropped} onDropped={() => setDropped([])} />
        ) : (
          <Silent chat={chat} />
        )}
        {writes && <DropPlace onFiles={setDropped} />}
      </section>
      {query.value.get("about") !== null && <Details chat={chat} alone={narrow} onClose={() => goBack(withQuery("about", null))} />}
      {query.value.get("scheduled") && <ScheduledDialog chat={chat} onClose={() => goBack(withQuery("scheduled", null))} />}
    </>
  );
}

function Head({ chat, title, thread }: { chat: Chat; title: string; thread: Thread }) {
  // There, the room is for who can read this; searching stands in the menu.
  const phone = useMedia(PHONE);
  return (
    <header class="chat-head" data-region>
      <span class="chat-back">
        <Button kind="text" label={t("chat.back")} icon={<ArrowLeft size={22} strokeWidth={1.75} />} onPress={() => navigate(to.messages)} />
      </span>
      <Avatar id={chat.other?.id ?? chat.id} name={avatarName(chat)} square={chat.kind !== "personal"} />
      <div class="chat-head-words">
        <h1 tabIndex={-1}>{title}</h1>
        {chat.readers ? (
          <button type="button" class="chat-readers" data-testid="readers" onClick={() => navigate(withQuery("about", "1"))}>
            {chat.kind === "personal" ? t("chat.readersTwo") : readersWords(chat.readers)}
          </button>
        ) : (
          <span class="meta">{t("chat.readersLoading")}</span>
        )}
      </div>
      {chat.class && chat.kind === "class" && <ClassLesson klass={chat.class.id} short={phone} />}
      {!phone && (
        <Button kind="text" label={t("chat.searchHere")} icon={<Search size={20} strokeWidth={1.75} />} onPress={() => navigate(withQuery("about", "search"))} />
      )}
      <ChatMenu chat={chat} thread={thread} />
    </header>
  );
}

const LESSON_EVERY_MS = 15_000;

/** A class calls by its lessons: the way into the one that goes on, or, for who teaches, a new one. */
function ClassLesson({ klass, short }: { klass: string; short: boolean }) {
  const { data } = useResource("classes", fetchClasses, LESSON_EVERY_MS);
  const of = data?.find((one) => one.id === klass);
  if (!of || !(of.lesson || of.may_start)) return null;
  const words = t(of.lesson ? "lesson.join" : "lesson.start");
  const icon = <Video size={20} strokeWidth={1.75} aria-hidden="true" />;
  if (of.lesson) {
    return (
      <a class={short ? "button primary icon-only" : "button primary small"} href={to.lesson(of.lesson.id)} aria-label={short ? words : undefined} data-testid="call">
        {icon}
        {!short && words}
      </a>
    );
  }
  const start = (): void => navigate(to.start(klass));
  return short ? (
    <Button kind="text" label={words} icon={icon} testId="call" onPress={start} />
  ) : (
    <Button size="small" icon={icon} testId="call" onPress={start}>
      {words}
    </Button>
  );
}

/** The gravest thing there is to say, and what is pinned. */
function Notes({ chat, thread }: { chat: Chat; thread: Thread }) {
  const error = thread.error.value;
  const keptAt = thread.keptAt.value;
  return (
    <div class="chat-notes">
      {(keptAt > 0 || error) && (
        <Banner icon={<CloudOff size={20} strokeWidth={1.75} />} action={t("common.retry")} onAction={() => thread.open()}>
          {keptAt > 0 ? t("chat.asOf", { time: moment(new Date(keptAt)) }) : t("load.failed")}
        </Banner>
      )}
      {!error && keptAt === 0 && !online.value && (
        <Banner icon={<CloudOff size={20} strokeWidth={1.75} />}>{t("chat.outbox")}</Banner>
      )}
      <Pinned chat={chat} thread={thread} />
    </div>
  );
}

function Pinned({ chat, thread }: { chat: Chat; thread: Thread }) {
  // Pinning changes a message, and a message that changes is told: then the pins are read anew.
  const pins = thread.stretch.value.items.filter((one) => one.pinned).map((one) => one.number).join(",");
  const { data, reload } = useResource(`pins/${chat.id}`, () => fetchPins(chat.id), 60_000);
  useEffect(() => void reload(), [pins]);
  const items = (data?.items ?? []).filter((one) => one.deleted_at === null);
  const newest = items[items.length - 1];
  if (!newest) return null;
  return (
    <div class="chat-pin">
      <Pin size={18} strokeWidth={1.75} aria-hidden="true" />
      <button type="button" class="chat-pin-text" aria-label={t("chat.pinnedOpen", { text: preview(newest) })} onClick={() => void thread.goTo(newest.number)}>
        {preview(newest)}
      </button>
      {items.length > 1 && (
        <Button kind="text" size="small" onPress={() => navigate(withQuery("about", "pins"))}>
          {t("chat.pins", { count: items.length })}
        </Button>
      )}
    </div>
  );
}

/** Where one may read and not write. */
function Silent({ chat }: { chat: Chat }) {
  const words = chat.archived ? t("chat.archived") : chat.may.includes("react") ? t("chat.channelReact") : t("chat.readOnly");
  return (
    <footer class="compose">
      <div class="compose-inner">
        <p class="compose-note" data-testid="silent">
          <Info size={18} strokeWidth={1.75} aria-hidden="true" />
          {words}
        </p>
      </div>
    </footer>
  );
}
