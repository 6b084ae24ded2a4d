"""Taking a table over: people, memberships and codes in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from platform_api import errors
from platform_api.clock import new_id
from platform_api.imports.lines import Setting
from platform_api.imports.logins import new_login_for, new_password
from platform_api.imports.rules import Fault, Line, Taken, Way
from platform_api.invitations.codes import code_hash, new_code
from platform_api.memberships import moves
from platform_api.memberships.change import Change
from platform_api.names import fold_name
from platform_api.people.passwords import Passwords
from platform_api.people.queries import insert_person
from platform_api.people.rules import needs_consent
from platform_api.schema import classes, invitations, memberships, people

CODES_LIVE = timedelta(days=60)
MAX_ACCOUNTS = 200
"""Lines of a table that makes accounts at once: each costs an argon2."""


class FirstPassword:
    """A login and a password for a line, the password hashed before the transaction."""

    __slots__ = ("hash", "password")

    def __init__(self, password: str, hashed: str) -> None:
        self.password = password
        self.hash = hashed


async def make_passwords(passwords: Passwords, count: int) -> list[FirstPassword]:
    """Passwords and their hashes, one after another: people who sign in meanwhile do not wait behind them all."""
    if count > MAX_ACCOUNTS:
        raise errors.InvalidTable(f"Accounts are made for at most {MAX_ACCOUNTS} lines at once; use codes.")
    made = []
    for _ in range(count):
        password = new_password()
        made.append(FirstPassword(password, await passwords.hash(password)))
    return made


async def find_setting(
    conn: AsyncConnection, school_id: str, year_id: str | None, class_id: str | None, role: Any, now: datetime
) -> Setting:
    """What the lines of a table are read against: the classes that go on, and who is in them."""
    of_year = classes.c.school_year_id.is_(None) if year_id is None else classes.c.school_year_id == year_id
    rows = (
        await conn.execute(
            sa.select(classes.c.id, classes.c.name, classes.c.name_folded)
            .where(
                classes.c.school_id == school_id,
                classes.c.archived_at.is_(None),
                classes.c.deleted_at.is_(None),
                sa.or_(of_year, classes.c.school_year_id.is_(None), classes.c.id == class_id),
            )
            # Of two classes of one name the year's stands before the one without a year, and what was said before both.
            .order_by(classes.c.id == class_id, classes.c.school_year_id.is_not(None), classes.c.id)
        )
    ).all()
    members = await conn.execute(
        sa.select(memberships.c.class_id, people.c.name_folded)
        .join(people, people.c.id == memberships.c.person_id)
        .where(memberships.c.class_id.in_([row.id for row in rows]), memberships.c.until.is_(None))
    )
    names = {row.id: row.name for row in rows}
    return Setting(
        classes={row.name_folded: row.id for row in rows},
        members=frozenset((row.class_id, row.name_folded) for row in members),
        class_id=class_id,
        class_name=names.get(class_id or "", ""),
        role=role,
        today=now.date(),
    )


def checked_again(lines: Sequence[Line], setting: Setting) -> list[Line]:
    """The lines of a preview against what is true now: a class may be gone, a person may be in."""
    found = []
    going_on = set(setting.classes.values())
    for line in lines:
        faults = list(line.faults)
        if line.class_id is not None and line.class_id not in going_on:
            faults.append(Fault("class_unknown", "class", line.class_name))
        if (line.class_id or "", fold_name(line.name)) in setting.members:
            faults.append(Fault("already_member", "name"))
        found.append(Line(line.line, line.name, line.role, line.class_id, line.class_name, line.birth_date, faults))
    return found


async def take_over(
    change: Change, school_id: str, lines: Sequence[Line], way: Way, passwords: Sequence[FirstPassword]
) -> list[Taken]:
    """Make everybody of the table a member. Raises what `moves.join` raises."""
    logins = await _taken_logins(change.conn) if way == "accounts" else set()
    taken = []
    for number, line in enumerate(lines):
        person_id = new_id()
        first = passwords[number] if way == "accounts" else None
        login = None
        if first is not None:
            login = new_login_for(line.name, logins)
            logins.add(login)
        await insert_person(
            change.conn,
            person_id,
            name=line.name,
            login=login,
            password_hash=None if first is None else first.hash,
            birth_date=line.birth_date,
            locale=None,
            inactive=first is not None and needs_consent(change.now.date(), line.birth_date),
            now=change.now,
        )
        await moves.join(change, person_id, school_id, line.role, line.class_id)
        code = None if first is not None else await _invite(change, school_id, line, person_id)
        taken.append(
            Taken(
                line=line.line,
                person_id=person_id,
                name=line.name,
                class_name=line.class_name,
                code=code,
                link=None,
                login=login,
                password=None if first is None else first.password,
            )
        )
    return taken


async def _invite(change: Change, school_id: str, line: Line, person_id: str) -> str:
    """A code by which one person takes over the account that was made for them."""
    code = new_code("code")
    await change.conn.execute(
        sa.insert(invitations).values(
            id=new_id(),
            school_id=school_id,
            class_id=line.class_id,
            role=line.role,
            kind="code",
            code_hash=code_hash(code),
            note=line.name,
            person_id=person_id,
            max_uses=1,
            created_by=change.actor_id,
            created_at=change.now,
            expires_at=change.now + CODES_LIVE,
        )
    )
    return code


async def _taken_logins(conn: AsyncConnection) -> set[str]:
    found = await conn.scalars(sa.select(people.c.login).where(people.c.login.is_not(None)))
    return {login for login in found if login is not None}


def as_lines(preview: Mapping[str, Any]) -> list[Line]:
    """The lines of a stored preview."""
    return msgspec.convert(preview["items"], list[Line])
