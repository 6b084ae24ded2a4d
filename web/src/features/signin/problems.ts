import type { ApiError } from "../../api/http";
import { type Key, t } from "../../i18n";

/** What an unfinished sign-in elsewhere left in the address of the page (`problem=CODE`). */
const FROM_ELSEWHERE: Readonly<Record<string, Key>> = {
  sign_in_state_invalid: "signin.problem.state",
  provider_refused: "signin.problem.refused",
  provider_unavailable: "signin.problem.unavailable",
  identity_in_use: "signin.problem.inUse",
  account_inactive: "signin.problem.inactive",
  not_signed_in: "signin.problem.notSignedIn",
  wrong_credentials: "signin.problem.closed",
  no_arrival: "signin.problem.arrival",
};

export function elsewhereProblem(code: string): string {
  return t(FROM_ELSEWHERE[code] ?? "signin.problem.other");
}

/** Why one is not in, with the code in small print where the words cannot say all. */
export interface Refusal {
  text: string;
  code?: string;
}

export function signInProblem(problem: ApiError): Refusal {
  switch (problem.code) {
    case "wrong_credentials":
    case "too_many_attempts":
      return { text: t("signin.wrong") };
    case "wrong_code":
      return { text: t("signin.codeWrong") };
    case "no_arrival":
      return { text: t("signin.problem.arrival") };
    case "busy":
      return { text: t("signin.busy") };
    case "offline":
      return { text: t("signin.offline") };
    default:
      return { text: t("signin.failed"), code: problem.code };
  }
}

/** "14:32" of the moment a countdown ends, and "45 s" or "12 min" until then. */
export function opensIn(seconds: number, language: string): string {
  const [value, unit] = seconds < 90 ? [seconds, "second" as const] : [Math.ceil(seconds / 60), "minute" as const];
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

/** Only a page of ours may be returned to. */
export function safeBack(back: string | null): string {
  if (!back || !/^\/(?![/\\])/.test(back) || back.startsWith("/sign-in")) return "/";
  return back;
}
