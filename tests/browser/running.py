"""A real `sfera serve` on free ports over a folder of its own, with the demonstration school in it."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

from joserfc.jwk import OKPKey
from prometheus_client.parser import text_string_to_metric_families

from platform_api.signing import CONTROL_AUDIENCE, sign_call

START_SECONDS = 60.0
STOP_SECONDS = 20.0
PASSWORD = "demo-sfera"

T = TypeVar("T")


def wait_for(look: Callable[[], T | None], what: str, timeout: float = 20.0) -> T:
    """What `look` gives, once it gives something true: for what another process does, which can only be looked at."""
    deadline = time.monotonic() + timeout
    while not (found := look()):
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {timeout:.0f} s")
        time.sleep(0.05)
    return found


@cache
def seeded() -> tempfile.TemporaryDirectory[str]:
    """A data folder with the demonstration school, which takes seconds to make; removed when Python ends."""
    folder = tempfile.TemporaryDirectory(prefix="sfera-demonstration-")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SFERA_")}
    subprocess.run(
        [sys.executable, "-m", "sfera", "seed-demo", "--json", "--password", PASSWORD],
        env={**clean, "SFERA_DATA_DIR": folder.name}, stdout=subprocess.DEVNULL, check=True,
    )  # fmt: skip
    return folder


class Serve:
    """`sfera serve` as an operator starts it. Everything it logs is kept in `serve.log` of its folder."""

    def __init__(self, data_dir: Path, **settings: str) -> None:
        self.data_dir = data_dir
        self._environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SFERA_")},
            "SFERA_DATA_DIR": str(data_dir),
            "SFERA_API__PORT": "0",
            "SFERA_MEDIA__PORT": "0",
            "SFERA_MEDIA__CONTROL_PORT": "0",
            "SFERA_HLS__PORT": "0",
            "SFERA_HLS__CONTROL_PORT": "0",
            "SFERA_SUPERVISOR__PORT": "0",
            **settings,
        }
        self._log = data_dir / "serve.log"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start everything over the demonstration school and wait until all of it answers."""
        shutil.copytree(seeded().name, self.data_dir, dirs_exist_ok=True)
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "sfera", "serve"], env=self._environ, stdin=subprocess.DEVNULL, stderr=log
            )
        wait_for(self._is_ready, f"sfera serve is ready ({self._log})", START_SECONDS)

    def stop(self) -> int:
        """End it as an operator would; its exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        try:
            return self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
            raise

    @property
    def environ(self) -> dict[str, str]:
        """What a command of this Sfera's operator runs with."""
        return self._environ

    @property
    def running(self) -> dict[str, Any]:
        """run.json: what runs now."""
        state: dict[str, Any] = json.loads((self.data_dir / "run.json").read_bytes())
        return state

    @property
    def url(self) -> str:
        """Where a browser goes."""
        return str(self.running["addresses"]["api"])

    @property
    def media_pid(self) -> int | None:
        """The media process that runs now."""
        pid: int | None = self.running["processes"]["media"]["pid"]
        return pid

    def kill_media(self) -> int:
        """End the media process as a crash would; its pid."""
        pid = self.media_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    @property
    def hls_url(self) -> str:
        """Where viewers find broadcasts."""
        return str(self.running["addresses"]["hls"])

    def kill_hls(self) -> int:
        """End the hls process as a crash would; its pid."""
        pid: int | None = self.running["processes"]["hls"]["pid"]
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        return pid

    def metrics(self) -> dict[str, float]:
        """All samples of the media process, keyed as `name{label="value"}` (labels sorted; none: only the name)."""
        with urllib.request.urlopen(f"{self.running['addresses']['control']}/metrics", timeout=10) as answer:
            text = answer.read().decode()
        samples: dict[str, float] = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = ",".join(f'{key}="{value}"' for key, value in sorted(sample.labels.items()))
                samples[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
        return samples

    def room(self, lesson: str) -> dict[str, Any]:
        """What the media process says of a lesson's room through its control API."""
        path = f"/control/v1/rooms/{lesson}"
        key = OKPKey.import_key((self.data_dir / "keys" / "api.pem").read_text())
        signature = sign_call(key, CONTROL_AUDIENCE, "GET", path, b"", time.time())
        request = urllib.request.Request(
            self.running["addresses"]["control"] + path, headers={"Authorization": signature}
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            state: dict[str, Any] = json.load(answer)
        return state

    def log_lines(self) -> list[dict[str, Any]]:
        """Everything logged so far, one dictionary a line; a line that is no JSON stands under `raw`."""
        lines: list[dict[str, Any]] = []
        for raw in self._log.read_text(errors="replace").splitlines():
            try:
                lines.append(json.loads(raw))
            except ValueError:
                lines.append({"raw": raw})
        return lines

    def _is_ready(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, self._log.read_text(errors="replace")
        try:
            if not self.running["ready"]:
                return False
            with urllib.request.urlopen(f"{self.url}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (OSError, urllib.error.URLError):
            return False
