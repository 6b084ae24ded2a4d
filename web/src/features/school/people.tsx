import { UserPlus } from "lucide-preact";
import { fetchRequests, type Role, type School } from "../../api/school";
import { useResource } from "../../app/resource";
import { goBack, navigate, query, to, withQuery } from "../../app/router";
import { number, t } from "../../i18n";
import { Button } from "../../ui/button";
import { TabPanel, Tabs } from "../../ui/tabs";
import { decided } from "./decisions";
import { InvitationList } from "./invitation-list";
import { InviteSheet } from "./invite";
import { PeopleList } from "./people-list";
import { PersonSheet } from "./person";
import { Requests } from "./requests";
import { rightsIn } from "./rights";

const WHO = ["students", "teachers", "parents", "administrators", "requests", "invitations"] as const;
export type Who = (typeof WHO)[number];
export const ROLE_OF: Partial<Record<Who, Role>> = {
  students: "student",
  teachers: "teacher",
  parents: "parent",
  administrators: "administrator",
};

/** S5: who is in the school, who asks to come in, who is invited. */
export function People({ school, onChange }: { school: School; onChange(): void }) {
  const rights = rightsIn(school);
  const asked = query.value.get("who") as Who;
  const allowed = WHO.filter((one) => (one === "requests" ? rights.decides : one === "invitations" ? rights.invites : true));
  const who = allowed.includes(asked) ? asked : "students";
  const person = query.value.get("person");
  return (
    <>
      <div class="people-head">
        <PeopleTabs school={school} who={who} allowed={allowed} />
        {rights.invites && (
          <Button
            kind="primary"
            icon={<UserPlus size={20} strokeWidth={1.75} />}
            testId="invite"
            onPress={() => navigate(withQuery("invite", "1"))}
          >
            {t("members.invite")}
          </Button>
        )}
      </div>
      <TabPanel name="people" value={who}>
        {who === "requests" && <Requests school={school} onChange={onChange} />}
        {who === "invitations" && <InvitationList school={school} />}
        {ROLE_OF[who] && <PeopleList key={who} school={school} role={ROLE_OF[who]} onChange={onChange} />}
      </TabPanel>
      {rights.invites && query.value.get("invite") && (
        <InviteSheet school={school} onClose={() => goBack(withQuery("invite", null))} />
      )}
      {person && (
        <PersonSheet school={school} person={person} onChange={onChange} onClose={() => goBack(withQuery("person", null))} />
      )}
    </>
  );
}

function PeopleTabs({ school, who, allowed }: { school: School; who: Who; allowed: readonly Who[] }) {
  const decides = allowed.includes("requests");
  const { people } = school;
  // Whoever sees all of the school is told how many they are; others would miscount what they see.
  const counts: Partial<Record<Who, number>> = school.may.includes("manage_members")
    ? { students: people.students, teachers: people.teachers, parents: people.parents, administrators: people.administrators }
    : {};
  return (
    <>
      {decides ? (
        <WithRequests school={school}>
          {(requests) => <TabList school={school} who={who} allowed={allowed} counts={{ ...counts, ...requests }} />}
        </WithRequests>
      ) : (
        <TabList school={school} who={who} allowed={allowed} counts={counts} />
      )}
    </>
  );
}

function WithRequests({ school, children }: { school: School; children(counts: Partial<Record<Who, number>>): preact.JSX.Element }) {
  const requests = useResource(`requests/${school.id}`, () => fetchRequests(school.id), 15_000);
  const count = requests.data?.items.filter((one) => !decided.value.has(one.id)).length ?? 0;
  return children(count > 0 ? { requests: count } : {});
}

interface TabListProps {
  school: School;
  who: Who;
  allowed: readonly Who[];
  counts: Partial<Record<Who, number>>;
}

function TabList({ school, who, allowed, counts }: TabListProps) {
  return (
    <Tabs
      label={t("school.people")}
      name="people"
      small
      value={who}
      onChange={(next) => navigate(to.people(school.id, next), true)}
      tabs={allowed.map((id) => {
        const count = counts[id];
        const shown = count === undefined ? undefined : number(count);
        return { id, label: t(`members.${id}`), count: shown, counted: shown };
      })}
    />
  );
}
