"""Calls about files: listings of a cloud, a school, a class; one file; copies; the trash."""

from __future__ import annotations

from typing import Any

from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.files import FileAccess, access_file
from platform_api.access.places import PlaceAccess, access_class_place, access_own_place, access_school_place
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.documents import filing
from platform_api.documents.folders import require_folder
from platform_api.documents.queries import (
    coming,
    describe_files,
    describe_one,
    list_place,
    page_links,
    path_to,
    readers_of,
    usage,
)
from platform_api.documents.rules import (
    EditFile,
    File,
    FileDetails,
    Files,
    FilesQuery,
    Listing,
    ListingQuery,
    NewCopy,
    clean_name,
)
from platform_api.errors import InvalidBody
from platform_api.http import Answer, operation
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.schema import files, folders
from platform_api.services import Services

MAX_FOUND = 50
routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/me/files", query=ListingQuery, answers={200: Listing}, tag="files",
           problems=(errors.NotFound,))  # fmt: skip
async def list_own_files(viewer: Viewer, conn: AsyncConnection, parts: Services, query: ListingQuery) -> Listing:
    """One's own cloud: a folder of it, what is called so, or the trash."""
    return await _list(conn, parts, viewer, await access_own_place(conn, viewer), query)


@operation(routes, "GET", "/api/v1/schools/{school_id}/files", query=ListingQuery, answers={200: Listing}, tag="files")
async def list_school_files(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, query: ListingQuery
) -> Listing:
    """Documents and videos of a school."""
    return await _list(conn, parts, viewer, await access_school_place(conn, viewer, school_id), query)


@operation(routes, "GET", "/api/v1/classes/{class_id}/files", query=ListingQuery, answers={200: Listing}, tag="files")
async def list_class_files(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, query: ListingQuery
) -> Listing:
    """Documents and videos of a class."""
    return await _list(conn, parts, viewer, await access_class_place(conn, viewer, class_id), query)


@operation(routes, "GET", "/api/v1/files", query=FilesQuery, answers={200: Files}, tag="files")
async def find_files(viewer: Viewer, conn: AsyncConnection, parts: Services, query: FilesQuery) -> Files:
    """Files by their ids, with new links: what a page of a chat shows. Those one may not read are left out."""
    ids = list(dict.fromkeys(query.ids.split(",")))
    if len(ids) > MAX_FOUND:
        raise errors.InvalidQuery(f"At most {MAX_FOUND} files are asked for at once - at `$.ids`")
    found = await describe_files(parts, conn, viewer, ids)
    return Files([found[file_id] for file_id in ids if file_id in found])


@operation(routes, "GET", "/api/v1/files/{file_id}", answers={200: FileDetails}, tag="files")
async def show_file(viewer: Viewer, conn: AsyncConnection, parts: Services, file_id: str) -> FileDetails:
    """One file, with new links, pictures of its pages, and who can see it."""
    found = await access_file(conn, viewer, file_id, trashed=True)
    shown = await describe_one(conn, parts.links, viewer, found)
    return FileDetails(
        **{name: getattr(shown, name) for name in File.__struct_fields__},
        page_links=await page_links(conn, parts.links, viewer, found),
        readers=await readers_of(conn, found),
    )


@operation(
    routes,
    "PATCH",
    "/api/v1/files/{file_id}",
    body=EditFile,
    answers={200: File},
    problems=(errors.Forbidden, errors.Archived),
    tag="files",
)
async def edit_file(viewer: Viewer, conn: AsyncConnection, parts: Services, file_id: str, body: EditFile) -> File:
    """Rename a file, move it to another folder of its place, say what a picture shows."""
    found = await access_file(conn, viewer, file_id, edit=True)
    change = Change(conn, viewer, parts.now())
    if body.folder_id is not UNSET:
        await filing.move_file(change, viewer, found, body.folder_id)
        found = await access_file(conn, viewer, file_id)
    if body.name is not UNSET:
        await filing.rename_file(change, found, clean_name(body.name, "name"))
    if body.caption is not UNSET:
        await filing.caption_file(change, found, body.caption)
    return await _shown(conn, parts, viewer, file_id)


@operation(
    routes,
    "DELETE",
    "/api/v1/files/{file_id}",
    answers={204: None},
    problems=(errors.Forbidden, errors.Archived),
    tag="files",
)
async def trash_file(viewer: Viewer, conn: AsyncConnection, parts: Services, file_id: str) -> None:
    """Put a file into the trash, where it can be taken out for 30 days; one of an album or an article is gone at once.

    Nobody reads it meanwhile, in chats neither.
    """
    found = await access_file(conn, viewer, file_id, edit=True)
    await filing.trash_file(Change(conn, viewer, parts.now()), found)


@operation(
    routes,
    "POST",
    "/api/v1/files/{file_id}/restore",
    answers={200: File},
    problems=(errors.Forbidden, errors.Archived),
    tag="files",
)
async def restore_file(viewer: Viewer, conn: AsyncConnection, parts: Services, file_id: str) -> File:
    """Take a file out of the trash; that it is not there is no error."""
    found = await access_file(conn, viewer, file_id, edit=True, trashed=True)
    await filing.restore_file(Change(conn, viewer, parts.now()), found)
    return await _shown(conn, parts, viewer, file_id)


@operation(
    routes,
    "POST",
    "/api/v1/files/{file_id}/copies",
    body=NewCopy,
    answers={201: File},
    problems=(errors.Forbidden, errors.Archived, errors.QuotaExceeded, errors.NotAVideo),
    idempotent=True,
    tag="files",
)
async def copy_file(viewer: Viewer, conn: AsyncConnection, parts: Services, file_id: str, body: NewCopy) -> Answer:
    """Put a file that one may read into one's own cloud, a school or a class as well. No bytes are moved."""
    found = await access_file(conn, viewer, file_id)
    place = await place_named(conn, viewer, body.to, body.id)
    place.require_post()
    require_kind(found.kind, body.section)
    await require_room(conn, parts, place, found.size)
    await require_folder(conn, viewer, place, body.section, body.folder_id)
    copied = await filing.put_file(
        Change(conn, viewer, parts.now()),
        place,
        viewer.id,
        found.content_id,
        found.name,
        body.section,
        folder_id=body.folder_id,
    )
    return Answer(await _shown(conn, parts, viewer, copied))


@operation(routes, "DELETE", "/api/v1/me/trash", answers={204: None}, tag="files")
async def empty_own_trash(viewer: Viewer, conn: AsyncConnection, parts: Services) -> None:
    """Delete for good what is in the trash of one's own cloud."""
    place = await access_own_place(conn, viewer)
    await filing.empty_trash(Change(conn, viewer, parts.now()), place.holds(files), place.holds(folders))


@operation(
    routes,
    "DELETE",
    "/api/v1/schools/{school_id}/trash",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="files",
)
async def empty_school_trash(viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str) -> None:
    """Delete for good what is in the trash of a school's sections; administrators do."""
    school = await access_school(conn, viewer, school_id, Action.MANAGE_MATERIALS)
    place = await access_school_place(conn, viewer, school.id)
    await _empty(conn, parts, viewer, place)


@operation(
    routes,
    "DELETE",
    "/api/v1/classes/{class_id}/trash",
    answers={204: None},
    problems=(errors.Forbidden, errors.Archived),
    tag="files",
)
async def empty_class_trash(viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str) -> None:
    """Delete for good what is in the trash of a class's sections."""
    place = await access_class_place(conn, viewer, class_id)
    place.require_post()
    await _empty(conn, parts, viewer, place)


async def place_named(conn: AsyncConnection, viewer: Viewer, kind: str, place_id: str | None) -> PlaceAccess:
    """A place as a body names it. Raises NotFound, InvalidBody."""
    if kind == "own":
        if place_id is not None:
            raise InvalidBody("Your own cloud has no id - at `$.id`")
        return await access_own_place(conn, viewer)
    if place_id is None:
        raise InvalidBody("Say which - at `$.id`")
    access = access_school_place if kind == "school" else access_class_place
    return await access(conn, viewer, place_id)


def require_kind(kind: str, section: str) -> None:
    """Raises NotAVideo, NotAPicture for what does not belong into a section."""
    if section == "videos" and kind != "video":
        raise errors.NotAVideo
    if section == "albums" and kind not in ("picture", "video"):
        raise errors.NotAPicture


async def require_room(conn: AsyncConnection, parts: Services, place: PlaceAccess, size: int) -> None:
    """Raises QuotaExceeded."""
    found = await usage(conn, parts, place)
    if found.used + await coming(conn, place) + size > found.quota:
        parts.metrics.uploads.labels("quota_exceeded").inc()
        raise errors.QuotaExceeded(extra={"used": found.used, "quota": found.quota, "size": size})


async def _empty(conn: AsyncConnection, parts: Services, viewer: Viewer, place: PlaceAccess) -> None:
    change = Change(conn, viewer, parts.now())
    count = await filing.empty_trash(change, place.holds(files), place.holds(folders))
    await change.audit("trash.emptied", place.class_id or place.school_id or "", school_id=place.school_id,
                       data={"files": count})  # fmt: skip


async def _list(
    conn: AsyncConnection, parts: Services, viewer: Viewer, place: PlaceAccess, query: ListingQuery
) -> Listing:
    folder = await require_folder(conn, viewer, place, query.section, query.folder_id)
    path: list[Any] = [] if folder is None else await path_to(conn, folder)
    return await list_place(conn, parts, viewer, place, query, path)


async def _shown(conn: AsyncConnection, parts: Services, viewer: Viewer, file_id: str) -> File:
    found: FileAccess = await access_file(conn, viewer, file_id)
    return await describe_one(conn, parts.links, viewer, found)
