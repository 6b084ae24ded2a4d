"""Messages as they are shown: rows, and what hangs on them, gathered for a whole page at once.

`viewer_id` None makes them once for everybody who may read them: what is only one reader's own (`mine`) is left out.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.messages.rules import Attachment, Forwarded, Message, Option, Poll, Reaction
from platform_api.people.rules import Named
from platform_api.schema import messages, people, poll_votes, polls, reactions

_AUTHORS, _FIRST_AUTHORS = people.alias("authors"), people.alias("first_authors")
MESSAGE_ROWS: sa.Select[Any] = sa.select(
    messages.c.id,
    messages.c.chat_id,
    messages.c.number,
    messages.c.author_id,
    _AUTHORS.c.name.label("author_name"),
    messages.c.client_id,
    messages.c.at,
    messages.c.text,
    messages.c.reply_to,
    messages.c.forwarded_from,
    _FIRST_AUTHORS.c.name.label("first_author_name"),
    messages.c.forwarded_at,
    messages.c.mentions,
    messages.c.files,
    messages.c.has_poll,
    messages.c.flagged,
    messages.c.edited_at,
    messages.c.deleted_at,
    messages.c.pinned_at,
).select_from(
    messages.join(_AUTHORS, _AUTHORS.c.id == messages.c.author_id).outerjoin(
        _FIRST_AUTHORS, _FIRST_AUTHORS.c.id == messages.c.forwarded_from
    )
)
"""Everything of a message that stands in its row."""
_PLACES = MESSAGE_ROWS.where(
    sa.tuple_(messages.c.chat_id, messages.c.number).in_(sa.bindparam("places", expanding=True))
)
_REACTIONS = (
    sa.select(reactions.c.message_id, reactions.c.emoji, reactions.c.person_id)
    .where(reactions.c.message_id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(reactions.c.at)
)


async def show(
    conn: AsyncConnection,
    rows: Sequence[sa.Row[Any]],
    viewer_id: str | None,
    *,
    now: datetime,
    moderates: Collection[str] = (),
) -> list[Message]:
    """Rows of `MESSAGE_ROWS` as messages; `moderates`: chats in which the viewer is told what was flagged."""
    standing = [row for row in rows if row.deleted_at is None]
    reacted = await _reactions(conn, [row.id for row in standing], viewer_id)
    asked = await _polls(conn, [row.id for row in standing if row.has_poll], viewer_id, now)
    names = await _names(conn, {person for row in standing for person in row.mentions or ()})
    return [
        Message(
            chat_id=row.chat_id,
            number=row.number,
            author=Named(row.author_id, row.author_name),
            at=row.at,
            text=row.text,
            client_id=row.client_id,
            reply_to=row.reply_to,
            mentions=[names[person] for person in row.mentions or () if person in names],
            attachments=[Attachment(**one) for one in row.files or ()],
            poll=asked.get(row.id),
            reactions=reacted.get(row.id, []),
            forwarded=None
            if row.forwarded_from is None
            else Forwarded(Named(row.forwarded_from, row.first_author_name), row.forwarded_at),
            pinned=row.pinned_at is not None,
            flagged=row.flagged and row.chat_id in moderates,
            edited_at=row.edited_at,
            deleted_at=row.deleted_at,
        )
        for row in rows
    ]


async def show_places(
    conn: AsyncConnection, places: Iterable[tuple[str, int]], viewer_id: str | None, *, now: datetime
) -> dict[tuple[str, int], Message]:
    """Messages by chat and number; those that are not there are left out."""
    wanted = list(places)
    if not wanted:
        return {}
    rows = (await conn.execute(_PLACES, {"places": wanted})).all()
    return {(one.chat_id, one.number): one for one in await show(conn, rows, viewer_id, now=now)}


async def show_named(conn: AsyncConnection, names: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Message]:
    """Messages by author and client id, as they are made for everybody."""
    rows = (
        await conn.execute(MESSAGE_ROWS.where(sa.tuple_(messages.c.author_id, messages.c.client_id).in_(names)))
    ).all()
    shown = await show(conn, rows, None, now=max(row.at for row in rows))
    return {(row.author_id, row.client_id): one for row, one in zip(rows, shown, strict=True)}


async def _reactions(conn: AsyncConnection, ids: Sequence[int], viewer_id: str | None) -> dict[int, list[Reaction]]:
    if not ids:
        return {}
    by_message: dict[int, dict[str, set[str]]] = defaultdict(dict)
    for row in await conn.execute(_REACTIONS, {"ids": ids}):
        by_message[row.message_id].setdefault(row.emoji, set()).add(row.person_id)
    return {
        message_id: [Reaction(emoji, len(who), viewer_id in who) for emoji, who in kinds.items()]
        for message_id, kinds in by_message.items()
    }


async def _polls(conn: AsyncConnection, ids: Sequence[int], viewer_id: str | None, now: datetime) -> dict[int, Poll]:
    if not ids:
        return {}
    counts: dict[int, dict[int, int]] = defaultdict(dict)
    for row in await conn.execute(
        sa.select(poll_votes.c.message_id, poll_votes.c.option, sa.func.count().label("votes"))
        .where(poll_votes.c.message_id.in_(ids))
        .group_by(poll_votes.c.message_id, poll_votes.c.option)
    ):
        counts[row.message_id][row.option] = row.votes
    voters = await conn.execute(
        sa.select(poll_votes.c.message_id, sa.func.count(poll_votes.c.person_id.distinct()).label("voters"))
        .where(poll_votes.c.message_id.in_(ids))
        .group_by(poll_votes.c.message_id)
    )
    voted = {row.message_id: row.voters for row in voters}
    mine: dict[int, list[int]] = defaultdict(list)
    if viewer_id is not None:
        for row in await conn.execute(
            sa.select(poll_votes.c.message_id, poll_votes.c.option)
            .where(poll_votes.c.message_id.in_(ids), poll_votes.c.person_id == viewer_id)
            .order_by(poll_votes.c.option)
        ):
            mine[row.message_id].append(row.option)
    return {
        row.message_id: Poll(
            options=[Option(text, counts[row.message_id].get(place, 0)) for place, text in enumerate(row.options)],
            multiple=row.multiple,
            anonymous=row.anonymous,
            closes_at=row.closes_at,
            closed=row.closed_at is not None or (row.closes_at is not None and row.closes_at <= now),
            voters=voted.get(row.message_id, 0),
            mine=mine[row.message_id],
        )
        for row in await conn.execute(sa.select(polls).where(polls.c.message_id.in_(ids)))
    }


async def _names(conn: AsyncConnection, ids: Collection[str]) -> dict[str, Named]:
    if not ids:
        return {}
    rows = await conn.execute(sa.select(people.c.id, people.c.name).where(people.c.id.in_(ids)))
    return {row.id: Named(row.id, row.name) for row in rows}
