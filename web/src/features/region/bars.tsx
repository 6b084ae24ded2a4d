import type { RollOut } from "../../api/school";
import { language, number, t } from "../../i18n";
import { HIGH, layOut, WIDE } from "./chart";

type Week = RollOut["weeks"][number];

/** Lessons a week. The table beside it says the same to whoever cannot see it. */
export function Bars({ weeks }: { weeks: readonly Week[] }) {
  const bars = layOut(weeks.map((week) => week.lessons));
  const short = new Intl.DateTimeFormat(language.value, { day: "numeric", month: "short" });
  const told = weeks.map((week) => `${short.format(new Date(`${week.begins_on}T12:00`))}: ${week.lessons === null ? t("region.few") : number(week.lessons)}`);
  return (
    <svg class="bars" viewBox={`0 0 ${WIDE} ${HIGH}`} role="img" aria-label={`${t("region.weeks")}. ${told.join("; ")}`}>
      {bars.map((bar, index) => {
        const week = weeks[index];
        if (!week) return null;
        const middle = bar.x + bar.width / 2;
        return (
          <g key={week.begins_on}>
            <rect class={bar.hidden ? "bar few" : "bar"} x={bar.x} y={bar.y} width={bar.width} height={bar.height} rx={3} />
            <text x={middle} y={bar.y - 6}>
              {week.lessons === null ? "<5" : number(week.lessons)}
            </text>
            <text class="foot" x={middle} y={HIGH - 6}>
              {short.format(new Date(`${week.begins_on}T12:00`))}
            </text>
          </g>
        );
      })}
    </svg>
  );
}
