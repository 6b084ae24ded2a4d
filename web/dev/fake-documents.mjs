// The pretended server's part about files, articles, albums and the feed. Pictures are drawn. Never shipped.

const SCHOOL = { kind: "school", id: "s0", name: "Школа № 0" };
const K7 = { kind: "class", id: "k7", name: "7Б" };
const MINE = { kind: "own", id: null, name: "Мои" };
const VERA = { id: "t1", name: "Вера Павловна Берестова" };
const ANDREY = { id: "t2", name: "Андрей Ильич Тетрадкин" };
const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const DAY = 24 * 60;

const svg = (body, view = "0 0 960 640") => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${view}">${body}</svg>`;
const stars = (n) => Array.from({ length: n }, (_, i) => `<circle cx="${(i * 197) % 960}" cy="${(i * 331) % 470}" r="${1 + (i % 3)}" fill="#fff" opacity="${0.4 + (i % 5) / 8}"/>`).join("");
const DRAWN = {
  stars: svg(`<rect width="960" height="640" fill="#0d1b3d"/>${stars(120)}<circle cx="640" cy="190" r="88" fill="#f0c987"/><ellipse cx="640" cy="190" rx="150" ry="26" fill="none" stroke="#d9a75a" stroke-width="12" transform="rotate(-18 640 190)"/><path d="M0 520q240-80 480-30t480-20v170H0z" fill="#081226"/>`),
  dome: svg(`<rect width="960" height="640" fill="#cfe3ee"/><path d="M180 470a300 300 0 0 1 600 0z" fill="#7f95a8"/><path d="M420 180l90-20 40 310H450z" fill="#5d7285"/><rect x="120" y="470" width="720" height="120" fill="#e7d9c3"/><path d="M0 590h960v50H0z" fill="#8fb79e"/>`),
  bus: svg(`<rect width="960" height="640" fill="#bfe0ee"/><rect y="470" width="960" height="170" fill="#7c8a86"/><rect x="150" y="230" width="660" height="230" rx="36" fill="#e8a93c"/><g fill="#dcecf2">${[190, 320, 450, 580].map((x) => `<rect x="${x}" y="270" width="105" height="90" rx="12"/>`).join("")}</g><circle cx="290" cy="470" r="52" fill="#27302c"/><circle cx="670" cy="470" r="52" fill="#27302c"/>`),
  garden: svg(`<rect width="960" height="640" fill="#cfe8f2"/><path d="M0 360q480-110 960 0v280H0z" fill="#8fbf86"/><g>${[120, 300, 480, 660, 840].map((x, i) => `<rect x="${x - 8}" y="300" width="16" height="120" fill="#7c5a3c"/><circle cx="${x}" cy="270" r="${62 + (i % 3) * 8}" fill="${i % 2 ? "#5f9e63" : "#74b06c"}"/>`).join("")}</g><g fill="#d9534f">${[150, 280, 470, 640, 850].map((x, i) => `<circle cx="${x}" cy="${250 + (i % 2) * 26}" r="11"/>`).join("")}</g><path d="M380 640q60-170 200-190l40 190z" fill="#d9c7a2"/>`),
  spade: svg(`<rect width="960" height="640" fill="#a97c55"/><g fill="#6d4b30">${Array.from({ length: 40 }, (_, i) => `<ellipse cx="${(i * 173) % 960}" cy="${(i * 97) % 640}" rx="36" ry="12"/>`).join("")}</g><path d="M440 60h60v300h-60z" fill="#d7b98c"/><path d="M390 350h160l-20 190q-60 60-120 0z" fill="#8d9aa1"/><g fill="#4f9a53">${[180, 260, 700, 780].map((x) => `<path d="M${x} 420q30-90 60 0z"/>`).join("")}</g>`),
  board: svg(`<rect width="960" height="640" fill="#1f4d3f"/><g fill="#eaf4ee" font-family="serif" font-size="52"><text x="80" y="140">D = b² − 4ac</text><text x="80" y="250">x = (−b ± √D) / 2a</text><text x="80" y="400">№ 214 б, в</text></g><path d="M620 520q120-420 240 0" fill="none" stroke="#f4e3a1" stroke-width="6"/>`),
  page: svg(`<rect width="700" height="990" fill="#fff"/><rect x="60" y="70" width="420" height="34" fill="#12705a"/><g fill="#c4d1cb">${Array.from({ length: 22 }, (_, i) => `<rect x="60" y="${150 + i * 36}" width="${[580, 540, 560, 380][i % 4]}" height="12"/>`).join("")}</g><rect x="60" y="640" width="580" height="200" fill="#e1ecfb"/>`, "0 0 700 990"),
};
const drawn = (name) => `/api/v1/drawn/${name}.svg`;

const file = (id, name, media_type, kind, size, picture, more = {}) => ({
  id, name, media_type, kind, size, place: MINE, section: "documents", folder_id: null, owner: VERA, created_at: ago(DAY + size % 4000), trashed_at: null, caption: "",
  width: picture && picture !== "page" ? 960 : null, height: picture && picture !== "page" ? 640 : null, duration: null, pages: kind === "pdf" ? 4 : null, previews: picture ? "ready" : "none",
  links: { content: picture ? drawn(picture) : "/api/v1/drawn/none", download: "/api/v1/drawn/none", small: picture ? drawn(picture) : null, medium: picture ? drawn(picture) : null, large: picture ? drawn(picture) : null, poster: null, video: null },
  may_edit: true, version: 1, ...more,
});
const FILES = [
  file("f-pdf", "Дроби и уравнения.pdf", "application/pdf", "pdf", 245_760, "page"),
  file("f-pptx", "Окружность.pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation", "office", 3_460_300, null),
  file("f-board", "доска.jpg", "image/jpeg", "picture", 1_830_000, "board"),
  file("f-xlsx", "Оценки за четверть.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "office", 48_200, null),
  file("f-stars", "Сатурн.jpg", "image/jpeg", "picture", 2_430_000, "stars", { caption: "Сатурн в окуляре: кольца видно без фильтра", owner: ANDREY }),
  file("f-dome", "Купол.jpg", "image/jpeg", "picture", 1_930_000, "dome", { caption: "Планетарий открыли в 1964 году", owner: ANDREY }),
  file("f-bus", "Автобус.jpg", "image/jpeg", "picture", 1_630_000, "bus", { caption: "Ехали сорок минут и пели", owner: ANDREY }),
  file("f-garden", "Сад.jpg", "image/jpeg", "picture", 1_630_000, "garden"),
  file("f-spade", "Посадка.jpg", "image/jpeg", "picture", 1_230_000, "spade"),
  file("f-zip", "Исходники проекта.zip", "application/zip", "archive", 18_630_000, null),
];
export const fileOf = (id) => FILES.find((one) => one.id === id);

const FOLDERS = ["Алгебра", "Геометрия", "Презентации"].map((name, index) => ({
  id: `d${index}`, name, parent_id: null, place: MINE, section: "documents", created_at: ago(DAY * 20), trashed_at: null, owner: VERA, may_edit: true, version: 1,
}));

const ARTICLE = {
  id: "ar1", title: "Как мы посадили сад", place: K7, author: { id: "p6", name: "Мила Ежова" }, state: "published", comments: 37, created_at: ago(DAY * 3), changed_at: ago(DAY * 2),
  published_at: ago(DAY * 2), minutes: 6, cover: fileOf("f-garden"), likes: 34, liked: true, may_edit: false, version: 4,
  blocks: [
    { type: "text", text: [{ text: "Осенью за школой была пустая площадка. Весной там стояли " }, { text: "двадцать семь яблонь", bold: true }, { text: ", по одной на каждого из нас. Вот как это получилось и что мы сделали бы иначе." }] },
    { type: "picture", file_id: "f-garden", caption: "Май. Первые цветы появились на третий год.", alt: "Ряд молодых яблонь на зелёном склоне" },
    { type: "heading", level: 2, text: "С чего начать" },
    { type: "text", text: [{ text: "Сначала мы проверили землю. Рассказать о ней согласилась агроном из " }, { text: "ботанического сада", href: "https://garden.example/" }, { text: ": оказалось, что почва слишком кислая." }] },
    { type: "list", ordered: true, items: [[{ text: "Отметить места колышками через четыре метра." }], [{ text: "Выкопать ямы за две недели до посадки." }], [{ text: "Смешать землю с золой и перегноем." }]] },
    { type: "quote", text: [{ text: "Дерево сажают не для себя, а для тех, кто сядет под ним потом." }] },
    { type: "picture", file_id: "f-spade", caption: "Лопат на всех не хватило, копали по очереди.", alt: "Лопата в рыхлой земле" },
    { type: "heading", level: 3, text: "Что дальше" },
    { type: "text", text: [{ text: "Каждое дерево подписано, и за ним кто-то ухаживает. План посадок приложен." }] },
    { type: "file", file_id: "f-pdf" },
  ],
};
const NAMED = (blocks) => [...new Set(blocks.flatMap((block) => block.file_id ?? []))].map(fileOf);
const LEV = { id: "p1", name: "Лев Баранов" };
const said = (number, author, minutes, text, more = {}) => ({ id: `cm${number}`, number, author, at: ago(minutes), text, client_id: `k${number}`, flagged: false, ...more });
const COMMENTS = [
  said(1, ANDREY, DAY * 2 - 30, "Отличная работа. Фото весны обязательно пришлите в школьный музей: https://museum.example/sad"),
  said(2, { id: "p8", name: "Нина Зорина" }, DAY * 2 - 90, "А почему почва оказалась кислой? Мы тоже хотим посадить яблони, но у нас за домом сосны, и бабушка говорит, что под соснами ничего не растёт."),
  said(3, { id: "p6", name: "Мила Ежова" }, DAY + 200, "Нина, агроном объясняла: из-за хвои.\nМы добавляли золу и известь, получилось."),
  said(4, LEV, 190, "🍏🍏🍏"),
  said(5, { id: "p14", name: "Роман Полевой" }, 12, "Ставки на то, какая яблоня зацветёт первой, принимаются", { flagged: true }),
];

const ALBUM = {
  id: "al1", title: "Планетарий", about: "7Б и 9В ездили смотреть на Сатурн. Снимали Андрей Ильич и Тимур.", place: SCHOOL, author: ANDREY, created_at: ago(DAY + 340), items: 5,
  cover: fileOf("f-stars"), likes: 57, liked: false, may_edit: true, version: 2, files: ["f-stars", "f-dome", "f-bus", "f-board", "f-garden"].map(fileOf),
};
const empty = { article: null, album: null, file: null };
const FEED = [
  { ...empty, kind: "album", at: ALBUM.created_at, album: ALBUM },
  { ...empty, kind: "article", at: ARTICLE.published_at, article: ARTICLE },
  { ...empty, kind: "file", at: ago(DAY * 3), file: { ...fileOf("f-pdf"), place: SCHOOL } },
];

const STORAGE = { used: 4_650_000_000, trash: 310_000_000, quota: 5_368_709_120, max_file: 2_147_483_648 };

/** Answers with a drawn picture; true where the call was for one. */
export function drawPicture(route, path) {
  const name = /^\/drawn\/(\w+)\.svg$/.exec(path)?.[1];
  if (!name || !DRAWN[name]) return false;
  void route.fulfill({ contentType: "image/svg+xml", body: DRAWN[name] });
  return true;
}

/** What the platform would say to a call about documents: `[body, status]`, or null where the call is another's. */
export function answerDocuments(method, url, state, body) {
  const path = url.pathname.replace("/api/v1", "");
  const query = url.searchParams;
  const [, area, id, part] = path.split("/");
  const place = area === "me" ? MINE : area === "schools" ? SCHOOL : K7;
  const shelf = area === "me" ? id : part;
  if (path === "/files") return [{ items: (query.get("ids") ?? "").split(",").map(fileOf).filter(Boolean) }, 200];
  if (area === "files" && !part) {
    const found = fileOf(id);
    if (!found) return [{ code: "not_found" }, 404];
    return [{ ...found, page_links: found.kind === "pdf" ? Array(4).fill(drawn("page")) : [], readers: { place: K7, people: 22, chats: 1 } }, 200];
  }
  if (["me", "schools", "classes"].includes(area) && shelf === "files") {
    const nothing = state.noFiles || query.get("trash");
    const folder = query.get("folder_id");
    const q = (query.get("q") ?? "").toLowerCase();
    return [{
      place, section: query.get("section") ?? "documents", path: folder ? [{ id: folder, name: FOLDERS.find((one) => one.id === folder)?.name ?? "" }] : [],
      folders: nothing || folder || q ? [] : FOLDERS, files: nothing ? [] : FILES.filter((one) => one.name.toLowerCase().includes(q)).slice(0, folder ? 3 : 8).map((one) => ({ ...one, place })),
      next: null, may_post: area === "me" || state.teacher === true, storage: area === "me" || state.teacher ? (state.storage ?? STORAGE) : null,
    }, 200];
  }
  if (["schools", "classes"].includes(area) && part === "feed") return [{ items: state.noFiles ? [] : FEED, next: null, may_post: state.teacher === true }, 200];
  if (area === "articles" && part === "comments") {
    if (method === "POST" && !state.commentProblem) return [said(6, state.me, 0, body.text), 201];
    if (method !== "GET") return state.commentProblem ? [state.commentProblem, state.commentProblem.status] : [undefined, 204];
    const items = state.noComments ? [] : COMMENTS.map((one) => ({ ...one, flagged: one.flagged && state.teacher === true })).reverse();
    return [{ items, next: state.noComments ? null : "earlier", count: state.noComments ? 0 : 37, may_comment: !state.archived, may_moderate: state.teacher === true && !state.archived }, 200];
  }
  if (area === "articles" && id) {
    const article = { ...ARTICLE, may_edit: state.teacher === true, ...state.article };
    return [{ ...article, files: NAMED(article.blocks) }, 200];
  }
  if (area === "albums" && id) return [{ ...ALBUM, may_edit: state.teacher === true }, 200];
  return null;
}
