"""The distributed installation for tests: databases of PostgreSQL with the demonstration school, and NATS."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
import sqlalchemy as sa

from benchmarks.servers import Postgres, free_port, run_nats, run_postgres
from platform_api.db import Database
from platform_api.schema import event_log, metadata

__all__ = ["Distributed", "Postgres", "distributed_like", "free_port", "run_nats", "run_postgres"]


@dataclass
class Distributed:
    """PostgreSQL with databases that hold a demonstration school, and NATS."""

    postgres: Postgres
    template: str
    nats_url: str
    _free: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def database(self) -> AsyncIterator[str]:
        """Address of a database as the template is. It is used again afterwards: that is faster than a new copy."""
        name = self._free.pop() if self._free else None
        if name is None or not await self._reset(name):
            name = await self.postgres.create(self.template)
        try:
            yield self.postgres.url(name)
        finally:
            self._free.append(name)

    async def _reset(self, name: str) -> bool:
        conn = await self.postgres.connect(name)
        try:
            await conn.execute(RESET)
        except asyncpg.PostgresError:
            return False  # the test before has changed more than rows
        finally:
            await conn.close()
        return True


_TABLES = [table.name for table in metadata.sorted_tables]
KEEP = "CREATE SCHEMA kept;" + "".join(f"CREATE TABLE kept.{name} AS TABLE public.{name};" for name in _TABLES)
RESET = (
    # Without triggers: neither the order of tables nor the audit, which refuses to forget, stands in the way.
    "BEGIN; SET LOCAL session_replication_role = replica;"
    + "".join(f"DELETE FROM {name}; INSERT INTO {name} SELECT * FROM kept.{name};" for name in _TABLES)
    + "COMMIT;"
)


async def copy_into(postgres: Postgres, source: Path) -> str:
    """Copy a SQLite database of ours into a new database of PostgreSQL, to be a template; its name."""
    name = await postgres.create()
    old, new = Database(f"sqlite+aiosqlite:///{source}"), Database(postgres.url(name))
    try:
        await new.migrate()
        async with old.read() as reading, new.write() as writing:
            for table in metadata.sorted_tables:
                rows = (await reading.execute(sa.select(table))).mappings().all()
                if rows and table is not event_log:
                    await writing.execute(sa.insert(table), [dict(row) for row in rows])
            for counted in ("events", "audit"):
                counter = f"pg_get_serial_sequence('{counted}', 'id')"
                await writing.exec_driver_sql(
                    f"SELECT setval({counter}, (SELECT coalesce(max(id), 0) + 1 FROM {counted}), false)"
                )
            for statement in KEEP.split(";")[:-1]:
                await writing.exec_driver_sql(statement)
    finally:
        await old.close()
        await new.close()
    return name


def distributed_like(source: Path, postgres: Postgres, nats_url: str) -> Distributed:
    """The distributed installation with the contents of a SQLite database. Call it where no event loop runs."""
    return Distributed(postgres, asyncio.run(copy_into(postgres, source)), nats_url)
