"""What all tables stand on: names of constraints, moments, documents, folded names."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB

from platform_api.names import MAX_FOLDED, fold_name

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Document = sa.JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")
"""A JSON document; jsonb in PostgreSQL."""

Position = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A number that the database counts up by itself; SQLite does so only for INTEGER."""


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, kept as whole milliseconds since 1970: ordered, compact, free of time zones."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """Milliseconds for the database; a moment without a zone is a mistake of the caller."""
        if value is None:
            return None
        return (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """The moment, in UTC."""
        return None if value is None else EPOCH + timedelta(milliseconds=value)


def folded_name() -> sa.Column[str]:
    """The column that is searched; filled at insert from `name`. Who changes `name` changes it with `fold_name`."""
    return sa.Column(
        "name_folded", sa.String(MAX_FOLDED), nullable=False, default=_fold, comment="names.fold_name(name)"
    )


def version() -> sa.Column[int]:
    """Counts the changes of a row: what an ETag is made of. Who changes the row adds one."""
    return sa.Column("version", sa.Integer, nullable=False, default=1, server_default="1")


def only_where(condition: sa.ColumnElement[bool]) -> dict[str, Any]:
    """Options of an index over the rows that fulfil a condition, for both databases."""
    return {"sqlite_where": condition, "postgresql_where": condition}


def _fold(context: Any) -> str:
    return fold_name(context.get_current_parameters()["name"])
