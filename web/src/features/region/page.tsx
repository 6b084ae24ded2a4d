import { Download } from "lucide-preact";
import { useState } from "preact/hooks";
import { fetchRollOut, type RollOut, rollOutFile } from "../../api/school";
import { useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { me } from "../../app/session";
import { useTitle } from "../../app/title";
import { number, t } from "../../i18n";
import { Segments, Select } from "../../ui/field";
import { Loaded } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import { day } from "../school/words";
import { Bars } from "./bars";
import "../school/school.css";
import "./region.css";

/** S19: how the schools of a region take Sfera up. Counts, never names of people. */
export function RegionPage({ id }: { id: string | null }) {
  const regions = me.value?.regions ?? [];
  const shown = id ?? regions[0]?.id;
  useTitle(t("region.title"));
  return shown ? <Region key={shown} id={shown} /> : <NotFound />;
}

function Region({ id }: { id: string }) {
  const resource = useResource(`region/${id}`, () => fetchRollOut(id), 60_000);
  return (
    <Loaded resource={resource} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(data) => <Dashboard id={id} data={data} />}
    </Loaded>
  );
}

type Wanted = "all" | "active" | "activated" | "not_activated";

function Dashboard({ id, data }: { id: string; data: RollOut }) {
  const regions = me.value?.regions ?? [];
  const [wanted, setWanted] = useState<Wanted>("all");
  const rows = data.rows.filter((row) => wanted === "all" || row.state === wanted);
  return (
    <>
      <div class="page-head">
        <h1 tabIndex={-1}>{data.region.name}</h1>
        <a class="button" href={rollOutFile(id)} download="roll-out.csv" target="_self">
          <span class="button-words">
            <Download size={20} strokeWidth={1.75} aria-hidden="true" />
            {t("region.export")}
          </span>
        </a>
      </div>
      {regions.length > 1 && (
        <Select
          label={t("region.title")}
          value={id}
          options={regions.map((one) => ({ value: one.id, label: one.name }))}
          onChange={(next) => navigate(to.region(next))}
        />
      )}
      <dl class="figures">
        <Figure label={t("region.schools")} value={data.schools} />
        <Figure label={t("region.activated")} value={data.activated} />
        <Figure label={t("region.active")} value={data.active} />
        <Figure label={t("region.notActivated")} value={data.not_activated} />
      </dl>
      <section class="card region-weeks" aria-labelledby="weeks">
        <h2 id="weeks">{t("region.weeks")}</h2>
        <Bars weeks={data.weeks} />
        <details>
          <summary>{t("region.asTable")}</summary>
          <table>
            <thead>
              <tr>
                <th scope="col">{t("region.week")}</th>
                <th scope="col" class="num">
                  {t("region.lessons")}
                </th>
              </tr>
            </thead>
            <tbody>
              {data.weeks.map((week) => (
                <tr key={week.begins_on}>
                  <td>{day(week.begins_on)}</td>
                  <Count value={week.lessons} />
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      </section>
      <section class="region-schools" aria-labelledby="schools">
        <h2 id="schools">{t("region.schools")}</h2>
        {data.rows.length === 0 ? (
          <p class="card empty">{t("region.none")}</p>
        ) : (
          <>
            <Segments
              label={t("region.show")}
              name="state"
              value={wanted}
              options={[
                { value: "all", label: t("region.all") },
                { value: "active", label: t("region.state.active") },
                { value: "activated", label: t("region.state.activated") },
                { value: "not_activated", label: t("region.state.not_activated") },
              ]}
              onChange={(next) => setWanted(next)}
            />
            <div class="card table-card" tabIndex={0} role="region" aria-label={t("region.table")}>
              <table>
                <thead>
                  <tr>
                    <th scope="col">{t("region.school")}</th>
                    <th scope="col">{t("region.state")}</th>
                    {(["people", "students", "teachers", "parents", "lessons", "broadcasts"] as const).map((column) => (
                      <th key={column} scope="col" class="num">
                        {t(`region.${column}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {rows.map((row) => (
                    <tr key={row.school.id}>
                      <th scope="row">
                        {row.school.name} <span class="meta">{row.city}</span>
                      </th>
                      <td>
                        <span class={row.state === "active" ? "pill good" : "pill quiet"}>{t(`region.state.${row.state}`)}</span>
                      </td>
                      <Count value={row.people} />
                      <Count value={row.students} />
                      <Count value={row.teachers} />
                      <Count value={row.parents} />
                      <Count value={row.lessons} />
                      <Count value={row.broadcasts} />
                    </tr>
                  ))}
                </tbody>
              </table>
              {rows.length === 0 && <p class="empty">{t("region.noneSuch")}</p>}
            </div>
            <p class="meta">{t("region.hidden")}</p>
          </>
        )}
      </section>
    </>
  );
}

function Figure({ label, value }: { label: string; value: number }) {
  return (
    <div class="card figure">
      <dt>{label}</dt>
      <dd class="num">{number(value)}</dd>
    </div>
  );
}

/** A count as it may be told; what is under five is hidden, and says so to a reader. */
function Count({ value }: { value: number | null }) {
  return <td class="num">{value === null ? <span aria-label={t("region.few")}>{"<5"}</span> : number(value)}</td>;
}
