"""Reporting messages and comments, deciding about them, and a school's policy for its chats."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.access.comments import access_comment
from platform_api.access.rules import Action
from platform_api.access.schools import access_school
from platform_api.articles.comment_routes import ONE as COMMENT
from platform_api.articles.comments import delete_reported, show_comments
from platform_api.audit import audit
from platform_api.dialects import upsert
from platform_api.events import record
from platform_api.http import Answer, IfMatch, etag_of, operation
from platform_api.messages.changing import empty, meet
from platform_api.messages.routes import ONE as MESSAGE
from platform_api.messages.routes import number_of
from platform_api.messages.showing import show_places
from platform_api.messages.words import RestrictedWord, make_list
from platform_api.moderation.reporting import file_report
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
from platform_api.schema import articles, chat_policies, chats, classes, comments, message_reports, messages, people
from platform_api.services import Services
from platform_api.texts import clean_text

routes = web.RouteTableDef()
_REPORTERS, _DECIDERS = people.alias("reporters"), people.alias("deciders")


@operation(
    routes,
    "POST",
    MESSAGE + "/report",
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
    await file_report(
        conn,
        meeting.access.school.id,
        parts.now(),
        message_id=meeting.row.id,
        reporter_id=viewer.id,
        reason=body.reason,
        note=clean_text(body.note, "note"),
        text=meeting.row.text,
    )


@operation(routes, "POST", COMMENT + "/report", body=NewReport, answers={204: None}, tag="safety")
async def report_comment(
    viewer: Viewer, conn: AsyncConnection, parts: Services, article_id: str, comment_id: str, body: NewReport
) -> None:
    """Bring a comment one reads before the school's administrators, likewise."""
    found = await access_comment(conn, viewer, article_id, comment_id)
    await file_report(
        conn,
        found.article.school_id,
        parts.now(),
        comment_id=found.id,
        reporter_id=viewer.id,
        reason=body.reason,
        note=clean_text(body.note, "note"),
        text=found.text,
    )


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
    """Messages and comments that were reported in a school: those that wait, or those that were decided about."""
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
    """Dismiss a report, or delete the message or comment. All reports of it that wait are decided alike."""
    row = (await conn.execute(sa.select(message_reports).where(message_reports.c.id == report_id))).one_or_none()
    if row is None:
        raise errors.NotFound
    school = await access_school(conn, viewer, row.school_id)
    if not school.may(Action.DECIDE_REPORTS):
        raise errors.NotFound
    if row.state != "open":
        raise errors.RequestDecided
    now = parts.now()
    if row.comment_id is None:
        of_the_same = message_reports.c.message_id == row.message_id
    else:
        of_the_same = message_reports.c.comment_id == row.comment_id
    await conn.execute(
        sa.update(message_reports)
        .where(of_the_same, message_reports.c.state == "open")
        .values(state="deleted" if body.action == "delete" else "dismissed", decided_by=viewer.id, decided_at=now)
    )
    if body.action == "delete":
        await _delete_reported(conn, viewer, row, now)
    await record(conn, "report.decided", report_id, school_id=row.school_id)
    await audit(
        conn,
        viewer,
        "report.decided",
        "report",
        report_id,
        school_id=row.school_id,
        person_id=await _author_of(conn, row),
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


async def _author_of(conn: AsyncConnection, row: Any) -> str | None:
    """Who wrote what a report is about."""
    if row.comment_id is not None:
        return await conn.scalar(sa.select(comments.c.author_id).where(comments.c.id == row.comment_id))
    return await conn.scalar(sa.select(messages.c.author_id).where(messages.c.id == row.message_id))


async def _delete_reported(conn: AsyncConnection, viewer: Viewer, row: Any, now: datetime) -> None:
    """Delete the message or comment a report is about, if it stands still."""
    if row.comment_id is not None:
        await delete_reported(conn, viewer, row.comment_id, now)
        return
    message = (await conn.execute(sa.select(messages).where(messages.c.id == row.message_id))).one()
    if message.deleted_at is None:
        await empty(conn, [message.id], now, viewer.id)
        await record(conn, "message.changed", message.chat_id, school_id=row.school_id, data={"number": message.number})


def _reports() -> sa.Select[Any]:
    return sa.select(
        message_reports,
        messages.c.chat_id,
        messages.c.number,
        sa.func.coalesce(sa.func.nullif(chats.c.title, ""), classes.c.name, "").label("chat_title"),
        articles.c.id.label("article_id"),
        articles.c.title.label("article_title"),
        _REPORTERS.c.name.label("reporter_name"),
        _DECIDERS.c.name.label("decider_name"),
    ).select_from(
        message_reports.outerjoin(messages, messages.c.id == message_reports.c.message_id)
        .outerjoin(chats, chats.c.id == messages.c.chat_id)
        .outerjoin(classes, classes.c.id == chats.c.class_id)
        .outerjoin(comments, comments.c.id == message_reports.c.comment_id)
        .outerjoin(articles, articles.c.id == comments.c.article_id)
        .outerjoin(_REPORTERS, _REPORTERS.c.id == message_reports.c.reporter_id)
        .outerjoin(_DECIDERS, _DECIDERS.c.id == message_reports.c.decided_by)
    )


async def _show(conn: AsyncConnection, parts: Services, rows: Sequence[Any]) -> list[Report]:
    places = {(row.chat_id, row.number) for row in rows if row.message_id is not None}
    shown = await show_places(conn, places, None, now=parts.now())
    said = await show_comments(conn, [row.comment_id for row in rows if row.comment_id is not None])
    return [
        Report(
            id=row.id,
            chat=None if row.message_id is None else Named(row.chat_id, row.chat_title),
            message=shown.get((row.chat_id, row.number)),
            article=None if row.comment_id is None else Named(row.article_id, row.article_title),
            comment=said.get(row.comment_id),
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
