"""CPU of the HLS origin for a request, against nginx serving the same bytes from disk.

Both run on the same processor in turns, the viewers on the other one: connections that stay, each asking again as soon
as its answer is there. What is counted is the CPU clock of the serving process. nginx is Debian's, with sendfile and
without a log; `nginx_cached_*` has also its cache of open files switched on, which nobody could do for a live playlist.
Each viewer sends header fields of its own, as a browser with hls.js does, the same ones each time; `unseen` are viewers
who are there for the first time, whose every request has to be parsed.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from benchmarks._viewers import Viewers
from benchmarks.origin_sides import NginxSide, OurSide, Side, Unavailable, part_path, playlist_path

SERVING_CPU = 0
VIEWERS_CPU = 1
FIELDS = (
    'Host: {host}\r\nConnection: keep-alive\r\nsec-ch-ua-platform: "Linux"\r\n'
    "User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/{version}.0.0.0 Safari/537.36\r\n"
    'sec-ch-ua: "Chromium";v="{version}", "Not_A Brand";v="99"\r\nsec-ch-ua-mobile: ?0\r\nAccept: */*\r\n'
    "Origin: https://school.example\r\nSec-Fetch-Site: same-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\n"
    "Referer: https://school.example/\r\nAccept-Language: ru-RU,ru;q=0.9\r\n"
)
"""What Chromium sends, but for Accept-Encoding: nginx as it is set up here would not compress."""


class Wrong(Exception):
    """What came is not what was served; the text says how."""


@dataclass(frozen=True)
class Case:
    """One thing to fetch."""

    name: str
    path: str
    requests: int
    unseen: bool = False


@dataclass(frozen=True)
class Run:
    """Some requests in a row."""

    us: float
    """CPU of the server for one, microseconds."""
    busy: float
    """CPU seconds a second."""
    rate: float
    """Requests a second."""

    def as_dict(self) -> dict[str, float]:
        """For JSON."""
        return {"us": round(self.us, 2), "busy": round(self.busy, 3), "rate": round(self.rate)}


def request(path: str, number: int, unseen: bool = False) -> bytes:
    """What a viewer sends."""
    fields = FIELDS.format(host="127.0.0.1", version=100 + number)
    if unseen:
        # More than the origin remembers; nginx does not care.
        fields += f"Cookie: {'x' * 600}\r\n"
    return f"GET {path} HTTP/1.1\r\n{fields}\r\n".encode()


def fetch(side: Side, text: bytes) -> bytes:
    """One whole answer. Raises `Wrong`."""
    with side.connect() as made:
        made.sendall(text)
        answer = bytearray()
        while b"\r\n\r\n" not in answer:
            answer += made.recv(65536)
        head, _, body = bytes(answer).partition(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 200 "):
            raise Wrong(head[:200].decode("latin-1"))
        length = next(int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:"))
        while len(body) < length:
            body += made.recv(1 << 20)
        return head + b"\r\n\r\n" + body


class Measured:
    """One server and one case: its viewers, and what their runs cost."""

    def __init__(self, side: Side, case: Case, viewers: int, body: bytes) -> None:
        self._side = side
        self._case = case
        self._body = body
        self._requests = [request(case.path, number, case.unseen) for number in range(viewers)]
        whole = fetch(side, self._requests[0])
        self._check(whole)
        self._size = len(whole)
        self.runs: list[Run] = []

    def run(self) -> Run:
        """Fetches, and checks one of the answers. Raises `Wrong`."""
        with contextlib.ExitStack() as cleanup:
            # Servers close connections that are idle, and the others' runs take their time.
            sockets = [cleanup.enter_context(self._side.connect()) for _ in self._requests]
            viewers = Viewers(sockets, self._requests, self._size)
            viewers.run(len(sockets))
            before = self._side.cpu_seconds()
            seconds = viewers.run(self._case.requests)
            used = self._side.cpu_seconds() - before
        if viewers.failed:
            why = "the connection ended" if viewers.failed < 0 else os.strerror(viewers.failed)
            raise Wrong(f"{self._case.name}: {why}")
        kept = viewers.kept_answer()
        if kept is None:
            raise Wrong(f"{self._case.name}: no answer was kept")
        self._check(kept)
        self.runs.append(Run(used / self._case.requests * 1e6, used / seconds, self._case.requests / seconds))
        return self.runs[-1]

    def _check(self, answer: bytes) -> None:
        if answer.partition(b"\r\n\r\n")[2] != self._body:
            raise Wrong(f"{self._case.name}: another body than the one that was served")


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Runs all sides in turns. Raises `Wrong` and `Unavailable`."""
    os.sched_setaffinity(0, {VIEWERS_CPU % (os.cpu_count() or 1)})
    cases = [
        Case("playlist", playlist_path(), options.requests),
        Case("part", part_path(), max(1, options.requests // 5)),
        Case("unseen", playlist_path(), options.requests // 2, unseen=True),
    ]
    with contextlib.ExitStack() as cleanup:
        ours = OurSide(SERVING_CPU, options.part_bytes)
        cleanup.callback(ours.close)
        files = {case.path: fetch(ours, request(case.path, 0)).partition(b"\r\n\r\n")[2] for case in cases}
        sides: dict[str, Side] = {"ours": ours}
        for name, cached in (("nginx", False), ("nginx_cached", True)):
            nginx = NginxSide(SERVING_CPU, files, file_cache=cached)
            cleanup.callback(nginx.close)
            sides[name] = nginx
        measured: dict[tuple[str, str], Measured] = {}
        for case in cases:
            for name, side in sides.items():
                measured[case.name, name] = Measured(side, case, options.viewers, files[case.path])
        for turn in range(options.runs + 1):
            for (case_name, name), each in measured.items():
                run = each.run()
                kind = "warm-up" if turn == 0 else f"run {turn}"
                print(
                    f"{kind:8} {case_name:9} {name:13} {run.us:7.2f} us, busy {run.busy:4.0%}, {run.rate:8.0f}/s",
                    file=sys.stderr,
                )
        return compare(measured, files)


def compare(measured: dict[tuple[str, str], Measured], files: dict[str, bytes]) -> dict[str, Any]:
    """Medians and ratios. The first turn warmed caches."""

    def us(case: str, side: str) -> float:
        return median(run.us for run in measured[case, side].runs[1:])

    result: dict[str, Any] = {}
    for case in ("playlist", "part", "unseen"):
        mine, theirs, cached = us(case, "ours"), us(case, "nginx"), us(case, "nginx_cached")
        result |= {
            f"{case}_ratio": round(mine / theirs, 3),
            f"{case}_us": round(mine, 2),
            f"nginx_{case}_us": round(theirs, 2),
            f"{case}_ratio_cached": round(mine / cached, 3),
            f"nginx_cached_{case}_us": round(cached, 2),
        }
    result["requests"] = sum(each._case.requests * len(each.runs) for each in measured.values())
    result["playlist_bytes"], result["part_bytes"] = len(files[playlist_path()]), len(files[part_path()])
    result["runs"] = {
        f"{case} {name}": [run.as_dict() for run in each.runs[1:]] for (case, name), each in measured.items()
    }
    return result


def lines(result: dict[str, Any]) -> Iterator[str]:
    """The result for a person."""
    for case in ("playlist", "part", "unseen"):
        yield (
            f"{case:9} {result[f'{case}_us']:7.2f} us a request, nginx {result[f'nginx_{case}_us']:7.2f}: "
            f"ratio {result[f'{case}_ratio']:.3f} ({result[f'{case}_ratio_cached']:.3f} with its cache of open files)"
        )


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line of `python -m benchmarks origin`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks origin", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--runs", type=int, default=7, help="runs of each side, in turns (default 7)")
    parser.add_argument(
        "--requests", type=int, default=40_000, help="playlists a run; a fifth of it parts (default 40000)"
    )
    parser.add_argument("--viewers", type=int, default=64, help="connections (default 64)")
    parser.add_argument("--part-bytes", type=int, default=200_000, help="size of the part (default 200000)")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """The command; exit status 1 when something else came than was served, 2 when a server is missing."""
    options = parse_arguments(arguments)
    if (os.cpu_count() or 1) < 2:
        print("one processor only: the viewers take time from what is measured", file=sys.stderr)
    try:
        result = measure(options)
    except Wrong as error:
        print(f"what came is not what was served: {error}", file=sys.stderr)
        return 1
    except Unavailable as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps(result) if options.json else "\n".join(lines(result)))
    return 0
