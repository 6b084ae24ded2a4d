"""The two servers of the origin benchmark, each a process of its own, and what they serve."""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BROADCAST = "k3J9fQ2mX7b1Zr8Tt0Wq"
PLAYLIST, PART = "video.m3u8", "part-{msn}.1.m4s"
MSN = 700
"""Media sequence number of the segment under way."""
SEGMENTS = 16
"""Whole segments in the playlist: 64 s, which makes it 2 KB."""
STARTING = 20.0
"""Seconds a server may take to listen."""
NGINX = """
worker_processes 1;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  sendfile on;
  tcp_nopush on;
  keepalive_timeout 75;
  keepalive_requests 1000000000;
  types {{ application/vnd.apple.mpegurl m3u8; video/mp4 m4s; }}
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  {more}
  server {{
    listen 127.0.0.1:{port};
    root {folder}/www;
  }}
}}
"""
FILE_CACHE = "open_file_cache max=1000 inactive=60s; open_file_cache_valid 60s; open_file_cache_min_uses 1;"
"""nginx keeps files open and does not look whether they changed: as cheap as it gets, and of no use while live."""


class Unavailable(Exception):
    """A server did not start; the text says why."""


def part_path() -> str:
    """Path of the part that is fetched."""
    return f"/live/{BROADCAST}/{PART.format(msn=MSN)}"


def playlist_path() -> str:
    """Path of the playlist that is fetched."""
    return f"/live/{BROADCAST}/{PLAYLIST}"


class Side:
    """A server in a process of its own, pinned to one processor.

    Args:
        command: what runs it.
        port: where it will listen.
        cpu: its processor.
    """

    def __init__(self, command: list[str], port: int, cpu: int) -> None:
        self.port = port
        pinned = ["taskset", "-c", str(cpu), *command]  # becomes the command: what it starts is pinned as well
        self._process = subprocess.Popen(pinned, stdin=subprocess.DEVNULL, stdout=2)
        self.pid = self._process.pid
        try:
            self._await_listening()
        except Unavailable:
            self.close()
            raise

    def cpu_seconds(self) -> float:
        """CPU the serving process has used, all its threads."""
        # The kernel's clock of another process (CPUCLOCK_SCHED): exact, where /proc/PID/stat counts in ticks of 10 ms.
        return time.clock_gettime((~self.pid << 3) | 2)

    def connect(self) -> socket.socket:
        """A connection to it."""
        made = socket.create_connection(("127.0.0.1", self.port))
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def close(self) -> None:
        """Ends it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _await_listening(self) -> None:
        until = time.monotonic() + STARTING
        while time.monotonic() < until:
            if self._process.poll() is not None:
                raise Unavailable(f"{self._process.args!r} ended with {self._process.returncode}")
            with contextlib.suppress(OSError):
                self.connect().close()
                return
            time.sleep(0.05)
        raise Unavailable(f"{self._process.args!r} does not listen on port {self.port}")


class OurSide(Side):
    """The origin, with a broadcast in it."""

    def __init__(self, cpu: int, part_bytes: int) -> None:
        port = free_port()
        super().__init__([sys.executable, "-m", "benchmarks.origin_sides", str(port), str(part_bytes)], port, cpu)


class NginxSide(Side):
    """nginx, with the same bytes in files. Raises `Unavailable`."""

    def __init__(self, cpu: int, files: dict[str, bytes], *, file_cache: bool) -> None:
        program = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
        if program is None:
            raise Unavailable("nginx is not installed: apt-get install nginx-light")
        self._folder = Path(tempfile.mkdtemp(prefix="sfera-nginx-"))
        self._folder.chmod(0o755)
        for path, body in files.items():
            file = self._folder / "www" / path.lstrip("/")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(body)
        port = free_port()
        config = self._folder / "nginx.conf"
        config.write_text(NGINX.format(folder=self._folder, port=port, more=FILE_CACHE if file_cache else ""))
        try:
            super().__init__([program, "-p", str(self._folder), "-c", str(config), "-e", "stderr"], port, cpu)
            self.pid = worker_of(self.pid)
        except Unavailable:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise

    def close(self) -> None:
        """Ends it."""
        super().close()
        shutil.rmtree(self._folder, ignore_errors=True)


def worker_of(master: int) -> int:
    """Process that serves, under nginx's master. Raises `Unavailable`."""
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    if len(children) != 1:
        raise Unavailable(f"nginx has {len(children)} workers")
    return int(children[0])


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def serve(port: int, part_bytes: int) -> None:
    """The origin with a broadcast whose parts have `part_bytes`, until SIGTERM."""
    from hls.channel import Channel
    from hls.origin import Origin
    from hls.packager import Event, InitSegment, Part, SegmentEnd
    from hls.timing import Timing

    origin = Origin()
    channel = Channel(origin, BROADCAST, Timing())
    origin.channels[BROADCAST] = channel
    body = random.Random(1).randbytes(part_bytes)
    events: list[Event] = [InitSegment(0, bytes(1200), None, None)]
    wall = 1_700_000_000.0
    for msn in range(MSN - SEGMENTS, MSN + 1):
        parts = 2 if msn == MSN else 4
        events += [
            Part(msn, part, body, 1.0, part == 0, wall + 4 * msn + part, 0, discontinuity=False)
            for part in range(parts)
        ]
        if msn < MSN:
            events.append(SegmentEnd(msn))
    channel.publish(events)
    await origin.start("127.0.0.1", port)
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await stopped.wait()
    await origin.close()


if __name__ == "__main__":
    import uvloop

    uvloop.run(serve(int(sys.argv[1]), int(sys.argv[2])))
