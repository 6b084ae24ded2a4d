import i18next from "i18next";
import { beforeAll, describe, expect, it } from "vitest";
import { en } from "../src/i18n/en";
import { ru } from "../src/i18n/ru";

const LANGUAGES = { ru, en } as const;
const COUNTS = [0, 1, 2, 5, 11, 21, 22, 25, 101, 111, 1.5];
const SUFFIX = /_(zero|one|two|few|many|other)$/;
const bare = (keys: readonly string[]): Set<string> => new Set(keys.map((key) => key.replace(SUFFIX, "")));

beforeAll(async () => {
  await i18next.init({
    lng: "ru",
    fallbackLng: false,
    resources: { ru: { translation: ru }, en: { translation: en } },
    keySeparator: false,
    nsSeparator: false,
    interpolation: { escapeValue: false },
  });
});

describe.each(Object.entries(LANGUAGES))("words in %s", (language, words) => {
  const plurals = bare(Object.keys(words).filter((key) => SUFFIX.test(key)));

  it("has a form for every number", () => {
    const rules = new Intl.PluralRules(language);
    for (const key of plurals) {
      for (const count of COUNTS) {
        expect(words, `${key} for ${count}`).toHaveProperty([`${key}_${rules.select(count)}`]);
        const text = i18next.t(key, { lng: language, count, name: "Мила", time: "1:00" });
        expect(text).toContain(String(count));
        expect(text).not.toContain("{{");
      }
    }
  });

  it("says nothing twice, leaves nothing empty and raises no voice", () => {
    for (const [key, text] of Object.entries(words)) {
      expect(text.trim(), key).not.toBe("");
      expect(text, key).not.toMatch(/!|Упс|Oops|\s{2}/);
    }
  });
});

it("Russian numbers agree with their nouns", () => {
  const hands = (count: number): string => i18next.t("hands", { lng: "ru", count });
  expect([1, 2, 5, 11, 21, 22, 25, 101, 111, 1.5].map(hands)).toEqual([
    "1 рука", "2 руки", "5 рук", "11 рук", "21 рука", "22 руки", "25 рук", "101 рука", "111 рук", "1.5 руки",
  ]);
});
