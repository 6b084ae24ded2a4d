import { useState } from "preact/hooks";
import type { ApiError } from "../../api/http";
import { fetchMembers, type Member, type School } from "../../api/school";
import { useResource } from "../../app/resource";
import { list, t } from "../../i18n";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";

interface Props {
  school: School;
  action: string;
  trouble: ApiError | null;
  onChosen(child: Member): Promise<unknown>;
  onClose(): void;
}

/** A student found by a part of the name. */
export function ChooseChild({ school, action, trouble, onChosen, onClose }: Props) {
  const [part, setPart] = useState("");
  const [child, setChild] = useState<Member | null>(null);
  const wanted = part.trim();
  const found = useResource(
    `members/${school.id}/student//${wanted}`,
    () => fetchMembers(school.id, { role: "student", q: wanted, limit: 50 }),
    60_000,
  );
  const shown = (found.data?.items ?? []).slice(0, 6);
  return (
    <Form
      action={action}
      trouble={trouble}
      onClose={onClose}
      onSubmit={async () => {
        if (child) await onChosen(child);
        else document.querySelector<HTMLInputElement>("dialog [name=child]")?.focus();
      }}
    >
      <p>{t("requests.whoseParent")}</p>
      <Field label={t("members.search")} name="child" type="search" value={part} onInput={setPart} autoComplete="off" plain />
      <fieldset class="children">
        <legend class="hidden-text">{t("members.students")}</legend>
        {shown.map((one) => (
          <label key={one.id} class="check-row">
            <input type="radio" name="chosen-child" checked={child?.id === one.id} onChange={() => setChild(one)} />
            <span>
              {one.name} <span class="meta">{list(one.memberships.flatMap((held) => (held.class ? [held.class.name] : [])))}</span>
            </span>
          </label>
        ))}
        {found.data && shown.length === 0 && <p class="meta">{t("members.notFound")}</p>}
      </fieldset>
    </Form>
  );
}
