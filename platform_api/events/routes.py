"""GET /api/v1/events: the event log for who cannot hold a socket open. It shares the socket's cursors."""

from __future__ import annotations

import asyncio

from aiohttp import web

from platform_api import errors
from platform_api.events.following import Following, Missed
from platform_api.events.hub import HUB
from platform_api.events.reading import Cursor
from platform_api.events.rules import Events, EventsQuery
from platform_api.http import operation
from platform_api.http.viewers import require_viewer
from platform_api.people.queries import Viewer
from platform_api.services import Services

LOOK_SECONDS = 1.0
"""How long a wait goes on without a look whether the session still stands."""

routes = web.RouteTableDef()


@operation(
    routes,
    "GET",
    "/api/v1/events",
    query=EventsQuery,
    answers={200: Events},
    problems=(errors.ResyncRequired,),
    tag="events",
)
async def list_events(request: web.Request, viewer: Viewer, parts: Services, query: EventsQuery) -> Events:
    """What happened behind a cursor, waiting up to `wait` seconds for it.

    Without `after`: no events, and the cursor at which the log ends now. Read that first, then the things themselves,
    then the events behind it. `resync_required` (410) says to begin so again.
    """
    hub = request.config_dict[HUB]
    await hub.refresh()
    if query.after is None:
        return Events([], hub.head.encode())
    cursor = Cursor.decode(query.after)
    if cursor is None:
        raise errors.InvalidQuery("This is no cursor - at `$.after`")
    following = Following(parts.db, hub, viewer.id, cursor)
    end = asyncio.get_running_loop().time() + query.wait
    try:
        while True:
            left = end - asyncio.get_running_loop().time()
            found = await following.wait(max(0.0, min(left, LOOK_SECONDS)))
            if found or left <= LOOK_SECONDS:
                return Events(found, following.cursor.encode())
            await require_viewer(request)
    except Missed:
        raise errors.ResyncRequired(extra={"cursor": hub.head.encode()}) from None
