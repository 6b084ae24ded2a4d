"""The load tester's commands as an operator runs them, short: on a server of their own, and on one that is there."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any

import pytest

from loadtest.lesson import kept_on, processors
from loadtest.node import Node
from tests.interop.media import MediaProcess

THREE = ("--participants", "3", "--cameras", "1", "--voices", "2")
KEYS = {
    "expected", "delivered", "server_dropped", "loss", "reordered", "forward_p50_ms", "forward_p95_ms",
    "forward_p99_ms", "cpu_s_per_million", "rss_mib", "engine_limited", "counted",
}  # fmt: skip


async def load(*arguments: str) -> dict[str, Any]:
    """What a command prints with --json, which is one JSON object and nothing else."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "sfera", "loadtest", *arguments, "--json",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(90):
        said, complained = await process.communicate()
    assert process.returncode == 0, complained.decode()
    found: dict[str, Any] = json.loads(said)
    return found


@pytest.mark.parametrize("srtp", ["gcm", "cm"])
async def test_a_lesson_of_three_loses_nothing(srtp: str) -> None:
    found = await load("lesson", *THREE, "--layers", "3", "--duration", "1.5", "--srtp", srtp)
    assert found.keys() >= KEYS
    # Two see a camera of 110 packets a second; one hears two voices of 50, two hear one.
    # A machine that has no time sends less of it, and says so.
    rate = found["expected"] / found["seconds"]
    assert abs(rate - (2 * 110 + 2 * 50 + 2 * 50)) < 60 or found["engine_limited"]
    # What a line carries is estimated: on a machine that has no time, a picture may be paused, but nothing is lost.
    assert (found["missing"], found["corrupt"], found["server_dropped"]) == (0, 0, 0)
    assert 0 < found["delivered"] <= 1.0
    assert found["counted"]["opened"] > 0
    assert found["forward_p50_ms"] <= found["forward_p95_ms"] <= found["forward_p99_ms"]
    assert found["rss_mib"] <= 200


async def test_media_goes_on_while_python_stands_still() -> None:
    found = await load("lesson", *THREE, "--duration", "2", "--stall", "1")
    assert found["stall_seen_s"] >= 1.0
    assert found["during"]["seconds"] < 1.0
    assert found["during"]["packets"] > 100
    assert (found["during"]["server_dropped"], found["during"]["missing"]) == (0, 0)


async def test_one_on_a_bad_line_hears_the_voice_and_sees_next_to_nothing() -> None:
    found = await load("lesson", "--bad-link", "--participants", "4", "--cameras", "2", "--duration", "2")
    assert found.keys() >= {"others_shift", "voice_delivered", "keyframe_requests_rise"}
    # A fifth of 50 voice packets a second is lost; those that are missed are sent again.
    assert found["voice_delivered"] > 0.8
    before, during = found["bad_one"]["video_kbps"]
    assert during < 100 < before
    assert all(found["others_mbps"])


async def test_everybody_who_joins_at_once_sees_a_picture() -> None:
    found = await load("join-storm", "--participants", "5", "--cameras", "2", "--voices", "1", "--within", "0.2")
    assert (found["joined"], found["first_frame"], found["failures"]) == (5, 5, [])
    assert 0 < found["first_frame_p50_s"] <= found["first_frame_p95_s"] <= found["every_slot_p95_s"]
    assert found["join_cpu_ms"] > 0


async def test_nobody_negotiates_anew_however_people_come_and_go() -> None:
    found = await load("lesson", "--participants", "8", "--cameras", "4", "--duration", "3", "--churn")
    assert (found["renegotiations"], found["unexpected"], found["missing"], found["corrupt"]) == (0, 0, 0, 0)
    assert found["slot_switches"] > 0


async def test_a_server_elsewhere_is_measured_by_its_metrics(media_process: MediaProcess, tmp_path: Path) -> None:
    key = tmp_path / "api.pem"
    key.write_bytes(media_process.api_key)
    found = await load(
        "lesson", *THREE, "--duration", "1", "--url", media_process.url,
        "--ticket-command", f"{sys.executable} -m loadtest tickets {key}",
        "--metrics-url", f"{media_process.control}/metrics",
    )  # fmt: skip
    assert (found["missing"], found["server_dropped"]) == (0, 0)
    assert found["rss_mib"] > 10


async def test_a_command_that_prints_no_tickets_is_told_of_in_one_line() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "loadtest", "lesson", *THREE, "--url", "ws://127.0.0.1:9/signal", "--ticket-command",
        "false", "--json", stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    async with asyncio.timeout(60):
        said, complained = await process.communicate()
    assert (process.returncode, said) == (1, b"")
    assert complained.decode() == "loadtest: false ended with 1 and printed 0 of 3 tickets\n"


def test_a_node_is_kept_on_its_own_processor_whichever_its_starter_is_kept_on(tmp_path: Path) -> None:
    everywhere = os.sched_getaffinity(0)
    server, engine = processors()  # -1: there is one only, and nobody is kept anywhere
    with kept_on(engine), Node(tmp_path, cpu=server) as node:
        threads = [int(thread.name) for thread in Path(f"/proc/{node.pid}/task").iterdir()]
        for thread in threads:
            assert os.sched_getaffinity(thread) == ({server} if server >= 0 else everywhere)
        assert os.sched_getaffinity(0) == ({engine} if engine >= 0 else everywhere)
