import { describe, expect, it } from "vitest";
import { delayBetween, FREE, type PairState, type Playout, steer } from "../src/media/lips";

/** A browser's two jitter buffers: each waits at least for its target, and takes its time to get there. */
class Pair {
  state: PairState = FREE;
  private audio: number;
  private video: number;

  constructor(
    private lag: number,
    private naturalAudio: number,
    private naturalVideo: number,
  ) {
    this.audio = naturalAudio;
    this.video = naturalVideo;
  }

  /** Voice ahead of picture, ms: `lag` is by how much the picture comes later on its way. */
  get skew(): number {
    return this.lag + this.video - this.audio;
  }

  change(lag: number): void {
    this.lag = lag;
  }

  second(): void {
    this.state = steer(this.state, { skew: this.skew, audioDelay: this.audio, videoDelay: this.video });
    this.audio += (Math.max(this.naturalAudio, this.state.audioTarget ?? 0) - this.audio) * 0.8;
    this.video += (Math.max(this.naturalVideo, this.state.videoTarget ?? 0) - this.video) * 0.8;
  }

  run(seconds: number): void {
    for (let i = 0; i < seconds; i++) this.second();
  }
}

describe("lips", () => {
  it.each([0, 20, -20])("a skew of %i ms is left alone", (skew) => {
    expect(steer(FREE, { skew, audioDelay: 60, videoDelay: 60 })).toEqual(FREE);
  });

  it.each([300, 150, 90, -90, -150, -400])("a skew of %i ms is under 80 ms within ten seconds, and stays", (lag) => {
    const pair = new Pair(lag, 60, 60);
    pair.run(12);
    for (let second = 0; second < 60; second++) {
      pair.second();
      expect(Math.abs(pair.skew)).toBeLessThan(80);
    }
  });

  it("moves in small steps", () => {
    const pair = new Pair(500, 60, 60);
    let before = 60;
    for (let second = 0; second < 20; second++) {
      pair.second();
      const now = pair.state.audioTarget ?? before;
      expect(Math.abs(now - before)).toBeLessThanOrEqual(101);
      before = now;
    }
  });

  it("lets go when it is no longer needed", () => {
    const pair = new Pair(200, 60, 60);
    pair.run(20);
    expect(pair.state.audioTarget).not.toBeNull();
    pair.change(0);
    pair.run(40);
    expect(Math.abs(pair.skew)).toBeLessThan(80);
    expect(pair.state.audioTarget ?? 0).toBeLessThan(120);
    expect(pair.state.videoTarget).toBeNull();
  });

  it("never holds both back for nothing", () => {
    const state = steer({ audioTarget: 200, videoTarget: 150 }, { skew: 0, audioDelay: 200, videoDelay: 150 });
    expect(Math.min(state.audioTarget ?? 0, state.videoTarget ?? 0)).toBe(0);
  });

  it("reads the wait between two looks", () => {
    const look = (delaySum: number, delayCount: number): Playout => ({ position: null, delaySum, delayCount });
    expect(delayBetween(undefined, look(6, 100))).toBe(60);
    expect(delayBetween(look(6, 100), look(10, 200))).toBeCloseTo(40);
    expect(delayBetween(look(6, 100), look(6, 100))).toBe(0);
  });
});
