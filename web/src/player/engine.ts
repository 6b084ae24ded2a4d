import type Hls from "hls.js";
import type { ErrorData } from "hls.js";

/** What plays a playlist in a video element: hls.js wherever MediaSource exists, the system's own player on an iPhone. */
export interface Engine {
  /** Load the playlist, again after a loss. */
  load(): void;
  /** Where somebody who follows the broadcast would be, media seconds; null while that is not known. */
  livePosition(): number | null;
  /** Where the playlist ends, media seconds; null while the broadcast goes on. */
  end(): number | null;
  /** Seconds between the camera and the eye, as far as the playlist tells; null while unknown. */
  delay(): number | null;
  /** Heights one can choose, highest first; empty where there is no choice. */
  readonly heights: number[];
  setHeight(height: number | null): void;
  destroy(): void;
}

export interface EngineEvents {
  /** The first playlist is here: something can be played soon. */
  onReady(): void;
  /** A playlist says whether the broadcast goes on. */
  onLive(live: boolean): void;
  /** It cannot go on by itself. `status` is the HTTP status, 0 without an answer. */
  onBroken(status: number, what: string): void;
  onHeights(heights: number[]): void;
}

export class Unsupported extends Error {}

const PATIENCE = { maxTimeToFirstByteMs: 20_000, maxLoadTimeMs: 30_000 };
const ONCE = { maxNumRetry: 1, retryDelayMs: 500, maxRetryDelayMs: 500 };

/** Makes the engine this browser needs. Rejects with `Unsupported` where nothing can play. */
export async function makeEngine(video: HTMLVideoElement, url: string, live: boolean, events: EngineEvents): Promise<Engine> {
  if ("MediaSource" in window) {
    const [{ default: Made }, { default: workerPath }] = await Promise.all([
      import("hls.js"),
      import("hls.js/dist/hls.worker.js?url"),
    ]);
    if (Made.isSupported()) return new Scripted(Made, workerPath, video, url, live, events);
  }
  if ("ManagedMediaSource" in window && video.canPlayType("application/vnd.apple.mpegurl")) {
    return new Native(video, url, events);
  }
  throw new Unsupported();
}

class Scripted implements Engine {
  heights: number[] = [];
  readonly hls: Hls;
  private parsed = false;
  private recoveredAt = -Infinity;

  constructor(
    private readonly Made: typeof Hls,
    workerPath: string,
    private readonly video: HTMLVideoElement,
    private readonly url: string,
    live: boolean,
    private readonly events: EngineEvents,
  ) {
    this.hls = new Made({
      lowLatencyMode: true,
      maxLiveSyncPlaybackRate: 1.05,
      workerPath,
      // A live window is short, a recording may be two hours: what was seen is loaded again if somebody goes back.
      backBufferLength: live ? 90 : 60,
      // Who looks into a recording for a minute does not load all of it.
      maxMaxBufferLength: 90,
      // The playlist of a broadcast that has just begun is held until there is something in it.
      manifestLoadPolicy: { default: { ...PATIENCE, timeoutRetry: ONCE, errorRetry: ONCE } },
      playlistLoadPolicy: { default: { ...PATIENCE, timeoutRetry: ONCE, errorRetry: ONCE } },
    });
    const { Events } = Made;
    this.hls.on(Events.MANIFEST_PARSED, () => {
      this.parsed = true;
      this.heights = [...new Set(this.hls.levels.map((level) => level.height))].filter(Boolean).sort((a, b) => b - a);
      if (this.heights.length < 2) this.heights = [];
      events.onHeights(this.heights);
    });
    this.hls.on(Events.LEVEL_LOADED, (_, { details }) => events.onLive(details.live));
    this.hls.on(Events.FRAG_BUFFERED, () => events.onReady());
    this.hls.on(Events.ERROR, (_, data) => this.onError(data));
    this.hls.attachMedia(video);
  }

  load(): void {
    if (!this.parsed) this.hls.loadSource(this.url);
    else this.hls.startLoad(this.video.currentTime > 0 ? this.video.currentTime : -1);
  }

  livePosition(): number | null {
    return this.hls.liveSyncPosition;
  }

  end(): number | null {
    const details = this.hls.latestLevelDetails;
    return details && !details.live ? details.edge : null;
  }

  delay(): number | null {
    const shown = this.hls.playingDate;
    return shown ? (Date.now() - shown.getTime()) / 1000 : null;
  }

  setHeight(height: number | null): void {
    this.hls.nextLevel = height === null ? -1 : this.hls.levels.findIndex((level) => level.height === height);
  }

  destroy(): void {
    this.hls.destroy();
  }

  private onError(data: ErrorData): void {
    if (!data.fatal) return;
    const now = performance.now();
    if (data.type === this.Made.ErrorTypes.MEDIA_ERROR && now - this.recoveredAt > 5_000) {
      this.recoveredAt = now;
      this.hls.recoverMediaError();
      return;
    }
    this.hls.stopLoad();
    this.events.onBroken(data.response?.code ?? 0, data.details);
  }
}

class Native implements Engine {
  readonly heights: number[] = [];
  private readonly stop = new AbortController();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly url: string,
    events: EngineEvents,
  ) {
    const on = (name: string, run: () => void): void => video.addEventListener(name, run, { signal: this.stop.signal });
    on("loadeddata", () => events.onReady());
    on("durationchange", () => events.onLive(!Number.isFinite(video.duration)));
    on("error", () => events.onBroken(0, `media_error_${video.error?.code ?? 0}`));
  }

  load(): void {
    this.video.src = this.url;
    this.video.load();
  }

  livePosition(): number | null {
    const { seekable } = this.video;
    return Number.isFinite(this.video.duration) || seekable.length === 0 ? null : seekable.end(seekable.length - 1) - 3;
  }

  end(): number | null {
    return Number.isFinite(this.video.duration) ? this.video.duration : null;
  }

  delay(): number | null {
    const begun = (this.video as HTMLVideoElement & { getStartDate?(): Date }).getStartDate?.().getTime();
    return begun && Number.isFinite(begun) ? Date.now() / 1000 - (begun / 1000 + this.video.currentTime) : null;
  }

  setHeight(): void {}

  destroy(): void {
    this.stop.abort();
    this.video.removeAttribute("src");
    this.video.load();
  }
}
