// The pretended server's part about chats: what a class, its parents and its teachers write to each other. Never shipped.
import { fileOf } from "./fake-documents.mjs";

const SCHOOL = { id: "s0", name: "Школа № 0" };
const K7 = { id: "k7", name: "7Б" };
const K5 = { id: "k5", name: "5А" };
const NAMES = {
  t1: "Вера Павловна Берестова", t2: "Андрей Ильич Тетрадкин", p1: "Лев Баранов", p2: "Варвара Белкина", p3: "Тимур Ветров", p6: "Мила Ежова",
  p9: "Ева Ильина", r1: "Ольга Николаевна Баранова", r3: "Ирина Андреевна Ветрова", a1: "Галина Сергеевна Озёрная",
};
const who = (id) => ({ id, name: NAMES[id] });
const at = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const DAY = 24 * 60;

const message = (chat, number, author, minutes, text, more = {}) => ({
  chat_id: chat, number, author: who(author), at: at(minutes), text, client_id: null, reply_to: null, mentions: [], attachments: [], poll: null,
  reactions: [], forwarded: null, pinned: false, flagged: false, edited_at: null, deleted_at: null, ...more,
});
const attached = (id) => { const { name, media_type, size, width, height } = fileOf(id); return { file_id: id, name, media_type, size, width, height }; };
const poll = (texts, votes, mine, more = {}) => ({
  options: texts.map((text, index) => ({ text, votes: votes[index] })), multiple: false, anonymous: true, closes_at: null, closed: false,
  voters: votes.reduce((a, b) => a + b, 0), mine, ...more,
});

const ALGEBRA = [
  message("c7", 1, "t1", DAY + 300, "Добрый день! Контрольная будет в четверг, повторите квадратные уравнения. Задачи лежат в документах класса.", { pinned: true, reactions: [{ emoji: "👍", count: 14, mine: true }, { emoji: "😮", count: 2, mine: false }] }),
  message("c7", 2, "p3", DAY + 291, "А формулы сокращённого умножения тоже?"),
  message("c7", 3, "t1", DAY + 288, "Да, и они. Вот памятка.", { reply_to: 2, attachments: [attached("f-pdf")] }),
  message("c7", 4, "p6", DAY + 260, "Спасибо", { reactions: [{ emoji: "❤️", count: 3, mine: false }] }),
  message("c7", 5, "p9", 196, "Задача 214: всё делать?"),
  message("c7", 6, "p9", 195, "Или только первые две?"),
  message("c7", 7, "t1", 191, "Только б и в. Посмотрите ещё https://school0.example/kvadrat", { edited_at: at(190) }),
  message("c7", 8, "p3", 120, "Сфотографировал доску, если кто не успел", { attachments: [attached("f-board")] }),
  message("c7", 9, "p1", 118, "Выручил, спасибо!", { reply_to: 8 }),
  message("c7", 10, "t1", 62, "Куда пойдём весной?", { poll: poll(["Планетарий", "Ботанический сад", "Музей камня"], [9, 6, 4], []) }),
  message("c7", 11, "p2", 24, "@Лев Баранов, захвати завтра циркуль", { mentions: [who("p1")] }),
  message("c7", 12, "p6", 22, "", { deleted_at: at(20) }),
  message("c7", 13, "p3", 12, "Кто завтра дежурит?"),
  message("c7", 14, "p9", 11, "🎉"),
];
const CHANNEL = [
  message("ch", 1, "a1", DAY * 3 + 200, "С понедельника столовая открыта с 8:00. Меню на неделю – в документах школы.", { reactions: [{ emoji: "👍", count: 212, mine: false }, { emoji: "👏", count: 40, mine: true }] }),
  message("ch", 2, "t2", DAY + 340, "Фоторепортаж из планетария: 12 снимков и одно видео.", { attachments: ["f-stars", "f-dome", "f-bus"].map(attached), reactions: [{ emoji: "🔭", count: 57, mine: false }] }),
  message("ch", 3, "a1", 45, "В пятницу уроки заканчиваются в 12:30: собрание учителей.", { pinned: true, reactions: [{ emoji: "🎉", count: 301, mine: true }] }),
];
const PERSONAL = [
  message("d3", 1, "p3", 500, "Привет! Ты был на кружке?"), message("d3", 2, "p1", 498, "Да, делали модель спутника"), message("d3", 3, "p3", 30, "Скинь фото, пожалуйста"),
];
const PARENTS = [
  message("pa", 1, "t1", DAY + 100, "Родительское собрание в среду в 18:30, кабинет 12."), message("pa", 2, "r3", 70, "Можно ли подключиться по видео?"),
  message("pa", 3, "r1", 66, "Мне тоже было бы удобнее", {}), message("pa", 4, "t1", 61, "Да, пришлю ссылку в день собрания."),
];

export const HISTORY = { c7: ALGEBRA, ch: CHANNEL, d3: PERSONAL, pa: PARENTS, c5: [message("c5", 1, "t1", DAY * 4, "Здравствуйте, дети")], g1: [message("g1", 1, "p6", 900, "Репетиция в 15:00")] };

const EVERY = ["post", "react", "poll"];
const counts = (administrators, teachers, students, parents) => ({ administrators, teachers, students, parents });

/** Chats of a role, the newest first. `more` lays over each by its id. */
export function chatsOf(role, more = {}) {
  const chat = (id, kind, title, may, unread, readers, extra = {}) => {
    const all = HISTORY[id];
    const last = all[all.length - 1];
    return {
      id, kind, title, school: SCHOOL, class: null, audience: null, other: null, owner_id: null, archived: false, closed_at: null, last, last_number: last.number,
      read_number: last.number - unread, unread, other_read: null, muted: false, muted_until: null, draft: null, joined: true, may, readers, version: 1, ...extra, ...more[id],
    };
  };
  const teaches = role === "teacher";
  const leads = teaches ? [...EVERY, "moderate", "edit"] : EVERY;
  const own = teaches ? [] : [chat("d3", "personal", "Тимур Ветров", EVERY, 1, counts(0, 0, 2, 0), { other: who("p3"), other_read: 2 })];
  return [
    chat("c7", "class", "7Б", leads, 2, counts(0, 2, 20, 0), { class: K7 }),
    ...own,
    chat("ch", "channel", "Новости школы", teaches ? [...EVERY, "schedule", "moderate"] : ["react"], teaches ? 0 : 1, counts(1, 2, 60, 3), { audience: "everybody", muted: !teaches }),
    ...(teaches ? [chat("pa", "parents", "7Б", leads, 0, counts(0, 2, 0, 18), { class: K7 })] : []),
    chat("g1", "group", "Школьный театр", [...EVERY, "leave"], 0, counts(0, 1, 7, 0), { draft: { text: "Я опоздаю на пять минут", reply_to: null, at: at(200) } }),
    ...(teaches ? [chat("c5", "class", "5А", leads, 0, counts(0, 1, 20, 0), { class: K5 })] : []),
  ];
}

const PEOPLE = ["t1", "t2", "p1", "p2", "p3", "p6", "p9"].map((id) => ({ ...who(id), role: id.startsWith("t") ? "teacher" : "student", owner: false }));
const CONTACTS = ["p2", "p3", "p6", "p9", "t1", "t2", "a1"].map((id) => ({
  ...who(id), roles: [{ role: id.startsWith("t") ? "teacher" : id.startsWith("a") ? "administrator" : "student", class: id.startsWith("a") ? null : K7 }],
}));
const REPORTS = [
  { id: "rp1", article: null, comment: null, chat: { id: "c7", name: "7Б" }, message: message("c7", 13, "p3", 12, "Кто завтра дежурит?"), text: "Ты вообще ничего не понимаешь, иди отсюда", reporter: who("p6"), reason: "rude", note: "Он так пишет не первый раз.", at: at(35), state: "open", decided_by: null, decided_at: null },
  { id: "rp2", article: null, comment: null, chat: { id: "g1", name: "Школьный театр" }, message: message("g1", 1, "p9", 900, "x"), text: "Купите курс за 990 рублей, ссылка в профиле", reporter: who("t2"), reason: "spam", note: "", at: at(300), state: "open", decided_by: null, decided_at: null },
  { id: "rp3", chat: null, message: null, article: { id: "ar1", name: "Как мы посадили сад" }, comment: { id: "cm5", number: 5, author: who("p14"), at: at(12), text: "Ставки на то, какая яблоня зацветёт первой, принимаются", client_id: "k5", flagged: true }, text: "Ставки на то, какая яблоня зацветёт первой, принимаются", reporter: null, reason: "word", note: "ставки", at: at(12), state: "open", decided_by: null, decided_at: null },
];

const slice = (all, query) => {
  const limit = Number(query.get("limit") ?? 50);
  const [before, around, date] = ["before", "around", "date"].map((name) => query.get(name));
  let end = all.length;
  if (before) end = all.findIndex((one) => one.number >= Number(before));
  if (around) end = Math.min(all.length, Number(around) + Math.ceil(limit / 2));
  const begin = date ? 0 : Math.max(0, end - limit);
  const items = all.slice(begin, end);
  const ids = new Set(items.map((one) => one.reply_to));
  return { items, quoted: all.filter((one) => ids.has(one.number)), before: begin > 0 ? items[0].number : null, after: end < all.length ? items.at(-1).number : null };
};

/** What the platform would say to a call about chats: `[body, status]`, or null where the call is another's. */
export function answerChats(method, url, state, body) {
  const path = url.pathname.replace("/api/v1", "");
  const [, area, id, part, last, what] = path.split("/");
  const chats = state.chats ?? [];
  if (path === "/chats") return [{ items: url.searchParams.get("others") ? [] : chats }, 200];
  if (path === "/messages/search") {
    const wish = url.searchParams.get("q").toLowerCase().slice(0, 5);
    const items = Object.entries(HISTORY).flatMap(([chat, all]) => all.filter((one) => one.text.toLowerCase().includes(wish)).map((one) => {
      const of = chats.find((other) => other.id === chat);
      return of && { chat: { id: chat, name: of.title }, kind: of.kind, message: one };
    })).filter(Boolean);
    return [{ items, next: null }, 200];
  }
  if (path === "/me/notifications") return [{ quiet_from: "21:00", quiet_until: "07:00", time_zone: "Europe/Moscow", show_text: true, ...body }, 200];
  if (path === "/me/push") return [{ public_key: "", subscriptions: [] }, 200];
  if (area === "schools" && part === "contacts") {
    const q = (url.searchParams.get("q") ?? "").toLowerCase();
    return [{ items: CONTACTS.filter((one) => one.name.toLowerCase().includes(q) && one.id !== state.me.id), next: null }, 200];
  }
  if (area === "schools" && part === "reports") return [{ items: state.noReports || url.searchParams.get("state") === "decided" ? [] : REPORTS, next: null }, 200];
  if (area === "schools" && part === "chat-policy") return [{ words: [{ word: "дурак", action: "refuse" }, { word: "ставки", action: "flag" }, { word: "казино", action: "flag" }], retention_days: 365 }, 200];
  if (area !== "chats") return null;
  const chat = chats.find((one) => one.id === id);
  if (!chat) return [{ code: "not_found" }, 404];
  if (!part) return [chat, 200];
  const all = state.noMessages ? [] : (HISTORY[id] ?? []);
  if (part === "people") return [{ items: PEOPLE, next: null }, 200];
  if (part === "pins") return [{ items: all.filter((one) => one.pinned), quoted: [], before: null, after: null }, 200];
  if (part === "scheduled") return [{ items: [{ id: "q1", at: new Date(Date.now() + 9 * 3_600_000).toISOString(), text: "Напоминаем: завтра короткий день.", attachments: [], poll: null }] }, 200];
  if (part === "messages" && !last && method === "GET") return [slice(all, url.searchParams), 200];
  if (part === "messages" && !last) {
    if (state.sendProblem) return [state.sendProblem, state.sendProblem.status];
    return [message(id, all.length + 1, state.me.id, 0, body.text ?? "", { client_id: body.client_id }), 201];
  }
  if (part === "messages") {
    const found = all.find((one) => String(one.number) === last);
    if (what === "vote") return [{ ...found, poll: { ...found.poll, mine: body.options, voters: found.poll.voters + 1, options: found.poll.options.map((one, index) => ({ ...one, votes: one.votes + (body.options.includes(index) ? 1 : 0) })) } }, 200];
    if (what === "readers") return [{ count: 17 }, 200];
    if (what === "report") return [undefined, 204];
    return [found, 200];
  }
  return [undefined, 204];
}
