import { Search, Users } from "lucide-preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { fetchMembers, fetchSchoolClasses, type Member, type Members, type Role, type School } from "../../api/school";
import { announce } from "../../app/announce";
import { useResource } from "../../app/resource";
import { navigate, withQuery } from "../../app/router";
import { me } from "../../app/session";
import { type Key, list, t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Field, Select } from "../../ui/field";
import { Loaded } from "../../ui/states";
import { NotFound } from "../shell/not-found";
import { useMemberMenu } from "./member-menu";
import { RowMenu } from "../../ui/row-menu";

const EVERY_MS = 20_000;
const TYPING_MS = 250;
const NO_CLASS = "none";

interface Props {
  school: School;
  role: Role;
  /** Only people of this class. */
  klass?: string;
  onChange(): void;
}

/** People of one role by name, searched by a part of it. */
export function PeopleList({ school, role, klass, onChange }: Props) {
  const [typed, setTyped] = useState("");
  const [part, setPart] = useState("");
  const [chosen, setChosen] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setPart(typed.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  const classId = klass ?? chosen;
  const key = `members/${school.id}/${role}/${classId}/${part}`;
  const first = useResource(key, () => fetchMembers(school.id, { role, class_id: classId || null, q: part }), EVERY_MS);
  // While other people are fetched, those shown stay: a list that blinks at each letter cannot be read.
  const before = useRef<Members | null>(null);
  if (first.data) before.current = first.data;
  const shown = first.data ?? before.current;
  const filtered = part !== "" || classId !== "";
  useEffect(() => {
    if (part !== "" && first.data) announce(foundWords(first.data));
  }, [first.data === null, part]);
  return (
    <>
      <div class="people-tools">
        <Field label={t("members.search")} name="search" type="search" value={typed} onInput={setTyped} maxLength={120} autoComplete="off" plain>
          <span class="field-search" aria-hidden="true">
            <Search size={20} strokeWidth={1.75} />
          </span>
        </Field>
        {klass === undefined && role !== "administrator" && (
          <ClassFilter school={school} role={role} value={chosen} onChange={setChosen} />
        )}
      </div>
      <Loaded resource={{ ...first, data: shown }} skeleton={<PeopleBones />} notFound={<NotFound />}>
        {(page) => (
          <Pages
            key={key}
            school={school}
            role={role}
            first={page}
            more={(cursor) => fetchMembers(school.id, { role, class_id: classId || null, q: part, cursor })}
            empty={filtered && !klass ? t("members.notFound") : t(`members.empty.${role}` as Key)}
            onChange={() => {
              first.reload();
              onChange();
            }}
          />
        )}
      </Loaded>
    </>
  );
}

function foundWords(page: Members): string {
  return page.next ? t("members.foundMany", { count: page.items.length }) : t("members.found", { count: page.items.length });
}

function ClassFilter({ school, role, value, onChange }: { school: School; role: Role; value: string; onChange(id: string): void }) {
  const classes = useResource(`classes/${school.id}/open`, () => fetchSchoolClasses(school.id), 60_000).data ?? [];
  if (classes.length < 2) return null;
  return (
    <Select
      label={t("members.class")}
      value={value}
      onChange={onChange}
      options={[
        { value: "", label: t("members.allClasses") },
        ...classes.map((one) => ({ value: one.id, label: one.name })),
        ...(role === "student" || role === "teacher" ? [{ value: NO_CLASS, label: t("members.noClass") }] : []),
      ]}
    />
  );
}

interface PagesProps {
  school: School;
  role: Role;
  first: Members;
  empty: string;
  more(cursor: string): Promise<Members>;
  onChange(): void;
}

function Pages({ school, role, first, empty, more, onChange }: PagesProps) {
  const [rest, setRest] = useState<Member[]>([]);
  const [next, setNext] = useState<string | null | undefined>(undefined);
  const [failed, setFailed] = useState(false);
  const seen = new Set(first.items.map((one) => one.id));
  const all = [...first.items, ...rest.filter((one) => !seen.has(one.id))];
  const cursor = next === undefined ? first.next : next;
  const load = async (): Promise<void> => {
    setFailed(false);
    try {
      const page = await more(cursor ?? "");
      setRest([...rest, ...page.items]);
      setNext(page.next);
    } catch {
      setFailed(true);
    }
  };
  if (all.length === 0) {
    return (
      <div class="card empty">
        <Users size={40} strokeWidth={1.5} aria-hidden="true" />
        <p>{empty}</p>
      </div>
    );
  }
  return (
    <>
      <ul class="card people-list">
        {all.map((one) => (
          <Row
            key={one.id}
            school={school}
            role={role}
            member={one}
            onChange={() => {
              // Further pages hold what was before: they are fetched again when they are asked for.
              setRest([]);
              setNext(undefined);
              onChange();
            }}
          />
        ))}
      </ul>
      {failed && (
        <p class="field-error" role="alert">
          {t("load.failed")}
        </p>
      )}
      {cursor !== null && (
        <div>
          <Button onPress={load}>{t("members.more")}</Button>
        </div>
      )}
    </>
  );
}

function Row({ school, role, member, onChange }: { school: School; role: Role; member: Member; onChange(): void }) {
  const { items, sheet } = useMemberMenu(school, role, member, onChange);
  const self = member.id === me.value?.id;
  const classes = member.memberships.filter((held) => held.role === role && held.class).map((held) => held.class?.name ?? "");
  const notes = [
    classes.length > 0 ? list(classes) : role === "student" ? t("members.noClass") : "",
    role === "student" && member.parents.length > 0 ? t("members.parentsOf", { names: list(member.parents.map((one) => one.name)) }) : "",
    role === "parent" && member.children.length > 0 ? t("members.childrenOf", { names: list(member.children.map((one) => one.name)) }) : "",
  ].filter(Boolean);
  return (
    <li class="person-row">
      <button type="button" class="person-main" onClick={() => navigate(withQuery("person", member.id))}>
        <Avatar id={member.id} name={member.name} size={40} />
        <span class="person-words">
          <span class="person-name">
            {member.name}
            {self && <span class="meta"> {t("common.you")}</span>}
          </span>
          {notes.length > 0 && <span class="meta">{notes.join(". ")}</span>}
        </span>
        <StatePill member={member} />
      </button>
      <RowMenu label={t("members.menu", { name: member.name })} items={items} />
      {sheet}
    </li>
  );
}

/** Says what is not as usual with somebody's account; that all is well is not worth a word. */
export function StatePill({ member }: { member: Member }) {
  if (member.state === null || member.state === "active") return null;
  return <span class={`pill ${member.state === "waiting" ? "quiet" : "info"}`}>{t(`members.state.${member.state}`)}</span>;
}

function PeopleBones() {
  return (
    <div class="card people-bones">
      {[0, 1, 2, 3, 4].map((n) => (
        <div key={n} class="bone" />
      ))}
    </div>
  );
}
