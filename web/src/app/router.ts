import { computed, signal } from "@preact/signals";

/** Where one is: every page, panel and dialog is an address, so that Back always works. */
const here = signal(readHere());

export const path = computed(() => here.value.pathname);
export const query = computed(() => here.value.searchParams);

export type Route =
  | { name: "home" }
  | { name: "sign-in" }
  | { name: "school" }
  | { name: "school-page"; id: string }
  | { name: "new-school" }
  | { name: "import"; id: string; importId: string | null }
  | { name: "ask"; id: string }
  | { name: "join"; code: string | null }
  | { name: "region"; id: string | null }
  | { name: "class"; id: string }
  | { name: "lesson"; id: string }
  | { name: "broadcasts" }
  | { name: "watch"; id: string }
  | { name: "register" }
  | { name: "reset"; token: string }
  | { name: "profile" }
  | { name: "messages"; chat: string | null }
  | { name: "documents"; folder: string | null }
  | { name: "article"; id: string }
  | { name: "write"; id: string | null }
  | { name: "album"; id: string }
  | { name: "not-found" };

export const route = computed<Route>(() => parse(path.value));

export function parse(pathname: string): Route {
  const parts = pathname.split("/").filter(Boolean).map(decode);
  const [first, second, third, fourth] = parts;
  if (parts.length === 0) return { name: "home" };
  if (parts.length === 1 && first === "sign-in") return { name: "sign-in" };
  if (parts.length === 1 && first === "school") return { name: "school" };
  if (first === "schools" && second) {
    if (parts.length === 2) return second === "new" ? { name: "new-school" } : { name: "school-page", id: second };
    if (parts.length === 3 && third === "ask") return { name: "ask", id: second };
    if (parts.length <= 4 && third === "import") return { name: "import", id: second, importId: fourth ?? null };
  }
  if (first === "join" && parts.length <= 2) return { name: "join", code: second ?? null };
  if (first === "regions" && parts.length <= 2) return { name: "region", id: second ?? null };
  if (parts.length === 1 && first === "broadcasts") return { name: "broadcasts" };
  if (parts.length === 2 && first === "watch" && second) return { name: "watch", id: second };
  if (parts.length === 1 && first === "register") return { name: "register" };
  if (parts.length === 2 && first === "reset" && second) return { name: "reset", token: second };
  if (parts.length === 1 && first === "profile") return { name: "profile" };
  if (first === "messages" && parts.length <= 2) return { name: "messages", chat: second ?? null };
  if (first === "documents" && parts.length <= 2) return { name: "documents", folder: second ?? null };
  if (first === "articles" && second) {
    if (parts.length === 2) return second === "new" ? { name: "write", id: null } : { name: "article", id: second };
    if (parts.length === 3 && third === "edit") return { name: "write", id: second };
  }
  if (parts.length === 2 && first === "albums" && second) return { name: "album", id: second };
  if (parts.length === 2 && first === "classes" && second) return { name: "class", id: second };
  if (parts.length === 2 && first === "lesson" && second) return { name: "lesson", id: second };
  return { name: "not-found" };
}

export const to = {
  home: "/",
  school: "/school",
  broadcasts: "/broadcasts",
  profile: "/profile",
  messages: "/messages",
  /** A chat; `message` is the one to jump to. */
  chat: (id: string, message?: string): string =>
    `/messages/${encodeURIComponent(id)}${message ? `?m=${encodeURIComponent(message)}` : ""}`,
  /** Documents of a place ("mine", "school:ID", "class:ID"), or one of its folders. */
  documents: (place = "mine", folder?: string | null): string =>
    `/documents${folder ? `/${encodeURIComponent(folder)}` : ""}${place === "mine" ? "" : `?place=${encodeURIComponent(place)}`}`,
  article: (id: string): string => `/articles/${encodeURIComponent(id)}`,
  /** The editor of an article; a new one belongs to a school. */
  write: (id: string): string => `/articles/${encodeURIComponent(id)}/edit`,
  newArticle: (school: string): string => `/articles/new?school=${encodeURIComponent(school)}`,
  album: (id: string): string => `/albums/${encodeURIComponent(id)}`,
  /** A part of the profile: `me`, `children`, `security`, `sessions`, `data`. */
  settings: (tab: string): string => `/profile?tab=${tab}`,
  schoolPage: (id: string, tab?: "classes" | "people" | "about" | "safety"): string =>
    `/schools/${encodeURIComponent(id)}${tab ? `?tab=${tab}` : ""}`,
  /** People of a school: who of them is shown, and the sheet for inviting them. */
  people: (id: string, who: string, invite = false): string =>
    `/schools/${encodeURIComponent(id)}?tab=people&who=${who}${invite ? "&invite=1" : ""}`,
  newSchool: "/schools/new",
  import: (id: string, importId?: string): string =>
    `/schools/${encodeURIComponent(id)}/import${importId ? `/${encodeURIComponent(importId)}` : ""}`,
  /** Where somebody asks to join a school. */
  ask: (id: string): string => `/schools/${encodeURIComponent(id)}/ask`,
  /** What an invitation leads to; without a code, the place to type one. */
  join: (code?: string): string => (code ? `/join/${encodeURIComponent(code)}` : "/join"),
  /** The page of registering with an invitation. */
  register: (code: string): string => `/register?code=${encodeURIComponent(code)}`,
  region: (id?: string): string => (id ? `/regions/${encodeURIComponent(id)}` : "/regions"),
  class: (id: string): string => `/classes/${encodeURIComponent(id)}`,
  lesson: (id: string): string => `/lesson/${encodeURIComponent(id)}`,
  watch: (id: string): string => `/watch/${encodeURIComponent(id)}`,
  signIn: (back: string): string => (back === "/" ? "/sign-in" : `/sign-in?back=${encodeURIComponent(back)}`),
  /** The sheet "new lesson" over the page one is on. */
  start: (classId: string): string => withQuery("start", classId),
};

export function navigate(address: string, replace = false): void {
  const url = new URL(address, location.origin);
  if (replace) history.replaceState(null, "", url);
  else history.pushState({ inApp: true }, "", url);
  here.value = url;
}

/** Closes what an address of ours opened: back where one came from, or to `fallback` when one came from outside. */
export function goBack(fallback: string): void {
  if ((history.state as { inApp?: boolean } | null)?.inApp) history.back();
  else navigate(fallback, true);
}

/** This address with one query value set, or taken away. */
export function withQuery(name: string, value: string | null): string {
  const url = new URL(here.value);
  if (value === null) url.searchParams.delete(name);
  else url.searchParams.set(name, value);
  return url.pathname + url.search;
}

/** Lets plain presses on our own links stay in the page. */
export function startRouter(): void {
  window.addEventListener("popstate", () => {
    here.value = readHere();
  });
  document.addEventListener("click", (event) => {
    if (event.defaultPrevented || event.button !== 0) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest?.("a[href]");
    if (!(link instanceof HTMLAnchorElement) || link.target || link.origin !== location.origin) return;
    if (link.hash && link.pathname === location.pathname) return;
    event.preventDefault();
    // A link that stays on the page it leads to gives the focus away: there, one begins at the heading.
    if (link.pathname !== location.pathname && link.contains(document.activeElement)) link.blur();
    navigate(link.pathname + link.search);
  });
}

function readHere(): URL {
  return new URL(typeof location === "undefined" ? "http://localhost/" : location.href);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
