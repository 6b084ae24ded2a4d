// Pictures of every screen at 390 and 1440 px for docs/screens, each judged by axe: `npm run screens`, or one: `npm run screens -- lesson`.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { preview } from "vite";
import { guideOf } from "./fake-account.mjs";
import { accountScreens } from "./screens-account.mjs";
import { chatScreens } from "./screens-chats.mjs";
import { documentScreens } from "./screens-documents.mjs";
import { schoolScreens } from "./screens-school.mjs";
import { broadcastOf, drawBroadcast, drawPictures, mockHls, mockRest, mockSignal, world } from "./fake.mjs";

const OUT = process.env.SCREENS_OUT ?? new URL("../../docs/screens/", import.meta.url).pathname;
const WANTED = process.argv[2] ?? "";
const AXE = readFileSync(new URL("../node_modules/axe-core/axe.min.js", import.meta.url), "utf8");
let wrong = 0;
const SIZES = { 390: { width: 390, height: 844 }, 1440: { width: 1440, height: 900 } };

// A calm picture for the own camera, instead of the browser's test pattern: plain Y4M, four frames.
function cameraFile() {
  const [w, h] = [1280, 720];
  const head = Buffer.from(`YUV4MPEG2 W${w} H${h} F5:1 Ip A1:1 C420jpeg\n`);
  const y = Buffer.alloc(w * h), u = Buffer.alloc((w * h) / 4), v = Buffer.alloc((w * h) / 4);
  const colour = (bigX, bigY) => {
    const [px, py] = [bigX / 2, bigY / 2];
    const head = ((px - 320) / 74) ** 2 + ((py - 160) / 90) ** 2 < 1;
    const hair = ((px - 320) / 84) ** 2 + ((py - 118) / 62) ** 2 < 1 && py < 132;
    const body = ((px - 320) / 180) ** 2 + ((py - 400) / 150) ** 2 < 1;
    if (hair) return [60, 118, 140];
    if (head) return [182, 112, 148];
    if (body) return [96, 140, 108];
    return [Math.round(176 - py / 6), 126, 122];
  };
  for (let py = 0; py < h; py++) for (let px = 0; px < w; px++) {
    const [a, b, c] = colour(px, py);
    y[py * w + px] = a;
    if (py % 2 === 0 && px % 2 === 0) { const at = (py / 2) * (w / 2) + px / 2; u[at] = b; v[at] = c; }
  }
  const frame = Buffer.concat([Buffer.from("FRAME\n"), y, u, v]);
  const file = join(tmpdir(), "sfera-camera.y4m");
  writeFileSync(file, Buffer.concat([head, frame, frame, frame, frame]));
  return file;
}

mkdirSync(OUT, { recursive: true });
const server = await preview({ build: { outDir: process.env.SCREENS_DIST ?? "dist" }, preview: { port: 0, host: "127.0.0.1", proxy: {} }, logLevel: "silent" });
const url = server.resolvedUrls.local[0];
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--headless=new", "--disable-gpu", "--no-first-run", "--use-fake-ui-for-media-stream",
    "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${cameraFile()}`],
});

async function shot(name, size, theme, { state, room, path, act, hls }) {
  const file = `${name}-${size}${theme === "dark" ? "-dark" : ""}`;
  if (WANTED && !file.includes(WANTED)) return;
  const phone = size === "390";
  const context = await browser.newContext({
    viewport: SIZES[size], locale: "ru-RU", colorScheme: theme, reducedMotion: "reduce", hasTouch: phone, isMobile: phone,
    permissions: ["camera", "microphone"], timezoneId: "Europe/Moscow", serviceWorkers: "block",
  });
  const page = await context.newPage();
  page.on("pageerror", (error) => console.error(file, error));
  await page.addInitScript(() => {
    sessionStorage.setItem("sfera.debug", "1");
    sessionStorage.setItem("sfera.debug.camera", "1280x720@5");
  });
  await mockRest(page, state);
  await mockHls(page, hls);
  const signal = room ? await mockSignal(page, room) : null;
  await page.goto(url + path);
  await page.locator("h1").first().waitFor();
  if (room && !room.waiting) {
    await page.getByTestId("tile").first().waitFor();
    await page.waitForTimeout(900);
    await drawPictures(page);
  }
  await act?.(page, signal);
  await page.waitForTimeout(500);
  await page.screenshot({ path: join(OUT, `${file}.png`) });
  await page.addScriptTag({ content: AXE });
  const { violations } = await page.evaluate(() => window.axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa", "best-practice"] }));
  for (const { id, help, nodes } of violations) {
    wrong++;
    console.error(`${file}: ${id}: ${help}: ${nodes.slice(0, 3).map((node) => node.html.slice(0, 140)).join(" | ")}`);
  }
  console.log(file);
  await context.close();
}

const all = async (name, make, themes = ["light"]) => {
  for (const size of ["390", "1440"]) for (const theme of themes) await shot(name, size, theme, make(size));
};
const both = ["light", "dark"];
const teacher = { ...world({ teacher: true, lesson: false }), teacher: true, guides: [guideOf("teacher", ["get_class", "invite_students"])] };
const teacherNow = { ...world({ teacher: true, lesson: true }), teacher: true };
const student = { ...world({ teacher: false, lesson: true }), teacher: false, guides: [guideOf("student", ["get_class"])] };
const cameras = ["t1", "p1", "p2", "p3", "p5", "p6", "p8", "p9", "p11", "p12", "p14", "p15", "p16", "p18"];
const hands = [["p6", 48], ["p7", 21], ["p8", 6]];
const inLesson = { count: 20, cameras, hands, floor: ["p9"], speakers: ["p9"] };
const lesson = "lesson/lesson1";

const title = "Открытый урок астрономии";
const onAir = broadcastOf("b1", title, 12);
const records = [
  broadcastOf("b2", "Планетарий: как рождаются звёзды", 1500, { ended: 44 }),
  broadcastOf("b3", "Алгебра. Квадратные уравнения", 2900, { ended: 41 }),
  broadcastOf("b4", "Встреча с писателем", 10_200, { ended: 63 }),
];
const watching = { ...student, classes: [{ ...student.classes[0], lesson: null }], broadcasts: [onAir, ...records] };
const leading = { ...teacherNow, onAir: broadcastOf("b1", title, 12, { lead: true }) };

try {
  await chatScreens(all);
  await documentScreens(all);
  await accountScreens(all);
  await schoolScreens(all);
  await all("home-teacher", () => ({ state: teacher, path: "" }), both);
  await all("home-student", () => ({ state: student, path: "" }), both);
  await all("class", () => ({ state: teacherNow, path: "classes/k7" }), both);
  await all("start-lesson", () => ({ state: teacher, path: "?start=k7", act: (page) => page.waitForTimeout(1200) }), both);
  await all("lobby", () => ({ state: student, room: { teacher: false, count: 0, waiting: true }, path: lesson, act: (page) => page.waitForTimeout(1200) }));
  await all("lesson-teacher", () => ({ state: teacherNow, room: { teacher: true, ...inLesson }, path: lesson }));
  await all("lesson-hands", (size) => ({
    state: teacherNow, room: { teacher: true, ...inLesson, count: 9 }, path: lesson,
    act: async (page) => { if (size === "390") await page.getByRole("button", { name: /^Участники/ }).click(); },
  }));
  await all("lesson-student", () => ({ state: student, room: { teacher: false, ...inLesson, hands: [["p6", 48], ["p1", 20]], speakers: ["t1"] }, path: lesson }));
  await all("lesson-two", () => ({ state: student, room: { teacher: false, count: 1, cameras: ["t1", "p1"], speakers: ["t1"] }, path: lesson }));
  await all("lesson-screen", () => ({ state: student, room: { teacher: false, ...inLesson, hands: [["p1", 20]], screen: "t1" }, path: lesson }));
  await all("floor-question", () => ({
    state: student, room: { teacher: false, ...inLesson, floor: [], hands: [] }, path: lesson,
    act: async (page, signal) => {
      signal.say({ type: "floor", holders: ["pa-p1"] });
      signal.say({ type: "floor_given", by: "pa-t1" });
      await page.getByTestId("floor-question").waitFor();
    },
  }));
  await all("reconnecting", () => ({
    state: { ...student, ticketProblem: null }, room: { teacher: false, ...inLesson }, path: lesson,
    act: async (page, signal) => {
      await page.routeWebSocket("ws://signal.test/**", (ws) => ws.close({ code: 1012 }));
      signal.close();
      await page.waitForTimeout(400);
    },
  }));
  await all("home-on-air", () => ({ state: watching, path: "" }), both);
  await all("broadcasts", () => ({ state: watching, path: "broadcasts" }), both);
  await all("broadcasts-none", () => ({ state: { ...watching, broadcasts: [] }, path: "broadcasts" }));
  await all("watch-live", () => ({ state: watching, path: "watch/b1", act: (page) => drawBroadcast(page, { live: true }) }), both);
  await all("watch-behind", () => ({ state: watching, path: "watch/b1", act: (page) => drawBroadcast(page, { live: true, lag: 34 }) }));
  await all("watch-paused", () => ({ state: watching, path: "watch/b1", act: (page) => drawBroadcast(page, { live: true, lag: 9, paused: true }) }));
  await all("watch-waiting", () => ({ state: watching, path: "watch/b1", act: (page) => page.waitForTimeout(1800) }));
  await all("watch-failed", () => ({
    state: { ...watching, broadcasts: records }, path: "watch/b2", hls: 503,
    act: (page) => page.evaluate(async () => {
      while (!window.sferaPlayer) await new Promise((done) => setTimeout(done, 50));
      window.sferaPlayer.player.destroy();
      window.sferaPlayer.player.phase.value = { name: "failed", code: "manifestLoadError_503" };
    }),
  }));
  await all("watch-over", () => ({
    state: watching, path: "watch/b1",
    act: async (page) => {
      await drawBroadcast(page, { live: true });
      await page.evaluate(() => { window.sferaPlayer.player.phase.value = { name: "ended" }; });
    },
  }));
  await all("watch-recording", () => ({
    state: { ...watching, broadcasts: [broadcastOf("b2", title, 1500, { ended: 44, lead: true })] }, path: "watch/b2",
    act: (page) => drawBroadcast(page, { live: false, position: 754, duration: 2640 }),
  }), both);
  await all("watch-guest", () => ({
    state: { signedOut: true, broadcasts: [broadcastOf("b1", title, 12, { member: false, audience: "public" })] }, path: "watch/b1",
    act: (page) => drawBroadcast(page, { live: true }),
  }));
  await all("watch-sign-in", () => ({ state: { signedOut: true }, path: "watch/b9" }));
  const openMenu = async (page, name) => {
    await page.getByRole("button", { name: "Ещё" }).click();
    await page.getByRole("menuitem", { name }).click();
  };
  await all("air-start", () => ({
    state: teacherNow, room: { teacher: true, ...inLesson, hands: [] }, path: lesson, act: (page) => openMenu(page, "Начать эфир"),
  }), both);
  await all("air-on", () => ({
    state: leading, room: { teacher: true, ...inLesson, hands: [] }, path: lesson, act: (page) => page.getByTestId("air").click(),
  }));
  await all("lesson-on-air", () => ({ state: leading, room: { teacher: true, ...inLesson }, path: lesson }));
  await all("lesson-ended", () => ({
    state: student, room: { teacher: false, ...inLesson }, path: lesson,
    act: (page, signal) => { signal.say({ type: "closed", reason: "ended" }); signal.close(); },
  }), both);
} finally {
  await browser.close();
  await server.close();
}
if (wrong > 0) {
  console.error(`${wrong} things that axe finds wrong`);
  process.exit(1);
}
