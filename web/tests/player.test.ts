import { describe, expect, test } from "vitest";
import { playerKey } from "../src/player/keys";
import { atEnd, isLive, lagOf, shouldJump, stepTo } from "../src/player/live";
import { HEALTHY_MS, Retries } from "../src/player/retries";

describe("coming back", () => {
  test("it tries after 1, 2, 4 and 8 s, then waits to be asked", () => {
    const retries = new Retries();
    expect([0, 1, 2, 3, 4, 5].map((n) => retries.broke(n * 20_000))).toEqual([1_000, 2_000, 4_000, 8_000, null, null]);
    retries.reset();
    expect(retries.broke(0)).toBe(1_000);
  });

  test("what plays well for a while has forgotten what went wrong", () => {
    const retries = new Retries();
    retries.broke(0);
    retries.plays(1_000);
    expect(retries.broke(1_000 + HEALTHY_MS - 1)).toBe(2_000);
    retries.plays(20_000);
    retries.plays(25_000); // it goes on playing: the time runs from the first
    expect(retries.broke(20_000 + HEALTHY_MS)).toBe(1_000);
  });

  test("a picture that starves between has not played well", () => {
    const retries = new Retries();
    retries.broke(0);
    retries.plays(0);
    retries.starves();
    retries.plays(9_000);
    expect(retries.broke(12_000)).toBe(2_000);
    expect(retries.count).toBe(2);
  });
});

describe("live", () => {
  test("within two seconds of the aim is live", () => {
    expect(isLive(lagOf(98.1, 100))).toBe(true);
    expect(isLive(lagOf(97.9, 100))).toBe(false);
    expect(lagOf(101, 100)).toBe(0);
    expect(lagOf(50, null)).toBe(0);
  });

  test("only who follows and is far behind is brought back", () => {
    expect(shouldJump(true, 4.5)).toBe(true);
    expect(shouldJump(true, 3)).toBe(false);
    expect(shouldJump(false, 60)).toBe(false);
  });

  test("a picture that starves at the end of what exists has ended", () => {
    expect(atEnd(84.2, 84.3)).toBe(true);
    expect(atEnd(84.4, 84.3)).toBe(true);
    expect(atEnd(83.7, 84.3)).toBe(false);
    expect(atEnd(84.2, null)).toBe(false); // it goes on
  });

  test.each([
    [50, 10, 0, 100, 60],
    [50, -60, 0, 100, 0],
    [95, 10, 0, 100, 100],
    [30, -10, 28, 100, 28],
    [30, 10, 40, 20, 40], // a window of no length
  ])("from %d by %d between %d and %d leads to %d", (position, step, first, last, there) => {
    expect(stepTo(position, step, first, last)).toBe(there);
  });
});

describe("keys", () => {
  const plain = { ctrlKey: false, altKey: false, metaKey: false, shiftKey: false };

  test.each([
    ["KeyK", "toggle"],
    ["Space", "toggle"],
    ["KeyJ", "back"],
    ["KeyL", "forward"],
    ["Comma", "frameBack"],
    ["Period", "frameForward"],
    ["KeyM", "mute"],
    ["KeyF", "full"],
    ["ArrowLeft", "shortBack"],
    ["ArrowRight", "shortForward"],
    ["KeyA", null],
  ])("%s", (code, key) => {
    expect(playerKey({ code, ...plain })).toBe(key);
    expect(playerKey({ code, ...plain, ctrlKey: true })).toBeNull();
    expect(playerKey({ code, ...plain, shiftKey: true })).toBeNull();
  });
});
