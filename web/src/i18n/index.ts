import { signal } from "@preact/signals";
import i18next from "i18next";
import { en } from "./en";
import { ru } from "./ru";

export const LANGUAGES = ["ru", "en"] as const;
export type Language = (typeof LANGUAGES)[number];

type Suffix = "_zero" | "_one" | "_two" | "_few" | "_many" | "_other";
type Bare<K extends string> = K extends `${infer Base}${Suffix}` ? Base : K;
type RussianKey = keyof typeof ru;
/** A key as pages use it: without the plural suffix. */
export type Key = Bare<RussianKey>;
type PluralOnly<K> = K extends `${string}_few` | `${string}_many` ? never : K;
/** Another language has every key; of the plural forms it has those it needs. */
export type Words = { readonly [K in PluralOnly<RussianKey>]: string };

const STORED = "sfera.language";

/** The language now. Reading it in a component draws the component anew when it changes. */
export const language = signal<Language>("ru");

export async function startI18n(): Promise<void> {
  language.value = preferred();
  await i18next.init({
    lng: language.value,
    fallbackLng: false,
    resources: { ru: { translation: ru }, en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
    returnNull: false,
    showSupportNotice: false,
  } as Parameters<typeof i18next.init>[0]);
  document.documentElement.lang = language.value;
}

/** The person's own language, in a browser in which none was chosen. */
export async function adoptLanguage(next: Language): Promise<void> {
  if (localStorage.getItem(STORED) === null && next !== language.peek()) await speak(next);
}

export async function setLanguage(next: Language): Promise<void> {
  localStorage.setItem(STORED, next);
  await speak(next);
}

async function speak(next: Language): Promise<void> {
  await i18next.changeLanguage(next);
  document.documentElement.lang = next;
  language.value = next;
}

/** The words for a key. `count` picks the plural form. */
export function t(key: Key, values?: Record<string, string | number>): string {
  void language.value;
  return i18next.t(key, values ?? {});
}

export function number(value: number): string {
  return new Intl.NumberFormat(language.value).format(value);
}

/** "A, B and C". */
export function list(items: readonly string[]): string {
  return new Intl.ListFormat(language.value, { type: "conjunction" }).format(items);
}

/** Names as a register has them: by the family name, which stands last. */
export function byName(a: string, b: string): number {
  const collator = new Intl.Collator(language.value, { sensitivity: "base", numeric: true });
  return collator.compare(familyName(a), familyName(b)) || collator.compare(a, b);
}

/** "12:40". */
export function clock(date: Date): string {
  return new Intl.DateTimeFormat(language.value, { hour: "2-digit", minute: "2-digit" }).format(date);
}

/** "20 November, 12:40", with the year when it is not this one. */
export function moment(date: Date): string {
  const thisYear = date.getFullYear() === new Date().getFullYear();
  return new Intl.DateTimeFormat(language.value, {
    day: "numeric",
    month: "long",
    ...(thisYear ? {} : { year: "numeric" }),
    hour: "2-digit",
    minute: "2-digit",
  }).format(date);
}

/** "18:24", or "1:02:03": how long something has run. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const parts = [Math.floor(seconds / 60) % 60, seconds % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(seconds / 3600);
  if (hours > 0) return `${hours}:${parts.join(":")}`;
  return `${Number(parts[0])}:${parts[1]}`;
}

function familyName(name: string): string {
  const words = name.trim().split(/\s+/);
  return words[words.length - 1] ?? name;
}

function preferred(): Language {
  const stored = localStorage.getItem(STORED);
  if (LANGUAGES.includes(stored as Language)) return stored as Language;
  for (const wish of navigator.languages) {
    const short = wish.slice(0, 2).toLowerCase();
    if (LANGUAGES.includes(short as Language)) return short as Language;
  }
  return "ru";
}
