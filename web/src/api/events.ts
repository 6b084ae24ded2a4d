/**
 * What happens on the platform, as it happens: one WebSocket that goes on behind the last event it told of, however
 * often the network goes away. (docs/api.md, "Events".)
 */
import type { Message } from "./chats";

/** Something changed; read it again. `kind` is `<thing>.<what happened>`, `subject` the thing's id. */
export interface PlatformEvent {
  kind: string;
  subject: string;
  at: string;
  school?: string;
  class?: string;
  /** Whom it is about. */
  person?: string;
  data?: Record<string, unknown>;
  /** The message itself, where it is about one: made once for everybody, so nothing in it is said to be one's own. */
  message?: Message;
}

/** Somebody writes in a chat at this moment. Nobody keeps it. */
export interface Typing {
  chat: string;
  person: { id: string; name: string };
}

interface Told {
  type: "ready" | "events" | "resync_required";
  cursor: string;
  items: PlatformEvent[];
}

export interface EventListener {
  /** From here on nothing is missed; `anew`: what was read before this moment may be older than it. */
  ready(anew: boolean): void;
  events(items: readonly PlatformEvent[]): void;
  /** Too much happened, or too long ago: read all things anew. */
  resync(): void;
  /** A membership has ended; who one is here has changed. */
  membershipLost(): void;
  /** The session is no more. */
  over(): void;
  typing?(typing: Typing): void;
  /** The connection is gone; it is sought again. */
  down(): void;
}

/** What a browser's WebSocket is, as far as it is needed. */
export interface Socket {
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: ((event: { code: number }) => void) | null;
  send(text: string): void;
  close(code?: number): void;
}

export const SESSION_OVER = 4401;
export const MEMBERSHIP_LOST = 4403;
const NOT_UNDERSTOOD = 4400;

const FIRST_MS = 300;
const LONGEST_MS = 30_000;
/** The server says something at least every 60 s; after this silence the connection is taken for dead. */
const SILENCE_MS = 95_000;

/** How long to wait before try number `tries` (0 is the first); `jitter` in 0..1 spreads a whole school. */
export function waitBefore(tries: number, jitter: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** tries) * (0.5 + jitter);
}

export class EventStream {
  private socket: Socket | null = null;
  private cursor: string | null = null;
  private tries = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private watchdog: ReturnType<typeof setTimeout> | undefined;
  private running = false;
  private ready = false;

  constructor(
    private readonly open: () => Socket,
    private readonly listener: EventListener,
    private readonly jitter: () => number = Math.random,
  ) {}

  start(): void {
    if (this.running) return;
    this.running = true;
    this.connect();
  }

  stop(): void {
    this.running = false;
    this.cursor = null;
    this.drop();
  }

  /** The network is back, or somebody looks again: do not wait. */
  hurry(): void {
    if (!this.running || this.socket) return;
    this.tries = 0;
    this.connect();
  }

  /** Tells the platform something that is worth nothing later; without a connection it is not said. */
  say(words: { typing: string }): void {
    if (this.ready) this.socket?.send(JSON.stringify(words));
  }

  private connect(): void {
    clearTimeout(this.retry);
    const socket = this.open();
    this.socket = socket;
    socket.onopen = () => socket.send(JSON.stringify({ resume_after: this.cursor }));
    socket.onmessage = (event) => {
      if (socket === this.socket && typeof event.data === "string") this.hear(event.data);
    };
    socket.onclose = (event) => {
      if (socket === this.socket) this.lost(event.code);
    };
    this.watch();
  }

  private hear(text: string): void {
    this.watch();
    const told = JSON.parse(text) as Told | ({ type: "typing" } & Typing);
    if (told.type === "typing") return this.listener.typing?.(told);
    const anew = this.cursor === null;
    this.cursor = told.cursor;
    if (told.type === "events") {
      if (told.items.length > 0) this.listener.events(told.items);
      return;
    }
    this.tries = 0;
    this.ready = true;
    if (told.type === "resync_required") this.listener.resync();
    this.listener.ready(anew && told.type === "ready");
  }

  private lost(code: number): void {
    this.drop();
    if (!this.running) return;
    if (code === SESSION_OVER) {
      this.running = false;
      this.cursor = null;
      return this.listener.over();
    }
    // Whatever we said, it was not understood: begin anew rather than say it again.
    if (code === NOT_UNDERSTOOD) this.cursor = null;
    this.listener.down();
    if (code === MEMBERSHIP_LOST) this.listener.membershipLost();
    const wait = code === MEMBERSHIP_LOST ? 0 : waitBefore(this.tries++, this.jitter());
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private drop(): void {
    clearTimeout(this.retry);
    clearTimeout(this.watchdog);
    const socket = this.socket;
    this.ready = false;
    this.socket = null;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }

  private watch(): void {
    clearTimeout(this.watchdog);
    this.watchdog = setTimeout(() => this.lost(1006), SILENCE_MS);
  }
}

/** The platform's own socket, on the host this page came from. */
export function openEventSocket(): Socket {
  const address = new URL("/api/v1/events/socket", location.origin);
  address.protocol = address.protocol === "https:" ? "wss:" : "ws:";
  return new WebSocket(address) as unknown as Socket;
}
