import { fetchClasses } from "../../api/platform";
import type { ClassSummary, Me } from "../../api/types";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { greetingName, me } from "../../app/session";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Loaded, useNow } from "../../ui/states";
import { BroadcastsLink } from "../broadcasts/link";
import { NowOnAirCards } from "../broadcasts/now";
import { ClassGrid } from "../classes/grid";
import { Guides } from "../guide/guide";
import { NotFound } from "../shell/not-found";
import { classToStart } from "../start/choice";
import { ConsentCards, RegionCards, RequestCards } from "./cards";
import { UnreadChats } from "./unread";
import "./home.css";

const EVERY_MS = 5_000;

/** S2: the lesson first. Who opens this during a lesson sees one big button that leads into it. */
export function Home() {
  useTitle(t("home.title"));
  const classes = useResource("classes", fetchClasses, EVERY_MS);
  const person = me.value;
  return (
    <>
      <h1 tabIndex={-1}>{greeting(person ? greetingName(person.name) : "")}</h1>
      <Loaded resource={classes} skeleton={<HomeBones />} notFound={<NotFound />}>
        {(all) => (person ? <HomeContent classes={all} person={person} /> : null)}
      </Loaded>
    </>
  );
}

function HomeContent({ classes, person }: { classes: readonly ClassSummary[]; person: Me }) {
  const running = classes.filter((one) => one.lesson !== null);
  const startable = classes.filter((one) => one.may_start && one.lesson === null);
  const first = classToStart(startable);
  const member = person.memberships.length > 0;
  const learns = person.memberships.some((one) => one.role === "student");
  const operator = !member && (person.regions ?? []).length > 0;
  return (
    <>
      {running.map((one) => (
        <NowCard key={one.id} of={one} />
      ))}
      <ConsentCards person={person} />
      {!operator && <NowOnAirCards primary={running.length === 0 && !first} />}
      {first && (
        <section class={running.length > 0 ? "card home-start" : "card home-start first"} aria-label={t("lesson.start")}>
          <div>
            <h2>{t("home.ready", { name: first.name })}</h2>
            <p class="meta">{t("home.readyHint")}</p>
          </div>
          <Button
            kind={running.length > 0 ? "quiet" : "primary"}
            size="large"
            onPress={() => navigate(to.start(first.id))}
          >
            {t("lesson.start")}
          </Button>
        </section>
      )}
      {learns && classes.length > 0 && running.length === 0 && !first && (
        <section class="card empty home-quiet">
          <h2>{t("home.noLesson")}</h2>
          <p>{t("home.noLessonHint")}</p>
        </section>
      )}
      <UnreadChats />
      <RequestCards person={person} />
      <RegionCards regions={person.regions ?? []} />
      <Guides person={person} classes={classes} />
      {classes.length > 0 ? (
        <section class="home-classes" aria-label={t("home.classes")}>
          <h2>{classesTitle(person, classes.length)}</h2>
          <ClassGrid classes={classes} />
        </section>
      ) : (
        !operator && <NoClasses person={person} />
      )}
      {member && <BroadcastsLink />}
    </>
  );
}

function classesTitle(person: Me, count: number): string {
  if (person.memberships.every((one) => one.role === "parent")) return t("home.childClasses");
  return count === 1 && person.memberships.some((one) => one.role === "student") ? t("home.myClass") : t("home.classes");
}

/** Nobody's class yet: an administrator makes the first one, others have a code. */
function NoClasses({ person }: { person: Me }) {
  const school = person.memberships.find((one) => one.role === "administrator")?.school;
  return (
    <section class="card empty" aria-label={t("home.classes")}>
      <p>{school ? t("home.noClassesRole") : t("home.noClasses")}</p>
      {school ? (
        <Button onPress={() => navigate(to.schoolPage(school.id, "classes"))}>{t("home.firstClass")}</Button>
      ) : (
        <Button onPress={() => navigate(to.join())}>{t("home.haveCode")}</Button>
      )}
    </section>
  );
}

function NowCard({ of }: { of: ClassSummary }) {
  const now = useNow(10_000);
  const lesson = of.lesson;
  if (!lesson) return null;
  const minutes = Math.floor((now - Date.parse(lesson.started_at)) / 60_000);
  return (
    <section class="home-now" aria-label={t("home.now")}>
      <div>
        <p class="home-now-kicker">
          <span class="live-dot" aria-hidden="true" />
          {t("home.now")}
        </p>
        <h2>{lesson.title || t("lesson.defaultTitle", { name: of.name })}</h2>
        <p>
          {of.name}. {t("home.led", { name: lesson.host.name })}.{" "}
          <span class="num">{minutes < 1 ? t("home.nowJust") : t("home.nowMeta", { count: minutes })}</span>
        </p>
      </div>
      <a class="button primary large" href={to.lesson(lesson.id)}>
        {t("home.join")}
      </a>
    </section>
  );
}

function HomeBones() {
  return (
    <div class="home-bones">
      <div class="bone" />
      <div class="bone" />
    </div>
  );
}

function greeting(name: string): string {
  const hour = new Date().getHours();
  return t(hour < 12 && hour >= 4 ? "home.morning" : hour >= 12 && hour < 18 ? "home.day" : "home.evening", { name });
}
