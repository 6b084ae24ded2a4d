import { language } from "../../i18n";

const UNITS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** "240 kB", "1.2 MB": as people say it, in steps of 1,024, with one decimal below ten. */
export function bytes(count: number): string {
  let value = count;
  let unit = 0;
  while (value >= 1_000 && unit < UNITS.length - 1) {
    value /= 1_024;
    unit += 1;
  }
  const words = new Intl.NumberFormat(language.value, {
    style: "unit",
    unit: UNITS[unit] ?? "byte",
    unitDisplay: unit === 0 ? "long" : "short",
    maximumFractionDigits: unit > 0 && value < 10 ? 1 : 0,
  }).format(value);
  // A number and its unit stay in one line.
  return words.replace(" ", "\u00a0");
}
