import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ApiError } from "../src/api/http";
import { Outbox, type Outgoing } from "../src/features/messages/outbox";

/** A chat at the other end: it keeps what it was sent, once for each client id. */
class Chat {
  got: string[] = [];
  refusal: ApiError | null = null;
  /** The message arrives and its answer is lost. */
  mute = false;
  tries = 0;

  async send(one: Outgoing): Promise<string> {
    this.tries += 1;
    if (this.refusal) throw this.refusal;
    if (!this.got.includes(one.key)) this.got.push(one.key);
    if (this.mute) throw new ApiError({ status: 0, code: "offline" });
    return one.key;
  }
}

class Kept {
  held = new Map<string, Outgoing>();
  all = async (): Promise<Outgoing[]> => [...this.held.values()];
  keep = async (one: Outgoing): Promise<void> => void this.held.set(one.key, one);
  drop = async (key: string): Promise<void> => void this.held.delete(key);
}

const offline = new ApiError({ status: 0, code: "offline" });
let chat: Chat;
let kept: Kept;
let shown: readonly Outgoing[];
let refused: string[];

const open = (): Outbox<string> =>
  new Outbox({
    shelf: kept,
    send: (one) => chat.send(one),
    sent: () => {},
    changed: (all) => (shown = all),
    refused: (one) => refused.push(one.key),
  });
const write = (outbox: Outbox<string>, key: string, to = "c1"): void =>
  outbox.add({ key, chat: to, at: Number(key.slice(1)), body: { text: key } });
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

beforeEach(() => {
  vi.useFakeTimers();
  chat = new Chat();
  kept = new Kept();
  shown = [];
  refused = [];
});
afterEach(() => vi.useRealTimers());

test("messages arrive in the order they were written", async () => {
  const outbox = open();
  for (const key of ["m1", "m2", "m3"]) write(outbox, key);
  await settle();
  expect(chat.got).toEqual(["m1", "m2", "m3"]);
  expect(shown).toEqual([]);
  expect(kept.held.size).toBe(0);
});

test("without a network they wait, and go when it is back", async () => {
  chat.refusal = offline;
  const outbox = open();
  write(outbox, "m1");
  write(outbox, "m2");
  await settle();
  expect(shown.map((one) => one.state)).toEqual(["waiting", "waiting"]);
  chat.refusal = null;
  outbox.hurry();
  await settle();
  expect(chat.got).toEqual(["m1", "m2"]);
});

test("nobody has to press anything: it is tried again by itself, ever more seldom", async () => {
  chat.refusal = offline;
  const outbox = open();
  write(outbox, "m1");
  await vi.advanceTimersByTimeAsync(60_000);
  const tries = chat.tries;
  expect(tries).toBeGreaterThan(3);
  expect(tries).toBeLessThan(12);
  chat.refusal = null;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(chat.got).toEqual(["m1"]);
});

test("an answer that is lost makes nothing twice", async () => {
  chat.mute = true;
  const outbox = open();
  write(outbox, "m1");
  await settle();
  chat.mute = false;
  await vi.advanceTimersByTimeAsync(2_000);
  expect(chat.got).toEqual(["m1"]);
  expect(shown).toEqual([]);
});

test("what waited when the page was left goes on in the next one, before what is written there", async () => {
  chat.refusal = offline;
  const left = open();
  write(left, "m1");
  write(left, "m2");
  await settle();
  left.stop();
  chat.refusal = null;
  const outbox = open();
  write(outbox, "m3");
  await outbox.start();
  await settle();
  expect([...chat.got].sort()).toEqual(["m1", "m2", "m3"]);
  expect(chat.got.indexOf("m1")).toBeLessThan(chat.got.indexOf("m2"));
  expect(kept.held.size).toBe(0);
});

test("what is refused stays, says why, and holds up nobody", async () => {
  chat.refusal = new ApiError({ status: 422, code: "restricted_word", word: "дурак" });
  const outbox = open();
  write(outbox, "m1");
  await settle();
  expect(shown).toMatchObject([{ key: "m1", state: "failed", code: "restricted_word", word: "дурак" }]);
  expect(refused).toEqual(["m1"]);
  chat.refusal = null;
  write(outbox, "m2");
  await settle();
  expect(chat.got).toEqual(["m2"]);
  outbox.again("m1");
  await settle();
  expect(chat.got).toEqual(["m2", "m1"]);
});

test("a failed send is still there after the page was loaded anew, and is not sent by itself", async () => {
  chat.refusal = new ApiError({ status: 403, code: "not_a_contact" });
  const left = open();
  write(left, "m1");
  await settle();
  chat.refusal = null;
  const outbox = open();
  await outbox.start();
  await settle();
  expect(chat.got).toEqual([]);
  outbox.drop("m1");
  expect(shown).toEqual([]);
  expect(kept.held.size).toBe(0);
});

test("one chat that is slow does not hold up another", async () => {
  const outbox = open();
  let free: () => void = () => {};
  const send = chat.send.bind(chat);
  chat.send = async (one) => {
    if (one.chat === "slow") await new Promise<void>((done) => (free = done));
    return send(one);
  };
  write(outbox, "m1", "slow");
  write(outbox, "m2", "quick");
  await settle();
  expect(chat.got).toEqual(["m2"]);
  free();
  await settle();
  expect(chat.got).toEqual(["m2", "m1"]);
});

test("the platform says when to come back", async () => {
  chat.refusal = new ApiError({ status: 429, code: "too_many_requests" }, 20);
  const outbox = open();
  write(outbox, "m1");
  await vi.advanceTimersByTimeAsync(19_000);
  expect(chat.tries).toBe(1);
  chat.refusal = null;
  await vi.advanceTimersByTimeAsync(1_500);
  expect(chat.got).toEqual(["m1"]);
});
