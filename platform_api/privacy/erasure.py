"""Erasing a person: asked for, withdrawn until its day, carried out with an act.

What says who it was goes: name, login, birth date, ways to sign in, sessions, links of family, messages, comments and
notes. What stays names an id that leads to nobody: in which lessons it was, what the audit says was done.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from platform_api.articles.comments import erase_comments
from platform_api.clock import new_id
from platform_api.documents.erasing import KEPT as KEPT_FILES
from platform_api.documents.erasing import erase_files
from platform_api.errors import ErasureRequested, LastAdministrator, NotFound
from platform_api.events import record_person
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.messages.erasing import erase_messages
from platform_api.people.queries import change_person
from platform_api.people.rules import Named
from platform_api.people.sessions import close_sessions
from platform_api.privacy.rules import ERASED_AFTER, Erasure, Ground
from platform_api.schema import (
    chat_states,
    consents,
    erasures,
    exports,
    guides,
    idempotency_keys,
    identities,
    invitations,
    join_requests,
    memberships,
    notifications,
    parent_links,
    people,
    poll_votes,
    push_subscriptions,
    reactions,
    region_operators,
    scheduled_posts,
    sessions,
    sign_in_states,
    totp,
    totp_recovery_codes,
)

NOBODY = "—"
"""The name of somebody who was erased."""
KEPT = (
    KEPT_FILES,
    "the act itself, which names an id",
    "the audit, which names ids",
    "lessons and broadcasts led, presence in lessons, by the id",
    "consents given and withdrawn, without the evidence of how",
)


async def find_erasure(change: Change, person_id: str) -> Erasure | None:
    """The erasure of a person that waits for its day."""
    row = (
        await change.conn.execute(
            sa.select(erasures, people.c.name)
            .join(people, people.c.id == erasures.c.person_id)
            .where(erasures.c.person_id == person_id, erasures.c.done_at.is_(None), erasures.c.withdrawn_at.is_(None))
        )
    ).one_or_none()
    if row is None:
        return None
    return Erasure(row.id, Named(row.person_id, row.name), row.requested_at, row.due_at)


async def request_erasure(change: Change, person_id: str) -> Erasure:
    """Ask for the erasure of a person. Raises ErasureRequested, LastAdministrator, NotFound."""
    await moves.require_active(change, [person_id])
    if await find_erasure(change, person_id) is not None:
        raise ErasureRequested
    await _require_not_last(change, person_id)
    erasure_id = await _insert(change, person_id, change.now + ERASED_AFTER)
    await _note(change, "erasure.requested", erasure_id, person_id)
    found = await find_erasure(change, person_id)
    if found is None:
        raise NotFound
    return found


async def withdraw_erasure(change: Change, person_id: str) -> None:
    """Withdraw it. Raises NotFound."""
    found = await find_erasure(change, person_id)
    if found is None:
        raise NotFound
    await change.conn.execute(sa.update(erasures).where(erasures.c.id == found.id).values(withdrawn_at=change.now))
    await _note(change, "erasure.withdrawn", found.id, person_id)


async def due_erasures(change: Change) -> list[str]:
    """People whose day has come."""
    found = await change.conn.scalars(
        sa.select(erasures.c.person_id).where(
            erasures.c.due_at <= change.now, erasures.c.done_at.is_(None), erasures.c.withdrawn_at.is_(None)
        )
    )
    return list(found)


async def erase(change: Change, person_id: str, ground: Ground) -> Mapping[str, Any]:
    """Erase a person now, and return the act. Raises LastAdministrator, NotFound."""
    await moves.require_active(change, [person_id])
    await _require_not_last(change, person_id)
    waiting = await find_erasure(change, person_id)
    erasure_id = waiting.id if waiting is not None else await _insert(change, person_id, change.now)
    await _note(change, "erasure.done", erasure_id, person_id)
    await record_person(change.conn, "person.erased", person_id)
    erased = {"memberships ended": await _leave_everything(change, person_id)}
    erased["sessions"] = await close_sessions(change.conn, person_id)
    for name, table, mine in _deleted(person_id):
        result = await change.conn.execute(sa.delete(table).where(mine))
        erased[name] = erased.get(name, 0) + result.rowcount
    erased |= await erase_files(change, person_id)
    await _empty_texts(change, person_id)
    erased["messages"] = await erase_messages(change.conn, person_id, change.now)
    erased["comments"] = await erase_comments(change.conn, person_id, change.now)
    await change_person(
        change.conn,
        person_id,
        name=NOBODY,
        login=None,
        password_hash=None,
        birth_date=None,
        locale=None,
        seen_at=None,
        deactivated_at=change.now,
        deactivated_reason="erased",
        erased_at=change.now,
    )
    act = {
        "number": erasure_id,
        "person": person_id,
        "ground": ground,
        "requested_at": _moment(change.now if waiting is None else waiting.requested_at),
        "done_at": _moment(change.now),
        "done_by": change.actor_id or ("operator" if change.actor == "operator" else "system"),
        "erased": {"name, login, password, birth date, language": 1, **erased},
        "kept": list(KEPT),
    }
    await change.conn.execute(
        sa.update(erasures).where(erasures.c.id == erasure_id).values(done_at=change.now, act=act)
    )
    return act


async def _leave_everything(change: Change, person_id: str) -> int:
    """End the person's memberships and links of family; how many memberships that were."""
    for parent_id, child_id in await _links(change, person_id):
        await family.unlink(change, parent_id, child_id, "erased")
    rows = await moves.open_rows(change, person_id)
    count = 0
    for school_id in sorted({row.school_id for row in rows}):
        count += await moves.leave_school(change, person_id, school_id, "erased")
    await change.conn.execute(
        sa.update(region_operators)
        .where(region_operators.c.person_id == person_id, region_operators.c.until.is_(None))
        .values(until=change.now)
    )
    return count


async def _links(change: Change, person_id: str) -> list[tuple[str, str]]:
    rows = await change.conn.execute(
        sa.select(parent_links.c.parent_id, parent_links.c.child_id)
        .where(
            parent_links.c.until.is_(None),
            sa.or_(parent_links.c.parent_id == person_id, parent_links.c.child_id == person_id),
        )
        .order_by(parent_links.c.id)
    )
    return [(row.parent_id, row.child_id) for row in rows]


def _deleted(person_id: str) -> list[tuple[str, sa.Table, Any]]:
    """Rows that only say things about the person."""
    return [
        ("sessions", sessions, sessions.c.person_id == person_id),
        ("identities", identities, identities.c.person_id == person_id),
        ("second steps", totp, totp.c.person_id == person_id),
        ("recovery codes", totp_recovery_codes, totp_recovery_codes.c.person_id == person_id),
        ("sign-ins under way", sign_in_states, sign_in_states.c.person_id == person_id),
        ("exports", exports, exports.c.person_id == person_id),
        ("guides", guides, guides.c.person_id == person_id),
        ("answers kept", idempotency_keys, idempotency_keys.c.scope == person_id),
        ("read positions and drafts", chat_states, chat_states.c.person_id == person_id),
        ("reactions", reactions, reactions.c.person_id == person_id),
        ("votes", poll_votes, poll_votes.c.person_id == person_id),
        ("posts for later", scheduled_posts, scheduled_posts.c.author_id == person_id),
        ("pushes", push_subscriptions, push_subscriptions.c.person_id == person_id),
        ("quiet hours", notifications, notifications.c.person_id == person_id),
    ]


async def _empty_texts(change: Change, person_id: str) -> None:
    """Take texts and evidence out of rows that stay, and close what was open."""
    conn, now = change.conn, change.now
    mine = join_requests.c.person_id == person_id
    await conn.execute(sa.update(join_requests).where(mine).values(message=""))
    await conn.execute(
        sa.update(join_requests).where(mine, join_requests.c.state == "open").values(state="withdrawn", decided_at=now)
    )
    theirs = sa.or_(
        invitations.c.created_by == person_id,
        invitations.c.person_id == person_id,
        invitations.c.child_id == person_id,
    )
    await conn.execute(sa.update(invitations).where(theirs).values(note=None))
    await conn.execute(sa.update(invitations).where(theirs, invitations.c.revoked_at.is_(None)).values(revoked_at=now))
    registered = sa.or_(consents.c.person_id == person_id, consents.c.given_by == person_id)
    await conn.execute(sa.update(consents).where(registered).values(evidence=None))
    await conn.execute(
        sa.update(consents).where(registered, consents.c.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )


async def _require_not_last(change: Change, person_id: str) -> None:
    """Raises LastAdministrator where a school would be left without one."""
    others = memberships.alias("others")
    alone = sa.select(memberships.c.id).where(
        memberships.c.person_id == person_id,
        memberships.c.role == "administrator",
        memberships.c.until.is_(None),
        ~sa.exists().where(
            others.c.school_id == memberships.c.school_id,
            others.c.role == "administrator",
            others.c.until.is_(None),
            others.c.person_id != person_id,
            others.c.person_id == people.c.id,
            people.c.deactivated_at.is_(None),
        ),
    )
    if (await change.conn.execute(alone.limit(1))).first() is not None:
        raise LastAdministrator


async def _insert(change: Change, person_id: str, due_at: datetime) -> str:
    erasure_id = new_id()
    await change.conn.execute(
        sa.insert(erasures).values(
            id=erasure_id,
            person_id=person_id,
            requested_by=change.actor_id,
            requested_at=change.now,
            due_at=due_at,
        )
    )
    return erasure_id


async def _note(change: Change, kind: str, erasure_id: str, person_id: str) -> None:
    """In the books of every school the person is in; of none, in the person's own."""
    held = {row.school_id for row in await moves.open_rows(change, person_id)}
    for school_id in sorted(held):
        await change.note(kind, erasure_id, school_id=school_id, person_id=person_id)
    if not held:
        await change.note(kind, erasure_id, person_id=person_id)


def _moment(moment: datetime) -> str:
    return moment.isoformat()
