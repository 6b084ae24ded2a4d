import { slotHeights, type Wanted } from "./heights";
import type { Slot } from "./link";
import { type SlotWish, ViewPacer } from "./pacing";
import { type Room, trackOf } from "./room";
import { SignalError } from "./signalling";
import { assignSlots, slotsFor } from "./slots";
import type { SlotInfo, SlotView } from "./wire";

/** What the viewer needs of the lesson. */
export interface ViewerPort {
  room(): Room | null;
  slots(): readonly Slot[];
  addSlots(video: number): Promise<SlotInfo[]>;
  setUp(slots: readonly SlotInfo[]): Promise<void>;
  view(slots: SlotView[]): Promise<unknown>;
}

const HIDDEN_AFTER_MS = 10_000;
/** A voice that has held its slot for so long is worth moving a picture for. */
const VOICE_SETTLED_MS = 1_000;
const VOICES = 3;
/** Every voice has a partner to be kept in step with, and a camera and a screen find room beside these. */
const LEAST_SLOTS = VOICES + 2;

/** Turns "these tracks are on the page, so tall" into slots and `view` messages. */
export class Viewer {
  private readonly port: ViewerPort;
  private readonly pacer = new ViewPacer();
  private wanted: readonly Wanted[] = [];
  private phone = false;
  private asked = new Map<string, string>();
  private voiceSince = new Map<string, { track: string; since: number }>();
  private growing = false;
  private asleep = false;
  private sleeper: ReturnType<typeof setTimeout> | null = null;
  private timer: ReturnType<typeof setTimeout> | null = null;
  private running = false;

  constructor(port: ViewerPort) {
    this.port = port;
  }

  /** The page says what it shows; whatever it does not name is not wanted. */
  show(wanted: readonly Wanted[], phone: boolean): void {
    this.wanted = wanted;
    this.phone = phone;
    this.update();
  }

  /** The link is up (`fresh`: its slots are new, nothing was asked of them). */
  start(fresh: boolean): void {
    this.running = true;
    if (fresh) this.asked = new Map();
    this.pacer.reset();
    document.addEventListener("visibilitychange", this.onVisibility);
    this.update();
  }

  /** The signalling socket is gone, or the lesson over. */
  stop(): void {
    this.running = false;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.sleeper !== null) clearTimeout(this.sleeper);
    this.timer = this.sleeper = null;
    document.removeEventListener("visibilitychange", this.onVisibility);
  }

  /** Something that matters to the slots has changed in the room. */
  update(): void {
    const room = this.port.room();
    if (!this.running || !room) return;
    void this.grow();
    const now = performance.now();
    const slots = this.port.slots().filter((slot) => slot.kind === "video");
    if (slots.length === 0) return;
    const seen = this.wanted.filter((want) => want.tileHeight > 0 && room.tracks.has(want.track));
    const heights = slotHeights(this.asleep ? [] : seen, window.devicePixelRatio || 1, this.phone);
    this.asked = assignSlots({
      slots: slots.map((slot) => slot.id),
      wanted: seen.filter((want) => this.asleep || heights.get(want.track) !== 0).map((want) => want.track),
      asked: this.asked,
      fed: room.feeds,
      voices: this.voices(room, now),
      newVoices: newVoices(room, this.port.slots()),
      screens: new Set(seen.filter((want) => want.screen).map((want) => want.track)),
    });
    const wishes = new Map<string, SlotWish>();
    for (const { id } of slots) {
      const track = this.asked.get(id) ?? null;
      wishes.set(id, { track, height: track === null ? 0 : (heights.get(track) ?? 0) });
    }
    this.pacer.wish(wishes, now);
    this.flush();
  }

  private flush(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    if (!this.running) return;
    const views = this.pacer.take(performance.now());
    if (views) this.port.view(views).catch(() => {}); // A lost socket: `start` says all of it again.
    const next = this.pacer.nextAt();
    if (next !== null) this.timer = setTimeout(() => this.flush(), Math.max(0, next - performance.now()) + 1);
  }

  private async grow(): Promise<void> {
    const have = this.port.slots().filter((slot) => slot.kind === "video").length;
    const tiles = this.wanted.filter((want) => !want.screen).length;
    const screen = this.wanted.some((want) => want.screen);
    const need = Math.max(slotsFor(tiles, screen), LEAST_SLOTS);
    if (this.growing || (have >= need && this.port.slots().length > 0)) return;
    this.growing = true;
    try {
      await this.port.setUp(await this.port.addSlots(need));
    } catch (error) {
      // A lost socket or a closed link: `start` comes again. Anything else should not happen and must not hide.
      if (!(error instanceof SignalError)) console.warn("sfera: slots could not be set up", error);
      return;
    } finally {
      this.growing = false;
    }
    this.update();
  }

  /** The cameras of those who are heard, by voice slot; only once a voice has stayed for a second. */
  private voices(room: Room, now: number): (string | null)[] {
    const found: (string | null)[] = Array.from({ length: VOICES }, () => null);
    for (const slot of this.port.slots()) {
      if (slot.kind !== "audio" || slot.index >= VOICES) continue;
      const track = room.feeds.get(slot.id);
      if (track === undefined) {
        this.voiceSince.delete(slot.id);
        continue;
      }
      const before = this.voiceSince.get(slot.id);
      if (before?.track !== track) {
        this.voiceSince.set(slot.id, { track, since: now });
        setTimeout(() => this.update(), VOICE_SETTLED_MS + 10);
        continue;
      }
      if (now - before.since < VOICE_SETTLED_MS) continue;
      const voice = room.tracks.get(track);
      if (voice?.source !== "microphone") continue;
      found[slot.index] = trackOf(room, voice.participant, "camera")?.id ?? null;
    }
    return found;
  }

  private readonly onVisibility = (): void => {
    if (this.sleeper !== null) clearTimeout(this.sleeper);
    this.sleeper = null;
    if (document.visibilityState === "hidden") {
      this.sleeper = setTimeout(() => {
        this.asleep = true;
        this.update();
      }, HIDDEN_AFTER_MS);
    } else if (this.asleep) {
      this.asleep = false;
      this.update();
    }
  };
}

/** The cameras of those who are heard in each voice slot, or of those who will be: few have their microphones on. */
function newVoices(room: Room, slots: readonly Slot[]): (string | null)[] {
  const found: (string | null)[] = Array.from({ length: VOICES }, () => null);
  const cameraOf = (participant: string): string | null => trackOf(room, participant, "camera")?.id ?? null;
  for (const slot of slots) {
    const track = slot.kind === "audio" && slot.index < VOICES ? room.tracks.get(room.feeds.get(slot.id) ?? "") : undefined;
    if (track?.source === "microphone") found[slot.index] = cameraOf(track.participant);
  }
  const open = [...room.tracks.values()].filter(
    (track) => track.source === "microphone" && track.on && track.allowed && track.participant !== room.self,
  );
  if (open.length > VOICES) return found;
  const cameras = open.map((track) => cameraOf(track.participant)).filter((id) => id !== null && !found.includes(id));
  return found.map((id) => id ?? cameras.shift() ?? null);
}
