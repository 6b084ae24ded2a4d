import { computed, effect, signal } from "@preact/signals";
import { type Chat, fetchChat, fetchChats, type Message } from "../../api/chats";
import { ApiError } from "../../api/http";
import type { PlatformEvent } from "../../api/events";
import { keepRead, keptRead } from "../../app/kept";
import { listen } from "../../app/live";
import { forget, me } from "../../app/session";

/** All chats one reads, kept in step with what happens: the list, and the number beside "Messages". */
export interface Inbox {
  chats: readonly Chat[] | null;
  /** When they came, ms. */
  at: number;
  /** They are what was kept: the network does not answer. */
  stale: boolean;
  error: ApiError | null;
  since: number;
}

const NOTHING: Inbox = { chats: null, at: 0, stale: false, error: null, since: 0 };
export const inbox = signal<Inbox>(NOTHING);

/** How much waits in all chats that are not muted. */
export const unread = computed(() =>
  (inbox.value.chats ?? []).reduce((sum, chat) => sum + (chat.muted ? 0 : chat.unread), 0),
);

/** The chat that is read at this moment: what comes there is not counted. */
export const reading = signal<string | null>(null);

const KEPT = "chats";
const KEEP_AFTER_MS = 2_000;
let loading = false;
let again = false;
let keeping: ReturnType<typeof setTimeout> | undefined;
/** Chats that are to be read again, together. */
const due = new Set<string>();

/** Follows one's chats for as long as somebody of a school is signed in. */
export function startInbox(): void {
  let whose: string | null = null;
  effect(() => {
    const person = me.value;
    const next = person && person.memberships.length > 0 ? person.id : null;
    if (next === whose) return;
    whose = next;
    inbox.value = { ...NOTHING, since: Date.now() };
    if (next !== null) void loadInbox();
  });
  listen(hear);
  window.addEventListener("online", () => {
    if (whose !== null && inbox.peek().stale) void loadInbox();
  });
}

export async function loadInbox(): Promise<void> {
  const person = me.peek()?.id;
  if (person === undefined) return;
  if (loading) {
    again = true;
    return;
  }
  loading = true;
  inbox.value = { ...inbox.peek(), since: Date.now() };
  try {
    const chats = await fetchChats();
    if (me.peek()?.id === person) put(chats, false);
  } catch (error) {
    const problem = error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" });
    if (problem.code === "not_signed_in") forget();
    else await fall(person, problem);
  }
  loading = false;
  if (again) {
    again = false;
    await loadInbox();
  }
}

/** What was read last time stands in for what does not come. */
async function fall(person: string, error: ApiError): Promise<void> {
  const held = inbox.peek();
  const kept = held.chats ? null : await keptRead(person, KEPT);
  if (kept) inbox.value = { chats: kept.data as Chat[], at: kept.at, stale: true, error, since: 0 };
  else inbox.value = { ...held, stale: held.chats !== null, error, since: 0 };
}

function put(chats: readonly Chat[], stale = inbox.peek().stale): void {
  inbox.value = { chats, at: stale ? inbox.peek().at : Date.now(), stale, error: null, since: 0 };
  const person = me.peek()?.id;
  if (person === undefined || keeping !== undefined) return;
  keeping = setTimeout(() => {
    keeping = undefined;
    const now = inbox.peek().chats;
    if (now && me.peek()?.id === person) void keepRead(person, KEPT, now);
  }, KEEP_AFTER_MS);
}

export function chatOf(id: string): Chat | undefined {
  return inbox.value.chats?.find((chat) => chat.id === id);
}

/** Takes a chat over as it is now; one that is new stands first. */
export function putChat(chat: Chat): void {
  const chats = inbox.peek().chats ?? [];
  const known = chats.some((one) => one.id === chat.id);
  put(known ? chats.map((one) => (one.id === chat.id ? { ...chat, readers: chat.readers ?? one.readers } : one)) : [chat, ...chats]);
}

export function patchChat(id: string, what: Partial<Chat>): void {
  const chats = inbox.peek().chats;
  if (chats) put(chats.map((one) => (one.id === id ? { ...one, ...what } : one)));
}

export function dropChat(id: string): void {
  const chats = inbox.peek().chats;
  if (chats) put(chats.filter((one) => one.id !== id));
}

/** Reads a chat again, soon: several at once are asked for together. */
export function refreshChat(id: string): void {
  due.add(id);
  if (due.size > 1) return;
  setTimeout(() => {
    const ids = [...due];
    due.clear();
    for (const one of ids) {
      fetchChat(one).then(putChat, (error: unknown) => {
        if (error instanceof ApiError && error.status === 404) dropChat(one);
      });
    }
  }, 150);
}

function hear(event: PlatformEvent | null): boolean {
  if (event === null) {
    void loadInbox();
    return true;
  }
  const chat = event.subject;
  switch (event.kind) {
    case "message.sent":
      return cameIn(chat, event.message);
    case "message.changed":
      if (event.message) changed(chat, event.message);
      return true;
    case "chat.read":
    case "chat.state":
    case "chat.changed":
      refreshChat(chat);
      return true;
    case "chat.created":
      void loadInbox();
      return true;
    case "chat.left":
    case "chat.deleted":
      dropChat(chat);
      return true;
    default:
      // Another class, another child: other chats.
      if (/^(membership|family)\./.test(event.kind)) void loadInbox();
      return false;
  }
}

function cameIn(id: string, message: Message | undefined): boolean {
  const chat = inbox.peek().chats?.find((one) => one.id === id);
  if (!chat || !message) {
    refreshChat(id);
    return true;
  }
  if (message.number <= chat.last_number) return true;
  const own = message.author.id === me.peek()?.id;
  const looking = reading.peek() === id && document.visibilityState === "visible";
  patchChat(id, {
    last: message,
    last_number: message.number,
    ...(own ? { unread: 0, read_number: message.number } : looking ? {} : { unread: chat.unread + 1 }),
  });
  return true;
}

function changed(id: string, message: Message): void {
  const chat = inbox.peek().chats?.find((one) => one.id === id);
  if (chat?.last?.number === message.number) patchChat(id, { last: message });
}
