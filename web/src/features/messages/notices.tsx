import { useEffect, useState } from "preact/hooks";
import { fetchNotifications, type Notifications, setNotifications } from "../../api/chats";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Check } from "../../ui/check";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { NotFound } from "../shell/not-found";
import { type PushState, pushState, switchOff, switchOn } from "./push";

/** When one wants to be called, and by what: notices of this browser, quiet hours. */
export function Notices() {
  const notices = useResource("me/notifications", fetchNotifications, 600_000);
  return (
    <>
      <ThisBrowser />
      <Loaded resource={notices} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
        {(data) => <Hours data={data} onSaved={notices.reload} />}
      </Loaded>
    </>
  );
}

function ThisBrowser() {
  const [state, setState] = useState<PushState | null>(null);
  const doing = useDoing();
  useEffect(() => void pushState().then(setState), []);
  const turn = (work: () => Promise<PushState>): Promise<boolean> => doing.run(async () => setState(await work()));
  return (
    <section class="card form-card" aria-labelledby="push-title">
      <h2 id="push-title">{t("notices.browser")}</h2>
      <p>{t(state === null ? "load.wait" : `notices.${state}`)}</p>
      <Trouble problem={doing.trouble} />
      {(state === "off" || state === "failed") && (
        <div class="actions">
          <Button kind="primary" testId="push-on" onPress={() => turn(switchOn)}>
            {t("notices.switchOn")}
          </Button>
        </div>
      )}
      {state === "on" && (
        <div class="actions">
          <Button onPress={() => turn(switchOff)}>{t("notices.switchOff")}</Button>
        </div>
      )}
    </section>
  );
}

const FROM = "21:00";
const UNTIL = "07:00";

function Hours({ data, onSaved }: { data: Notifications; onSaved(): void }) {
  const [quiet, setQuiet] = useState(data.quiet_from !== null);
  const [from, setFrom] = useState(data.quiet_from ?? FROM);
  const [until, setUntil] = useState(data.quiet_until ?? UNTIL);
  const [text, setText] = useState(data.show_text);
  const [saved, setSaved] = useState(false);
  const doing = useDoing();
  const save = async (): Promise<void> => {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone || data.time_zone;
    const body: Notifications = { quiet_from: quiet ? from : null, quiet_until: quiet ? until : null, time_zone: zone, show_text: text };
    setSaved(false);
    if (!(await doing.run(() => setNotifications(body)))) return;
    setSaved(true);
    onSaved();
  };
  return (
    <section class="card form-card" aria-labelledby="quiet-title">
      <h2 id="quiet-title">{t("notices.quiet")}</h2>
      <p>{t("notices.quietText")}</p>
      <Check label={t("notices.quietOn")} checked={quiet} onChange={setQuiet} />
      {quiet && (
        <div class="two">
          <TimeField label={t("notices.from")} value={from} onInput={setFrom} />
          <TimeField label={t("notices.until")} value={until} onInput={setUntil} />
        </div>
      )}
      <Check label={t("notices.showText")} hint={t("notices.showTextHint")} checked={text} onChange={setText} />
      <Trouble problem={doing.trouble} />
      <div class="actions">
        <Button kind="primary" onPress={save}>
          {t("common.save")}
        </Button>
        <span class="meta" role="status">
          {saved && t("notices.saved")}
        </span>
      </div>
    </section>
  );
}

function TimeField({ label, value, onInput }: { label: string; value: string; onInput(value: string): void }) {
  return (
    <div class="field">
      <label>
        <span class="field-label">{label}</span>
        <span class="field-box">
          <input type="time" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
        </span>
      </label>
    </div>
  );
}
