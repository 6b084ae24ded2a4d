import { ImagePlus, Trash2 } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import { dropPicture, editSchool, fetchSchool, type School, setPicture } from "../../api/school";
import { asApiError, useDoing } from "../../app/action";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { Trouble } from "../../ui/trouble";
import { Conflict } from "./conflict";
import { changes, merge } from "./merge";
import { fitPicture } from "./picture";
import { asEdit, DETAIL_WORDS, DetailFields, type Details, detailsOf, faultsOf, focusFault, trimmed } from "./school-fields";

interface Props {
  school: School;
  onSaved(): void;
  onClose(): void;
}

/** Edits a school's page. Whoever else edited it meanwhile is not written over: both versions are shown. */
export function EditSchoolSheet({ school, onSaved, onClose }: Props) {
  const [base, setBase] = useState(school);
  const [details, setDetails] = useState(() => detailsOf(school));
  const [theirs, setTheirs] = useState<School | null>(null);
  const [tried, setTried] = useState(false);
  const doing = useDoing();

  const send = async (from: School, wanted: Details): Promise<void> => {
    const changed = changes(detailsOf(from), wanted);
    if (Object.keys(changed).length > 0) await editSchool(school.id, from.version, asEdit(changed, wanted));
    onSaved();
    showToast(t("edit.saved"));
    onClose();
  };
  const save = async (): Promise<void> => {
    setTried(true);
    const mine = trimmed(details);
    const faults = faultsOf(mine);
    if (Object.keys(faults).length > 0) return focusFault(faults);
    await doing.run(async () => {
      try {
        await send(base, mine);
      } catch (error) {
        if (asApiError(error).status !== 412) throw error;
        const now = await fetchSchool(school.id);
        const { merged, clashes } = merge(detailsOf(base), mine, detailsOf(now));
        // Who changed other fields than we did is not asked about: both changes stand.
        if (clashes.length === 0) return send(now, merged);
        setTheirs(now);
      }
    });
  };

  if (theirs) {
    const { merged, clashes } = merge(detailsOf(base), trimmed(details), detailsOf(theirs));
    return (
      <Conflict
        title={t("conflict.title")}
        mine={merged}
        theirs={detailsOf(theirs)}
        fields={clashes.map((field) => ({ field, label: t(DETAIL_WORDS[field]) }))}
        onClose={onClose}
        onChosen={(chosen) => {
          setBase(theirs);
          setDetails(chosen);
          setTheirs(null);
          return doing.run(() => send(theirs, chosen));
        }}
      />
    );
  }
  return (
    <Dialog title={t("edit.title")} onClose={onClose} testId="edit-sheet">
      <Picture school={school} onChange={onSaved} />
      <Form action={t("common.save")} trouble={doing.trouble} onSubmit={save} onClose={onClose}>
        <DetailFields details={details} tried={tried} onChange={setDetails} />
      </Form>
    </Dialog>
  );
}

/** The school's picture. It is kept at once, apart from the fields. */
function Picture({ school, onChange }: { school: School; onChange(): void }) {
  const doing = useDoing();
  const input = useRef<HTMLInputElement>(null);
  const choose = (file: File | undefined): void => {
    if (!file) return;
    void doing.run(async () => {
      await setPicture(school.id, await fitPicture(file));
      onChange();
    });
  };
  return (
    <div class="field">
      <span class="field-label" id="picture-label">
        {t("edit.picture")}
      </span>
      <div class="picture-field">
        {school.picture && <img class="school-badge" src={school.picture} alt="" />}
        <input
          ref={input}
          type="file"
          class="hidden-text"
          tabIndex={-1}
          aria-hidden="true"
          accept="image/png,image/jpeg,image/webp"
          onChange={(event) => {
            choose(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
        <Button icon={<ImagePlus size={20} strokeWidth={1.75} />} onPress={() => input.current?.click()}>
          {school.picture ? t("edit.pictureOther") : t("edit.pictureChoose")}
        </Button>
        {school.picture && (
          <Button
            kind="text"
            icon={<Trash2 size={20} strokeWidth={1.75} />}
            onPress={() =>
              doing.run(async () => {
                await dropPicture(school.id);
                onChange();
              })
            }
          >
            {t("edit.pictureDrop")}
          </Button>
        )}
      </div>
      <p class="field-hint">{t("edit.pictureHint")}</p>
      <Trouble problem={doing.trouble} />
    </div>
  );
}
