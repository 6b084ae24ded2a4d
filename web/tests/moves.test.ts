import { expect, test } from "vitest";
import type { Membership } from "../src/api/types";
import { isLost, moveOf } from "../src/app/moves";

const school = { id: "s0", name: "Школа № 0" };
const other = { id: "s1", name: "Школа № 1" };
const inClass = (id: string, role: Membership["role"] = "student"): Membership => ({ school, role, class: { id, name: id } });
const whole = (role: Membership["role"], of = school): Membership => ({ school: of, role, class: null });

test("nothing is told of what is new, or of the same in another order", () => {
  expect(moveOf([], [inClass("7Б")])).toBeNull();
  expect(moveOf([inClass("5А", "teacher"), inClass("7Б", "teacher")], [inClass("7Б", "teacher"), inClass("5А", "teacher")])).toBeNull();
});

test("a transfer is one piece of news, and the old class's page is left", () => {
  const [before, after] = [[inClass("7Б")], [inClass("7А")]];
  expect(moveOf(before, after)).toEqual({ kind: "moved", name: "7А" });
  expect(isLost({ name: "class", id: "7Б" }, before, after)).toBe(true);
  expect(isLost({ name: "class", id: "7А" }, before, after)).toBe(false);
  expect(isLost({ name: "home" }, before, after)).toBe(false);
});

test("who leaves a school leaves all of it", () => {
  const [before, after] = [[inClass("7Б"), whole("teacher", other)], [whole("teacher", other)]];
  expect(moveOf(before, after)).toEqual({ kind: "school", name: "Школа № 0" });
  expect(isLost({ name: "school-page", id: "s0" }, before, after)).toBe(true);
  expect(isLost({ name: "school-page", id: "s1" }, before, after)).toBe(false);
});

test("an administrator who teaches a class no more still sees it", () => {
  const [before, after] = [[whole("administrator"), inClass("5А", "teacher")], [whole("administrator")]];
  expect(moveOf(before, after)).toEqual({ kind: "class", name: "5А" });
  expect(isLost({ name: "class", id: "5А" }, before, after)).toBe(false);
});

test("another role in the same school", () => {
  expect(moveOf([whole("administrator")], [whole("teacher")])).toEqual({ kind: "role", name: "Школа № 0" });
});
