import { type AnswerTo, type ClientMessage, type ClosedReason, type EventMessage, type JoinedMessage, PROTOCOL, type ServerMessage } from "./wire";

/** A request the server refused (`code` is the server's), or one that the socket lost (`socket_lost`, `timeout`). */
export class SignalError extends Error {
  readonly code: string;

  constructor(code: string, message = code) {
    super(message);
    this.name = "SignalError";
    this.code = code;
  }
}

/** Why a socket ended: the server's own word, or null when it was simply lost. */
export type End = ClosedReason | null;

interface Pending {
  resolve(message: ServerMessage): void;
  reject(error: SignalError): void;
  timer: ReturnType<typeof setTimeout> | null;
  onWaiting?: () => void;
}

const OPEN_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;
const PING_EVERY_MS = 5_000;
const PONG_WITHIN_MS = 4_000;

/** One signalling WebSocket: requests with answers, events, and a ping that notices a dead path. */
export class SignalSocket {
  readonly ended: Promise<End>;
  private readonly socket: WebSocket;
  private readonly pending = new Map<number, Pending>();
  private readonly onEvent: (message: EventMessage) => void;
  private nextId = 1;
  private reason: End = null;
  private pinger: ReturnType<typeof setInterval> | null = null;
  private settle: (reason: End) => void = () => {};
  private done = false;

  private constructor(socket: WebSocket, onEvent: (message: EventMessage) => void) {
    this.socket = socket;
    this.onEvent = onEvent;
    this.ended = new Promise((resolve) => (this.settle = resolve));
    socket.onmessage = (event) => this.receive(event.data);
    socket.onclose = () => this.finish();
    this.pinger = setInterval(() => void this.ping(), PING_EVERY_MS);
  }

  /** Opens a socket; rejects with `socket_lost` when that does not work within 3 s. */
  static open(url: string, onEvent: (message: EventMessage) => void): Promise<SignalSocket> {
    return new Promise((resolve, reject) => {
      let socket: WebSocket;
      try {
        socket = new WebSocket(url);
      } catch {
        reject(new SignalError("socket_lost"));
        return;
      }
      const timer = setTimeout(() => {
        socket.onclose = null;
        socket.close();
        reject(new SignalError("socket_lost"));
      }, OPEN_TIMEOUT_MS);
      socket.onclose = () => {
        clearTimeout(timer);
        reject(new SignalError("socket_lost"));
      };
      socket.onopen = () => {
        clearTimeout(timer);
        resolve(new SignalSocket(socket, onEvent));
      };
    });
  }

  /** Sends a request and resolves with its answer. */
  request<M extends ClientMessage>(message: M, timeoutMs: number = REQUEST_TIMEOUT_MS): Promise<AnswerTo<M>> {
    return this.send(message, timeoutMs) as Promise<AnswerTo<M>>;
  }

  /** Enters by ticket or resume token. `onWaiting` is called when the lobby holds us; `joined` then follows by itself. */
  enter(key: { ticket: string } | { token: string }, onWaiting: () => void): Promise<JoinedMessage> {
    const message: ClientMessage =
      "ticket" in key
        ? { type: "join", protocol: PROTOCOL, ticket: key.ticket }
        : { type: "resume", protocol: PROTOCOL, token: key.token };
    return this.send(message, REQUEST_TIMEOUT_MS, onWaiting) as Promise<JoinedMessage>;
  }

  close(): void {
    this.socket.onmessage = null;
    this.socket.close(1000);
    this.finish();
  }

  private send(message: ClientMessage, timeoutMs: number, onWaiting?: () => void): Promise<ServerMessage> {
    if (this.done || this.socket.readyState !== WebSocket.OPEN) return Promise.reject(new SignalError("socket_lost"));
    const id = this.nextId++;
    this.socket.send(JSON.stringify({ ...message, id }));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.pending.delete(id);
        reject(new SignalError("timeout", `${message.type} was not answered`));
      }, timeoutMs);
      this.pending.set(id, { resolve, reject, timer, ...(onWaiting ? { onWaiting } : {}) });
    });
  }

  private receive(data: unknown): void {
    let message: ServerMessage;
    try {
      message = JSON.parse(String(data)) as ServerMessage;
    } catch {
      return;
    }
    if (message.type === "closed") {
      this.reason = message.reason;
      this.onEvent(message);
      return;
    }
    if ("re" in message && message.re !== undefined && message.re !== null) {
      this.answer(message.re, message);
    } else if (message.type === "error") {
      console.warn("sfera: the server could not read a message", message.code, message.message);
    } else {
      this.onEvent(message as EventMessage);
    }
  }

  private answer(id: number, message: ServerMessage): void {
    const pending = this.pending.get(id);
    if (!pending) return;
    if (pending.timer !== null) clearTimeout(pending.timer);
    if (message.type === "waiting") {
      pending.timer = null;
      pending.onWaiting?.();
      return;
    }
    this.pending.delete(id);
    if (message.type === "error") pending.reject(new SignalError(message.code, message.message));
    else pending.resolve(message);
  }

  private async ping(): Promise<void> {
    try {
      await this.request({ type: "ping" }, PONG_WITHIN_MS);
    } catch (error) {
      if (error instanceof SignalError && error.code === "timeout") this.close();
    }
  }

  private finish(): void {
    if (this.done) return;
    this.done = true;
    if (this.pinger !== null) clearInterval(this.pinger);
    for (const pending of this.pending.values()) {
      if (pending.timer !== null) clearTimeout(pending.timer);
      pending.reject(new SignalError("socket_lost"));
    }
    this.pending.clear();
    this.settle(this.reason);
  }
}
