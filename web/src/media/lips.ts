/**
 * Keeping lips and voice together.
 *
 * A voice slot and the picture slot with the same number share a stream id, so the browser measures when each plays
 * (`estimatedPlayoutTimestamp`) and steers them by itself, up to 80 ms a second. This controller does what is left:
 * it holds back whichever of the two is ahead, in small steps, and lets go again as soon as that is not needed.
 */

export interface PairState {
  /** `jitterBufferTarget` of the receivers in ms; null leaves the browser alone. */
  audioTarget: number | null;
  videoTarget: number | null;
}

export interface PairReading {
  /** What audio plays now minus what video plays now, ms of the sender's clock: positive when the voice is ahead. */
  skew: number;
  /** How long audio waits in its jitter buffer, ms. */
  audioDelay: number;
  videoDelay: number;
}

export const FREE: PairState = { audioTarget: null, videoTarget: null };

/** The browser itself leaves 30 ms alone; nobody sees less than that. */
const DEADBAND_MS = 30;
const GAIN = 0.6;
const MAX_STEP_MS = 100;
const MAX_TARGET_MS = 1_000;
/** A target so small, or so far under the true delay, does nothing: let go of it. */
const SMALL_TARGET_MS = 20;
const UNUSED_BY_MS = 120;

/** The next targets, once a second. */
export function steer(state: PairState, reading: PairReading): PairState {
  let audio = letGo(state.audioTarget, reading.audioDelay);
  let video = letGo(state.videoTarget, reading.videoDelay);
  if (audio !== null && video !== null) {
    // Both held back: only the difference matters.
    const both = Math.min(audio, video);
    audio -= both;
    video -= both;
  }
  const excess = Math.abs(reading.skew) - DEADBAND_MS / 2;
  if (Math.abs(reading.skew) > DEADBAND_MS) {
    const step = Math.min(GAIN * excess, MAX_STEP_MS);
    if (reading.skew > 0) [video, audio] = shift(video, audio, step, reading.audioDelay);
    else [audio, video] = shift(audio, video, step, reading.videoDelay);
  }
  return { audioTarget: tidy(audio), videoTarget: tidy(video) };
}

/** Takes `step` off what the late one is held back by; only what remains is put onto the early one. */
function shift(late: number | null, early: number | null, step: number, earlyDelay: number): [number | null, number | null] {
  if (late !== null && late > 0) {
    const given = Math.min(late, step);
    late -= given;
    step -= given;
  }
  if (step > 0) early = Math.max(early ?? 0, Math.min(earlyDelay, MAX_TARGET_MS)) + step;
  return [late, early];
}

function letGo(target: number | null, delay: number): number | null {
  return target !== null && delay - target > UNUSED_BY_MS ? null : target;
}

function tidy(target: number | null): number | null {
  if (target === null || target < SMALL_TARGET_MS) return null;
  return Math.round(Math.min(target, MAX_TARGET_MS));
}

/** One look at an inbound stream's statistics. */
export interface Playout {
  /** `estimatedPlayoutTimestamp` minus the time of the report, ms; null while the browser cannot tell. */
  position: number | null;
  delaySum: number;
  delayCount: number;
}

export function readPlayout(report: RTCStatsReport): Playout | null {
  for (const stats of report.values() as IterableIterator<Record<string, unknown>>) {
    if (stats.type !== "inbound-rtp") continue;
    const playout = stats.estimatedPlayoutTimestamp as number | undefined;
    return {
      position: playout ? playout - (stats.timestamp as number) : null,
      delaySum: (stats.jitterBufferDelay as number | undefined) ?? 0,
      delayCount: (stats.jitterBufferEmittedCount as number | undefined) ?? 0,
    };
  }
  return null;
}

/** Mean wait in the jitter buffer between two looks, ms. */
export function delayBetween(before: Playout | undefined, after: Playout): number {
  const count = after.delayCount - (before?.delayCount ?? 0);
  return count > 0 ? ((after.delaySum - (before?.delaySum ?? 0)) / count) * 1000 : 0;
}
