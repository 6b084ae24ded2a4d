import type { ClassSummary } from "../../api/types";
import { to } from "../../app/router";
import { list, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import "./classes.css";

/** Classes as cards; the whole card is one link. */
export function ClassGrid({ classes }: { classes: readonly ClassSummary[] }) {
  return (
    <ul class="class-grid">
      {classes.map((one) => (
        <li key={one.id}>
          <a class="card class-card" href={to.class(one.id)}>
            <Avatar id={one.id} name={one.name} size={56} square />
            <span class="class-words">
              <strong>{one.name}</strong>
              <span class="meta">
                {list([t("class.students", { count: one.students }), t("class.teachers", { count: one.teachers })])}
              </span>
            </span>
            {one.lesson && (
              <span class="live-pill">
                <span class="live-dot" aria-hidden="true" />
                {t("class.live")}
              </span>
            )}
          </a>
        </li>
      ))}
    </ul>
  );
}
