"""How long the platform takes to answer, over real HTTP, on SQLite and on PostgreSQL.

One api process serves one school of 30 classes with 30 students each. Calls come as an open loop: each at its own time,
whether the one before was answered or not, and its time runs from when it should have been sent. Half of them list a
person's classes, half open one of 30 members, by students and teachers in turn. `resume_100` is from opening an event
socket behind 100 events to having all of them; `sign_in` has an argon2 hash in it. `cpu_ms_per_call` is the CPU of the
api process for one call of the open loop: it says more than the rest where other work runs beside.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import hashlib
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import aiohttp
import msgspec
import sqlalchemy as sa
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from benchmarks.servers import run_nats, run_postgres
from platform_api.clock import utc_now
from platform_api.config import ApiConfig
from platform_api.db import Database
from platform_api.events import record
from platform_api.people.passwords import Passwords
from platform_api.schema import classes, memberships, people, school_years, schools, sessions

CLASSES = 30
STUDENTS = 30
"""In each class; with its teachers it shows about as many members."""
TAUGHT = 6
"""Classes of a teacher."""
PASSWORD = "a long enough password"
SIGNERS = 120
RUN = """
import logging, sys, msgspec, structlog
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.INFO))
from platform_api.app import run
from platform_api.config import ApiConfig
run(msgspec.json.decode(sys.argv[1], type=ApiConfig))
"""


@dataclass(frozen=True)
class Reader:
    """Somebody signed in, and a class they see."""

    cookie: str
    class_id: str


@dataclass(frozen=True)
class School:
    """What was made for the benchmark."""

    id: str
    readers: list[Reader]


async def make_school(database: Database) -> School:
    """Fill a new database."""
    await database.migrate()
    passwords, now = Passwords(), utc_now() - timedelta(days=1)
    password_hash = await passwords.hash(PASSWORD)
    passwords.close()
    rows: dict[sa.Table, list[dict[str, Any]]] = {people: [], memberships: [], sessions: []}
    readers: list[Reader] = []

    def add(login: str, role: str, class_ids: list[str], *, signed_in: bool = True) -> None:
        token = secrets.token_urlsafe(32)
        rows[people].append(
            {
                "id": login,
                "login": login,
                "name": f"{role.title()} {login}",
                "password_hash": password_hash,
                "created_at": now,
            }
        )
        rows[memberships].extend(
            {
                "id": f"{login}-{class_id}",
                "person_id": login,
                "school_id": "school",
                "role": role,
                "class_id": class_id,
                "since": now,
            }
            for class_id in class_ids
        )
        if signed_in:
            rows[sessions].append(_session(login, token, now))
            readers.append(Reader(token, class_ids[0]))

    names = [f"class-{number}" for number in range(CLASSES)]
    for number, name in enumerate(names):
        for student in range(STUDENTS):
            add(f"student-{number}-{student}", "student", [name])
        add(f"teacher-{number}", "teacher", [names[(number + step) % CLASSES] for step in range(TAUGHT)])
    for number in range(SIGNERS):
        add(f"signer-{number}", "teacher", [names[number % CLASSES]], signed_in=False)
    async with database.write() as conn:
        await conn.execute(sa.insert(schools).values(id="school", name="School", city="City", created_at=now))
        await conn.execute(
            sa.insert(school_years).values(
                id="year",
                school_id="school",
                name="2026/2027",
                starts_on=date(2026, 9, 1),
                ends_on=date(2027, 8, 31),
                created_at=now,
            )
        )
        await conn.execute(
            sa.insert(classes),
            [
                {"id": name, "school_id": "school", "school_year_id": "year", "name": name, "created_at": now}
                for name in names
            ],
        )
        for table, values in rows.items():
            await conn.execute(sa.insert(table), values)
    if not database.is_sqlite:
        async with database.write() as conn:
            await conn.exec_driver_sql("ANALYZE")
    return School("school", readers)


@asynccontextmanager
async def serve(config: ApiConfig) -> AsyncIterator[tuple[str, int]]:
    """The api in a process of its own; its base address and process id."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        RUN,
        msgspec.json.encode(config).decode(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    assert process.stdout is not None
    lines: list[str] = []
    try:
        port = ""
        while not port:
            line = (await process.stdout.readline()).decode()
            if not line:
                raise RuntimeError("the api did not start:\n" + "".join(lines[-20:]))
            lines.append(line)
            if "api_listening" in line:
                port = line.split("127.0.0.1'")[1].strip(" ,").split("]")[0]
        reading = asyncio.create_task(_drain(process.stdout))
        yield f"http://127.0.0.1:{port}", process.pid
        process.terminate()
        await process.wait()
        await reading
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def _drain(stream: asyncio.StreamReader) -> None:
    while await stream.read(65536):
        pass


async def open_loop(
    rate: float, seconds: float, call: Callable[[int], Awaitable[None]], *, first: int = 0
) -> list[tuple[int, float]]:
    """Make calls at a steady rate; the number of each and how long it took from when it was due, in seconds."""
    loop = asyncio.get_running_loop()
    taken: list[tuple[int, float]] = []
    start = loop.time() + 0.05

    async def one(number: int) -> None:
        due = start + number / rate
        await asyncio.sleep(max(0.0, due - loop.time()))
        await call(first + number)
        taken.append((first + number, loop.time() - due))

    async with asyncio.TaskGroup() as group:
        for number in range(round(rate * seconds)):
            group.create_task(one(number))
            if number % 50 == 49:
                # Not all at once: thousands of sleeping tasks would be the load.
                await asyncio.sleep(max(0.0, start + (number - 50) / rate - loop.time()))
    return taken


async def measure(
    base: str, process: int, database: Database, school: School, rate: float, seconds: float
) -> dict[str, float]:
    """All figures of one database."""
    readers = school.readers
    connector = aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(base, connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as client:

        async def read(number: int) -> None:
            reader = readers[number * 7919 % len(readers)]
            path = "/api/v1/classes" if number % 2 == 0 else f"/api/v1/classes/{reader.class_id}"
            async with client.get(path, headers={"Cookie": f"sfera_session={reader.cookie}"}) as response:
                body = await response.read()
                if response.status != 200:
                    raise RuntimeError(f"{path}: {response.status} {body[:200]!r}")

        await open_loop(rate, 2.0, read)
        gc.collect()
        gc.freeze()
        cpu = _cpu_seconds(process)
        taken = await open_loop(rate, seconds, read, first=1000)
        cpu = _cpu_seconds(process) - cpu
        listing = [one for number, one in taken if number % 2 == 0]
        opening = [one for number, one in taken if number % 2 == 1]
        resuming = await _resume(client, database, school, min(seconds, 10.0))
        signing = await _sign_in(client, min(SIGNERS, round(4.0 * seconds)))
    return {
        "cpu_ms_per_call": round(1000 * cpu / len(taken), 2),
        "list_classes_p50_ms": _ms(listing, 0.5),
        "list_classes_p99_ms": _ms(listing, 0.99),
        "open_class_p50_ms": _ms(opening, 0.5),
        "open_class_p99_ms": _ms(opening, 0.99),
        "resume_100_p50_ms": _ms(resuming, 0.5),
        "resume_100_p99_ms": _ms(resuming, 0.99),
        "sign_in_p50_ms": _ms(signing, 0.5),
        "sign_in_p99_ms": _ms(signing, 0.99),
    }


async def _resume(client: aiohttp.ClientSession, database: Database, school: School, seconds: float) -> list[float]:
    """Sockets that were away for 100 events, twenty a second."""
    cookie = {"Cookie": f"sfera_session={school.readers[0].cookie}"}
    async with client.get("/api/v1/events", headers=cookie) as response:
        cursor = (await response.json())["cursor"]
    for _ in range(10):
        async with database.write() as conn:
            for number in range(10):
                await record(conn, "school.changed", f"{school.id}-{number}", school_id=school.id)
    seen = 0
    while seen < 100:
        # They were written by this process, of which the api hears when it looks; that is not what is measured.
        async with client.get(f"/api/v1/events?after={cursor}", headers=cookie) as response:
            seen = len((await response.json())["items"])
    taken: list[float] = []

    async def one(number: int) -> None:
        cookie = {"Cookie": f"sfera_session={school.readers[number % len(school.readers)].cookie}"}
        begun = time.perf_counter()
        seen = 0
        async with client.ws_connect("/api/v1/events/socket", headers=cookie) as socket:
            await socket.send_json({"resume_after": cursor})
            while seen < 100:
                message = msgspec.json.decode((await socket.receive()).data)
                seen += len(message["items"])
        taken.append(time.perf_counter() - begun)

    await open_loop(20.0, seconds, one)
    return taken


async def _sign_in(client: aiohttp.ClientSession, number: int) -> list[float]:
    """So many people sign in, each once, four a second."""

    async def one(number: int) -> None:
        body = {"login": f"signer-{number % SIGNERS}", "password": PASSWORD}
        async with client.post("/api/v1/session", json=body, headers={"X-Sfera": "1"}) as response:
            if response.status != 200:
                raise RuntimeError(f"sign in: {response.status} {await response.text()}")

    return [one for _, one in await open_loop(4.0, number / 4.0, one)]


async def benchmark(which: str, rate: float, seconds: float) -> dict[str, float]:
    """One database from nothing to figures."""
    with tempfile.TemporaryDirectory(prefix="sfera-bench-") as name:
        folder = Path(name)
        if which == "sqlite":
            return await _on(f"sqlite+aiosqlite:///{folder}/sfera.db", "", folder, rate, seconds)
        with run_postgres(careless=False) as server, run_nats() as bus_url:
            return await _on(server.url(await server.create()), bus_url, folder, rate, seconds)


async def _on(database_url: str, bus_url: str, folder: Path, rate: float, seconds: float) -> dict[str, float]:
    database = Database(database_url)
    try:
        school = await make_school(database)
        config = ApiConfig(
            port=0,
            database_url=database_url,
            bus_url=bus_url,
            signing_key=_key(folder, "api")[0],
            webhook_key=_key(folder, "media")[1],
            media_control_url="http://127.0.0.1:9",
            hls_control_url="http://127.0.0.1:9",
            # Everybody is behind one address here and signs in at once.
            address_calls_per_minute=0,
            person_calls_per_minute=0,
        )
        async with serve(config) as (base, process):
            return await measure(base, process, database, school, rate, seconds)
    finally:
        await database.close()


def _session(person_id: str, token: str, now: datetime) -> dict[str, Any]:
    return {
        "id": f"session-{person_id}",
        "token_hash": hashlib.sha256(token.encode()).digest(),
        "person_id": person_id,
        "created_at": now,
        "seen_at": utc_now(),
        "expires_at": now + timedelta(days=14),
    }


def _key(folder: Path, name: str) -> tuple[str, str]:
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return str(private), str(public)


def _cpu_seconds(process: int) -> float:
    """CPU that a process has used."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _ms(taken: list[float], quantile: float) -> float:
    ordered = sorted(taken)
    return round(1000 * ordered[min(len(ordered) - 1, int(len(ordered) * quantile))], 2)


def main(arguments: list[str]) -> int:
    """`python -m benchmarks platform`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks platform", description=__doc__)
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--rate", type=float, default=200.0, help="calls a second (200)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long they come (20)")
    parser.add_argument("--only", choices=("sqlite", "postgresql"), help="one of the two databases")
    chosen = parser.parse_args(arguments)
    figures: dict[str, float] = {}
    for which in [chosen.only] if chosen.only else ["sqlite", "postgresql"]:
        found = asyncio.run(benchmark(which, chosen.rate, chosen.seconds))
        figures |= {f"{which}.{name}": value for name, value in found.items()}
        if not chosen.json:
            for name, value in found.items():
                print(f"{which:11} {name:22} {value:8.2f}")
    if chosen.json:
        print(json.dumps({"rate": chosen.rate, "seconds": chosen.seconds, **figures}))
    return 0
