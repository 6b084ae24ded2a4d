import type { Action, School } from "../../api/school";

export interface Rights {
  /** May change who is in the school, and as what. */
  manages: boolean;
  decides: boolean;
  invites: boolean;
  teachers: boolean;
  students: boolean;
  parents: boolean;
  imports: boolean;
}

/** What one may do about the people of a school. A student invites parents of their own only, from their own row. */
export function rightsIn({ may }: Pick<School, "may">): Rights {
  const has = (action: Action): boolean => may.includes(action);
  const students = has("invite_students");
  const teachers = has("invite_teachers");
  return {
    manages: has("manage_members"),
    decides: has("decide_requests") || teachers,
    invites: students || teachers,
    teachers,
    students,
    parents: has("invite_parents"),
    imports: has("import_people"),
  };
}
