import { TicketX } from "lucide-preact";
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { acceptInvitation, fetchInvitationCard, type InvitationCard } from "../../api/school";
import { explain, useDoing } from "../../app/action";
import { clearResources, useResource } from "../../app/resource";
import { useRepeat } from "../../app/repeat";
import { navigate, to } from "../../app/router";
import { loadMe, me, signOut } from "../../app/session";
import { useTitle } from "../../app/title";
import { showToast } from "../../app/toast";
import { type Key, t } from "../../i18n";
import { Avatar, initials } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Failed, Waiting } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { day } from "../school/words";
import { codeIn } from "./code";
import "./join.css";

/** What an invitation leads to, for whoever has its link or code; without one, the place to type it. */
export function JoinPage({ code }: { code: string | null }) {
  useTitle(t("join.title"));
  return code ? <Invitation key={code} code={code} /> : <TypeCode />;
}

function TypeCode() {
  const [typed, setTyped] = useState("");
  const [tried, setTried] = useState(false);
  const open = async (): Promise<void> => {
    setTried(true);
    const code = codeIn(typed);
    if (code) navigate(to.join(code));
    else document.querySelector<HTMLInputElement>("input[name=code]")?.focus();
  };
  return (
    <section class="card join-card" aria-labelledby="join-title">
      <h1 tabIndex={-1} id="join-title">
        {t("join.title")}
      </h1>
      <p>{t("join.typeText")}</p>
      <Form action={t("join.next")} onSubmit={open}>
        <Field
          label={t("join.code")}
          name="code"
          value={typed}
          onInput={setTyped}
          maxLength={300}
          autoComplete="off"
          autoFocus
          plain
          hint={t("join.codeHint")}
          error={tried && !codeIn(typed) ? t("join.codeMissing") : null}
        />
      </Form>
    </section>
  );
}

function Invitation({ code }: { code: string }) {
  const card = useResource(`invitation/${code}`, () => fetchInvitationCard(code), 600_000);
  const { data, error } = card;
  if (data) return <Card code={code} card={data} />;
  if (error && !card.loading) {
    // An invitation that was never there, was revoked, has ended: all of them need a new one.
    if ([404, 409].includes(error.status)) {
      return (
        <Note title={error.status === 404 ? t("join.unknownTitle") : t("join.overTitle")}>
          <p>{error.status === 404 ? t("join.unknown") : explain(error)}</p>
          <Button onPress={() => navigate(to.join())}>{t("join.otherCode")}</Button>
        </Note>
      );
    }
    return (
      <>
        <h1 tabIndex={-1}>{t("join.title")}</h1>
        <Failed code={error.code} onRetry={card.reload} />
      </>
    );
  }
  return <Waiting since={card.since || Date.now()} skeleton={<div class="bone join-bone" />} onRetry={card.reload} />;
}

function Card({ code, card }: { code: string; card: InvitationCard }) {
  const person = me.value;
  const doing = useDoing();
  const key = useRepeat();
  const accept = (): Promise<boolean> =>
    doing.run(async () => {
      const joined = await acceptInvitation(code, key(code));
      clearResources();
      await loadMe();
      navigate(joined.class ? to.class(joined.class.id) : to.schoolPage(joined.school.id), true);
      showToast(t("join.done", { place: joined.class?.name ?? joined.school.name }));
    });
  return (
    <section class="card join-card" aria-labelledby="join-title">
      <Avatar id={card.school} name={card.class === null ? initials(card.school) : card.class.replace(/[^\p{L}\p{N}]+/gu, "")} size={64} square />
      <div>
        <p class="meta">{t("join.invited")}</p>
        <h1 tabIndex={-1} id="join-title">
          {card.class ? t("join.intoClass", { class: card.class, school: card.school }) : card.school}
        </h1>
        <p>
          {card.city}. {t(`join.as.${card.role}` as Key)}
        </p>
        <p class="meta">{t("invite.until", { date: day(card.expires_at) })}</p>
      </div>
      {person ? (
        <>
          <Trouble problem={doing.trouble} />
          <div class="actions">
            <Button kind="primary" size="large" onPress={accept} testId="join">
              {t("join.do")}
            </Button>
          </div>
          <p class="meta">
            {t("join.signedInAs", { name: person.name })}{" "}
            <button type="button" class="linkish" onClick={() => void signOut()}>
              {t("join.notMe")}
            </button>
          </p>
        </>
      ) : (
        <>
          <p>{t("join.newHere")}</p>
          <div class="actions">
            <a class="button primary large" href={to.register(code)} data-testid="register">
              {t("join.register")}
            </a>
            <a class="button large" href={to.signIn(to.join(code))}>
              {t("join.haveAccount")}
            </a>
          </div>
        </>
      )}
    </section>
  );
}

function Note({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <section class="card join-card" aria-labelledby="join-title">
      <TicketX size={40} strokeWidth={1.5} aria-hidden="true" />
      <h1 tabIndex={-1} id="join-title">
        {title}
      </h1>
      {children}
    </section>
  );
}
