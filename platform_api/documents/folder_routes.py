"""Calls about folders."""

from __future__ import annotations

from aiohttp import web
from msgspec import UNSET
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.files import access_folder
from platform_api.access.places import PlaceAccess, access_class_place, access_own_place, access_school_place
from platform_api.documents import folders
from platform_api.documents.queries import folder_for
from platform_api.documents.rules import EditFolder, Folder, NewFolder, clean_name
from platform_api.http import Answer, operation
from platform_api.memberships.change import Change
from platform_api.people.queries import Viewer
from platform_api.services import Services

REFUSED = (errors.Forbidden, errors.Archived)
NOT_MADE = (errors.NameTaken, errors.FolderTooDeep, errors.TooManyFolders)
routes = web.RouteTableDef()


@operation(routes, "POST", "/api/v1/me/folders", body=NewFolder, answers={201: Folder}, tag="files", idempotent=True,
           problems=(*REFUSED, *NOT_MADE, errors.NotFound))  # fmt: skip
async def make_own_folder(viewer: Viewer, conn: AsyncConnection, parts: Services, body: NewFolder) -> Answer:
    """Make a folder in one's own cloud."""
    return await _make(viewer, conn, parts, await access_own_place(conn, viewer), body)


@operation(routes, "POST", "/api/v1/schools/{school_id}/folders", body=NewFolder, answers={201: Folder}, tag="files",
           idempotent=True, problems=(*REFUSED, *NOT_MADE))  # fmt: skip
async def make_school_folder(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewFolder
) -> Answer:
    """Make a folder among a school's documents or videos."""
    return await _make(viewer, conn, parts, await access_school_place(conn, viewer, school_id), body)


@operation(routes, "POST", "/api/v1/classes/{class_id}/folders", body=NewFolder, answers={201: Folder}, tag="files",
           idempotent=True, problems=(*REFUSED, *NOT_MADE))  # fmt: skip
async def make_class_folder(
    viewer: Viewer, conn: AsyncConnection, parts: Services, class_id: str, body: NewFolder
) -> Answer:
    """Make a folder among a class's documents or videos."""
    return await _make(viewer, conn, parts, await access_class_place(conn, viewer, class_id), body)


@operation(routes, "PATCH", "/api/v1/folders/{folder_id}", body=EditFolder, answers={200: Folder}, tag="files",
           problems=(*REFUSED, *NOT_MADE, errors.FolderInsideItself))  # fmt: skip
async def edit_folder(
    viewer: Viewer, conn: AsyncConnection, parts: Services, folder_id: str, body: EditFolder
) -> Folder:
    """Rename a folder, or move it into another one of the same place."""
    found = await access_folder(conn, viewer, folder_id, edit=True)
    change = Change(conn, viewer, parts.now())
    if body.parent_id is not UNSET:
        await folders.move_folder(change, viewer, found, body.parent_id)
        found = await access_folder(conn, viewer, folder_id)
    if body.name is not UNSET:
        await folders.rename_folder(change, found, clean_name(body.name, "name"))
    return folder_for(await access_folder(conn, viewer, folder_id))


@operation(routes, "DELETE", "/api/v1/folders/{folder_id}", answers={204: None}, problems=REFUSED, tag="files")
async def trash_folder(viewer: Viewer, conn: AsyncConnection, parts: Services, folder_id: str) -> None:
    """Put a folder into the trash with all that stands in it."""
    found = await access_folder(conn, viewer, folder_id, edit=True)
    await folders.trash_folder(Change(conn, viewer, parts.now()), found)


@operation(routes, "POST", "/api/v1/folders/{folder_id}/restore", answers={200: Folder}, tag="files",
           problems=(*REFUSED, errors.NameTaken, errors.TooManyFolders))  # fmt: skip
async def restore_folder(viewer: Viewer, conn: AsyncConnection, parts: Services, folder_id: str) -> Folder:
    """Take a folder out of the trash with what went there with it; that it is not there is no error."""
    found = await access_folder(conn, viewer, folder_id, edit=True, trashed=True)
    await folders.restore_folder(Change(conn, viewer, parts.now()), found)
    return folder_for(await access_folder(conn, viewer, folder_id))


async def _make(viewer: Viewer, conn: AsyncConnection, parts: Services, place: PlaceAccess, body: NewFolder) -> Answer:
    change = Change(conn, viewer, parts.now())
    name = clean_name(body.name, "name")
    folder_id = await folders.make_folder(change, viewer, place, body.section, body.parent_id, name)
    return Answer(folder_for(await access_folder(conn, viewer, folder_id)))
