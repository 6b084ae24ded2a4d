import { ChevronRight, Radio } from "lucide-preact";
import { PHONE, useMedia } from "../../app/media-query";
import { to } from "../../app/router";
import { t } from "../../i18n";
import "./broadcasts.css";

/** The way to the broadcasts on a phone, whose tabs have no room for it. */
export function BroadcastsLink() {
  if (!useMedia(PHONE)) return null;
  return (
    <a class="card school-broadcasts" href={to.broadcasts}>
      <Radio size={20} strokeWidth={1.75} aria-hidden="true" />
      {t("broadcasts.all")}
      <ChevronRight size={20} strokeWidth={1.75} aria-hidden="true" />
    </a>
  );
}
