import { useState } from "preact/hooks";
import { ApiError } from "../api/http";
import { type Key, t } from "../i18n";
import { forget } from "./session";

const WORDS: Readonly<Record<string, Key>> = {
  offline: "problem.offline",
  not_found: "problem.gone",
  forbidden: "problem.forbidden",
  last_administrator: "people.last",
  class_exists: "problem.classExists",
  class_not_empty: "problem.classNotEmpty",
  year_exists: "problem.yearExists",
  archived: "problem.archived",
  already_member: "problem.alreadyMember",
  in_another_class: "problem.inAnotherClass",
  role_fixed: "problem.roleFixed",
  invitation_expired: "problem.invitationExpired",
  invitation_spent: "problem.invitationSpent",
  invitation_not_yours: "problem.invitationNotYours",
  request_open: "problem.requestOpen",
  request_decided: "problem.requestDecided",
  request_under_way: "problem.underWay",
  import_applied: "problem.importApplied",
  import_has_errors: "problem.importHasErrors",
  invalid_table: "problem.invalidTable",
  invalid_picture: "problem.invalidPicture",
  body_too_large: "problem.tooLarge",
  invalid_body: "problem.invalid",
  precondition_failed: "problem.changed",
  too_many_requests: "problem.tooMany",
  busy: "problem.busy",
  chat_busy: "problem.busy",
  uploads_busy: "problem.busy",
  not_a_contact: "problem.notAContact",
  not_for_them: "problem.notForThem",
  too_late: "problem.tooLate",
  poll_closed: "problem.pollClosed",
  message_deleted: "problem.messageDeleted",
  too_many: "problem.tooManyHere",
  restricted_word: "problem.restrictedWord",
  storage_full: "problem.storageFull",
  quota_exceeded: "problem.quota",
  file_too_large: "problem.fileTooLarge",
  name_taken: "problem.nameTaken",
  folder_too_deep: "problem.folderTooDeep",
  too_many_folders: "problem.tooManyFolders",
  folder_inside_itself: "problem.folderInside",
  too_many_uploads: "problem.tooManyUploads",
  upload_over: "problem.uploadOver",
  infected: "problem.infected",
  scan_failed: "problem.scanFailed",
  not_a_video: "problem.notAVideo",
  not_a_picture: "problem.notAPicture",
};

/** What the platform refused, as an error of ours whatever it was. */
export function asApiError(error: unknown): ApiError {
  return error instanceof ApiError ? error : new ApiError({ status: 0, code: "offline" });
}

/** What happened and what to do, in words. */
export function explain(error: ApiError): string {
  return explainCode(error.code, error.problem.word);
}

/** `word` is the one that a school does not allow, where the platform says which. */
export function explainCode(code: string, word?: string): string {
  if (code === "restricted_word" && word !== undefined) return t("problem.thisWord", { word });
  return t(WORDS[code] ?? "problem.other");
}

export interface Doing {
  trouble: ApiError | null;
  /** Does something; true when it went well. What went wrong stays in `trouble` until the next try. */
  run(work: () => Promise<unknown>): Promise<boolean>;
  clear(): void;
}

/** A thing a person does that may be refused. */
export function useDoing(): Doing {
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  return {
    trouble,
    clear: () => setTrouble(null),
    async run(work) {
      setTrouble(null);
      try {
        await work();
        return true;
      } catch (error) {
        const problem = asApiError(error);
        // A wrong password or code is a 401 as well.
        if (problem.code === "not_signed_in") forget();
        else setTrouble(problem);
        return false;
      }
    },
  };
}
