"""Statements that are made once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from platform_api.dialects import written_out
from platform_api.schema import memberships

HELD = sa.select(memberships.c.id).where(
    memberships.c.role.in_(["teacher", "student"]),
    memberships.c.ended_as == "archived",
    memberships.c.person_id == sa.bindparam("viewer_id"),
)


@pytest.mark.parametrize("engine", ["sqlite", "postgresql+asyncpg"])
def test_only_what_the_caller_gives_stays_a_parameter(engine: str) -> None:
    made = written_out(HELD).compile(dialect=sa.make_url(f"{engine}://").get_dialect()())
    assert set(made.params) == {"viewer_id"}
    assert "role IN ('teacher', 'student')" in str(made) and "ended_as = 'archived'" in str(made)


def test_a_text_that_would_have_to_be_quoted_is_not_written_out() -> None:
    with pytest.raises(ValueError, match="is to be a parameter"):
        written_out(sa.select(memberships.c.id).where(memberships.c.role == "x' OR 'x"))
