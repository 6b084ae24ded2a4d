import type { types } from "mediasoup-client";
import { signal } from "@preact/signals";
import { type CameraSize, DeviceError, type DeviceProblem, openCamera, openMicrophone, openScreen } from "./capture";
import { cameraEncodings, screenEncodings } from "./encodings";
import type { Link } from "./link";
import type { ClientMessage, Source, TrackInfo } from "./wire";

/** What one of our own tracks is up to, for the page. */
export interface OwnTrack {
  on: boolean;
  /** What is captured; null when nothing is. */
  media: MediaStreamTrack | null;
  problem: DeviceProblem | null;
  busy: boolean;
}

export interface Choices {
  microphoneId: string | null;
  cameraId: string | null;
  size: CameraSize;
  /** MIME type of the video codec to send. */
  codec: string;
}

type Send = (message: ClientMessage) => Promise<unknown>;

const OFF: OwnTrack = { on: false, media: null, problem: null, busy: false };
const SOURCES: readonly Source[] = ["microphone", "camera", "screen", "screen_audio"];

/**
 * Our own tracks. What is captured outlives a link, so that a page which had to join again goes on with the same
 * microphone. Steps of one source are done one after another.
 */
export class Publisher {
  readonly own = {
    microphone: signal(OFF),
    camera: signal(OFF),
    screen: signal(OFF),
    screen_audio: signal(OFF),
  };
  private readonly choices: Choices;
  private readonly send: Send;
  private readonly producers = new Map<Source, types.Producer>();
  private readonly layers = new Map<Source, number>();
  private link: Link | null = null;
  /** One line of steps a source; the screen and its sound stand in one. */
  private readonly queues = new Map<Source, Promise<unknown>>();

  constructor(choices: Choices, send: Send) {
    this.choices = choices;
    this.send = send;
  }

  /** Takes over what another part of the page captured (the preview), switched on or off. */
  adopt(source: "microphone" | "camera", media: MediaStreamTrack, on: boolean): void {
    const before = this.own[source].value.media;
    if (before && before !== media) before.stop();
    media.enabled = on;
    this.watch(source, media);
    this.own[source].value = { on, media, problem: null, busy: false };
    void this.enqueue(source, () => this.publishIfAny(source)).catch(() => {});
  }

  note(source: Source, problem: DeviceProblem | null): void {
    this.own[source].value = { ...this.own[source].value, problem };
  }

  /** A fresh link: publishes anew all that is captured. */
  start(link: Link): Promise<void> {
    this.link = link;
    this.producers.clear();
    return this.forEach(async (source) => this.publishIfAny(source));
  }

  /** After `resume`: makes the room's idea of our tracks and ours the same again. */
  reconcile(known: readonly TrackInfo[]): Promise<void> {
    return this.forEach(async (source) => {
      const track = known.find((candidate) => candidate.source === source);
      const producer = this.producers.get(source);
      if (track && track.id !== producer?.id) await this.send({ type: "unpublish", track: track.id });
      if (producer && track?.id !== producer.id) {
        producer.close();
        this.producers.delete(source);
      } else if (producer && track && track.on !== this.own[source].value.on) {
        await this.send({ type: "update_track", track: track.id, on: this.own[source].value.on });
      }
      await this.publishIfAny(source);
    });
  }

  /** Switches the microphone; resolves with whether it is on. Rejects with `DeviceError` when there is none. */
  setMicrophone(on: boolean): Promise<boolean> {
    // Silence does not wait for its turn.
    if (!on && this.own.microphone.value.media) this.own.microphone.value.media.enabled = false;
    return this.switching("microphone", async () => {
      const own = this.own.microphone;
      if (on && !alive(own.value.media)) {
        const media = await openMicrophone(this.choices.microphoneId);
        this.watch("microphone", media);
        own.value = { ...own.value, media, problem: null };
      }
      await this.setOn("microphone", on);
      return own.value.on;
    });
  }

  /** Switches the camera. Off stops the capture, so that its lamp goes out. */
  setCamera(on: boolean): Promise<boolean> {
    return this.switching("camera", async () => {
      const own = this.own.camera;
      if (on && !alive(own.value.media)) {
        const media = await openCamera(this.choices.cameraId, this.choices.size);
        this.watch("camera", media);
        own.value = { ...own.value, media, problem: null };
      }
      await this.setOn("camera", on);
      return own.value.on;
    });
  }

  /** Asks what to share and shares it; false when the person changes their mind. */
  startScreen(): Promise<boolean> {
    return this.switching("screen", async () => {
      const picked = await openScreen();
      if (!picked) return false;
      this.watch("screen", picked.video);
      this.own.screen.value = { on: true, media: picked.video, problem: null, busy: true };
      await this.publishIfAny("screen");
      if (picked.audio) {
        this.watch("screen_audio", picked.audio);
        this.own.screen_audio.value = { on: true, media: picked.audio, problem: null, busy: false };
        await this.publishIfAny("screen_audio");
      }
      return true;
    });
  }

  stopScreen(): Promise<boolean> {
    return this.switching("screen", async () => {
      await this.remove("screen");
      await this.remove("screen_audio");
      return false;
    });
  }

  /** Uses another device from now on; what is on stays on. */
  async choose(kind: "microphone" | "camera", deviceId: string): Promise<void> {
    const own = this.own[kind];
    if (kind === "microphone") this.choices.microphoneId = deviceId;
    else this.choices.cameraId = deviceId;
    if (!own.value.media) return;
    await this.switching(kind, async () => {
      const media =
        kind === "microphone" ? await openMicrophone(deviceId) : await openCamera(deviceId, this.choices.size);
      own.value.media?.stop();
      this.watch(kind, media);
      own.value = { ...own.value, media };
      await this.setOn(kind, own.value.on);
      return own.value.on;
    });
  }

  /** The senders by source, for tests and statistics. */
  get senders(): Map<Source, RTCRtpSender> {
    const found = new Map<Source, RTCRtpSender>();
    for (const [source, producer] of this.producers) if (producer.rtpSender) found.set(source, producer.rtpSender);
    return found;
  }

  /** Sends only the encodings of a track that somebody receives; the smallest comes first. */
  async useLayers(track: string, wanted: readonly boolean[]): Promise<void> {
    const source = SOURCES.find((one) => this.producers.get(one)?.id === track);
    if (source === undefined) return;
    await this.enqueue(source, async () => {
      const sender = this.producers.get(source)?.rtpSender;
      if (!sender || this.producers.get(source)?.id !== track) return;
      const parameters = sender.getParameters();
      if (parameters.encodings.length !== wanted.length) return;
      parameters.encodings.forEach((encoding, index) => (encoding.active = wanted[index] ?? true));
      await sender.setParameters(parameters);
    });
  }

  trackId(source: Source): string | null {
    return this.producers.get(source)?.id ?? null;
  }

  /** Lets go of every device. */
  close(): void {
    this.link = null;
    this.producers.clear();
    for (const source of SOURCES) {
      this.own[source].value.media?.stop();
      this.own[source].value = OFF;
    }
  }

  private async setOn(source: "microphone" | "camera", on: boolean): Promise<void> {
    const own = this.own[source];
    const media = own.value.media;
    if (media) media.enabled = on;
    own.value = { ...own.value, on: on && media !== null };
    const producer = this.producers.get(source);
    if (source === "camera" && !on) {
      // Nothing is captured while it is off; the track in the room stays, switched off.
      await producer?.replaceTrack({ track: null });
      media?.stop();
      own.value = { ...own.value, media: null };
    }
    if (!producer) {
      await this.publishIfAny(source);
      return;
    }
    if (!media && on) return;
    if (source === "camera" && media && cameraEncodings(height(media)).length !== this.layers.get("camera")) {
      if (on) {
        await this.remove("camera", true);
        await this.publishIfAny("camera");
        return;
      }
    }
    await producer.replaceTrack({ track: on ? media : null });
    await this.send({
      type: "update_track",
      track: producer.id,
      on,
      ...(source === "camera" && on && media ? { width: width(media), height: height(media) } : {}),
    }).catch(() => {}); // A lost socket: `reconcile` says it again.
  }

  private async publishIfAny(source: Source): Promise<void> {
    const { media, on } = this.own[source].value;
    const link = this.link;
    if (!link || !media || !alive(media) || this.producers.has(source)) return;
    if (!on && source !== "microphone") return;
    const options = { source, track: media, on, width: 0, height: 0 };
    let producer: types.Producer;
    if (source === "camera" || source === "screen") {
      const encodings = source === "camera" ? cameraEncodings(height(media), this.choices.codec) : screenEncodings();
      this.layers.set(source, encodings.length);
      const codec = link.codec(this.choices.codec) ?? link.codec("video/VP8");
      producer = await link.publish({
        ...options,
        width: width(media),
        height: height(media),
        encodings,
        ...(codec ? { codec } : {}),
      });
    } else {
      producer = await link.publish(options);
    }
    if (this.link !== link) return;
    this.producers.set(source, producer);
    // Switched while it was being published, or published silent so that the floor opens it at once.
    const now = this.own[source].value;
    if (!now.on) await producer.replaceTrack({ track: null });
    else if (now.media !== media) await producer.replaceTrack({ track: now.media });
  }

  private async remove(source: Source, keepCapture = false): Promise<void> {
    const producer = this.producers.get(source);
    this.producers.delete(source);
    if (!keepCapture) {
      this.own[source].value.media?.stop();
      this.own[source].value = OFF;
    }
    if (!producer) return;
    producer.close();
    await this.send({ type: "unpublish", track: producer.id }).catch(() => {});
  }

  private watch(source: Source, media: MediaStreamTrack): void {
    media.addEventListener("ended", () => {
      if (this.own[source].value.media !== media) return;
      if (source === "screen" || source === "screen_audio") {
        if (source === "screen") void this.stopScreen();
        else void this.enqueue(source, () => this.remove(source));
        return;
      }
      // Unplugged, or taken away by the browser.
      this.own[source].value = { ...this.own[source].value, problem: "missing" };
      if (source === "microphone") void this.setMicrophone(false).catch(() => {});
      else void this.setCamera(false).catch(() => {});
    });
  }

  private switching(source: Source, step: () => Promise<boolean>): Promise<boolean> {
    const own = this.own[source];
    own.value = { ...own.value, busy: true };
    return this.enqueue(source, step)
      .catch((error: unknown) => {
        if (error instanceof DeviceError) {
          own.value = { ...own.value, on: false, problem: error.problem };
        }
        throw error;
      })
      .finally(() => {
        own.value = { ...own.value, busy: false };
      });
  }

  /** One step for every source, each in its own line; one that fails does not stop the others. */
  private async forEach(step: (source: Source) => Promise<void>): Promise<void> {
    await Promise.allSettled(SOURCES.map((source) => this.enqueue(source, () => step(source))));
  }

  private enqueue<T>(source: Source, step: () => Promise<T>): Promise<T> {
    const line = source === "screen_audio" ? "screen" : source;
    const next = (this.queues.get(line) ?? Promise.resolve()).then(step, step);
    this.queues.set(
      line,
      next.catch(() => {}),
    );
    return next;
  }
}

function alive(media: MediaStreamTrack | null): media is MediaStreamTrack {
  return media !== null && media.readyState === "live";
}

function width(media: MediaStreamTrack): number {
  return media.getSettings().width ?? 0;
}

function height(media: MediaStreamTrack): number {
  return media.getSettings().height ?? 0;
}
