import { type Signal, signal } from "@preact/signals";
import { fetchFiles, type StoredFile } from "../../api/documents";

/**
 * Files that are shown somewhere, by their ids: asked for together, and again before their links run out. A file that is
 * gone (or not for this reader) is `null`; one that is on its way is `undefined`.
 */
type Held = StoredFile | null | undefined;

const files = new Map<string, Signal<Held>>();
const fetched = new Map<string, number>();
const wanted = new Set<string>();
let timer: ReturnType<typeof setTimeout> | undefined;

const TOGETHER_MS = 30;
const AT_ONCE = 50;
/** Links live ten minutes at least. */
const FRESH_MS = 8 * 60_000;
/** Previews are being made: look again. */
const SOON_MS = 2_500;

function place(id: string): Signal<Held> {
  let found = files.get(id);
  if (!found) {
    found = signal<Held>(undefined);
    files.set(id, found);
  }
  return found;
}

/** A file as it is known now. Whoever draws it is drawn anew when that changes. */
export function useFile(id: string): Held {
  const held = place(id);
  const at = fetched.get(id);
  if (at === undefined || Date.now() - at > FRESH_MS) want(id);
  return held.value;
}

/** What was just uploaded, or read in another way, need not be asked for. */
export function putFile(file: StoredFile): void {
  fetched.set(file.id, Date.now());
  place(file.id).value = file;
  if (file.previews === "waiting") setTimeout(() => want(file.id), SOON_MS);
}

/** Asks for a file anew: its link has run out, or it has changed. */
export function want(id: string): void {
  fetched.set(id, Date.now());
  wanted.add(id);
  timer ??= setTimeout(() => {
    timer = undefined;
    const ids = [...wanted];
    wanted.clear();
    for (let from = 0; from < ids.length; from += AT_ONCE) void ask(ids.slice(from, from + AT_ONCE));
  }, TOGETHER_MS);
}

async function ask(ids: string[]): Promise<void> {
  try {
    const found = new Map((await fetchFiles(ids)).map((file) => [file.id, file]));
    for (const id of ids) {
      const file = found.get(id);
      if (file) putFile(file);
      else place(id).value = null;
    }
  } catch {
    // The network is away: what is held stays, and the next look asks again.
    for (const id of ids) fetched.delete(id);
  }
}

/** Whoever comes next at this computer begins with nothing. */
export function forgetFiles(): void {
  files.clear();
  fetched.clear();
}
