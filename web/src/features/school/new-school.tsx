import { useState } from "preact/hooks";
import { makeSchool } from "../../api/school";
import { useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { clearResources } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { loadMe } from "../../app/session";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { Form } from "../../ui/form";
import { DetailFields, faultsOf, focusFault, NO_DETAILS, trimmed } from "./school-fields";
import "./school.css";

/** Sets a school up: for whom an operator has allowed it. */
export function NewSchoolPage() {
  useTitle(t("school.create"));
  const [details, setDetails] = useState(NO_DETAILS);
  const [tried, setTried] = useState(false);
  const doing = useDoing();
  const key = useRepeat();
  const save = async (): Promise<void> => {
    setTried(true);
    const { name, city, address, about, phone, email, site } = trimmed(details);
    const faults = faultsOf(trimmed(details));
    if (Object.keys(faults).length > 0) return focusFault(faults);
    await doing.run(async () => {
      const body = { name, city, address, about, contacts: { phone, email, site } };
      const made = await makeSchool(body, key(body));
      clearResources();
      await loadMe();
      navigate(to.schoolPage(made.id, "classes"), true);
    });
  };
  return (
    <>
      <h1 tabIndex={-1}>{t("school.create")}</h1>
      <div class="card form-card">
        <p>{t("school.createText")}</p>
        <Form action={t("school.createDo")} trouble={doing.trouble} onSubmit={save}>
          <DetailFields details={details} tried={tried} onChange={setDetails} />
        </Form>
      </div>
    </>
  );
}
