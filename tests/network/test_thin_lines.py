"""What somebody behind a bad line sees and hears of a lesson, by the browser's own statistics.

A teacher with a camera in three layers speaks, at a good line; a student sits behind a line that the test makes. Looks
are taken every 100 ms, so that what is said of a moment is a trace and not a sum.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.browser.people import LEV, TEACHER, Crowd, Note, Person
from tests.browser.running import Serve
from tests.network.conftest import Line

CAMERA = "1280x720@24"
SHARES = ("--auto-select-desktop-capture-source=Entire screen", "--auto-accept-this-tab-capture")
LOOK_MS = 100
RATE = 48_000

Lines = Callable[[str], Line]
"""Tests name it before the crowd: people leave before their line does, or their pages would try to return."""
Look = dict[str, Any]

WATCH = """async ([ms, every, name, sources]) => {
  const looks = [];
  const begin = performance.now();
  while (performance.now() - begin < ms) {
    const at = performance.now();
    const reports = await Promise.all(window.sfera.peerConnections.map((connection) => connection.getStats()));
    const all = reports.flatMap((report) => [...report.values()]);
    const room = look.room();
    const seen = { at: at - begin };
    for (const slot of window.sfera.lesson.slots) {
      const track = room.tracks.get(room.feeds.get(slot.id));
      if (!track || !sources.includes(track.source)) continue;
      if (room.participants.get(track.participant)?.name !== name) continue;
      const stats = all.find((one) => one.type === "inbound-rtp" && one.trackIdentifier === slot.track.id);
      if (stats) seen[track.source] = stats;
    }
    looks.push(seen);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, every - (performance.now() - at))));
  }
  return looks;
}"""


def together(crowd: Crowd, line: Line, film: Path) -> tuple[Person, Person, str]:
    """A lesson in which the teacher is seen and heard by a student behind the line; its id."""
    flags = (*SHARES, f"--use-file-for-fake-video-capture={film}")
    teacher = crowd.arrive(TEACHER, camera=CAMERA, flags=flags)
    lesson = teacher.start_lesson()
    teacher.turn_on_microphone()
    student = crowd.arrive(LEV)
    line.seat(student)
    student.join_lesson()
    student.hears(teacher.name)
    return teacher, student, lesson


def watch(student: Person, teacher: Person, seconds: float, *sources: str) -> list[Look]:
    """Looks at what the student gets of the teacher."""
    found: list[Look] = student.evaluate(WATCH, [seconds * 1000, LOOK_MS, teacher.name, list(sources)])
    return found


def longest_gap_ms(looks: list[Look]) -> float:
    """The longest stretch in which the voice was made up by the browser: each look's part of it, added over looks that
    follow one another and were made up for the most part."""
    longest = stretch = 0.0
    voices = [look["microphone"] for look in looks if "microphone" in look]
    assert len(voices) > 0.98 * len(looks), "the voice has a slot all the time"
    for before, after in pairwise(voices):
        made_up = after["concealedSamples"] - before["concealedSamples"]
        played = after["totalSamplesReceived"] - before["totalSamplesReceived"]
        stretch = stretch + made_up if played and made_up > played / 2 else made_up
        longest = max(longest, stretch)
    return longest * 1000 / RATE


def estimate_of(serve: Serve, lesson: str, person: Person) -> float:
    """What the node believes a participant's line carries, kb/s."""
    participants = serve.room(lesson)["participants"]
    found: float = next(one["estimate_kbps"] for one in participants if one["name"] == person.name)
    return found


def test_the_voice_stays_whole_at_300_kbps_while_the_picture_is_the_smallest(
    line: Lines, crowd: Crowd, film: Path, note: Note
) -> None:
    teacher, student, _ = together(crowd, line("thin"), film)
    looks = watch(student, teacher, 30, "microphone", "camera")
    gap = longest_gap_ms(looks)
    heights = [look["camera"]["frameHeight"] for look in looks if "frameHeight" in look.get("camera", {})]
    note("longest gap of the voice, ms", round(gap))
    note("heights of the picture", sorted(set(heights)))
    assert gap < 200
    assert heights[-1] == 180
    assert heights.count(180) > 0.8 * len(heights)


def test_the_picture_hardly_freezes_at_5_percent_loss(line: Lines, crowd: Crowd, film: Path, note: Note) -> None:
    teacher, student, _ = together(crowd, line("lossy"), film)
    student.sees(teacher.name, frames=50)
    looks = watch(student, teacher, 30, "camera")
    seen = [look["camera"] for look in looks if "camera" in look]
    frozen = seen[-1]["totalFreezesDuration"] - seen[0]["totalFreezesDuration"]
    frames = seen[-1]["framesDecoded"] - seen[0]["framesDecoded"]
    note("frozen, share of the time", round(frozen / 30, 4))
    note("frames a second", round(frames / 30, 1))
    assert frozen < 0.02 * 30
    assert frames > 10 * 30


def test_a_shared_screen_keeps_its_size_at_500_kbps(line: Lines, crowd: Crowd, film: Path, note: Note) -> None:
    teacher, student, _ = together(crowd, line("screen-line"), film)
    teacher.page.get_by_role("button", name="Share screen").click()
    teacher.until("() => window.sfera.senders.screen?.track")
    width, height = teacher.evaluate(
        "() => { const s = window.sfera.senders.screen.track.getSettings(); return [s.width, s.height]; }"
    )
    # The slot may have shown a camera before: from the first picture of the screen on.
    student.until(
        """async ([name, width]) => (await look.slots()).some(
          (slot) => slot.name === name && slot.source === "screen" && slot.width === width)""",
        [teacher.name, width],
    )
    looks = watch(student, teacher, 30, "screen")
    sizes = {
        (look["screen"]["frameWidth"], look["screen"]["frameHeight"])
        for look in looks
        if "frameWidth" in look.get("screen", {})
    }
    note("sizes of the screen", sorted(sizes))
    assert sizes == {(width, height)}


def test_the_estimate_follows_a_drop_and_a_return(
    line: Lines, crowd: Crowd, film: Path, serve: Serve, note: Note
) -> None:
    way = line("drop-and-return")
    _, student, lesson = together(crowd, way, film)
    way.phase("good")
    high = until(student, lambda: above(serve, lesson, student, 900), "1.5 Mb/s are found", 40)
    way.phase("dropped")
    low = until(student, lambda: below(serve, lesson, student, 130), "100 kb/s are found", 20)
    way.phase("good again")
    again = until(student, lambda: above(serve, lesson, student, 900), "the return is found", 40)
    note("kb/s before, in between and after", (high, low, again))
    assert max(high, again) < 2500


def until(student: Person, look: Callable[[], float | None], what: str, seconds: float) -> float:
    """What `look` finds, within so long. The student's signalling goes through this process (`Line.seat`), which only
    carries it while it waits for the browser."""
    deadline = time.monotonic() + seconds
    while (found := look()) is None:
        assert time.monotonic() < deadline, what
        student.page.wait_for_timeout(LOOK_MS)
    return found


def above(serve: Serve, lesson: str, person: Person, kbps: float) -> float | None:
    """The estimate, once it is above."""
    found = estimate_of(serve, lesson, person)
    return found if found > kbps else None


def below(serve: Serve, lesson: str, person: Person, kbps: float) -> float | None:
    """The estimate, once it is below."""
    found = estimate_of(serve, lesson, person)
    return found if 0 < found < kbps else None
