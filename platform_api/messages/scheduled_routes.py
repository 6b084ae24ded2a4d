"""Posts for later, in channels."""

from __future__ import annotations

from aiohttp import web
from msgspec import structs
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.chats import ChatAccess, access_chat
from platform_api.chats.queries import may_schedule
from platform_api.http import operation
from platform_api.messages import scheduling
from platform_api.messages.routes import CHAT, clean_poll
from platform_api.messages.scheduling import NewScheduledPost, ScheduledPost, ScheduledPosts
from platform_api.people.queries import Viewer
from platform_api.services import Services
from platform_api.texts import clean_text

routes = web.RouteTableDef()


@operation(
    routes,
    "GET",
    CHAT + "/scheduled",
    answers={200: ScheduledPosts},
    problems=(errors.Forbidden,),
    tag="messages",
)
async def list_scheduled(viewer: Viewer, conn: AsyncConnection, chat_id: str) -> ScheduledPosts:
    """One's posts that wait for their time in a channel."""
    return ScheduledPosts(await scheduling.list_own(conn, viewer, await _channel(conn, viewer, chat_id)))


@operation(
    routes,
    "POST",
    CHAT + "/scheduled",
    body=NewScheduledPost,
    answers={201: ScheduledPost},
    problems=(errors.Forbidden, errors.Archived, errors.TooMany, errors.ClientIdReused),
    tag="messages",
)
async def schedule_post(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, body: NewScheduledPost
) -> ScheduledPost:
    """Write a post for later. Whether one may still post is asked when its time has come; it is sent once."""
    access = await _channel(conn, viewer, chat_id)
    text = clean_text(body.text, "text")
    if not text and not body.attachments:
        raise errors.InvalidBody("Must not be blank - at `$.text`")
    poll = None if body.poll is None else clean_poll(body.poll, parts)
    return await scheduling.schedule(conn, viewer, access, structs.replace(body, text=text, poll=poll), parts.now())


@operation(
    routes,
    "DELETE",
    CHAT + "/scheduled/{post_id}",
    answers={204: None},
    problems=(errors.Forbidden,),
    tag="messages",
)
async def unschedule_post(viewer: Viewer, conn: AsyncConnection, chat_id: str, post_id: str) -> None:
    """Take a post back before its time."""
    await scheduling.unschedule(conn, viewer, await _channel(conn, viewer, chat_id), post_id)


async def _channel(conn: AsyncConnection, viewer: Viewer, chat_id: str) -> ChatAccess:
    """A channel where the person posts. Raises NotFound, Forbidden."""
    access = await access_chat(conn, viewer, chat_id)
    if not may_schedule(access):
        raise errors.Forbidden
    return access
