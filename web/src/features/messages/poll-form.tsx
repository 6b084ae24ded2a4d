import { Plus, X } from "lucide-preact";
import { useState } from "preact/hooks";
import type { Chat, NewPoll } from "../../api/chats";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Check } from "../../ui/check";
import { Dialog } from "../../ui/dialog";
import { Area, Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { post } from "./sending";

const FEWEST = 2;
const MOST = 10;

/** A new poll: a question, two to ten answers, whether names are kept, until when. */
export function PollForm({ chat, onClose }: { chat: Chat; onClose(): void }) {
  const [question, setQuestion] = useState("");
  const [options, setOptions] = useState<readonly string[]>(["", ""]);
  const [multiple, setMultiple] = useState(false);
  const [anonymous, setAnonymous] = useState(true);
  const [until, setUntil] = useState("");
  const [missing, setMissing] = useState<"question" | "options" | "until" | null>(null);
  const put = (index: number, text: string): void => setOptions(options.map((one, at) => (at === index ? text : one)));
  const send = async (): Promise<void> => {
    const filled = options.map((one) => one.trim()).filter(Boolean);
    const ends = until ? new Date(until) : null;
    if (!question.trim()) return setMissing("question");
    if (filled.length < FEWEST || new Set(filled).size < filled.length) return setMissing("options");
    if (ends && ends.getTime() <= Date.now()) return setMissing("until");
    const poll: NewPoll = { options: filled, multiple, anonymous, closes_at: ends ? ends.toISOString() : null };
    post(chat.id, { text: question.trim(), poll });
    onClose();
  };
  return (
    <Dialog title={t("poll.new")} onClose={onClose} testId="poll-form">
      <Form action={t("poll.send")} onSubmit={send} onClose={onClose}>
        <Area label={t("poll.question")} name="question" rows={2} value={question} maxLength={500} autoFocus onInput={setQuestion} />
        {missing === "question" && <p class="field-error" role="alert">{t("poll.questionMissing")}</p>}
        <fieldset class="plain-set">
          <legend class="field-label">{t("poll.answers")}</legend>
          {options.map((option, index) => (
            <div key={index} class="option-line">
              <Field label={t("poll.answer", { number: index + 1 })} name={`option${index}`} value={option} maxLength={100} onInput={(text) => put(index, text)} />
              {options.length > FEWEST && (
                <Button
                  kind="text"
                  label={t("poll.removeAnswer", { number: index + 1 })}
                  icon={<X size={20} strokeWidth={1.75} />}
                  onPress={() => setOptions(options.filter((_, at) => at !== index))}
                />
              )}
            </div>
          ))}
          {options.length < MOST && (
            <Button kind="text" icon={<Plus size={20} strokeWidth={1.75} />} onPress={() => setOptions([...options, ""])}>
              {t("poll.addAnswer")}
            </Button>
          )}
        </fieldset>
        {missing === "options" && <p class="field-error" role="alert">{t("poll.answersMissing")}</p>}
        <Check label={t("poll.several")} checked={multiple} onChange={setMultiple} />
        <Check label={t("poll.anonymousLabel")} hint={t("poll.anonymousHint")} checked={anonymous} onChange={setAnonymous} />
        <WhenField label={t("poll.until")} value={until} onInput={setUntil} hint={t("poll.untilHint")} />
        {missing === "until" && <p class="field-error" role="alert">{t("schedule.past")}</p>}
      </Form>
    </Dialog>
  );
}

interface WhenFieldProps {
  label: string;
  value: string;
  hint?: string;
  onInput(value: string): void;
}

/** A day and a time of it, where one is. */
export function WhenField({ label, value, hint, onInput }: WhenFieldProps) {
  return (
    <div class="field">
      <label>
        <span class="field-label">{label}</span>
        <span class="field-box">
          <input type="datetime-local" value={value} onInput={(event) => onInput(event.currentTarget.value)} />
        </span>
      </label>
      {hint && <p class="field-hint">{hint}</p>}
    </div>
  );
}
