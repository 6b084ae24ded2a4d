"""Files that are read because they were attached to something: whoever reads that may read them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import sqlalchemy as sa

from platform_api.access.chats import reads_chat
from platform_api.schema import file_grants

Reads = Callable[[Any, Any], sa.ColumnElement[bool]]
"""Given a person's id (or a bind parameter) and the row of `file_grants`: whether that person reads what it names."""

GRANTS: Mapping[str, Reads] = {
    "chat": lambda person_id, grant: reads_chat(person_id, grant.c.subject_id, grant.c.granted_at)
}
"""By the kind of a grant (`file_grants.kind`). What is not named here opens nothing."""


def granted(person_id: Any, file_id: Any) -> sa.ColumnElement[bool]:
    """Whether a file is attached to something that the person reads."""
    grant = file_grants.alias("given")
    kinds = [sa.and_(grant.c.kind == kind, reads(person_id, grant)) for kind, reads in GRANTS.items()]
    return sa.exists().where(grant.c.file_id == file_id, sa.or_(sa.false(), *kinds))
