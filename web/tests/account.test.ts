import { beforeAll, describe, expect, test } from "vitest";
import type { Guide } from "../src/api/account";
import type { ClassSummary, Me } from "../src/api/types";
import { parse, to } from "../src/app/router";
import { nextStep, progress, toShow, wayTo } from "../src/features/guide/steps";
import { deviceOf } from "../src/features/profile/device";
import { ageOn, isBirthDate, isLogin, needsConsent, passwordFault } from "../src/features/register/rules";
import { opensIn, safeBack } from "../src/features/signin/problems";
import { accountEn } from "../src/i18n/account.en";

describe("coming in", () => {
  test.each([
    [null, "/"],
    ["/classes/7", "/classes/7"],
    ["/lesson/1?x=2", "/lesson/1?x=2"],
    ["//evil.example", "/"],
    ["/\\evil.example", "/"],
    ["https://evil.example", "/"],
    ["javascript:alert(1)", "/"],
    ["/sign-in?back=%2F", "/"],
  ])("returns only to a page of ours: %s", (back, wanted) => {
    expect(safeBack(back)).toBe(wanted);
  });

  test("says how long one waits in whole units", () => {
    expect(opensIn(30, "en")).toBe("30 sec");
    expect(opensIn(100, "en")).toBe("2 min");
    expect(opensIn(900, "ru")).toMatch(/^15\s+мин/);
  });

  test("addresses of registering, a new password and the parts of the profile", () => {
    expect(parse("/register")).toEqual({ name: "register" });
    expect(parse("/reset/t-0_k")).toEqual({ name: "reset", token: "t-0_k" });
    expect(parse("/reset")).toEqual({ name: "not-found" });
    const address = new URL(to.settings("sessions"), "http://localhost");
    expect([parse(address.pathname), address.searchParams.get("tab")]).toEqual([{ name: "profile" }, "sessions"]);
  });
});

describe("a new account", () => {
  const day = new Date(2026, 10, 24);

  test.each([
    ["2012-11-24", 14, false],
    ["2012-11-25", 13, true],
    ["2012-02-29", 14, false],
    ["2026-11-24", 0, true],
    ["1990-01-01", 36, false],
  ])("born %s: %i years", (born, age, young) => {
    expect(ageOn(day, born)).toBe(age);
    expect(needsConsent(day, born)).toBe(young);
    expect(isBirthDate(day, born)).toBe(true);
  });

  test("no birth in the future, none in another century, none that is no date", () => {
    expect(["2026-11-25", "1890-01-01", "", "24.11.2012"].map((born) => isBirthDate(day, born))).toEqual([false, false, false, false]);
  });

  test("29 February has its birthday on 1 March", () => {
    expect([ageOn(new Date(2026, 1, 28), "2012-02-29"), ageOn(new Date(2026, 2, 1), "2012-02-29")]).toEqual([13, 14]);
  });

  test("logins in any script, without blanks and markup", () => {
    expect(["яна.р", "yana", " yana ", "ян", "a b c", "<b>x</b>", "a\u200bbc"].map(isLogin)).toEqual([true, true, true, false, false, false, false]);
  });

  test("passwords that are too short, or what anybody would try first", () => {
    expect(passwordFault("1234567", "x")).toBe("short");
    expect(passwordFault("aaaabbbb", "x")).toBe("easy");
    expect(passwordFault("Yana.Rakushkina", "yana.rakushkina")).toBe("easy");
    expect(passwordFault("морской бриз", "yana")).toBeNull();
  });
});

test.each([
  ["Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36", "Chrome", "Windows", false],
  ["Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0", "Edge", "Windows", false],
  ["Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 YaBrowser/25.10 Safari/537.36", "Яндекс Браузер", "Windows", false],
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile/15E148 Safari/604.1", "Safari", "iPhone", true],
  ["Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36", "Chrome", "Android", true],
  ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux", false],
  ["curl/8.5.0", null, null, false],
])("%s", (agent, browser, system, phone) => {
  expect(deviceOf(agent)).toEqual({ browser, system, phone });
});

describe("first steps", () => {
  const school = { id: "s0", name: "Школа № 0" };
  const person = (role: Me["memberships"][number]["role"], more: Partial<Me> = {}): Me => ({
    id: "p", name: "Мила", login: "mila", memberships: [{ school, role, class: { id: "k7", name: "7Б" } }], ...more,
  });
  const klass = { id: "k7", name: "7Б", school, students: 1, teachers: 1, may_start: true, lesson: null } satisfies ClassSummary;
  const guide = (done: boolean[], putAway = false): Guide => ({
    role: "teacher",
    steps: done.map((each, index) => ({ name: `step${index}`, done: each })),
    done: done.every(Boolean),
    put_away: putAway,
  });
  let steps: [string, string][] = [];

  beforeAll(() => {
    // The steps that have words are the steps there are.
    steps = Object.keys(accountEn).flatMap((key) => {
      const found = /^guide\.(administrator|teacher|student|parent|region_operator)\.(\w+)$/.exec(key);
      return found ? [[found[1] ?? "", found[2] ?? ""] as [string, string]] : [];
    });
  });

  test("every step leads to a page that there is", () => {
    expect(steps.length).toBe(16);
    const operator: Me = { ...person("teacher"), memberships: [], regions: [{ id: "r1", name: "Регион" }] };
    for (const [role, step] of steps) {
      const who = role === "region_operator" ? operator : person(role as "teacher");
      const { href } = wayTo(role as Guide["role"], step, who, [klass]);
      if (href === null) expect(`${role}.${step}`).toBe("student.join_lesson");
      else expect([step, parse(new URL(href, "http://localhost").pathname).name]).not.toContain("not-found");
    }
  });

  test("who has no school yet is not led to one", () => {
    const nobody: Me = { id: "p", name: "Мила", login: "mila", memberships: [] };
    expect(wayTo("administrator", "create_school", nobody, []).href).toBe("/schools/new");
    expect(wayTo("administrator", "make_class", nobody, []).href).toBeNull();
  });

  test("a guide is shown until it is done or put away", () => {
    expect(toShow([guide([true, false]), guide([true, true]), guide([false], true)]).length).toBe(1);
    expect(progress(guide([true, false, true]))).toEqual({ done: 2, all: 3 });
    expect(nextStep(guide([true, false, false]))).toBe("step1");
    expect(nextStep(guide([true]))).toBeNull();
  });
});
