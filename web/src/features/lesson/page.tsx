import { useEffect } from "preact/hooks";
import { fetchLesson } from "../../api/platform";
import { load, useResource } from "../../app/resource";
import { useTitle } from "../../app/title";
import { t } from "../../i18n";
import { current } from "./current";
import { openLesson } from "./enter";
import { Live } from "./live";
import { Lobby } from "./lobby";
import { OverPage } from "./over";
import "./lesson.css";

/** The page of one lesson, through all it can be: entering, lobby, in, coming back, over. */
export function LessonPage({ id }: { id: string }) {
  useEffect(() => {
    const before = current.peek();
    if (!before || before.id !== id || before.phase.peek().name === "over") openLesson(id);
  }, [id]);
  const info = useResource(`lesson/${id}`, () => fetchLesson(id), 600_000);
  const lesson = current.value;
  const phase = lesson?.id === id ? lesson.phase.value : null;
  const room = lesson?.room.value ?? null;
  const title = room?.title || info.data?.title || t("lesson.title");
  useTitle(title);

  useEffect(() => {
    // What the class page and Home know of lessons is old now.
    if (phase?.name === "over") void load(`lesson/${id}`, () => fetchLesson(id));
  }, [phase?.name]);

  if (!lesson || !phase || phase.name === "idle") return <Lobby lesson={null} title={title} info={info.data} />;
  if (phase.name === "over") return <OverPage lesson={lesson} phase={phase} title={title} info={info.data} />;
  if (room !== null && (phase.name === "live" || phase.name === "reconnecting")) {
    return <Live lesson={lesson} room={room} phase={phase} title={title} />;
  }
  return <Lobby lesson={lesson} title={title} info={info.data} />;
}
