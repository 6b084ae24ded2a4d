"""The estimator's benchmark: its models are what they say, its figures repeat, its goals are met."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import estimator
from benchmarks.modelled import Media, Reno, World
from loadtest.shaping import Shape


def test_reno_fills_a_line_and_backs_off() -> None:
    world = World(Shape(rate_kbps=2000, delay_ms=20, queue_ms=100), back_ms=20, seed="reno")
    flow = Reno(world)
    world.run(30)
    assert 1800 < flow.kbps(5, 30) <= 2000
    assert world.line.tally.dropped > 3, "it has found the end of the queue again and again"
    assert world.line.tally.dropped < world.line.tally.packets / 50


def test_two_downloads_share_alike() -> None:
    world = World(Shape(rate_kbps=2000, delay_ms=20, queue_ms=100), back_ms=20, seed="reno")
    first, second = Reno(world), Reno(world, start=3.0)
    world.run(120)
    assert 0.5 < first.kbps(30, 120) / second.kbps(30, 120) < 2


def test_media_sends_no_more_than_it_is_allowed_or_wants() -> None:
    world = World(Shape(rate_kbps=5000, delay_ms=20), back_ms=20, seed="media")
    media = Media(world, wanted_kbps=400)
    world.run(20)
    assert 340 < media.kbps(5, 20) < 440


@pytest.mark.parametrize("scenario", ["drop", "lossy"])
def test_goals_are_met_and_figures_repeat(scenario: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["--json", "--seeds", "3", "--scenario", scenario, "--plot", str(tmp_path / "plot.svg")]
    assert estimator.main(arguments) == 0
    first = capsys.readouterr().out
    assert estimator.main(arguments) == 0
    assert capsys.readouterr().out == first
    result = json.loads(first)
    assert result["missed"] == [] and set(result["worst"]) <= set(estimator.GOALS)
    assert (tmp_path / "plot.svg").stat().st_size > 1000
