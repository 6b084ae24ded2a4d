import { X } from "lucide-preact";
import { useState } from "preact/hooks";
import { endMembership, fetchMember, giveClass, type Held, type Member, type School, unlinkParent } from "../../api/school";
import { useDoing } from "../../app/action";
import { useResource } from "../../app/resource";
import { me } from "../../app/session";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Avatar } from "../../ui/avatar";
import { Button } from "../../ui/button";
import { Confirm, Dialog } from "../../ui/dialog";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { StatePill } from "./people-list";
import { rightsIn } from "./rights";
import { capital, day, roleWords } from "./words";

interface Props {
  school: School;
  person: string;
  onChange(): void;
  onClose(): void;
}

/** Somebody of the school: what they are in it, their children or parents. */
export function PersonSheet({ school, person, onChange, onClose }: Props) {
  const resource = useResource(`member/${school.id}/${person}`, () => fetchMember(school.id, person), 30_000);
  return (
    <Dialog title={resource.data?.name ?? t("members.person")} onClose={onClose} testId="person">
      <Loaded resource={resource} skeleton={<div class="bone person-bone" />} notFound={<p>{t("notFound")}</p>}>
        {(member) => (
          <Details
            school={school}
            member={member}
            onChange={() => {
              resource.reload();
              onChange();
            }}
          />
        )}
      </Loaded>
    </Dialog>
  );
}

function Details({ school, member, onChange }: { school: School; member: Member; onChange(): void }) {
  const doing = useDoing();
  const { manages } = rightsIn(school);
  const self = member.id === me.value?.id;
  const family = [
    ...member.parents.map((one) => ({ ...one, words: t("role.parent"), unlink: () => unlinkParent(member.id, one.id) })),
    ...member.children.map((one) => ({ ...one, words: t("members.child"), unlink: () => unlinkParent(one.id, member.id) })),
  ];
  const [unlinking, setUnlinking] = useState<(typeof family)[number] | null>(null);
  const endIn = (held: Held, name: string): Promise<unknown> =>
    doing.run(async () => {
      await endMembership(held.id);
      onChange();
      showToast(t("members.endedIn", { name: member.name, class: name }), {
        label: t("common.undo"),
        run: () => {
          const role = held.role === "teacher" ? "teacher" : "student";
          void doing.run(async () => {
            await giveClass(school.id, member.id, role, held.class?.id ?? "");
            onChange();
          });
        },
      });
    });
  const unlink = async (): Promise<void> => {
    const went = await doing.run(async () => {
      await unlinking?.unlink();
      onChange();
    });
    if (went) setUnlinking(null);
  };
  return (
    <>
      <div class="person-head">
        <Avatar id={member.id} name={member.name} size={64} />
        <div>
          {member.login && <p class="meta">{t("members.login", { login: member.login })}</p>}
          <p>{school.name}</p>
          <StatePill member={member} />
        </div>
      </div>
      <ul class="person-held">
        {member.memberships.map((held) => (
          <li key={held.id}>
            <span>
              {capital(roleWords(held.role))}
              {held.class && <strong>, {held.class.name}</strong>}
              <span class="meta"> {t("members.since", { date: day(held.since) })}</span>
            </span>
            {held.class && (held.role === "teacher" || held.role === "student") && (manages || (self && held.role === "teacher")) && (
              <Button
                kind="text"
                size="small"
                icon={<X size={18} aria-hidden="true" />}
                label={t("members.endIn", { class: held.class.name })}
                onPress={() => endIn(held, held.class?.name ?? "")}
              />
            )}
          </li>
        ))}
      </ul>
      {family.length > 0 && (
        <ul class="person-held" aria-label={t("members.family")}>
          {family.map((one) => (
            <li key={one.id}>
              <Avatar id={one.id} name={one.name} size={32} />
              <span class="grow">
                {one.name} <span class="meta">{one.words}</span>
              </span>
              {(manages || (self && member.children.length > 0)) && (
                <Button
                  kind="text"
                  size="small"
                  icon={<X size={18} aria-hidden="true" />}
                  label={t("members.unlink", { name: one.name })}
                  onPress={() => setUnlinking(one)}
                />
              )}
            </li>
          ))}
        </ul>
      )}
      {unlinking ? (
        <Confirm
          title={t("members.unlinkAsk", { name: unlinking.name })}
          text={t("members.unlinkText")}
          action={t("members.unlinkDo")}
          onConfirm={unlink}
          onClose={() => setUnlinking(null)}
        >
          <Trouble problem={doing.trouble} />
        </Confirm>
      ) : (
        <Trouble problem={doing.trouble} />
      )}
    </>
  );
}
