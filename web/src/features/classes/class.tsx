import { Archive, ArchiveRestore, Pencil, Play, Trash2, UserPlus } from "lucide-preact";
import { useState } from "preact/hooks";
import { fetchBroadcasts } from "../../api/platform";
import {
  archiveClass, deleteClass, fetchClassPage, fetchSchool, restoreClass, type Role, type SchoolClassPage,
} from "../../api/school";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { goBack, navigate, query, to, withQuery } from "../../app/router";
import { useTitle } from "../../app/title";
import { showToast } from "../../app/toast";
import { duration, list, moment, number, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Confirm } from "../../ui/dialog";
import { Lazy } from "../../ui/lazy";
import type { MenuItem } from "../../ui/menu";
import { RowMenu } from "../../ui/row-menu";
import { Banner, Loaded } from "../../ui/states";
import { TabPanel, Tabs } from "../../ui/tabs";
import { Trouble } from "../../ui/trouble";
import { RenameSheet } from "../school/class-sheets";
import { restoredWords } from "../school/classes-tab";
import { ChatRow } from "../messages/chat-row";
import { inbox } from "../messages/inbox";
import { InviteSheet } from "../school/invite";
import { PeopleList } from "../school/people-list";
import { PersonSheet } from "../school/person";
import { NotFound } from "../shell/not-found";
import "../home/home.css";
import "../school/school.css";
import "./classes.css";

type TabName = "overview" | "chats" | "documents" | "people" | "lessons";
const feed = async () => (await import("../articles/feed")).Feed;

/** S4: the lesson, who is in the class, what was recorded in it. */
export function ClassPage({ id }: { id: string }) {
  const page = useResource(`class/${id}`, () => fetchClassPage(id), 5_000);
  useTitle(page.data?.name ?? t("home.classes"));
  return (
    <Loaded
      resource={page}
      skeleton={
        <div class="home-bones">
          <div class="bone" />
          <div class="bone" />
        </div>
      }
      notFound={<NotFound />}
    >
      {(data) => <Content data={data} onChange={page.reload} />}
    </Loaded>
  );
}

function Content({ data, onChange }: { data: SchoolClassPage; onChange(): void }) {
  const asked = query.value.get("tab");
  const enters = data.may.includes("enter_lessons");
  const tab: TabName = asked === "people" || asked === "chats" || (asked === "lessons" && enters) ? asked : "overview";
  return (
    <>
      {data.archived && <ArchivedBanner data={data} onChange={onChange} />}
      <div class="page-head">
        <div class="class-title">
          <Avatar id={data.id} name={data.name} size={64} square />
          <div>
            <h1 tabIndex={-1}>{data.name}</h1>
            <p class="meta">
              <a class="quiet-link" href={to.schoolPage(data.school.id)}>
                {data.school.name}
              </a>
              {", "}
              {list([t("class.students", { count: data.students }), t("class.teachers", { count: data.teachers })])}
            </p>
          </div>
        </div>
        <div class="actions">
          {data.may_start && !data.lesson && (
            <Button kind="primary" onPress={() => navigate(to.start(data.id))}>
              {t("lesson.start")}
            </Button>
          )}
          {data.may.includes("manage_classes") && <ClassMenu data={data} onChange={onChange} />}
        </div>
      </div>
      <Tabs
        label={data.name}
        name="class"
        value={tab}
        onChange={(next) =>
          next === "documents"
            ? navigate(to.documents(`class:${data.id}`))
            : navigate(next === "overview" ? to.class(data.id) : `${to.class(data.id)}?tab=${next}`, true)
        }
        tabs={[
          { id: "overview", label: t("class.overview") },
          { id: "chats", label: t("nav.messages") },
          { id: "documents", label: t("nav.documents") },
          { id: "people", label: t("school.people") },
          ...(enters ? [{ id: "lessons" as const, label: t("class.lessons") }] : []),
        ]}
      />
      <TabPanel name="class" value={tab}>
        {tab === "overview" && <Overview data={data} />}
        {tab === "chats" && <ClassChats id={data.id} />}
        {tab === "people" && <ClassPeople data={data} onChange={onChange} />}
        {tab === "lessons" && <Recordings data={data} />}
      </TabPanel>
    </>
  );
}

function Overview({ data }: { data: SchoolClassPage }) {
  const teachers = data.members.filter((one) => one.role === "teacher");
  const invites = data.may.includes("invite_students");
  return (
    <>
      {data.lesson ? (
        <section class="home-now" aria-label={t("home.now")}>
          <div>
            <p class="home-now-kicker">
              <span class="live-dot" aria-hidden="true" />
              {t("home.now")}
            </p>
            <h2>{data.lesson.title || t("lesson.defaultTitle", { name: data.name })}</h2>
            <p>{t("home.led", { name: data.lesson.host.name })}</p>
          </div>
          <a class="button primary large" href={to.lesson(data.lesson.id)}>
            {t("home.join")}
          </a>
        </section>
      ) : (
        !data.archived && <p class="class-idle">{t("class.idle")}</p>
      )}
      {data.students === 0 && (
        <div class="card empty">
          <p>{t("class.noStudents")}</p>
          {invites && (
            <Button
              kind={data.may_start ? "quiet" : "primary"}
              icon={<UserPlus size={20} strokeWidth={1.75} />}
              onPress={() => navigate(`${to.class(data.id)}?tab=people&invite=${encodeURIComponent(data.id)}`)}
            >
              {t("class.invite")}
            </Button>
          )}
        </div>
      )}
      {teachers.length > 0 && (
        <section class="members" aria-labelledby="class-teachers">
          <h2 id="class-teachers">{t("class.teachersTitle")}</h2>
          <ul class="card members-list">
            {teachers.map((one) => (
              <li key={one.id}>
                <Avatar id={one.id} name={one.name} size={40} />
                <span>{one.name}</span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <section class="members" aria-labelledby="class-feed">
        <h2 id="class-feed">{t("feed.title")}</h2>
        <Lazy load={feed} place={{ kind: "class" as const, id: data.id }} />
      </section>
    </>
  );
}

/** Chats of this class that one reads. */
function ClassChats({ id }: { id: string }) {
  const chats = (inbox.value.chats ?? []).filter((chat) => chat.class?.id === id);
  if (chats.length === 0) return <p class="card empty">{t("class.noChats")}</p>;
  return (
    <ul class="card chat-card">
      {chats.map((chat) => (
        <li key={chat.id}>
          <ChatRow chat={chat} here={false} />
        </li>
      ))}
    </ul>
  );
}

const ROLES = ["student", "teacher", "parent"] as const;

function ClassPeople({ data, onChange }: { data: SchoolClassPage; onChange(): void }) {
  const school = useResource(`school/${data.school.id}`, () => fetchSchool(data.school.id), 60_000);
  const asked = query.value.get("role") as Role;
  const role = ROLES.find((one) => one === asked) ?? "student";
  const person = query.value.get("person");
  // Whom an archived class had is in its own list; memberships of now are elsewhere.
  if (data.archived) return <Archived data={data} />;
  return (
    <Loaded resource={school} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(of) => (
        <>
          <div class="people-head">
            <Tabs
              label={t("school.people")}
              name="role"
              small
              value={role}
              onChange={(next) => navigate(`${to.class(data.id)}?tab=people&role=${next}`, true)}
              tabs={ROLES.map((one) => {
                const count = one === "student" ? number(data.students) : one === "teacher" ? number(data.teachers) : undefined;
                return { id: one, label: t(`members.${one}s`), count, counted: count };
              })}
            />
            {data.may.includes("invite_students") && (
              <Button
                icon={<UserPlus size={20} strokeWidth={1.75} />}
                testId="invite"
                onPress={() => navigate(withQuery("invite", data.id))}
              >
                {t("members.invite")}
              </Button>
            )}
          </div>
          <TabPanel name="role" value={role}>
            <PeopleList key={role} school={of} role={role} klass={data.id} onChange={onChange} />
          </TabPanel>
          {query.value.get("invite") && data.may.includes("invite_students") && (
            <InviteSheet school={of} onClose={() => goBack(withQuery("invite", null))} />
          )}
          {person && (
            <PersonSheet school={of} person={person} onChange={onChange} onClose={() => goBack(withQuery("person", null))} />
          )}
        </>
      )}
    </Loaded>
  );
}

function Archived({ data }: { data: SchoolClassPage }) {
  if (data.members.length === 0) return <p class="card empty">{t("class.empty")}</p>;
  return (
    <ul class="card members-list">
      {data.members.map((one) => (
        <li key={one.id + one.role}>
          <Avatar id={one.id} name={one.name} size={40} />
          <span>
            {one.name} <span class="meta">{t(`role.${one.role}`)}</span>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Recordings of broadcasts from this class, among the school's newest. */
function Recordings({ data }: { data: SchoolClassPage }) {
  const broadcasts = useResource("broadcasts", () => fetchBroadcasts(null), 30_000);
  return (
    <Loaded resource={broadcasts} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {({ items }) => {
        const own = items.filter((one) => one.state === "ended" && one.class?.id === data.id);
        if (own.length === 0) return <p class="card empty">{t("class.noRecordings")}</p>;
        return (
          <ul class="card people-list">
            {own.map((one) => {
              const begun = Date.parse(one.started_at);
              return (
                <li key={one.id} class="person-row">
                  <a class="person-main" href={to.watch(one.id)}>
                    <span class="row-icon" aria-hidden="true">
                      <Play size={20} strokeWidth={1.75} />
                    </span>
                    <span class="person-words">
                      <span class="person-name">{one.title}</span>
                      <span class="meta">{moment(new Date(begun))}</span>
                    </span>
                    <span class="meta num">{duration(Date.parse(one.ended_at ?? one.started_at) - begun)}</span>
                  </a>
                </li>
              );
            })}
          </ul>
        );
      }}
    </Loaded>
  );
}

function ClassMenu({ data, onChange }: { data: SchoolClassPage; onChange(): void }) {
  const [sheet, setSheet] = useState<"rename" | "archive" | "delete" | null>(null);
  const doing = useDoing();
  const close = (): void => {
    doing.clear();
    setSheet(null);
  };
  const archive = async (): Promise<void> => {
    const went = await doing.run(() => archiveClass(data.id));
    if (!went) return;
    close();
    onChange();
    showToast(t("class.archivedNow", { name: data.name }));
  };
  const remove = async (): Promise<void> => {
    const went = await doing.run(() => deleteClass(data.id));
    if (!went) return;
    navigate(to.schoolPage(data.school.id), true);
    showToast(t("class.deleted", { name: data.name }));
  };
  const items: MenuItem[] = data.archived
    ? []
    : [
        { label: t("class.rename"), icon: <Pencil size={20} strokeWidth={1.75} />, run: () => setSheet("rename") },
        { label: t("class.archive"), icon: <Archive size={20} strokeWidth={1.75} />, run: () => setSheet("archive") },
        ...(data.members.length === 0
          ? [{ label: t("class.delete"), icon: <Trash2 size={20} strokeWidth={1.75} />, dangerous: true, run: () => setSheet("delete") }]
          : []),
      ];
  return (
    <>
      <RowMenu label={t("class.menu", { name: data.name })} items={items} testId="class-menu" />
      {sheet === "rename" && <RenameSheet klass={data} onSaved={onChange} onClose={close} />}
      {sheet === "archive" && (
        <Confirm
          title={t("class.archiveAsk", { name: data.name })}
          text={t("class.archiveText")}
          action={t("year.archiveDo")}
          onConfirm={archive}
          onClose={close}
        >
          <Trouble problem={doing.trouble} />
        </Confirm>
      )}
      {sheet === "delete" && (
        <Confirm
          title={t("class.deleteAsk", { name: data.name })}
          text={t("class.deleteText")}
          action={t("class.deleteDo")}
          onConfirm={remove}
          onClose={close}
        >
          <Trouble problem={doing.trouble} />
        </Confirm>
      )}
    </>
  );
}

function ArchivedBanner({ data, onChange }: { data: SchoolClassPage; onChange(): void }) {
  const doing = useDoing();
  const restore = (): unknown =>
    doing.run(async () => {
      const back = await restoreClass(data.id);
      onChange();
      showToast(restoredWords(back));
    });
  return (
    <>
      <Banner
        icon={<ArchiveRestore size={20} strokeWidth={1.75} />}
        {...(data.may.includes("manage_classes") ? { action: t("year.restore"), onAction: restore } : {})}
      >
        {t("class.readOnly")}
      </Banner>
      <Trouble problem={doing.trouble} />
    </>
  );
}
