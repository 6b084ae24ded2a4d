import { House, Map as MapIcon, Radio, School, UserRound } from "lucide-preact";
import type { ComponentChildren, ComponentType } from "preact";
import { navigate, path, query, to, withQuery } from "../../app/router";
import { me } from "../../app/session";
import { duration, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Mark } from "../../ui/mark";
import { useNow } from "../../ui/states";
import { current } from "../lesson/current";
import { StartSheet } from "../start/start";
import "./shell.css";

interface Place {
  href: string;
  words: string;
  Icon: ComponentType<{ size?: number; strokeWidth?: number }>;
  here: boolean;
  /** On a phone it stands in Home and School instead. */
  wideOnly?: boolean;
}

/** Navigation around every page but the lesson: a column, a rail, or tabs below on a phone. */
export function Shell({ children }: { children: ComponentChildren }) {
  const address = path.value;
  const person = me.value;
  const operates = (person?.regions ?? []).length > 0;
  // Who only follows a region's roll-out has no school of their own to go to.
  const inSchool = !operates || (person?.memberships ?? []).length > 0;
  const all: (Place | false)[] = [
    { href: to.home, words: t("nav.home"), Icon: House, here: address === "/" },
    inSchool && {
      href: to.school,
      words: t("nav.school"),
      Icon: School,
      here: [to.school, "/schools/", "/classes/"].some((place) => address.startsWith(place)),
    },
    operates && { href: to.region(), words: t("nav.region"), Icon: MapIcon, here: address.startsWith("/regions") },
    inSchool && {
      href: to.broadcasts,
      words: t("nav.broadcasts"),
      Icon: Radio,
      here: address === to.broadcasts || address.startsWith("/watch/"),
      wideOnly: true,
    },
    { href: to.profile, words: t("nav.profile"), Icon: UserRound, here: address === to.profile },
  ];
  const places = all.filter((place) => place !== false);
  const start = query.value.get("start");
  return (
    <div class="shell">
      <a class="skip" href="#content">
        {t("skip.content")}
      </a>
      <nav class="shell-nav" aria-label={t("nav.label")}>
        <a class="shell-mark" href={to.home}>
          <Mark size={32} />
          <span>Sfera</span>
        </a>
        <ul>
          {places.map(({ href, words, Icon, here, wideOnly }) => (
            <li key={href} class={wideOnly ? "wide-only" : undefined}>
              <a href={href} aria-current={here ? "page" : undefined}>
                <Icon size={20} strokeWidth={1.75} />
                <span>{words}</span>
              </a>
            </li>
          ))}
        </ul>
        {person && (
          <a class="shell-me" href={to.profile} tabIndex={-1} aria-hidden="true">
            <Avatar id={person.id} name={person.name} size={32} />
            <span>{person.name}</span>
          </a>
        )}
      </nav>
      <main class="page" id="content">
        <BackToLesson />
        {children}
      </main>
      {start !== null && <StartSheet classId={start} onClose={() => navigate(withQuery("start", null), true)} />}
    </div>
  );
}

/** A lesson keeps running when one walks to another page; this leads back. */
function BackToLesson() {
  const lesson = current.value;
  const now = useNow();
  const phase = lesson?.phase.value.name;
  if (!lesson || phase === "over" || phase === "idle") return null;
  const room = lesson.room.value;
  return (
    <div class="shell-lesson">
      <span class="live-dot" aria-hidden="true" />
      <p>
        {room?.title || t("lesson.title")}
        {room && <span class="num"> {duration(now + room.clockOffset - room.startedAt)}</span>}
      </p>
      <Button kind="primary" size="small" onPress={() => navigate(to.lesson(lesson.id))}>
        {t("lesson.back")}
      </Button>
    </div>
  );
}
