import { useDoing } from "../../app/action";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { Trouble } from "../../ui/trouble";
import { changeGuide, useGuides } from "./guide";

/** In the profile: where first steps that were put away are found again. */
export function GuideChoice() {
  const guides = useGuides();
  const doing = useDoing();
  if (guides.length === 0) return null;
  return (
    <section class="card profile-part" aria-labelledby="profile-steps">
      <div>
        <h2 id="profile-steps">{t("profile.steps")}</h2>
        <p class="meta">{t("profile.stepsHint")}</p>
      </div>
      <ul class="profile-rows">
        {guides.map((guide) => (
          <li key={guide.role}>
            <div>
              <strong class="profile-role">{t(`guide.role.${guide.role}`)}</strong>
              <p class="meta">
                {guide.done ? t("profile.stepsDone") : guide.put_away ? null : t("profile.stepsShown")}
              </p>
            </div>
            {!guide.done && (
              <Button onPress={() => doing.run(() => changeGuide(guide.role, { put_away: !guide.put_away }))}>
                {guide.put_away ? t("profile.stepsShow") : t("guide.away")}
              </Button>
            )}
          </li>
        ))}
      </ul>
      <Trouble problem={doing.trouble} />
    </section>
  );
}
