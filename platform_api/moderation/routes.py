"""Reporting messages, deciding about them, and a school's policy for its chats."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.audit import audit
from platform_api.clock import new_id
from platform_api.dialects import upsert
from platform_api.events import record
from platform_api.http import Answer, IfMatch, etag_of, operation
from platform_api.messages.changing import empty, meet
from platform_api.messages.routes import ONE, number_of
from platform_api.messages.showing import show_places
from platform_api.messages.words import RestrictedWord, make_list
from platform_api.moderation.rules import (
    ChatPolicy,
    Decision,
    NewChatPolicy,
    NewReport,
    Report,
    Reports,
    ReportsQuery,
)
from platform_api.paging import after, cut, read_cursor, write_cursor
from platform_api.people.queries import Viewer
from platform_api.people.rules import Named
from platform_api.schema import chat_policies, chats, classes, message_reports, messages, people
from platform_api.services import Services
from platform_api.texts import clean_text

routes = web.RouteTableDef()
_REPORTERS, _DECIDERS = people.alias("reporters"), people.alias("deciders")


@operation(
    routes,
    "POST",
    ONE + "/report",
    body=NewReport,
    answers={204: None},
    problems=(errors.MessageDeleted,),
    tag="safety",
)
async def report_message(
    viewer: Viewer, conn: AsyncConnection, parts: Services, chat_id: str, number: str, body: NewReport
) -> None:
    """Bring a message one reads before the school's administrators, as it is now. Reporting it twice is no error.

    Its author is not told who did. An administrator who decides sees the message, also one of a personal chat.
    """
    meeting = await meet(conn, viewer, chat_id, number_of(number), parts.now())
    meeting.require_standing()
    report_id, school_id = new_id(), meeting.access.school.id
    try:
        async with conn.begin_nested():
            await conn.execute(
                sa.insert(message_reports).values(
                    id=report_id,
                    school_id=school_id,
                    message_id=meeting.row.id,
                    reporter_id=viewer.id,
                    reason=body.reason,
                    note=clean_text(body.note, "note"),
                    text=meeting.row.text,
                    at=parts.now(),
                )
            )
    except IntegrityError:
        return
    await record(conn, "report.created", report_id, school_id=school_id)


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/reports",
    query=ReportsQuery,
    answers={200: Reports},
    problems=(errors.Forbidden,),
    tag="safety",
)
async def list_reports(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, query: ReportsQuery
) -> Reports:
    """Messages that were reported in a school: those that wait, or those that were decided about."""
    await access_school(conn, viewer, school_id, Action.DECIDE_REPORTS)
    is_open = query.state == "open"
    found = _reports().where(message_reports.c.school_id == school_id)
    found = found.where(message_reports.c.state == "open" if is_open else message_reports.c.state != "open")
    columns = (message_reports.c.at, message_reports.c.id)
    if query.cursor:
        milliseconds, last = read_cursor(query.cursor, tuple[int, str])
        place = (sa.type_coerce(milliseconds, sa.BigInteger), last)
        found = found.where(
            after((sa.type_coerce(columns[0], sa.BigInteger), columns[1]), place, descending=not is_open)
        )
    ordered = [column if is_open else column.desc() for column in columns]
    rows, more = cut((await conn.execute(found.order_by(*ordered).limit(query.limit + 1))).all(), query.limit)
    items = await _show(conn, parts, rows)
    return Reports(items, write_cursor((int(rows[-1].at.timestamp() * 1000), rows[-1].id)) if more else None)


@operation(
    routes,
    "POST",
    "/api/v1/reports/{report_id}/decide",
    body=Decision,
    answers={204: None},
    problems=(errors.RequestDecided,),
    tag="safety",
)
async def decide_report(viewer: Viewer, conn: AsyncConnection, parts: Services, report_id: str, body: Decision) -> None:
    """Dismiss a report, or delete the message. All reports of the message that wait are decided alike."""
    row = (await conn.execute(sa.select(message_reports).where(message_reports.c.id == report_id))).one_or_none()
    if row is None:
        raise errors.NotFound
    school = await access_school(conn, viewer, row.school_id)
    if not school.may(Action.DECIDE_REPORTS):
        raise errors.NotFound
    if row.state != "open":
        raise errors.RequestDecided
    now = parts.now()
    await conn.execute(
        sa.update(message_reports)
        .where(message_reports.c.message_id == row.message_id, message_reports.c.state == "open")
        .values(state="deleted" if body.action == "delete" else "dismissed", decided_by=viewer.id, decided_at=now)
    )
    message = (await conn.execute(sa.select(messages).where(messages.c.id == row.message_id))).one()
    if body.action == "delete" and message.deleted_at is None:
        await empty(conn, [message.id], now, viewer.id)
        await record(conn, "message.changed", message.chat_id, school_id=row.school_id, data={"number": message.number})
    await record(conn, "report.decided", report_id, school_id=row.school_id)
    await audit(
        conn,
        viewer,
        "report.decided",
        "report",
        report_id,
        school_id=row.school_id,
        person_id=message.author_id,
        data={"action": body.action},
    )


@operation(
    routes,
    "GET",
    "/api/v1/schools/{school_id}/chat-policy",
    answers={200: ChatPolicy},
    problems=(errors.Forbidden,),
    etag=True,
    tag="safety",
)
async def show_policy(viewer: Viewer, conn: AsyncConnection, school_id: str) -> Answer:
    """A school's restricted words, and how long its messages are kept."""
    await access_school(conn, viewer, school_id, Action.DECIDE_REPORTS)
    policy = await _policy(conn, school_id)
    return Answer(policy, etag=etag_of(policy.version))


@operation(
    routes,
    "PUT",
    "/api/v1/schools/{school_id}/chat-policy",
    body=NewChatPolicy,
    answers={200: ChatPolicy},
    problems=(errors.Forbidden,),
    etag=True,
    tag="safety",
)
async def set_policy(
    viewer: Viewer, conn: AsyncConnection, parts: Services, school_id: str, body: NewChatPolicy, if_match: IfMatch
) -> Answer:
    """Decide about words and retention. It holds for what is sent from here on; old messages go within the hour."""
    school = await access_school(conn, viewer, school_id, Action.DECIDE_REPORTS)
    present = await _policy(conn, school.id)
    if_match.check(etag_of(present.version))
    make_list(body.words)
    values = {
        "words": body.words,
        "retention_days": body.retention_days,
        "changed_at": parts.now(),
        "changed_by": viewer.id,
        "version": present.version + 1,
    }
    statement = upsert(conn, chat_policies).values(school_id=school.id, **values)
    await conn.execute(statement.on_conflict_do_update(index_elements=["school_id"], set_=values))
    await audit(
        conn,
        viewer,
        "chat_policy.changed",
        "chat_policy",
        school.id,
        school_id=school.id,
        data={"words": len(body.words), "retention_days": body.retention_days},
    )
    policy = await _policy(conn, school.id)
    return Answer(policy, etag=etag_of(policy.version))


async def _policy(conn: AsyncConnection, school_id: str) -> ChatPolicy:
    row = (await conn.execute(sa.select(chat_policies).where(chat_policies.c.school_id == school_id))).one_or_none()
    if row is None:
        return ChatPolicy([], None, 0)
    return ChatPolicy([RestrictedWord(**word) for word in row.words], row.retention_days, row.version)


def _reports() -> sa.Select[Any]:
    return sa.select(
        message_reports,
        messages.c.chat_id,
        messages.c.number,
        sa.func.coalesce(sa.func.nullif(chats.c.title, ""), classes.c.name, "").label("title"),
        _REPORTERS.c.name.label("reporter_name"),
        _DECIDERS.c.name.label("decider_name"),
    ).select_from(
        message_reports.join(messages, messages.c.id == message_reports.c.message_id)
        .join(chats, chats.c.id == messages.c.chat_id)
        .outerjoin(classes, classes.c.id == chats.c.class_id)
        .outerjoin(_REPORTERS, _REPORTERS.c.id == message_reports.c.reporter_id)
        .outerjoin(_DECIDERS, _DECIDERS.c.id == message_reports.c.decided_by)
    )


async def _show(conn: AsyncConnection, parts: Services, rows: Sequence[Any]) -> list[Report]:
    shown = await show_places(conn, {(row.chat_id, row.number) for row in rows}, None, now=parts.now())
    return [
        Report(
            id=row.id,
            chat=Named(row.chat_id, row.title),
            message=shown[row.chat_id, row.number],
            text=row.text,
            reporter=None if row.reporter_id is None else Named(row.reporter_id, row.reporter_name),
            reason=row.reason,
            note=row.note,
            at=row.at,
            state=row.state,
            decided_by=None if row.decided_by is None else Named(row.decided_by, row.decider_name),
            decided_at=row.decided_at,
        )
        for row in rows
    ]
