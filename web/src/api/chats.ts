import { call, newKey, send } from "./http";
import type { components } from "./schema";

/** Calls about chats and messages. */

type Schemas = components["schemas"];
export type Named = Schemas["Named"];
export type Chat = Schemas["Chat"];
export type ChatKind = Chat["kind"];
export type ChatDraft = NonNullable<Chat["draft"]>;
export type Readers = NonNullable<Chat["readers"]>;
export type Message = Schemas["Message"];
export type Attachment = Schemas["MessagesAttachment"];
export type Poll = Schemas["Poll"];
export type History = Schemas["History"];
export type ChatPerson = Schemas["ChatPerson"];
export type Contact = Schemas["Contact"];
export type FoundMessage = Schemas["FoundMessage"];
export type NewChat = Schemas["NewChat"];
export type NewPoll = Schemas["NewPoll"];
/** What is sent, but for the client id that makes it one message. */
export type NewMessage = Omit<Schemas["NewMessage"], "client_id">;
export type Scheduled = Schemas["ScheduledPost"];
export type Report = Schemas["Report"];
/** What a person may give as a reason; a restricted word reports by itself. */
export type Reason = Schemas["NewReport"]["reason"];
export type ChatPolicy = Schemas["ChatPolicy"];
export type Notifications = Required<Schemas["Notifications"]>;
export type Push = Schemas["Push"];
export type Votes = Schemas["Votes"];

export interface Page<T> {
  items: T[];
  next: string | null;
}

const at = encodeURIComponent;
const of = (chat: string): string => `/chats/${at(chat)}`;
const one = (chat: string, number: number): string => `${of(chat)}/messages/${number}`;
const tag = (version: number): string => `"${version}"`;

function search(values: Record<string, string | number | boolean | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

export async function fetchChats(others = false): Promise<Chat[]> {
  return (await call<{ items: Chat[] }>("GET", `/chats${search({ others: others || null })}`)).items;
}

export const fetchChat = (chat: string): Promise<Chat> => call("GET", of(chat));

export async function makeChat(school: string, body: NewChat, key = newKey()): Promise<Chat> {
  return (await send<Chat>("POST", `/schools/${at(school)}/chats`, { body, key })).data;
}

export async function makeClassChat(klass: string, kind: "class" | "parents", title: string, key = newKey()): Promise<Chat> {
  return (await send<Chat>("POST", `/classes/${at(klass)}/chats`, { body: { kind, title }, key })).data;
}

export async function renameChat(chat: string, version: number, title: string): Promise<Chat> {
  return (await send<Chat>("PATCH", of(chat), { body: { title }, etag: tag(version) })).data;
}

export const deleteChat = (chat: string): Promise<void> => call("DELETE", of(chat));
export const fetchPeople = (chat: string, cursor: string | null = null): Promise<Page<ChatPerson>> =>
  call("GET", `${of(chat)}/people${search({ cursor, limit: 100 })}`);
export const addPeople = (chat: string, people: string[]): Promise<Chat> => call("POST", `${of(chat)}/people`, { people });
export const removePerson = (chat: string, person: string): Promise<void> => call("DELETE", `${of(chat)}/people/${at(person)}`);
export const joinChat = (chat: string): Promise<void> => call("PUT", `${of(chat)}/joined`);
export const unjoinChat = (chat: string): Promise<void> => call("DELETE", `${of(chat)}/joined`);

export const fetchContacts = (school: string, q: string, cursor: string | null = null): Promise<Page<Contact>> =>
  call("GET", `/schools/${at(school)}/contacts${search({ q, cursor, limit: 50 })}`);

export const setRead = (chat: string, number: number): Promise<void> => call("PUT", `${of(chat)}/read`, { number });

export async function setDraft(chat: string, text: string, replyTo: number | null): Promise<void> {
  const body = replyTo === null ? { text } : { text, reply_to: replyTo };
  await send("PUT", `${of(chat)}/draft`, { body, outlives: true });
}

export const mute = (chat: string, until: string | null): Promise<void> => call("PUT", `${of(chat)}/mute`, { until });
export const unmute = (chat: string): Promise<void> => call("DELETE", `${of(chat)}/mute`);

export const sendMessage = (chat: string, clientId: string, body: NewMessage): Promise<Message> =>
  call("POST", `${of(chat)}/messages`, { client_id: clientId, ...body });

export interface Place {
  before?: number;
  after?: number;
  around?: number;
  date?: string;
  limit?: number;
}

export const fetchHistory = (chat: string, place: Place = {}): Promise<History> =>
  call("GET", `${of(chat)}/messages${search({ ...place })}`);

export const fetchMessage = (chat: string, number: number): Promise<Message> => call("GET", one(chat, number));
export const editMessage = (chat: string, number: number, text: string, mentions: string[]): Promise<Message> =>
  call("PATCH", one(chat, number), { text, mentions });
export const deleteMessage = (chat: string, number: number): Promise<void> => call("DELETE", one(chat, number));
export const react = (chat: string, number: number, emoji: string): Promise<Message> =>
  call("PUT", `${one(chat, number)}/reactions`, { emoji });
export const unreact = (chat: string, number: number, emoji: string): Promise<Message> =>
  call("DELETE", `${one(chat, number)}/reactions${search({ emoji })}`);
export const pin = (chat: string, number: number): Promise<Message> => call("PUT", `${one(chat, number)}/pin`);
export const unpin = (chat: string, number: number): Promise<Message> => call("DELETE", `${one(chat, number)}/pin`);
export const fetchPins = (chat: string): Promise<History> => call("GET", `${of(chat)}/pins`);
export const vote = (chat: string, number: number, options: number[]): Promise<Message> =>
  call("PUT", `${one(chat, number)}/vote`, { options });
export const closePoll = (chat: string, number: number): Promise<Message> => call("POST", `${one(chat, number)}/close-poll`);
export const fetchVotes = (chat: string, number: number): Promise<Votes> =>
  call("GET", `${one(chat, number)}/votes`);
export const fetchReaders = (chat: string, number: number): Promise<Schemas["ReadersCount"]> => call("GET", `${one(chat, number)}/readers`);

export const forward = (to: string, clientId: string, from: string, number: number): Promise<Message> =>
  call("POST", `${of(to)}/forwards`, { client_id: clientId, from_chat: from, number });

export const report = (chat: string, number: number, reason: Reason, note: string): Promise<void> =>
  call("POST", `${one(chat, number)}/report`, note ? { reason, note } : { reason });

export async function fetchScheduled(chat: string): Promise<Scheduled[]> {
  return (await call<{ items: Scheduled[] }>("GET", `${of(chat)}/scheduled`)).items;
}

export const schedule = (chat: string, clientId: string, moment: string, body: NewMessage): Promise<Scheduled> =>
  call("POST", `${of(chat)}/scheduled`, { client_id: clientId, at: moment, ...body });
export const unschedule = (chat: string, id: string): Promise<void> => call("DELETE", `${of(chat)}/scheduled/${at(id)}`);

export const searchMessages = (q: string, chat: string | null, cursor: string | null): Promise<Page<FoundMessage>> =>
  call("GET", `/messages/search${search({ q, chat_id: chat, cursor, limit: 30 })}`);

export const fetchNotifications = (): Promise<Notifications> => call("GET", "/me/notifications");
export const setNotifications = (body: Notifications): Promise<Notifications> => call("PUT", "/me/notifications", body);
export const fetchPush = (): Promise<Push> => call("GET", "/me/push");
export const addPush = (endpoint: string, keys: { p256dh: string; auth: string }): Promise<Schemas["Subscription"]> =>
  call("POST", "/me/push", { endpoint, keys });
export const dropPush = (id: string): Promise<void> => call("DELETE", `/me/push/${at(id)}`);

export const fetchReports = (school: string, state: "open" | "decided", cursor: string | null = null): Promise<Page<Report>> =>
  call("GET", `/schools/${at(school)}/reports${search({ state, cursor })}`);
export const decideReport = (id: string, action: "dismiss" | "delete"): Promise<void> =>
  call("POST", `/reports/${at(id)}/decide`, { action });

export async function fetchPolicy(school: string): Promise<{ data: ChatPolicy; etag: string }> {
  const { data, etag } = await send<ChatPolicy>("GET", `/schools/${at(school)}/chat-policy`);
  return { data, etag: etag ?? "" };
}

export async function setPolicy(school: string, etag: string, body: Schemas["NewChatPolicy"]): Promise<{ data: ChatPolicy; etag: string }> {
  const { data, etag: next } = await send<ChatPolicy>("PUT", `/schools/${at(school)}/chat-policy`, { body, etag });
  return { data, etag: next ?? "" };
}
