import { AppWindow, Laptop, Smartphone } from "lucide-preact";
import { useState } from "preact/hooks";
import { endOtherSessions, endSession, fetchSessions, type SignedIn } from "../../api/account";
import type { Me } from "../../api/types";
import { useDoing } from "../../app/action";
import { announce } from "../../app/announce";
import { useResource } from "../../app/resource";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Loaded, useNow } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { deviceOf } from "./device";
import { TokenCard } from "./token";
import { ago } from "./when";

/** Where one is signed in, and the ways out of it. */
export function SessionList({ person }: { person: Me }) {
  const sessions = useResource("me/sessions", fetchSessions, 15_000);
  const [asking, setAsking] = useState(false);
  const ending = useDoing();
  const end = async (work: () => Promise<void>, said: string): Promise<void> => {
    if (await ending.run(work)) announce(said);
    setAsking(false);
    sessions.reload();
  };
  return (
    <>
      <p class="profile-lead">{t("sessions.lead")}</p>
      <Loaded resource={sessions} skeleton={<div class="bone profile-bone" />} notFound={null}>
        {(items) => {
          const here = items.filter((one) => one.current);
          const others = items.filter((one) => !one.current);
          return (
            <>
              <section class="card profile-part" aria-labelledby="sessions-this">
                <h2 id="sessions-this">{t("sessions.this")}</h2>
                <ul class="profile-rows">
                  {here.map((one) => (
                    <Row key={one.id} session={one} />
                  ))}
                </ul>
              </section>
              <section class="card profile-part" aria-labelledby="sessions-others">
                <div class="profile-part-head">
                  <h2 id="sessions-others">{t("sessions.others")}</h2>
                  {others.length > 1 && <Button onPress={() => setAsking(true)}>{t("sessions.endAll")}</Button>}
                </div>
                {others.length === 0 && <p class="meta">{t("sessions.noOthers")}</p>}
                <ul class="profile-rows" data-testid="other-sessions">
                  {others.map((one) => (
                    <Row key={one.id} session={one} onEnd={() => end(() => endSession(one.id), t("sessions.ended"))} />
                  ))}
                </ul>
                <Trouble problem={ending.trouble} />
              </section>
            </>
          );
        }}
      </Loaded>
      <TokenCard person={person} onMade={sessions.reload} />
      {asking && (
        <Confirm
          title={t("sessions.endAllAsk")}
          text={t("sessions.endAllText")}
          action={t("sessions.endAll")}
          onConfirm={() => end(endOtherSessions, t("sessions.endedAll"))}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}

function Row({ session, onEnd }: { session: SignedIn; onEnd?: () => Promise<void> }) {
  const now = useNow(30_000);
  const device = deviceOf(session.name);
  const name = sessionName(session);
  const Icon = session.kind === "app" ? AppWindow : device.phone ? Smartphone : Laptop;
  const seen = session.seen_at ?? session.created_at;
  const facts = [
    session.kind === "app" ? t("sessions.app") : null,
    session.current ? null : t("sessions.seen", { when: ago(Date.parse(seen), now) }),
    t("sessions.opened", { when: ago(Date.parse(session.created_at), now) }),
    session.address,
  ];
  return (
    <li>
      <Icon size={24} strokeWidth={1.75} aria-hidden="true" />
      <div>
        <strong>{name}</strong>
        <p class="meta">{facts.filter(Boolean).join(" · ")}</p>
      </div>
      {onEnd && (
        <Button label={t("sessions.endOf", { name })} onPress={onEnd}>
          {t("sessions.end")}
        </Button>
      )}
    </li>
  );
}

/** "Chrome, Windows", or what an app calls itself. */
function sessionName(session: SignedIn): string {
  if (session.kind === "app") return session.name || t("sessions.unknown");
  const { browser, system } = deviceOf(session.name);
  if (browser && system) return t("sessions.on", { browser, system });
  return browser ?? system ?? t("sessions.unknown");
}
