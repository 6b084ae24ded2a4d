// What a pretended server says about schools and their people. Never shipped.

const SCHOOL = { id: "s0", name: "Школа № 0" };
const YEAR = { id: "y26", name: "2026/2027" };
const soon = (days) => new Date(Date.now() + days * 86_400_000).toISOString();

const PICTURE = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1120 420"><defs><linearGradient id="s" x2="0" y2="1"><stop stop-color="#bfe0ee"/><stop offset="1" stop-color="#eaf4ee"/></linearGradient></defs><path fill="url(#s)" d="M0 0h1120v420H0z"/><circle cx="900" cy="90" r="46" fill="#fbe3a4"/><path d="M0 330q280-90 560-30t560-20v140H0z" fill="#a9cdb8"/><path d="M250 170h620v190H250z" fill="#e7d3b8"/><path d="M230 170l330-90 330 90z" fill="#b5573f"/><g fill="#5b8aa8">${[290, 380, 470, 640, 730, 820].map((x) => `<path d="M${x} 200h46v56h-46zM${x} 280h46v56h-46z"/>`).join("")}</g><path d="M530 250h60v110h-60z" fill="#7c5a3c"/><path d="M0 360h1120v60H0z" fill="#8fb79e"/></svg>`;

export const EVERYTHING = [
  "see_school", "edit_school", "manage_years", "manage_classes", "manage_members", "invite_teachers", "invite_students", "invite_parents",
  "decide_requests", "import_people", "read_audit", "see_class", "enter_lessons", "lead_lessons", "start_broadcasts", "watch_broadcasts",
];
const MAY = {
  administrator: EVERYTHING,
  teacher: ["see_school", "invite_students", "invite_parents", "decide_requests", "see_class", "enter_lessons", "lead_lessons", "start_broadcasts"],
  student: ["see_school", "see_class", "enter_lessons", "invite_parents"],
};
const roleOf = (state) => state.me?.memberships?.[0]?.role ?? "student";
const may = (state) => MAY[roleOf(state)] ?? MAY.student;

export const schoolOf = (state) => ({
  ...SCHOOL, city: "Светлоозёрск", address: "Садовая улица, 12",
  about: "Школа у озера: шестьдесят учеников, свой планетарий и сад, который посадили сами.\n\nУроки идут в классе и в Sfera одновременно, поэтому болеть у нас почти не скучно.",
  contacts: { phone: "+7 000 000-00-00", email: "school@svetloozyorsk.example", site: "https://school0.example/" },
  region: { id: "r1", name: "Озёрный край" }, picture: "/api/v1/schools/s0/picture?v=1", year: YEAR,
  people: { administrators: 1, teachers: 2, students: 60, parents: 3 }, roles: [roleOf(state)], may: may(state), version: 3, ...state.school,
});

const held = (id, role, klass) => ({ id, role, class: klass, since: "2026-09-01T06:00:00Z", version: 1 });

function membersOf(state, role) {
  const klass = (n) => ({ id: `k${n}`, name: { 5: "5А", 7: "7Б", 9: "9В" }[n] });
  const plain = { parents: [], children: [], state: roleOf(state) === "student" ? null : "active", login: null };
  const parents = [["r1", "Ольга Николаевна Баранова", "p1", "Лев Баранов"], ["r2", "Павел Сергеевич Белкин", "p2", "Варвара Белкина"], ["r3", "Ирина Андреевна Ветрова", "p3", "Тимур Ветров"]];
  if (role === "administrator") return [{ ...plain, id: "a1", name: "Галина Сергеевна Озёрная", memberships: [held("ma1", "administrator", null)], login: "galina.ozyornaya" }];
  if (role === "teacher") return [
    { ...plain, id: "t2", name: "Андрей Ильич Тетрадкин", memberships: [held("mt2", "teacher", klass(7))] },
    { ...plain, id: "t1", name: "Вера Павловна Берестова", memberships: [5, 7, 9].map((n) => held(`mt1${n}`, "teacher", klass(n))) },
  ];
  if (role === "parent") return parents.map(([id, name, child, childName]) => ({ ...plain, id, name, memberships: [held(`m${id}`, "parent", klass(7))], children: [{ id: child, name: childName }] }));
  return state.members.filter((one) => one.role === "student").map((one, index) => ({
    ...plain, ...one, memberships: [held(`m${one.id}`, "student", klass(7))],
    state: roleOf(state) === "student" ? null : index === 2 ? "no_consent" : index === 4 ? "waiting" : "active",
    parents: roleOf(state) === "student" ? [] : parents.filter(([, , child]) => child === one.id).map(([id, name]) => ({ id, name })),
    login: roleOf(state) === "administrator" ? `student${index + 1}` : null,
  })).sort((a, b) => a.name.localeCompare(b.name, "ru"));
}

const YEARS = [
  { ...YEAR, starts_on: "2026-09-01", ends_on: "2027-08-31", archived_at: null, current: true, version: 1 },
  { id: "y25", name: "2025/2026", starts_on: "2025-09-01", ends_on: "2026-08-31", archived_at: "2026-06-30T09:00:00Z", current: false, version: 2 },
];

const invitation = (id, role, klass, uses, max, state, days, kind = "link") => ({
  id, role, class: klass, child: null, kind, note: "", uses, max_uses: max, state, created_by: { id: "a1", name: "Галина Сергеевна Озёрная" },
  created_at: soon(days - 7), expires_at: soon(days),
});
const INVITATIONS = [
  invitation("i1", "student", { id: "k7", name: "7Б" }, 11, 30, "open", 5, "code"),
  invitation("i2", "teacher", null, 0, 1, "open", 6),
  { ...invitation("i3", "parent", { id: "k7", name: "7Б" }, 1, 2, "open", 3), child: { id: "p1", name: "Лев Баранов" } },
  invitation("i4", "student", { id: "k5", name: "5А" }, 30, 30, "spent", 2),
  invitation("i5", "student", { id: "k9", name: "9В" }, 4, 30, "expired", -1),
  invitation("i6", "teacher", { id: "k9", name: "9В" }, 0, 1, "revoked", 2),
];

const request = (id, name, role, klass, message, hours) => ({
  id, school: SCHOOL, person: { id: `q${id}`, name }, role, class: klass, message, state: "open",
  created_at: new Date(Date.now() - hours * 3_600_000).toISOString(), decided_at: null, may_decide: true,
});
const REQUESTS = [
  request("1", "Ян Ракушкин", "student", { id: "k7", name: "7Б" }, "Я переезжаю из Приозёрска, буду учиться в 7Б.", 26),
  request("2", "Маргарита Сергеевна Лугова", "teacher", null, "Учитель физики, с понедельника.", 20),
  request("3", "Софья Камышова", "student", { id: "k5", name: "5А" }, "", 5),
  request("4", "Нина Петровна Дубова", "parent", { id: "k7", name: "7Б" }, "Мама Марка Дубова.", 2),
];

const line = (n, name, klass, born, faults = []) => ({ line: n, name, role: "student", class_id: klass && "k7", class_name: klass, birth_date: born, faults });
const LINES = [
  line(2, "Алёна Прибрежная", "7Б", "2013-03-14"), line(3, "Борис Островной", "7Б", "2013-05-02"), line(4, "Вера Заводина", "7Б", "2012-11-21"),
  line(5, "Григорий Мысов", "7Б", "2013-01-30"), line(6, "Дина Речная", "7Б", "2013-07-08"), line(7, "Егор Тростников", "7Б", "2012-12-12"),
];
const WRONG = [
  ...LINES.slice(0, 2),
  line(4, "", "7Б", null, [{ code: "name_missing", column: "ФИО", value: "" }]),
  line(5, "Григорий Мысов", "7Ю", null, [{ code: "class_unknown", column: "Класс", value: "7Ю" }, { code: "birth_date_invalid", column: "Дата рождения", value: "32.01.2013" }]),
  line(6, "Борис Островной", "7Б", "2013-05-02", [{ code: "repeated", column: "ФИО", value: "3" }]),
  LINES[5],
];
const table = (id, items) => ({
  id, file_name: "7Б.xlsx", lines: items.length, errors: items.filter((one) => one.faults.length).length, ignored: ["СНИЛС"], items,
  created_at: soon(0), expires_at: soon(1), applied_at: null,
});

const school = (id, name, city, state, people, students, teachers, parents, lessons, broadcasts) => ({ school: { id, name }, city, state, people, students, teachers, parents, lessons, broadcasts });
const ROLL_OUT = {
  region: { id: "r1", name: "Озёрный край" }, schools: 6, activated: 4, not_activated: 2, active: 3,
  rows: [
    school("s0", "Школа № 0", "Светлоозёрск", "active", 66, 60, null, null, 84, 6),
    school("s3", "Гимназия № 3", "Приозёрск", "active", 612, 540, 38, 33, 212, 9),
    school("s5", "Лицей «Маяк»", "Приозёрск", "active", 431, 396, 24, 10, 97, null),
    school("s8", "Школа № 8", "Камышово", "activated", 38, 30, 7, null, null, null),
    school("s00", "Школа № 00", "Дальний", "not_activated", null, null, null, null, null, null),
    school("s9", "Школа № 9", "Мыс", "not_activated", null, null, null, null, null, null),
  ],
  weeks: [28, 96, 140, 212, 260, 301, null, 393].map((lessons, n) => ({ begins_on: soon(-56 + n * 7).slice(0, 10), lessons })),
};

export const regionOperator = {
  me: { id: "o1", name: "Пётр Андреевич Берегов", login: "operator", memberships: [], regions: [{ id: "r1", name: "Озёрный край" }] },
  classes: [], members: [], schools: [],
};

/** What is answered to a call about schools, as [body, status]; undefined for other calls. `state` of the world may say otherwise. */
export function answerSchool(method, url, state, body) {
  const path = url.pathname.replace("/api/v1", "");
  const query = url.searchParams;
  if (state.answers?.[`${method} ${path}`]) return state.answers[`${method} ${path}`];
  const [, area, id, part, last] = path.split("/");
  const made = () => ({ ...invitation("i9", body.role, body.class_id ? { id: body.class_id, name: "7Б" } : null, 0, body.max_uses ?? 2, "open", body.days ?? 7, body.kind ?? "link"), child: body.child_id ? { id: body.child_id, name: "Лев Баранов" } : null, code: body.kind === "code" ? "KMW7T-3HXPA" : "q3vTn0x2RkqWZ8aVfB1s7g", link: `https://sfera.example/join/${body.kind === "code" ? "KMW7T-3HXPA" : "q3vTn0x2RkqWZ8aVfB1s7g"}` });
  if (area === "schools" && !id) return [{ items: state.schools ?? [schoolOf(state)], may_create: state.mayCreate ?? false }, 200];
  if (area === "schools" && id === "s0") {
    if (!part) return [schoolOf(state), 200];
    if (part === "years" && method === "GET") return [{ items: state.years ?? (may(state).includes("manage_years") ? YEARS : YEARS.slice(0, 1)) }, 200];
    if (part === "members" && !last) {
      const items = membersOf(state, query.get("role")).filter((one) => one.name.toLowerCase().includes((query.get("q") ?? "").toLowerCase()));
      return [{ items: state.nobody ? [] : items, next: items.length > 15 ? "more" : null }, 200];
    }
    if (part === "members") return [["student", "teacher", "parent", "administrator"].flatMap((role) => membersOf(state, role)).find((one) => one.id === last), 200];
    if (part === "invitations") return method === "POST" ? [made(), 201] : [{ items: state.nobody ? [] : INVITATIONS, next: null }, 200];
    if (part === "requests") return [{ items: state.nobody ? [] : REQUESTS, next: null }, 200];
    if (part === "card") return [{ id: "s0", name: SCHOOL.name, city: "Светлоозёрск" }, 200];
    if (part === "classes") return [{ id: "k1", name: body.name }, 201];
  }
  if (path === "/me/requests") return [{ items: state.asked ? [{ ...REQUESTS[0], may_decide: false }] : [], next: null }, 200];
  if (area === "imports" && part === "apply") {
    return [{ items: LINES.map((one, n) => ({ line: one.line, person_id: `n${n}`, name: one.name, class_name: "7Б", code: `KMW7${n}-3HXP${n}`, link: `https://sfera.example/join/KMW7${n}-3HXP${n}`, login: null, password: null })) }, 200];
  }
  if (area === "imports") return [id === "wrong" ? table("wrong", WRONG) : table("right", LINES), 200];
  if (area === "requests" || area === "memberships") return [{}, 200];
  if (area === "regions" && part === "roll-out") return [state.rollOut ?? ROLL_OUT, 200];
  if (area === "classes" && !id && query.get("archived") === "true") {
    return [{ classes: state.classes.map((one) => ({ ...one, archived: true, may_start: false, year: { id: "y25", name: "2025/2026" }, name: `${Number.parseInt(one.name, 10) - 1}${one.name.slice(-1)}` })) }, 200];
  }
  if (area === "invitation-codes" && state.invitationProblem) return state.invitationProblem;
  return undefined;
}

/** The picture of the school, drawn. */
export const PICTURE_PATH = "/schools/s0/picture";
export const schoolPicture = { body: PICTURE, contentType: "image/svg+xml" };

/** What the platform says of each class besides. */
export const classRights = (role) => ({
  year: YEAR, archived: false, version: 1,
  may: MAY[role].filter((one) => ["manage_classes", "invite_students", "invite_parents", "decide_requests", "enter_lessons", "lead_lessons", "start_broadcasts"].includes(one)),
});
