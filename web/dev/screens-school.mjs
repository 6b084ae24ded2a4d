// Screens of schools and their people.
import { classRights, regionOperator, schoolOf } from "./fake-school.mjs";
import { world } from "./fake.mjs";

const both = ["light", "dark"];

export async function schoolScreens(all) {
  const inRole = (role) => {
    const of = world({ teacher: role !== "student", lesson: false });
    const me = role === "administrator"
      ? { ...of.me, id: "a1", name: "Галина Сергеевна Озёрная", login: "galina.ozyornaya", memberships: [{ school: { id: "s0", name: "Школа № 0" }, role, class: null }] }
      : of.me;
    return { ...of, me, teacher: role === "teacher", classes: of.classes.map((one) => ({ ...one, ...classRights(role) })) };
  };
  const head = inRole("administrator");
  const teacher = inRole("teacher");
  const student = inRole("student");
  const press = (name, role = "button") => (page) => page.getByRole(role, { name, exact: true }).first().click();
  const people = "schools/s0?tab=people&who=";
  const settle = (page) => page.waitForTimeout(400);

  await all("school-classes", () => ({ state: head, path: "schools/s0" }), both);
  await all("school-student", () => ({ state: student, path: "school" }));
  await all("school-archived", () => ({ state: head, path: "schools/s0?year=y25" }));
  await all("school-first-year", () => ({ state: { ...head, years: [], classes: [], school: { year: null } }, path: "schools/s0" }));
  await all("school-year", () => ({
    state: head, path: "schools/s0",
    act: async (page) => { await page.getByTestId("year-menu").click(); await press("Новый учебный год", "menuitem")(page); },
  }));
  await all("school-new-class", () => ({ state: head, path: "schools/s0", act: (page) => page.getByTestId("new-class").click() }));
  await all("school-about", () => ({ state: student, path: "schools/s0?tab=about", act: settle }), both);
  await all("school-edit", () => ({ state: head, path: "schools/s0?edit=1", act: settle }));
  await all("school-conflict", () => ({
    state: { ...head, answers: { "PATCH /schools/s0": [{ code: "precondition_failed", status: 412 }, 412] } }, path: "schools/s0?edit=1",
    act: async (page) => {
      await page.getByLabel("Адрес").fill("Садовая улица, 12, корпус 2");
      await page.route("**/api/v1/schools/s0", (route) => route.request().method() === "GET"
        ? route.fulfill({ json: { ...schoolOf(head), address: "Садовая улица, 14", version: 4 } })
        : route.fallback());
      await press("Сохранить")(page);
      await page.getByTestId("conflict").waitFor();
    },
  }));
  await all("school-people", () => ({ state: head, path: `${people}students`, act: settle }), both);
  await all("school-people-student", () => ({ state: student, path: `${people}students`, act: settle }));
  await all("school-teachers", () => ({ state: head, path: `${people}teachers`, act: settle }));
  await all("school-people-menu", () => ({
    state: head, path: `${people}students`,
    act: async (page) => { await page.getByRole("button", { name: "Действия: Лев Баранов" }).click(); },
  }));
  await all("school-person", () => ({ state: head, path: `${people}students&person=p1`, act: settle }));
  await all("school-transfer", () => ({
    state: head, path: `${people}students`,
    act: async (page) => {
      await page.getByRole("button", { name: "Действия: Лев Баранов" }).click();
      await press("Перевести в другой класс", "menuitem")(page);
    },
  }));
  await all("school-last", () => ({
    state: { ...head, answers: { "DELETE /schools/s0/members/a1": [{ code: "last_administrator", status: 409 }, 409] } }, path: `${people}administrators`,
    act: async (page) => {
      await page.getByRole("button", { name: "Действия: Галина Сергеевна Озёрная" }).click();
      await press("Покинуть школу", "menuitem")(page);
      await press("Покинуть")(page);
      await page.getByText("Кроме вас, администраторов нет").waitFor();
    },
  }));
  await all("school-requests", () => ({
    state: head, path: `${people}requests`,
    act: async (page) => {
      await page.getByLabel("Выбрать: Ян Ракушкин").check();
      await page.getByLabel("Выбрать: Софья Камышова").check();
    },
  }), both);
  await all("school-requests-undo", () => ({
    state: head, path: `${people}requests`,
    act: async (page) => { await page.getByRole("button", { name: "Принять: Ян Ракушкин" }).click(); },
  }));
  await all("school-requests-none", () => ({ state: { ...head, nobody: true }, path: `${people}requests`, act: settle }));
  await all("school-invitations", () => ({ state: head, path: `${people}invitations`, act: settle }));
  await all("school-invite", () => ({ state: head, path: `${people}students&invite=1`, act: settle }));
  await all("school-invite-made", () => ({
    state: teacher, path: `${people}students&invite=1`,
    act: async (page) => {
      await page.getByText("Код", { exact: true }).click();
      await page.getByTestId("make-invitation").click();
      await page.getByTestId("invite-code").waitFor();
    },
  }), both);
  await all("school-import", () => ({ state: head, path: "schools/s0/import", act: settle }));
  await all("school-import-wrong", () => ({ state: head, path: "schools/s0/import/wrong", act: settle }), both);
  await all("school-import-right", () => ({ state: head, path: "schools/s0/import/right", act: settle }));
  await all("school-import-done", () => ({
    state: head, path: "schools/s0/import/right",
    act: async (page) => { await page.getByTestId("apply-import").click(); await page.getByText("Напечатать листки").waitFor(); },
  }));
  await all("school-none", () => ({ state: { ...student, schools: [], classes: [], mayCreate: true, me: { ...student.me, memberships: [] } }, path: "school" }));
  await all("school-new", () => ({ state: { ...student, schools: [], mayCreate: true }, path: "schools/new" }));
  await all("school-offline", () => ({
    state: head, path: "schools/s0",
    act: async (page) => {
      await page.context().setOffline(true);
      await page.route("**/api/v1/**", (route) => route.abort());
      await page.getByRole("tab", { name: "Участники" }).click();
      await page.getByText("Попробовать снова").first().waitFor();
    },
  }));
  await all("school-class-people", () => ({ state: teacher, path: "classes/k7?tab=people", act: settle }));
  await all("school-class-empty", () => ({
    state: { ...head, members: [], classes: head.classes.map((one) => ({ ...one, students: 0, teachers: 0 })) }, path: "classes/k7",
  }));
  const invitation = { school: "Школа № 0", city: "Светлоозёрск", role: "student", class: "7Б", expires_at: new Date(Date.now() + 6e8).toISOString() };
  await all("school-join", () => ({ state: { signedOut: true, invitation }, path: "join/KMW7T-3HXPA" }), both);
  await all("school-join-signed-in", () => ({ state: { ...student, invitation }, path: "join/KMW7T-3HXPA" }));
  await all("school-join-over", () => ({ state: { ...student, invitationProblem: [{ code: "invitation_expired", status: 409 }, 409] }, path: "join/KMW7T-3HXPA" }));
  await all("school-join-code", () => ({ state: student, path: "join" }));
  await all("school-ask", () => ({ state: student, path: "schools/s0/ask", act: settle }));
  await all("school-region", () => ({ state: regionOperator, path: "regions", act: settle }), both);
}
