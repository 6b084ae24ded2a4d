"""A real media process, started as the supervisor starts it, for tests that come over the wire."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import aiohttp
from prometheus_client.parser import text_string_to_metric_families

from loadtest.peers.participant import Participant
from loadtest.peers.tickets import TicketMaker
from sfera.config import load
from sfera.keys import ensure_keys

START_SECONDS = 20.0
STOP_SECONDS = 15.0


class MediaProcess:
    """`sfera media` on free ports, with its own data folder and fresh keys. Use `start` and `stop`, or the fixture."""

    def __init__(self, data_dir: Path, **media: object) -> None:
        environ = {"SFERA_DATA_DIR": str(data_dir), "SFERA_LOG_FORMAT": "json"}
        options: dict[str, object] = {"port": 0, "control_port": 0, "webhook_url": "", "udp_host": "127.0.0.1", **media}
        for key, value in options.items():
            text = json.dumps(value) if isinstance(value, list) else str(value)
            environ[f"SFERA_MEDIA__{key.upper()}"] = text
        config = load(None, environ)
        ensure_keys(config)
        self.tickets = TicketMaker.from_file(config.api.signing_key)
        self.api_key = Path(config.api.signing_key).read_bytes()
        """The platform's private key (PEM): signs control calls."""
        self.log: list[dict[str, Any]] = []
        """What it has logged so far, one dictionary a line."""
        self.url = ""
        """Of the signalling socket."""
        self.control = ""
        """Base URL of the control port."""
        self.udp_port = 0
        self._environ = {**os.environ, **environ}
        self._process: subprocess.Popen[bytes] | None = None
        self._reader: threading.Thread | None = None
        self._listening = threading.Event()

    def start(self) -> None:
        """Start it, or start it again, and wait until it listens."""
        self._listening.clear()
        self.url = ""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "sfera", "media"],
            env=self._environ,
            stderr=subprocess.PIPE,
            stdin=subprocess.DEVNULL,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        listening = self._listening.wait(START_SECONDS)
        if not listening or not self.url:
            self._process.kill()
            self._finish()
            raise AssertionError(f"the media process did not start: {self.log}")

    @property
    def pid(self) -> int:
        """Of the process that runs."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a crash would."""
        assert self._process is not None
        self._process.kill()
        self._finish()

    def stop(self) -> int:
        """End it as an operator would; its exit code."""
        assert self._process is not None
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
        self._finish()
        return self._process.returncode

    @property
    def defects(self) -> list[dict[str, Any]]:
        """Lines of the log that tell of a mistake in the server, tracebacks among them."""
        return [line for line in self.log if line.get("level") in ("error", "critical") or "raw" in line]

    def participant(
        self, room: str, number: int, *, ticket: dict[str, Any] | None = None, **options: Any
    ) -> Participant:
        """A participant with a ticket of their own; call `join` on it."""
        claims: dict[str, Any] = {"person": f"person-{number}", "name": f"Person {number}", **(ticket or {})}
        return Participant(self.url, self.tickets.make(room, **claims), number=number, **options)

    async def metrics(self) -> dict[str, float]:
        """All samples of /metrics, keyed as `name{label="value"}` (labels sorted; none: only the name)."""
        async with aiohttp.ClientSession() as http, http.get(f"{self.control}/metrics") as answer:
            assert answer.status == 200
            text = await answer.text()
        samples: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
                samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
        return samples

    async def metric(self, name: str, at_least: float, timeout: float = 10.0) -> float:
        """The sample, once it has reached a value: what a worker counts can only be looked at."""
        async with asyncio.timeout(timeout):
            while (value := (await self.metrics()).get(name, 0.0)) < at_least:  # noqa: ASYNC110 (another process counts)
                await asyncio.sleep(0.02)
        return value

    def _read(self) -> None:
        assert self._process is not None and self._process.stderr is not None
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

    def _finish(self) -> None:
        assert self._process is not None and self._process.stderr is not None
        self._process.wait()
        if self._reader is not None:
            self._reader.join()
        self._process.stderr.close()
