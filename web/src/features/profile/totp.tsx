import { Check, Copy, Download, ShieldCheck } from "lucide-preact";
import { useState } from "preact/hooks";
import { beginTotp, confirmTotp, removeTotp, type TotpSecret } from "../../api/account";
import type { Me } from "../../api/types";
import { asApiError, explain, useDoing } from "../../app/action";
import { announce } from "../../app/announce";
import { loadMe } from "../../app/session";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { CopyLink } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Qr } from "../../ui/qr";
import { Trouble } from "../../ui/trouble";
import { type Refusal, signInProblem } from "../signin/problems";
import { Refused } from "../signin/refused";

type Open = { what: "scan"; secret: TotpSecret } | { what: "codes"; codes: string[] } | { what: "off" } | null;

/** The second step: on by scanning and showing a first code, off by showing one more. */
export function SecondStepCard({ person }: { person: Me }) {
  const [open, setOpen] = useState<Open>(null);
  const beginning = useDoing();
  const on = person.second_step ?? false;
  const begin = (): Promise<boolean> =>
    beginning.run(async () => setOpen({ what: "scan", secret: await beginTotp() }));
  return (
    <section class="card profile-part" aria-labelledby="profile-totp">
      <div class="profile-part-head">
        <div>
          <h2 id="profile-totp">
            {t("totp.title")}{" "}
            <span class={on ? "profile-pill on" : "profile-pill"}>
              {on && <ShieldCheck size={16} strokeWidth={2} aria-hidden="true" />}
              {on ? t("totp.on") : t("totp.off")}
            </span>
          </h2>
          <p class="meta">{t("totp.what")}</p>
        </div>
        {on ? (
          <Button onPress={() => setOpen({ what: "off" })}>{t("totp.switchOff")}</Button>
        ) : (
          <Button onPress={begin}>{t("totp.begin")}</Button>
        )}
      </div>
      <Trouble problem={beginning.trouble} />
      {open?.what === "scan" && (
        <Scan
          secret={open.secret}
          onCodes={(codes) => {
            setOpen({ what: "codes", codes });
            void loadMe();
          }}
          onClose={() => setOpen(null)}
        />
      )}
      {open?.what === "codes" && <Codes codes={open.codes} onClose={() => setOpen(null)} />}
      {open?.what === "off" && (
        <SwitchOff
          onDone={() => {
            setOpen(null);
            void loadMe();
          }}
          onClose={() => setOpen(null)}
        />
      )}
    </section>
  );
}

interface CodeFormProps {
  label: string;
  hint: string;
  action: string;
  danger?: boolean;
  numeric?: boolean;
  send(code: string): Promise<void>;
  onClose(): void;
}

/** One code and the press that sends it. */
function CodeForm({ label, hint, action, danger, numeric, send, onClose }: CodeFormProps) {
  const [code, setCode] = useState("");
  const [fault, setFault] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const submit = async (): Promise<void> => {
    if (busy) return;
    const typed = numeric ? code.replace(/\s/g, "") : code.trim();
    setFault(typed.length < 6 ? t("signin.codeMissing") : null);
    setRefusal(null);
    if (typed.length < 6) return;
    setBusy(true);
    try {
      await send(typed);
    } catch (error) {
      const problem = asApiError(error);
      if (problem.code === "wrong_code") setFault(t("totp.wrong"));
      else if (problem.status === 429) setRefusal(signInProblem(problem));
      else setRefusal({ text: explain(problem), code: problem.code });
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
        label={label}
        name="code"
        value={code}
        onInput={setCode}
        autoComplete="one-time-code"
        {...(numeric ? { inputMode: "numeric" as const } : {})}
        plain
        maxLength={32}
        hint={hint}
        error={fault}
      />
      <Refused refusal={refusal} wait={0} />
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button type="submit" kind={danger ? "danger" : "primary"} busy={busy}>
          {action}
        </Button>
      </div>
    </form>
  );
}

interface ScanProps {
  secret: TotpSecret;
  onCodes(codes: string[]): void;
  onClose(): void;
}

function Scan({ secret, onCodes, onClose }: ScanProps) {
  return (
    <Dialog title={t("totp.scanTitle")} onClose={onClose} modalOnly testId="totp">
      <p>{t("totp.scan")}</p>
      <div class="profile-qr">
        <Qr text={secret.uri} label={t("totp.qr")} />
      </div>
      <CopyLink label={t("totp.typed")} url={secret.secret} />
      <CodeForm
        label={t("totp.first")}
        hint={t("totp.firstHint")}
        action={t("totp.confirm")}
        numeric
        send={async (code) => onCodes(await confirmTotp(code))}
        onClose={onClose}
      />
    </Dialog>
  );
}

/** The recovery codes, once: only the own press closes this. */
function Codes({ codes, onClose }: { codes: readonly string[]; onClose(): void }) {
  const [copied, setCopied] = useState(false);
  const text = codes.join("\n");
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    announce(t("totp.codesCopied"));
  };
  return (
    <Dialog title={t("totp.codesTitle")} onClose={() => {}} modalOnly testId="recovery-codes">
      <p>{t("totp.codes")}</p>
      <ul class="profile-codes">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div class="profile-actions">
        {navigator.clipboard && (
          <Button icon={copied ? <Check size={20} /> : <Copy size={20} />} onPress={copy}>
            {t("totp.codesCopy")}
          </Button>
        )}
        <a
          class="button"
          download="sfera-codes.txt"
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(`Sfera\n${text}\n`)}`}
        >
          <Download size={20} strokeWidth={1.75} aria-hidden="true" />
          {t("totp.codesSave")}
        </a>
      </div>
      <Button kind="primary" wide onPress={onClose}>
        {t("totp.codesDone")}
      </Button>
    </Dialog>
  );
}

function SwitchOff({ onDone, onClose }: { onDone(): void; onClose(): void }) {
  return (
    <Dialog title={t("totp.offTitle")} onClose={onClose} modalOnly>
      <p>{t("totp.offText")}</p>
      <CodeForm
        label={t("signin.code")}
        hint={t("signin.recoveryHint")}
        action={t("totp.switchOff")}
        danger
        send={async (code) => {
          await removeTotp(code);
          onDone();
        }}
        onClose={onClose}
      />
    </Dialog>
  );
}
