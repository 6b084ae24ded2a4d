"""The platform's benchmark, in short: it measures what it says, on both databases."""

from __future__ import annotations

import json

import pytest

from benchmarks.platform import main


@pytest.mark.slow
@pytest.mark.parametrize("which", ["sqlite", "postgresql"])
def test_it_prints_one_object(which: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "--only", which, "--rate", "20", "--seconds", "2"]) == 0
    figures = json.loads(capsys.readouterr().out)
    for name in ("list_classes", "open_class", "resume_100", "sign_in"):
        assert 0 < figures[f"{which}.{name}_p50_ms"] <= figures[f"{which}.{name}_p99_ms"]
    assert figures[f"{which}.cpu_ms_per_call"] > 0
