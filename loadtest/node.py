"""A media process of its own for a load: started as an operator would, looked at by its metrics and by the kernel."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, Self, TypeVar

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from loadtest import stallable
from loadtest.peers.participant import Participant
from loadtest.peers.tickets import TicketMaker

START_SECONDS: Final = 30.0
STOP_SECONDS: Final = 15.0

P = TypeVar("P", bound=Participant)


def samples_of(text: str) -> dict[str, float]:
    """Prometheus's text as `name{label="value"}` -> value, labels in order. Raises `ValueError`."""
    samples: dict[str, float] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(f'{name}="{value}"' for name, value in sorted(sample.labels.items()))
            samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return samples


class NodeError(Exception):
    """The media process did not start."""


class Node:
    """`sfera media` on free ports over its own data folder. Use it as a context manager.

    `media` are settings of its section; lists are given as lists. `cpu`: the processor it is kept on, -1: any.
    `stall_seconds`: how long `stall` keeps its Python still; 0: it cannot be. `inside` wraps the command,
    so that it runs elsewhere (`loadtest.netns`).
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        cpu: int = -1,
        stall_seconds: float = 0.0,
        inside: Callable[[list[str]], list[str]] = list,
        **media: object,
    ) -> None:
        options: dict[str, object] = {
            "port": 0,
            "control_port": 0,
            "webhook_url": "",
            "udp_host": "127.0.0.1",
            **media,
        }
        own = {
            f"SFERA_MEDIA__{name.upper()}": json.dumps(value) if isinstance(value, list) else str(value)
            for name, value in options.items()
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("SFERA_")}
        self._environ = clean | own | {"SFERA_DATA_DIR": str(data_dir), "SFERA_LOG_FORMAT": "json"}
        self._program = "sfera"
        if stall_seconds:
            self._program = "loadtest.stallable"
            self._environ[stallable.SECONDS] = str(stall_seconds)
        self._cpu, self._inside = cpu, inside
        self._key = data_dir / "keys" / "api.pem"
        self._process: subprocess.Popen[bytes] | None = None
        self._listening = threading.Event()
        self._reader: threading.Thread | None = None
        self.log: list[dict[str, Any]] = []
        """What it has logged."""
        self.url = ""
        self.control = ""
        self.udp_port = 0

    def __enter__(self) -> Self:
        """Starts it and waits until it listens. Raises `NodeError`."""
        self._run("keys")
        self.tickets = TicketMaker.from_file(self._key)
        before = os.sched_getaffinity(0)
        if self._cpu >= 0:
            os.sched_setaffinity(0, {self._cpu})  # the child's threads inherit it, wherever this one is kept meanwhile
        try:
            self._process = subprocess.Popen(
                self._inside([sys.executable, "-m", self._program, "media"]),
                env=self._environ,
                stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL,
            )
        finally:
            os.sched_setaffinity(0, before)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self._listening.wait(START_SECONDS)
        if not self.url:
            self.__exit__()
            raise NodeError(f"the media process did not start: {self.log}")
        return self

    def __exit__(self, *_: object) -> None:
        """Ends it."""
        if self._process is None or self._process.stderr is None:
            return
        self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._reader is not None:
            self._reader.join()
        self._process.stderr.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process is not None, "it has not been started"
        return self._process.pid

    def stall(self) -> None:
        """Its Python stands still from now on, for `stall_seconds`."""
        assert self._program != "sfera", "it was not started so that it can be held still"
        os.kill(self.pid, stallable.SIGNAL)

    @property
    def defects(self) -> list[dict[str, Any]]:
        """What it has logged of its own mistakes."""
        return [line for line in self.log if line.get("level") in ("error", "critical") or "raw" in line]

    def participant(self, room: str, number: int, *, role: str = "member", **options: Any) -> Participant:
        """Somebody with a ticket; call `join`."""
        return self.newcomer(Participant, room, number, role=role, **options)

    def newcomer(self, kind: type[P], room: str, number: int, *, role: str, **options: Any) -> P:
        """The same, of a kind of one's own."""
        ticket = self.tickets.make(room, person=f"person-{number}", name=f"Person {number}", role=role)
        return kind(self.url, ticket, number=number, **options)

    def wakeups(self) -> int:
        """How often the thread that runs Python has gone to sleep so far, which is as often as it was woken."""
        for line in Path(f"/proc/{self.pid}/task/{self.pid}/status").read_text().splitlines():
            if line.startswith("voluntary_ctxt_switches"):
                return int(line.split()[1])
        raise NodeError("this kernel does not count switches")

    def rss(self) -> int:
        """Bytes of memory it holds."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE")

    def descriptors(self) -> int:
        """Open files and sockets."""
        return len(list(Path(f"/proc/{self.pid}/fd").iterdir()))

    async def metrics(self) -> dict[str, float]:
        """All samples of /metrics as `name{label="value"}`, labels in order."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.control}/metrics") as answer:
            answer.raise_for_status()
            text = await answer.text()
        return samples_of(text)

    async def counters(self) -> dict[str, int]:
        """The counters of its packet workers, added up."""
        start, end = "sfera_media_worker_", "_total{worker="
        added: Counter[str] = Counter()
        for name, value in (await self.metrics()).items():
            if name.startswith(start) and end in name:
                added[name.removeprefix(start).partition(end)[0]] += int(value)
        return {name: added[name] for name in added}

    async def live(self) -> dict[str, int]:
        """What exists on its packet workers, added up."""
        start = 'sfera_media_worker_live{kind="'
        added: Counter[str] = Counter()
        for name, value in (await self.metrics()).items():
            if name.startswith(start):
                added[name.removeprefix(start).partition('"')[0]] += int(value)
        return {kind: added[kind] for kind in added}

    async def until_empty(self, seconds: float = 20.0) -> dict[str, int]:
        """Wait until nothing exists on the workers but rooms; what exists at the end."""
        give_up = asyncio.get_running_loop().time() + seconds
        while True:
            live = await self.live()
            if not any(live[kind] for kind in ("transports", "uptracks", "slots", "caches", "keys")):
                return live
            if asyncio.get_running_loop().time() > give_up:
                return live
            await asyncio.sleep(0.05)

    async def end_room(self, room: str) -> None:
        """End a room for all, by the control API."""
        path = f"/control/v1/rooms/{room}"
        headers = {"Authorization": self.tickets.call("DELETE", path)}
        async with aiohttp.ClientSession() as http, http.delete(self.control + path, headers=headers) as answer:
            if answer.status not in (204, 404):
                answer.raise_for_status()

    def _run(self, command: str) -> None:
        subprocess.run(
            [sys.executable, "-m", "sfera", command],
            env=self._environ,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def _read(self) -> None:
        assert self._process is not None
        assert self._process.stderr is not None
        for raw in self._process.stderr:
            try:
                line = json.loads(raw)
            except ValueError:
                line = {"raw": raw.decode(errors="replace")}
            self.log.append(line)
            if line.get("event") == "media listens":
                self.url = f"ws://{line['signal']}/signal"
                self.control = f"http://{line['control']}"
                self.udp_port = line["udp"][0]
                self._listening.set()
        self._listening.set()
