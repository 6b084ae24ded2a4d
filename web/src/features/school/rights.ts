import type { Action, JoinRequest, School } from "../../api/school";

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

/** Whether a request can be accepted as it is. */
export function isReady(request: Pick<JoinRequest, "role" | "class">, manages: boolean): boolean {
  if (request.role === "parent") return false;
  return request.class !== null || (manages && request.role === "teacher");
}
