// Screens of chats, channels, search, and what administrators look after.
import { chatsOf } from "./fake-chats.mjs";
import { world } from "./fake.mjs";

const both = ["light", "dark"];

export async function chatScreens(all) {
  const student = { ...world({ teacher: false, lesson: false }), teacher: false };
  const teacher = { ...world({ teacher: true, lesson: false }), teacher: true };
  const head = {
    ...teacher,
    me: { ...teacher.me, id: "a1", name: "Галина Сергеевна Озёрная", memberships: [{ school: { id: "s0", name: "Школа № 0" }, role: "administrator", class: null }] },
  };
  const settle = (page) => page.waitForTimeout(700);
  const open = (name, role = "button") => async (page) => { await settle(page); await page.getByRole(role, { name }).first().click(); await settle(page); };
  const menu = (text, item) => async (page) => {
    await settle(page);
    const message = page.getByTestId("message").filter({ hasText: text }).last();
    await message.hover();
    await message.getByTestId("message-menu").click();
    if (item) await page.getByRole("menuitem", { name: item }).click();
    await settle(page);
  };

  await all("chats", () => ({ state: student, path: "messages", act: settle }), both);
  await all("chat", () => ({ state: student, path: "messages/c7", act: settle }), both);
  await all("chat-teacher", () => ({ state: teacher, path: "messages/pa", act: settle }));
  await all("chat-channel", () => ({ state: student, path: "messages/ch", act: settle }), both);
  await all("chat-personal", () => ({ state: student, path: "messages/d3", act: settle }));
  await all("chat-menu", () => ({ state: student, path: "messages/c7", act: menu("циркуль") }));
  await all("chat-reply", () => ({ state: student, path: "messages/c7", act: menu("циркуль", "Ответить") }));
  await all("chat-report", () => ({ state: student, path: "messages/c7", act: menu("циркуль", "Пожаловаться") }));
  await all("chat-forward", () => ({ state: student, path: "messages/c7", act: menu("циркуль", "Переслать") }));
  await all("chat-emoji", () => ({ state: student, path: "messages/c7", act: menu("циркуль", "Поставить реакцию") }));
  await all("chat-voted", () => ({
    state: student, path: "messages/c7?m=10",
    act: async (page) => { await settle(page); await page.getByText("Планетарий", { exact: true }).click(); await page.getByTestId("vote").click(); await settle(page); },
  }));
  await all("chat-poll-form", () => ({ state: student, path: "messages/c7", act: async (page) => { await settle(page); await page.getByTestId("attach").click(); await page.getByRole("menuitem", { name: "Новый опрос" }).click(); } }));
  await all("chat-details", () => ({ state: teacher, path: "messages/c7?about=1", act: settle }), both);
  await all("chat-mention", () => ({ state: student, path: "messages/c7", act: async (page) => { await settle(page); await page.getByTestId("compose").pressSequentially("@Ти"); await settle(page); } }));
  await all("chat-failed", () => ({
    state: { ...student, sendProblem: { code: "restricted_word", status: 422, word: "слово" } }, path: "messages/c7",
    act: async (page) => { await settle(page); await page.getByTestId("compose").fill("Слово, которое школа не разрешает"); await page.getByTestId("send").click(); await settle(page); },
  }));
  await all("chat-offline", () => ({
    state: student, path: "messages/c7",
    act: async (page) => {
      await settle(page);
      await page.context().setOffline(true);
      await page.route("**/api/v1/**", (route) => route.abort());
      await page.getByTestId("compose").fill("Я дежурю, ключ у меня");
      await page.getByTestId("send").click();
      await page.waitForTimeout(1_600);
    },
  }), both);
  await all("chat-empty", () => ({ state: { ...student, noMessages: true }, path: "messages/d3", act: settle }));
  await all("chat-closed", () => ({ state: { ...student, chats: chatsOf("student", { c7: { may: [], archived: true, closed_at: "2026-06-30T09:00:00Z" } }) }, path: "messages/c7", act: settle }));
  await all("chats-none", () => ({ state: { ...student, chats: [] }, path: "messages", act: settle }));
  await all("chat-search", () => ({ state: student, path: "messages", act: async (page) => { await settle(page); await page.getByTestId("chat-search").fill("контрольной"); await page.waitForTimeout(900); } }), both);
  await all("chat-new", () => ({ state: student, path: "messages?new=1", act: settle }));
  await all("chat-new-head", () => ({ state: head, path: "messages?new=1", act: open("Канал", "radio") }));
  await all("chat-scheduled", () => ({ state: teacher, path: "messages/ch?scheduled=1", act: settle }));
  await all("chat-schedule", () => ({ state: teacher, path: "messages/ch", act: async (page) => { await settle(page); await page.getByTestId("attach").click(); await page.getByRole("menuitem", { name: "Отправить позже" }).click(); } }));
  await all("chat-not-found", () => ({ state: student, path: "messages/none", act: settle }));
  await all("home-unread", () => ({ state: student, path: "", act: settle }));
  await all("safety-reports", () => ({ state: head, path: "schools/s0?tab=safety", act: settle }), both);
  await all("safety-rules", () => ({ state: head, path: "schools/s0?tab=safety&part=rules", act: settle }));
  await all("notices", () => ({ state: student, path: "profile?tab=notices", act: settle }));
}
