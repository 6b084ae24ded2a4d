import { describe, expect, test } from "vitest";
import { encode } from "uqr";
import { codeIn } from "../src/features/join/code";
import { layOut } from "../src/features/region/chart";
import { csv } from "../src/features/school/csv";
import { nextYear, yearFault } from "../src/features/school/dates";
import { changes, merge } from "../src/features/school/merge";
import { isReady, rightsIn } from "../src/features/school/rights";
import { asEdit, faultsOf, NO_DETAILS, trimmed } from "../src/features/school/school-fields";
import { qrPath } from "../src/ui/qr";

describe("two people edit the same thing", () => {
  const base = { name: "Школа", city: "Светлоозёрск", phone: "" };

  test("different fields: both changes stand", () => {
    const { merged, clashes } = merge(base, { ...base, name: "Школа № 0" }, { ...base, phone: "1" });
    expect(merged).toEqual({ ...base, name: "Школа № 0", phone: "1" });
    expect(clashes).toEqual([]);
  });

  test("the same field in different ways is asked about", () => {
    const { merged, clashes } = merge(base, { ...base, city: "Мыс" }, { ...base, city: "Камышово", phone: "1" });
    expect(clashes).toEqual(["city"]);
    expect(merged).toEqual({ ...base, city: "Мыс", phone: "1" });
  });

  test("the same change of both is nothing to ask about", () => {
    expect(merge(base, { ...base, city: "Мыс" }, { ...base, city: "Мыс" }).clashes).toEqual([]);
  });

  test("only what has changed is sent; contacts go together", () => {
    const now = { ...NO_DETAILS, name: "Школа", phone: "1", site: "https://a.example" };
    expect(changes(NO_DETAILS, NO_DETAILS)).toEqual({});
    expect(asEdit(changes({ ...now, name: "Была" }, now), now)).toEqual({ name: "Школа" });
    expect(asEdit(changes({ ...now, phone: "" }, now), now)).toEqual({
      contacts: { phone: "1", email: "", site: "https://a.example" },
    });
  });
});

describe("a school's details", () => {
  test("name and city are needed, addresses have a form", () => {
    expect(Object.keys(faultsOf(NO_DETAILS))).toEqual(["name", "city"]);
    const good = { ...NO_DETAILS, name: "Ш", city: "С", email: "a@b", site: "https://x.example" };
    expect(faultsOf(good)).toEqual({});
    expect(Object.keys(faultsOf({ ...good, email: "a b", site: "javascript:alert(1)" }))).toEqual(["email", "site"]);
  });

  test("spaces around are not kept", () => expect(trimmed({ ...NO_DETAILS, name: " Ш " }).name).toBe("Ш"));
});

describe("school years", () => {
  test.each([
    [new Date(2026, 10, 24), [], "2026/2027"],
    [new Date(2027, 2, 1), [], "2026/2027"],
    [new Date(2027, 5, 1), [], "2027/2028"],
    [new Date(2026, 10, 24), [{ starts_on: "2026-09-01" }, { starts_on: "2025-09-01" }], "2027/2028"],
  ])("on %s after %j comes %s", (today, years, name) => {
    const suggested = nextYear(today, years);
    expect(suggested.name).toBe(name);
    expect(yearFault(suggested)).toBeNull();
  });

  test.each([
    ["", "2027-08-31", "missing"],
    ["2026-09-01", "2026-09-01", "order"],
    ["2026-09-01", "2028-02-01", "long"],
    ["2026-09-01", "2027-08-31", null],
  ])("from %s to %s: %s", (starts_on, ends_on, fault) => expect(yearFault({ name: "x", starts_on, ends_on })).toBe(fault));
});

describe("tables for spreadsheets", () => {
  test("cells with separators are quoted, quotes are doubled", () => {
    expect(csv([["а", "б;в"], ['г"д', "е\nж"]])).toBe('\ufeffа;"б;в"\r\n"г""д";"е\nж"\r\n');
  });

  test.each(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "|cmd"])("%j is no formula", (cell) => {
    expect(csv([[cell]]).slice(1)).toMatch(/^"?'/);
  });
});

test.each([
  [" KMW7T-3HXPA ", "KMW7T-3HXPA"],
  ["kmw7t 3hxpa", "kmw7t3hxpa"],
  ["https://sfera.example/join/q3vTn0x2Rk?x=1", "q3vTn0x2Rk"],
  ["sfera.example/join/%D0%90", "А"],
  ["/join/%", "%"],
  ["  ", ""],
])("the code in %j is %j", (typed, code) => expect(codeIn(typed)).toBe(code));

test("a QR code's path covers its dark modules and no others", () => {
  const { data, size } = encode("https://sfera.example/join/q3vTn0x2RkqWZ8aVfB1s7g", { ecc: "M", border: 0 });
  const drawn = data.map((row) => row.map(() => false));
  for (const [, x, y, wide] of qrPath(data).matchAll(/M(\d+) (\d+)h(\d+)v1/g)) {
    for (let n = 0; n < Number(wide); n++) (drawn[Number(y) - 4] ?? [])[Number(x) - 4 + n] = true;
  }
  expect(drawn).toEqual(data);
  expect(size).toBe(data.length);
});

describe("the chart of lessons", () => {
  test("hidden counts are seen as such, none is nothing, the most fills the height", () => {
    const bars = layOut([null, 0, 50, 100], 400, 100);
    expect(bars.map((bar) => bar.hidden)).toEqual([true, false, false, false]);
    expect(bars.map((bar) => bar.height)).toEqual([6, 0, 50, 100]);
    expect(new Set(bars.map((bar) => bar.y + bar.height)).size).toBe(1);
  });

  test("no weeks, no bars", () => expect(layOut([])).toEqual([]));
});

describe("who may do what", () => {
  test("a student invites parents and nobody else", () => {
    const rights = rightsIn({ may: ["see_school", "see_class", "invite_parents"] });
    expect(rights).toMatchObject({ invites: false, decides: false, manages: false, parents: true });
  });

  test("a teacher decides about students and invites them", () => {
    expect(rightsIn({ may: ["invite_students", "decide_requests"] })).toMatchObject({ invites: true, decides: true, teachers: false });
  });

  test.each([
    ["student", "7Б", true, true],
    ["student", null, true, false],
    ["teacher", null, true, true],
    ["teacher", null, false, false],
    ["parent", "7Б", true, false],
  ] as const)("a %s who asks for %s can be accepted at once (administrator: %s): %s", (role, name, manages, ready) => {
    expect(isReady({ role, class: name === null ? null : { id: "k", name } }, manages)).toBe(ready);
  });
});
