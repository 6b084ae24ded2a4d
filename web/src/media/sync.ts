import { holdBack } from "./jitter";
import { delayBetween, FREE, type PairState, type Playout, readPlayout, steer } from "./lips";
import type { Slot } from "./link";

const EVERY_MS = 1_000;
/** Looks to let pass after a slot got another source: the browser's own estimate has to settle first. */
const SETTLE_LOOKS = 2;

/** A voice and a picture of one person, and the slots that carry them now. */
export interface LivePair {
  audio: Slot;
  video: Slot;
  /** The two tracks: another value means another source, and a new start. */
  key: string;
}

interface Watched {
  key: string;
  state: PairState;
  looks: number;
  before: { audio?: Playout; video?: Playout };
}

/** Looks at every live pair once a second and steers it by `steer`. */
export class LipSync {
  private readonly watched = new Map<string, Watched>();
  private readonly pairs: () => LivePair[];
  private timer: ReturnType<typeof setInterval> | null = null;
  private busy = false;

  constructor(pairs: () => LivePair[]) {
    this.pairs = pairs;
  }

  start(): void {
    this.timer ??= setInterval(() => void this.look(), EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    this.watched.clear();
  }

  private async look(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    try {
      const pairs = this.pairs();
      const live = new Set(pairs.map((pair) => pair.audio.id));
      for (const id of [...this.watched.keys()]) if (!live.has(id)) this.watched.delete(id);
      for (const pair of pairs) await this.lookAt(pair);
    } catch {
      // A receiver whose connection is being closed has no statistics; the next look is a second away.
    } finally {
      this.busy = false;
    }
  }

  private async lookAt({ audio, video, key }: LivePair): Promise<void> {
    let watched = this.watched.get(audio.id);
    if (watched?.key !== key) {
      watched = { key, state: FREE, looks: 0, before: {} };
      this.watched.set(audio.id, watched);
      holdBack(audio.receiver, "lips", null);
      holdBack(video.receiver, "lips", null);
    }
    const [audioReport, videoReport] = await Promise.all([audio.receiver.getStats(), video.receiver.getStats()]);
    const heard = readPlayout(audioReport);
    const seen = readPlayout(videoReport);
    if (!heard || !seen) return;
    const reading = {
      audioDelay: delayBetween(watched.before.audio, heard),
      videoDelay: delayBetween(watched.before.video, seen),
    };
    watched.before = { audio: heard, video: seen };
    if (++watched.looks <= SETTLE_LOOKS || heard.position === null || seen.position === null) return;
    watched.state = steer(watched.state, { skew: heard.position - seen.position, ...reading });
    holdBack(audio.receiver, "lips", watched.state.audioTarget);
    holdBack(video.receiver, "lips", watched.state.videoTarget);
  }
}
