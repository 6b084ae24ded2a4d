import { fetchClasses } from "../../api/platform";
import type { ClassSummary } from "../../api/types";
import { useResource } from "../../app/resource";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { Loaded } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import { BroadcastsLink } from "../broadcasts/link";
import { ClassGrid } from "./grid";

/** The classes one may see, by school. */
export function SchoolPage() {
  const classes = useResource("classes", fetchClasses, 10_000);
  useTitle(t("school.title"));
  const schools = bySchool(classes.data ?? []);
  return (
    <>
      <h1 tabIndex={-1}>{schools.length === 1 && schools[0] ? schools[0].name : t("school.title")}</h1>
      <Loaded resource={classes} skeleton={<div class="bone class-bone" />} notFound={<NotFound />}>
        {() =>
          schools.length === 0 ? (
            <p class="card empty">{t("home.noClasses")}</p>
          ) : (
            schools.map((school) => (
              <section key={school.id} class="home-classes" aria-label={school.name}>
                {schools.length > 1 && <h2>{school.name}</h2>}
                <ClassGrid classes={school.classes} />
              </section>
            ))
          )
        }
      </Loaded>
      <BroadcastsLink />
    </>
  );
}

function bySchool(classes: readonly ClassSummary[]): { id: string; name: string; classes: ClassSummary[] }[] {
  const found = new Map<string, { id: string; name: string; classes: ClassSummary[] }>();
  for (const one of classes) {
    const school = found.get(one.school.id) ?? { ...one.school, classes: [] };
    school.classes.push(one);
    found.set(school.id, school);
  }
  return [...found.values()];
}
