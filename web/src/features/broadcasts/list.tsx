import { Play, Radio } from "lucide-preact";
import { useState } from "preact/hooks";
import { fetchBroadcasts } from "../../api/platform";
import type { Broadcast, BroadcastList } from "../../api/types";
import { useResource } from "../../app/resource";
import { to } from "../../app/router";
import { useTitle } from "../../app/title";
import { duration, moment, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Loaded } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import { NowOnAir } from "./now";
import "./broadcasts.css";

const EVERY_MS = 15_000;

/** What the school has on air, and what it has recorded. */
export function BroadcastsPage() {
  useTitle(t("nav.broadcasts"));
  const resource = useResource("broadcasts", () => fetchBroadcasts(null), EVERY_MS);
  return (
    <>
      <h1 tabIndex={-1}>{t("nav.broadcasts")}</h1>
      <Loaded resource={resource} skeleton={<ListBones />} notFound={<NotFound />}>
        {(first) => <Lists first={first} />}
      </Loaded>
    </>
  );
}

function Lists({ first }: { first: BroadcastList }) {
  const [more, setMore] = useState<Broadcast[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const cursor = next === undefined ? first.next : next;
  const seen = new Set(first.items.map((one) => one.id));
  const all = [...first.items, ...more.filter((one) => !seen.has(one.id))];
  const live = all.filter((one) => one.state === "live");
  const over = all.filter((one) => one.state === "ended");

  const load = async (): Promise<void> => {
    setFailed(false);
    try {
      const page = await fetchBroadcasts(cursor);
      setMore([...more, ...page.items]);
      setNext(page.next);
    } catch {
      setFailed(true);
    }
  };
  if (all.length === 0) {
    return (
      <div class="card empty">
        <Radio size={40} strokeWidth={1.5} aria-hidden="true" />
        <p>{t("broadcasts.none")}</p>
      </div>
    );
  }
  return (
    <>
      {live.map((one, index) => (
        <NowOnAir key={one.id} broadcast={one} primary={index === 0} />
      ))}
      {over.length > 0 && (
        <section class="recordings" aria-labelledby="recordings">
          <h2 id="recordings">{t("broadcasts.recordings")}</h2>
          <ul class="card recording-list">
            {over.map((one) => (
              <li key={one.id}>
                <Recording broadcast={one} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {failed && (
        <p class="field-error" role="alert">
          {t("load.failed")}
        </p>
      )}
      {cursor !== null && <Button onPress={load}>{t("broadcasts.more")}</Button>}
    </>
  );
}

function Recording({ broadcast }: { broadcast: Broadcast }) {
  const begun = Date.parse(broadcast.started_at);
  const length = Date.parse(broadcast.ended_at ?? broadcast.started_at) - begun;
  return (
    <a class="recording" href={to.watch(broadcast.id)}>
      <span class="recording-icon" aria-hidden="true">
        <Play size={20} strokeWidth={1.75} />
      </span>
      <span class="recording-words">
        <strong>{broadcast.title}</strong>
        <span class="meta">
          {[broadcast.class?.name, moment(new Date(begun))].filter(Boolean).join(", ")}
        </span>
      </span>
      <span class="recording-length num">{duration(length)}</span>
    </a>
  );
}

function ListBones() {
  return (
    <div class="recordings">
      <div class="bone recording-bone" />
      <div class="bone recording-bone" />
      <div class="bone recording-bone" />
    </div>
  );
}
