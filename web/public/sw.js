// Sfera's service worker: shows what is pushed, and keeps the program itself (never what people wrote) so that pages
// open without the network.
const SHELF = "sfera-1";
const WAIT_MS = 4000;

self.addEventListener("install", (event) => {
  // Calls do not pass through here at all: what a page says while it is closed must not wait for a worker.
  event.addRoutes?.([{ condition: { urlPattern: "/api/*" }, source: "network" }]);
  event.waitUntil(keepProgram().then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  const old = caches.keys().then((names) => Promise.all(names.filter((name) => name !== SHELF).map((name) => caches.delete(name))));
  event.waitUntil(old.then(() => self.clients.claim()));
});

/** The page and what it loads first. */
async function keepProgram() {
  const shelf = await caches.open(SHELF);
  const page = await fetch("/", { cache: "no-store" });
  const text = await page.clone().text();
  const files = [...text.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map((match) => match[1]);
  await Promise.all([shelf.put("/", page), ...files.map((file) => shelf.add(file).catch(() => {}))]);
}

/**
 * Calls must be able to leave while their page is being closed. Where a worker cannot be told to keep out of them, it
 * keeps out of everything, and pages need the network.
 */
const mayServe = "addRoutes" in (self.InstallEvent?.prototype ?? {});

if (mayServe) self.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== self.location.origin) return;
  // Navigations to the api (a sign-in elsewhere, a file that is saved) are the network's alone.
  if (request.mode === "navigate" && !/^\/(api|hooks)\//.test(url.pathname)) event.respondWith(page(request));
  // Their names hold their contents: what was kept under a name is right for ever.
  else if (url.pathname.startsWith("/assets/")) event.respondWith(asset(request));
});

/** From the network; what was kept last where it does not answer soon. */
async function page(request) {
  const shelf = await caches.open(SHELF);
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(WAIT_MS) });
    if (answer.ok && (answer.headers.get("Content-Type") ?? "").startsWith("text/html")) await shelf.put("/", answer.clone());
    return answer;
  } catch {
    return (await shelf.match("/")) ?? Response.error();
  }
}

async function asset(request) {
  const shelf = await caches.open(SHELF);
  const kept = await shelf.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) await shelf.put(request, answer.clone());
  return answer;
}

self.addEventListener("push", (event) => {
  event.waitUntil(show(event.data));
});

const WORDS = {
  ru: { title: "Sfera", body: "Новое сообщение" },
  en: { title: "Sfera", body: "A new message" },
};

/** Without its words a push only says that there is something. */
async function show(data) {
  let told = {};
  try {
    told = data?.json() ?? {};
  } catch {
    // It was not ours; something is shown all the same, as browsers demand.
  }
  const words = WORDS[(self.navigator.language ?? "ru").slice(0, 2)] ?? WORDS.ru;
  await self.registration.showNotification(told.title ?? words.title, {
    body: told.body ?? words.body,
    icon: "/sfera.svg",
    // One chat, one notice: the newest.
    tag: told.chat_id ?? "sfera",
    renotify: true,
    data: { url: told.chat_id ? `/messages/${encodeURIComponent(told.chat_id)}` : "/messages" },
  });
}

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data?.url ?? "/messages"));
});

async function open(url) {
  const pages = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const there = pages.find((client) => new URL(client.url).pathname === url) ?? pages.find((client) => !client.url.includes("/lesson/"));
  if (!there) return void (await self.clients.openWindow(url));
  await there.focus();
  if (new URL(there.url).pathname !== url) await there.navigate(url);
}
