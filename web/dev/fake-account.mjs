// The pretended server's part about accounts: ways in, the profile, first steps. Never shipped.

const ago = (minutes) => new Date(Date.now() - minutes * 60_000).toISOString();
const ahead = (days) => new Date(Date.now() + days * 86_400_000).toISOString();
const step = (names, done) => names.map((name) => ({ name, done: done.includes(name) }));

const STEPS = {
  administrator: ["create_school", "fill_page", "make_class", "invite_teachers", "invite_students", "second_step"],
  teacher: ["get_class", "invite_students", "start_lesson", "start_broadcast"],
  student: ["get_class", "join_lesson", "invite_parents"],
  parent: ["give_consent", "see_class"],
  region_operator: ["see_roll_out"],
};

/** A guide of a role with these steps done. */
export const guideOf = (role, done = [], putAway = false) => ({
  role, steps: step(STEPS[role], done), done: done.length === STEPS[role].length, put_away: putAway,
});

export const PROVIDERS = [
  { id: "gosuslugi", kind: "esia", name: "Госуслуги" },
  { id: "vk", kind: "vk", name: "VK ID" },
];

const SESSIONS = [
  { id: "s1", kind: "page", name: "Mozilla/5.0 (Windows NT 10.0) Chrome/142.0 YaBrowser/26.1 Safari/537.36", method: "password", created_at: ago(190), seen_at: ago(1), expires_at: ahead(14), current: true, address: "192.0.2.17" },
  { id: "s2", kind: "page", name: "Mozilla/5.0 (Linux; Android 15; Mobile) Chrome/142.0 Mobile Safari/537.36", method: "vk", created_at: ago(4_400), seen_at: ago(52), expires_at: ahead(11), current: false, address: "198.51.100.4" },
  { id: "s3", kind: "page", name: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", method: "password", created_at: ago(12_900), seen_at: ago(3_100), expires_at: ahead(5), current: false, address: "192.0.2.40" },
  { id: "s4", kind: "app", name: "Табло в коридоре", method: "password", created_at: ago(6_000), seen_at: ago(12), expires_at: ahead(10), current: false, address: "192.0.2.9" },
];

const CHILDREN = [
  { id: "c1", name: "Мила Ежова", birth_date: "2015-03-08", active: false, needs_consent: true, consent: null },
  { id: "c2", name: "Лев Ежов", birth_date: "2013-09-21", active: true, needs_consent: true, consent: { given_by: { id: "pa", name: "Ольга Ежова" }, given_at: ago(90_000), text_version: "2026-11" } },
];

const SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP";
const CODES = ["2f7a-91c4-d0e8-3b56-7a1d", "c81e-4d7b-0f9a-62e3-51bc", "9b04-e6f2-7c1d-a835-d02f", "51d9-0a7e-c3b8-f264-9e10",
  "e3c6-72b1-8d0f-49a5-0c7b", "08fa-5e3d-b9c7-1642-aa3e", "7d42-c90b-e1f6-835a-64d8", "b6e5-381f-04da-9c72-1f05",
  "40c7-db2a-f693-5e18-c2b9", "f19d-6a84-27ce-b03f-8e61"];

/** What the platform would say to a call about accounts: `[body, status]`, or null where the call is another's. */
export function answerAccount(method, path, state, body) {
  switch (`${method} ${path}`) {
    case "POST /session":
      if (state.signIn) return [state.signIn, state.signIn.status];
      return [{ code: "wrong_credentials" }, 401];
    case "GET /sign-in/providers":
      return [{ items: state.providers ?? [] }, 200];
    case "GET /sign-in/arrival":
      return state.arrival ? [state.arrival, 200] : [{ code: "no_arrival" }, 409];
    case "POST /accounts":
      return [{ active: false, me: state.me ?? { id: "x", name: "", login: "", memberships: [] } }, 201];
    case "POST /password-resets":
      return [{ code: "link_expired" }, 409];
    case "GET /me/guide":
      return [{ items: state.guides ?? [] }, 200];
    case "PUT /me/guide": {
      const found = (state.guides ?? []).find((one) => one.role === body.role);
      if (found && body.put_away !== undefined) found.put_away = body.put_away;
      return [{ items: state.guides ?? [] }, 200];
    }
    case "GET /me/sessions":
      return [{ items: SESSIONS }, 200];
    case "GET /me/identities":
      return [{ items: state.identities ?? [] }, 200];
    case "POST /me/totp":
      return [{ secret: SECRET, uri: `otpauth://totp/Sfera:vera.berestova?secret=${SECRET}&issuer=Sfera` }, 201];
    case "PUT /me/totp":
      return [{ codes: CODES }, 200];
    case "POST /me/export":
      return [{ id: "e1", requested_at: ago(0), expires_at: ahead(7), size: 48_200 }, 201];
    case "GET /me/erasure":
      return state.erasure ? [{ id: "d1", person: { id: "t1", name: "" }, requested_at: ago(60), due_at: ahead(14) }, 200] : [{ code: "not_found" }, 404];
    case "GET /me/children":
      return [{ items: state.children ?? CHILDREN, text_version: "2026-11" }, 200];
  }
  return null;
}

/** Nothing happens on the pretended event socket; it only says that nothing was missed. */
export const mockEvents = (page) =>
  page.routeWebSocket("**/api/v1/events/socket", (ws) => {
    ws.onMessage(() => ws.send(JSON.stringify({ type: "ready", cursor: "1", items: [] })));
  });
