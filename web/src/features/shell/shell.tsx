import { FileText, House, Map as MapIcon, MessageCircle, Radio, School, UserRound } from "lucide-preact";
import type { ComponentChildren, ComponentType } from "preact";
import { PHONE, useMedia } from "../../app/media-query";
import { navigate, path, query, route, to, withQuery } from "../../app/router";
import { me } from "../../app/session";
import { duration, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Mark } from "../../ui/mark";
import { useNow } from "../../ui/states";
import { current } from "../lesson/current";
import { chatOf, unread } from "../messages/inbox";
import { StartSheet } from "../start/start";
import "./shell.css";

interface Place {
  href: string;
  words: string;
  Icon: ComponentType<{ size?: number; strokeWidth?: number }>;
  here: boolean;
  /** What waits there. */
  count?: number;
  /** On a phone it stands in Home and School instead. */
  wideOnly?: boolean;
}

const begins = (address: string, ...places: string[]): boolean => places.some((place) => address.startsWith(place));

/** Navigation around every page but the lesson: a column, a rail, or tabs below on a phone. */
export function Shell({ children }: { children: ComponentChildren }) {
  const address = path.value;
  const person = me.value;
  const phone = useMedia(PHONE);
  const operates = (person?.regions ?? []).length > 0;
  // Who only follows a region's roll-out has no school of their own to go to.
  const inSchool = !operates || (person?.memberships ?? []).length > 0;
  const home: Place = { href: to.home, words: t("nav.home"), Icon: House, here: address === "/" };
  const messages: Place | false = inSchool && {
    href: to.messages,
    words: t("nav.messages"),
    Icon: MessageCircle,
    here: begins(address, to.messages),
    count: unread.value,
  };
  const documents: Place | false = inSchool && {
    href: to.documents(),
    words: t("nav.documents"),
    Icon: FileText,
    here: begins(address, to.documents()),
  };
  const school: Place | false = inSchool && {
    href: to.school,
    words: t("nav.school"),
    Icon: School,
    here: address === to.school || begins(address, "/schools/", "/classes/", "/articles/", "/albums/"),
  };
  const rest: (Place | false)[] = [
    operates && { href: to.region(), words: t("nav.region"), Icon: MapIcon, here: begins(address, "/regions") },
    inSchool && {
      href: to.broadcasts,
      words: t("nav.broadcasts"),
      Icon: Radio,
      here: address === to.broadcasts || begins(address, "/watch/"),
      wideOnly: true,
    },
  ];
  const profile: Place = { href: to.profile, words: t("nav.profile"), Icon: UserRound, here: address === to.profile };
  // Tabs of a phone have the school in their middle.
  const all = phone ? [home, messages, school, documents, ...rest, profile] : [home, messages, documents, ...rest, school, profile];
  const places = all.filter((place) => place !== false);
  const here = route.value;
  const panes = here.name === "messages";
  const start = query.value.get("start");
  return (
    <div class={["shell", panes && "with-panes", panes && here.chat !== null && "in-chat"].filter(Boolean).join(" ")}>
      <a class="skip" href="#content">
        {t("skip.content")}
      </a>
      {panes && (
        <a class="skip" href="#chats-panel">
          {t("skip.chats")}
        </a>
      )}
      {panes && here.chat !== null && chatOf(here.chat)?.may.includes("post") && (
        <a class="skip" href="#compose">
          {t("skip.compose")}
        </a>
      )}
      <nav class="shell-nav" data-region aria-label={t("nav.label")}>
        <a class="shell-mark" href={to.home}>
          <Mark size={32} />
          <span>Sfera</span>
        </a>
        <ul>
          {places.map(({ href, words, Icon, here, wideOnly, count = 0 }) => (
            <li key={href} class={wideOnly ? "wide-only" : undefined}>
              <a href={href} aria-current={here ? "page" : undefined}>
                <Icon size={20} strokeWidth={1.75} />
                <span>{words}</span>
                {count > 0 && <Badge count={count} words={t("chat.unread", { count })} />}
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
      <main class={panes ? "page panes" : "page"} id="content" data-region={panes ? undefined : true}>
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
