import { CalendarClock, Trash2 } from "lucide-preact";
import { useState } from "preact/hooks";
import { type Chat, fetchScheduled, type NewMessage, schedule, unschedule } from "../../api/chats";
import { newKey } from "../../api/http";
import { explainCode, useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { showToast } from "../../app/toast";
import { moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Area } from "../../ui/field";
import { Form } from "../../ui/form";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import type { Attached } from "./attached";
import { LONGEST } from "./composer";
import { WhenField } from "./poll-form";

interface ScheduleFormProps {
  chat: Chat;
  text: string;
  attached: Attached;
  onDone(): void;
  onClose(): void;
}

/** A post for later: the channel gets it by itself. */
export function ScheduleForm({ chat, text, attached, onDone, onClose }: ScheduleFormProps) {
  const [words, setWords] = useState(text);
  const [when, setWhen] = useState(tomorrowMorning());
  const [wrong, setWrong] = useState<"past" | "empty" | null>(null);
  const [key] = useState(newKey);
  const doing = useDoing();
  const send = async (): Promise<void> => {
    const at = new Date(when);
    if (!when || at.getTime() <= Date.now()) return setWrong("past");
    if (!words.trim() && attached.items.length === 0) return setWrong("empty");
    setWrong(null);
    const went = await doing.run(async () => {
      const files = (await attached.all()) ?? [];
      const body: NewMessage = { text: words.trim(), ...(files.length > 0 ? { attachments: files.map((one) => one.id) } : {}) };
      await schedule(chat.id, key, at.toISOString(), body);
    });
    if (!went) return;
    onDone();
    onClose();
    showToast(t("schedule.done", { when: moment(at) }));
  };
  return (
    <Dialog title={t("schedule.new")} onClose={onClose} testId="schedule">
      <Form action={t("schedule.do")} trouble={doing.trouble} onSubmit={send} onClose={onClose}>
        <Area label={t("compose.label")} name="text" rows={5} value={words} maxLength={LONGEST} onInput={setWords} />
        {attached.items.length > 0 && <p class="meta">{t("chat.files", { count: attached.items.length })}</p>}
        <WhenField label={t("schedule.when")} value={when} onInput={setWhen} />
        {wrong && <p class="field-error" role="alert">{t(wrong === "past" ? "schedule.past" : "schedule.empty")}</p>}
      </Form>
    </Dialog>
  );
}

/** What waits for its moment in this channel: one's own. */
export function ScheduledDialog({ chat, onClose }: { chat: Chat; onClose(): void }) {
  const posts = useResource(`scheduled/${chat.id}`, () => fetchScheduled(chat.id), 30_000);
  const doing = useDoing();
  return (
    <Dialog title={t("schedule.list")} onClose={onClose}>
      <Loaded resource={posts} skeleton={<div class="bone" />} notFound={<p>{t("notFound")}</p>}>
        {(items) =>
          items.length === 0 ? (
            <p class="meta">{t("schedule.none")}</p>
          ) : (
            <ul class="found-rows">
              {items.map((one) => (
                <li key={one.id} class="person-line">
                  <CalendarClock size={20} strokeWidth={1.75} aria-hidden="true" />
                  <span>
                    <b class="num">{moment(new Date(one.at))}</b>
                    <br />
                    {one.text || t("chat.files", { count: one.attachments.length })}
                    {one.refused_as !== null && <span class="field-error">{t("schedule.refused", { why: explainCode(one.refused_as) })}</span>}
                  </span>
                  <Button
                    kind="text"
                    label={t("schedule.drop", { when: moment(new Date(one.at)) })}
                    icon={<Trash2 size={20} strokeWidth={1.75} />}
                    onPress={async () => {
                      if (await doing.run(() => unschedule(chat.id, one.id))) posts.reload();
                    }}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <Trouble problem={doing.trouble} />
    </Dialog>
  );
}

/** Nobody is called at night: the first suggestion is eight in the morning. */
function tomorrowMorning(): string {
  const date = new Date();
  date.setDate(date.getDate() + 1);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  return `${day}T08:00`;
}
