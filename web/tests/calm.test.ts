import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Calm } from "../src/app/calm";

describe("what many pages would do at once", () => {
  let done: number[];
  let calm: Calm;
  beforeEach(() => {
    vi.useFakeTimers({ now: 10_000 });
    done = [];
    calm = new Calm(() => {
      done.push(Date.now());
      calm.done();
    }, 1_000);
  });
  afterEach(() => vi.useRealTimers());

  test("is done once, at the earliest moment that was asked for", () => {
    calm.soon(800);
    calm.soon(300);
    calm.soon(600);
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual([10_300]);
  });

  test("is done so often at most, and what is asked for meanwhile is not forgotten", () => {
    calm.soon(0);
    vi.advanceTimersByTime(100);
    calm.soon(50);
    calm.soon(0);
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual([10_000, 11_000]);
  });

  test("counts from when it was done, whoever did it", () => {
    calm.done();
    calm.soon(0);
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual([11_000]);
  });

  test("is not done any more once it was stopped", () => {
    calm.soon(500);
    calm.stop();
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual([]);
    calm.soon(0);
    vi.advanceTimersByTime(5_000);
    expect(done).toEqual([15_000]);
  });
});
