import { language } from "../../i18n";

const STEPS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ["minute", 60],
  ["hour", 3_600],
  ["day", 86_400],
  ["month", 2_629_800],
  ["year", 31_557_600],
];

/** "5 minutes ago", "yesterday". */
export function ago(then: number, now: number): string {
  const seconds = Math.max(0, (now - then) / 1000);
  const [unit, size] = [...STEPS].reverse().find(([, each]) => seconds >= each) ?? ["minute", 60];
  const format = new Intl.RelativeTimeFormat(language.value, { numeric: "auto" });
  return format.format(-Math.floor(seconds / size), unit as Intl.RelativeTimeFormatUnit);
}

/** "24 November 2026". */
export function day(text: string): string {
  const date = /^\d{4}-\d{2}-\d{2}$/.test(text) ? new Date(`${text}T12:00:00`) : new Date(text);
  const words = new Intl.DateTimeFormat(language.value, { day: "numeric", month: "long", year: "numeric" }).format(date);
  // Russian formats end in "г.", which would put two full stops at the end of a sentence.
  return words.replace(/\s*г\.$/, "");
}

/** "48 KB". */
export function bytes(size: number): string {
  const [value, unit] = size < 1_000_000 ? [size / 1000, "kilobyte" as const] : [size / 1_000_000, "megabyte" as const];
  return new Intl.NumberFormat(language.value, {
    style: "unit",
    unit,
    unitDisplay: "short",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
