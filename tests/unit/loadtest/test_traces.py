"""Traces: what was written is what is read, and the lesson that ships is one."""

from __future__ import annotations

from pathlib import Path

import pytest

from loadtest import traces
from loadtest.figures import Frame
from loadtest.lesson import Plan
from loadtest.traces import FORMAT, Layer, Trace, TraceError, Track

FRAMES = [Frame(40_000, 9000, True), Frame(41_000, 1200), Frame(0, 700), Frame(39_000, 64_000, True)]


def lesson() -> Trace:
    camera = Track("camera 1", "camera", "video/VP8", [Layer.of(FRAMES[:2], 180), Layer.of(FRAMES, 360)])
    voice = Track('a "voice"', "microphone", "audio/opus", [Layer.of([Frame(20_000, 60), Frame(20_000, 100)])])
    return Trace(FORMAT, "made up", [camera, voice])


def test_a_trace_comes_back_as_it_was_written(tmp_path: Path) -> None:
    traces.write(lesson(), tmp_path / "lesson.json")
    read = traces.read(tmp_path / "lesson.json")
    assert read == lesson()
    assert read.tracks[0].layers[1].frames() == FRAMES


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("sfera trace 1", "sfera trace 2", "format"),
        ('"camera"', '"telescope"', "source"),
        ("[9000", "[0", "bytes"),
        ("[40000", "[-1", "us"),
        ('"keys": [0,3]', '"keys": [0,4]', "camera 1"),
        ("[40000,", "[", "camera 1"),
        ("made up", 'made up", "more": "', "more"),
        ("{", "", "object"),
    ],
)
def test_what_is_no_trace_is_refused_by_its_field(tmp_path: Path, old: str, new: str, field: str) -> None:
    path = tmp_path / "lesson.json"
    traces.write(lesson(), path)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(TraceError, match=field):
        traces.read(path)


def test_the_lesson_that_ships_has_what_a_teacher_sends() -> None:
    shipped = traces.read(traces.CHROMIUM)
    [camera, *_] = shipped.of("camera")
    assert [layer.height for layer in camera.layers] == [180, 360, 720]
    rates = [layer.kbps for layer in camera.layers]
    assert rates == sorted(rates) and 25 < camera.layers[0].seconds < 35
    assert shipped.of("screen") and len(shipped.of("microphone")) == 2
    assert all(any(layer.keys) for track in shipped.pictures for layer in track.layers)


def test_a_lesson_plays_the_pictures_in_turn_and_voices_as_large_as_they_were() -> None:
    plan = Plan(recorded=lesson())
    assert plan.traces(0) == plan.traces(1) == [FRAMES[:2], FRAMES]
    assert plan.voice_size(0) == 80
