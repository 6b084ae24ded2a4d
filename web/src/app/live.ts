import { effect } from "@preact/signals";
import { EventStream, openEventSocket, type PlatformEvent } from "../api/events";
import { t } from "../i18n";
import { isLost, type Move, moveOf } from "./moves";
import { live, refreshShown } from "./resource";
import { navigate, route, to } from "./router";
import { forget, me, refreshMe } from "./session";
import { showToast } from "./toast";

/** A whole school hears of a thing at once, and need not ask in the same moment. */
const SPREAD_MS = 250;
/** At most so often what is looked at is fetched anew. */
const CALM_MS = 1_000;
/** What a page read while it opened is read once more, soon: something may have happened before we were told of things. */
const FIRST_LOOK_MS = 1_500;
/** A page that is left is off the screen by then. */
const LEFT_MS = 60;

let last = -Infinity;
let due = 0;
let timer: ReturnType<typeof setTimeout> | null = null;

/** Follows what happens on the platform for as long as somebody is signed in. */
export function startLive(): void {
  const stream = new EventStream(openEventSocket, {
    ready: (anew) => {
      live.value = true;
      if (anew) refreshSoon(FIRST_LOOK_MS);
    },
    down: () => (live.value = false),
    events: hear,
    resync: () => {
      void whoAmI();
      refreshSoon(0);
    },
    membershipLost: () => void whoAmI(),
    over: () => {
      live.value = false;
      forget();
    },
  });
  let following: string | null = null;
  effect(() => {
    const person = me.value?.id ?? null;
    if (person === following) return;
    following = person;
    live.value = false;
    stream.stop();
    if (person !== null) stream.start();
  });
  window.addEventListener("online", () => stream.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") stream.hurry();
  });
}

function hear(items: readonly PlatformEvent[]): void {
  const own = me.peek()?.id;
  const mine = items.filter((one) => one.person === own);
  // First who one is now: what is one's no more is left, not asked for again.
  if (mine.some((one) => /^(membership|family|person)\./.test(one.kind))) void whoAmI();
  refreshSoon(mine.length > 0 ? 0 : Math.random() * SPREAD_MS);
}

function refreshSoon(after: number): void {
  const now = Date.now();
  const wanted = Math.max(now + after, last + CALM_MS);
  if (timer !== null && due <= wanted) return;
  if (timer !== null) clearTimeout(timer);
  due = wanted;
  timer = setTimeout(() => void refresh(), wanted - now);
}

async function refresh(): Promise<void> {
  const waited = asking;
  await waited;
  timer = null;
  if (waited) return refreshSoon(LEFT_MS);
  last = Date.now();
  refreshShown();
}

let asking: Promise<void> | null = null;
let askAgain = false;

/** Who one is has changed: what is one's no more is left, with one piece of news. */
async function whoAmI(): Promise<void> {
  if (asking) {
    askAgain = true;
    return asking;
  }
  const before = me.peek()?.memberships ?? [];
  asking = refreshMe();
  await asking;
  asking = null;
  const after = me.peek()?.memberships;
  if (after) settle(before, after);
  if (askAgain) {
    askAgain = false;
    await whoAmI();
  }
}

type Memberships = Parameters<typeof moveOf>[0];

function settle(before: Memberships, after: Memberships): void {
  const move = moveOf(before, after);
  if (!move) return;
  if (isLost(route.peek(), before, after)) navigate(to.home, true);
  // Once the page that was left is gone.
  last = Date.now();
  setTimeout(() => refreshShown(true), LEFT_MS);
  showToast(words(move));
}

function words({ kind, name }: Move): string {
  switch (kind) {
    case "school":
      return t("live.lostSchool", { name });
    case "moved":
      return t("live.movedTo", { name });
    case "class":
      return t("live.lostClass", { name });
    default:
      return t("live.lostRole", { name });
  }
}
