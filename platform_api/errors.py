"""Refusals of the platform as RFC 9457 problem documents, each with a stable code."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from platform_api.language import RUSSIAN, Language

PROBLEM_TYPE = "application/problem+json"


class ApiError(Exception):
    """Base of all refusals: `status` and `code` are stable, `detail` says it in English.

    In Russian it stands in `language.RUSSIAN`, by the code. `extra` holds members beside the standard ones
    (RFC 9457, section 3.2).
    """

    status: ClassVar[int] = 500
    code: ClassVar[str] = "internal_error"
    detail: ClassVar[str] = "Something failed on the server; the call may be repeated."

    def __init__(
        self,
        detail: str | None = None,
        *,
        retry_after: int | None = None,
        extra: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail or self.detail)
        self.text = detail or self.detail
        self.extra = dict(extra or {})
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    def response(self, language: Language = "en") -> web.Response:
        """The problem document as an HTTP response, in a person's language."""
        title = RUSSIAN.get(self.code, self.detail) if language == "ru" else self.detail
        detail = title if self.text == self.detail else self.text
        return problem(
            self.status, self.code, detail, title=title, language=language, extra=self.extra, headers=self.headers
        )


class MalformedJson(ApiError):
    """The body is not JSON."""

    status, code, detail = 400, "malformed_json", "The body is not valid JSON."


class BrokenBody(ApiError):
    """The body broke off: its sender has left, or its framing is not HTTP's (RFC 9112, section 8)."""

    status, code, detail = 400, "broken_body", "The body ended before its end."


class SlowBody(ApiError):
    """The body did not come in time (RFC 9110, section 15.5.9)."""

    status, code, detail = 408, "slow_body", "The body did not come in time."


class InvalidBody(ApiError):
    """The body is JSON but not of the documented form."""

    status, code, detail = 422, "invalid_body", "The body is not of the documented form."


class InvalidQuery(ApiError):
    """The query is not of the documented form."""

    status, code, detail = 422, "invalid_query", "The query is not of the documented form."


class InvalidIdempotencyKey(ApiError):
    """The header Idempotency-Key is not 1 to 128 visible ASCII characters."""

    status, code, detail = 422, "invalid_idempotency_key", "Idempotency-Key takes 1 to 128 visible ASCII characters."


class IdempotencyKeyReused(ApiError):
    """The key was used for another call, or for the same one with another body."""

    status, code, detail = 422, "idempotency_key_reused", "This Idempotency-Key belongs to another call."


class RequestUnderWay(ApiError):
    """The call with this key is being done at this moment."""

    status, code, detail = 409, "request_under_way", "The same call is under way; ask again in a moment."


class PreconditionFailed(ApiError):
    """Somebody else has changed the thing since it was read; the header ETag names the present version."""

    status, code, detail = 412, "precondition_failed", "It was changed since you read it; read it again, then edit."


class PreconditionRequired(ApiError):
    """An edit without If-Match would silently overwrite what others did."""

    status, code, detail = 428, "precondition_required", "Send If-Match with the ETag of what you edit."


class TooManyRequests(ApiError):
    """More calls than one person, or one address, may make."""

    status, code, detail = 429, "too_many_requests", "Too many calls; wait a moment."


class UnsupportedMediaType(ApiError):
    """A body that does not say it is JSON; plain HTML forms of other sites can only send such ones."""

    status, code, detail = 415, "unsupported_media_type", "Send the body as application/json."


class BodyTooLarge(ApiError):
    """More bytes than the server reads."""

    status, code, detail = 413, "body_too_large", "The body is larger than this call takes."


class BadHost(ApiError):
    """A Host header that is no host name."""

    status, code, detail = 400, "bad_host", "The Host header is not a host name."


class CrossSite(ApiError):
    """A changing call that another site may have made in the person's browser."""

    status, code, detail = 403, "cross_site", "A changing call without a JSON body needs the header X-Sfera: 1."


class NotSignedIn(ApiError):
    """No session, or one that has ended."""

    status, code, detail = 401, "not_signed_in", "Sign in first."


class WrongCredentials(ApiError):
    """The login is unknown or the password is not its; which of the two is not told."""

    status, code, detail = 401, "wrong_credentials", "The name or the password is wrong."


class CodeNeeded(ApiError):
    """The password is right, and the person has a second step."""

    status, code, detail = 401, "code_needed", "Send a code of the authenticator, or a recovery code."


class WrongCode(ApiError):
    """The code of the second step is wrong, or was used already."""

    status, code, detail = 401, "wrong_code", "The code is wrong or was used; wait for the next one."


class SecondStepRequired(ApiError):
    """Administrators here have a second step of signing in; this one has not set it yet."""

    status, code, detail = 403, "second_step_required", "Administrators set a second step of signing in first."


class AccountInactive(ApiError):
    """The account waits for a parent's consent; the problem's member `reason` says whether it was there once."""

    status, code, detail = 403, "account_inactive", "The account waits for a parent's consent."


class LoginTaken(ApiError):
    """Somebody else signs in by this name."""

    status, code, detail = 409, "login_taken", "This login is taken."


class LinkExpired(ApiError):
    """A link to set a new password that was used, has expired or never was."""

    status, code, detail = 409, "link_expired", "The link can no longer be used; ask for a new one."


class TotpSet(ApiError):
    """The second step is in force already."""

    status, code, detail = 409, "totp_set", "The second step is in force already."


class TotpNotSet(ApiError):
    """There is no second step, or no secret that waits for its first code."""

    status, code, detail = 409, "totp_not_set", "There is no second step to confirm or to remove."


class CurrentSession(ApiError):
    """The session by which this call came; one signs out of it."""

    status, code, detail = 409, "current_session", "This is the session you use; sign out instead."


class SignInStateInvalid(ApiError):
    """The state of a sign-in elsewhere is unknown, used, expired, or belongs to another browser."""

    status, code, detail = 403, "sign_in_state_invalid", "The sign-in was begun in another browser, or too long ago."


class ProviderRefused(ApiError):
    """The provider did not confirm who the person is, or what it sent does not hold."""

    status, code, detail = 403, "provider_refused", "The provider did not confirm the sign-in."


class ProviderUnavailable(ApiError):
    """The provider does not answer."""

    status, code, detail = 503, "provider_unavailable", "The provider does not answer; try again in a moment."


class NoArrival(ApiError):
    """Nobody came from a provider in this browser just now."""

    status, code, detail = 409, "no_arrival", "Nobody has come from a provider in this browser; begin again."


class IdentityInUse(ApiError):
    """The account at the provider is linked with somebody, or the person has another one of that provider."""

    status, code, detail = 409, "identity_in_use", "That account is linked with another person, or yours with another."


class LastWayIn(ApiError):
    """Without it the person could not sign in any more."""

    status, code, detail = 409, "last_way_in", "It is the only way you sign in; set a password or link another first."


class TooManyAttempts(ApiError):
    """Too many wrong passwords for one login from one address."""

    status, code, detail = 429, "too_many_attempts", "Too many wrong passwords; wait before the next try."


class Busy(ApiError):
    """More sign-ins wait for their password to be checked than the server lets wait."""

    status, code, detail = 503, "busy", "Many people are signing in just now; try again in a moment."


class Forbidden(ApiError):
    """The thing may be seen, but this may not be done with it."""

    status, code, detail = 403, "forbidden", "You may not do this."


class NotFound(ApiError):
    """It does not exist, or not for this person; which of the two is not told."""

    status, code, detail = 404, "not_found", "There is nothing here."


class MethodNotAllowed(ApiError):
    """The address exists, the method does not."""

    status, code, detail = 405, "method_not_allowed", "This address does not take that method."


class LessonRunning(ApiError):
    """The class has a lesson already; the problem's member `lesson` is that lesson."""

    status, code, detail = 409, "lesson_running", "A lesson of this class is going on already."


class LessonEnded(ApiError):
    """The lesson is over."""

    status, code, detail = 409, "lesson_ended", "The lesson has ended."


class ClassExists(ApiError):
    """Another class of the same year has that name."""

    status, code, detail = 409, "class_exists", "There is a class of that name already."


class ClassNotEmpty(ApiError):
    """Somebody is or was in the class; it can be archived, not deleted."""

    status, code, detail = 409, "class_not_empty", "People were in this class; archive it."


class YearExists(ApiError):
    """The school has a year of that name."""

    status, code, detail = 409, "year_exists", "There is a school year of that name already."


class Archived(ApiError):
    """The class, or its school year, is archived: it can be read, not changed, and nobody joins it."""

    status, code, detail = 409, "archived", "This class is archived; an administrator may restore its year."


class AlreadyMember(ApiError):
    """The person holds that role there already."""

    status, code, detail = 409, "already_member", "This person is a member there already."


class InAnotherClass(ApiError):
    """A student is in one class at a time; an administrator may transfer them."""

    status, code, detail = 409, "in_another_class", "The student is in another class; ask for a transfer."


class LastAdministrator(ApiError):
    """A school is never left without an administrator."""

    status, code, detail = 409, "last_administrator", "This is the only administrator. Appoint another first."


class RoleFixed(ApiError):
    """Only administrators and teachers change places; students and parents are what they are."""

    status, code, detail = 409, "role_fixed", "Only administrators and teachers can be given another role."


class InvitationExpired(ApiError):
    """The invitation's time is over."""

    status, code, detail = 409, "invitation_expired", "The invitation has expired; ask for a new one."


class InvitationSpent(ApiError):
    """As many people as it was for have used it."""

    status, code, detail = 409, "invitation_spent", "The invitation has been used; ask for a new one."


class InvitationNotYours(ApiError):
    """A child cannot become its own parent, and an invitation for one account opens no other."""

    status, code, detail = 403, "invitation_not_yours", "This invitation is for somebody else."


class RequestOpen(ApiError):
    """The person waits for this school's decision already."""

    status, code, detail = 409, "request_open", "You have asked already; the school has not decided yet."


class RequestDecided(ApiError):
    """The request was accepted, declined or withdrawn before."""

    status, code, detail = 409, "request_decided", "This request was decided already."


class InvalidTable(ApiError):
    """The file is no table, or a larger one than is taken."""

    status, code, detail = 422, "invalid_table", "The file is not a table that can be read."


class ImportApplied(ApiError):
    """The table was taken over before."""

    status, code, detail = 409, "import_applied", "This table was applied already."


class ImportHasErrors(ApiError):
    """Lines are wrong, or became wrong since the preview; nothing was done."""

    status, code, detail = 409, "import_has_errors", "Lines of the table have errors; nothing was done."


class InvalidPicture(ApiError):
    """Not a PNG, JPEG or WebP picture."""

    status, code, detail = 422, "invalid_picture", "Send a PNG, JPEG or WebP picture."


class ErasureRequested(ApiError):
    """The deletion was asked for before and waits for its day."""

    status, code, detail = 409, "erasure_requested", "The deletion was asked for already."


class WrongConfirmation(ApiError):
    """What cannot be undone is confirmed in writing, by the login."""

    status, code, detail = 422, "wrong_confirmation", "The confirmation is not the login of the account."


class BroadcastRunning(ApiError):
    """The lesson is on air already; the problem's member `broadcast` is that broadcast."""

    status, code, detail = 409, "broadcast_running", "This lesson is being broadcast already."


class TooManyStreamKeys(ApiError):
    """The lesson has as many stream keys as it may have."""

    status, code, detail = 409, "too_many_stream_keys", "The lesson has too many stream keys."


class CallFull(ApiError):
    """As many people as the room takes are in it."""

    status, code, detail = 409, "call_full", "The lesson is full."


class MediaUnavailable(ApiError):
    """The media node does not answer."""

    status, code, detail = 503, "media_unavailable", "The media server does not answer; try again in a moment."


class HlsUnavailable(ApiError):
    """The hls process does not answer."""

    status, code, detail = 503, "hls_unavailable", "The broadcast server does not answer; try again in a moment."


class ResyncRequired(ApiError):
    """The cursor reaches back further than the event log, or into another one; the member `cursor` is the log's end."""

    status, code, detail = 410, "resync_required", "Too much has happened since; read everything again."


class EventStreamBusy(ApiError):
    """The session holds as many event sockets open as it may."""

    status, code, detail = 429, "event_stream_busy", "Too many pages are open; close some."


class StorageFull(ApiError):
    """There is no space left where files are kept."""

    status, code, detail = 507, "storage_full", "There is no space left for files on the server."


class StorageUnavailable(ApiError):
    """The service that keeps files does not answer."""

    status, code, detail = 503, "storage_unavailable", "Files cannot be reached now; try again in a minute."


class FileTooLarge(ApiError):
    """A file over the server's limit; `limit` says how many bytes it may have."""

    status, code, detail = 413, "file_too_large", "The file is larger than the server takes."


class QuotaExceeded(ApiError):
    """There is no room for the file in the cloud or the school; `used`, `quota` and `size` are bytes."""

    status, code, detail = 409, "quota_exceeded", "There is no room left for this file."


class UploadsBusy(ApiError):
    """As many pieces are being received as the server takes at once."""

    status, code, detail = 503, "uploads_busy", "Many files are being uploaded now; try again in a moment."


class TooManyUploads(ApiError):
    """The person has many unfinished uploads."""

    status, code, detail = 409, "too_many_uploads", "Too many uploads are unfinished; finish or cancel one first."


class TooManyPieces(ApiError):
    """A file that comes in very small pieces."""

    status, code, detail = 409, "too_many_pieces", "The file comes in too many small pieces; upload it anew."


class InvalidUpload(ApiError):
    """Headers of an upload that are not as tus 1.0 says, or a target there is not."""

    status, code, detail = 422, "invalid_upload", "The headers of the upload are not of the documented form."


class TusVersion(ApiError):
    """Another version of tus."""

    status, code, detail = 412, "tus_version", "Send Tus-Resumable: 1.0.0."


class UploadOffsetMismatch(ApiError):
    """The piece does not begin where the last one ended; `received` says where that is."""

    status, code, detail = 409, "upload_offset_mismatch", "The piece begins at another place than the last one ended."


class UploadLocked(ApiError):
    """Another piece of the same upload is being received."""

    status, code, detail = 423, "upload_locked", "A piece of this upload is being received already."


class UploadOver(ApiError):
    """The upload is complete, or was refused."""

    status, code, detail = 409, "upload_over", "This upload is over."


class ChecksumMismatch(ApiError):
    """The piece is not the one whose checksum was sent; nothing of it was kept (tus, Checksum)."""

    status, code, detail = 460, "checksum_mismatch", "The piece was damaged on its way; send it again."


class RangeNotSatisfiable(ApiError):
    """The range begins behind the end of the file."""

    status, code, detail = 416, "range_not_satisfiable", "The file has no such part."


class Infected(ApiError):
    """The scanner found something in the file."""

    status, code, detail = 422, "infected", "The file holds malware and was not kept."


class ScanFailed(ApiError):
    """The scanner could not look into the file."""

    status, code, detail = 422, "scan_failed", "The file could not be checked for malware and was not kept."


class NotAVideo(ApiError):
    """Something else in the section of videos."""

    status, code, detail = 422, "not_a_video", "Only videos stand here."


class NotAPicture(ApiError):
    """Something that is neither a picture nor a video in an album."""

    status, code, detail = 422, "not_a_picture", "An album takes pictures and videos."


class NameTaken(ApiError):
    """A folder of this name stands there already."""

    status, code, detail = 409, "name_taken", "There is a folder of this name already."


class FolderTooDeep(ApiError):
    """More folders in one another than there may be."""

    status, code, detail = 409, "folder_too_deep", "Folders stand at most eight deep in one another."


class FolderInsideItself(ApiError):
    """A folder moved into one that stands in it."""

    status, code, detail = 409, "folder_inside_itself", "A folder cannot be moved into itself."


class TooManyFolders(ApiError):
    """A folder with as many folders as it may have."""

    status, code, detail = 409, "too_many_folders", "There are too many folders here."


class AlbumFull(ApiError):
    """An album with as many files as it may have."""

    status, code, detail = 409, "album_full", "The album is full."


class NotAWebSocket(ApiError):
    """A plain request where a WebSocket is opened."""

    status, code, detail = 426, "not_a_websocket", "Open a WebSocket here."


class NotBuilt(ApiError):
    """There is no web client to serve."""

    status, code, detail = 503, "not_built", "The web client is not built; see README.md."


class NotAContact(ApiError):
    """Somebody of the chat is not, or not any more, a person one may write to; the member `people` holds their ids."""

    status, code, detail = 403, "not_a_contact", "You may not write to everybody here."


class NotForThem(ApiError):
    """Somebody who reads the chat may not read what was to be forwarded there."""

    status, code, detail = 403, "not_for_them", "Not everybody in that chat may read this message."


class TooLate(ApiError):
    """The time in which one may edit and delete one's own messages is over."""

    status, code, detail = 409, "too_late", "This message can no longer be changed."


class MessageDeleted(ApiError):
    """The message, or the comment sent under this client id, was deleted; nothing can be done with it."""

    status, code, detail = 409, "message_deleted", "This message was deleted."


class ClientIdReused(ApiError):
    """The author has sent another message under this client id."""

    status, code, detail = 409, "client_id_reused", "This client id belongs to another message."


class PollClosed(ApiError):
    """The poll takes no votes any more."""

    status, code, detail = 409, "poll_closed", "The poll is closed."


class PollAnonymous(ApiError):
    """Nobody is told who voted for what."""

    status, code, detail = 409, "poll_anonymous", "The poll is anonymous."


class TooMany(ApiError):
    """More of something than there may be; the member `limit` says how many."""

    status, code, detail = 409, "too_many", "There are too many already."


class RestrictedWord(ApiError):
    """The message holds a word that the school does not let through; the member `word` is that word."""

    status, code, detail = 422, "restricted_word", "The school does not allow a word of this message."


class ChatBusy(ApiError):
    """More messages wait to be written than the server lets wait."""

    status, code, detail = 503, "chat_busy", "Many messages are being sent; try again in a moment."


class SignatureInvalid(ApiError):
    """A webhook that the media node did not sign, or not for this call, or that was sent twice."""

    status, code, detail = 401, "signature_invalid", "The call is not signed by the media node."


def all_codes() -> list[str]:
    """Every refusal code, so that each has its metric from the first second."""
    return sorted({cls.code for cls in _tree(ApiError)} | {"http_error"})


def problem(
    status: int,
    code: str,
    detail: str,
    *,
    title: str = "",
    language: Language = "en",
    extra: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> web.Response:
    """An RFC 9457 problem document. `title` says what the code means, `detail` what is special about this occurrence.

    `extra` may hold msgspec structs.
    """
    document: dict[str, Any] = {
        "type": f"urn:sfera:problem:{code}",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    document.update(extra or {})
    response = web.Response(
        body=msgspec.json.encode(document), status=status, content_type=PROBLEM_TYPE, headers=dict(headers or {})
    )
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = language
    return response


def _tree(cls: type[ApiError]) -> set[type[ApiError]]:
    found = {cls}
    for child in cls.__subclasses__():
        found |= _tree(child)
    return found
