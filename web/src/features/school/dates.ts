import type { Year } from "../../api/school";

export interface YearDays {
  name: string;
  starts_on: string;
  ends_on: string;
}

/** The school year to suggest: the one that goes on, or the one after the newest there is. */
export function nextYear(today: Date, years: readonly Pick<Year, "starts_on">[]): YearDays {
  // From June on, schools prepare the year that begins in September.
  const present = today.getMonth() >= 5 ? today.getFullYear() : today.getFullYear() - 1;
  const newest = Math.max(...years.map((year) => Number(year.starts_on.slice(0, 4)) + 1), present);
  return { name: `${newest}/${newest + 1}`, starts_on: `${newest}-09-01`, ends_on: `${newest + 1}-08-31` };
}

const LONGEST_DAYS = 500;

/** What is wrong with the days of a year, if anything. */
export function yearFault({ starts_on, ends_on }: YearDays): "missing" | "order" | "long" | null {
  const [begin, end] = [Date.parse(starts_on), Date.parse(ends_on)];
  if (Number.isNaN(begin) || Number.isNaN(end)) return "missing";
  if (end <= begin) return "order";
  return end - begin > LONGEST_DAYS * 86_400_000 ? "long" : null;
}
