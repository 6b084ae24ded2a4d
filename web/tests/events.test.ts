import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type EventListener, EventStream, MEMBERSHIP_LOST, SESSION_OVER, type Socket, waitBefore } from "../src/api/events";

class Line implements Socket {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  said: string[] = [];
  closed = false;
  send(text: string): void {
    this.said.push(text);
  }
  close(): void {
    this.closed = true;
  }
  tell(type: string, cursor: string, items: unknown[] = []): void {
    this.onmessage?.({ data: JSON.stringify({ type, cursor, items }) });
  }
}

let lines: Line[] = [];
let heard: string[] = [];
const listener: EventListener = {
  ready: () => heard.push("ready"),
  events: (items) => heard.push(...items.map((one) => one.kind)),
  resync: () => heard.push("resync"),
  membershipLost: () => heard.push("membership"),
  over: () => heard.push("over"),
  down: () => heard.push("down"),
};
const make = (): EventStream =>
  new EventStream(
    () => {
      const line = new Line();
      lines.push(line);
      return line;
    },
    listener,
    () => 0.5,
  );
const at = (index: number): Line => {
  const line = lines[index];
  if (!line) throw new Error(`no connection ${index}`);
  return line;
};

beforeEach(() => {
  lines = [];
  heard = [];
  vi.useFakeTimers();
});
afterEach(() => vi.useRealTimers());

test("goes on behind the last event when the connection was lost", () => {
  const stream = make();
  stream.start();
  at(0).onopen?.();
  expect(at(0).said).toEqual(['{"resume_after":null}']);
  at(0).tell("ready", "10");
  at(0).tell("events", "12", [{ kind: "lesson.started", subject: "l1", at: "" }]);
  at(0).onclose?.({ code: 1006 });
  expect(heard).toEqual(["ready", "lesson.started", "down"]);
  vi.advanceTimersByTime(waitBefore(0, 0.5));
  at(1).onopen?.();
  expect(at(1).said).toEqual(['{"resume_after":"12"}']);
  stream.stop();
});

test("a cursor that comes without news is kept, and nobody is bothered", () => {
  const stream = make();
  stream.start();
  at(0).tell("events", "99");
  at(0).onclose?.({ code: 1001 });
  vi.advanceTimersByTime(60_000);
  at(1).onopen?.();
  expect(at(1).said).toEqual(['{"resume_after":"99"}']);
  expect(heard).toEqual(["down"]);
  stream.stop();
});

test("a session that is over is not tried again", () => {
  const stream = make();
  stream.start();
  at(0).tell("ready", "1");
  at(0).onclose?.({ code: SESSION_OVER });
  vi.advanceTimersByTime(600_000);
  expect(heard).toEqual(["ready", "over"]);
  expect(lines.length).toBe(1);
});

test("a lost membership connects again at once", () => {
  const stream = make();
  stream.start();
  at(0).tell("ready", "1");
  at(0).onclose?.({ code: MEMBERSHIP_LOST });
  vi.advanceTimersByTime(0);
  expect(lines.length).toBe(2);
  expect(heard).toEqual(["ready", "down", "membership"]);
  stream.stop();
});

test("what the server does not understand is not said twice", () => {
  const stream = make();
  stream.start();
  at(0).tell("ready", "odd");
  at(0).onclose?.({ code: 4400 });
  vi.advanceTimersByTime(60_000);
  at(1).onopen?.();
  expect(at(1).said).toEqual(['{"resume_after":null}']);
  stream.stop();
});

test("says whether something may have happened before it was there", () => {
  const told: boolean[] = [];
  const stream = new EventStream(
    () => {
      const line = new Line();
      lines.push(line);
      return line;
    },
    { ...listener, ready: (anew) => told.push(anew) },
    () => 0.5,
  );
  stream.start();
  at(0).tell("ready", "1");
  at(0).onclose?.({ code: 1006 });
  vi.advanceTimersByTime(1_000);
  at(1).tell("ready", "1");
  expect(told).toEqual([true, false]);
  stream.stop();
});

test("too much was missed: everything is read anew", () => {
  const stream = make();
  stream.start();
  at(0).tell("resync_required", "500");
  expect(heard).toEqual(["resync", "ready"]);
  stream.stop();
});

test("a connection that says nothing is given up", () => {
  const stream = make();
  stream.start();
  at(0).tell("ready", "1");
  vi.advanceTimersByTime(100_000);
  expect(at(0).closed).toBe(true);
  expect(lines.length).toBeGreaterThan(1);
  stream.stop();
  const count = lines.length;
  vi.advanceTimersByTime(600_000);
  expect(lines.length).toBe(count);
});

test("waits longer after each failure, half a minute at most, never all at the same moment", () => {
  expect([0, 1, 2, 20].map((tries) => waitBefore(tries, 0.5))).toEqual([300, 600, 1_200, 30_000]);
  expect(waitBefore(3, 0)).toBeLessThan(waitBefore(3, 1));
});

test("the network's return is used at once", () => {
  const stream = make();
  stream.start();
  for (let tries = 0; tries < 8; tries++) {
    at(lines.length - 1).onclose?.({ code: 1006 });
    vi.advanceTimersByTime(60_000);
  }
  at(lines.length - 1).onclose?.({ code: 1006 });
  const count = lines.length;
  stream.hurry();
  expect(lines.length).toBe(count + 1);
  stream.stop();
});
