import { CircleAlert, CircleCheck, DoorOpen, MonitorSmartphone, SearchX, UserRoundX, UsersRound } from "lucide-preact";
import type { ComponentType } from "preact";
import { useEffect } from "preact/hooks";
import { fetchOnAir } from "../../api/platform";
import type { LessonInfo } from "../../api/types";
import { announceNow } from "../../app/announce";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { forget } from "../../app/session";
import { duration, t } from "../../i18n";
import type { Lesson, Over, Phase } from "../../media/lesson";
import { Button } from "../../ui/button";
import { openLesson } from "./enter";

interface OverProps {
  lesson: Lesson;
  phase: Extract<Phase, { name: "over" }>;
  title: string;
  info: LessonInfo | null;
}

interface Words {
  Icon: ComponentType<{ size?: number; strokeWidth?: number }>;
  title: string;
  hint: string;
  /** What leads back in, when anything does. */
  again?: string;
}

/** The lesson is over for this page: why, and where to go from here. */
export function OverPage({ lesson, phase, title, info }: OverProps) {
  const words = wordsFor(phase.why, info, lesson);
  useEffect(() => {
    if (phase.why === "signed_out") forget();
    else if (phase.why !== "left") announceNow(words.title);
  }, [phase.why]);
  if (phase.why === "signed_out") return null;
  const { Icon } = words;
  return (
    <main class="over" id="content">
      <div class="over-card card">
        <span class="over-icon" aria-hidden="true">
          <Icon size={32} strokeWidth={1.5} />
        </span>
        <p class="meta">{phase.why === "not_found" ? "" : title}</p>
        <h1 tabIndex={-1}>{words.title}</h1>
        <p>{words.hint}</p>
        {phase.code && <p class="meta">{t("common.code", { code: phase.code })}</p>}
        <div class="over-actions">
          {phase.why === "full" && <WatchInstead lessonId={lesson.id} />}
          {words.again && (
            <Button kind="primary" onPress={() => openLesson(lesson.id)}>
              {words.again}
            </Button>
          )}
          <Button kind={words.again ? "quiet" : "primary"} onPress={() => navigate(to.home)}>
            {t("common.home")}
          </Button>
        </div>
      </div>
    </main>
  );
}

/** Who found no place in a lesson that is on air can watch it. */
function WatchInstead({ lessonId }: { lessonId: string }) {
  const { data } = useResource(`lesson/${lessonId}/air`, () => fetchOnAir(lessonId), 10_000);
  const broadcast = data?.broadcast;
  if (!broadcast) return null;
  return (
    <a class="button" href={to.watch(broadcast.id)}>
      {t("over.watch")}
    </a>
  );
}

function wordsFor(why: Over, info: LessonInfo | null, lesson: Lesson): Words {
  switch (why) {
    case "ended": {
      const room = lesson.room.value;
      const begun = room?.startedAt ?? (info ? Date.parse(info.started_at) : null);
      const ended = info?.ended_at ? Date.parse(info.ended_at) : Date.now();
      const host = info?.may_host === true && begun !== null;
      return {
        Icon: CircleCheck,
        title: t("over.ended"),
        hint: host ? t("over.endedHost", { time: duration(ended - begun) }) : t("over.endedHint"),
      };
    }
    case "left":
      return { Icon: DoorOpen, title: t("over.left"), hint: t("over.leftHint"), again: t("over.again") };
    case "removed":
      return { Icon: UserRoundX, title: t("over.removed"), hint: t("over.removedHint") };
    case "replaced":
      return { Icon: MonitorSmartphone, title: t("over.replaced"), hint: t("over.replacedHint"), again: t("over.here") };
    case "full":
      return { Icon: UsersRound, title: t("over.full"), hint: t("call.fullNow"), again: t("common.retry") };
    case "unsupported":
      return { Icon: CircleAlert, title: t("over.unsupported"), hint: t("over.unsupportedHint") };
    case "not_found":
    case "signed_out":
      return { Icon: SearchX, title: t("notFound.title"), hint: t("notFound") };
    case "refused":
      return { Icon: CircleAlert, title: t("over.refused"), hint: t("over.refusedHint"), again: t("common.retry") };
  }
}
