"""Hands and the floor: who asks is seen in order, who is given the floor is heard, and from whom it is taken is not."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.people import LEV, PATIENCE, TEACHER, VARVARA, Crowd, Note, Person
from tests.browser.running import wait_for

IN_FLIGHT_MS = 300.0
WATCHED_MS = 2_000

SENT = "async () => (await sfera.sent()).microphone?.[0]?.packetsSent ?? 0"


def test_hands_are_seen_in_their_order(crowd: Crowd) -> None:
    teacher, first, second = crowd.arrive(TEACHER), crowd.arrive(VARVARA), crowd.arrive(LEV)
    teacher.start_lesson()
    for student in (first, second):
        student.join_lesson()
        student.raise_hand()
        wait_for(lambda who=student: teacher.hands()[-1:] == [who.name], "the teacher sees the hand")  # type: ignore[misc]
    assert teacher.hands() == [first.name, second.name]
    expect(first.page.get_by_text("Your place in line: 1").first).to_be_visible(timeout=PATIENCE)
    expect(second.page.get_by_text("Your place in line: 2").first).to_be_visible(timeout=PATIENCE)

    teacher.give_floor(first.name)
    wait_for(lambda: teacher.hands() == [second.name], "whoever has the floor is no longer in the line")
    expect(second.page.get_by_text("Your place in line: 1").first).to_be_visible(timeout=PATIENCE)
    first.accept_floor()
    teacher.hears(first.name)
    second.hears(first.name)


def test_nothing_is_heard_once_the_floor_is_taken(crowd: Crowd, note: Note) -> None:
    teacher, speaker, listener = speaking(crowd)
    last = taken(teacher, speaker, listener)
    note("last audio packet after the floor was taken, ms", last)
    assert last <= IN_FLIGHT_MS
    expect(speaker.page.get_by_text("The floor has moved on. Your microphone is off.").first).to_be_attached(
        timeout=PATIENCE
    )


def test_a_doctored_page_is_not_heard(crowd: Crowd, note: Note) -> None:
    """A page that goes on sending when the floor is taken, and one that begins to send without having it."""
    teacher, speaker, listener = speaking(crowd)
    speaker.evaluate("() => { sfera.lesson.publisher.setMicrophone = async () => true; }")
    before = speaker.evaluate(SENT)
    last = taken(teacher, speaker, listener)
    note("last audio packet of a page that goes on sending, ms", last)
    assert last <= IN_FLIGHT_MS
    assert speaker.evaluate(SENT) >= before + 0.8 * WATCHED_MS / 20, "the doctored page is to send all the time"

    speaker.evaluate("sfera.doctor()")
    sent = speaker.evaluate(SENT)
    heard = [page.evaluate("look.voicePackets()") for page in (teacher, listener)]
    speaker.until(f"async (sent) => (await ({SENT})()) >= sent + 100", sent)
    assert [page.evaluate("look.voicePackets()") for page in (teacher, listener)] == heard


def speaking(crowd: Crowd) -> tuple[Person, Person, Person]:
    """A lesson in which only a student speaks: the teacher, the student and another one, both hearing them."""
    teacher, speaker, listener = crowd.arrive(TEACHER), crowd.arrive(LEV), crowd.arrive(VARVARA)
    teacher.start_lesson()
    speaker.join_lesson()
    listener.join_lesson()
    teacher.let_speak(speaker)
    teacher.hears(speaker.name)
    listener.hears(speaker.name)
    return teacher, speaker, listener


def taken(teacher: Person, speaker: Person, listener: Person) -> float:
    """Take the floor back; when the last audio packet came at another page, ms after that page heard of the taking."""
    for page in (teacher, listener):
        page.evaluate("(ms) => { window.last = look.lastVoiceAfter(look.floorIsFree, ms); }", WATCHED_MS)
    teacher.take_floor(speaker.name)
    return max(float(page.evaluate("last")) for page in (teacher, listener))
