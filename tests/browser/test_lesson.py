"""Two browsers in one lesson: what each sees and hears, and that lips and voice stay together."""

from __future__ import annotations

from tests.browser.lips import Look, stay_together
from tests.browser.people import LEV, TEACHER, VARVARA, Crowd, Note, Person
from tests.browser.running import Serve, wait_for

SECONDS = 20


def test_each_sees_and_hears_the_other(crowd: Crowd, serve: Serve, note: Note) -> None:
    teacher = crowd.arrive(TEACHER, camera="1280x720@15")
    student = crowd.arrive(LEV, camera="320x180@15")
    lesson = teacher.start_lesson()
    teacher.turn_on_microphone()
    student.join_lesson()
    student.sees(teacher.name)
    teacher.sees(student.name)
    teacher.let_speak(student)
    student.hears(teacher.name)
    teacher.hears(student.name)
    wait_for(lambda: layers(serve, lesson, teacher) == {0, 1, 2}, "all three layers arrive at the worker")
    assert layers(serve, lesson, student) == {0}

    for person in (teacher, student):
        person.evaluate("(ms) => { window.looks = look.record(ms, 250); }", SECONDS * 1000)
    seen = {person.name: person.evaluate("looks") for person in (teacher, student)}

    wait_for(lambda: layers(serve, lesson, teacher) <= {0, 2}, "the layer nobody receives is not sent any more")
    assert 2 in layers(serve, lesson, teacher)
    for watcher in (teacher, student):
        looks = seen[watcher.name]
        frames = [sum(slot["frames"] for slot in look["slots"]) for look in looks]
        energy = [sum(slot["energy"] for slot in look["slots"]) for look in looks]
        windows = [rise(looks, frames, start) for start in range(0, (SECONDS - 2) * 1000 + 1, 250)]
        note(f"frames in 2 s at {watcher.login}", f"{min(windows)} to {max(windows)}")
        assert min(windows) > 0
        assert energy[-1] > energy[0]
        assert lost(looks[-1]) == 0
    widest = max(slot["width"] for slot in seen[student.name][-1]["slots"])
    assert widest == 1280, "the student's page shows the teacher large: the upper layer is to be chosen"
    assert max(slot["width"] for slot in seen[teacher.name][-1]["slots"]) == 320
    stay_together(teacher, [student.name], "from the beginning", note)
    stay_together(student, [teacher.name], "from the beginning", note)


def test_lips_and_voice_stay_together_when_slots_switch(crowd: Crowd, note: Note) -> None:
    """Two speakers' pictures change places under their voices: the browser has each paired with the other's voice."""
    teacher = crowd.arrive(TEACHER, camera="640x360@15")
    speaker = crowd.arrive(VARVARA)
    listener = crowd.arrive(LEV)
    teacher.start_lesson()
    teacher.turn_on_microphone()
    speaker.join_lesson()
    listener.join_lesson()
    teacher.let_speak(speaker)
    names = [teacher.name, speaker.name]
    listener.sees(*names)
    listener.hears(*names)
    for when in ("before", "after one switch", "after another switch"):
        if when != "before":
            listener.evaluate("(names) => look.exchange(names)", names)
        stay_together(listener, names, when, note)


def layers(serve: Serve, lesson: str, person: Person) -> set[int]:
    """The layers of somebody's camera that arrive at the worker now."""
    participants = serve.room(lesson)["participants"]
    tracks = next(participant["tracks"] for participant in participants if participant["name"] == person.name)
    return {layer for track in tracks if track["source"] == "camera" for layer in track["layers"]}


def rise(looks: list[Look], values: list[float], start: float) -> float:
    """By how much a value rises within 2 s from `start` (ms)."""
    inside = [value for look, value in zip(looks, values, strict=True) if start <= look["at"] <= start + 2000]
    return inside[-1] - inside[0]


def lost(look: Look) -> int:
    """Packets lost for good, in all slots."""
    return sum(max(0, slot["lost"]) for slot in look["slots"])
