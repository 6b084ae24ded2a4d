import { fetchLiveBroadcasts } from "../../api/platform";
import type { Broadcast } from "../../api/types";
import { useResource } from "../../app/resource";
import { to } from "../../app/router";
import { duration, t } from "../../i18n";
import { useNow } from "../../ui/states";
import { LiveBadge } from "./badge";

const EVERY_MS = 15_000;

/** What the whole school can watch now; nothing when there is nothing. */
export function NowOnAirCards({ primary = false }: { primary?: boolean }) {
  const { data } = useResource("broadcasts/live", fetchLiveBroadcasts, EVERY_MS);
  return <>{data?.items.map((one, index) => <NowOnAir key={one.id} broadcast={one} primary={primary && index === 0} />)}</>;
}

/** A broadcast that goes on, and the way to it; the page's main action where it has no other. */
export function NowOnAir({ broadcast, primary = false }: { broadcast: Broadcast; primary?: boolean }) {
  const now = useNow();
  const begun = Date.parse(broadcast.started_at);
  return (
    <section class="card now-on-air" aria-label={t("broadcasts.now")}>
      <div>
        <p class="now-on-air-kicker">
          <LiveBadge />
          <span class="num">{duration(now - begun)}</span>
        </p>
        <h2>{broadcast.title}</h2>
        <p class="meta">
          {[broadcast.class?.name, broadcast.started_by && t("home.led", { name: broadcast.started_by.name })]
            .filter(Boolean)
            .join(". ")}
        </p>
      </div>
      <a class={primary ? "button primary large" : "button large"} href={to.watch(broadcast.id)}>
        {t("broadcasts.watch")}
      </a>
    </section>
  );
}
