import { KeyRound } from "lucide-preact";
import { useEffect, useState } from "preact/hooks";
import { type Arrival, finishArrival, linkArrival, signIn } from "../../api/account";
import { asApiError } from "../../app/action";
import { navigate, query, to } from "../../app/router";
import { endedElsewhere, entered } from "../../app/session";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Password } from "../../ui/password";
import { dropArrival, keptArrival, noteArrival } from "./arrival";
import { Frame } from "./frame";
import { elsewhereProblem, type Refusal, safeBack, signInProblem } from "./problems";
import { ProviderLinks, useProviders } from "./providers";
import { Refused } from "./refused";
import { SecondStep } from "./step";
import { useCountdown } from "./wait";
import { AwaitsConsent, type WaitReason } from "./waiting";

/** S1: the ways in. What was typed stays, whatever happens. */
export function SignIn() {
  const asked = query.value;
  const [step, setStep] = useState<"password" | "code" | WaitReason>(
    asked.get("problem") === "account_inactive" ? "no_consent" : "password",
  );
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [arrival, setArrival] = useState<Arrival | null>(null);
  const back = safeBack(asked.get("back") ?? asked.get("return_to"));
  const outcome = asked.get("arrival");

  useEffect(() => {
    if (outcome !== "unknown") return;
    noteArrival();
    void keptArrival().then(setArrival);
  }, [outcome]);

  const again = (): void => {
    setStep("password");
    setPassword("");
    navigate(to.signIn(back), true);
  };
  const send = async (code: string | null): Promise<void> => {
    const person = await signIn(login.trim(), password, code);
    if (arrival) {
      const linked = await linkArrival().then(() => true, () => false);
      dropArrival();
      showToast(linked ? t("signin.linked", { provider: arrival.provider_name }) : t("signin.linkFailed"));
    }
    entered(person);
    navigate(back, true);
  };

  if (step === "code" || outcome === "code_needed") {
    const finish = async (code: string): Promise<void> => {
      if (step === "code") return send(code);
      entered(await finishArrival(code));
      navigate(back, true);
    };
    return <SecondStep send={finish} onOther={again} />;
  }
  if (step !== "password") return <AwaitsConsent reason={step} onBack={again} />;
  return (
    <ByPassword
      login={login}
      password={password}
      arrival={arrival}
      back={back}
      onLogin={setLogin}
      onPassword={setPassword}
      onStep={setStep}
      send={() => send(null)}
    />
  );
}

interface ByPasswordProps {
  login: string;
  password: string;
  arrival: Arrival | null;
  back: string;
  onLogin(value: string): void;
  onPassword(value: string): void;
  onStep(step: "code" | WaitReason): void;
  send(): Promise<void>;
}

function ByPassword({ login, password, arrival, back, onLogin, onPassword, onStep, send }: ByPasswordProps) {
  const [missing, setMissing] = useState<{ login: boolean; password: boolean }>({ login: false, password: false });
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const providers = useProviders();
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
    setRefusal(null);
    try {
      await send();
    } catch (error) {
      const problem = asApiError(error);
      if (problem.code === "code_needed") return onStep("code");
      if (problem.code === "account_inactive") {
        return onStep(problem.problem.reason === "consent_withdrawn" ? "consent_withdrawn" : "no_consent");
      }
      if (problem.status === 429) setWaitUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
      setRefusal(signInProblem(problem));
    } finally {
      setBusy(false);
    }
  };

  return (
    <Frame title={arrival ? t("signin.unknownTitle") : "Sfera"} lead={arrival ? undefined : t("signin.lead")}>
      {arrival ? <Unlinked arrival={arrival} /> : !refusal && <Notice back={back} />}
      <form
        class="signin-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label={t("signin.login")}
          name="login"
          value={login}
          onInput={onLogin}
          autoComplete="username"
          autoFocus
          plain
          maxLength={64}
          error={missing.login && login.trim() === "" ? t("signin.loginMissing") : null}
        />
        <Password
          label={t("signin.password")}
          value={password}
          onInput={onPassword}
          autoComplete="current-password"
          error={missing.password && password === "" ? t("signin.passwordMissing") : null}
        />
        <Refused refusal={refusal} wait={wait} />
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {arrival ? t("signin.linkAndIn") : t("signin.do")}
        </Button>
      </form>
      {arrival ? (
        <div class="signin-new">
          <p>{t("signin.unknownNew")}</p>
          <Button wide onPress={() => navigate(to.join())}>
            {t("signin.withCode")}
          </Button>
        </div>
      ) : (
        <>
          <ProviderLinks providers={providers} back={back} />
          <Button
            kind="text"
            wide
            icon={<KeyRound size={20} strokeWidth={1.75} />}
            onPress={() => navigate(to.join())}
          >
            {t("signin.haveCode")}
          </Button>
          <p class="field-hint">{t("signin.help")}</p>
        </>
      )}
    </Frame>
  );
}

/** Why one stands before this page, where one did not come by oneself. */
function Notice({ back }: { back: string }) {
  const asked = query.value;
  const problem = asked.get("problem");
  if (problem) {
    return (
      <p class="banner refusal" role="alert">
        {elsewhereProblem(problem)}
      </p>
    );
  }
  const words = asked.has("changed")
    ? t("signin.passwordChanged")
    : endedElsewhere.value
      ? t("signin.elsewhere")
      : back !== "/"
        ? t("signin.toOpen")
        : null;
  return words === null ? null : (
    <p class="banner" role="status">
      {words}
    </p>
  );
}

/** Somebody has come from a provider, and nobody here is linked with that account yet. */
function Unlinked({ arrival }: { arrival: Arrival }) {
  const provider = arrival.provider_name;
  return (
    <div class="signin-arrived">
      <p class="banner">
        {arrival.name ? t("signin.unknown", { provider, name: arrival.name }) : t("signin.unknownNameless", { provider })}
      </p>
      <p>{t("signin.unknownHave", { provider })}</p>
    </div>
  );
}
