import { describe, expect, test } from "vitest";
import { en } from "../src/i18n/en";
import { ru } from "../src/i18n/ru";

const languages = { ru, en } as const;
const SUFFIX = /_(zero|one|two|few|many|other)$/;

function placeholders(text: string): string[] {
  return [...text.matchAll(/{{\s*(\w+)\s*}}/g)].map((found) => found[1] ?? "").sort();
}

/** Plural forms of each key that has any. */
function plurals(words: object): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const key of Object.keys(words)) {
    const form = SUFFIX.exec(key)?.[1];
    if (!form) continue;
    const bare = key.replace(SUFFIX, "");
    found.set(bare, (found.get(bare) ?? new Set()).add(form));
  }
  return found;
}

describe.each(Object.entries(languages))("words in %s", (language, words: Record<string, string>) => {
  test("nothing is empty or has spaces around it", () => {
    expect(Object.entries(words).filter(([, text]) => text === "" || text !== text.trim())).toEqual([]);
  });

  test("every plural has exactly the forms of the language", () => {
    const wanted = new Intl.PluralRules(language).resolvedOptions().pluralCategories;
    for (const [key, forms] of plurals(words)) expect([key, [...forms].sort()]).toEqual([key, [...wanted].sort()]);
  });

  test("the forms of one plural name the same values", () => {
    for (const [key, forms] of plurals(words)) {
      const named = [...forms].map((form) => placeholders(words[`${key}_${form}`] ?? "").filter((n) => n !== "count"));
      expect([key, new Set(named.map(String)).size]).toEqual([key, 1]);
    }
  });
});

test("both languages say the same things with the same values", () => {
  const values = (words: object) =>
    new Map(Object.entries(words).map(([key, text]) => [key.replace(SUFFIX, ""), String(placeholders(text as string).filter((n) => n !== "count"))]));
  expect([...values(en)].sort()).toEqual([...values(ru)].sort());
});
