import { Building2, Check, ChevronDown, Pencil } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fetchSchool, fetchSchools, type School } from "../../api/school";
import { PHONE, useMedia } from "../../app/media-query";
import { useResource } from "../../app/resource";
import { goBack, navigate, query, to, withQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { Avatar, initials } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Lazy } from "../../ui/lazy";
import { Menu } from "../../ui/menu";
import { Loaded } from "../../ui/states";
import { TabPanel, Tabs } from "../../ui/tabs";
import { NotFound } from "../shell/not-found";
import { About } from "./about";
import { ClassesTab } from "./classes-tab";
import { EditSchoolSheet } from "./edit-school";
import { People } from "./people";
import "./school.css";

const LAST = "sfera.school";
const EVERY_MS = 15_000;
const TABS = ["feed", "classes", "people", "about", "safety"] as const;
type TabName = (typeof TABS)[number] | "documents";
const feed = async () => (await import("../articles/feed")).Feed;
const safety = async () => (await import("../messages/safety")).Safety;

/** S3: a school one is in. Without an id, the one looked at last. */
export function SchoolPage({ id }: { id?: string }) {
  const schools = useResource("schools", fetchSchools, 30_000);
  useTitle(t("school.title"));
  return (
    <Loaded resource={schools} skeleton={<SchoolBones />} notFound={<NotFound />}>
      {({ items, may_create }) => {
        const last = localStorage.getItem(LAST);
        const shown = id ?? (items.find((one) => one.id === last) ?? items[0])?.id;
        return shown ? (
          <OneSchool key={shown} id={shown} schools={items} />
        ) : (
          <NoSchool mayCreate={may_create} />
        );
      }}
    </Loaded>
  );
}

function NoSchool({ mayCreate }: { mayCreate: boolean }) {
  return (
    <>
      <h1 tabIndex={-1}>{t("school.title")}</h1>
      <div class="card empty">
        <Building2 size={40} strokeWidth={1.5} aria-hidden="true" />
        <p>{mayCreate ? t("school.mayCreate") : t("school.none")}</p>
        {mayCreate && (
          <Button kind="primary" onPress={() => navigate(to.newSchool)}>
            {t("school.create")}
          </Button>
        )}
        <Button onPress={() => navigate(to.join())}>{t("join.haveCode")}</Button>
      </div>
    </>
  );
}

function OneSchool({ id, schools }: { id: string; schools: readonly School[] }) {
  const resource = useResource(`school/${id}`, () => fetchSchool(id), EVERY_MS);
  useTitle(resource.data?.name ?? t("school.title"));
  useEffect(() => {
    if (resource.data) localStorage.setItem(LAST, id);
  }, [resource.data === null]);
  return (
    <Loaded resource={resource} skeleton={<SchoolBones />} notFound={<NotFound />}>
      {(school) => <Content school={school} schools={schools} onChange={resource.reload} />}
    </Loaded>
  );
}

function Content({ school, schools, onChange }: { school: School; schools: readonly School[]; onChange(): void }) {
  const phone = useMedia(PHONE);
  const edits = school.may.includes("edit_school");
  const asked = query.value.get("tab");
  const first = school.year === null ? "classes" : "feed";
  const wanted = TABS.find((one) => one === asked && (one !== "safety" || edits));
  const tab: TabName = wanted ?? first;
  useEffect(() => {
    // A school that is being set up begins with its classes, and stays there when it has a year.
    if (asked === null && first === "classes") navigate(withQuery("tab", "classes"), true);
  }, [asked, first]);
  const choose = (next: TabName): void =>
    next === "documents"
      ? navigate(to.documents(`school:${school.id}`))
      : navigate(next === "feed" ? to.schoolPage(school.id) : to.schoolPage(school.id, next), true);
  return (
    <>
      <div class="page-head school-head">
        <div class="school-title">
          {school.picture ? (
            <img class="school-badge" src={school.picture} alt="" />
          ) : (
            <Avatar id={school.id} name={initials(school.name)} size={64} square />
          )}
          <div>
            <SchoolName school={school} schools={schools} />
            <p class="meta">{[school.city, school.year && t("school.yearOf", { name: school.year.name })].filter(Boolean).join(", ")}</p>
          </div>
        </div>
        {edits && (
          <Button
            icon={<Pencil size={20} strokeWidth={1.75} />}
            label={t("common.edit")}
            testId="edit-school"
            onPress={() => navigate(withQuery("edit", "1"))}
          >
            {phone ? undefined : t("common.edit")}
          </Button>
        )}
      </div>
      <Tabs
        label={school.name}
        name="school"
        value={tab}
        onChange={choose}
        tabs={[
          { id: "feed", label: t("feed.title") },
          { id: "classes", label: t("school.classes") },
          { id: "documents", label: t("nav.documents") },
          { id: "people", label: t("school.people") },
          { id: "about", label: t("school.about") },
          ...(edits ? [{ id: "safety" as const, label: t("safety.title") }] : []),
        ]}
      />
      <TabPanel name="school" value={tab}>
        {tab === "feed" && <Lazy key="feed" load={feed} place={{ kind: "school" as const, id: school.id }} />}
        {tab === "safety" && <Lazy key="safety" load={safety} school={school.id} />}
        {tab === "classes" && <ClassesTab school={school} onChange={onChange} />}
        {tab === "people" && <People school={school} onChange={onChange} />}
        {tab === "about" && <About school={school} />}
      </TabPanel>
      {edits && query.value.get("edit") === "1" && (
        <EditSchoolSheet school={school} onSaved={onChange} onClose={() => goBack(withQuery("edit", null))} />
      )}
    </>
  );
}

/** The name; who is in several schools opens the others from it. */
function SchoolName({ school, schools }: { school: School; schools: readonly School[] }) {
  const [open, setOpen] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  if (schools.length < 2) return <h1 tabIndex={-1}>{school.name}</h1>;
  return (
    <div class="school-switch">
      <h1 tabIndex={-1}>{school.name}</h1>
      <button
        ref={ref}
        type="button"
        class="button text icon-only"
        aria-label={t("school.switch")}
        title={t("school.switch")}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <ChevronDown size={20} strokeWidth={1.75} aria-hidden="true" />
      </button>
      {open && ref.current && (
        <Menu
          label={t("school.switch")}
          anchor={ref.current}
          onClose={() => setOpen(false)}
          items={schools.map((one) => ({
            label: one.name,
            icon: one.id === school.id ? <Check size={20} strokeWidth={1.75} /> : <span class="menu-gap" />,
            run: () => navigate(to.schoolPage(one.id)),
          }))}
        />
      )}
    </div>
  );
}

function SchoolBones() {
  return (
    <div class="school-bones">
      <div class="bone school-bone-head" />
      <div class="bone school-bone-tabs" />
      <div class="bone school-bone-body" />
    </div>
  );
}
