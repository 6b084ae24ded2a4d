import { useState } from "preact/hooks";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";

interface Props<T extends Record<keyof T, string>> {
  title: string;
  mine: T;
  theirs: T;
  fields: readonly { field: keyof T & string; label: string }[];
  onChosen(chosen: T): unknown;
  onClose(): void;
}

/** Two people edited the same fields: both versions side by side, one of each is chosen. */
export function Conflict<T extends Record<keyof T, string>>({ title, mine, theirs, fields, onChosen, onClose }: Props<T>) {
  const [own, setOwn] = useState<Record<string, boolean>>({});
  const choose = (): unknown => {
    const chosen = { ...mine };
    for (const { field } of fields) if (own[field] === false) chosen[field] = theirs[field];
    return onChosen(chosen);
  };
  return (
    <Dialog title={title} onClose={onClose} broad testId="conflict">
      <p>{t("conflict.text")}</p>
      {fields.map(({ field, label }) => (
        <fieldset key={field} class="conflict">
          <legend class="field-label">{label}</legend>
          <Version name={field} words={t("conflict.mine")} text={mine[field]} checked={own[field] !== false} onChange={() => setOwn({ ...own, [field]: true })} />
          <Version name={field} words={t("conflict.theirs")} text={theirs[field]} checked={own[field] === false} onChange={() => setOwn({ ...own, [field]: false })} />
        </fieldset>
      ))}
      <div class="dialog-actions">
        <Button onPress={onClose}>{t("common.cancel")}</Button>
        <Button kind="primary" onPress={choose}>
          {t("conflict.save")}
        </Button>
      </div>
    </Dialog>
  );
}

interface VersionProps {
  name: string;
  words: string;
  text: string;
  checked: boolean;
  onChange(): void;
}

function Version({ name, words, text, checked, onChange }: VersionProps) {
  return (
    <label class="conflict-version">
      <input type="radio" name={`conflict-${name}`} checked={checked} onChange={onChange} />
      <span>
        <span class="field-label">{words}</span>
        <span class="conflict-text">{text || t("conflict.empty")}</span>
      </span>
    </label>
  );
}
