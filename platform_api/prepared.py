"""Queries that calls and messages ask again and again, past SQLAlchemy's way of carrying out a statement.

That takes ten times as long. Only for SQLite, whose driver stands in the event loop's own thread (see `inline_sqlite`).
What it says, and in which types, is SQLAlchemy's all the same: the statement is compiled once, and values pass through
the types of its columns.
"""

from __future__ import annotations

import sqlite3
from collections import namedtuple
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite


class Prepared:
    """A SELECT of named columns, or several with UNION, whose parameters are all given by name."""

    def __init__(self, statement: sa.Select[Any] | sa.CompoundSelect[Any]) -> None:
        self.statement = statement
        dialect = SQLiteDialect_pysqlite(dbapi=sqlite3)
        compiled = statement.compile(dialect=dialect)
        columns = list(statement.selected_columns)
        names = compiled.positiontup or []
        self._sql = str(compiled)
        self._parameters = [(name, compiled.binds[name].type.bind_processor(dialect)) for name in names]
        self._results = [column.type.result_processor(dialect, None) for column in columns]
        self._row = _row_of([column.name for column in columns])

    def one_or_none(self, connection: sqlite3.Connection, values: dict[str, Any]) -> Any:
        """The row there is, as SQLAlchemy's has it; None where there is none. More than one is an error."""
        found = self._ask(connection, values).fetchmany(2)
        if len(found) > 1:
            raise sa.exc.MultipleResultsFound("one row was expected")
        return self._shown(found[0]) if found else None

    def all(self, connection: sqlite3.Connection, values: dict[str, Any]) -> list[Any]:
        """All rows, each as SQLAlchemy's has it."""
        return [self._shown(row) for row in self._ask(connection, values)]

    def _ask(self, connection: sqlite3.Connection, values: dict[str, Any]) -> sqlite3.Cursor:
        given = [values[name] if process is None else process(values[name]) for name, process in self._parameters]
        return connection.execute(self._sql, given)

    def _shown(self, row: tuple[Any, ...]) -> Any:
        return self._row(
            *(value if process is None else process(value) for value, process in zip(row, self._results, strict=True))
        )


def _row_of(names: list[str]) -> Any:
    return namedtuple("Row", names)  # noqa: PYI024
