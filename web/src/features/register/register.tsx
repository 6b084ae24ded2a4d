import { useEffect, useState } from "preact/hooks";
import { type Arrival, type NewAccount, register } from "../../api/account";
import { fetchInvitationCard, type InvitationCard } from "../../api/school";
import type { ApiError } from "../../api/http";
import { asApiError } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { useResource } from "../../app/resource";
import { navigate, query, to } from "../../app/router";
import { entered } from "../../app/session";
import { useTitle } from "../../app/title";
import { type Key, language, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Password } from "../../ui/password";
import { Failed, Waiting } from "../../ui/states";
import { dropArrival, keptArrival } from "../signin/arrival";
import { Frame } from "../signin/frame";
import type { Refusal } from "../signin/problems";
import { Refused } from "../signin/refused";
import { AwaitsConsent } from "../signin/waiting";
import { isBirthDate, isLogin, needsConsent, passwordFault } from "./rules";

const CODES: Readonly<Record<string, Key>> = {
  not_found: "register.codeGone",
  invitation_expired: "register.codeExpired",
  invitation_spent: "register.codeSpent",
  invitation_not_yours: "register.grownOnly",
  archived: "register.archived",
  busy: "signin.busy",
  offline: "signin.offline",
  no_arrival: "signin.problem.arrival",
  identity_in_use: "signin.problem.inUse",
};

/** An account is made by an invitation and nothing else: what it is for is said first. */
export function Register() {
  useTitle(t("register.title"));
  const code = query.value.get("code") ?? "";
  const [waits, setWaits] = useState(false);
  if (waits) return <AwaitsConsent reason="new" onBack={() => navigate(to.signIn("/"), true)} />;
  if (!code) return <NoInvitation words={t("register.codeMissing")} />;
  return <Invited code={code} onWaits={() => setWaits(true)} />;
}

function Invited({ code, onWaits }: { code: string; onWaits(): void }) {
  const card = useResource(`invitation/${code}`, () => fetchInvitationCard(code), 3_600_000);
  const [arrival, setArrival] = useState<Arrival | null>(null);
  useEffect(() => void keptArrival().then(setArrival), []);
  if (card.data) return <Form code={code} card={card.data} arrival={arrival} onWaits={onWaits} />;
  const known = card.error && CODES[card.error.code];
  if (known && card.error?.code !== "offline") return <NoInvitation words={t(known)} />;
  return (
    <Frame title={t("register.title")}>
      {card.error && !card.loading ? (
        <Failed code={card.error.code} onRetry={card.reload} />
      ) : (
        <Waiting since={card.since || Date.now()} skeleton={<div class="bone signin-bone" />} onRetry={card.reload} />
      )}
    </Frame>
  );
}

function NoInvitation({ words }: { words: string }) {
  return (
    <Frame title={t("register.title")}>
      <p class="banner refusal" role="alert">
        {words}
      </p>
      <Button kind="primary" size="large" wide onPress={() => navigate(to.join())}>
        {t("home.haveCode")}
      </Button>
      <Button wide onPress={() => navigate(to.signIn("/"))}>
        {t("register.have")}
      </Button>
    </Frame>
  );
}

type Faults = Partial<Record<"name" | "birth" | "login" | "password", string>>;

interface FormProps {
  code: string;
  card: InvitationCard;
  arrival: Arrival | null;
  onWaits(): void;
}

function Form({ code, card, arrival, onWaits }: FormProps) {
  const [name, setName] = useState("");
  const [birth, setBirth] = useState("");
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  const [own, setOwn] = useState(false);
  const [faults, setFaults] = useState<Faults>({});
  const [refusal, setRefusal] = useState<Refusal | null>(null);
  const [busy, setBusy] = useState(false);
  const keyFor = useRepeat();
  const student = card.role === "student";
  const today = new Date();
  const withPassword = arrival === null || own;
  const young = birth !== "" && needsConsent(today, birth);

  useEffect(() => {
    // What the other service knows is filled in; it can be changed.
    if (!arrival) return;
    setName((now) => now || arrival.name);
    setBirth((now) => now || (arrival.birth_date ?? ""));
  }, [arrival]);

  const look = (): Faults => ({
    ...(name.trim() === "" ? { name: t("register.nameMissing") } : {}),
    ...(student && birth === "" ? { birth: t("register.birthMissing") } : {}),
    ...(birth !== "" && !isBirthDate(today, birth) ? { birth: t("register.birthWrong") } : {}),
    ...(young && !student ? { birth: t("register.grownOnly") } : {}),
    ...(withPassword && !isLogin(login) ? { login: t("register.loginShort") } : {}),
    ...(withPassword ? passwordWords(password, login) : {}),
  });
  const leave = (field: keyof Faults, value: string): void => {
    // Checked on leaving, but an untouched field is not scolded.
    const found = look()[field];
    setFaults((before) => {
      const { [field]: _, ...rest } = before;
      return found && value !== "" ? { ...rest, [field]: found } : rest;
    });
  };

  const submit = async (): Promise<void> => {
    if (busy) return;
    const found = look();
    setFaults(found);
    setRefusal(null);
    const first = (["name", "birth", "login", "password"] as const).find((field) => found[field]);
    if (first) return document.querySelector<HTMLInputElement>(`input[name=${first}]`)?.focus();
    const body: NewAccount = {
      code,
      name: name.trim(),
      locale: language.value,
      ...(birth ? { birth_date: birth } : {}),
      ...(withPassword ? { login: login.trim(), password } : {}),
      ...(arrival ? { arrival: true } : {}),
    };
    setBusy(true);
    try {
      const account = await register(body, keyFor(body));
      dropArrival();
      if (!account.active) return onWaits();
      entered(account.me);
      navigate("/", true);
    } catch (error) {
      const problem = asApiError(error);
      const fault = faultOf(problem);
      setFaults(fault ?? {});
      setRefusal(fault ? null : words(problem));
      const field = fault && Object.keys(fault)[0];
      if (field) document.querySelector<HTMLInputElement>(`input[name=${field}]`)?.focus();
    } finally {
      setBusy(false);
    }
  };

  const role = t(`role.${card.role}`);
  return (
    <Frame title={t("register.title")}>
      <div class="signin-invited">
        <strong>{card.city ? t("register.into", { school: card.school, city: card.city }) : card.school}</strong>
        <span>{card.class ? t("register.asClass", { role, class: card.class }) : t("register.as", { role })}</span>
      </div>
      {arrival && <p class="banner">{t("register.by", { provider: arrival.provider_name })}</p>}
      <form
        class="signin-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Field
          label={t("register.name")}
          name="name"
          value={name}
          onInput={setName}
          onLeave={() => leave("name", name)}
          autoComplete="name"
          autoFocus
          maxLength={120}
          hint={t("register.nameHint")}
          error={faults.name ?? null}
        />
        {student && (
          <Field
            label={t("register.birth")}
            name="birth"
            type="date"
            value={birth}
            max={iso(today)}
            min={`${today.getFullYear() - 120}-01-01`}
            onInput={setBirth}
            onLeave={() => leave("birth", birth)}
            autoComplete="bday"
            hint={young ? t("register.under14") : t("register.birthHint")}
            error={faults.birth ?? null}
          />
        )}
        {withPassword ? (
          <>
            <Field
              label={t("register.login")}
              name="login"
              value={login}
              onInput={setLogin}
              onLeave={() => leave("login", login)}
              autoComplete="username"
              plain
              maxLength={64}
              hint={t("register.loginHint")}
              error={faults.login ?? null}
            />
            <Password
              label={t("register.password")}
              value={password}
              onInput={setPassword}
              onLeave={() => leave("password", password)}
              autoComplete="new-password"
              hint={t("register.passwordHint")}
              error={faults.password ?? null}
            />
          </>
        ) : (
          <Button kind="text" onPress={() => setOwn(true)}>
            {t("register.withPassword")}
          </Button>
        )}
        <Refused refusal={refusal} wait={0} />
        <Button type="submit" kind="primary" size="large" wide busy={busy}>
          {t("register.do")}
        </Button>
      </form>
      <Button kind="text" wide onPress={() => navigate(to.signIn(to.join(code)))}>
        {t("register.have")}
      </Button>
    </Frame>
  );
}

function passwordWords(password: string, login: string): Faults {
  const fault = passwordFault(password, login);
  if (fault === null) return {};
  return { password: fault === "short" ? t("register.passwordShort") : t("register.passwordEasy") };
}

/** The field a refusal is about. */
function faultOf(problem: ApiError): Faults | null {
  const detail = problem.problem.detail ?? "";
  if (problem.code === "login_taken") return { login: t("register.loginTaken") };
  if (problem.code === "invitation_not_yours") return { birth: t("register.grownOnly") };
  if (problem.code !== "invalid_body") return null;
  if (detail.includes("$.password")) return { password: t("register.passwordEasy") };
  if (detail.includes("$.login")) return { login: t("register.loginShort") };
  if (detail.includes("birth_date")) return { birth: t("register.birthWrong") };
  if (detail.includes("$.name")) return { name: t("register.nameMissing") };
  return null;
}

function words(problem: ApiError): Refusal {
  const known = CODES[problem.code];
  return known ? { text: t(known) } : { text: t("register.failed"), code: problem.code };
}

function iso(day: Date): string {
  const two = (value: number): string => String(value).padStart(2, "0");
  return `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
}
