import { expect, test } from "vitest";
import { parse, to } from "../src/app/router";

test.each([
  ["/", { name: "home" }],
  ["/sign-in", { name: "sign-in" }],
  ["/school", { name: "school" }],
  ["/schools/new", { name: "new-school" }],
  ["/schools/s1", { name: "school-page", id: "s1" }],
  ["/schools/s1/ask", { name: "ask", id: "s1" }],
  ["/schools/s1/import", { name: "import", id: "s1", importId: null }],
  ["/schools/s1/import/i%2F1", { name: "import", id: "s1", importId: "i/1" }],
  ["/schools/s1/other", { name: "not-found" }],
  ["/join", { name: "join", code: null }],
  ["/join/KMW7T-3HXPA", { name: "join", code: "KMW7T-3HXPA" }],
  ["/regions", { name: "region", id: null }],
  ["/regions/r1", { name: "region", id: "r1" }],
  ["/profile", { name: "profile" }],
  ["/classes/c1", { name: "class", id: "c1" }],
  ["/lesson/l%2F1/", { name: "lesson", id: "l/1" }],
  ["/lesson/%", { name: "lesson", id: "%" }],
  ["/broadcasts", { name: "broadcasts" }],
  ["/watch/b-1_x", { name: "watch", id: "b-1_x" }],
  ["/watch", { name: "not-found" }],
  ["/lesson", { name: "not-found" }],
  ["/classes/c1/more", { name: "not-found" }],
  ["/nowhere", { name: "not-found" }],
])("%s", (address, route) => {
  expect(parse(address)).toEqual(route);
});

test("an address that is made leads where it says, whatever is in the id", () => {
  for (const id of ["7b", "а/б", "?x#y", "%"]) {
    expect(parse(to.lesson(id))).toEqual({ name: "lesson", id });
    expect(parse(to.class(id))).toEqual({ name: "class", id });
    expect(parse(to.watch(id))).toEqual({ name: "watch", id });
  }
});

test("after signing in one comes back to the page one wanted", () => {
  expect(to.signIn("/")).toBe("/sign-in");
  const address = new URL(to.signIn("/lesson/7?start=1"), "http://localhost");
  expect(address.searchParams.get("back")).toBe("/lesson/7?start=1");
});
