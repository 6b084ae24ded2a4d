import type { ApiError } from "../../api/http";

/**
 * Files on their way up: three at once, the others wait for their turn. Each can be paused and goes on where it was;
 * while the network is away all of them wait, and nobody has to press anything when it is back.
 */
export type UploadState = "waiting" | "going" | "paused" | "offline" | "failed" | "done";

export interface Upload<Made> {
  key: string;
  name: string;
  size: number;
  /** Bytes that have arrived. */
  sent: number;
  /** Bytes a second, of late; 0 while it is not known. */
  speed: number;
  state: UploadState;
  /** Why it failed, as the platform's code. */
  code: string | null;
  /** What it has become. */
  made: Made | null;
}

/** Carries one file. `pause` keeps what has arrived, `cancel` takes it away. */
export interface Carrier {
  start(): void;
  pause(): void;
  cancel(): void;
}

export interface CarrierEvents<Made> {
  progress(sent: number): void;
  done(made: Made): void;
  failed(error: ApiError): void;
}

export type MakeCarrier<Made> = (file: File, events: CarrierEvents<Made>) => Carrier;

interface QueueParts<Made> {
  now(): number;
  changed(all: readonly Upload<Made>[]): void;
  /** A quarter, a half, three quarters, all of it: what a reader is told. */
  reached(upload: Upload<Made>, quarter: 1 | 2 | 3 | 4): void;
  failed(upload: Upload<Made>): void;
}

const AT_ONCE = 3;
/** So long after the network was lost in the middle it is tried again. */
const AGAIN_MS = 3_000;
/** The speed is that of about the last seconds. */
const SMOOTH = 0.3;

export class UploadQueue<Made> {
  private list: Upload<Made>[] = [];
  private readonly carriers = new Map<string, Carrier>();
  private readonly waits = new Map<string, (made: Made | null) => void>();
  private readonly marks = new Map<string, { at: number; sent: number }>();
  private online = true;
  private count = 0;

  constructor(private readonly parts: QueueParts<Made>) {}

  get all(): readonly Upload<Made>[] {
    return this.list;
  }

  /** Takes a file in. The promise gives what it has become, or null when it was taken away. */
  add(file: File, make: MakeCarrier<Made>): { key: string; made: Promise<Made | null> } {
    const key = `u${++this.count}`;
    const carrier = make(file, {
      progress: (sent) => this.progress(key, sent),
      done: (made) => this.finish(key, made),
      failed: (error) => this.fail(key, error),
    });
    this.carriers.set(key, carrier);
    const made = new Promise<Made | null>((done) => this.waits.set(key, done));
    const state = this.online ? "waiting" : "offline";
    this.put([...this.list, { key, name: file.name, size: file.size, sent: 0, speed: 0, state, code: null, made: null }]);
    this.pump();
    return { key, made };
  }

  pause(key: string): void {
    const upload = this.find(key);
    if (!upload || !["waiting", "going", "offline"].includes(upload.state)) return;
    if (upload.state === "going") this.carriers.get(key)?.pause();
    this.change(key, { state: "paused", speed: 0 });
    this.pump();
  }

  /** Goes on, after a pause or a failure. */
  resume(key: string): void {
    const upload = this.find(key);
    if (!upload || (upload.state !== "paused" && upload.state !== "failed")) return;
    this.change(key, { state: this.online ? "waiting" : "offline", code: null });
    this.pump();
  }

  cancel(key: string): void {
    const upload = this.find(key);
    if (!upload) return;
    if (upload.state !== "done") this.carriers.get(key)?.cancel();
    this.put(this.list.filter((one) => one.key !== key));
    this.settle(key, upload.made);
    this.pump();
  }

  /** Takes away what has arrived. */
  sweep(): void {
    this.put(this.list.filter((one) => one.state !== "done"));
  }

  setOnline(online: boolean): void {
    if (online === this.online) return;
    this.online = online;
    for (const one of this.list) {
      if (online && one.state === "offline") this.change(one.key, { state: "waiting" });
      if (!online && (one.state === "going" || one.state === "waiting")) {
        if (one.state === "going") this.carriers.get(one.key)?.pause();
        this.change(one.key, { state: "offline", speed: 0 });
      }
    }
    this.pump();
  }

  private pump(): void {
    if (!this.online) return;
    let free = AT_ONCE - this.list.filter((one) => one.state === "going").length;
    for (const one of this.list) {
      if (free <= 0) return;
      if (one.state !== "waiting") continue;
      free -= 1;
      this.marks.set(one.key, { at: this.parts.now(), sent: one.sent });
      this.change(one.key, { state: "going" });
      this.carriers.get(one.key)?.start();
    }
  }

  private progress(key: string, sent: number): void {
    const upload = this.find(key);
    if (!upload || upload.state !== "going") return;
    const mark = this.marks.get(key);
    const now = this.parts.now();
    let { speed } = upload;
    if (mark && now - mark.at >= 500) {
      const latest = Math.max(0, ((sent - mark.sent) * 1_000) / (now - mark.at));
      speed = speed === 0 ? latest : speed + SMOOTH * (latest - speed);
      this.marks.set(key, { at: now, sent });
    }
    const next = this.change(key, { sent, speed });
    if (!next || next.size === 0) return;
    const quarter = (bytes: number): number => Math.floor((bytes * 4) / next.size);
    const reached = quarter(sent);
    if (reached > quarter(upload.sent) && reached >= 1 && reached <= 3) this.parts.reached(next, reached as 1 | 2 | 3);
  }

  private finish(key: string, made: Made): void {
    const done = this.change(key, { state: "done", made, speed: 0 });
    if (!done) return;
    this.put(this.list.map((one) => (one.key === key ? { ...one, sent: one.size } : one)));
    this.parts.reached(done, 4);
    this.settle(key, made);
    this.pump();
  }

  private fail(key: string, error: ApiError): void {
    if (error.code === "offline") {
      this.change(key, { state: "offline", speed: 0 });
      // The browser may not have noticed that the network went, and then nobody tells when it is back.
      setTimeout(() => {
        if (!this.online || this.find(key)?.state !== "offline") return;
        this.change(key, { state: "waiting" });
        this.pump();
      }, AGAIN_MS);
    } else {
      const failed = this.change(key, { state: "failed", code: error.code, speed: 0 });
      if (failed) this.parts.failed(failed);
    }
    this.pump();
  }

  private settle(key: string, made: Made | null): void {
    this.waits.get(key)?.(made);
    this.waits.delete(key);
    this.carriers.delete(key);
    this.marks.delete(key);
  }

  private find(key: string): Upload<Made> | undefined {
    return this.list.find((one) => one.key === key);
  }

  private change(key: string, what: Partial<Upload<Made>>): Upload<Made> | undefined {
    let changed: Upload<Made> | undefined;
    this.put(this.list.map((one) => (one.key === key ? (changed = { ...one, ...what }) : one)));
    return changed;
  }

  private put(list: Upload<Made>[]): void {
    this.list = list;
    this.parts.changed(list);
  }
}
