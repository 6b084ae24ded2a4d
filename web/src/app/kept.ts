import type { DBSchema, IDBPDatabase } from "idb";
import type { Outgoing } from "../features/messages/outbox";

/**
 * What is kept in this browser: sends that wait for the network, drafts, and what was read last, to be shown when the
 * network is away. Everything stands under the person it is of. A browser that keeps nothing (a private window with
 * storage switched off) makes every call answer as if nothing had been kept.
 */
interface Shelves extends DBSchema {
  outbox: { key: string; value: Outgoing & { person: string } };
  /** What was read: `person/what` -> the answer, and when it came. */
  read: { key: string; value: { data: unknown; at: number } };
  /** What was written and is nowhere else yet: `person/what` -> the words. */
  drafts: { key: string; value: { data: unknown; at: number } };
}

const NAME = "sfera";
const VERSION = 1;
/** So many answers are kept; the oldest go. */
const READ_MOST = 60;

let opening: Promise<IDBPDatabase<Shelves> | null> | null = null;

async function open(): Promise<IDBPDatabase<Shelves> | null> {
  try {
    const { openDB } = await import("idb");
    return await openDB<Shelves>(NAME, VERSION, {
      upgrade(database) {
        database.createObjectStore("outbox", { keyPath: "key" });
        database.createObjectStore("read");
        database.createObjectStore("drafts");
      },
    });
  } catch {
    return null;
  }
}

const shelves = (): Promise<IDBPDatabase<Shelves> | null> => (opening ??= open());

/** Runs `work` on the shelves; `otherwise` where there are none, or they are full. */
async function on<T>(work: (database: IDBPDatabase<Shelves>) => Promise<T>, otherwise: T): Promise<T> {
  const database = await shelves();
  if (!database) return otherwise;
  try {
    return await work(database);
  } catch {
    return otherwise;
  }
}

/** Keeps a send until `dropOutgoing`. */
export const keepOutgoing = (person: string, one: Outgoing): Promise<void> =>
  on(async (database) => void (await database.put("outbox", { ...one, person })), undefined);

export const dropOutgoing = (key: string): Promise<void> => on((database) => database.delete("outbox", key), undefined);

/** A person's sends that have not gone yet, the oldest first. */
export async function keptOutgoing(person: string): Promise<Outgoing[]> {
  const all = await on((database) => database.getAll("outbox"), []);
  return all.filter((one) => one.person === person).sort((a, b) => a.at - b.at);
}

/** Keeps an answer for when the network is away. */
export const keepRead = (person: string, what: string, data: unknown): Promise<void> =>
  on(async (database) => {
    await database.put("read", { data, at: Date.now() }, `${person}/${what}`);
    const keys = await database.getAllKeys("read");
    if (keys.length <= READ_MOST) return;
    const aged = await Promise.all(keys.map(async (key) => ({ key, at: (await database.get("read", key))?.at ?? 0 })));
    aged.sort((a, b) => a.at - b.at);
    for (const { key } of aged.slice(0, keys.length - READ_MOST)) await database.delete("read", key);
  }, undefined);

/** What was read last, and when (ms); null when nothing is kept. */
export const keptRead = (person: string, what: string): Promise<{ data: unknown; at: number } | null> =>
  on(async (database) => (await database.get("read", `${person}/${what}`)) ?? null, null);

export const keepDraft = (person: string, what: string, data: unknown): Promise<void> =>
  on(async (database) => void (await database.put("drafts", { data, at: Date.now() }, `${person}/${what}`)), undefined);

export const keptDraft = (person: string, what: string): Promise<{ data: unknown; at: number } | null> =>
  on(async (database) => (await database.get("drafts", `${person}/${what}`)) ?? null, null);

export const dropDraft = (person: string, what: string): Promise<void> =>
  on((database) => database.delete("drafts", `${person}/${what}`), undefined);

/** Whoever comes next to this computer finds nothing of what was read. Sends and drafts stay, under their person. */
export const forgetRead = (): Promise<void> => on((database) => database.clear("read"), undefined);
