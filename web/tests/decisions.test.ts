import { afterEach, beforeEach, expect, test, vi } from "vitest";

const told: string[] = [];
const refusals = new Set<string>();
vi.mock("../src/app/announce", () => ({ announce: () => {} }));
vi.mock("../src/api/school", async () => {
  const { ApiError } = await import("../src/api/http");
  const tell = (verdict: string) => async (id: string) => {
    if (refusals.has(id)) throw new ApiError({ status: 409, code: "request_decided" });
    told.push(`${verdict} ${id}`);
  };
  return { acceptRequest: tell("accept"), declineRequest: tell("decline") };
});
const { decide, decided, flush, refused } = await import("../src/features/school/decisions");
const { hideToast, holdToast, toast } = await import("../src/app/toast");

beforeEach(() => void vi.useFakeTimers());

afterEach(() => {
  flush();
  hideToast();
  told.length = 0;
  refusals.clear();
  vi.useRealTimers();
});

test("the platform is told when the toast is gone, not before", async () => {
  const sent = vi.fn();
  decide(["a", "b"], "accept", sent);
  expect([...decided.value]).toEqual(["a", "b"]);
  await vi.advanceTimersByTimeAsync(9_900);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(told).toEqual(["accept a", "accept b"]);
  expect(sent).toHaveBeenCalledOnce();
});

test("who reaches for the toast has as long as they like", async () => {
  decide(["c"], "decline", () => {});
  holdToast(true);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual([]);
  holdToast(false);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(told).toEqual(["decline c"]);
});

test("what is taken back was never said", async () => {
  decide(["d"], "accept", () => {});
  toast.value?.action?.run();
  hideToast();
  expect(decided.value.has("d")).toBe(false);
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual([]);
});

test("the next decision settles the one before", async () => {
  decide(["e"], "accept", () => {});
  decide(["f"], "decline", () => {});
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["accept e"]);
  toast.value?.action?.run();
  await vi.advanceTimersByTimeAsync(20_000);
  expect(told).toEqual(["accept e"]);
});

test("leaving the page tells at once", async () => {
  decide(["g", "h"], "accept", () => {});
  flush();
  await vi.advanceTimersByTimeAsync(0);
  expect(told).toEqual(["accept g", "accept h"]);
});

test("what the platform refuses comes back with its reason", async () => {
  refusals.add("i");
  decide(["i", "j"], "accept", () => {});
  await vi.advanceTimersByTimeAsync(10_100);
  expect(told).toEqual(["accept j"]);
  expect(refused.value.get("i")?.code).toBe("request_decided");
  expect([decided.value.has("i"), decided.value.has("j")]).toEqual([false, true]);
});
