import { describe, expect, test } from "vitest";
import type { Block } from "../src/api/documents";
import { ApiError } from "../src/api/http";
import { asHref, filled, same, tidy, turned } from "../src/features/articles/spans";
import { placeOf, textOf } from "../src/features/documents/place";
import { type Carrier, type CarrierEvents, type Upload, UploadQueue } from "../src/features/documents/queue";

class Van implements Carrier {
  did: string[] = [];
  constructor(readonly events: CarrierEvents<string>) {}
  start = (): void => void this.did.push("start");
  pause = (): void => void this.did.push("pause");
  cancel = (): void => void this.did.push("cancel");
}

function yard() {
  const vans: Van[] = [];
  const reached: string[] = [];
  let all: readonly Upload<string>[] = [];
  let clock = 0;
  const queue = new UploadQueue<string>({
    now: () => clock,
    changed: (list) => (all = list),
    reached: (upload, quarter) => reached.push(`${upload.name} ${quarter}`),
    failed: (upload) => reached.push(`${upload.name} failed`),
  });
  const add = (name: string, size = 100) =>
    queue.add({ name, size } as File, (_, events) => {
      const van = new Van(events);
      vans.push(van);
      return van;
    });
  return { queue, vans, reached, add, states: () => all.map((one) => one.state), all: () => all, pass: (ms: number) => (clock += ms) };
}

describe("files on their way up", () => {
  test("three at once, the next when one has arrived", async () => {
    const { add, vans, states } = yard();
    const made = ["a", "b", "c", "d"].map((name) => add(name).made);
    expect(states()).toEqual(["going", "going", "going", "waiting"]);
    vans[1]?.events.done("file b");
    expect(states()).toEqual(["going", "done", "going", "going"]);
    expect(await made[1]).toBe("file b");
  });

  test("without a network all wait; back again they go on where they were", () => {
    const { queue, add, vans, states } = yard();
    add("a");
    queue.setOnline(false);
    add("b");
    expect(states()).toEqual(["offline", "offline"]);
    expect(vans[0]?.did).toEqual(["start", "pause"]);
    queue.setOnline(true);
    expect(vans[0]?.did).toEqual(["start", "pause", "start"]);
    expect(states()).toEqual(["going", "going"]);
  });

  test("a paused one stays paused when the network comes back, and its place goes to the next", () => {
    const { queue, add, states } = yard();
    const { key } = add("a");
    queue.pause(key);
    queue.setOnline(false);
    queue.setOnline(true);
    expect(states()).toEqual(["paused"]);
    queue.resume(key);
    expect(states()).toEqual(["going"]);
  });

  test("a refusal says why and can be tried again; taken away, nobody waits for it", async () => {
    const { queue, add, vans, all, reached } = yard();
    const { key, made } = add("a");
    vans[0]?.events.failed(new ApiError({ status: 409, code: "quota_exceeded" }));
    expect(all()[0]).toMatchObject({ state: "failed", code: "quota_exceeded" });
    expect(reached).toEqual(["a failed"]);
    queue.resume(key);
    expect(vans[0]?.did).toEqual(["start", "start"]);
    queue.cancel(key);
    expect(await made).toBeNull();
    expect(vans[0]?.did).toContain("cancel");
  });

  test("a reader hears of quarters, each once", () => {
    const { add, vans, reached } = yard();
    add("a");
    for (const sent of [10, 30, 40, 60, 80, 99]) vans[0]?.events.progress(sent);
    vans[0]?.events.done("x");
    expect(reached).toEqual(["a 1", "a 2", "a 3", "a 4"]);
  });

  test("the speed is that of late", () => {
    const { add, vans, all, pass } = yard();
    add("a", 10_000);
    pass(1_000);
    vans[0]?.events.progress(2_000);
    expect(all()[0]?.speed).toBe(2_000);
    pass(1_000);
    vans[0]?.events.progress(3_000);
    expect(all()[0]?.speed).toBeLessThan(2_000);
  });
});

describe("words of an article", () => {
  test("neighbours that look alike are one", () => {
    expect(tidy([{ text: "а", bold: true }, { text: "б", bold: true }, { text: "" }, { text: "в", bold: false, href: null }])).toEqual([
      { text: "аб", bold: true },
      { text: "в" },
    ]);
  });

  test("what one types is a link or is not", () => {
    expect(asHref("school.example/a")).toBe("https://school.example/a");
    expect(asHref("/articles/1")).toBe("/articles/1");
    expect(asHref("vera@school.example")).toBe("mailto:vera@school.example");
    expect(asHref("//elsewhere.example")).toBe("https://elsewhere.example/");
    for (const text of ["javascript:alert(1)", "data:x", " "]) expect(asHref(text), text).toBeNull();
  });

  test("a block that turns into another kind keeps its words", () => {
    const list: Block = { type: "list", ordered: false, items: [[{ text: "один" }], [{ text: "два", bold: true }]] };
    expect(turned(list, "heading")).toEqual({ type: "heading", level: 2, text: "один два" });
    expect(turned(turned({ type: "heading", level: 3, text: "Сад" }, "numbers"), "quote")).toEqual({ type: "quote", text: [{ text: "Сад" }] });
  });

  test("empty lines are not part of it; pictures without words are", () => {
    const picture: Block = { type: "picture", file_id: "f", caption: "", alt: "" };
    expect(filled([{ type: "text", text: [] }, picture, { type: "list", ordered: false, items: [[], [{ text: " " }]] }])).toEqual([picture]);
  });

  test("the same words are the same, in whatever order they were written down", () => {
    const a = { title: "т", blocks: [{ type: "text", text: [{ text: "а", bold: false, italic: false, href: null }] }] as Block[] };
    const b = { title: "т", blocks: [{ text: [{ text: "а" }], type: "text" }, { type: "text", text: [] }] as Block[] };
    expect(same(a, b)).toBe(true);
    expect(same(a, { ...b, title: "т2" })).toBe(false);
  });
});

test("a place keeps its address", () => {
  for (const text of ["mine", "school:a:b", "class:7"]) expect(textOf(placeOf(text))).toBe(text);
  expect(placeOf("nonsense")).toEqual({ kind: "own", id: null });
});
