"""Pages that come back by themselves: after a reload, and after the media process was killed."""

from __future__ import annotations

import time

from tests.browser.people import LEV, PATIENCE, TEACHER, Crowd, Note
from tests.browser.running import Serve, wait_for

BACK_WITHIN_SECONDS = 5.0


def test_a_reloaded_page_is_back_by_itself(crowd: Crowd, note: Note) -> None:
    teacher, student = crowd.arrive(TEACHER), crowd.arrive(LEV)
    lesson = teacher.start_lesson()
    student.join_lesson()
    teacher.sees(student.name)
    student.sees(teacher.name)
    earlier = student.track(teacher.name, "camera")

    begin = time.monotonic()
    teacher.page.reload()
    teacher.is_in_lesson()
    assert teacher.evaluate("sfera.lesson.id") == lesson
    teacher.sees(student.name)
    student.until("(track) => !look.room().tracks.has(track)", earlier)
    student.sees(teacher.name)
    took = time.monotonic() - begin
    note("seconds until a reloaded page sees and is seen", f"{took:.1f}")
    assert student.evaluate("look.room().participants.size") == 2, "the earlier presence of the page is gone"
    frames = student.evaluate("look.slots().then((all) => Math.max(...all.map((slot) => slot.frames)))")
    student.sees(teacher.name, frames=frames)


def test_pages_are_back_after_the_media_process_was_killed(crowd: Crowd, serve: Serve, note: Note) -> None:
    teacher, student = crowd.arrive(TEACHER), crowd.arrive(LEV)
    teacher.start_lesson()
    teacher.turn_on_microphone()
    student.join_lesson()
    teacher.sees(student.name)
    student.sees(teacher.name)
    student.hears(teacher.name)
    # Each page watches by itself: new slots (the old ones died with the process) in which frames are decoded.
    for person, other in ((teacher, student), (student, teacher)):
        person.evaluate("([name, ms]) => { window.back = look.anew(name, ms); }", [other.name, PATIENCE])
    begin = time.time()
    killed = serve.kill_media()
    took = [float(person.evaluate("back")) / 1000 - begin for person in (teacher, student)]
    note("seconds until pages see each other after a kill", f"{took[0]:.1f} and {took[1]:.1f}")
    assert max(took) <= BACK_WITHIN_SECONDS
    wait_for(lambda: serve.media_pid not in {None, killed}, "another media process runs")
    student.hears(teacher.name)
