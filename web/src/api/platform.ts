import { call } from "./http";
import type { ClassPage, ClassSummary, LessonInfo, Me, Ticket } from "./types";

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
