import { effect } from "@preact/signals";
import { EventStream, openEventSocket, type PlatformEvent, type Typing } from "../api/events";
import { t } from "../i18n";
import { Calm } from "./calm";
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

/**
 * Who keeps what they show in step by themselves. A hearer is told of every event, and gives true for those that are
 * wholly its own: nothing else need be fetched for them. `null` stands for "anything may have happened".
 */
type Hearer = (event: PlatformEvent | null) => boolean;
const hearers = new Set<Hearer>();

/** From now on `hearer` is told of what happens; the answer ends it. */
export function listen(hearer: Hearer): () => void {
  hearers.add(hearer);
  return () => hearers.delete(hearer);
}

/** Whether somebody has taken the event for their own. */
function tell(event: PlatformEvent | null): boolean {
  let taken = false;
  for (const hearer of hearers) taken = hearer(event) || taken;
  return taken;
}

/** What only an open article shows, which listens to it: a school that talks about one has nobody else fetch anything. */
const ASIDE = /^comment\./;

const calm = new Calm(() => void refresh(), CALM_MS);

let stream: EventStream | null = null;
const typists = new Set<(typing: Typing) => void>();

/** From now on `hear` is told who writes in which chat; the answer ends it. */
export function listenTyping(hear: (typing: Typing) => void): () => void {
  typists.add(hear);
  return () => typists.delete(hear);
}

/** Tells those who read a chat that one writes in it. */
export const sayTyping = (chat: string): void => stream?.say({ typing: chat });

/** Follows what happens on the platform for as long as somebody is signed in. */
export function startLive(): void {
  const following = new EventStream(openEventSocket, {
    ready: (anew) => {
      live.value = true;
      if (anew) {
        tell(null);
        calm.soon(FIRST_LOOK_MS);
      }
    },
    down: () => (live.value = false),
    events: hear,
    resync: () => {
      tell(null);
      void whoAmI();
      calm.soon(0);
    },
    membershipLost: () => void whoAmI(),
    typing: (typing) => typists.forEach((hear) => hear(typing)),
    over: () => {
      live.value = false;
      forget();
    },
  });
  stream = following;
  let whose: string | null = null;
  effect(() => {
    const person = me.value?.id ?? null;
    if (person === whose) return;
    whose = person;
    live.value = false;
    following.stop();
    if (person !== null) following.start();
  });
  window.addEventListener("online", () => following.hurry());
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") following.hurry();
  });
}

function hear(items: readonly PlatformEvent[]): void {
  const own = me.peek()?.id;
  // First who one is now: what is one's no more is left, not asked for again.
  if (items.some((one) => one.person === own && /^(membership|family|person)\./.test(one.kind))) void whoAmI();
  const others = items.filter((one) => !tell(one) && !ASIDE.test(one.kind));
  if (others.length > 0) calm.soon(others.some((one) => one.person === own) ? 0 : Math.random() * SPREAD_MS);
}

async function refresh(): Promise<void> {
  if (asking) {
    await asking;
    return calm.soon(LEFT_MS);
  }
  calm.done();
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
  calm.done();
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
