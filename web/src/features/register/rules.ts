/** What the platform asks of a new account, so that a form can say it before it is sent. */

export const AGE_OF_CONSENT = 14;
const OLDEST_YEARS = 120;

/** Full years on that day; who was born on 29 February has their birthday on 1 March in other years. */
export function ageOn(day: Date, born: string): number | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(born);
  if (!found) return null;
  const [year, month, date] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const before = day.getMonth() + 1 < month || (day.getMonth() + 1 === month && day.getDate() < date);
  return day.getFullYear() - year - (before ? 1 : 0);
}

/** Whether it can be somebody's date of birth. */
export function isBirthDate(day: Date, born: string): boolean {
  const age = ageOn(day, born);
  return age !== null && age >= 0 && age <= OLDEST_YEARS;
}

/** Whether a person is too young to agree for themselves. */
export function needsConsent(day: Date, born: string): boolean {
  const age = ageOn(day, born);
  return age !== null && age >= 0 && age < AGE_OF_CONSENT;
}

/** A login somebody chooses: 3 to 64 characters, no blanks, no markup. */
export function isLogin(login: string): boolean {
  const folded = login.normalize("NFKC").trim();
  return [...folded].length >= 3 && [...folded].length <= 64 && !/[\s<>\p{C}\p{Z}]/u.test(folded);
}

export type PasswordFault = "short" | "easy";

/** What the platform would say of a password; null when it takes it. */
export function passwordFault(password: string, login: string): PasswordFault | null {
  if ([...password].length < 8) return "short";
  const plain = password.normalize("NFKC").toLowerCase();
  if (plain === login.normalize("NFKC").trim().toLowerCase() || new Set(plain).size < 4) return "easy";
  return null;
}
