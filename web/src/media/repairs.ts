import { holdBack } from "./jitter";
import type { Slot } from "./link";

/**
 * Room for repairs, where a line loses packets.
 *
 * What is lost is asked for again and comes a round trip later. But the request may be lost as well, or what it brings, and
 * then the browser lets 100 ms go by before it asks again: longer than it holds pictures back by itself, so that each time
 * the picture stands still. On such a line pictures are held back until a second request has had its time.
 */

const EVERY_MS = 1_000;
const HELD_BACK_MS = 200;
/** What came and was asked for counts a tenth less every second. */
const MEMORY = 0.9;
/** So many packets must be known of before anything is said of a line. */
const ENOUGH = 30;
const LOSSY = 0.02;
const CLEAN = 0.005;

/** One look at an inbound stream's statistics: both only ever rise. */
export interface Counts {
  came: number;
  askedFor: number;
}

/** Whether a line loses packets, by the looks at one stream that it carries. */
export class Losses {
  lossy = false;
  private before: Counts | null = null;
  private came = 0;
  private askedFor = 0;

  look(now: Counts): void {
    const { before } = this;
    this.before = now;
    if (!before || now.came < before.came || now.askedFor < before.askedFor) return;
    this.came = this.came * MEMORY + now.came - before.came;
    this.askedFor = this.askedFor * MEMORY + now.askedFor - before.askedFor;
    if (this.came < ENOUGH) return;
    const share = this.askedFor / this.came;
    if (share > LOSSY) this.lossy = true;
    else if (share < CLEAN) this.lossy = false;
  }
}

/** Looks at all pictures of a lesson once a second and holds back those on a lossy line. */
export class RepairRoom {
  private readonly losses = new WeakMap<RTCRtpReceiver, Losses>();
  private readonly slots: () => Slot[];
  private readonly connections: () => RTCPeerConnection[];
  private timer: ReturnType<typeof setInterval> | null = null;

  constructor(slots: () => Slot[], connections: () => RTCPeerConnection[]) {
    this.slots = slots;
    this.connections = connections;
  }

  start(): void {
    this.timer ??= setInterval(() => void this.look(), EVERY_MS);
  }

  stop(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
  }

  private async look(): Promise<void> {
    const receivers = new Map<unknown, RTCRtpReceiver>();
    for (const slot of this.slots()) if (slot.kind === "video") receivers.set(slot.track.id, slot.receiver);
    for (const connection of this.connections()) {
      // One that is being closed has no statistics; the next look is a second away.
      const report = await connection.getStats().catch(() => null);
      for (const stats of (report?.values() ?? []) as IterableIterator<Record<string, unknown>>) {
        const receiver = stats.type === "inbound-rtp" ? receivers.get(stats.trackIdentifier) : undefined;
        if (receiver) this.judge(receiver, stats);
      }
    }
  }

  private judge(receiver: RTCRtpReceiver, stats: Record<string, unknown>): void {
    let losses = this.losses.get(receiver);
    if (!losses) this.losses.set(receiver, (losses = new Losses()));
    losses.look({
      came: (stats.packetsReceived as number | undefined) ?? 0,
      askedFor: (stats.nackCount as number | undefined) ?? 0,
    });
    holdBack(receiver, "repairs", losses.lossy ? HELD_BACK_MS : null);
  }
}
