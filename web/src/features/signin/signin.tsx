import { CircleAlert, Eye, EyeOff } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../../api/http";
import { signIn } from "../../api/platform";
import { navigate, query } from "../../app/router";
import { me } from "../../app/session";
import { language, LANGUAGES, setLanguage, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Mark } from "../../ui/mark";
import "./signin.css";

const NAMES = { ru: "Русский", en: "English" } as const;

/** S1: name and password. What was typed stays, whatever happens. */
export function SignIn() {
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [shown, setShown] = useState(false);
  const [missing, setMissing] = useState<{ login: boolean; password: boolean }>({ login: false, password: false });
  const [trouble, setTrouble] = useState<{ text: string; code?: string } | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const back = safeBack(query.value.get("back"));
  const wait = useCountdown(waitUntil);

  const submit = async (): Promise<void> => {
    if (busy || wait > 0) return;
    const gaps = { login: login.trim() === "", password: password === "" };
    setMissing(gaps);
    if (gaps.login || gaps.password) {
      document.querySelector<HTMLInputElement>(gaps.login ? "input[name=login]" : "input[name=password]")?.focus();
      return;
    }
    setBusy(true);
    setTrouble(null);
    try {
      me.value = await signIn(login.trim(), password);
      navigate(back, true);
    } catch (error) {
      const problem = error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" });
      if (problem.status === 429) setWaitUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
      setTrouble(explain(problem));
    } finally {
      setBusy(false);
    }
  };

  return (
    <main class="signin" id="content">
      <form
        class="signin-card card"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <div class="signin-head">
          <Mark size={44} />
          <div>
            <h1 tabIndex={-1}>Sfera</h1>
            <p class="signin-lead">{t("signin.lead")}</p>
          </div>
        </div>
        {back !== "/" && !trouble && <p class="banner">{t("signin.again")}</p>}
        <Field
          label={t("signin.login")}
          name="login"
          value={login}
          onInput={setLogin}
          autoComplete="username"
          autoFocus
          plain
          maxLength={128}
          error={missing.login && login.trim() === "" ? t("signin.loginMissing") : null}
        />
        <Field
          label={t("signin.password")}
          name="password"
          type={shown ? "text" : "password"}
          value={password}
          onInput={setPassword}
          autoComplete="current-password"
          plain
          maxLength={1024}
          error={missing.password && password === "" ? t("signin.passwordMissing") : null}
        >
          <button type="button" aria-label={shown ? t("signin.hide") : t("signin.show")} onClick={() => setShown(!shown)}>
            {shown ? <EyeOff size={20} strokeWidth={1.75} /> : <Eye size={20} strokeWidth={1.75} />}
          </button>
        </Field>
        <div role="alert">
          {trouble && (
            <p class="field-error">
              <CircleAlert size={20} strokeWidth={1.75} aria-hidden="true" />
              <span>
                {wait > 0 ? t("signin.tooMany", { seconds: wait }) : trouble.text}
                {trouble.code && <span class="signin-code">{t("common.code", { code: trouble.code })}</span>}
              </span>
            </p>
          )}
        </div>
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {t("signin.do")}
        </Button>
        <p class="field-hint">{t("signin.help")}</p>
      </form>
      <p class="signin-languages">
        {LANGUAGES.map((code) => (
          <button
            key={code}
            type="button"
            lang={code}
            aria-pressed={language.value === code}
            onClick={() => void setLanguage(code)}
          >
            {NAMES[code]}
          </button>
        ))}
      </p>
    </main>
  );
}

function explain(problem: ApiError): { text: string; code?: string } {
  switch (problem.status) {
    case 401:
      return { text: t("signin.wrong") };
    case 429:
      return { text: t("signin.wrong") };
    case 0:
      return { text: t("signin.offline") };
    default:
      return { text: t("signin.failed"), code: problem.code };
  }
}

/** Only a page of ours may be returned to. */
export function safeBack(back: string | null): string {
  if (!back || !/^\/(?![/\\])/.test(back) || back.startsWith("/sign-in")) return "/";
  return back;
}

function useCountdown(until: number): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    if (until <= Date.now()) return;
    setNow(Date.now());
    const timer = setInterval(() => {
      setNow(Date.now());
      if (Date.now() >= until) clearInterval(timer);
    }, 500);
    return () => clearInterval(timer);
  }, [until]);
  return Math.max(0, Math.ceil((until - now) / 1000));
}
