// Screens of documents, articles, reports and the feed.
import { world } from "./fake.mjs";

const both = ["light", "dark"];

export async function documentScreens(all) {
  const student = { ...world({ teacher: false, lesson: false }), teacher: false };
  const teacher = { ...world({ teacher: true, lesson: false }), teacher: true };
  const settle = (page) => page.waitForTimeout(700);
  const row = (name, item) => async (page) => {
    await settle(page);
    await page.getByRole("button", { name: `Действия: ${name}` }).click();
    if (item) await page.getByRole("menuitem", { name: item }).click();
    await settle(page);
  };

  await all("documents", () => ({ state: teacher, path: "documents", act: settle }), both);
  await all("documents-class", () => ({ state: student, path: "documents?place=class:k7", act: settle }));
  await all("documents-none", () => ({ state: { ...teacher, noFiles: true, storage: { used: 0, trash: 0, quota: 5_368_709_120, max_file: 2_147_483_648 } }, path: "documents", act: settle }));
  await all("documents-menu", () => ({ state: teacher, path: "documents", act: row("Дроби и уравнения.pdf") }));
  await all("documents-readers", () => ({ state: teacher, path: "documents", act: row("Дроби и уравнения.pdf", "Кто видит") }));
  await all("documents-move", () => ({ state: teacher, path: "documents", act: row("Дроби и уравнения.pdf", "Переместить") }));
  await all("documents-trash", () => ({ state: teacher, path: "documents?trash=1", act: settle }));
  await all("documents-uploading", () => ({
    state: teacher, path: "documents",
    act: async (page) => {
      await settle(page);
      // The first piece never ends.
      await page.route("**/api/v1/uploads", (route) => route.fulfill({ status: 201, headers: { Location: "/api/v1/uploads/u1", "Tus-Resumable": "1.0.0" } }));
      await page.route("**/api/v1/uploads/u1", () => {});
      await page.getByTestId("file").setInputFiles([
        { name: "Окружность.pptx", mimeType: "application/octet-stream", buffer: Buffer.alloc(3_000_000) },
        { name: "Запись опыта.mp4", mimeType: "video/mp4", buffer: Buffer.alloc(9_000_000) },
      ]);
      await page.getByRole("button", { name: "Пауза: Запись опыта.mp4" }).click();
      await settle(page);
    },
  }));
  await all("file-pdf", () => ({ state: teacher, path: "documents?file=f-pdf", act: settle }));
  await all("file-picture", () => ({ state: teacher, path: "documents?file=f-stars", act: settle }));
  await all("file-none", () => ({ state: teacher, path: "documents?file=f-zip", act: settle }));
  await all("article", () => ({ state: student, path: "articles/ar1", act: settle }), both);
  const toComments = (more) => async (page) => {
    await settle(page);
    await page.getByTestId("comments").waitFor();
    await more?.(page);
    await page.getByTestId("comments").evaluate((section) => section.scrollIntoView({ block: "end" }));
    await settle(page);
  };
  await all("article-comments", () => ({ state: student, path: "articles/ar1", act: toComments() }), both);
  await all("article-comments-teacher", () => ({ state: teacher, path: "articles/ar1", act: toComments() }));
  await all("article-comments-none", () => ({ state: { ...student, noComments: true }, path: "articles/ar1", act: toComments() }));
  await all("article-comments-archived", () => ({ state: { ...student, archived: true }, path: "articles/ar1", act: toComments() }));
  await all("article-comments-failed", () => ({
    state: { ...student, commentProblem: { code: "restricted_word", status: 422, word: "дурак" } }, path: "articles/ar1",
    act: toComments(async (page) => {
      await page.getByTestId("comment-text").fill("Сам дурак.\nИ ещё одна строка, чтобы поле выросло.\nИ третья.");
      await page.getByTestId("send-comment").click();
      await page.getByTestId("comments").getByRole("alert").getByText("дурак").waitFor();
    }),
  }));
  await all("article-comments-menu", () => ({
    state: teacher, path: "articles/ar1",
    act: toComments(async (page) => {
      await page.getByRole("button", { name: "Действия с комментарием: Роман Полевой" }).click();
    }),
  }));
  await all("article-edit", () => ({ state: teacher, path: "articles/ar1/edit", act: settle }), both);
  await all("article-new", () => ({ state: teacher, path: "articles/new?school=s0", act: settle }));
  await all("article-conflict", () => ({
    state: teacher, path: "articles/ar1/edit",
    act: async (page) => {
      await settle(page);
      await page.getByTestId("article-title").fill("Как мы посадили яблоневый сад");
      await page.route("**/api/v1/articles/ar1", (route) => (route.request().method() === "PATCH" ? route.fulfill({ status: 412, json: { code: "precondition_failed" } }) : route.fallback()));
      await page.getByTestId("publish").click();
      await settle(page);
    },
  }));
  await all("album", () => ({ state: teacher, path: "albums/al1", act: settle }), both);
  await all("feed", () => ({ state: teacher, path: "schools/s0", act: settle }), both);
}
