import { call } from "./http";
import type { Audience, Broadcast, BroadcastList, ClassPage, ClassSummary, LessonInfo, Me, Ticket } from "./types";

const at = encodeURIComponent;

export const signIn = (login: string, password: string): Promise<Me> => call("POST", "/session", { login, password });
export const signOut = (): Promise<void> => call("DELETE", "/session");
export const fetchMe = (): Promise<Me> => call("GET", "/me");

export async function fetchClasses(): Promise<ClassSummary[]> {
  return (await call<{ classes: ClassSummary[] }>("GET", "/classes")).classes;
}

export const fetchClass = (id: string): Promise<ClassPage> => call("GET", `/classes/${at(id)}`);
export const fetchLesson = (id: string): Promise<LessonInfo> => call("GET", `/lessons/${at(id)}`);

export function startLesson(classId: string, title: string): Promise<LessonInfo> {
  return call("POST", "/lessons", title ? { class_id: classId, title } : { class_id: classId });
}

export const endLesson = (id: string): Promise<void> => call("POST", `/lessons/${at(id)}/end`);

/** A fresh ticket; the timeout is short because the page asks again by itself. */
export function fetchTicket(lessonId: string, device: string): Promise<Ticket> {
  return call("POST", `/lessons/${at(lessonId)}/ticket`, { device }, 4_000);
}

/** Puts a lesson on air. It takes two other servers' answers, hence the patience. */
export function startBroadcast(lessonId: string, title: string, audience: Audience): Promise<Broadcast> {
  return call("POST", `/lessons/${at(lessonId)}/broadcast`, title ? { title, audience } : { audience }, 20_000);
}

/** What a lesson is on air with. */
export async function fetchOnAir(lessonId: string): Promise<{ broadcast: Broadcast | null }> {
  return call("GET", `/lessons/${at(lessonId)}/broadcast`);
}

export const fetchBroadcast = (id: string): Promise<Broadcast> => call("GET", `/broadcasts/${at(id)}`);
export const fetchLiveBroadcasts = (): Promise<BroadcastList> => call("GET", "/broadcasts?state=live&limit=20");
export const endBroadcast = (id: string): Promise<void> => call("POST", `/broadcasts/${at(id)}/end`, undefined, 20_000);
export const deleteBroadcast = (id: string): Promise<void> => call("DELETE", `/broadcasts/${at(id)}`, undefined, 20_000);

/** Broadcasts one may see, newest first, from behind `cursor` on. */
export function fetchBroadcasts(cursor: string | null): Promise<BroadcastList> {
  return call("GET", cursor === null ? "/broadcasts" : `/broadcasts?cursor=${at(cursor)}`);
}

export function renameBroadcast(id: string, title: string): Promise<Broadcast> {
  return call("PATCH", `/broadcasts/${at(id)}`, { title });
}
