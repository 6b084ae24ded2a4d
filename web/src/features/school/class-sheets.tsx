import { useState } from "preact/hooks";
import { fetchClassPage, makeClass, renameClass, type SchoolClassPage, type Year } from "../../api/school";
import { asApiError, useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Conflict } from "./conflict";

interface NewProps {
  school: string;
  year: Year;
  onSaved(): void;
  onClose(): void;
}

/** A new class. The sheet stays for the next one, since a school has many. */
export function NewClassSheet({ school, year, onSaved, onClose }: NewProps) {
  const [name, setName] = useState("");
  const [tried, setTried] = useState(false);
  const [made, setMade] = useState<string[]>([]);
  const doing = useDoing();
  const key = useRepeat();
  const save = async (): Promise<void> => {
    const wanted = name.trim();
    setTried(true);
    if (wanted === "") return document.querySelector<HTMLInputElement>("dialog [name=class_name]")?.focus();
    const went = await doing.run(() => makeClass(school, wanted, year.id, key([wanted, year.id, made.length])));
    if (!went) return;
    setMade([...made, wanted]);
    setName("");
    setTried(false);
    onSaved();
    document.querySelector<HTMLInputElement>("dialog [name=class_name]")?.focus();
  };
  return (
    <Dialog title={t("class.new")} onClose={onClose} testId="class-sheet">
      <Form action={t("class.make")} trouble={doing.trouble} onSubmit={save} onClose={onClose} {...(made.length > 0 ? { closeWords: t("common.done") } : {})}>
        <Field
          label={t("class.name")}
          name="class_name"
          value={name}
          onInput={setName}
          maxLength={32}
          autoComplete="off"
          autoFocus
          hint={t("class.nameHint", { year: year.name })}
          error={tried && name.trim() === "" ? t("class.nameMissing") : null}
        />
        <p role="status" class={made.length > 0 ? "made" : "hidden-text"}>
          {made.length > 0 && t("class.madeList", { names: made.join(", ") })}
        </p>
      </Form>
    </Dialog>
  );
}

interface RenameProps {
  klass: SchoolClassPage;
  onSaved(): void;
  onClose(): void;
}

/** Another name for a class. Who else renamed it meanwhile is not written over. */
export function RenameSheet({ klass, onSaved, onClose }: RenameProps) {
  const [base, setBase] = useState({ name: klass.name, version: klass.version });
  const [name, setName] = useState(klass.name);
  const [theirs, setTheirs] = useState<SchoolClassPage | null>(null);
  const doing = useDoing();
  const send = async (version: number, wanted: string): Promise<void> => {
    await renameClass(klass.id, version, wanted);
    onSaved();
    showToast(t("edit.saved"));
    onClose();
  };
  const save = async (): Promise<void> => {
    const wanted = name.trim();
    if (wanted === "") return document.querySelector<HTMLInputElement>("dialog [name=class_name]")?.focus();
    if (wanted === base.name) return onClose();
    await doing.run(async () => {
      try {
        await send(base.version, wanted);
      } catch (error) {
        if (asApiError(error).status !== 412) throw error;
        const now = await fetchClassPage(klass.id);
        if (now.name === base.name || now.name === wanted) return send(now.version, wanted);
        setTheirs(now);
      }
    });
  };
  if (theirs) {
    return (
      <Conflict
        title={t("conflict.title")}
        mine={{ name: name.trim() }}
        theirs={{ name: theirs.name }}
        fields={[{ field: "name", label: t("class.name") }]}
        onClose={onClose}
        onChosen={(chosen) => {
          setBase(theirs);
          setName(chosen.name);
          setTheirs(null);
          return doing.run(() => send(theirs.version, chosen.name));
        }}
      />
    );
  }
  return (
    <Dialog title={t("class.rename")} onClose={onClose}>
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <Field
          label={t("class.name")}
          name="class_name"
          value={name}
          onInput={setName}
          maxLength={32}
          autoComplete="off"
          autoFocus
          error={name.trim() === "" ? t("class.nameMissing") : null}
        />
      </Form>
    </Dialog>
  );
}
