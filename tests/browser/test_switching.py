"""One slot that carries two cameras in turn, one of VP8 and one of H264."""

from __future__ import annotations

from typing import Any

from tests.browser.people import LEV, TEACHER, VARVARA, Crowd, Note

TURNS = 20
MAX_MS = 1_000.0


def test_a_slot_is_switched_between_vp8_and_h264(crowd: Crowd, note: Note) -> None:
    teacher = crowd.arrive(TEACHER)
    by_vp8 = crowd.arrive(LEV)
    by_h264 = crowd.arrive(VARVARA, codec="h264")
    teacher.start_lesson()
    by_vp8.join_lesson()
    by_h264.join_lesson()
    teacher.sees(by_vp8.name, by_h264.name)
    tracks = [teacher.track(student.name, "camera") for student in (by_vp8, by_h264)]
    done = teacher.evaluate("([tracks, turns]) => look.takeTurns(tracks, turns, 360)", [tracks, TURNS])
    turns = done["turns"]
    took = [turn["grownAt"] for turn in turns]
    assert None not in took, turns
    text = f"median {sorted(took)[TURNS // 2]:.0f} ms, at most {max(took):.0f} ms"
    note("frames grow again after a switch", text)
    assert max(took) <= MAX_MS
    assert [turn["codec"] for turn in turns] == ["video/VP8", "video/H264"] * (TURNS // 2)

    all_slots: list[dict[str, Any]] = teacher.slots()
    carried = next(one for one in all_slots if one["slot"] == done["slot"])
    assert carried["lost"] == 0
    assert carried["keyFrames"] >= TURNS, "every switch begins with a keyframe"
    assert carried["dropped"] <= carried["frames"] / 4
    assert max(other["lost"] for other in all_slots) <= 0
