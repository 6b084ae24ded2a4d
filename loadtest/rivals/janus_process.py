"""Debian's Janus as a process of ours: its own configuration in a folder of its own, ended with this process.

Taken from its packaged defaults: ICE-lite is on, as its manual advises where the address is public, and plugins and
transports that are not used are off. Everything else is as it is installed.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Final

import aiohttp

PORT: Final = 8188
START_SECONDS: Final = 15.0
STOP_SECONDS: Final = 10.0

_PLUGIN: Final = "libjanus_videoroom"
_TRANSPORT: Final = "libjanus_websockets"


class JanusMissing(Exception):
    """There is no Janus on this machine, or it does not start."""


def version() -> str:
    """What `janus --version` says, such as `1.1.2`. Raises `JanusMissing`."""
    if shutil.which("janus") is None:
        raise JanusMissing("janus is not installed: apt-get install janus")
    said = subprocess.run(["janus", "--version"], capture_output=True, text=True, check=False)
    return (said.stdout + said.stderr).strip().split()[-1]


class JanusProcess:
    """`start`, then `url` and `pid`; `stop` ends it. `inside` wraps the command so that it runs where `address` is.

    `cpu`: the processor it is kept on, -1: any.
    """

    def __init__(self, folder: Path, address: str, *, inside: Callable[[list[str]], list[str]], cpu: int = -1) -> None:
        self.url = f"ws://{address}:{PORT}"
        self._folder, self._address, self._inside, self._cpu = folder, address, inside, cpu
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """Of the process."""
        assert self._process is not None, "it has not been started"
        return self._process.pid

    async def start(self) -> None:
        """Start it and wait until its API answers. Raises `JanusMissing`."""
        version()
        self._configure()
        command = ["janus", "-C", str(self._folder / "janus.jcfg"), "-F", str(self._folder), "-i", self._address]
        if self._cpu >= 0:
            command = ["taskset", "-c", str(self._cpu), *command]
        # The kernel ends it when this process is killed.
        command = self._inside(["setpriv", "--pdeathsig", "KILL", *command])
        with (self._folder / "log").open("wb") as log:
            self._process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: ASYNC220
        await self._answers()

    async def stop(self) -> None:
        """End it; idempotent."""
        process, self._process = self._process, None
        if process is None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    async def _answers(self) -> None:
        assert self._process is not None
        give_up = asyncio.get_running_loop().time() + START_SECONDS
        async with aiohttp.ClientSession() as http:
            while self._process.poll() is None and asyncio.get_running_loop().time() < give_up:
                try:
                    async with http.ws_connect(self.url, protocols=["janus-protocol"]):
                        return
                except aiohttp.ClientError:
                    await asyncio.sleep(0.05)
        said = (self._folder / "log").read_text(errors="replace").strip().splitlines()[-5:]
        await self.stop()
        raise JanusMissing("janus did not start: " + " | ".join(said))

    def _configure(self) -> None:
        installed = _installed()
        off = {
            kind: ",".join(
                library.name
                for library in sorted((installed / kind).glob("*.so"))
                if library.stem not in (_PLUGIN, _TRANSPORT)
            )
            for kind in ("plugins", "transports")
        }
        self._write(
            "janus.jcfg",
            f'''general: {{
  configs_folder = "{self._folder}"
  plugins_folder = "{installed / "plugins"}"
  transports_folder = "{installed / "transports"}"
  events_folder = "{self._folder}"
  loggers_folder = "{self._folder}"
  debug_level = 2
  debug_colors = false
}}
nat: {{ ice_lite = true }}
plugins: {{ disable = "{off["plugins"]}" }}
transports: {{ disable = "{off["transports"]}" }}
''',
        )
        self._write("janus.plugin.videoroom.jcfg", "general: {}\n")
        self._write(
            "janus.transport.websockets.jcfg",
            f'general: {{ json = "compact" ws = true ws_port = {PORT} ws_ip = "{self._address}" }}\n',
        )

    def _write(self, name: str, text: str) -> None:
        (self._folder / name).write_text(text)


def _installed() -> Path:
    """The folder of its libraries. Raises `JanusMissing`."""
    for folder in (*Path("/usr/lib").glob("*/janus"), Path("/usr/lib/janus"), Path("/opt/janus/lib/janus")):
        if (folder / "plugins" / f"{_PLUGIN}.so").exists():
            return folder
    raise JanusMissing("janus has no VideoRoom plugin here")
