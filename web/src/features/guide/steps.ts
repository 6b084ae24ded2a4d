import type { Guide, GuideRole } from "../../api/account";
import type { ClassSummary, Me } from "../../api/types";
import { to } from "../../app/router";

/** Where a step is done. `null`: by something that is not on a page of its own; it happens when it happens. */
export interface Way {
  href: string | null;
  /** Going there is all there is to do: the platform is told. */
  told?: boolean;
}

/** Where each step of the guides leads, for this person. */
export function wayTo(role: GuideRole, step: string, person: Me, classes: readonly ClassSummary[]): Way {
  const school = person.memberships.find((one) => one.role === role)?.school.id ?? null;
  const teaches = classes.find((one) => one.may_start);
  const invite = (who: string): Way => ({ href: school === null ? null : to.people(school, who, true) });
  switch (`${role}.${step}`) {
    case "administrator.create_school":
      return { href: to.newSchool };
    case "administrator.fill_page":
      return { href: school === null ? null : to.schoolPage(school, "about") };
    case "administrator.make_class":
      return { href: school === null ? null : to.schoolPage(school, "classes") };
    case "administrator.invite_teachers":
      return invite("teachers");
    case "administrator.invite_students":
    case "teacher.invite_students":
      return invite("students");
    case "administrator.second_step":
      return { href: to.settings("security") };
    case "teacher.get_class":
    case "student.get_class":
      return { href: to.join() };
    case "teacher.start_lesson":
      return { href: teaches && !teaches.lesson ? `/?start=${encodeURIComponent(teaches.id)}` : null };
    case "teacher.start_broadcast":
      return { href: to.broadcasts };
    case "student.invite_parents":
      // From the menu of one's own row.
      return { href: school === null ? null : to.people(school, "students") };
    case "parent.give_consent":
      return { href: to.settings("children") };
    case "parent.see_class": {
      const child = person.memberships.find((one) => one.role === "parent")?.class;
      return { href: child ? to.class(child.id) : null };
    }
    case "region_operator.see_roll_out":
      return { href: to.region(person.regions?.[0]?.id), told: true };
    default:
      return { href: null };
  }
}

/** The guides that stand on the home page: not put away, and with something left to do. */
export function toShow(guides: readonly Guide[]): Guide[] {
  return guides.filter((guide) => !guide.put_away && !guide.done);
}

export function progress(guide: Guide): { done: number; all: number } {
  return { done: guide.steps.filter((step) => step.done).length, all: guide.steps.length };
}

/** The first step that is not done: the one to look at now. */
export function nextStep(guide: Guide): string | null {
  return guide.steps.find((step) => !step.done)?.name ?? null;
}
