import { ArrowRightLeft, LogOut, ShieldCheck, UserMinus, UserPlus, UsersRound } from "lucide-preact";
import { type ComponentChild } from "preact";
import { useState } from "preact/hooks";
import { changeRole, type Held, linkParent, type Member, removeMember, type Role, type School } from "../../api/school";
import { useDoing } from "../../app/action";
import { clearResources } from "../../app/resource";
import { navigate, to } from "../../app/router";
import { loadMe, me } from "../../app/session";
import { showToast } from "../../app/toast";
import { t } from "../../i18n";
import { Confirm, Dialog } from "../../ui/dialog";
import type { MenuItem } from "../../ui/menu";
import { Trouble } from "../../ui/trouble";
import { ChooseChild } from "./choose-child";
import { InviteParents } from "./invite";
import { GiveClassSheet, TransferSheet } from "./move";
import { rightsIn } from "./rights";

type Sheet = { name: "transfer"; held: Held } | { name: "give" | "parents" | "child" | "remove" | "leave" } | { name: "role"; held: Held; role: "administrator" | "teacher" };

/** What one may do about somebody of the school: the items of a menu, and the sheet one of them has opened. */
export function useMemberMenu(school: School, role: Role, member: Member, onChange: () => void): { items: MenuItem[]; sheet: ComponentChild } {
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const rights = rightsIn(school);
  const self = member.id === me.value?.id;
  const held = member.memberships.filter((one) => one.role === role);
  const first = held[0];
  const student = role === "student";
  const items: MenuItem[] = [];
  if (rights.manages && student && first) {
    items.push({
      label: first.class ? t("move.transfer") : t("move.give"),
      icon: <ArrowRightLeft size={20} strokeWidth={1.75} />,
      run: () => setSheet({ name: "transfer", held: first }),
    });
  }
  if (rights.manages && role === "teacher" && first) {
    items.push({ label: t("move.give"), icon: <UsersRound size={20} strokeWidth={1.75} />, run: () => setSheet({ name: "give" }) });
    items.push({
      label: t("members.appoint"),
      icon: <ShieldCheck size={20} strokeWidth={1.75} />,
      run: () => setSheet({ name: "role", held: first, role: "administrator" }),
    });
  }
  if (rights.manages && role === "administrator" && first) {
    items.push({
      label: t("members.dismiss"),
      icon: <ShieldCheck size={20} strokeWidth={1.75} />,
      run: () => setSheet({ name: "role", held: first, role: "teacher" }),
    });
  }
  if (student && rights.parents && (rights.students || self)) {
    items.push({ label: t("members.inviteParents"), icon: <UserPlus size={20} strokeWidth={1.75} />, run: () => setSheet({ name: "parents" }) });
  }
  if (rights.manages && role === "parent") {
    items.push({ label: t("members.addChild"), icon: <UserPlus size={20} strokeWidth={1.75} />, run: () => setSheet({ name: "child" }) });
  }
  if (self) {
    items.push({ label: t("members.leave"), icon: <LogOut size={20} strokeWidth={1.75} />, dangerous: true, run: () => setSheet({ name: "leave" }) });
  } else if (rights.manages) {
    items.push({ label: t("members.remove"), icon: <UserMinus size={20} strokeWidth={1.75} />, dangerous: true, run: () => setSheet({ name: "remove" }) });
  }
  const close = (): void => setSheet(null);
  return { items, sheet: sheet && drawn(sheet, { school, member, onChange, onClose: close }) };
}

interface SheetProps {
  school: School;
  member: Member;
  onChange(): void;
  onClose(): void;
}

function drawn(sheet: Sheet, props: SheetProps): ComponentChild {
  switch (sheet.name) {
    case "transfer":
      return <TransferSheet {...props} held={sheet.held} />;
    case "give":
      return <GiveClassSheet {...props} />;
    case "parents":
      return <InviteParents school={props.school} child={props.member} onClose={props.onClose} />;
    case "child":
      return <AddChild {...props} />;
    case "role":
      return <ChangeRole {...props} held={sheet.held} role={sheet.role} />;
    default:
      return <Leave {...props} self={sheet.name === "leave"} />;
  }
}

function Leave({ school, member, self, onChange, onClose }: SheetProps & { self: boolean }) {
  const doing = useDoing();
  const remove = async (): Promise<void> => {
    const went = await doing.run(() => removeMember(school.id, member.id));
    if (!went) return;
    onClose();
    if (self) {
      clearResources();
      await loadMe();
      navigate(to.home);
      showToast(t("members.left", { school: school.name }));
    } else {
      onChange();
      showToast(t("members.removed", { name: member.name }));
    }
  };
  return (
    <Confirm
      title={self ? t("members.leaveAsk", { school: school.name }) : t("members.removeFromSchool", { name: member.name })}
      text={self ? t("members.leaveText") : t("members.removeSchoolText")}
      action={self ? t("members.leaveDo") : t("members.removeSchoolDo")}
      onConfirm={remove}
      onClose={onClose}
    >
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}

/** One more child for a parent of the school. */
function AddChild({ school, member, onChange, onClose }: SheetProps) {
  const doing = useDoing();
  return (
    <Dialog title={t("members.addChildTo", { name: member.name })} onClose={onClose}>
      <ChooseChild
        school={school}
        action={t("members.addChildDo")}
        trouble={doing.trouble}
        onClose={onClose}
        onChosen={async (child) => {
          if (!(await doing.run(() => linkParent(child.id, member.id)))) return;
          onClose();
          onChange();
          showToast(t("members.childAdded", { name: child.name }));
        }}
      />
    </Dialog>
  );
}

function ChangeRole({ member, held, role, onChange, onClose }: SheetProps & { held: Held; role: "administrator" | "teacher" }) {
  const doing = useDoing();
  const appoint = role === "administrator";
  const change = async (): Promise<void> => {
    const went = await doing.run(() => changeRole(held, role));
    if (!went) return;
    onClose();
    if (member.id === me.value?.id) {
      clearResources();
      await loadMe();
    }
    onChange();
    showToast(t(appoint ? "members.appointed" : "members.dismissed", { name: member.name }));
  };
  return (
    <Confirm
      title={t(appoint ? "members.appointAsk" : "members.dismissAsk", { name: member.name })}
      text={t(appoint ? "members.appointText" : "members.dismissText")}
      action={t(appoint ? "members.appointDo" : "members.dismissDo")}
      onConfirm={change}
      onClose={onClose}
    >
      <Trouble problem={doing.trouble} />
    </Confirm>
  );
}
