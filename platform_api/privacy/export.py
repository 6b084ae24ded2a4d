"""A copy of the personal data the platform holds of one person, as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.clock import new_id
from platform_api.memberships.change import Change
from platform_api.privacy.rules import EXPORT_KEPT, Export
from platform_api.schema import (
    albums,
    articles,
    audit,
    broadcasts,
    chats,
    classes,
    comments,
    consents,
    contents,
    exports,
    files,
    folders,
    guides,
    identities,
    invitations,
    join_requests,
    lessons,
    likes,
    memberships,
    messages,
    parent_links,
    people,
    poll_votes,
    presences,
    reactions,
    region_operators,
    regions,
    schools,
    sessions,
    totp,
    uploads,
)

MEDIA_TYPE = "application/json"


async def make_export(change: Change, person_id: str) -> Export:
    """Gather and keep a copy for a week; a former one goes."""
    content = await gather(change.conn, person_id, change.now)
    export = Export(new_id(), change.now, change.now + EXPORT_KEPT, len(content))
    await change.conn.execute(
        sa.delete(exports).where(sa.or_(exports.c.person_id == person_id, exports.c.expires_at <= change.now))
    )
    await change.conn.execute(
        sa.insert(exports).values(
            id=export.id,
            person_id=person_id,
            requested_by=change.actor_id,
            requested_at=export.requested_at,
            ready_at=export.requested_at,
            expires_at=export.expires_at,
            media_type=MEDIA_TYPE,
            content=content,
        )
    )
    await change.audit("export.made", export.id, person_id=person_id)
    return export


async def kept_export(conn: AsyncConnection, person_id: str, now: datetime) -> bytes | None:
    """The copy that was made last, if it is kept still."""
    found: bytes | None = await conn.scalar(
        sa.select(exports.c.content)
        .where(exports.c.person_id == person_id, exports.c.expires_at > now)
        .order_by(exports.c.requested_at.desc())
        .limit(1)
    )
    return found


async def gather(conn: AsyncConnection, person_id: str, now: datetime) -> bytes:
    """Everything that is kept of a person, except secrets (hashes of passwords and tokens)."""
    document: dict[str, Any] = {"made_at": now, "person": None}
    for name, query in _queries(person_id).items():
        rows = [dict(row) for row in (await conn.execute(query)).mappings()]
        document[name] = (rows[0] if rows else None) if name in ("person", "second_step") else rows
    return msgspec.json.format(msgspec.json.encode(document), indent=2)


def _queries(person_id: str) -> Mapping[str, sa.Select[Any]]:
    child, parent = people.alias("child"), people.alias("parent")
    place = (schools.c.name.label("school"), classes.c.name.label("class"))
    held = memberships.join(schools, schools.c.id == memberships.c.school_id).outerjoin(
        classes, classes.c.id == memberships.c.class_id
    )
    asked = join_requests.join(schools, schools.c.id == join_requests.c.school_id).outerjoin(
        classes, classes.c.id == join_requests.c.class_id
    )
    return {
        "person": sa.select(
            people.c.id,
            people.c.login,
            people.c.name,
            people.c.birth_date,
            people.c.locale,
            people.c.created_at,
            people.c.seen_at,
            people.c.deactivated_at,
            people.c.deactivated_reason,
        ).where(people.c.id == person_id),
        "memberships": sa.select(
            memberships.c.id,
            memberships.c.role,
            *place,
            memberships.c.since,
            memberships.c.until,
            memberships.c.ended_as,
        )
        .select_from(held)
        .where(memberships.c.person_id == person_id)
        .order_by(memberships.c.since),
        "children": sa.select(child.c.id, child.c.name, parent_links.c.since, parent_links.c.until)
        .join(child, child.c.id == parent_links.c.child_id)
        .where(parent_links.c.parent_id == person_id),
        "messages": sa.select(
            messages.c.chat_id,
            chats.c.kind,
            chats.c.title,
            messages.c.number,
            messages.c.at,
            messages.c.text,
            messages.c.edited_at,
        )
        .join(chats, chats.c.id == messages.c.chat_id)
        .where(messages.c.author_id == person_id, messages.c.deleted_at.is_(None))
        .order_by(messages.c.id),
        "comments": sa.select(comments.c.article_id, articles.c.title, comments.c.at, comments.c.text)
        .join(articles, articles.c.id == comments.c.article_id)
        .where(comments.c.author_id == person_id, comments.c.deleted_at.is_(None))
        .order_by(comments.c.at, comments.c.article_id, comments.c.number),
        "reactions": sa.select(messages.c.chat_id, messages.c.number, reactions.c.emoji, reactions.c.at)
        .join(messages, messages.c.id == reactions.c.message_id)
        .where(reactions.c.person_id == person_id)
        .order_by(reactions.c.at),
        "votes": sa.select(messages.c.chat_id, messages.c.number, poll_votes.c.option, poll_votes.c.at)
        .join(messages, messages.c.id == poll_votes.c.message_id)
        .where(poll_votes.c.person_id == person_id)
        .order_by(poll_votes.c.at),
        "parents": sa.select(parent.c.id, parent.c.name, parent_links.c.since, parent_links.c.until)
        .join(parent, parent.c.id == parent_links.c.parent_id)
        .where(parent_links.c.child_id == person_id),
        "consents": sa.select(
            consents.c.kind,
            consents.c.text_version,
            consents.c.person_id,
            consents.c.given_by,
            consents.c.given_at,
            consents.c.withdrawn_at,
            consents.c.evidence,
        ).where(sa.or_(consents.c.person_id == person_id, consents.c.given_by == person_id)),
        "sessions": sa.select(
            sessions.c.kind,
            sessions.c.method,
            sessions.c.device,
            sessions.c.user_agent,
            sessions.c.address,
            sessions.c.created_at,
            sessions.c.seen_at,
            sessions.c.expires_at,
        ).where(sessions.c.person_id == person_id),
        "identities": sa.select(
            identities.c.provider, identities.c.subject, identities.c.name, identities.c.linked_at
        ).where(identities.c.person_id == person_id),
        "second_step": sa.select(totp.c.created_at, totp.c.confirmed_at).where(totp.c.person_id == person_id),
        "requests": sa.select(
            join_requests.c.role,
            *place,
            join_requests.c.message,
            join_requests.c.state,
            join_requests.c.created_at,
            join_requests.c.decided_at,
        )
        .select_from(asked)
        .where(join_requests.c.person_id == person_id),
        "invitations": sa.select(
            invitations.c.role, invitations.c.note, invitations.c.created_at, invitations.c.expires_at
        ).where(
            sa.or_(
                invitations.c.created_by == person_id,
                invitations.c.person_id == person_id,
                invitations.c.child_id == person_id,
            )
        ),
        "regions": sa.select(regions.c.name, region_operators.c.since, region_operators.c.until)
        .join(region_operators, region_operators.c.region_id == regions.c.id)
        .where(region_operators.c.person_id == person_id),
        "lessons_led": sa.select(
            lessons.c.title, classes.c.name.label("class"), lessons.c.started_at, lessons.c.ended_at
        )
        .join(classes, classes.c.id == lessons.c.class_id)
        .where(lessons.c.host_id == person_id),
        "lessons_visited": sa.select(
            lessons.c.title, classes.c.name.label("class"), presences.c.joined_at, presences.c.left_at
        )
        .select_from(
            presences.join(lessons, lessons.c.id == presences.c.lesson_id).join(
                classes, classes.c.id == lessons.c.class_id
            )
        )
        .where(presences.c.person_id == person_id),
        "broadcasts": sa.select(broadcasts.c.title, broadcasts.c.started_at, broadcasts.c.ended_at).where(
            broadcasts.c.started_by == person_id
        ),
        "files": sa.select(
            files.c.id,
            files.c.name,
            files.c.section,
            files.c.caption,
            *place,
            contents.c.media_type,
            contents.c.size,
            files.c.created_at,
            files.c.trashed_at,
        )
        .select_from(_standing(files).join(contents, contents.c.id == files.c.content_id))
        .where(files.c.owner_id == person_id)
        .order_by(files.c.created_at),
        "folders": sa.select(folders.c.name, *place, folders.c.created_at)
        .select_from(_standing(folders))
        .where(folders.c.owner_id == person_id),
        "uploads": sa.select(uploads.c.name, uploads.c.size, uploads.c.received, uploads.c.created_at).where(
            uploads.c.owner_id == person_id
        ),
        "articles": sa.select(
            articles.c.title, articles.c.blocks, *place, articles.c.created_at, articles.c.published_at
        )
        .select_from(_standing(articles))
        .where(articles.c.owner_id == person_id),
        "albums": sa.select(albums.c.title, albums.c.about, *place, albums.c.created_at)
        .select_from(_standing(albums))
        .where(albums.c.owner_id == person_id),
        "likes": sa.select(likes.c.kind, likes.c.subject_id, likes.c.at).where(likes.c.person_id == person_id),
        "guides": sa.select(guides.c.role, guides.c.done, guides.c.put_away_at).where(guides.c.person_id == person_id),
        "audit": sa.select(audit.c.at, audit.c.action, audit.c.object_kind, audit.c.object_id)
        .where(sa.or_(audit.c.actor_id == person_id, audit.c.person_id == person_id))
        .order_by(audit.c.id),
    }


def _standing(table: sa.Table) -> sa.Join:
    """A table of what stands in a place, with the school and class it stands in."""
    return table.outerjoin(schools, schools.c.id == table.c.school_id).outerjoin(
        classes, classes.c.id == table.c.class_id
    )
