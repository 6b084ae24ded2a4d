import { batch, type Signal, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { ApiError } from "../api/http";
import { forget } from "./session";

/** Something fetched: what we have, since when, and what went wrong last. */
export interface Resource<T> {
  data: T | null;
  /** When `data` came, ms. */
  at: number;
  error: ApiError | null;
  loading: boolean;
  /** When loading began, ms. */
  since: number;
}

/** The same on a page. `reload` is over when the answer is there. */
export type Shown<T> = Resource<T> & { reload(): Promise<void> };

const store = new Map<string, Signal<Resource<unknown>>>();

function entry<T>(key: string): Signal<Resource<T>> {
  let found = store.get(key);
  if (!found) {
    found = signal<Resource<unknown>>({ data: null, at: 0, error: null, loading: false, since: 0 });
    store.set(key, found);
  }
  return found as Signal<Resource<T>>;
}

/** What was asked for once more while it was being fetched: the answer under way may be older than the wish. */
const again = new WeakSet<Signal<Resource<unknown>>>();

/** Grows when all that is kept is forgotten: pages that stay through it take nothing of what was before. */
const forgotten = signal(0);

export async function load<T>(key: string, fetcher: () => Promise<T>, fresh = false): Promise<void> {
  const state = entry<T>(key);
  if (state.peek().loading) {
    if (fresh) again.add(state);
    return;
  }
  state.value = { ...state.peek(), loading: true, since: Date.now() };
  try {
    const data = await fetcher();
    if (isOver(key, state)) return;
    state.value = { data, at: Date.now(), error: null, loading: false, since: 0 };
  } catch (error) {
    if (isOver(key, state)) return;
    const problem = error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" });
    if (problem.status === 401) return forget();
    const gone = problem.status === 404;
    state.value = { ...state.peek(), ...(gone ? { data: null } : {}), error: problem, loading: false };
  }
  if (again.delete(state)) await load(key, fetcher);
}

/** Whether it was asked for before all was forgotten: the answer is of a person who is gone. */
function isOver<T>(key: string, state: Signal<Resource<T>>): boolean {
  return store.get(key) !== state;
}

/** Forgets all that is kept. Pages that stay, as the sign-in page does, fetch theirs anew. */
export function clearResources(): void {
  batch(() => {
    store.clear();
    forgotten.value++;
  });
}

/** The platform tells of changes as they happen: then there is no need to ask all the time. */
export const live = signal(false);
const LIVE_EVERY_MS = 60_000;

/** What is looked at now, by its key: how each page that shows it fetches it anew. */
const shown = new Map<string, Set<() => void>>();

/** Something has changed: what is looked at is fetched anew, and what is not is forgotten, when it is one's to see no more. */
export function refreshShown(forgetOthers = false): void {
  if (forgetOthers) for (const key of store.keys()) if (!shown.has(key)) store.delete(key);
  if (document.visibilityState !== "visible") return;
  for (const [fetchAnew] of shown.values()) fetchAnew?.();
}

function show(key: string, fetchAnew: () => void): () => void {
  const fetches = shown.get(key) ?? new Set();
  shown.set(key, fetches.add(fetchAnew));
  return () => {
    fetches.delete(fetchAnew);
    if (fetches.size === 0) shown.delete(key);
  };
}

/** What could not be fetched is asked for again by itself after this time, or when it is asked for anyway. */
const RETRY_MS = 15_000;

/**
 * What `fetcher` gives, kept under `key`: shown at once when we have it, fetched anew when the page opens, when the
 * platform tells of a change or, while it cannot, every `everyMs`, when it failed, and when the network comes back.
 */
export function useResource<T>(key: string, fetcher: () => Promise<T>, everyMs: number): Shown<T> {
  void forgotten.value;
  const state = entry<T>(key);
  const reload = (): Promise<void> => load(key, fetcher, true);
  const look = (): void => {
    if (document.visibilityState === "visible") void load(key, fetcher);
  };
  useEffect(() => {
    void reload();
    const timer = setInterval(() => {
      if (!live.peek() || Date.now() - state.peek().at >= LIVE_EVERY_MS) look();
    }, everyMs);
    const hide = show(key, () => void reload());
    document.addEventListener("visibilitychange", look);
    window.addEventListener("online", look);
    return () => {
      hide();
      clearInterval(timer);
      document.removeEventListener("visibilitychange", look);
      window.removeEventListener("online", look);
    };
  }, [state, everyMs]);
  const { error } = state.value;
  useEffect(() => {
    if (!error || error.status === 404) return;
    const timer = setTimeout(look, Math.min(everyMs, RETRY_MS));
    return () => clearTimeout(timer);
  }, [error]);
  return { ...state.value, reload };
}
