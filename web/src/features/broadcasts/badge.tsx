import { t } from "../../i18n";
import "./broadcasts.css";

/** Says that something is on air now. */
export function LiveBadge() {
  return (
    <span class="on-air-badge">
      <span class="on-air-dot" aria-hidden="true" />
      {t("watch.live")}
    </span>
  );
}
