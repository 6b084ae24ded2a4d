import { useState } from "preact/hooks";
import { fetchSchoolClasses, giveClass, type Held, type Member, type School, transfer } from "../../api/school";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Dialog } from "../../ui/dialog";
import { Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { Loaded } from "../../ui/states";

interface Props {
  school: School;
  member: Member;
  onChange(): void;
  onClose(): void;
}

/** Moves a student to another class: out of the old one and into the new one at once. */
export function TransferSheet({ school, member, held, onChange, onClose }: Props & { held: Held }) {
  return (
    <Choose
      title={held.class ? t("move.title", { name: member.name }) : t("move.giveTitle", { name: member.name })}
      hint={held.class ? t("move.hint", { name: held.class.name }) : ""}
      action={held.class ? t("move.do") : t("move.giveDo")}
      school={school}
      without={held.class ? [held.class.id] : []}
      onClose={onClose}
      onChosen={async (id, name) => {
        await transfer(held.id, id);
        onChange();
        showToast(t("move.done", { name: member.name, class: name }));
      }}
    />
  );
}

/** One more class for a teacher. */
export function GiveClassSheet({ school, member, onChange, onClose }: Props) {
  const taught = member.memberships.filter((one) => one.role === "teacher" && one.class).map((one) => one.class?.id ?? "");
  return (
    <Choose
      title={t("move.giveTitle", { name: member.name })}
      hint=""
      action={t("move.giveDo")}
      school={school}
      without={taught}
      onClose={onClose}
      onChosen={async (id, name) => {
        await giveClass(school.id, member.id, "teacher", id);
        onChange();
        showToast(t("move.done", { name: member.name, class: name }));
      }}
    />
  );
}

interface ChooseProps {
  title: string;
  hint: string;
  action: string;
  school: School;
  without: readonly string[];
  onChosen(id: string, name: string): Promise<void>;
  onClose(): void;
}

function Choose({ title, hint, action, school, without, onChosen, onClose }: ChooseProps) {
  const classes = useResource(`classes/${school.id}/open`, () => fetchSchoolClasses(school.id), 60_000);
  const [chosen, setChosen] = useState<string | null>(null);
  const doing = useDoing();
  return (
    <Dialog title={title} onClose={onClose}>
      <Loaded resource={classes} skeleton={<div class="bone" />} notFound={<p>{t("problem.gone")}</p>}>
        {(all) => {
          const open = all.filter((one) => !without.includes(one.id));
          const of = open.find((one) => one.id === chosen) ?? open[0];
          if (!of) return <p>{t("move.nowhere")}</p>;
          return (
            <Form
              action={action}
              trouble={doing.trouble}
              onClose={onClose}
              onSubmit={async () => {
                if (await doing.run(() => onChosen(of.id, of.name))) onClose();
              }}
            >
              {hint && <p>{hint}</p>}
              <Select
                label={t("lesson.class")}
                value={of.id}
                options={open.map((one) => ({ value: one.id, label: one.name }))}
                onChange={setChosen}
              />
            </Form>
          );
        }}
      </Loaded>
    </Dialog>
  );
}
