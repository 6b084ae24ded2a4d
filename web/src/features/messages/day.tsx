import { useRef, useState } from "preact/hooks";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { localDay, type Thread } from "./thread";
import { dayWords } from "./words";

/** The heading over a day; pressing it leads to another one. */
export function DayHeading({ at, thread }: { at: number; thread: Thread }) {
  const [open, setOpen] = useState(false);
  return (
    <li class="day">
      <h2 class="day-words">
        <button type="button" title={t("chat.toDay")} onClick={() => setOpen(true)} tabIndex={-1}>
          {dayWords(at)}
        </button>
      </h2>
      {open && <DayDialog day={localDay(new Date(at).toISOString())} thread={thread} onClose={() => setOpen(false)} />}
    </li>
  );
}

export function DayDialog({ day, thread, onClose }: { day: string; thread: Thread; onClose(): void }) {
  const [wish, setWish] = useState(day);
  const today = useRef(localDay(new Date().toISOString()));
  return (
    <Dialog title={t("chat.toDay")} onClose={onClose}>
      <Form
        action={t("chat.goThere")}
        onClose={onClose}
        onSubmit={async () => {
          if (!wish) return;
          onClose();
          await thread.goToDay(wish);
        }}
      >
        <Field label={t("chat.day")} name="day" type="date" value={wish} max={today.current} onInput={setWish} />
      </Form>
    </Dialog>
  );
}
