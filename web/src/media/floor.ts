import { signal } from "@preact/signals";
import { maySpeak, type Room, trackOf } from "./room";
import type { ClientMessage, EventMessage } from "./wire";

/** Somebody was given the floor by us, and what became of it. Times are ms of our clock. */
export interface Given {
  participant: string;
  since: number;
  /** `asked`: the question stands; `silent`: no answer in time; `declined`: "not now"; `speaking`: microphone on. */
  state: "asked" | "silent" | "declined" | "speaking";
}

export interface FloorPort {
  room(): Room | null;
  send(message: ClientMessage): Promise<unknown>;
  setMicrophone(on: boolean): Promise<boolean>;
  microphoneOn(): boolean;
}

export type FloorNews = "given" | "taken" | "muted" | null;

/** How long the question stands, by the person's own setting (20 s, or 60 s for those who need longer). */
export let answerWithin = 20_000;
export function setAnswerWithin(ms: number): void {
  answerWithin = ms;
}
/** A host waits for the longest answer there may be before calling it silence. */
const HOST_WAITS_MS = 20_000;
const DECLINED_SHOWN_MS = 8_000;

/** The floor as this page lives it: the question to us, and what became of the floors that a host gave. */
export class FloorWatch {
  /** The question "turn on your microphone?" is open; when it closes by itself (ms of our clock). */
  readonly question = signal<{ until: number } | null>(null);
  /** The last thing that happened to our own floor, for words on the page. */
  readonly news = signal<{ what: FloorNews; at: number }>({ what: null, at: 0 });
  readonly given = signal<readonly Given[]>([]);
  private readonly port: FloorPort;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private ticker: ReturnType<typeof setInterval> | null = null;

  constructor(port: FloorPort) {
    this.port = port;
  }

  hear(message: EventMessage): void {
    switch (message.type) {
      case "floor_given":
        this.ask();
        break;
      case "floor_taken":
        this.lose("taken");
        break;
      case "muted":
        this.news.value = { what: "muted", at: Date.now() };
        break;
      case "floor":
        this.follow(message.holders);
        break;
      case "track_updated":
      case "track_published":
      case "participant_left":
        this.tick();
        break;
      default:
        break;
    }
  }

  /** After entering or coming back: the state is the room's. */
  sync(): void {
    const room = this.port.room();
    if (!room) return;
    const mine = room.floor.includes(room.self);
    if (!mine) this.closeQuestion();
    if (mine && room.role !== "host" && !this.port.microphoneOn() && !this.question.value) this.ask();
    if (room.role === "host") this.follow(room.floor);
  }

  /** The person's answer. Accepting resolves when the microphone is on; rejects with `DeviceError` when there is none. */
  async answer(accept: boolean): Promise<void> {
    if (!this.question.value) return;
    if (!accept) {
      this.closeQuestion();
      await this.port.send({ type: "answer_floor", accept: false }).catch(() => {});
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    await this.port.setMicrophone(true);
    this.closeQuestion();
    await this.port.send({ type: "answer_floor", accept: true }).catch(() => {});
    this.news.value = { what: "given", at: Date.now() };
  }

  stop(): void {
    this.closeQuestion();
    if (this.ticker !== null) clearInterval(this.ticker);
    this.ticker = null;
    this.given.value = [];
  }

  private ask(): void {
    if (this.port.microphoneOn()) {
      void this.port.send({ type: "answer_floor", accept: true }).catch(() => {});
      this.news.value = { what: "given", at: Date.now() };
      return;
    }
    if (this.timer !== null) clearTimeout(this.timer);
    this.question.value = { until: Date.now() + answerWithin };
    this.timer = setTimeout(() => void this.answer(false), answerWithin);
  }

  private lose(what: "taken"): void {
    const asked = this.question.value !== null;
    this.closeQuestion();
    if (this.port.microphoneOn()) void this.port.setMicrophone(false).catch(() => {});
    if (!asked) this.news.value = { what, at: Date.now() };
  }

  private closeQuestion(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.question.value = null;
  }

  /** A host's view: who was given the floor, and who let it go again unheard. */
  private follow(holders: readonly string[]): void {
    const room = this.port.room();
    if (!room) return;
    if (!maySpeak(room, room.self) && this.port.microphoneOn()) void this.port.setMicrophone(false).catch(() => {});
    const now = Date.now();
    const kept = this.given.value.map((given) => {
      if (holders.includes(given.participant)) {
        return given.state === "declined" ? { ...given, since: now, state: "asked" as const } : given;
      }
      return given.state === "asked" || given.state === "silent"
        ? { ...given, since: now, state: "declined" as const }
        : given;
    });
    const known = new Set(kept.map((given) => given.participant));
    const added = holders
      .filter((holder) => !known.has(holder))
      .map((participant): Given => ({ participant, since: now, state: "asked" }));
    this.given.value = [...kept, ...added].filter(
      (given) => holders.includes(given.participant) || given.state === "declined",
    );
    this.tick();
    this.ticker ??= setInterval(() => this.tick(), 1_000);
  }

  private tick(): void {
    const room = this.port.room();
    if (!room || this.given.value.length === 0) return;
    const now = Date.now();
    let changed = false;
    const next: Given[] = [];
    for (const given of this.given.value) {
      if (!room.participants.has(given.participant)) {
        changed = true;
        continue;
      }
      if (given.state === "declined") {
        if (now - given.since > DECLINED_SHOWN_MS) changed = true;
        else next.push(given);
        continue;
      }
      const speaking = trackOf(room, given.participant, "microphone")?.on === true;
      const state = speaking ? "speaking" : now - given.since > HOST_WAITS_MS ? "silent" : "asked";
      if (state !== given.state && !(given.state === "speaking" && !speaking)) {
        changed = true;
        next.push({ ...given, state, since: speaking ? now : given.since });
      } else {
        next.push(given);
      }
    }
    if (changed) this.given.value = next;
  }
}
