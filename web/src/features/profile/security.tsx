import { useState } from "preact/hooks";
import { changePassword } from "../../api/account";
import { secondStepOwed } from "../../api/http";
import type { Me } from "../../api/types";
import { asApiError, explain } from "../../app/action";
import { query } from "../../app/router";
import { loadMe } from "../../app/session";
import { announce } from "../../app/announce";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Password } from "../../ui/password";
import { isLogin, passwordFault } from "../register/rules";
import { elsewhereProblem, type Refusal } from "../signin/problems";
import { Refused } from "../signin/refused";
import { useCountdown } from "../signin/wait";
import { Identities } from "./identities";
import { SecondStepCard } from "./totp";

/** The ways in: password, second step, accounts elsewhere. */
export function Security({ person }: { person: Me }) {
  const problem = query.value.get("problem");
  return (
    <>
      {problem && (
        <p class="banner refusal" role="alert">
          {elsewhereProblem(problem)}
        </p>
      )}
      {secondStepOwed.value && !person.second_step && (
        <p class="banner" role="status">
          {t("totp.owed")}
        </p>
      )}
      <PasswordCard person={person} />
      <SecondStepCard person={person} />
      <Identities />
    </>
  );
}

type Faults = Partial<Record<"old" | "login" | "password", string>>;

function PasswordCard({ person }: { person: Me }) {
  const has = person.has_password ?? true;
  const [open, setOpen] = useState(false);
  const [done, setDone] = useState(false);
  return (
    <section class="card profile-part" aria-labelledby="profile-password">
      <div class="profile-part-head">
        <div>
          <h2 id="profile-password">{t("password.title")}</h2>
          {!has && <p class="meta">{t("password.none")}</p>}
          <p class="profile-saved" role="status">
            {done && !open && t("password.changed")}
          </p>
        </div>
        {!open && <Button onPress={() => setOpen(true)}>{has ? t("password.change") : t("password.set")}</Button>}
      </div>
      {open && (
        <PasswordForm
          person={person}
          has={has}
          onDone={() => {
            setDone(true);
            setOpen(false);
            announce(t("password.changed"));
            void loadMe();
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </section>
  );
}

function PasswordForm({ person, has, onDone, onClose }: { person: Me; has: boolean; onDone(): void; onClose(): void }) {
  const [old, setOld] = useState("");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [faults, setFaults] = useState<Faults>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const wait = useCountdown(waitUntil);
  const namesIt = !has && !person.login;

  const submit = async (): Promise<void> => {
    if (busy || wait > 0) return;
    const fault = passwordFault(password, person.login || login);
    const found: Faults = {
      ...(has && old === "" ? { old: t("signin.passwordMissing") } : {}),
      ...(namesIt && !isLogin(login) ? { login: t("register.loginShort") } : {}),
      ...(fault ? { password: t(fault === "short" ? "register.passwordShort" : "register.passwordEasy") } : {}),
    };
    setFaults(found);
    setRefusal(null);
    const first = Object.keys(found)[0];
    if (first) return document.querySelector<HTMLInputElement>(`.profile-password input[name=${first}]`)?.focus();
    setBusy(true);
    try {
      await changePassword({ password, ...(has ? { old } : {}), ...(namesIt ? { login: login.trim() } : {}) });
      onDone();
    } catch (error) {
      const problem = asApiError(error);
      if (problem.status === 429) setWaitUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
      if (problem.code === "wrong_credentials") setFaults({ old: t("password.wrong") });
      else if (problem.code === "login_taken") setFaults({ login: t("register.loginTaken") });
      else if (problem.code === "invalid_body") setFaults({ password: t("register.passwordEasy") });
      else setRefusal({ text: explain(problem), code: problem.code });
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="profile-password"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      {/* Password managers want to know whose password it is. */}
      {!namesIt && <input type="text" name="username" autoComplete="username" value={person.login} readOnly hidden />}
      {has && (
        <Password
          label={t("password.old")}
          name="old"
          value={old}
          onInput={setOld}
          autoComplete="current-password"
          autoFocus
          error={faults.old ?? null}
        />
      )}
      {namesIt && (
        <Field
          label={t("register.login")}
          name="login"
          value={login}
          onInput={setLogin}
          autoComplete="username"
          plain
          maxLength={64}
          hint={t("register.loginHint")}
          error={faults.login ?? null}
        />
      )}
      <Password
        label={t("password.new")}
        value={password}
        onInput={setPassword}
        autoComplete="new-password"
        hint={t("register.passwordHint")}
        error={faults.password ?? null}
      />
      <p class="field-hint">{t("password.ends")}</p>
      <Refused refusal={refusal} wait={wait} />
      <div class="profile-actions">
        <Button type="submit" kind="primary" busy={busy}>
          {has ? t("password.change") : t("password.set")}
        </Button>
        <Button onPress={onClose}>{t("common.cancel")}</Button>
      </div>
    </form>
  );
}
