"""Where the two databases say the same thing in different words."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction


class greatest(GenericFunction[Any]):  # noqa: N801  (used like sa.func.*)
    """The greatest of several values that are not null."""

    inherit_cache = True


class least(GenericFunction[Any]):  # noqa: N801
    """The least of several values that are not null."""

    inherit_cache = True


def upsert(conn: AsyncConnection, table: sa.Table) -> sqlite.Insert | postgresql.Insert:
    """An INSERT that knows ON CONFLICT, which SQLAlchemy has for each database apart."""
    return sqlite.insert(table) if is_sqlite(conn) else postgresql.insert(table)


def is_sqlite(conn: AsyncConnection) -> bool:
    """Whether this is SQLite (the other is PostgreSQL)."""
    return conn.dialect.name == "sqlite"


@compiles(greatest, "sqlite")
def _sqlite_greatest(element: greatest, compiler: Any, **options: Any) -> str:
    return f"max{compiler.process(element.clause_expr, **options)}"


@compiles(least, "sqlite")
def _sqlite_least(element: least, compiler: Any, **options: Any) -> str:
    return f"min{compiler.process(element.clause_expr, **options)}"
