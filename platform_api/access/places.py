"""Places where files stand: one's own cloud, a school, a class; who reads there, who puts things there and edits."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api.access.classes import access_class
from platform_api.access.reach import own_open, reaches, was_archived_with
from platform_api.access.rules import RULES, Action
from platform_api.access.schools import access_school
from platform_api.errors import Archived, Forbidden
from platform_api.people.queries import Viewer
from platform_api.schema import classes, memberships

PlaceKind = Literal["own", "school", "class"]
Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class PlaceAccess:
    """A place as one person meets it."""

    kind: PlaceKind
    owner_id: str
    """Who asks: of their own cloud the owner."""
    school_id: str | None
    class_id: str | None
    name: str
    may_post: bool
    archived: bool = False

    def require_post(self) -> None:
        """Raises Forbidden, Archived."""
        if not self.may_post:
            raise Forbidden
        if self.archived:
            raise Archived

    def holds(self, table: Any) -> Condition:
        """Whether a row of files, folders, albums, articles or uploads stands in this place."""
        if self.kind == "own":
            return sa.and_(table.c.owner_id == self.owner_id, table.c.school_id.is_(None))
        in_class = table.c.class_id.is_(None) if self.class_id is None else table.c.class_id == self.class_id
        return sa.and_(table.c.school_id == self.school_id, in_class)

    @property
    def columns(self) -> dict[str, str | None]:
        """What a row that is put there says of the place."""
        return {"owner_id": self.owner_id, "school_id": self.school_id, "class_id": self.class_id}


async def access_own_place(conn: AsyncConnection, viewer: Viewer) -> PlaceAccess:
    """The person's own cloud. Who is in no school any more reads what is there and puts nothing more into it."""
    roles = list(RULES[Action.KEEP_FILES])
    held = sa.select(memberships.c.id).where(
        memberships.c.person_id == viewer.id, memberships.c.until.is_(None), memberships.c.role.in_(roles)
    )
    may_post = await conn.scalar(held.limit(1)) is not None
    return PlaceAccess("own", viewer.id, None, None, "", may_post)


async def access_school_place(conn: AsyncConnection, viewer: Viewer, school_id: str) -> PlaceAccess:
    """A school's sections. Raises NotFound."""
    school = await access_school(conn, viewer, school_id)
    return PlaceAccess("school", viewer.id, school.id, None, school.name, school.may(Action.POST_MATERIALS))


async def access_class_place(conn: AsyncConnection, viewer: Viewer, class_id: str) -> PlaceAccess:
    """A class's sections. Raises NotFound."""
    klass = await access_class(conn, viewer, class_id)
    may_post = klass.may(Action.MANAGE_MATERIALS)
    return PlaceAccess("class", viewer.id, klass.school.id, klass.id, klass.name, may_post, klass.archived)


def reads_place(person_id: Any, table: Any) -> Condition:
    """Whether the person reads what stands where a row of `table` stands: own cloud, school, class."""
    held = memberships.alias("reading")
    of_school = sa.exists().where(
        own_open(held, person_id, table.c.school_id), table.c.class_id.is_(None), reaches(Action.SEE_SCHOOL, held, None)
    )
    of_class = (
        sa.exists()
        .select_from(held.join(classes, classes.c.school_id == held.c.school_id))
        .where(
            classes.c.id == table.c.class_id,
            classes.c.deleted_at.is_(None),
            held.c.person_id == person_id,
            reaches(Action.SEE_CLASS, held, table.c.class_id),
            sa.or_(held.c.until.is_(None), was_archived_with(held)),
        )
    )
    own = sa.and_(table.c.school_id.is_(None), table.c.owner_id == person_id)
    return sa.or_(own, of_school, of_class)


def edits_in_place(person_id: Any, table: Any) -> Condition:
    """Whether the person may edit a row of `table`. That nothing in an archived class is edited is looked at apart."""
    held = memberships.alias("editing")
    in_school = sa.exists().where(
        own_open(held, person_id, table.c.school_id),
        sa.or_(
            reaches(Action.MANAGE_MATERIALS, held, table.c.class_id),
            sa.and_(
                table.c.class_id.is_(None), table.c.owner_id == person_id, reaches(Action.POST_MATERIALS, held, None)
            ),
        ),
    )
    return sa.or_(sa.and_(table.c.school_id.is_(None), table.c.owner_id == person_id), in_school)
