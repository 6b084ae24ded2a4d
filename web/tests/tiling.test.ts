import { describe, expect, it } from "vitest";
import { onPage, register } from "../src/features/lesson/order";
import { perPage, places, tile } from "../src/features/lesson/tiling";
import type { ParticipantInfo } from "../src/media/wire";

// The design's own figures: 1440 x 900 without the panel leaves 1408 x 764, with it 1048 x 764.
describe("tiling", () => {
  it.each([
    [1, 1358, 764],
    [4, 672, 378],
    [9, 443, 249],
    [16, 329, 185],
    [25, 260, 146],
    [49, 182, 102],
  ])("%i tiles on a wide page are %i x %i", (count, width, height) => {
    const found = tile(count, 1408, 764);
    expect(Math.round(found.width)).toBe(width);
    expect(Math.round(found.height)).toBe(height);
  });

  it("keeps all tiles inside of the box, without touching", () => {
    for (const [width, height] of [[1408, 764], [374, 600], [800, 360], [320, 200]] as const) {
      for (let count = 1; count <= 50; count++) {
        const form = tile(count, width, height);
        const spots = places(count, form, width, height);
        expect(spots).toHaveLength(count);
        const outside = spots.filter(({ x, y }) => x < -0.01 || y < -0.01 || x + form.width > width + 0.01 || y + form.height > height + 0.01);
        const touching = spots.filter(({ x, y }, index) =>
          spots.slice(index + 1).some((other) => Math.abs(other.x - x) < form.width && Math.abs(other.y - y) < form.height),
        );
        expect({ count, outside, touching }).toEqual({ count, outside: [], touching: [] });
      }
    }
  });

  it("no number of columns would make wider tiles", () => {
    for (let count = 1; count <= 50; count++) {
      const { width } = tile(count, 1048, 764);
      for (let columns = 1; columns <= count; columns++) {
        const rows = Math.ceil(count / columns);
        const other = Math.min((1048 - 8 * (columns - 1)) / columns, ((764 - 8 * (rows - 1)) / rows) * (16 / 9));
        expect(other).toBeLessThanOrEqual(width + 1e-6);
      }
    }
  });

  it("centres the last row", () => {
    const form = tile(5, 1408, 764);
    const spots = places(5, form, 1408, 764);
    const last = spots.slice(form.columns * (form.rows - 1));
    const left = last[0]?.x ?? 0;
    const right = 1408 - (last[last.length - 1]?.x ?? 0) - form.width;
    expect(left).toBeCloseTo(right, 6);
  });

  it("puts fewer on a page when faces would be too small: 42 beside the panel, 49 without it", () => {
    expect(perPage(49, 1408, 764)).toBe(49);
    expect(perPage(49, 1048, 764)).toBe(42);
    expect(perPage(9, 374, 640, true)).toBe(9);
    expect(perPage(9, 120, 90)).toBe(1);
  });

  it("survives a box without room", () => {
    expect(tile(4, 0, 0)).toMatchObject({ width: 0, height: 0 });
    expect(tile(0, 100, 100).width).toBeGreaterThan(0);
  });
});

const person = (id: string, name: string, role: ParticipantInfo["role"] = "member"): ParticipantInfo => ({
  id,
  person: id,
  name,
  role,
  joined_at: 0,
});

describe("order", () => {
  const compare = (a: string, b: string): number => a.localeCompare(b);
  const all = [person("c", "Clara"), person("a", "Anna"), person("t", "Zoe", "host"), person("me", "Me"), person("b", "Ben")];

  it("is the register: teacher, cameras that were on at the beginning, names; without oneself", () => {
    const ids = register(all, "me", new Set(["c"]), compare).map((one) => one.id);
    expect(ids).toEqual(["t", "c", "a", "b"]);
  });

  it("brings whoever has the floor onto the page, in the last place", () => {
    const list = register(all, "me", new Set(), compare);
    const guest = list.filter((one) => one.id === "c");
    expect(onPage(list, 0, 2, []).map((one) => one.id)).toEqual(["t", "a"]);
    expect(onPage(list, 0, 2, guest).map((one) => one.id)).toEqual(["t", "c"]);
    expect(onPage(list, 1, 2, guest).map((one) => one.id)).toEqual(["b", "c"]);
    expect(onPage(list, 9, 2, []).map((one) => one.id)).toEqual(["b", "c"]);
  });
});
