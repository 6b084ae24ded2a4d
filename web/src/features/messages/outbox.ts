import { ApiError } from "../../api/http";
import type { NewMessage } from "../../api/chats";

/** A message on its way: it has a client id, so that however often it is sent it is in the chat once. */
export interface Outgoing {
  /** The client id. */
  key: string;
  chat: string;
  /** When it was written, ms. */
  at: number;
  body: NewMessage;
  /** `failed`: the platform refused it, and does so again unless something changes. */
  state: "waiting" | "sending" | "failed";
  /** Why it was refused. */
  code: string | null;
  /** The word that was not let through. */
  word?: string | undefined;
}

/** Where sends are kept while they wait, so that they outlive the page. */
export interface Shelf {
  all(): Promise<Outgoing[]>;
  keep(one: Outgoing): Promise<void>;
  drop(key: string): Promise<void>;
}

interface OutboxParts<Sent> {
  shelf: Shelf;
  send(one: Outgoing): Promise<Sent>;
  /** It is in the chat now. */
  sent(one: Outgoing, message: Sent): void;
  /** The list has changed. */
  changed(all: readonly Outgoing[]): void;
  /** It was refused. */
  refused(one: Outgoing): void;
}

const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 30_000;

/** Whether a send that ended like this may go well later, with nothing changed. */
export function passes(error: ApiError): boolean {
  return error.status === 0 || error.status === 429 || error.status === 408 || error.status >= 500 || error.code === "request_under_way";
}

/**
 * Sends messages, each chat's in the order they were written. What the network loses is tried again until it went; what
 * the platform refuses stays where it is, says so, and holds up nobody.
 */
export class Outbox<Sent> {
  private list: Outgoing[] = [];
  private readonly busy = new Set<string>();
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly parts: OutboxParts<Sent>) {}

  /** Goes on with what was kept from before. */
  async start(): Promise<void> {
    const kept = await this.parts.shelf.all();
    const known = new Set(this.list.map((one) => one.key));
    const back = kept
      .filter((one) => !known.has(one.key))
      .map((one): Outgoing => (one.state === "failed" ? one : { ...one, state: "waiting" }));
    this.put([...back, ...this.list]);
    this.pump();
  }

  stop(): void {
    clearTimeout(this.retry);
    this.put([]);
  }

  get all(): readonly Outgoing[] {
    return this.list;
  }

  add(one: Pick<Outgoing, "key" | "chat" | "at" | "body">): void {
    const outgoing: Outgoing = { ...one, state: "waiting", code: null };
    this.put([...this.list, outgoing]);
    // First kept, then sent: who closes the page in between finds it waiting.
    void this.parts.shelf.keep(outgoing).then(() => this.pump());
  }

  /** A person asks for another try. */
  again(key: string): void {
    this.change(key, { state: "waiting", code: null });
    this.hurry();
  }

  /** A person has given it up. */
  drop(key: string): void {
    this.put(this.list.filter((one) => one.key !== key));
    void this.parts.shelf.drop(key);
    this.pump();
  }

  /** The network is back: do not wait. */
  hurry(): void {
    clearTimeout(this.retry);
    this.retry = undefined;
    this.tries = 0;
    this.pump();
  }

  private pump(): void {
    if (this.retry !== undefined) return;
    for (const one of this.list) {
      if (one.state !== "waiting" || this.busy.has(one.chat)) continue;
      this.busy.add(one.chat);
      this.change(one.key, { state: "sending" });
      void this.send(one);
    }
  }

  private async send(one: Outgoing): Promise<void> {
    try {
      const message = await this.parts.send(one);
      this.tries = 0;
      this.put(this.list.filter((other) => other.key !== one.key));
      this.parts.sent(one, message);
      void this.parts.shelf.drop(one.key);
    } catch (error) {
      const problem = error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" });
      if (passes(problem)) {
        this.change(one.key, { state: "waiting" });
        this.wait(problem.retryAfter);
      } else {
        const failed = this.change(one.key, { state: "failed", code: problem.code, word: problem.problem.word });
        if (failed) {
          void this.parts.shelf.keep(failed);
          this.parts.refused(failed);
        }
      }
    } finally {
      this.busy.delete(one.chat);
    }
    this.pump();
  }

  private wait(asked: number | null): void {
    if (this.retry !== undefined) return;
    const own = Math.min(LONGEST_RETRY_MS, FIRST_RETRY_MS * 2 ** this.tries++);
    this.retry = setTimeout(() => {
      this.retry = undefined;
      this.pump();
    }, asked === null ? own : asked * 1_000);
  }

  private change(key: string, what: Partial<Outgoing>): Outgoing | undefined {
    let changed: Outgoing | undefined;
    this.put(this.list.map((one) => (one.key === key ? (changed = { ...one, ...what }) : one)));
    return changed;
  }

  private put(list: Outgoing[]): void {
    this.list = list;
    this.parts.changed(list);
  }
}
