import { Archive, CalendarPlus, CalendarRange, Pencil, Plus } from "lucide-preact";
import { useState } from "preact/hooks";
import { archiveYear, fetchSchoolClasses, fetchYears, restoreYear, type School, type SchoolClass, type Year } from "../../api/school";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { navigate, query, withQuery } from "../../app/router";
import { showToast } from "../../app/toast";
import { list, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Select } from "../../ui/field";
import type { MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { Banner, Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { BroadcastsLink } from "../broadcasts/link";
import { ClassGrid } from "../classes/grid";
import { NotFound } from "../shell/not-found";
import { day } from "./words";
import { NewClassSheet } from "./class-sheets";
import { YearSheet } from "./year-sheet";

const EVERY_MS = 10_000;
/** Classes that belong to no year. */
const NO_YEAR = "none";

/** Classes of a school, by school year. */
export function ClassesTab({ school, onChange }: { school: School; onChange(): void }) {
  const years = useResource(`years/${school.id}`, () => fetchYears(school.id), 30_000);
  return (
    <Loaded resource={years} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(all) => (
        <OfYear
          school={school}
          years={all}
          onChange={() => {
            years.reload();
            onChange();
          }}
        />
      )}
    </Loaded>
  );
}

function OfYear({ school, years, onChange }: { school: School; years: readonly Year[]; onChange(): void }) {
  const [sheet, setSheet] = useState<"new-year" | "edit-year" | "archive" | "new-class" | null>(null);
  const asked = query.value.get("year");
  const current = years.find((year) => year.current) ?? years[0];
  const year = years.find((one) => one.id === asked) ?? current;
  const archived = year?.archived_at != null;
  const classes = useResource(
    `classes/${school.id}/${archived ? "archived" : "open"}`,
    () => fetchSchoolClasses(school.id, archived),
    EVERY_MS,
  );
  const manages = school.may.includes("manage_years");
  const builds = school.may.includes("manage_classes");
  const ofYear = (one: SchoolClass): boolean => (one.year?.id ?? NO_YEAR) === (year?.id ?? NO_YEAR);
  const reload = (): void => {
    classes.reload();
    onChange();
  };
  const close = (): void => setSheet(null);
  const menu: MenuItem[] = manages
    ? [
        { label: t("year.new"), icon: <CalendarPlus size={20} strokeWidth={1.75} />, run: () => setSheet("new-year") },
        ...(year && !archived
          ? [
              { label: t("year.edit"), icon: <Pencil size={20} strokeWidth={1.75} />, run: () => setSheet("edit-year") },
              { label: t("year.archive"), icon: <Archive size={20} strokeWidth={1.75} />, run: () => setSheet("archive") },
            ]
          : []),
      ]
    : [];

  return (
    <>
      {archived && year && <ReadOnly year={year} mayRestore={manages} onRestored={reload} />}
      <div class="classes-head">
        {years.length > 1 && year ? (
          <Select
            label={t("year.label")}
            value={year.id}
            options={years.map((one) => ({
              value: one.id,
              label: one.archived_at ? t("year.archived", { name: one.name }) : one.name,
            }))}
            onChange={(id) => navigate(withQuery("year", id === current?.id ? null : id), true)}
          />
        ) : (
          <h2>{year ? t("year.title", { name: year.name }) : t("school.classes")}</h2>
        )}
        {year && <p class="meta classes-days">{t("year.days", { from: day(year.starts_on), to: day(year.ends_on) })}</p>}
        <span class="grow" />
        {builds && !archived && year && (
          <Button kind="primary" icon={<Plus size={20} strokeWidth={2} />} onPress={() => setSheet("new-class")} testId="new-class">
            {t("class.new")}
          </Button>
        )}
        <RowMenu label={t("year.menu")} items={menu} testId="year-menu" />
      </div>
      <Loaded resource={classes} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
        {(all) => {
          const shown = all.filter(ofYear);
          const others = archived ? [] : all.filter((one) => one.year === null && year);
          if (!year && all.length === 0 && manages) return <FirstYear onPress={() => setSheet("new-year")} />;
          return (
            <>
              {shown.length > 0 && <ClassGrid classes={shown} />}
              {shown.length === 0 && (
                <p class="card empty">{builds && !archived ? t("classes.noneYet") : archived ? t("classes.noneArchived") : t("home.noClasses")}</p>
              )}
              {others.length > 0 && (
                <section class="home-classes" aria-labelledby="no-year">
                  <h2 id="no-year">{t("year.none")}</h2>
                  <ClassGrid classes={others} />
                </section>
              )}
            </>
          );
        }}
      </Loaded>
      <BroadcastsLink />
      {sheet === "new-year" && <YearSheet school={school.id} years={years} onSaved={reload} onClose={close} />}
      {sheet === "edit-year" && year && <YearSheet school={school.id} years={years} year={year} onSaved={reload} onClose={close} />}
      {sheet === "archive" && year && <ArchiveYear year={year} onDone={reload} onClose={close} />}
      {sheet === "new-class" && year && <NewClassSheet school={school.id} year={year} onSaved={reload} onClose={close} />}
    </>
  );
}

function FirstYear({ onPress }: { onPress(): void }) {
  return (
    <div class="card empty">
      <CalendarRange size={40} strokeWidth={1.5} aria-hidden="true" />
      <p>{t("year.first")}</p>
      <Button kind="primary" onPress={onPress} testId="first-year">
        {t("year.make")}
      </Button>
    </div>
  );
}

function ReadOnly({ year, mayRestore, onRestored }: { year: Year; mayRestore: boolean; onRestored(): void }) {
  const doing = useDoing();
  const restore = (): unknown =>
    doing.run(async () => {
      const back = await restoreYear(year.id);
      onRestored();
      showToast(restoredWords(back));
    });
  return (
    <>
      <Banner
        icon={<Archive size={20} strokeWidth={1.75} />}
        {...(mayRestore ? { action: t("year.restore"), onAction: restore } : {})}
      >
        {t("year.readOnly", { date: day(year.archived_at ?? "") })}
      </Banner>
      <Trouble problem={doing.trouble} />
    </>
  );
}

/** What came back with an archived year or class. */
export function restoredWords(back: { classes: number; memberships: number; not_put_back: number }): string {
  const came = t("restored.back", {
    what: list([t("restored.classes", { count: back.classes }), t("restored.people", { count: back.memberships })]),
  });
  return back.not_put_back > 0 ? `${came} ${t("restored.missing", { count: back.not_put_back })}` : came;
}

function ArchiveYear({ year, onDone, onClose }: { year: Year; onDone(): void; onClose(): void }) {
  const doing = useDoing();
  const archive = async (): Promise<void> => {
    const went = await doing.run(() => archiveYear(year.id));
    if (!went) return;
    onDone();
    showToast(t("year.archivedNow", { name: year.name }));
    onClose();
  };
  return (
    <Confirm
      title={t("year.archiveAsk", { name: year.name })}
      text={t("year.archiveText")}
      action={t("year.archiveDo")}
      onConfirm={archive}
      onClose={onClose}
    >
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}

