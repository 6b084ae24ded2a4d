import { batch, signal } from "@preact/signals";
import { ApiError } from "../api/http";
import { fetchMe, signOut as endSession } from "../api/platform";
import type { Me } from "../api/types";
import { forgetRead, keepRead, keptRead } from "./kept";
import { clearResources } from "./resource";
import { navigate } from "./router";

/** Who is signed in: undefined while we ask, null for nobody. */
export const me = signal<Me | null | undefined>(undefined);
/** The session has ended while the page was open, and not by a press here. */
export const endedElsewhere = signal(false);
/** Asking failed for another reason than not being signed in. */
export const sessionTrouble = signal(false);

export async function loadMe(): Promise<void> {
  sessionTrouble.value = false;
  try {
    me.value = await fetchMe();
    void keepRead("", "me", me.value);
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      me.value = null;
      void forgetRead();
      return;
    }
    // Without the network one is who one was last time, and reads what was read.
    const kept = error instanceof ApiError && error.status === 0 ? await keptRead("", "me") : null;
    if (kept) me.value = kept.data as Me;
    else sessionTrouble.value = true;
  }
}

/** Asks again who one is here. Failing to ask changes nothing, except that a session may be over. */
export async function refreshMe(): Promise<void> {
  try {
    me.value = await fetchMe();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) forget();
  }
}

/** Somebody has come in by this page. */
export function entered(person: Me): void {
  batch(() => {
    clearResources();
    endedElsewhere.value = false;
    me.value = person;
  });
  void keepRead("", "me", person);
}

let leaving = false;

export async function signOut(): Promise<void> {
  leaving = true;
  try {
    await endSession();
    await forgetRead();
  } finally {
    leaving = false;
  }
  batch(() => {
    clearResources();
    me.value = null;
    // Whoever comes next at this computer does not come to this person's page.
    navigate("/sign-in");
  });
}

/** The session is gone: ended elsewhere, or its time is up. */
export function forget(): void {
  // The event socket, and whatever is asked meanwhile, may tell of the end before the press that made it is answered.
  if (leaving) return;
  void forgetRead();
  batch(() => {
    clearResources();
    if (me.peek()) endedElsewhere.value = true;
    me.value = null;
  });
}

/** How to greet somebody: given name (and patronymic), without the family name that stands last. */
export function greetingName(name: string): string {
  const words = name.trim().split(/\s+/);
  return words.length > 1 ? words.slice(0, -1).join(" ") : name;
}
