// A pretended server for looking at pages: REST by route mocks, signalling by a WebSocket mock. Never shipped.
import { answerAccount, mockEvents } from "./fake-account.mjs";
import { answerChats, chatsOf } from "./fake-chats.mjs";
import { answerDocuments, drawPicture } from "./fake-documents.mjs";
import { answerSchool, classRights, PICTURE_PATH, schoolPicture } from "./fake-school.mjs";

const SCHOOL = { id: "s0", name: "Школа № 0" };
const TEACHERS = [
  { id: "t1", name: "Вера Павловна Берестова", role: "teacher" },
  { id: "t2", name: "Андрей Ильич Тетрадкин", role: "teacher" },
];
const STUDENTS = [
  "Лев Баранов", "Варвара Белкина", "Тимур Ветров", "Анна Голубева", "Марк Дубов", "Мила Ежова", "Ян Журавлёв",
  "Нина Зорина", "Ева Ильина", "Глеб Карпов", "София Лебедева", "Артём Морозов", "Злата Орлова", "Роман Полевой",
  "Кира Рябинина", "Максим Снегирёв", "Ульяна Тополева", "Фёдор Уваров", "Дарья Цветкова", "Яков Щеглов",
].map((name, index) => ({ id: `p${index + 1}`, name, role: "student" }));

const lessonOf = (klass, title, minutes, host) => ({
  id: "lesson1",
  title,
  class: { id: klass.id, name: klass.name },
  started_at: new Date(Date.now() - minutes * 60_000).toISOString(),
  ended_at: null,
  host: TEACHERS[0],
  may_host: host,
});

/** Broadcasts as the platform tells them; `lead` may end, rename and delete. */
export const broadcastOf = (id, title, minutes, { ended = null, lead = false, member = true, audience = "school" } = {}) => ({
  id,
  title,
  audience,
  state: ended === null ? "live" : "ended",
  school: SCHOOL,
  class: member ? { id: "k7", name: "7Б" } : null,
  started_by: member ? { id: TEACHERS[0].id, name: TEACHERS[0].name } : null,
  lesson_id: lead ? "lesson1" : null,
  started_at: new Date(Date.now() - minutes * 60_000).toISOString(),
  ended_at: ended === null ? null : new Date(Date.now() - (minutes - ended) * 60_000).toISOString(),
  playlist_url: `https://live.test/live/${id}/index.m3u8`,
  may_lead: lead,
});

export function world({ teacher, lesson }) {
  const classes = [
    { id: "k5", name: "5А", students: 20, teachers: 1 },
    { id: "k7", name: "7Б", students: 20, teachers: 2 },
    { id: "k9", name: "9В", students: 20, teachers: 1 },
  ].map((one) => ({ ...one, school: SCHOOL, may_start: teacher, lesson: null, ...classRights(teacher ? "teacher" : "student") }));
  const mine = teacher ? classes : [classes[1]];
  if (lesson) classes[1].lesson = lessonOf(classes[1], "Алгебра. Квадратные уравнения", 18, teacher);
  const who = teacher ? TEACHERS[0] : STUDENTS[0];
  return {
    me: {
      id: who.id,
      name: who.name,
      login: teacher ? "vera.berestova" : "lev.baranov",
      memberships: mine.map((one) => ({ school: SCHOOL, role: who.role, class: { id: one.id, name: one.name } })),
    },
    classes: mine,
    members: [...TEACHERS, ...STUDENTS],
    chats: chatsOf(who.role),
  };
}

/** The JSON body of a request; null for files and for none. */
function sent(request) {
  return /json/.test(request.headers()["content-type"] ?? "") ? request.postDataJSON() : null;
}

export async function mockRest(page, state) {
  const json = (route, body, status = 200) =>
    route.fulfill({
      status, contentType: "application/json", body: status === 204 ? "" : JSON.stringify(body),
      headers: body?.retry ? { "Retry-After": String(body.retry) } : {},
    });
  await mockEvents(page);
  await page.route("**/api/v1/**", (route) => {
    const request = route.request();
    const path = new URL(request.url()).pathname.replace("/api/v1", "");
    const mine = answerAccount(request.method(), path, state, sent(request));
    if (mine) return json(route, ...mine);
    if (drawPicture(route, path)) return;
    const ofChats = answerChats(request.method(), new URL(request.url()), state, sent(request));
    if (ofChats) return json(route, ...ofChats);
    const ofDocuments = answerDocuments(request.method(), new URL(request.url()), state, sent(request));
    if (ofDocuments) return json(route, ...ofDocuments);
    if (path === PICTURE_PATH) return route.fulfill(schoolPicture);
    const ofSchool = answerSchool(request.method(), new URL(request.url()), state, sent(request));
    if (ofSchool) return json(route, ...ofSchool);
    if (path.startsWith("/invitation-codes/") && state.invitation) return json(route, state.invitation);
    if (path === "/me") return state.signedOut ? json(route, { code: "not_signed_in" }, 401) : json(route, state.me);
    if (path === "/classes") return json(route, { classes: state.classes });
    if (path.startsWith("/classes/")) {
      const found = state.classes.find((one) => path === `/classes/${one.id}`);
      return found ? json(route, { ...found, members: state.members }) : json(route, { code: "not_found" }, 404);
    }
    if (path.endsWith("/ticket")) {
      if (state.ticketProblem) return json(route, state.ticketProblem, state.ticketProblem.status);
      return json(route, { ticket: "t", url: "ws://signal.test/signal", expires_at: new Date().toISOString() });
    }
    if (path.endsWith("/broadcast")) return json(route, { broadcast: state.onAir ?? null });
    if (path === "/broadcasts") {
      const wanted = new URL(request.url()).searchParams.get("state");
      return json(route, { items: (state.broadcasts ?? []).filter((one) => !wanted || one.state === wanted), next: null });
    }
    if (path.startsWith("/broadcasts/")) {
      const found = (state.broadcasts ?? []).find((one) => path === `/broadcasts/${one.id}`);
      return found ? json(route, found) : json(route, { code: "not_found" }, 404);
    }
    if (path.startsWith("/lessons")) {
      return json(route, lessonOf({ id: "k7", name: "7Б" }, "Алгебра. Квадратные уравнения", 18, state.teacher));
    }
    return json(route, { code: "not_found" }, 404);
  });
}

const FEEDBACK = [{ type: "nack" }, { type: "nack", parameter: "pli" }, { type: "transport-cc" }];
const VP8 = { kind: "video", mimeType: "video/VP8", preferredPayloadType: 96, clockRate: 90000, parameters: {}, rtcpFeedback: FEEDBACK };
const RTX = { kind: "video", mimeType: "video/rtx", preferredPayloadType: 97, clockRate: 90000, parameters: { apt: 96 }, rtcpFeedback: [] };
const OPUS = { kind: "audio", mimeType: "audio/opus", preferredPayloadType: 100, clockRate: 48000, channels: 2, parameters: {}, rtcpFeedback: [{ type: "transport-cc" }] };
const inSlot = ({ kind: _, preferredPayloadType: payloadType, ...rest }) => ({ ...rest, payloadType });
const transport = (id) => ({
  id,
  iceParameters: { usernameFragment: `${id}user`, password: "passwordpasswordpassword", iceLite: true },
  iceCandidates: [{ foundation: "1", priority: 1, ip: "127.0.0.1", address: "127.0.0.1", protocol: "udp", port: 9, type: "host" }],
  dtlsParameters: { role: "auto", fingerprints: [{ algorithm: "sha-256", value: Array(32).fill("AB").join(":") }] },
});
const slot = (kind, index) => ({
  id: `${kind}${index}`,
  kind,
  rtp_parameters: {
    mid: `${kind[0]}${index}`,
    codecs: kind === "audio" ? [inSlot(OPUS)] : [inSlot(VP8), inSlot(RTX)],
    headerExtensions: [],
    encodings: [{ ssrc: (kind === "audio" ? 1000 : 2000) + index * 2, ...(kind === "video" ? { rtx: { ssrc: 2001 + index * 2 } } : {}) }],
    rtcp: { cname: "sfera", reducedSize: true, mux: true },
  },
});

/** Answers the signalling socket: a room of `count` students, whose cameras, hands and floor are as told. */
export async function mockSignal(page, { teacher, count, hands = [], floor = [], cameras = [], speakers = [], screen = null, waiting = false }) {
  let socket = null;
  const now = Date.now() / 1000;
  const self = teacher ? "pa-t1" : "pa-p1";
  const people = [TEACHERS[0], ...STUDENTS.slice(0, count)];
  const participants = people.map((one) => ({
    id: `pa-${one.id}`,
    person: one.id,
    name: one.name,
    role: one.role === "teacher" ? "host" : "member",
    joined_at: now - 600,
  }));
  const tracks = [];
  for (const id of cameras) tracks.push({ id: `cam-${id}`, participant: `pa-${id}`, source: "camera", kind: "video", on: true, allowed: true, width: 640, height: 360 });
  for (const id of [...(teacher ? [] : ["t1"]), ...floor]) tracks.push({ id: `mic-${id}`, participant: `pa-${id}`, source: "microphone", kind: "audio", on: true, allowed: true });
  if (screen) tracks.push({ id: "screen", participant: `pa-${screen}`, source: "screen", kind: "video", on: true, allowed: true, width: 1920, height: 1080 });
  let slots = [];
  let tracksMade = 0;
  await page.routeWebSocket("ws://signal.test/**", (ws) => {
    socket = ws;
    const say = (message) => ws.send(JSON.stringify(message));
    ws.onMessage((text) => {
      const message = JSON.parse(text);
      const re = message.id;
      if (message.type === "join" && waiting) return say({ type: "waiting", re, reason: "host" });
      if (message.type === "join") {
        return say({
          type: "joined", re, participant: self, room: "lesson1", title: "Алгебра, 7Б", role: teacher ? "host" : "member",
          resume_token: "r", resumed: false, floor_policy: "hand",
          rtp_capabilities: { codecs: [OPUS, VP8, RTX], headerExtensions: [] }, ice_servers: [],
          send: transport("send"), receive: transport("receive"), slots: [], participants, tracks,
          hands: hands.map(([id, ago]) => ({ participant: `pa-${id}`, since: now - ago })), floor: floor.map((id) => `pa-${id}`),
          feeds: [], started_at: now - 18 * 60 - 24, now,
        });
      }
      if (message.type === "add_slots") {
        slots = [0, 1, 2].map((n) => slot("audio", n)).concat(Array.from({ length: message.video }, (_, n) => slot("video", n)));
        setTimeout(() => say({ type: "speakers", speakers: speakers.map((id) => ({ participant: `pa-${id}`, level: 30 })) }), 300);
        return say({ type: "slots", re, slots });
      }
      if (message.type === "publish") return say({ type: "published", re, track: `own${++tracksMade}` });
      if (message.type === "ping") return say({ type: "pong", re });
      if (message.type === "view") {
        say({ type: "ok", re });
        return say({ type: "feeds", feeds: message.slots.map((one) => ({ slot: one.slot, track: one.max_height > 0 ? (one.track ?? null) : null })) });
      }
      say({ type: "ok", re });
    });
  });
  return {
    say: (message) => socket?.send(JSON.stringify(message)),
    close: () => socket?.close({ code: 1012 }),
  };
}

/** Puts drawn faces (and a drawn screen) in the place of pictures that a real room would send. */
export async function drawPictures(page) {
  await page.evaluate(() => {
    const hue = (text) => [...text].reduce((sum, letter) => (sum * 31 + letter.charCodeAt(0)) % 360, 7);
    const draw = (track) => {
      const canvas = document.createElement("canvas");
      const wide = track.source === "screen";
      canvas.width = wide ? 1280 : 640;
      canvas.height = wide ? 720 : 360;
      const c = canvas.getContext("2d");
      if (wide) {
        c.fillStyle = "#fbfdfc"; c.fillRect(0, 0, 1280, 720);
        c.fillStyle = "#12705a"; c.fillRect(0, 0, 1280, 84);
        c.fillStyle = "#fff"; c.font = "600 40px sans-serif"; c.fillText("Квадратные уравнения", 48, 56);
        c.fillStyle = "#13201b"; c.font = "44px serif";
        c.fillText("ax² + bx + c = 0,   a ≠ 0", 80, 180);
        c.fillText("D = b² − 4ac", 80, 270);
        c.strokeStyle = "#1d5cba"; c.lineWidth = 5; c.beginPath();
        for (let x = -5; x <= 5; x += 0.1) c.lineTo(930 + x * 55, 600 - (x * x - 4) * -22 - 360 + 340);
        c.stroke();
        c.strokeStyle = "#74857e"; c.lineWidth = 2; c.beginPath(); c.moveTo(640, 600); c.lineTo(1220, 600); c.moveTo(930, 140); c.lineTo(930, 690); c.stroke();
        c.fillStyle = "#43534c"; c.font = "32px sans-serif";
        ["D > 0: два корня", "D = 0: один корень", "D < 0: корней нет"].forEach((line, n) => c.fillText(line, 80, 370 + n * 60));
      } else {
        const h = hue(track.participant + "x");
        const wall = c.createLinearGradient(0, 0, 640, 360);
        wall.addColorStop(0, `hsl(${h} 28% 62%)`); wall.addColorStop(1, `hsl(${(h + 40) % 360} 30% 38%)`);
        c.fillStyle = wall; c.fillRect(0, 0, 640, 360);
        c.fillStyle = "rgb(255 255 255 / .13)"; c.fillRect(430, 30, 150, 120);
        c.fillStyle = `hsl(${(h + 150) % 360} 38% 42%)`; c.beginPath(); c.ellipse(320, 390, 170, 150, 0, Math.PI, 0); c.fill();
        c.fillStyle = `hsl(25 45% ${58 + (h % 22)}%)`; c.fillRect(292, 210, 56, 60); c.beginPath(); c.ellipse(320, 165, 72, 88, 0, 0, 7); c.fill();
        c.fillStyle = `hsl(${h % 50} 35% ${16 + (h % 30)}%)`; c.beginPath(); c.ellipse(320, 120, 80, 58, 0, Math.PI, 0); c.fill();
        c.beginPath(); c.ellipse(320, 118, 84, 30, 0, 0, Math.PI); c.fill();
        c.fillStyle = "#2a1c14"; for (const x of [294, 346]) { c.beginPath(); c.ellipse(x, 172, 6, 7, 0, 0, 7); c.fill(); }
        c.strokeStyle = "#8c4a38"; c.lineWidth = 4; c.beginPath(); c.arc(320, 200, 20, 0.3, 2.85); c.stroke();
      }
      const media = canvas.captureStream(5).getVideoTracks()[0];
      setInterval(() => c.fillRect(0, 0, 0, 0), 200);
      c.drawImage(canvas, 0, 0);
      return media;
    };
    const { lesson } = window.sfera;
    const room = lesson.room.value;
    const media = new Map(lesson.slotTracks.value);
    const feeds = new Map(room.feeds);
    let n = 0;
    for (const track of room.tracks.values()) {
      if (track.kind !== "video" || track.participant === room.self) continue;
      media.set(`drawn${n}`, draw(track));
      feeds.set(`drawn${n++}`, track.id);
    }
    for (const slot of [...feeds.keys()]) if (!slot.startsWith("drawn")) feeds.delete(slot);
    lesson.slotTracks.value = media;
    lesson.room.value = { ...room, feeds };
  });
}

/** Holds back every playlist, or refuses it with a status. */
export async function mockHls(page, status = 0) {
  await page.route("https://live.test/**", (route) => {
    if (status > 0) return route.fulfill({ status, headers: { "Access-Control-Allow-Origin": "*" } });
  });
}

/** Puts a drawn lesson in the place of a broadcast's picture, and the player into a state. */
export async function drawBroadcast(page, { live, lag = 0, position = 0, duration = 0, paused = false }) {
  await page.waitForFunction(() => window.sferaPlayer);
  await page.evaluate(({ live, lag, position, duration, paused }) => {
    const { player, video } = window.sferaPlayer;
    const canvas = document.createElement("canvas");
    canvas.width = 1280;
    canvas.height = 720;
    const c = canvas.getContext("2d");
    const draw = () => {
      c.fillStyle = "#fbfdfc"; c.fillRect(0, 0, 1280, 720);
      c.fillStyle = "#12705a"; c.fillRect(0, 0, 1280, 84);
      c.fillStyle = "#fff"; c.font = "600 40px sans-serif"; c.fillText("Планеты и их спутники", 48, 56);
      [["#c7a36b", 300, 60], ["#4f7fc4", 520, 84], ["#b5573f", 760, 48], ["#d6b98c", 1020, 120]].forEach(([colour, x, r]) => {
        c.fillStyle = colour; c.beginPath(); c.arc(x, 400, r, 0, 7); c.fill();
      });
      c.strokeStyle = "#cbb58a"; c.lineWidth = 10; c.beginPath(); c.ellipse(1020, 400, 190, 36, -0.2, 0, 7); c.stroke();
    };
    draw();
    setInterval(draw, 200);
    player.destroy();
    video.muted = true;
    video.srcObject = canvas.captureStream(5);
    void video.play();
    player.phase.value = { name: "ready" };
    player.live.value = live;
    player.lag.value = lag;
    player.position.value = position;
    player.duration.value = duration;
    player.paused.value = paused;
  }, { live, lag, position, duration, paused });
}
