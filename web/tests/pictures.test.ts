import { describe, expect, test } from "vitest";
import { cameraEncodings } from "../src/media/encodings";
import { heightFor, slotHeights, type Wanted } from "../src/media/heights";

function tiles(count: number, tileHeight: number, more: Partial<Wanted> = {}): Wanted[] {
  return Array.from({ length: count }, (_, n) => ({ track: `t${n}`, tileHeight, rank: "rest", ...more }) as Wanted);
}

function counted(heights: Map<string, number>): Record<number, number> {
  const found: Record<number, number> = {};
  for (const height of heights.values()) found[height] = (found[height] ?? 0) + 1;
  return found;
}

describe("camera layers", () => {
  test.each([
    [720, [4, 2, 1]],
    [540, [4, 2, 1]],
    [360, [2, 1]],
    [180, [1]],
  ])("a camera of %i lines is scaled by %j", (height, scales) => {
    expect(cameraEncodings(height).map((layer) => layer.scaleResolutionDownBy)).toEqual(scales);
  });

  test("a larger layer never has fewer bits", () => {
    const rates = cameraEncodings(720).map((layer) => layer.maxBitrate);
    expect(rates).toEqual([...rates].sort((a, b) => a - b));
  });
});

describe("what slots ask for", () => {
  test.each([
    [0, 0],
    [120, 180],
    [225, 180],
    [226, 360],
    [450, 360],
    [451, 720],
    [2000, 720],
  ])("a tile of %i lines is good enough at %i", (tile, height) => {
    expect(heightFor(tile, 1)).toBe(height);
  });

  test("of 49 large tiles two are at 720, nine at 360, the rest at 180", () => {
    expect(counted(slotHeights(tiles(49, 900), 1, false))).toEqual({ 720: 2, 360: 9, 180: 38 });
  });

  test("who is pinned or has the floor gives way last, wherever the tile stands", () => {
    const wanted = tiles(10, 900);
    wanted.push({ track: "floor", tileHeight: 900, rank: "floor" }, { track: "pinned", tileHeight: 900, rank: "pinned" });
    const heights = slotHeights(wanted, 1, false);
    expect([heights.get("pinned"), heights.get("floor")]).toEqual([720, 720]);
    expect(heights.get("t0")).toBe(360);
  });

  test("a screen is sharp and takes nobody's place", () => {
    const wanted = [{ track: "s", tileHeight: 400, rank: "rest", screen: true } as Wanted, ...tiles(2, 900)];
    const heights = slotHeights(wanted, 1, false);
    expect([heights.get("s"), heights.get("t0"), heights.get("t1")]).toEqual([1080, 720, 720]);
  });

  test("a phone takes six videos, one of them larger", () => {
    expect(counted(slotHeights(tiles(9, 900), 3, true))).toEqual({ 360: 1, 180: 5, 0: 3 });
  });

  test("what is not to be seen asks for nothing", () => {
    expect(counted(slotHeights(tiles(4, 0), 1, false))).toEqual({ 0: 4 });
  });
});
