"""A platform of its own for a load: a school in a new database, and `sfera api`, which may be killed and come again."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Final

import aiohttp
import msgspec

START_SECONDS: Final = 60.0
STOP_SECONDS: Final = 15.0


class PlatformError(Exception):
    """The api process did not start, or the school was not made."""


class ChatOfMany(msgspec.Struct, frozen=True):
    """A chat, and a session token of everybody who reads it."""

    id: str
    tokens: list[str]


class Platform:
    """`sfera api` over a data folder, on a port that stays the same when it is started again."""

    def __init__(self, data_dir: Path, database_url: str = "") -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port: int = probe.getsockname()[1]
        self.database_url = database_url or f"sqlite+aiosqlite:///{data_dir}/sfera.db"
        own = {
            "SFERA_DATA_DIR": str(data_dir),
            "SFERA_LOG_LEVEL": "warning",
            "SFERA_API__PORT": str(self.port),
            "SFERA_API__DATABASE_URL": self.database_url,
            # Everybody is behind one address here.
            "SFERA_API__ADDRESS_CALLS_PER_MINUTE": "0",
            "SFERA_API__PERSON_CALLS_PER_MINUTE": "0",
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SFERA_")}
        self._environ = clean | own
        self._log = data_dir / "api.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def base(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Its process. Raises PlatformError when none runs."""
        if self._process is None:
            raise PlatformError("the api does not run")
        return self._process.pid

    async def fill(self, classes: int, size: int) -> list[ChatOfMany]:
        """Make its school. Raises PlatformError."""
        await self._run("-m", "sfera", "keys")
        made = await self._run(
            *("-m", "platform_api.rehearsal", self.database_url, "--classes", str(classes), "--size", str(size))
        )
        return msgspec.json.decode(made, type=list[ChatOfMany])

    async def start(self) -> None:
        """Start the process and wait until it answers. Raises PlatformError."""
        self._process = await asyncio.to_thread(self._spawn)
        end = asyncio.get_running_loop().time() + START_SECONDS
        async with aiohttp.ClientSession() as session:
            while asyncio.get_running_loop().time() < end and self._process.poll() is None:
                try:
                    async with session.get(f"{self.base}/health") as response:
                        await response.read()
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.02)
        raise PlatformError("the api did not start:\n" + self._log.read_text(errors="replace")[-2000:])

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                ["setpriv", "--pdeathsig=KILL", sys.executable, "-m", "sfera", "api"],
                env=self._environ,
                stdout=log,
                stderr=log,
            )

    def kill(self) -> None:
        """kill -9, in the middle of whatever it does."""
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(STOP_SECONDS)

    def stop(self) -> None:
        """End it as an operator would."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    async def _run(self, *arguments: str) -> bytes:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *arguments,
            env=self._environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, complaint = await process.communicate()
        if process.returncode:
            raise PlatformError(complaint.decode(errors="replace")[-2000:])
        return output
