import { signal } from "@preact/signals";
import { ApiError } from "../api/http";
import { fetchMe, signOut as endSession } from "../api/platform";
import type { Me } from "../api/types";
import { clearResources } from "./resource";

/** Who is signed in: undefined while we ask, null for nobody. */
export const me = signal<Me | null | undefined>(undefined);
/** Asking failed for another reason than not being signed in. */
export const sessionTrouble = signal(false);

export async function loadMe(): Promise<void> {
  sessionTrouble.value = false;
  try {
    me.value = await fetchMe();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) me.value = null;
    else sessionTrouble.value = true;
  }
}

export async function signOut(): Promise<void> {
  await endSession();
  forget();
}

/** The session is gone, here or from elsewhere. */
export function forget(): void {
  clearResources();
  me.value = null;
}

/** How to greet somebody: given name (and patronymic), without the family name that stands last. */
export function greetingName(name: string): string {
  const words = name.trim().split(/\s+/);
  return words.length > 1 ? words.slice(0, -1).join(" ") : name;
}
