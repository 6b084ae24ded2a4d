import { batch, computed, signal } from "@preact/signals";
import { debugging } from "../media/debug";
import { type Engine, makeEngine, Unsupported } from "./engine";
import { atEnd, isLive, lagOf, shouldJump, stepTo } from "./live";
import { Retries } from "./retries";

/**
 * What a player is about.
 * - loading: nothing is here yet; waiting: the broadcast has begun, its first pictures have not come
 * - ready: it plays, or is paused
 * - broken: it tries again by itself at `retryAt` (ms); failed: it waits to be asked
 * - ended: a broadcast that was watched live is over
 */
export type Phase =
  | { name: "loading" }
  | { name: "waiting" }
  | { name: "ready" }
  | { name: "broken"; retryAt: number }
  | { name: "failed"; code: string }
  | { name: "ended" }
  | { name: "unsupported" };

const WAITING_MS = 1_500;
const BUFFERING_MS = 1_000;
/** A broadcast that has no playlist yet is asked for again so often. */
const ASK_AGAIN_MS = 2_000;
const VOLUME = "sfera.volume";

/** One playlist in one video element, in our words. Everything a page shows of it is a signal. */
export class Player {
  readonly phase = signal<Phase>({ name: "loading" });
  readonly paused = signal(true);
  /** Nothing to show for more than a second. */
  readonly buffering = signal(false);
  readonly position = signal(0);
  readonly duration = signal(0);
  readonly volume = signal(storedVolume());
  readonly muted = signal(false);
  /** The browser lets it play only without sound, until somebody presses something. */
  readonly soundBlocked = signal(false);
  readonly rate = signal(1);
  readonly live = signal(false);
  /** Seconds behind live. */
  readonly lag = signal(0);
  readonly atLive = computed(() => this.live.value && isLive(this.lag.value));
  /** Seconds from the camera to the eye. */
  readonly delay = signal<number | null>(null);
  readonly heights = signal<number[]>([]);
  readonly height = signal<number | null>(null);
  /** The picture's own size, once it is known. */
  readonly ratio = signal(16 / 9);

  private engine: Engine | null = null;
  private readonly retries = new Retries();
  private readonly stop = new AbortController();
  private retryTimer: ReturnType<typeof setTimeout> | undefined;
  private waitingTimer: ReturnType<typeof setTimeout> | undefined;
  private bufferingTimer: ReturnType<typeof setTimeout> | undefined;
  private readonly clock: ReturnType<typeof setInterval>;
  private follows = true;
  private hadMedia = false;

  constructor(
    readonly video: HTMLVideoElement,
    private readonly url: string,
    private readonly asLive: boolean,
  ) {
    this.live.value = asLive;
    video.volume = this.volume.value;
    const on = (name: string, run: () => void): void => video.addEventListener(name, run, { signal: this.stop.signal });
    on("play", () => (this.paused.value = false));
    on("pause", () => (this.paused.value = true));
    on("playing", () => this.onPlaying());
    on("waiting", () => this.onStarving());
    on("seeking", () => this.look());
    on("timeupdate", () => this.look());
    on("durationchange", () => (this.duration.value = Number.isFinite(video.duration) ? video.duration : 0));
    on("volumechange", () => this.onVolume());
    on("ratechange", () => this.onRate());
    on("ended", () => this.onEnded());
    on("resize", () => {
      if (video.videoWidth > 0) this.ratio.value = video.videoWidth / video.videoHeight;
    });
    window.addEventListener("online", () => this.onOnline(), { signal: this.stop.signal });
    this.clock = setInterval(() => this.look(), 1_000);
    if (asLive) {
      this.waitingTimer = setTimeout(() => {
        if (this.phase.peek().name === "loading") this.phase.value = { name: "waiting" };
      }, WAITING_MS);
    }
    void this.begin();
  }

  async play(): Promise<void> {
    this.paused.value = false;
    try {
      await this.video.play();
    } catch (error) {
      if (!(error instanceof DOMException) || error.name !== "NotAllowedError") return;
      // Without a press there is no sound: rather a picture without it than nothing.
      this.video.muted = true;
      this.soundBlocked.value = true;
      await this.video.play().catch(() => (this.paused.value = true));
    }
  }

  toggle(): void {
    if (this.phase.peek().name === "ended") return;
    if (!this.video.paused) {
      this.follows = false;
      this.video.pause();
      return;
    }
    if (this.video.ended) this.video.currentTime = 0;
    void this.play();
  }

  toLive(): void {
    const edge = this.engine?.livePosition();
    this.follows = true;
    if (edge !== null && edge !== undefined) this.video.currentTime = edge;
    void this.play();
  }

  seek(to: number): void {
    this.video.currentTime = to;
    this.look();
  }

  /** So many seconds on or back. */
  step(seconds: number): void {
    const { seekable } = this.video;
    if (seekable.length === 0) return;
    const edge = this.engine?.livePosition() ?? null;
    const last = this.live.peek() && edge !== null ? edge : seekable.end(seekable.length - 1);
    if (seconds < 0) this.follows = false;
    this.seek(stepTo(this.video.currentTime, seconds, seekable.start(0), last));
  }

  /** One picture on or back; only a picture that stands still. */
  frame(direction: 1 | -1): void {
    if (this.video.paused) this.step(direction / 25);
  }

  setVolume(volume: number): void {
    this.video.volume = volume;
    this.video.muted = volume === 0;
    this.soundBlocked.value = false;
  }

  toggleMute(): void {
    this.video.muted = !this.video.muted;
    if (!this.video.muted && this.video.volume === 0) this.video.volume = 0.5;
    this.soundBlocked.value = false;
  }

  setRate(rate: number): void {
    this.video.playbackRate = rate;
    this.rate.value = rate;
  }

  setHeight(height: number | null): void {
    this.engine?.setHeight(height);
    this.height.value = height;
  }

  /** Somebody asks to try again. */
  retry(): void {
    this.retries.reset();
    clearTimeout(this.retryTimer);
    this.phase.value = { name: "loading" };
    if (this.engine) this.engine.load();
    else void this.begin();
  }

  destroy(): void {
    this.stop.abort();
    clearTimeout(this.retryTimer);
    clearTimeout(this.waitingTimer);
    clearTimeout(this.bufferingTimer);
    clearInterval(this.clock);
    this.engine?.destroy();
    this.engine = null;
  }

  private async begin(): Promise<void> {
    try {
      const engine = await makeEngine(this.video, this.url, this.asLive, {
        onReady: () => this.onReady(),
        onLive: (live) => this.onLive(live),
        onBroken: (status, what) => this.onBroken(status, what),
        onHeights: (heights) => (this.heights.value = heights),
      });
      if (this.stop.signal.aborted) return engine.destroy();
      this.engine = engine;
      if (debugging()) Object.assign(window, { sferaPlayer: { engine, player: this, video: this.video } });
      engine.load();
    } catch (error) {
      if (this.stop.signal.aborted) return;
      if (error instanceof Unsupported) this.phase.value = { name: "unsupported" };
      else this.onBroken(0, "player_not_loaded"); // its program did not come: the network
    }
  }

  private onReady(): void {
    clearTimeout(this.waitingTimer);
    const first = !this.hadMedia;
    this.hadMedia = true;
    const { name } = this.phase.peek();
    if (name !== "ended" && name !== "ready") this.phase.value = { name: "ready" };
    if (first && this.asLive) void this.play();
    else this.catchUp();
  }

  private onLive(live: boolean): void {
    // What was loaded as a recording has no live edge, whatever its playlist says of the last minute.
    this.live.value = live && this.asLive;
  }

  private onBroken(status: number, what: string): void {
    if (this.asLive && !this.hadMedia && status >= 400) {
      // It has begun for the platform and not yet for viewers.
      clearTimeout(this.waitingTimer);
      this.phase.value = { name: "waiting" };
      this.retryTimer = setTimeout(() => this.engine?.load(), ASK_AGAIN_MS);
      return;
    }
    const delay = this.retries.broke(performance.now());
    if (delay === null) {
      this.phase.value = { name: "failed", code: status > 0 ? `${what}_${status}` : what };
      return;
    }
    this.phase.value = { name: "broken", retryAt: Date.now() + delay };
    this.retryTimer = setTimeout(() => (this.engine ? this.engine.load() : void this.begin()), delay);
  }

  /** The network is back: why wait to be asked. */
  private onOnline(): void {
    const { name } = this.phase.peek();
    if (name === "broken" || name === "failed") this.retry();
  }

  private onPlaying(): void {
    clearTimeout(this.bufferingTimer);
    this.bufferingTimer = undefined;
    this.retries.plays(performance.now());
    batch(() => {
      this.paused.value = false;
      this.buffering.value = false;
    });
    this.catchUp();
  }

  private onStarving(): void {
    this.retries.starves();
    this.bufferingTimer ??= setTimeout(() => {
      if (!this.video.paused && !this.video.ended) this.buffering.value = true;
    }, BUFFERING_MS);
  }

  private onVolume(): void {
    batch(() => {
      this.volume.value = this.video.volume;
      this.muted.value = this.video.muted || this.video.volume === 0;
      if (!this.video.muted) this.soundBlocked.value = false;
    });
    try {
      localStorage.setItem(VOLUME, String(this.video.volume));
    } catch {
      // Private windows may keep nothing.
    }
  }

  private onRate(): void {
    // Live, hls.js itself plays a little faster to come back to the edge; nobody chose that.
    if (!this.live.peek()) this.rate.value = this.video.playbackRate;
  }

  private onEnded(): void {
    clearTimeout(this.bufferingTimer);
    this.buffering.value = false;
    if (this.asLive) this.phase.value = { name: "ended" };
  }

  /** Who followed the broadcast and lost it is brought back to it. */
  private catchUp(): void {
    this.look();
    const edge = this.engine?.livePosition();
    if (this.live.peek() && edge != null && shouldJump(this.follows && !this.video.paused, this.lag.peek())) {
      this.video.currentTime = edge;
    }
  }

  private look(): void {
    const edge = this.live.peek() ? (this.engine?.livePosition() ?? null) : null;
    const lag = lagOf(this.video.currentTime, edge);
    batch(() => {
      this.position.value = this.video.currentTime;
      this.lag.value = lag;
      this.delay.value = this.live.peek() ? (this.engine?.delay() ?? null) : null;
    });
    if (this.video.paused) return;
    if (edge !== null && isLive(lag)) this.follows = true;
    // hls.js does not end the stream when the last part comes after the playlist's end: its tracker then has the fragment
    // of the playlist before. So nobody waits for the element's own `ended`.
    if (this.asLive && this.buffering.peek() && atEnd(this.video.currentTime, this.engine?.end() ?? null)) this.onEnded();
    // A loss that what was loaded bridged is followed by no event: the picture simply ran on.
    if (this.phase.peek().name === "ready" && this.video.readyState > 2) this.retries.plays(performance.now());
  }
}

function storedVolume(): number {
  try {
    const value = Number(localStorage.getItem(VOLUME) ?? "1");
    return value >= 0 && value <= 1 ? value : 1;
  } catch {
    return 1;
  }
}
