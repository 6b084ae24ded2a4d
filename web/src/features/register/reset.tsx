import { useState } from "preact/hooks";
import { resetPassword } from "../../api/account";
import { asApiError } from "../../app/action";
import { navigate, to } from "../../app/router";
import { loadMe } from "../../app/session";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Password } from "../../ui/password";
import { Frame } from "../signin/frame";
import { type Refusal, signInProblem } from "../signin/problems";
import { Refused } from "../signin/refused";
import { passwordFault } from "./rules";

/** What a link made by an operator leads to: a new password, once. */
export function Reset({ token }: { token: string }) {
  useTitle(t("reset.title"));
  const [password, setPassword] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [expired, setExpired] = useState(false);
  const [busy, setBusy] = useState(false);

  const submit = async (): Promise<void> => {
    if (busy) return;
    const found = passwordFault(password, "");
    setFault(found === null ? null : found === "short" ? t("register.passwordShort") : t("register.passwordEasy"));
    if (found) return document.querySelector<HTMLInputElement>("input[name=password]")?.focus();
    setBusy(true);
    setRefusal(null);
    try {
      await resetPassword(token, password);
      // All sessions of that person are over, perhaps this one too.
      await loadMe();
      navigate("/sign-in?changed=1", true);
    } catch (error) {
      const problem = asApiError(error);
      if (problem.code === "link_expired") setExpired(true);
      else if (problem.code === "invalid_body") setFault(t("register.passwordEasy"));
      else setRefusal(signInProblem(problem));
    } finally {
      setBusy(false);
    }
  };

  if (expired) {
    return (
      <Frame title={t("reset.title")}>
        <p class="banner refusal" role="alert">
          {t("reset.expired")}
        </p>
        <Button wide onPress={() => navigate(to.signIn("/"), true)}>
          {t("signin.toSignIn")}
        </Button>
      </Frame>
    );
  }
  return (
    <Frame title={t("reset.title")} lead={t("reset.lead")}>
      <form
        class="signin-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Password
          label={t("reset.password")}
          value={password}
          onInput={setPassword}
          autoComplete="new-password"
          autoFocus
          hint={t("register.passwordHint")}
          error={fault}
        />
        <Refused refusal={refusal} wait={0} />
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {t("reset.do")}
        </Button>
      </form>
    </Frame>
  );
}
