"""Copies of the database, taken while the platform works, and brought back.

SQLite: its own online backup into one file. PostgreSQL: pg_dump's custom form, by the programs of Debian's
postgresql-client. A database that was brought back begins a new event log: positions of the old one may name other
entries in it, so every page reads all things anew.
"""

from __future__ import annotations

import os
import secrets
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic.script import ScriptDirectory

from platform_api.db import MIGRATIONS

SQLITE_MAGIC = b"SQLite format 3\x00"
POSTGRESQL_MAGIC = b"PGDMP"
BUSY_SECONDS = 30.0

NEW_LOG = (
    "UPDATE {schema}event_log SET epoch = '{epoch}', forgotten_tx = 0, "
    "forgotten_id = (SELECT coalesce(max(id), 0) FROM {schema}events)",
    "DELETE FROM {schema}events",
)


class BackupError(Exception):
    """The copy was not made, or not brought back; the message says why."""


def backup(database_url: str, target: Path) -> int:
    """Write a copy of the database as of one moment; returns its size in bytes. Raises BackupError, OSError.

    The file is there whole or not at all; one of that name is replaced.
    """
    url = sa.make_url(database_url)
    unfinished = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        if url.get_backend_name() == "sqlite":
            _copy_sqlite(Path(url.database or ""), unfinished)
        else:
            _run([_program("pg_dump"), "--format=custom", "--no-owner", "--no-acl", "--file", str(unfinished)], url)
        unfinished.chmod(0o600)
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    return target.stat().st_size


def restore(database_url: str, source: Path, *, replace: bool = False) -> None:
    """Make the database what the copy is, in one step. Raises BackupError, OSError.

    A database that holds anything is only replaced when `replace` says so. Processes that run on it go on with what was
    brought back; who was signed in then is signed in again.
    """
    url = sa.make_url(database_url)
    with source.open("rb") as file:
        beginning = file.read(16)
    if url.get_backend_name() == "sqlite":
        if not beginning.startswith(SQLITE_MAGIC):
            raise BackupError(f"{source} is no copy of a SQLite database")
        _restore_sqlite(Path(url.database or ""), source, replace=replace)
    else:
        if not beginning.startswith(POSTGRESQL_MAGIC):
            raise BackupError(f"{source} is no copy of a PostgreSQL database")
        _restore_postgresql(url, source, replace=replace)


def _copy_sqlite(database: Path, target: Path) -> None:
    if not database.exists():
        raise BackupError(f"there is no database at {database}")
    try:
        with closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as ours, closing(sqlite3.connect(target)) as copy:
            ours.backup(copy)
            _check(copy, target)
    except sqlite3.Error as error:
        raise BackupError(f"{database}: {error}") from error


def _restore_sqlite(database: Path, source: Path, *, replace: bool) -> None:
    database.parent.mkdir(parents=True, exist_ok=True)
    prepared = database.with_name(f".{database.name}.{secrets.token_hex(4)}")
    try:
        # A copy of the copy is brought in order first: what is put in place is put there in one transaction.
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as kept,
            closing(sqlite3.connect(prepared)) as copy,
        ):
            kept.backup(copy)
            _check(copy, source)
            for statement in _new_log(""):
                copy.execute(statement)
            copy.commit()
            with closing(sqlite3.connect(database, timeout=BUSY_SECONDS)) as ours:
                if ours.execute("SELECT count(*) FROM sqlite_master").fetchone()[0] and not replace:
                    raise BackupError(f"{database} holds a database already; say --replace to lose what is in it")
                copy.backup(ours)
        database.chmod(0o600)
    except sqlite3.Error as error:
        raise BackupError(f"{source}: {error}") from error
    finally:
        prepared.unlink(missing_ok=True)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises BackupError for a file that is damaged, or of another program, or of a newer version of this one."""
    if (found := connection.execute("PRAGMA quick_check").fetchone()[0]) != "ok":
        raise BackupError(f"{path} is damaged: {found}")
    try:
        (revision,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    except (sqlite3.Error, TypeError):
        raise BackupError(f"{path} is no database of Sfera") from None
    if revision not in {script.revision for script in ScriptDirectory(str(MIGRATIONS)).walk_revisions()}:
        raise BackupError(f"{path} was written by a newer version of Sfera (migration {revision})")


def _restore_postgresql(url: sa.URL, source: Path, *, replace: bool) -> None:
    listed = _run([_program("pg_restore"), "--list", str(source)], None)
    if " event_log " not in listed:
        raise BackupError(f"{source} is no database of Sfera")
    there = _run(
        [_program("psql"), "-XAtqc", "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"], url
    ).strip()
    if there != "0" and not replace:
        raise BackupError(f"{url.database} holds tables already; say --replace to lose what is in them")
    script = subprocess.run(
        [_program("pg_restore"), "--no-owner", "--no-acl", "--clean", "--if-exists", "--file", "-", str(source)],
        capture_output=True,
        check=False,
    )
    if script.returncode:
        raise BackupError(f"{source}: {script.stderr.decode(errors='replace').strip()}")
    statements = script.stdout + "".join(f"\n{statement};" for statement in _new_log("public.")).encode()
    _run([_program("psql"), "-Xq", "--single-transaction", "-v", "ON_ERROR_STOP=1", "-o", os.devnull], url, statements)


def _new_log(schema: str) -> list[str]:
    epoch = secrets.token_urlsafe(9)
    return [statement.format(schema=schema, epoch=epoch) for statement in NEW_LOG]


def _program(name: str) -> str:
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    for folder in newest_first:
        if (folder / name).exists():
            return str(folder / name)
    if (found := shutil.which(name)) is None:
        raise BackupError(f"{name} is missing; Debian has it in postgresql-client")
    return found


def _version(folder: Path) -> int:
    name = folder.parent.name
    return int(name) if name.isdigit() else 0


def _run(command: list[str], url: sa.URL | None, given: bytes = b"") -> str:
    """Run a program of PostgreSQL against a database; what it prints. Passwords go by the environment."""
    environ = dict(os.environ)
    if url is not None:
        settings = {
            "PGHOST": url.host or url.query.get("host"),
            "PGPORT": str(url.port or url.query.get("port") or ""),
            "PGUSER": url.username,
            "PGPASSWORD": None if url.password is None else str(url.password),
            "PGDATABASE": url.database,
        }
        environ |= {name: str(value) for name, value in settings.items() if value}
    done = subprocess.run(command, env=environ, input=given, capture_output=True, check=False)
    if done.returncode:
        raise BackupError(f"{Path(command[0]).name}: {done.stderr.decode(errors='replace').strip()[-2000:]}")
    return done.stdout.decode(errors="replace")
