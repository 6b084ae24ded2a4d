import { batch, signal } from "@preact/signals";
import { fetchHistory, fetchMessage, type History, type Message, setRead } from "../../api/chats";
import type { PlatformEvent } from "../../api/events";
import { ApiError } from "../../api/http";
import { announce } from "../../app/announce";
import { keepRead, keptRead } from "../../app/kept";
import { listen } from "../../app/live";
import { forget, me } from "../../app/session";
import { t } from "../../i18n";
import { patchChat } from "./inbox";
import { EMPTY, opened, type Stretch, trimmed, withMessage, withNewer, withOlder, withRead } from "./merge";
import { onSent } from "./sending";
import { preview } from "./words";

const PAGE = 40;
/** What was read is told this long after, so that scrolling through a page is one call. */
const READ_MS = 400;

/** One open chat: the stretch of messages that is held, and how it grows. */
export class Thread {
  readonly stretch = signal<Stretch>(EMPTY);
  readonly state = signal<"loading" | "ready" | "failed" | "gone">("loading");
  readonly error = signal<ApiError | null>(null);
  /** When what is shown was kept, where the network does not answer; else 0. */
  readonly keptAt = signal(0);
  readonly since = signal(Date.now());
  readonly loadingOlder = signal(false);
  readonly loadingNewer = signal(false);
  /** What to bring into view, and whether to point at it. */
  readonly goal = signal<{ number: number | "newest"; point: boolean; at: number } | null>(null);
  /** Up to where one had read when the chat was opened; null: all of it. */
  newAfter: number | null = null;

  /** Who reads here. */
  readonly own = me.peek()?.id ?? "";

  private readonly ends: (() => void)[] = [];
  private readNumber = 0;
  private readTimer: ReturnType<typeof setTimeout> | undefined;
  private ended = false;

  constructor(
    readonly chat: string,
    private readonly jump: number | null,
  ) {}

  /** `readNumber`: up to where one had read; `last`: the newest message there is. */
  start(readNumber: number, last: number): void {
    this.readNumber = readNumber;
    this.newAfter = readNumber < last ? readNumber : null;
    this.ends.push(listen((event) => this.hear(event)), onSent((message) => this.take(message, false)));
    void this.open();
  }

  stop(): void {
    this.ended = true;
    clearTimeout(this.readTimer);
    for (const end of this.ends) end();
  }

  /** The first stretch: around what was asked for, else around the first unread message, else the newest. */
  async open(): Promise<void> {
    this.state.value = "loading";
    this.since.value = Date.now();
    const place = this.jump ?? (this.newAfter === null ? null : this.newAfter + 1);
    try {
      const page = await fetchHistory(this.chat, place === null ? { limit: PAGE } : { around: place, limit: PAGE });
      if (this.ended) return;
      this.show(page);
      this.goal.value = { number: place ?? "newest", point: this.jump !== null, at: Date.now() };
      if (page.after === null) this.keep(page);
    } catch (error) {
      await this.fall(error);
    }
  }

  async older(): Promise<void> {
    const { before } = this.stretch.peek();
    if (before === null || this.loadingOlder.peek()) return;
    this.loadingOlder.value = true;
    await this.grow(async () => {
      const page = await fetchHistory(this.chat, { before, limit: PAGE });
      this.stretch.value = trimmed(withOlder(this.stretch.peek(), page), "newer");
    });
    this.loadingOlder.value = false;
  }

  async newer(): Promise<void> {
    const { after } = this.stretch.peek();
    if (after === null || this.loadingNewer.peek()) return;
    this.loadingNewer.value = true;
    await this.grow(async () => {
      const page = await fetchHistory(this.chat, { after, limit: PAGE });
      this.stretch.value = trimmed(withNewer(this.stretch.peek(), page), "older");
    });
    this.loadingNewer.value = false;
  }

  /** Shows a message, wherever it is; the newest one where no number is given. */
  async goTo(number: number | "newest", point = true): Promise<void> {
    const { items, after } = this.stretch.peek();
    const held = number === "newest" ? after === null : items.some((one) => one.number === number);
    if (!held) {
      await this.grow(async () => {
        this.show(await fetchHistory(this.chat, number === "newest" ? { limit: PAGE } : { around: number, limit: PAGE }));
      });
    }
    this.goal.value = { number, point: point && number !== "newest", at: Date.now() };
  }

  /** Shows the first message of a day, or the next one there is. */
  async goToDay(day: string): Promise<void> {
    await this.grow(async () => {
      const page = await fetchHistory(this.chat, { date: day, limit: PAGE });
      this.show(page);
      const first = page.items.find((one) => localDay(one.at) >= day) ?? page.items[page.items.length - 1];
      this.goal.value = first ? { number: first.number, point: true, at: Date.now() } : null;
    });
  }

  /** One's own change of a message: its newest version. */
  take(message: Message, shared: boolean): void {
    if (message.chat_id !== this.chat) return;
    const { stretch, gap } = withMessage(this.stretch.peek(), message, shared);
    this.stretch.value = stretch;
    if (gap) void this.newer();
  }

  /** One has seen everything up to here. */
  seen(number: number): void {
    if (number <= this.readNumber) return;
    this.readNumber = number;
    clearTimeout(this.readTimer);
    this.readTimer = setTimeout(() => this.tellRead(), READ_MS);
  }

  private tellRead(): void {
    const number = this.readNumber;
    const { items, after } = this.stretch.peek();
    const newest = after === null ? (items[items.length - 1]?.number ?? 0) : Infinity;
    patchChat(this.chat, { read_number: number, ...(number >= newest ? { unread: 0 } : {}) });
    setRead(this.chat, number).catch(() => {
      // Told again with the next message one sees.
      this.readNumber = Math.min(this.readNumber, number - 1);
    });
  }

  private hear(event: PlatformEvent | null): boolean {
    if (event === null) {
      void this.catchUp();
      return false;
    }
    if (event.subject !== this.chat) return false;
    if (event.kind === "chat.left" || event.kind === "chat.deleted") this.state.value = "gone";
    if (event.kind !== "message.sent" && event.kind !== "message.changed") return false;
    if (event.message) {
      this.take(event.message, true);
      if (event.kind === "message.sent") this.say(event.message);
    }
    // What concerns oneself (a vote, a reaction on another device) is only in one's own reading.
    const number = event.data?.number;
    if (event.person === me.peek()?.id && typeof number === "number") void this.read(number);
    return true;
  }

  private say(message: Message): void {
    if (message.author.id === me.peek()?.id || document.visibilityState !== "visible") return;
    announce(t("chat.heard", { name: message.author.name, text: preview(message) }));
  }

  private async read(number: number): Promise<void> {
    await this.grow(async () => this.take(await fetchMessage(this.chat, number), false));
  }

  /** What may have been missed while nobody told us: newer messages, and changes of the newest held ones. */
  private async catchUp(): Promise<void> {
    if (this.state.peek() !== "ready") return void (this.state.peek() === "failed" && this.open());
    const { items, after } = this.stretch.peek();
    const last = items[items.length - 1]?.number ?? 0;
    await this.grow(async () => {
      const page = await fetchHistory(this.chat, last === 0 ? { limit: PAGE } : { around: last, limit: 100 });
      if (last === 0) return this.show(page);
      const read = withRead(this.stretch.peek(), page);
      const newer = page.items.filter((one) => one.number > last);
      this.stretch.value =
        after === null && newer.length > 0 ? withNewer(read, { ...page, items: newer }) : { ...read, after: read.after };
      this.keptAt.value = 0;
    });
  }

  private show(page: History): void {
    batch(() => {
      this.stretch.value = opened(page);
      this.state.value = "ready";
      this.error.value = null;
      this.keptAt.value = 0;
    });
  }

  private async grow(work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
      this.error.value = null;
    } catch (error) {
      await this.fall(error);
    }
  }

  private async fall(error: unknown): Promise<void> {
    const problem = error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" });
    if (this.ended) return;
    if (problem.code === "not_signed_in") return forget();
    if (problem.status === 404) {
      this.state.value = "gone";
      return;
    }
    this.error.value = problem;
    if (this.state.peek() !== "loading") return;
    const kept = await keptRead(me.peek()?.id ?? "", this.shelf);
    if (kept && !this.ended) {
      this.show(kept.data as History);
      this.error.value = problem;
      this.keptAt.value = kept.at;
      this.goal.value = { number: "newest", point: false, at: Date.now() };
    } else this.state.value = "failed";
  }

  private get shelf(): string {
    return shelfOf(this.chat);
  }

  private keep(page: History): void {
    const person = me.peek()?.id;
    if (person !== undefined) void keepRead(person, this.shelf, page);
  }
}

/** Under what name a chat's newest messages are kept on this device. */
export const shelfOf = (chat: string): string => `chats/${chat}`;

/** "2026-11-24", where one is. */
export function localDay(moment: string): string {
  const date = new Date(moment);
  return [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
}
