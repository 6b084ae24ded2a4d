import { useState } from "preact/hooks";
import { makeToken, type Token } from "../../api/account";
import type { Me } from "../../api/types";
import { asApiError, explain } from "../../app/action";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { CopyLink } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Password } from "../../ui/password";
import { type Refusal, signInProblem } from "../signin/problems";
import { Refused } from "../signin/refused";
import { useCountdown } from "../signin/wait";

/** A token for a program that works in one's name. Whoever has no password cannot make one. */
export function TokenCard({ person, onMade }: { person: Me; onMade(): void }) {
  const [open, setOpen] = useState(false);
  const [made, setMade] = useState<Token | null>(null);
  if (!person.login || person.has_password === false) return null;
  const close = (): void => {
    setOpen(false);
    setMade(null);
  };
  return (
    <section class="card profile-part" aria-labelledby="profile-tokens">
      <div class="profile-part-head">
        <div>
          <h2 id="profile-tokens">{t("tokens.title")}</h2>
          <p class="meta">{t("tokens.what")}</p>
        </div>
        <Button onPress={() => setOpen(true)}>{t("tokens.make")}</Button>
      </div>
      {open && (
        <Dialog title={t("tokens.make")} onClose={close} modalOnly testId="token">
          {made ? (
            <>
              <p>{t("tokens.once", { when: moment(new Date(made.expires_at)) })}</p>
              <CopyLink label={t("tokens.token")} url={made.token} />
              <Button kind="primary" wide onPress={close}>
                {t("common.done")}
              </Button>
            </>
          ) : (
            <TokenForm
              person={person}
              onMade={(token) => {
                setMade(token);
                onMade();
              }}
              onClose={close}
            />
          )}
        </Dialog>
      )}
    </section>
  );
}

function TokenForm({ person, onMade, onClose }: { person: Me; onMade(token: Token): void; onClose(): void }) {
  const [device, setDevice] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [waitUntil, setWaitUntil] = useState(0);
  const [busy, setBusy] = useState(false);
  const wait = useCountdown(waitUntil);
  const asks = person.second_step ?? false;

  const submit = async (): Promise<void> => {
    setTried(true);
    const typed = code.replace(/\s/g, "");
    if (busy || wait > 0 || device.trim() === "" || password === "" || (asks && typed.length < 6)) return;
    setBusy(true);
    setRefusal(null);
    try {
      onMade(await makeToken(person.login, password, device.trim(), asks ? typed : null));
    } catch (error) {
      const problem = asApiError(error);
      if (problem.status === 429) setWaitUntil(Date.now() + (problem.retryAfter ?? 30) * 1000);
      const mine = ["wrong_credentials", "wrong_code", "busy", "offline", "too_many_attempts"].includes(problem.code);
      setRefusal(mine ? signInProblem(problem) : { text: explain(problem), code: problem.code });
    } finally {
      setBusy(false);
    }
  };

  return (
    <form
      class="profile-code"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <Field
        label={t("tokens.device")}
        name="device"
        value={device}
        onInput={setDevice}
        autoComplete="off"
        maxLength={120}
        hint={t("tokens.deviceHint")}
        error={tried && device.trim() === "" ? t("tokens.deviceMissing") : null}
      />
      <Password
        label={t("tokens.password")}
        value={password}
        onInput={setPassword}
        autoComplete="current-password"
        error={tried && password === "" ? t("signin.passwordMissing") : null}
      />
      {asks && (
        <Field
          label={t("signin.code")}
          name="code"
          value={code}
          onInput={setCode}
          autoComplete="one-time-code"
          inputMode="numeric"
          plain
          maxLength={32}
          error={tried && code.trim().length < 6 ? t("signin.codeMissing") : null}
        />
      )}
      <Refused refusal={refusal} wait={wait} />
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" kind="primary" busy={busy}>
          {t("tokens.make")}
        </Button>
      </div>
    </form>
  );
}
