"""Coming in by an invitation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.errors import InvitationExpired, InvitationNotYours, InvitationSpent, NotFound
from platform_api.events import record
from platform_api.invitations.codes import code_hash
from platform_api.memberships import family, moves
from platform_api.memberships.change import Change
from platform_api.schema import classes, invitations, schools


async def find_invitation(conn: AsyncConnection, code: str, now: datetime) -> sa.Row[Any]:
    """The invitation of a code that may be used now, with the names of its school and class.

    Raises NotFound (no such code, or revoked), InvitationExpired, InvitationSpent.
    """
    row = (
        await conn.execute(
            sa.select(
                invitations,
                schools.c.name.label("school_name"),
                schools.c.city,
                classes.c.name.label("class_name"),
                classes.c.archived_at.label("class_archived_at"),
            )
            .join(schools, schools.c.id == invitations.c.school_id)
            .outerjoin(classes, classes.c.id == invitations.c.class_id)
            .where(
                invitations.c.code_hash == code_hash(code),
                invitations.c.revoked_at.is_(None),
                classes.c.deleted_at.is_(None),
            )
        )
    ).one_or_none()
    if row is None:
        raise NotFound
    if row.expires_at <= now:
        raise InvitationExpired
    if row.max_uses is not None and row.uses >= row.max_uses:
        raise InvitationSpent
    return row


async def redeem(change: Change, invitation: Any, person_id: str) -> None:
    """Let a person in by an invitation found with `find_invitation` in this transaction.

    One that is bound to an account (made from a list) opens that account, which is in its class already.

    Raises AlreadyMember, InAnotherClass, Archived, InvitationNotYours (a child is not its own parent; it is for one
    account only), NotFound.
    """
    if invitation.person_id is not None and invitation.person_id != person_id:
        raise InvitationNotYours
    if invitation.role == "parent":
        await moves.require_open_class(change, invitation.school_id, invitation.class_id)
        await family.link(change, person_id, invitation.child_id)
    elif invitation.person_id is None:
        await moves.join(change, person_id, invitation.school_id, invitation.role, invitation.class_id)
    await change.conn.execute(
        sa.update(invitations)
        .where(invitations.c.id == invitation.id)
        .values(uses=invitations.c.uses + 1, version=invitations.c.version + 1)
    )
    await change.note(
        "invitation.used",
        invitation.id,
        school_id=invitation.school_id,
        class_id=invitation.class_id,
        person_id=person_id,
        data={"role": invitation.role},
    )
    if invitation.child_id is not None:
        await record(
            change.conn,
            "invitation.used",
            invitation.id,
            school_id=invitation.school_id,
            person_id=invitation.child_id,
        )
