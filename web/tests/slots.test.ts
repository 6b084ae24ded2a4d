import { describe, expect, it } from "vitest";
import { assignSlots, slotsFor } from "../src/media/slots";

describe("slots", () => {
  it("come in steps", () => {
    expect([0, 1, 2, 4, 5, 9, 10, 16, 17, 25, 26, 49, 60].map((tiles) => slotsFor(tiles, false))).toEqual([
      1, 1, 4, 4, 9, 9, 16, 16, 25, 25, 49, 49, 49,
    ]);
    expect([slotsFor(4, true), slotsFor(49, true)]).toEqual([5, 50]);
  });

  const slots = ["s0", "s1", "s2", "s3"];
  const none = new Map<string, string>();
  const silent = [null, null, null];
  const screens = new Set<string>();

  it("leave every picture where it is", () => {
    const asked = new Map([["s3", "a"], ["s0", "b"]]);
    const plan = assignSlots({ slots, wanted: ["b", "a", "c"], asked, fed: asked, voices: silent, newVoices: silent, screens });
    expect(plan.get("s3")).toBe("a");
    expect(plan.get("s0")).toBe("b");
    expect([...plan.values()].sort()).toEqual(["a", "b", "c"]);
  });

  it("keep the slots paired with voices free as long as they can", () => {
    const plan = assignSlots({ slots, wanted: ["a"], asked: none, fed: none, voices: silent, newVoices: silent, screens });
    expect([...plan]).toEqual([["s3", "a"]]);
  });

  it("put the new picture of somebody who speaks beside the voice at once, and move none for it", () => {
    const newVoices = [null, "a", "b"];
    const asked = new Map([["s3", "b"]]);
    const plan = assignSlots({ slots, wanted: ["a", "b"], asked, fed: none, voices: silent, newVoices, screens });
    expect(Object.fromEntries(plan)).toEqual({ s1: "a", s3: "b" });
  });

  it("bring a heard person's picture to the voice, and show it at the old place until then", () => {
    const asked = new Map([["s3", "a"]]);
    const moving = assignSlots({ slots, wanted: ["a"], asked, fed: asked, voices: [null, "a", null], newVoices: silent, screens });
    expect(Object.fromEntries(moving)).toEqual({ s1: "a", s3: "a" });
    const there = assignSlots({
      slots,
      wanted: ["a"],
      asked: moving,
      fed: new Map([["s1", "a"], ["s3", "a"]]),
      voices: [null, "a", null],
      newVoices: silent,
      screens,
    });
    expect(Object.fromEntries(there)).toEqual({ s1: "a" });
  });

  it("let two pictures change places when their voices ask for it", () => {
    const asked = new Map([["s0", "a"], ["s1", "b"], ["s2", "c"], ["s3", "d"]]);
    const plan = assignSlots({ slots, wanted: ["a", "b", "c", "d"], asked, fed: asked, voices: ["b", "a", null], newVoices: silent, screens });
    expect(plan.get("s0")).toBe("b");
    expect(plan.get("s1")).toBe("a");
    expect(new Set(plan.values()).size).toBe(4);
  });

  it("let whoever is in the way of a voice's picture go on until there is another place for them", () => {
    const voices = ["a", null, null];
    const asked = new Map([["s0", "b"], ["s3", "a"]]);
    const leaving = assignSlots({ slots, wanted: ["a", "b"], asked, fed: asked, voices, newVoices: silent, screens });
    expect(Object.fromEntries(leaving)).toEqual({ s0: "b", s2: "b", s3: "a" });
    const again = assignSlots({ slots, wanted: ["a", "b"], asked: leaving, fed: asked, voices, newVoices: silent, screens });
    expect(again).toEqual(leaving);
    const left = new Map([...asked, ["s2", "b"]] as const);
    const coming = assignSlots({ slots, wanted: ["a", "b"], asked: again, fed: left, voices, newVoices: silent, screens });
    expect(Object.fromEntries(coming)).toEqual({ s0: "a", s2: "b", s3: "a" });
    const come = new Map([["s0", "a"], ["s2", "b"], ["s3", "a"]]);
    const there = assignSlots({ slots, wanted: ["a", "b"], asked: coming, fed: come, voices, newVoices: silent, screens });
    expect(Object.fromEntries(there)).toEqual({ s0: "a", s2: "b" });
  });

  it("never move a screen for a voice", () => {
    const asked = new Map([["s0", "screen"], ["s3", "a"]]);
    const plan = assignSlots({
      slots,
      wanted: ["screen", "a"],
      asked,
      fed: asked,
      voices: ["a", null, null],
      newVoices: silent,
      screens: new Set(["screen"]),
    });
    expect(Object.fromEntries(plan)).toEqual({ s0: "screen", s3: "a" });
  });

  it("never carry what is not wanted, and everything wanted that there is room for", () => {
    let seed = 7;
    const random = (below: number): number => (seed = (seed * 48271) % 2147483647) % below;
    let asked: Map<string, string> = new Map();
    for (let turn = 0; turn < 500; turn++) {
      const want = [..."abcdefgh"].filter(() => random(2) === 0);
      const fed = new Map([...asked].filter(() => random(3) > 0));
      const voices = [0, 1, 2].map(() => (random(2) ? "abcdefgh".charAt(random(8)) : null));
      const newVoices = [0, 1, 2].map(() => (random(2) ? "abcdefgh".charAt(random(8)) : null));
      asked = assignSlots({ slots, wanted: want, asked, fed, voices, newVoices, screens });
      for (const track of asked.values()) expect(want).toContain(track);
      expect(new Set(asked.values()).size).toBe(Math.min(want.length, 4));
    }
  });
});
