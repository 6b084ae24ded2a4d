"""`python -m benchmarks forwarding` as a person runs it, small."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from benchmarks import vp8
from benchmarks.forwarding import cases_beside, compare
from benchmarks.shape import Run, Shape

SMALL = ["--receivers", "4", "--runs", "1", "--seconds", "0.4"]


def benchmarks(checkout: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Runs the command from the root of the checkout."""
    command = [sys.executable, "-m", "benchmarks", *arguments]
    return subprocess.run(command, cwd=checkout, capture_output=True, text=True, timeout=120, check=False)


def test_standard_output_is_one_json_object(checkout: Path, tmp_path: Path) -> None:
    done = benchmarks(
        checkout,
        "forwarding",
        "--json",
        "--case",
        "voice",
        "--case",
        "chromium",
        "--plot",
        str(tmp_path / "a.svg"),
        *SMALL,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert done.stdout.count("\n") == 1
    assert result["delivered"] == 1.0
    assert result["limit_delivered"] == 1.0
    assert result["receivers"] == 4
    assert result["frame"] == 5
    assert result["crypto"] in {"ipsec-mb", "evp", "libsrtp"}
    assert result["limit_crypto"] in {"evp", "ipsec-mb"}
    assert result["checked"] >= 8
    assert abs(result["ratio"] - result["ns_per_packet"] / result["limit_ns_per_packet"]) < 0.01
    assert {"ours", "limit evp"} <= set(result["runs"])
    assert result["under_load"]["delivered"] == 1.0
    assert "<svg" in (tmp_path / "a.svg").read_text()
    for name in ("voice", "chromium"):
        assert result["cases"][name]["delivered"] == 1.0
        assert result[f"{name}_ratio"] == result["cases"][name]["ratio"] > 0
        assert result[f"{name}_ns"] > 0


def test_every_promised_case_is_measured_unless_told_otherwise() -> None:
    names = {case.name for case in cases_beside(Shape())}
    assert names >= {"voice", "large", "chromium", "aes_cm", "no_gro"}
    assert next(case for case in cases_beside(Shape()) if case.name == "large").shape.sinks == 2450


def test_libsrtp_forwards_too(checkout: Path) -> None:
    done = benchmarks(checkout, "forwarding", "--json", "--crypto", "libsrtp", "--main-only", "--rooms", "2", *SMALL)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["crypto"] == "libsrtp"
    assert result["delivered"] == 1.0


def test_without_json_a_person_can_read_it(checkout: Path) -> None:
    done = benchmarks(checkout, "forwarding", "--limit-only", *SMALL)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("speed of light")


def test_an_unknown_benchmark_is_refused_with_the_names(checkout: Path) -> None:
    done = benchmarks(checkout, "backwarding")
    assert done.returncode == 2
    assert not done.stdout
    assert "forwarding" in done.stderr


def a_run(ns: float, delivered: float = 1.0) -> Run:
    """A run of which only the cost matters."""
    return Run(ns_per_packet=ns, packets=1000, seconds=1.0, busy=1.0, gso_run=5.0, delivered=delivered)


def test_medians_are_compared_with_the_fastest_limit() -> None:
    limits = {"evp": [a_run(600), a_run(610), a_run(5000)], "ipsec-mb": [a_run(500), a_run(490), a_run(5200)]}
    result = compare(limits, [a_run(750), a_run(690, delivered=0.5), a_run(8840)], "evp")
    assert result["limit_crypto"] == "ipsec-mb"
    assert result["limit_ns_per_packet"] == 500
    assert result["ns_per_packet"] == 750
    assert result["ratio"] == 1.5, "of neighbours: a slow minute is slow for both"
    assert result["delivered"] == 0.5


def test_frames_of_libwebrtc_differ_by_a_byte() -> None:
    assert [len(payload) for payload in vp8.frame_payloads(5, 1200)] == [1200] * 5
    assert [len(payload) for payload in vp8.frame_payloads(5, 1200, uneven=True)] == [1199, 1199, 1200, 1200, 1200]
