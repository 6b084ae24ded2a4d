import { useState } from "preact/hooks";
import { asApiError } from "../../app/action";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Frame } from "./frame";
import { type Refusal, signInProblem } from "./problems";
import { Refused } from "./refused";
import { useCountdown } from "./wait";

interface SecondStepProps {
  /** Signs in with the code; what it throws is shown here. */
  send(code: string): Promise<void>;
  onOther(): void;
}

/** The second step: a code of the authenticator, or one that was kept for the day without it. */
export function SecondStep({ send, onOther }: SecondStepProps) {
  const [code, setCode] = useState("");
  const [recovery, setRecovery] = useState(false);
  const [missing, setMissing] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const wait = useCountdown(waitUntil);

  const submit = async (): Promise<void> => {
    if (busy || wait > 0) return;
    const typed = code.trim();
    setMissing(typed.length < 6);
    if (typed.length < 6) return;
    setBusy(true);
    setRefusal(null);
    try {
      // Apps show "123 456".
      await send(recovery ? typed : typed.replace(/\s/g, ""));
    } catch (error) {
      const problem = asApiError(error);
      if (problem.status === 429) setWaitUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
      setRefusal(signInProblem(problem));
      if (problem.code === "wrong_code") setCode("");
      document.querySelector<HTMLInputElement>("input[name=code]")?.focus();
    } finally {
      setBusy(false);
    }
  };

  return (
    <Frame title={t("signin.codeTitle")} lead={recovery ? undefined : t("signin.codeLead")}>
      <form
        class="signin-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          key={recovery ? "recovery" : "app"}
          label={recovery ? t("signin.recoveryLabel") : t("signin.code")}
          name="code"
          value={code}
          onInput={setCode}
          autoComplete="one-time-code"
          {...(recovery ? { hint: t("signin.recoveryHint") } : { inputMode: "numeric" as const })}
          autoFocus
          plain
          maxLength={32}
          error={missing && code.trim().length < 6 ? t("signin.codeMissing") : null}
        />
        <Refused refusal={refusal} wait={wait} />
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {t("signin.do")}
        </Button>
      </form>
      <div class="signin-more">
        <Button
          kind="text"
          onPress={() => {
            setRecovery(!recovery);
            setCode("");
            setRefusal(null);
          }}
        >
          {recovery ? t("signin.fromApp") : t("signin.recovery")}
        </Button>
        <Button kind="text" onPress={onOther}>
          {t("signin.otherPerson")}
        </Button>
      </div>
    </Frame>
  );
}
