import { fetchClass } from "../../api/platform";
import type { ClassMember, ClassPage as ClassData } from "../../api/types";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { me } from "../../app/session";
import { useTitle } from "../../app/title";
import { byName, list, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Loaded } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import "../home/home.css";
import "./classes.css";

/** S4, as thin as it is yet: the lesson, and who is in the class. */
export function ClassPage({ id }: { id: string }) {
  const page = useResource(`class/${id}`, () => fetchClass(id), 5_000);
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
      {(data) => <ClassContent data={data} />}
    </Loaded>
  );
}

function ClassContent({ data }: { data: ClassData }) {
  const teachers = data.members.filter((one) => one.role === "teacher");
  const students = data.members.filter((one) => one.role === "student");
  return (
    <>
      <div class="page-head">
        <div class="class-title">
          <Avatar id={data.id} name={data.name} size={64} square />
          <div>
            <h1 tabIndex={-1}>{data.name}</h1>
            <p class="meta">
              {data.school.name},{" "}
              {list([t("class.students", { count: data.students }), t("class.teachers", { count: data.teachers })])}
            </p>
          </div>
        </div>
        {data.may_start && !data.lesson && (
          <Button kind="primary" onPress={() => navigate(to.start(data.id))}>
            {t("lesson.start")}
          </Button>
        )}
      </div>
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
        <p class="class-idle">{t("class.idle")}</p>
      )}
      {data.members.length === 0 && <p class="card empty">{t("class.empty")}</p>}
      <Members title={t("class.teachersTitle")} members={teachers} />
      <Members title={t("class.studentsTitle")} members={students} />
    </>
  );
}

function Members({ title, members }: { title: string; members: readonly ClassMember[] }) {
  if (members.length === 0) return null;
  const self = me.value?.id;
  return (
    <section class="members" aria-label={title}>
      <h2>
        {title} <span class="panel-count num">{members.length}</span>
      </h2>
      <ul class="card members-list">
        {[...members]
          .sort((a, b) => byName(a.name, b.name))
          .map((one) => (
            <li key={one.id}>
              <Avatar id={one.id} name={one.name} size={40} />
              <span>
                {one.name}
                {one.id === self && <span class="meta"> {t("common.you")}</span>}
              </span>
            </li>
          ))}
      </ul>
    </section>
  );
}
