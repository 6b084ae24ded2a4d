import { CircleAlert, CircleCheck, Download, FileSpreadsheet, Printer } from "lucide-preact";
import { useRef, useState } from "preact/hooks";
import {
  applyImport, fetchImport, fetchSchool, fetchSchoolClasses, type Fault, type Import, type ImportLine, readTable, type School, type Taken, type Way,
} from "../../api/school";
import { useDoing } from "../../app/action";
import { load, useResource } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { useTitle } from "../../app/title";
import { type Key, number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { Segments, Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { printOut } from "../../ui/print";
import { Banner, Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { NotFound } from "../shell/not-found";
import { csv, download } from "./csv";
import { Slip } from "./slip";
import { day, roleWords } from "./words";
import "./school.css";

/** A class list from a table: chosen, looked at line by line, taken over whole or not at all. */
export function ImportPage({ id, importId }: { id: string; importId: string | null }) {
  const school = useResource(`school/${id}`, () => fetchSchool(id), 60_000);
  useTitle(t("import.title"));
  return (
    <Loaded resource={school} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(data) =>
        data.may.includes("import_people") ? (
          <>
            <div>
              <p class="crumb">
                <a href={to.people(id, "students")}>{data.name}</a>
              </p>
              <h1 tabIndex={-1}>{t("import.title")}</h1>
            </div>
            {importId ? <Preview key={importId} school={data} id={importId} /> : <Choose school={data} />}
          </>
        ) : (
          <NotFound />
        )
      }
    </Loaded>
  );
}

const NO_CLASS = "";

function Choose({ school }: { school: School }) {
  const classes = useResource(`classes/${school.id}/open`, () => fetchSchoolClasses(school.id), 60_000).data ?? [];
  const [klass, setKlass] = useState(NO_CLASS);
  const [role, setRole] = useState<"student" | "teacher">("student");
  const [over, setOver] = useState(false);
  const doing = useDoing();
  const input = useRef<HTMLInputElement>(null);
  const read = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    await doing.run(async () => {
      const made = await readTable(school.id, file, klass || null, role);
      await load(`import/${made.id}`, () => Promise.resolve(made));
      navigate(to.import(school.id, made.id));
    });
  };
  const example = (): void => {
    const head = t("import.exampleHead").split(";");
    const rows = t("import.exampleRows").split("|").map((row) => row.split(";"));
    download(t("import.exampleFile"), csv([head, ...rows]), "text/csv");
  };
  return (
    <section class="card form-card" aria-label={t("import.title")}>
      <p>{t("import.text")}</p>
      <div class="two">
        <Select
          label={t("import.class")}
          value={klass}
          onChange={setKlass}
          options={[{ value: NO_CLASS, label: t("import.classInTable") }, ...classes.map((one) => ({ value: one.id, label: one.name }))]}
        />
        <Segments
          label={t("invite.whom")}
          name="role"
          value={role}
          options={[
            { value: "student", label: t("members.students") },
            { value: "teacher", label: t("members.teachers") },
          ]}
          onChange={(next) => setRole(next)}
        />
      </div>
      <div
        class={over ? "drop over" : "drop"}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          void read(event.dataTransfer?.files[0]);
        }}
      >
        <FileSpreadsheet size={40} strokeWidth={1.5} aria-hidden="true" />
        <p>{t("import.drop")}</p>
        <input
          ref={input}
          type="file"
          class="hidden-text"
          tabIndex={-1}
          aria-hidden="true"
          data-testid="import-file"
          accept=".csv,.xlsx,text/csv,application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
          onChange={async (event) => {
            const field = event.currentTarget;
            await read(field.files?.[0]);
            field.value = "";
          }}
        />
        <Button kind="primary" onPress={() => input.current?.click()}>
          {t("import.choose")}
        </Button>
        <p class="field-hint">{t("import.limits")}</p>
      </div>
      <Trouble problem={doing.trouble} />
      <div>
        <Button kind="text" icon={<Download size={20} strokeWidth={1.75} />} onPress={example}>
          {t("import.example")}
        </Button>
      </div>
    </section>
  );
}

function Preview({ school, id }: { school: School; id: string }) {
  const resource = useResource(`import/${id}`, () => fetchImport(id), 300_000);
  const [taken, setTaken] = useState<Taken[] | null>(null);
  if (taken) return <Result school={school} taken={taken} />;
  return (
    <Loaded resource={resource} skeleton={<div class="bone school-bone-body" />} notFound={<NotFound />}>
      {(found) => (found.applied_at ? <p class="card empty">{t("import.applied")}</p> : <Lines school={school} found={found} onTaken={setTaken} />)}
    </Loaded>
  );
}

function Lines({ school, found, onTaken }: { school: School; found: Import; onTaken(taken: Taken[]): void }) {
  const [way, setWay] = useState<Way>("codes");
  const [onlyWrong, setOnlyWrong] = useState(false);
  const [fresh, setFresh] = useState<ReadonlyMap<number, readonly Fault[]>>(new Map());
  const doing = useDoing();
  const lines = found.items.map((line) => ({ ...line, faults: [...(fresh.get(line.line) ?? line.faults)] }));
  const wrong = lines.filter((line) => line.faults.length > 0);
  const apply = async (): Promise<void> => {
    await doing.run(async () => {
      try {
        onTaken(await applyImport(found.id, way));
      } catch (error) {
        // What has changed since the table was read is told line by line.
        const items = (error as { problem?: { items?: ImportLine[] } }).problem?.items;
        if (items) setFresh(new Map(items.map((line) => [line.line, line.faults])));
        throw error;
      }
    });
  };
  const shown = onlyWrong ? wrong : lines;
  return (
    <>
      {wrong.length > 0 ? (
        <Banner refusal icon={<CircleAlert size={20} strokeWidth={1.75} />}>
          {t("import.wrong", { count: wrong.length })}
        </Banner>
      ) : (
        <Banner icon={<CircleCheck size={20} strokeWidth={1.75} />}>{t("import.right", { count: lines.length })}</Banner>
      )}
      {found.ignored.length > 0 && <p class="meta">{t("import.ignored", { names: found.ignored.join(", ") })}</p>}
      {wrong.length > 0 && wrong.length < lines.length && (
        <label class="check-row">
          <input type="checkbox" checked={onlyWrong} onChange={(event) => setOnlyWrong(event.currentTarget.checked)} />
          {t("import.onlyWrong")}
        </label>
      )}
      <div class="card table-card" tabIndex={0} role="region" aria-label={t("import.table", { name: found.file_name })}>
        <table>
          <thead>
            <tr>
              <th scope="col" class="num">
                {t("import.line")}
              </th>
              <th scope="col">{t("import.name")}</th>
              <th scope="col">{t("import.state")}</th>
              <th scope="col">{t("import.role")}</th>
              <th scope="col">{t("lesson.class")}</th>
              <th scope="col" class="num">
                {t("import.born")}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((line) => (
              <tr key={line.line} class={line.faults.length > 0 ? "wrong" : undefined}>
                <td class="num">{number(line.line)}</td>
                <td>{line.name}</td>
                <td class="line-check">
                  {line.faults.length === 0 ? (
                    <span class="line-good">{t("import.good")}</span>
                  ) : (
                    <ul>
                      {line.faults.map((fault) => (
                        <li key={fault.code + fault.column} class="line-fault">
                          {faultWords(fault)}
                        </li>
                      ))}
                    </ul>
                  )}
                </td>
                <td>{roleWords(line.role)}</td>
                <td>{line.class_name}</td>
                <td class="num">{line.birth_date ? day(line.birth_date) : ""}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {wrong.length > 0 ? (
        <>
          <Trouble problem={doing.trouble} />
          <div>
            <Button kind="primary" onPress={() => navigate(to.import(school.id), true)}>
              {t("import.otherFile")}
            </Button>
          </div>
        </>
      ) : (
        <section class="card form-card" aria-label={t("import.how")}>
          <Form action={t("import.apply", { count: lines.length })} trouble={doing.trouble} onSubmit={apply} testId="apply-import">
            <Segments
              label={t("import.how")}
              name="way"
              value={way}
              options={[
                { value: "codes", label: t("import.codes") },
                { value: "accounts", label: t("import.accounts") },
              ]}
              onChange={(next) => setWay(next)}
            />
            <p class="field-hint">{way === "codes" ? t("import.codesHint") : t("import.accountsHint")}</p>
          </Form>
        </section>
      )}
    </>
  );
}

/** What is wrong in a line, with what stands there. */
export function faultWords({ code, value }: Fault): string {
  return t(`import.fault.${code}` as Key, { value });
}

/** What is to be handed to each: it is told this once. */
function Result({ school, taken }: { school: School; taken: readonly Taken[] }) {
  const codes = taken.some((one) => one.code !== null);
  const secret = (one: Taken): string => one.code ?? "";
  const head = codes
    ? [t("import.name"), t("lesson.class"), t("import.code"), t("import.link")]
    : [t("import.name"), t("lesson.class"), t("signin.login"), t("signin.password")];
  const rows = taken.map((one) => [
    one.name,
    one.class_name,
    codes ? secret(one) : (one.login ?? ""),
    codes ? (one.link ?? "") : (one.password ?? ""),
  ]);
  const print = (): void =>
    printOut(
      <div class="slips">
        {taken.map((one) => (
          <Slip
            key={one.person_id}
            title={one.name}
            lines={[
              [school.name, one.class_name].filter(Boolean).join(", "),
              one.login ? t("slip.open", { place: location.host }) : "",
              one.login ? `${t("signin.login")}: ${one.login}` : "",
              one.password ? `${t("signin.password")}: ${one.password}` : "",
            ]}
            code={one.code}
            link={one.link}
          />
        ))}
      </div>,
    );
  return (
    <>
      <Banner icon={<CircleCheck size={20} strokeWidth={1.75} />}>{t("import.done", { count: taken.length })}</Banner>
      <p>{t("import.once")}</p>
      <div class="actions">
        <Button kind="primary" icon={<Printer size={20} strokeWidth={1.75} />} onPress={print}>
          {t("import.print")}
        </Button>
        <Button
          icon={<Download size={20} strokeWidth={1.75} />}
          onPress={() => download(t("import.resultFile"), csv([head, ...rows]), "text/csv")}
        >
          {t("import.save")}
        </Button>
        <Button kind="text" onPress={() => navigate(to.people(school.id, "students"))}>
          {t("import.toPeople")}
        </Button>
      </div>
      <div class="card table-card" tabIndex={0} role="region" aria-label={t("import.result")}>
        <table>
          <thead>
            <tr>
              {head.slice(0, codes ? 3 : 4).map((words) => (
                <th key={words} scope="col">
                  {words}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={taken[index]?.person_id}>
                {row.slice(0, codes ? 3 : 4).map((text, column) => (
                  <td key={column} class={column > 1 ? "secret" : undefined}>
                    {text}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
