"""One slot that carries two cameras in turn, one of VP8 and one of another codec."""

from __future__ import annotations

from typing import Any

import pytest

from tests.browser.people import LEV, TEACHER, VARVARA, Crowd, Note, Person

MAX_MS = 1_000.0


@pytest.mark.alone
@pytest.mark.parametrize(("codec", "turns"), [("h264", 20), ("vp9", 8), ("av1", 8)])
def test_a_slot_is_switched_between_vp8_and(codec: str, turns: int, crowd: Crowd, note: Note) -> None:
    teacher = crowd.arrive(TEACHER)
    by_vp8 = crowd.arrive(LEV)
    by_other = crowd.arrive(VARVARA, codec=codec)
    teacher.start_lesson()
    by_vp8.join_lesson()
    by_other.join_lesson()
    teacher.sees(by_vp8.name, by_other.name)
    tracks = [teacher.track(student.name, "camera") for student in (by_vp8, by_other)]
    codecs = ["video/VP8", f"video/{codec.upper()}"]
    turn_by_turn = "([tracks, codecs, turns]) => look.takeTurns(tracks, codecs, turns, 360)"
    done = teacher.evaluate(turn_by_turn, [tracks, codecs, turns])
    check_turns(teacher, done, codec, note)


def check_turns(teacher: Person, done: dict[str, Any], codec: str, note: Note) -> None:
    turns = done["turns"]
    took = [turn["grownAt"] for turn in turns]
    assert None not in took, turns
    text = f"median {sorted(took)[len(took) // 2]:.0f} ms, at most {max(took):.0f} ms"
    note(f"frames grow again after a switch, {codec}", text)
    assert max(took) <= MAX_MS
    assert [turn["codec"] for turn in turns] == ["video/VP8", f"video/{codec.upper()}"] * (len(turns) // 2)

    all_slots: list[dict[str, Any]] = teacher.slots()
    carried = next(one for one in all_slots if one["slot"] == done["slot"])
    assert carried["lost"] == 0
    assert carried["keyFrames"] >= len(turns), "every switch begins with a keyframe"
    assert carried["dropped"] <= carried["frames"] / 4
    assert max(other["lost"] for other in all_slots) <= 0
