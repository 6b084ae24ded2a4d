"""Notifications: one's quiet hours, and the browsers that are told."""

from __future__ import annotations

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.clock import new_id
from platform_api.dialects import upsert
from platform_api.http import operation
from platform_api.people.queries import Viewer
from platform_api.push.pusher import PUSHER
from platform_api.push.rules import (
    MAX_SUBSCRIPTIONS,
    NewSubscription,
    Notifications,
    Push,
    Subscription,
    hour,
    minutes,
    zone,
)
from platform_api.schema import notifications, push_subscriptions
from platform_api.services import Services

routes = web.RouteTableDef()


@operation(routes, "GET", "/api/v1/me/notifications", answers={200: Notifications}, tag="push")
async def show_notifications(viewer: Viewer, conn: AsyncConnection) -> Notifications:
    """When and how one is told; from 21:00 to 07:00 nobody is, unless they have set it otherwise."""
    row = (await conn.execute(sa.select(notifications).where(notifications.c.person_id == viewer.id))).one_or_none()
    if row is None:
        return Notifications()
    return Notifications(hour(row.quiet_from), hour(row.quiet_until), row.time_zone, row.show_text)


@operation(routes, "PUT", "/api/v1/me/notifications", body=Notifications, answers={200: Notifications}, tag="push")
async def set_notifications(viewer: Viewer, conn: AsyncConnection, body: Notifications) -> Notifications:
    """Set one's quiet hours, and whether a push says what was written."""
    zone(body.time_zone)
    if (body.quiet_from is None) != (body.quiet_until is None):
        raise errors.InvalidBody("Both or neither - at `$.quiet_until`")
    values = {
        "quiet_from": minutes(body.quiet_from),
        "quiet_until": minutes(body.quiet_until),
        "time_zone": body.time_zone,
        "show_text": body.show_text,
    }
    statement = upsert(conn, notifications).values(person_id=viewer.id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["person_id"], set_=values))
    return body


@operation(routes, "GET", "/api/v1/me/push", answers={200: Push}, tag="push")
async def show_push(request: web.Request, viewer: Viewer, conn: AsyncConnection) -> Push:
    """What a page subscribes to pushes with, and which browsers are told already."""
    sender = request.config_dict[PUSHER].sender
    rows = await conn.execute(
        sa.select(push_subscriptions)
        .where(push_subscriptions.c.person_id == viewer.id)
        .order_by(push_subscriptions.c.created_at)
    )
    mine = [Subscription(row.id, row.created_at, row.user_agent) for row in rows]
    return Push(None if sender is None else sender.public_key, mine)


@operation(
    routes,
    "POST",
    "/api/v1/me/push",
    body=NewSubscription,
    answers={201: Subscription},
    tag="push",
)
async def subscribe(
    request: web.Request, viewer: Viewer, conn: AsyncConnection, parts: Services, body: NewSubscription
) -> Subscription:
    """Have this browser told of new messages, as long as one is signed in here.

    One that is known already is put right; of more than ten the oldest goes.
    """
    if not request.config_dict[PUSHER].endpoints.allows(body.endpoint):
        raise errors.InvalidBody("Not the address of a push service - at `$.endpoint`")
    await conn.execute(sa.delete(push_subscriptions).where(push_subscriptions.c.endpoint == body.endpoint))
    there = (
        await conn.scalars(
            sa.select(push_subscriptions.c.id)
            .where(push_subscriptions.c.person_id == viewer.id)
            .order_by(push_subscriptions.c.created_at.desc())
            .offset(MAX_SUBSCRIPTIONS - 1)
        )
    ).all()
    await conn.execute(sa.delete(push_subscriptions).where(push_subscriptions.c.id.in_(there)))
    made = Subscription(new_id(), parts.now(), request.headers.get("User-Agent", "")[:300] or None)
    await conn.execute(
        sa.insert(push_subscriptions).values(
            id=made.id,
            person_id=viewer.id,
            session_id=viewer.session_id or None,
            endpoint=body.endpoint,
            p256dh=body.keys.p256dh,
            auth=body.keys.auth,
            user_agent=made.user_agent,
            created_at=made.created_at,
        )
    )
    return made


@operation(routes, "DELETE", "/api/v1/me/push/{subscription_id}", answers={204: None}, tag="push")
async def unsubscribe(viewer: Viewer, conn: AsyncConnection, subscription_id: str) -> None:
    """Tell a browser nothing more."""
    gone = await conn.execute(
        sa.delete(push_subscriptions).where(
            push_subscriptions.c.id == subscription_id, push_subscriptions.c.person_id == viewer.id
        )
    )
    if not gone.rowcount:
        raise errors.NotFound
