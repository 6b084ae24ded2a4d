import { useState } from "preact/hooks";
import { editYear, fetchYears, makeYear, type Year } from "../../api/school";
import { asApiError, useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Conflict } from "./conflict";
import { nextYear, type YearDays, yearFault } from "./dates";
import { changes, merge } from "./merge";

interface Props {
  school: string;
  years: readonly Year[];
  /** The one that is edited; without it a new one is made. */
  year?: Year;
  onSaved(): void;
  onClose(): void;
}

const daysOf = ({ name, starts_on, ends_on }: Year): YearDays => ({ name, starts_on, ends_on });

/** A school year's name and days. */
export function YearSheet({ school, years, year, onSaved, onClose }: Props) {
  const [base, setBase] = useState(year);
  const [days, setDays] = useState<YearDays>(() => (year ? daysOf(year) : nextYear(new Date(), years)));
  const [theirs, setTheirs] = useState<Year | null>(null);
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const key = useRepeat();
  const named = days.name.trim() !== "";
  const fault = yearFault(days);

  const send = async (from: Year | undefined, wanted: YearDays): Promise<void> => {
    if (!from) await makeYear(school, wanted, key(wanted));
    else {
      const changed = changes(daysOf(from), wanted);
      if (Object.keys(changed).length > 0) await editYear(from.id, from.version, changed);
    }
    onSaved();
    showToast(from ? t("edit.saved") : t("year.made", { name: wanted.name }));
    onClose();
  };
  const save = async (): Promise<void> => {
    setTried(true);
    if (!named || fault) {
      document.querySelector<HTMLInputElement>(`dialog [name=${named ? "ends_on" : "year_name"}]`)?.focus();
      return;
    }
    const mine = { ...days, name: days.name.trim() };
    await doing.run(async () => {
      try {
        await send(base, mine);
      } catch (error) {
        if (!base || asApiError(error).status !== 412) throw error;
        const now = (await fetchYears(school)).find((one) => one.id === base.id);
        if (!now) throw error;
        const { merged, clashes } = merge(daysOf(base), mine, daysOf(now));
        if (clashes.length === 0) return send(now, merged);
        setTheirs(now);
      }
    });
  };

  if (theirs && base) {
    const { merged, clashes } = merge(daysOf(base), days, daysOf(theirs));
    const words = { name: t("year.name"), starts_on: t("year.from"), ends_on: t("year.to") };
    return (
      <Conflict
        title={t("conflict.title")}
        mine={merged}
        theirs={daysOf(theirs)}
        fields={clashes.map((field) => ({ field, label: words[field] }))}
        onClose={onClose}
        onChosen={(chosen) => {
          setBase(theirs);
          setDays(chosen);
          setTheirs(null);
          return doing.run(() => send(theirs, chosen));
        }}
      />
    );
  }
  return (
    <Dialog title={year ? t("year.edit") : t("year.new")} onClose={onClose} testId="year-sheet">
      <Form action={year ? t("common.save") : t("year.make")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Field
          label={t("year.name")}
          name="year_name"
          value={days.name}
          onInput={(name) => setDays({ ...days, name })}
          maxLength={32}
          autoComplete="off"
          error={tried && !named ? t("year.nameMissing") : null}
        />
        <div class="two">
          <Field label={t("year.from")} name="starts_on" type="date" value={days.starts_on} onInput={(starts_on) => setDays({ ...days, starts_on })} />
          <Field
            label={t("year.to")}
            name="ends_on"
            type="date"
            value={days.ends_on}
            onInput={(ends_on) => setDays({ ...days, ends_on })}
            error={tried && fault ? t(`year.fault.${fault}`) : null}
          />
        </div>
        {!year && <p class="field-hint">{t("year.hint")}</p>}
      </Form>
    </Dialog>
  );
}
