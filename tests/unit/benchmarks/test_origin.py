from __future__ import annotations

import argparse
import json
import shutil

import pytest

from benchmarks import origin
from benchmarks.origin_sides import NginxSide, OurSide, part_path, playlist_path

nginx = pytest.mark.skipif(shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/bin") is None, reason="no nginx")


@nginx
def test_one_json_object_with_what_is_promised(capsys: pytest.CaptureFixture[str]) -> None:
    assert origin.main(["--json", "--runs", "1", "--requests", "5000", "--viewers", "8"]) == 0
    result = json.loads(capsys.readouterr().out)
    for key in (
        "playlist_ratio",
        "part_ratio",
        "playlist_us",
        "part_us",
        "nginx_playlist_us",
        "nginx_part_us",
        "requests",
    ):
        assert result[key] > 0
    assert 1800 < result["playlist_bytes"] < 2600
    assert result["part_bytes"] == 200_000


@nginx
def test_other_bytes_are_noticed() -> None:
    side = NginxSide(0, {part_path(): b"x" * 1000}, file_cache=False)
    try:
        with pytest.raises(origin.Wrong):
            origin.Measured(side, origin.Case("part", part_path(), 10), 2, b"y" * 1000)
        with pytest.raises(origin.Wrong):
            origin.Measured(side, origin.Case("playlist", playlist_path(), 10), 2, b"")
    finally:
        side.close()


def test_cpu_is_counted() -> None:
    side = OurSide(0, 1000)
    try:
        before = side.cpu_seconds()
        measured = origin.Measured(side, origin.Case("part", part_path(), 2000), 4, body(side))
        run = measured.run()
        assert side.cpu_seconds() > before
        assert run.us > 0
    finally:
        side.close()


def body(side: OurSide) -> bytes:
    """The part that is served."""
    return origin.fetch(side, origin.request(part_path(), 0)).partition(b"\r\n\r\n")[2]


def test_defaults() -> None:
    options = origin.parse_arguments([])
    assert isinstance(options, argparse.Namespace) and options.runs >= 5
