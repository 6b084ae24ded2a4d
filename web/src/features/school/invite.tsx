import { FileSpreadsheet, Printer } from "lucide-preact";
import { useState } from "preact/hooks";
import {
  fetchInvitations, fetchSchoolClasses, makeInvitation, type MadeInvitation, type Member, type NewInvitation, revokeInvitation, type School, type SchoolClass,
} from "../../api/school";
import { useDoing } from "../../app/action";
import { useRepeat } from "../../app/repeat";
import { load, useResource } from "../../app/resource";
import { navigate, query, to } from "../../app/router";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Button } from "../../ui/button";
import { CopyLink } from "../../ui/copy";
import { Dialog } from "../../ui/dialog";
import { Segments, Select } from "../../ui/field";
import { Form } from "../../ui/form";
import { printOut } from "../../ui/print";
import { Qr } from "../../ui/qr";
import { Loaded } from "../../ui/states";
import { Trouble } from "../../ui/trouble";
import { rightsIn } from "./rights";
import { Slip } from "./slip";
import { capital, day, roleWords } from "./words";

type Kind = "link" | "code" | "list";
const DAYS = [1, 7, 30, 90];
const USES = [1, 5, 30, 100, 1000];
const NO_CLASS = "";

/** S5: an invitation into the school or a class, by a link, by a code for the blackboard, or by a table of names. */
export function InviteSheet({ school, onClose }: { school: School; onClose(): void }) {
  const classes = useResource(`classes/${school.id}/open`, () => fetchSchoolClasses(school.id), 60_000);
  return (
    <Dialog title={t("members.invite")} onClose={onClose} testId="invite-sheet">
      <Loaded resource={classes} skeleton={<div class="bone invite-bone" />} notFound={<p>{t("problem.gone")}</p>}>
        {(all) => <Invite school={school} classes={all} onClose={onClose} />}
      </Loaded>
    </Dialog>
  );
}

function Invite({ school, classes, onClose }: { school: School; classes: readonly SchoolClass[]; onClose(): void }) {
  const rights = rightsIn(school);
  const asked = query.value.get("invite") ?? "";
  const open = classes.filter((one) => one.may.includes("invite_students"));
  const [kind, setKind] = useState<Kind>("link");
  const [role, setRole] = useState<"teacher" | "student">(
    rights.teachers && query.value.get("who") === "teachers" ? "teacher" : "student",
  );
  const [klass, setKlass] = useState<string | null>(open.some((one) => one.id === asked) ? asked : null);
  const [days, setDays] = useState("7");
  const [uses, setUses] = useState<string | null>(null);
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const doing = useDoing();
  const key = useRepeat();

  const student = role === "student";
  // Who lets students into the whole school need not choose a class; a teacher invites into a class taught.
  const whole = rights.manages;
  const chosen = klass ?? (student ? (open[0]?.id ?? NO_CLASS) : NO_CLASS);
  const times = uses ?? (student ? "30" : "1");
  const make = async (): Promise<void> => {
    const body: NewInvitation = {
      role,
      kind: kind === "code" ? "code" : "link",
      class_id: chosen === NO_CLASS ? null : chosen,
      days: Number(days),
      max_uses: Number(times),
    };
    await doing.run(async () => {
      setMade(await makeInvitation(school.id, body, key(body)));
      void load(`invitations/${school.id}`, () => fetchInvitations(school.id, null), true);
    });
  };
  if (made) return <Made school={school} made={made} onAnother={() => setMade(null)} onClose={onClose} />;
  if (student && !whole && open.length === 0) return <p>{t("invite.noClass")}</p>;
  return (
    <>
      <Segments
        label={t("invite.how")}
        name="kind"
        value={kind}
        options={[
          { value: "link", label: t("invite.link") },
          { value: "code", label: t("invite.code") },
          ...(rights.imports ? [{ value: "list" as const, label: t("invite.list") }] : []),
        ]}
        onChange={(next) => setKind(next)}
      />
      {kind === "list" ? (
        <>
          <p>{t("invite.listText")}</p>
          <div class="dialog-actions">
            <Button onPress={onClose}>{t("common.cancel")}</Button>
            <Button
              kind="primary"
              icon={<FileSpreadsheet size={20} strokeWidth={1.75} />}
              onPress={() => navigate(to.import(school.id), true)}
            >
              {t("invite.listDo")}
            </Button>
          </div>
        </>
      ) : (
        <Form
          action={kind === "code" ? t("invite.makeCode") : t("invite.makeLink")}
          trouble={doing.trouble}
          onSubmit={make}
          onClose={onClose}
          testId="make-invitation"
        >
          {rights.teachers && (
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
          )}
          <Select
            label={t("lesson.class")}
            value={chosen}
            onChange={setKlass}
            options={[
              ...(whole ? [{ value: NO_CLASS, label: student ? t("invite.laterClass") : t("invite.noneClass") }] : []),
              ...open.map((one) => ({ value: one.id, label: one.name })),
            ]}
          />
          <div class="two">
            <Select
              label={t("invite.valid")}
              value={days}
              onChange={setDays}
              options={DAYS.map((count) => ({ value: String(count), label: t("invite.days", { count }) }))}
            />
            <Select
              label={t("invite.uses")}
              value={times}
              onChange={setUses}
              options={USES.map((count) => ({ value: String(count), label: t("invite.times", { count }) }))}
            />
          </div>
          <p class="field-hint">{kind === "code" ? t("invite.codeHint") : t("invite.linkHint")}</p>
        </Form>
      )}
    </>
  );
}

interface MadeProps {
  school: School;
  made: MadeInvitation;
  onAnother?: () => void;
  onClose(): void;
}

/** A new invitation: to be copied, shown, printed, or taken back. Its secret is told this once. */
function Made({ school, made, onAnother, onClose }: MadeProps) {
  const doing = useDoing();
  const what = inviteWords(made);
  const revoke = async (): Promise<void> => {
    const went = await doing.run(() => revokeInvitation(made.id));
    if (!went) return;
    void load(`invitations/${school.id}`, () => fetchInvitations(school.id, null), true);
    showToast(t("invite.revoked"));
    onClose();
  };
  return (
    <>
      <p class="invite-what">
        {what} <span class="meta">{t("invite.until", { date: day(made.expires_at) })}</span>
      </p>
      <div class="invite-made">
        <Qr text={made.link} label={t("invite.qr")} />
        <div class="invite-made-words">
          {made.kind === "code" && (
            <p class="invite-code" data-testid="invite-code">
              {made.code}
            </p>
          )}
          <CopyLink label={t("invite.address")} url={made.link} />
          <p class="field-hint">{t("invite.once")}</p>
        </div>
      </div>
      <Trouble problem={doing.trouble} />
      <div class="dialog-actions">
        <Button kind="text" onPress={revoke}>
          {t("invite.revoke")}
        </Button>
        {onAnother && <Button onPress={onAnother}>{t("invite.another")}</Button>}
        <Button
          icon={<Printer size={20} strokeWidth={1.75} />}
          onPress={() =>
            printOut(
              <Slip
                title={school.name}
                lines={[what, t("invite.until", { date: day(made.expires_at) })]}
                code={made.kind === "code" ? made.code : null}
                link={made.link}
              />,
            )
          }
        >
          {t("invite.print")}
        </Button>
        <Button kind="primary" onPress={onClose}>
          {t("common.done")}
        </Button>
      </div>
    </>
  );
}

/** "Students, 7B": whom an invitation is for. */
export function inviteWords(of: Pick<MadeInvitation, "role" | "class" | "child">): string {
  if (of.role === "parent" && of.child) return t("invite.parentsOf", { name: of.child.name });
  const whom = of.role === "student" ? t("members.students") : of.role === "teacher" ? t("members.teachers") : capital(roleWords(of.role));
  return of.class ? `${whom}, ${of.class.name}` : whom;
}

/** An invitation for the parents of a student: a link for two. */
export function InviteParents({ school, child, onClose }: { school: School; child: Pick<Member, "id" | "name">; onClose(): void }) {
  const [made, setMade] = useState<MadeInvitation | null>(null);
  const doing = useDoing();
  const key = useRepeat();
  const make = (): Promise<boolean> =>
    doing.run(async () => {
      const body: NewInvitation = { role: "parent", child_id: child.id, days: 7 };
      setMade(await makeInvitation(school.id, body, key(body)));
    });
  return (
    <Dialog title={t("members.inviteParents")} onClose={onClose}>
      {made ? (
        <Made school={school} made={made} onClose={onClose} />
      ) : (
        <Form action={t("invite.makeLink")} trouble={doing.trouble} onSubmit={make} onClose={onClose}>
          <p>{t("invite.parentsText", { name: child.name })}</p>
        </Form>
      )}
    </Dialog>
  );
}
