import { fetchChildren } from "../../api/account";
import { fetchRequests } from "../../api/school";
import type { Me, Named } from "../../api/types";
import { useResource } from "../../app/resource";
import { to } from "../../app/router";
import { t } from "../../i18n";

const EVERY_MS = 30_000;

/** Children whose accounts wait for this parent. */
export function ConsentCards({ person }: { person: Me }) {
  return person.memberships.some((one) => one.role === "parent") ? <Waiting /> : null;
}

function Waiting() {
  const { data } = useResource("me/children", fetchChildren, EVERY_MS);
  const waiting = (data?.items ?? []).filter((child) => child.needs_consent && child.consent === null);
  return (
    <>
      {waiting.map((child) => (
        <section key={child.id} class="card home-start" aria-label={child.name}>
          <div>
            <h2>{t("home.consentWaits", { name: child.name })}</h2>
          </div>
          <a class="button primary large" href={to.settings("children")}>
            {t("home.consentOpen")}
          </a>
        </section>
      ))}
    </>
  );
}

/** People who ask to join, for who decides: once a school. */
export function RequestCards({ person }: { person: Me }) {
  const schools = new Map(
    person.memberships
      .filter((one) => one.role === "administrator" || (one.role === "teacher" && one.class !== null))
      .map((one) => [one.school.id, one.school]),
  );
  return (
    <>
      {[...schools.values()].map((school) => (
        <Requests key={school.id} school={school} several={schools.size > 1} />
      ))}
    </>
  );
}

function Requests({ school, several }: { school: Named; several: boolean }) {
  const { data } = useResource(`home/requests/${school.id}`, () => fetchRequests(school.id), EVERY_MS);
  const count = (data?.items ?? []).filter((one) => one.state === "open" && one.may_decide).length;
  if (count === 0) return null;
  return (
    <section class="card home-start" aria-label={t("home.requests", { count })}>
      <div>
        <h2>{t("home.requests", { count })}</h2>
        {several && <p class="meta">{school.name}</p>}
      </div>
      <a class="button large" href={to.people(school.id, "requests")}>
        {t("home.requestsOpen")}
      </a>
    </section>
  );
}

/** The regions whose roll-out one follows. */
export function RegionCards({ regions }: { regions: readonly Named[] }) {
  return (
    <>
      {regions.map((region) => (
        <section key={region.id} class="card home-start first" aria-label={t("home.region", { name: region.name })}>
          <div>
            <h2>{t("home.region", { name: region.name })}</h2>
            <p class="meta">{t("home.regionHint")}</p>
          </div>
          <a class="button primary large" href={to.region(region.id)}>
            {t("home.regionOpen")}
          </a>
        </section>
      ))}
    </>
  );
}
