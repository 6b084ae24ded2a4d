import type { Role } from "../../api/school";
import { type Key, language, t } from "../../i18n";

/** "1 September 2026" of a day or a moment. Without the Russian "г.", whose full stop would be the sentence's second. */
export function day(moment: string): string {
  const date = new Date(moment.length === 10 ? `${moment}T12:00:00` : moment);
  const words = new Intl.DateTimeFormat(language.value, { day: "numeric", month: "long", year: "numeric" }).format(date);
  return words.replace(/\s*г\.$/, "");
}

export const roleWords = (role: Role): string => t(`role.${role}` as Key);

/** The same name with a capital letter, to begin a line with. */
export function capital(text: string): string {
  return text.charAt(0).toLocaleUpperCase() + text.slice(1);
}
