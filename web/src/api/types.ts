/** What the platform's REST API returns: docs of the API are the law, these are its shapes. */

export type RoleName = "administrator" | "teacher" | "student" | "parent";

export interface Named {
  id: string;
  name: string;
}

export interface Membership {
  school: Named;
  role: RoleName;
  class: Named | null;
}

export interface Me {
  id: string;
  name: string;
  login: string;
  memberships: Membership[];
  /** Regions whose roll-out the person follows. */
  regions?: Named[];
  locale?: "en" | "ru" | null;
  birth_date?: string | null;
  has_password?: boolean;
  /** Whether signing in asks for a code besides the password. */
  second_step?: boolean;
}

export interface LessonInfo {
  id: string;
  title: string;
  class: Named;
  started_at: string;
  ended_at: string | null;
  host: Named;
  may_host: boolean;
}

export interface ClassSummary {
  id: string;
  name: string;
  school: Named;
  students: number;
  teachers: number;
  may_start: boolean;
  lesson: LessonInfo | null;
}

export interface ClassMember {
  id: string;
  name: string;
  role: RoleName;
}

export interface ClassPage extends ClassSummary {
  members: ClassMember[];
}

export interface Ticket {
  ticket: string;
  url: string;
  expires_at: string;
}

export type Audience = "school" | "public";

export interface Broadcast {
  id: string;
  title: string;
  audience: Audience;
  state: "live" | "ended";
  school: Named;
  /** Not told to who is no member of the school. */
  class: Named | null;
  started_by: Named | null;
  /** For those who lead the lesson. */
  lesson_id: string | null;
  started_at: string;
  ended_at: string | null;
  playlist_url: string;
  may_lead: boolean;
}

export interface BroadcastList {
  items: Broadcast[];
  next: string | null;
}

/** RFC 9457 problem document. */
export interface Problem {
  type?: string;
  title?: string;
  status: number;
  detail?: string;
  code: string;
  lesson?: LessonInfo;
  broadcast?: Broadcast;
  /** Why an account is not active. */
  reason?: string;
  /** A word that a school does not allow. */
  word?: string;
}
