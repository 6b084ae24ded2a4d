import { call, newKey, send } from "./http";
import type { components } from "./schema";

/** Calls about schools and who is in them, typed by the platform's own description. */

type Schemas = components["schemas"];
export type School = Schemas["School"];
export type Schools = Schemas["Schools"];
export type NewSchool = Schemas["NewSchool"];
export type EditSchool = Schemas["EditSchool"];
export type Action = Schemas["Action"];
export type Year = Schemas["Year"];
export type NewYear = Schemas["NewYear"];
export type EditYear = Schemas["EditYear"];
export type Restored = Schemas["Restored"];
export type SchoolClass = Schemas["SchoolClass"];
export type SchoolClassPage = Schemas["SchoolClassWithMembers"];
export type Member = Schemas["MembershipsMember"];
export type Members = Schemas["Members"];
export type Held = Schemas["Held"];
export type Role = Held["role"];
export type Invitation = Schemas["Invitation"];
export type MadeInvitation = Schemas["MadeInvitation"];
export type NewInvitation = Schemas["NewInvitation"];
export type Invitations = Schemas["Invitations"];
export type InvitationCard = Schemas["InvitationCard"];
export type Joined = Schemas["Joined"];
export type JoinRequest = Schemas["JoinRequest"];
export type JoinRequests = Schemas["JoinRequests"];
export type NewRequest = Schemas["NewRequest"];
export type SchoolCard = Schemas["SchoolCard"];
export type Import = Schemas["Import"];
export type ImportLine = Schemas["Line"];
export type Fault = Schemas["Fault"];
export type Way = NonNullable<Schemas["ApplyImport"]["way"]>;
export type Taken = Schemas["Taken"];
export type RollOut = Schemas["RollOut"];

/** Something with the version it was seen in, to be given back when it is edited. */
export interface Versioned<T> {
  data: T;
  etag: string;
}

const at = encodeURIComponent;
/** The tag of a version number, as the platform writes it. */
const tag = (version: number): string => `"${version}"`;

function search(values: Record<string, string | number | boolean | null | undefined>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) {
    if (value !== null && value !== undefined && value !== "") query.set(name, String(value));
  }
  const text = query.toString();
  return text ? `?${text}` : "";
}

async function make<T>(path: string, body: unknown, key = newKey()): Promise<T> {
  return (await send<T>("POST", path, { body, key })).data;
}

export const fetchSchools = (): Promise<Schools> => call("GET", "/schools");
export const fetchSchool = (id: string): Promise<School> => call("GET", `/schools/${at(id)}`);
export const makeSchool = (body: NewSchool, key?: string): Promise<School> => make("/schools", body, key);

export async function editSchool(id: string, version: number, body: EditSchool): Promise<School> {
  return (await send<School>("PATCH", `/schools/${at(id)}`, { body, etag: tag(version) })).data;
}

export async function setPicture(id: string, file: Blob): Promise<void> {
  await send("PUT", `/schools/${at(id)}/picture`, { file, timeoutMs: 60_000 });
}

export const dropPicture = (id: string): Promise<void> => call("DELETE", `/schools/${at(id)}/picture`);

export async function fetchYears(school: string): Promise<Year[]> {
  return (await call<{ items: Year[] }>("GET", `/schools/${at(school)}/years`)).items;
}

export const makeYear = (school: string, body: NewYear, key?: string): Promise<Year> =>
  make(`/schools/${at(school)}/years`, body, key);

export async function editYear(id: string, version: number, body: EditYear): Promise<Year> {
  return (await send<Year>("PATCH", `/years/${at(id)}`, { body, etag: tag(version) })).data;
}

export const archiveYear = (id: string): Promise<Year> => call("POST", `/years/${at(id)}/archive`, undefined, 30_000);
export const restoreYear = (id: string): Promise<Restored> => call("POST", `/years/${at(id)}/restore`, undefined, 30_000);

export async function fetchSchoolClasses(school: string, archived = false): Promise<SchoolClass[]> {
  return (await call<{ classes: SchoolClass[] }>("GET", `/classes${search({ school, archived })}`)).classes;
}

export const fetchClassPage = (id: string): Promise<SchoolClassPage> => call("GET", `/classes/${at(id)}`);

export const makeClass = (school: string, name: string, year: string | null, key?: string): Promise<SchoolClassPage> =>
  make(`/schools/${at(school)}/classes`, { name, year_id: year }, key);

export async function renameClass(id: string, version: number, name: string): Promise<SchoolClassPage> {
  return (await send<SchoolClassPage>("PATCH", `/classes/${at(id)}`, { body: { name }, etag: tag(version) })).data;
}

export const deleteClass = (id: string): Promise<void> => call("DELETE", `/classes/${at(id)}`);
export const archiveClass = (id: string): Promise<SchoolClassPage> => call("POST", `/classes/${at(id)}/archive`);
export const restoreClass = (id: string): Promise<Restored> => call("POST", `/classes/${at(id)}/restore`);

export interface MemberWish {
  role?: Role;
  class_id?: string | null;
  q?: string;
  cursor?: string | null;
  limit?: number;
}

export const fetchMembers = (school: string, wish: MemberWish): Promise<Members> =>
  call("GET", `/schools/${at(school)}/members${search({ ...wish })}`);

export const fetchMember = (school: string, person: string): Promise<Member> =>
  call("GET", `/schools/${at(school)}/members/${at(person)}`);

export const removeMember = (school: string, person: string): Promise<void> =>
  call("DELETE", `/schools/${at(school)}/members/${at(person)}`);

export const giveClass = (school: string, person: string, role: "teacher" | "student", klass: string): Promise<Held> =>
  make(`/schools/${at(school)}/memberships`, { person_id: person, role, class_id: klass });

export async function changeRole(held: Held, role: "administrator" | "teacher"): Promise<Held> {
  const sent = { body: { role }, etag: tag(held.version) };
  return (await send<Held>("PATCH", `/memberships/${at(held.id)}`, sent)).data;
}

export const transfer = (membership: string, klass: string): Promise<Held> =>
  call("POST", `/memberships/${at(membership)}/transfer`, { class_id: klass });

export const endMembership = (id: string): Promise<void> => call("DELETE", `/memberships/${at(id)}`);

export const linkParent = (child: string, parent: string): Promise<void> =>
  call("PUT", `/people/${at(child)}/parents/${at(parent)}`);

export const unlinkParent = (child: string, parent: string): Promise<void> =>
  call("DELETE", `/people/${at(child)}/parents/${at(parent)}`);

export const fetchInvitations = (school: string, cursor: string | null): Promise<Invitations> =>
  call("GET", `/schools/${at(school)}/invitations${search({ cursor })}`);

export const makeInvitation = (school: string, body: NewInvitation, key?: string): Promise<MadeInvitation> =>
  make(`/schools/${at(school)}/invitations`, body, key);

export const revokeInvitation = (id: string): Promise<void> => call("DELETE", `/invitations/${at(id)}`);

export const fetchInvitationCard = (code: string): Promise<InvitationCard> =>
  call("GET", `/invitation-codes/${at(code)}`);

export const acceptInvitation = (code: string, key?: string): Promise<Joined> =>
  send<Joined>("POST", `/invitation-codes/${at(code)}/accept`, { key: key ?? newKey() }).then(({ data }) => data);

export const fetchSchoolCard = (id: string): Promise<SchoolCard> => call("GET", `/schools/${at(id)}/card`);

export const askToJoin = (school: string, body: NewRequest, key?: string): Promise<JoinRequest> =>
  make(`/schools/${at(school)}/requests`, body, key);

export const fetchRequests = (school: string, cursor: string | null = null): Promise<JoinRequests> =>
  call("GET", `/schools/${at(school)}/requests${search({ limit: 200, cursor })}`);

export const fetchOwnRequests = (): Promise<JoinRequests> => call("GET", "/me/requests?limit=200");

export async function acceptRequest(id: string, body: { class_id?: string; child_id?: string } = {}): Promise<void> {
  await send("POST", `/requests/${at(id)}/accept`, { body, outlives: true });
}

export async function declineRequest(id: string): Promise<void> {
  await send("POST", `/requests/${at(id)}/decline`, { outlives: true });
}

export const withdrawRequest = (id: string): Promise<void> => call("DELETE", `/requests/${at(id)}`);

/** Sends a table to be read. Nothing is done with it yet. */
export async function readTable(school: string, file: File, klass: string | null, role: "teacher" | "student"): Promise<Import> {
  const query = search({ file_name: file.name.slice(0, 200), class_id: klass, role });
  const typed = new Blob([file], { type: file.name.toLowerCase().endsWith(".csv") ? "text/csv" : "application/octet-stream" });
  return (await send<Import>("POST", `/schools/${at(school)}/imports${query}`, { file: typed, timeoutMs: 60_000 })).data;
}

export const fetchImport = (id: string): Promise<Import> => call("GET", `/imports/${at(id)}`);

export async function applyImport(id: string, way: Way): Promise<Taken[]> {
  return (await call<{ items: Taken[] }>("POST", `/imports/${at(id)}/apply`, { way }, 120_000)).items;
}

export const fetchRollOut = (region: string): Promise<RollOut> => call("GET", `/regions/${at(region)}/roll-out`);

/** Where the roll-out is taken as a table for spreadsheets. */
export const rollOutFile = (region: string): string => `/api/v1/regions/${at(region)}/roll-out.csv`;
