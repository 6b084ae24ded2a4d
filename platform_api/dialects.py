"""Where the two databases say the same thing in different words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar, cast

import msgspec
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.functions import GenericFunction

Statement = TypeVar("Statement", sa.Select[Any], sa.CompoundSelect[Any])


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


def written_out(statement: Statement) -> Statement:
    """A statement that is made once and asked often, with the texts it was made with in its own text.

    As parameters they are handed over at each call, and a list of them is put into the statement anew: a third of
    what a question about a chat's reader cost. What the caller gives (`bindparam`) stays a parameter.
    """

    def put_in(element: Any, **_options: Any) -> sa.ColumnElement[Any] | None:
        if not isinstance(element, sa.BindParameter) or not element.unique:
            return None
        if isinstance(element.value, str):
            return sa.literal_column(_quoted(element.value), element.type)
        if element.expanding and element.value and all(isinstance(each, str) for each in element.value):
            return sa.literal_column(f"({', '.join(map(_quoted, element.value))})", element.type)
        return None

    return cast(Statement, visitors.replacement_traverse(statement, {}, put_in))


def _quoted(text: str) -> str:
    if "'" in text or "\\" in text or ":" in text or "%" in text:
        raise ValueError(f"{text!r} is to be a parameter")
    return f"'{text}'"


def texts(conn: AsyncConnection, values: Sequence[str]) -> sa.FromClause:
    """Texts as a table of one column, `value`, given as one parameter however many they are."""
    if is_sqlite(conn):
        return sa.func.json_each(msgspec.json.encode(values).decode()).table_valued("value", name="texts")
    given = sa.cast(list(values), postgresql.ARRAY(sa.Text))
    return sa.func.unnest(given).table_valued("value", name="texts").render_derived()


@compiles(greatest, "sqlite")
def _sqlite_greatest(element: greatest, compiler: Any, **options: Any) -> str:
    return f"max{compiler.process(element.clause_expr, **options)}"


@compiles(least, "sqlite")
def _sqlite_least(element: least, compiler: Any, **options: Any) -> str:
    return f"min{compiler.process(element.clause_expr, **options)}"
