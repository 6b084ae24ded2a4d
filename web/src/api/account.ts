import { call, newKey, send } from "./http";
import type { components } from "./schema";

/** Calls about the account of whoever sits here, typed by the platform's own description. */

type Schemas = components["schemas"];
export type Me = Schemas["Me"];
export type Provider = Schemas["ProviderInfo"];
export type Arrival = Schemas["ArrivalInfo"];
export type Account = Schemas["Account"];
export type NewAccount = Schemas["NewAccount"];
export type SignedIn = Schemas["Session"];
export type TotpSecret = Schemas["TotpSecret"];
export type LinkedAccount = Schemas["LinkedAccount"];
export type Child = Schemas["Child"];
export type Children = Schemas["Children"];
export type Export = Schemas["Export"];
export type Erasure = Schemas["Erasure"];
export type Guide = Schemas["Guide"];
export type GuideRole = Guide["role"];
export type Token = Schemas["Token"];
export type Language = NonNullable<Me["locale"]>;

const at = encodeURIComponent;
/** The server works a password over on purpose, and others may wait before us. */
const PATIENCE_MS = 20_000;

export const signIn = (login: string, password: string, code: string | null = null): Promise<Me> =>
  call("POST", "/session", code === null ? { login, password } : { login, password, code }, PATIENCE_MS);

export const makeToken = (login: string, password: string, device: string, code: string | null): Promise<Token> =>
  call("POST", "/tokens", code === null ? { login, password, device } : { login, password, device, code }, PATIENCE_MS);

export async function fetchProviders(): Promise<Provider[]> {
  return (await call<{ items: Provider[] }>("GET", "/sign-in/providers")).items;
}

/** Where the browser goes to sign in elsewhere; with `link` the account there is linked with who is signed in here. */
export function awayTo(provider: string, back: string, link = false): string {
  const query = new URLSearchParams({ return_to: back.slice(0, 300), ...(link ? { link: "true" } : {}) });
  return `/api/v1/sign-in/${at(provider)}?${query.toString()}`;
}

export const fetchArrival = (): Promise<Arrival> => call("GET", "/sign-in/arrival");
export const finishArrival = (code: string): Promise<Me> => call("POST", "/sign-in/arrival", { code });

/** Links the account by which this browser has just come with who has signed in. */
export const linkArrival = (): Promise<unknown> => call("POST", "/me/identities");

export async function register(body: NewAccount, key = newKey()): Promise<Account> {
  return (await send<Account>("POST", "/accounts", { body, key, timeoutMs: PATIENCE_MS })).data;
}

export const resetPassword = (token: string, password: string): Promise<void> =>
  call("POST", "/password-resets", { token, password }, PATIENCE_MS);

/** Changes name or language; the version is read first, so that nothing newer is overwritten. */
export async function editMe(changes: { name?: string; locale?: Language }): Promise<Me> {
  const { etag } = await send<Me>("GET", "/me");
  return (await send<Me>("PATCH", "/me", { body: changes, ...(etag ? { etag } : {}) })).data;
}

export const changePassword = (body: { password: string; old?: string; login?: string }): Promise<void> =>
  call("PUT", "/me/password", body, PATIENCE_MS);

export const beginTotp = (): Promise<TotpSecret> => call("POST", "/me/totp");

export async function confirmTotp(code: string): Promise<string[]> {
  return (await call<{ codes: string[] }>("PUT", "/me/totp", { code })).codes;
}

export const removeTotp = (code: string): Promise<void> => call("DELETE", "/me/totp", { code });

export async function fetchIdentities(): Promise<LinkedAccount[]> {
  return (await call<{ items: LinkedAccount[] }>("GET", "/me/identities")).items;
}

export const unlink = (id: string): Promise<void> => call("DELETE", `/me/identities/${at(id)}`);

export async function fetchSessions(): Promise<SignedIn[]> {
  return (await call<{ items: SignedIn[] }>("GET", "/me/sessions")).items;
}

export const endSession = (id: string): Promise<void> => call("DELETE", `/me/sessions/${at(id)}`);
export const endOtherSessions = (): Promise<void> => call("DELETE", "/me/sessions");

export const fetchChildren = (): Promise<Children> => call("GET", "/me/children");

export const giveConsent = (child: string, version: string): Promise<Child> =>
  call("PUT", `/children/${at(child)}/consent`, { text_version: version });

export const withdrawConsent = (child: string): Promise<Child> => call("DELETE", `/children/${at(child)}/consent`);

export const makeExport = (): Promise<Export> => call("POST", "/me/export", undefined, 60_000);
/** Where the copy that was made last is fetched. */
export const EXPORT_FILE = "/api/v1/me/export";

export const fetchErasure = (): Promise<Erasure> => call("GET", "/me/erasure");
export const askErasure = (confirmation: string): Promise<Erasure> => call("POST", "/me/erasure", { confirmation });
export const withdrawErasure = (): Promise<void> => call("DELETE", "/me/erasure");

export async function fetchGuides(): Promise<Guide[]> {
  return (await call<{ items: Guide[] }>("GET", "/me/guide")).items;
}

export async function editGuide(role: GuideRole, changes: { put_away?: boolean; done?: string[] }): Promise<Guide[]> {
  return (await call<{ items: Guide[] }>("PUT", "/me/guide", { role, ...changes })).items;
}
