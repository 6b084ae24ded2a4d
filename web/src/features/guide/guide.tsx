import { Check, ChevronRight, X } from "lucide-preact";
import { editGuide, fetchGuides, type Guide } from "../../api/account";
import type { ClassSummary, Me } from "../../api/types";
import { load, useResource } from "../../app/resource";
import { showToast } from "../../app/toast";
import { type Key, number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { nextStep, progress, toShow, wayTo } from "./steps";
import "./guide.css";

const KEY = "me/guide";
const EVERY_MS = 30_000;

/** The guides of all roles one has. */
export function useGuides(): readonly Guide[] {
  return useResource(KEY, fetchGuides, EVERY_MS).data ?? [];
}

/** Changes a guide; pages that show guides follow. */
export async function changeGuide(role: Guide["role"], changes: { put_away?: boolean; done?: string[] }): Promise<void> {
  const items = await editGuide(role, changes);
  await load(KEY, () => Promise.resolve(items), true);
}

/** What to do next, for each role, until it is done or put away. */
export function Guides({ person, classes }: { person: Me; classes: readonly ClassSummary[] }) {
  const shown = toShow(useGuides());
  return (
    <>
      {shown.map((guide) => (
        <GuideCard key={guide.role} guide={guide} several={shown.length > 1} person={person} classes={classes} />
      ))}
    </>
  );
}

interface CardProps {
  guide: Guide;
  several: boolean;
  person: Me;
  classes: readonly ClassSummary[];
}

function GuideCard({ guide, several, person, classes }: CardProps) {
  const { done, all } = progress(guide);
  const next = nextStep(guide);
  const title = several ? t("guide.titleRole", { role: t(`guide.role.${guide.role}`) }) : t("guide.title");
  const putAway = async (): Promise<void> => {
    await changeGuide(guide.role, { put_away: true });
    showToast(t("guide.wentAway"), {
      label: t("guide.undo"),
      run: () => void changeGuide(guide.role, { put_away: false }).catch(() => {}),
    });
  };
  return (
    <section class="card guide" aria-labelledby={`guide-${guide.role}`} data-testid={`guide-${guide.role}`}>
      <div class="guide-head">
        <h2 id={`guide-${guide.role}`}>{title}</h2>
        <p class="meta num">
          <span aria-hidden="true">{t("guide.progress", { done: number(done), all: number(all) })}</span>
          <span class="hidden-text">{t("guide.progressLabel", { done: number(done), all: number(all) })}</span>
        </p>
        <Button kind="text" label={t("guide.awayOf")} icon={<X size={20} strokeWidth={1.75} />} onPress={putAway} />
      </div>
      <div class="guide-bar" aria-hidden="true">
        <span style={{ transform: `scaleX(${done / all})` }} />
      </div>
      <ol class="guide-steps">
        {guide.steps.map((step) => {
          const way = step.done ? { href: null } : wayTo(guide.role, step.name, person, classes);
          const words = (
            <>
              <span class={step.done ? "guide-mark done" : "guide-mark"} aria-hidden="true">
                {step.done && <Check size={16} strokeWidth={2.5} />}
              </span>
              <span class="guide-words">
                <span class="guide-name">
                  {t(`guide.${guide.role}.${step.name}` as Key)}
                  {step.done && <span class="hidden-text">, {t("guide.isDone")}</span>}
                </span>
                {!step.done && <span class="meta">{t(`guide.${guide.role}.${step.name}.hint` as Key)}</span>}
              </span>
              {way.href !== null && <ChevronRight size={20} strokeWidth={1.75} aria-hidden="true" />}
            </>
          );
          const look = step.name === next ? "guide-step next" : "guide-step";
          return (
            <li key={step.name}>
              {way.href === null ? (
                <div class={look}>{words}</div>
              ) : (
                <a
                  class={look}
                  href={way.href}
                  onClick={() => {
                    if (way.told) void changeGuide(guide.role, { done: [step.name] }).catch(() => {});
                  }}
                >
                  {words}
                </a>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
