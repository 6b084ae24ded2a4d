import { signal } from "@preact/signals";
import { ApiError } from "../api/http";
import { endLesson, fetchTicket } from "../api/platform";
import { retryDelay } from "./backoff";
import { offerDependencyDescriptor } from "./extensions";
import { FloorWatch } from "./floor";
import type { Wanted } from "./heights";
import { Link, type Slot } from "./link";
import { deviceId, rememberLesson } from "./memory";
import { Playback } from "./playback";
import { type Choices, Publisher } from "./publisher";
import { RepairRoom } from "./repairs";
import { applyEvent, maySpeak, type Room, roomFromJoined, trackOf } from "./room";
import { type End, SignalError, SignalSocket } from "./signalling";
import { type LivePair, LipSync } from "./sync";
import { Viewer } from "./viewer";
import type { ClientMessage, EventMessage, JoinedMessage, SlotInfo, Source } from "./wire";

/** Why a lesson is over for this page. */
export type Over =
  | "ended" // by the teacher
  | "removed"
  | "replaced" // the same page, or its copy, entered elsewhere
  | "left"
  | "full"
  | "not_found"
  | "signed_out"
  | "unsupported" // this browser has no WebRTC we know
  | "refused"; // by the server, with a code

export type Phase =
  | { name: "idle" }
  | { name: "connecting"; since: number }
  | { name: "waiting" }
  | { name: "live" }
  | { name: "reconnecting"; since: number }
  | { name: "over"; why: Over; code?: string };

/** Codes after which the same key is useless and a new ticket is needed. */
const NEW_TICKET = /^(ticket_|resume_)/;
const MAX_TICKET_REFUSALS = 4;
/** A link that comes up and is lost again within this time does not count as having been back. */
const STABLE_MS = 5_000;

/**
 * One lesson as this page takes part in it: enters, stays in by itself through lost sockets and restarted servers,
 * publishes our tracks and shows those of the others. Everything the page draws is in its signals.
 */
export class Lesson {
  readonly id: string;
  readonly phase = signal<Phase>({ name: "idle" });
  readonly room = signal<Room | null>(null);
  /** The slots' tracks by slot id; kept while reconnecting, so that tiles keep their last picture. */
  readonly slotTracks = signal<ReadonlyMap<string, MediaStreamTrack>>(new Map());
  readonly publisher: Publisher;
  readonly playback = new Playback();
  readonly floor: FloorWatch;

  private readonly viewer: Viewer;
  private readonly lips: LipSync;
  private readonly repairs: RepairRoom;
  private socket: SignalSocket | null = null;
  private link: Link | null = null;
  private resumeToken: string | null = null;
  private lastUrl: string | null = null;
  private run = 0;
  private wake: (() => void) | null = null;

  constructor(id: string, choices: Choices) {
    this.id = id;
    if (choices.codec === "video/AV1") offerDependencyDescriptor();
    this.publisher = new Publisher(choices, (message) => this.send(message));
    this.floor = new FloorWatch({
      room: () => this.room.value,
      send: (message) => this.send(message),
      setMicrophone: (on) => this.publisher.setMicrophone(on),
      microphoneOn: () => this.publisher.own.microphone.value.on,
    });
    this.viewer = new Viewer({
      room: () => this.room.value,
      slots: () => this.slots,
      addSlots: async (video) => (await this.request({ type: "add_slots", video })).slots,
      setUp: (slots) => this.setUp(slots),
      view: (slots) => this.send({ type: "view", slots }),
    });
    this.lips = new LipSync(() => this.livePairs());
    this.repairs = new RepairRoom(() => this.slots, () => this.peerConnections);
    window.addEventListener("online", this.onOnline);
  }

  /** Enters, and goes on entering until it is over. Returns at once; `phase` tells the rest. */
  enter(): void {
    const run = ++this.run;
    this.phase.value = { name: "connecting", since: Date.now() };
    rememberLesson(this.id);
    void this.stayIn(run);
  }

  /** Leaves for good. */
  async leave(): Promise<void> {
    const socket = this.socket;
    this.finish("left");
    await socket?.request({ type: "leave" }, 1_000).catch(() => {});
    socket?.close();
  }

  /** Ends the lesson for all. Rejects when neither the platform nor the room could be told. */
  async end(): Promise<void> {
    try {
      await endLesson(this.id);
    } catch {
      await this.send({ type: "end_room" });
    }
  }

  /** Does not wait any longer before the next attempt. */
  retryNow(): void {
    this.wake?.();
  }

  /** What is on the page: see `Viewer.show`. */
  show(wanted: readonly Wanted[], phone: boolean): void {
    this.viewer.show(wanted, phone);
  }

  /** Sends one request; rejects with `SignalError`. */
  send(message: ClientMessage): Promise<unknown> {
    return this.request(message);
  }

  get slots(): Slot[] {
    return [...(this.link?.slots.values() ?? [])];
  }

  get peerConnections(): RTCPeerConnection[] {
    return this.link?.peerConnections ?? [];
  }

  /** Whether we may be heard now. */
  get maySpeak(): boolean {
    const room = this.room.value;
    return room !== null && maySpeak(room, room.self);
  }

  private request<M extends ClientMessage>(message: M): ReturnType<typeof SignalSocket.prototype.request<M>> {
    const socket = this.socket;
    if (!socket) return Promise.reject(new SignalError("socket_lost"));
    return socket.request(message);
  }

  /** The life of a page in a lesson: one turn of the loop for each socket. */
  private async stayIn(run: number): Promise<void> {
    let lostAt = Date.now();
    let attempt = 0;
    let refusals = 0;
    while (run === this.run) {
      try {
        const end = await this.oneSocket(run, () => {
          refusals = 0;
        });
        if (run !== this.run) return;
        if (end.reason === "draining") this.resumeToken = null;
        else if (end.reason !== null && end.reason !== "too_slow") return this.finish(end.reason);
        if (end.livedMs > STABLE_MS || attempt === 0) {
          attempt = 0;
          lostAt = Date.now();
        }
      } catch (error) {
        if (run !== this.run) return;
        const verdict = this.judge(error);
        if (verdict) return this.finish(verdict.why, verdict.code);
        if (error instanceof SignalError && NEW_TICKET.test(error.code)) {
          const hadToken = this.resumeToken !== null;
          this.resumeToken = null;
          if (!hadToken && ++refusals >= MAX_TICKET_REFUSALS) return this.finish("refused", error.code);
          if (hadToken) continue; // A new ticket right away: nothing to wait for.
        }
      }
      if (run !== this.run) return;
      this.suspend();
      await this.pause(retryDelay(attempt++, Date.now() - lostAt, Math.random()));
    }
  }

  /** Opens a socket, enters, and stays until it ends. */
  private async oneSocket(run: number, entered: () => void): Promise<{ reason: End; livedMs: number }> {
    let socket: SignalSocket | null = null;
    const onEvent = (message: EventMessage): void => {
      if (this.socket === socket) this.apply(message);
    };
    const onWaiting = (): void => {
      if (run === this.run) this.phase.value = { name: "waiting" };
    };
    const key = await this.key();
    if (run !== this.run) throw new SignalError("socket_lost");
    socket = await SignalSocket.open(key.url, onEvent);
    this.socket = socket;
    const opened = socket;
    // A lobby may close before it opens: whichever comes first.
    const closed = opened.ended.then((reason): never => {
      throw reason === null || reason === "draining" || reason === "too_slow"
        ? new SignalError("socket_lost")
        : new ClosedEarly(reason);
    });
    closed.catch(() => {});
    const joined = await Promise.race([opened.enter(key, onWaiting), closed]).catch((error: unknown) =>
      this.drop(opened, error),
    );
    if (run !== this.run) {
      opened.close();
      throw new SignalError("socket_lost");
    }
    const startedAt = Date.now();
    entered();
    await this.settle(opened, joined).catch((error: unknown) => {
      this.resumeToken = null; // Half set up: only a fresh start helps.
      this.drop(opened, error);
    });
    const reason = await opened.ended;
    return { reason, livedMs: Date.now() - startedAt };
  }

  /** What lets us in: the resume token of the last socket, or else a fresh ticket. */
  private async key(): Promise<{ url: string; token: string } | { url: string; ticket: string }> {
    if (this.resumeToken !== null && this.lastUrl !== null) return { url: this.lastUrl, token: this.resumeToken };
    const { ticket, url } = await fetchTicket(this.id, deviceId());
    this.lastUrl = url;
    return { url, ticket };
  }

  private drop(socket: SignalSocket, error: unknown): never {
    if (this.socket === socket) this.socket = null;
    socket.close();
    throw error;
  }

  /** We are in: transports, our tracks, slots. */
  private async settle(socket: SignalSocket, joined: JoinedMessage): Promise<void> {
    this.resumeToken = joined.resume_token;
    this.room.value = roomFromJoined(joined, Date.now());
    const known = joined.tracks.filter((track) => track.participant === joined.participant);
    const old = this.link;
    const fresh = !joined.resumed || old === null;
    if (!fresh) {
      old.attach(socket);
    } else {
      const link = await Link.create(joined, socket, () => this.relink(socket));
      if (this.socket !== socket) {
        link.close();
        throw new SignalError("socket_lost");
      }
      this.link = link;
      old?.close();
      // The floor may be lost with the old room: nobody is to think they are heard when they are not.
      if (!this.maySpeak && this.publisher.own.microphone.value.on) await this.publisher.setMicrophone(false);
    }
    if (joined.slots.length > 0) await this.setUp(joined.slots);
    this.phase.value = { name: "live" };
    this.viewer.start(fresh);
    this.lips.start();
    this.repairs.start();
    this.floor.sync();
    const link = this.link;
    if (link) void (fresh ? this.publisher.start(link) : this.publisher.reconcile(known));
  }

  private async setUp(slots: readonly SlotInfo[]): Promise<void> {
    const link = this.link;
    if (!link) return;
    await link.addSlots(slots);
    if (this.link !== link) return;
    const tracks = new Map<string, MediaStreamTrack>();
    for (const slot of link.slots.values()) {
      tracks.set(slot.id, slot.track);
      if (slot.kind === "audio" && this.slotTracks.value.get(slot.id) !== slot.track) {
        this.playback.play(`audio-${slot.index}`, slot.track);
      }
    }
    this.slotTracks.value = tracks;
  }

  /** The path is broken and restarting ICE did not help: join anew. */
  private relink(socket: SignalSocket): void {
    if (this.socket !== socket) return;
    this.resumeToken = null;
    socket.close();
  }

  private apply(message: EventMessage): void {
    const room = this.room.value;
    if (room) this.room.value = applyEvent(room, message);
    if (message.type === "muted" && message.track === this.publisher.trackId("microphone")) {
      void this.publisher.setMicrophone(false).catch(() => {});
    } else if (message.type === "muted" && message.track === this.publisher.trackId("camera")) {
      void this.publisher.setCamera(false).catch(() => {});
    } else if (message.type === "muted") {
      void this.publisher.stopScreen().catch(() => {});
    }
    if (message.type === "layers") void this.publisher.useLayers(message.track, message.wanted).catch(() => {});
    this.floor.hear(message);
    if (message.type !== "speakers") this.viewer.update();
  }

  /** The socket is gone; what was set up stays until we know more. */
  private suspend(): void {
    this.socket = null;
    this.viewer.stop();
    const phase = this.phase.value;
    if (phase.name === "live" || phase.name === "waiting") this.phase.value = { name: "reconnecting", since: Date.now() };
  }

  private finish(why: Over, code?: string): void {
    this.run++;
    // Said first, so that nobody takes what is let go now for a choice of the person's.
    this.phase.value = { name: "over", why, ...(code === undefined ? {} : { code }) };
    this.wake?.();
    this.viewer.stop();
    this.lips.stop();
    this.repairs.stop();
    this.floor.stop();
    const socket = this.socket;
    this.socket = null;
    if (why !== "left") socket?.close();
    this.link?.close();
    this.link = null;
    this.resumeToken = null;
    this.publisher.close();
    this.playback.close();
    this.slotTracks.value = new Map();
    window.removeEventListener("online", this.onOnline);
    rememberLesson(null);
  }

  /** Whether an error is the end of it, and which. */
  private judge(error: unknown): { why: Over; code?: string } | null {
    if (error instanceof ClosedEarly) return { why: error.reason };
    if (error instanceof SignalError) {
      switch (error.code) {
        case "room_ended":
          return { why: "ended" };
        case "call_full":
          return { why: "full" };
        case "removed":
          return { why: "removed" };
        case "unsupported_protocol":
          return { why: "refused", code: error.code };
        default:
          return null;
      }
    }
    if (error instanceof ApiError) {
      switch (error.code) {
        case "lesson_ended":
          return { why: "ended" };
        case "call_full":
          return { why: "full" };
        case "not_found":
          return { why: "not_found" };
        case "not_signed_in":
          return { why: "signed_out" };
        case "removed":
          return { why: "removed" };
        default:
          return error.status >= 400 && error.status < 500 && error.status !== 429
            ? { why: "refused", code: error.code }
            : null;
      }
    }
    if (error instanceof Error && error.name === "UnsupportedError") return { why: "unsupported" };
    console.warn("sfera: entering the lesson failed, trying again", error);
    return null;
  }

  /** Voices whose owner's picture is in the slot paired with them. */
  private livePairs(): LivePair[] {
    const room = this.room.value;
    if (!room) return [];
    const pairs: LivePair[] = [];
    const slots = this.slots;
    for (const audio of slots) {
      const voice = room.tracks.get(audio.kind === "audio" ? (room.feeds.get(audio.id) ?? "") : "");
      if (!voice) continue;
      const companion: Source = voice.source === "screen_audio" ? "screen" : "camera";
      const picture = trackOf(room, voice.participant, companion);
      const video = slots.find((slot) => slot.kind === "video" && picture && room.feeds.get(slot.id) === picture.id);
      if (picture && video) pairs.push({ audio, video, key: `${voice.id}+${picture.id}+${video.id}` });
    }
    return pairs;
  }

  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private readonly onOnline = (): void => this.retryNow();
}

/** The server closed the socket, with a word that settles it, before we were in. */
class ClosedEarly extends Error {
  readonly reason: SettledEnd;

  constructor(reason: SettledEnd) {
    super(reason);
    this.reason = reason;
  }
}

type SettledEnd = Exclude<End, null | "draining" | "too_slow">;
