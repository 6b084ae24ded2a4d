import { describe, expect, test } from "vitest";
import { retryDelay } from "../src/media/backoff";
import { loudness } from "../src/media/level";
import { ViewPacer } from "../src/media/pacing";

const wish = (track: string | null, height: number) => new Map([["v1", { track, height }]]);

describe("telling the room what is on the screen", () => {
  test("the first wish is said at once, and only once", () => {
    const pacer = new ViewPacer();
    pacer.wish(wish("a", 360), 0);
    expect(pacer.take(0)).toEqual([{ slot: "v1", track: "a", max_height: 360 }]);
    pacer.wish(wish("a", 360), 600);
    expect(pacer.take(5000)).toBeNull();
    expect(pacer.nextAt()).toBeNull();
  });

  test("a smaller picture is asked for at once, a larger one when the wish has stood for a second", () => {
    const pacer = new ViewPacer();
    pacer.wish(wish("a", 360), 0);
    pacer.take(0);
    pacer.wish(wish("a", 720), 1000);
    expect(pacer.take(1999)).toBeNull();
    expect(pacer.nextAt()).toBe(2000);
    expect(pacer.take(2000)).toEqual([{ slot: "v1", track: "a", max_height: 720 }]);
    pacer.wish(wish("a", 180), 3000);
    expect(pacer.take(3000)).toEqual([{ slot: "v1", track: "a", max_height: 180 }]);
  });

  test("another track is shown at once, whatever its height", () => {
    const pacer = new ViewPacer();
    pacer.wish(wish("a", 180), 0);
    pacer.take(0);
    pacer.wish(wish("b", 720), 600);
    expect(pacer.take(600)).toEqual([{ slot: "v1", track: "b", max_height: 720 }]);
  });

  test("never more than two messages a second, and none of them is lost", () => {
    const pacer = new ViewPacer();
    pacer.wish(wish("a", 360), 0);
    pacer.take(0);
    pacer.wish(wish("b", 360), 100);
    expect(pacer.take(100)).toBeNull();
    expect(pacer.nextAt()).toBe(500);
    pacer.wish(wish("c", 360), 300);
    expect(pacer.take(500)).toEqual([{ slot: "v1", track: "c", max_height: 360 }]);
  });

  test("a slot without a track names none", () => {
    const pacer = new ViewPacer();
    pacer.wish(wish(null, 0), 0);
    expect(pacer.take(0)).toEqual([{ slot: "v1", max_height: 0 }]);
  });

  test("after a reset everything is said again", () => {
    const pacer = new ViewPacer();
    pacer.wish(wish("a", 360), 0);
    pacer.take(0);
    pacer.reset();
    expect(pacer.take(1)).toEqual([{ slot: "v1", track: "a", max_height: 360 }]);
  });
});

describe("coming back after a loss", () => {
  test("a media process that is back within five seconds is found within 700 ms, by every page", () => {
    for (let attempt = 0; attempt < 20; attempt++) expect(retryDelay(attempt, 5_000, 1)).toBeLessThanOrEqual(700);
    expect(retryDelay(0, 0, 0)).toBe(200);
  });

  test("later it waits longer, never more than about six seconds, and a class does not come all at once", () => {
    const waits = [10_000, 14_000, 18_000, 22_000, 60_000].map((elapsed) => retryDelay(9, elapsed, 0.5));
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(retryDelay(9, 600_000, 1)).toBeLessThanOrEqual(6_250);
    expect(retryDelay(9, 600_000, 0)).toBeLessThan(retryDelay(9, 600_000, 1));
  });
});

test("loudness follows the ear: silence is 0, a shout is 1, ten times the amplitude is 20 dB", () => {
  expect([loudness(0), loudness(0.0005), loudness(1)]).toEqual([0, 0, 1]);
  expect(loudness(0.1) - loudness(0.01)).toBeCloseTo(20 / 50);
});
