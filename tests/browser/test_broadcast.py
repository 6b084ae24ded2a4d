"""A lesson on air: the teacher starts a broadcast, somebody of another class watches it, the recording stays."""

from __future__ import annotations

from statistics import median
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.people import LEV, PATIENCE, TEACHER, Crowd, Note, Person

ALISA = ("alisa.abramova", "Алиса Абрамова")
"""Of another class: she has no way into the lesson, and watches it with the rest of the school."""
CAMERA = "1280x720@24"
WATCHED = 60.0
"""Seconds that are watched without a break."""
BEHIND = 5.0
"""A viewer is less far behind the lesson, seconds."""
BACK_WITHIN = 5.0
"""A viewer is back so soon when the hls process has died, seconds."""
HOLD = 1300
"""Milliseconds for which a button that must be held is held."""
FIRST_PICTURE = 40_000
"""Milliseconds until a broadcast that has just begun can be seen: 12 s of it must exist (RFC 8216bis, 6.2.2)."""

WATCH = """() => {
  const { video, engine } = sferaPlayer;
  const seen = { samples: [], events: [] };
  for (const name of ["waiting", "stalled", "seeking", "pause", "ended"]) {
    video.addEventListener(name, () => seen.events.push([name, performance.now()]));
  }
  const look = () => {
    const shown = engine.hls.playingDate;
    const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
    seen.samples.push({
      at: performance.now() / 1000, time: video.currentTime, frames: totalVideoFrames, dropped: droppedVideoFrames,
      behind: shown === null ? null : (Date.now() - shown.getTime()) / 1000,
    });
  };
  look();
  seen.timer = setInterval(look, 250);
  window.seen = seen;
}"""
NEVER_ENDS = "() => { MediaSource.prototype.endOfStream = () => {}; }"
"""As when the last part comes after the playlist's end: hls.js never ends the stream, and the picture only stands."""

Sample = dict[str, Any]


def test_a_lesson_is_watched_by_the_school_and_stays_as_a_recording(crowd: Crowd, note: Note) -> None:
    teacher = crowd.arrive(TEACHER, camera=CAMERA)
    lesson = teacher.start_lesson()
    teacher.turn_on_microphone()
    link = go_on_air(teacher, "Открытый урок")
    viewer = crowd.arrive(ALISA)
    # Who goes home in the middle of a lesson finds the broadcast there.
    expect(viewer.page.get_by_role("region", name="On air now")).to_be_visible(timeout=PATIENCE)
    viewer.page.goto(link)
    plays(viewer)
    viewer.evaluate(WATCH)
    viewer.page.wait_for_function(
        "(seconds) => seen.samples.at(-1).at - seen.samples[0].at >= seconds", arg=WATCHED, timeout=90_000
    )
    samples: list[Sample] = viewer.evaluate("seen.samples")
    events: list[tuple[str, float]] = viewer.evaluate("seen.events")
    judge(samples, events, note)
    goes_on_without_hls(viewer, note)

    stands = crowd.arrive(LEV)
    stands.page.goto(link)
    plays(stands)
    stands.evaluate(NEVER_ENDS)

    go_off_air(teacher)
    player = viewer.page.get_by_test_id("player")
    for person in (viewer, stands):
        ended = person.page.get_by_test_id("player").get_by_text("The broadcast has ended")
        expect(ended).to_be_visible(timeout=30_000)
    player.get_by_role("button", name="Watch the recording").click()
    plays_recording(viewer, note)
    assert viewer.page.context.request.get(f"{viewer.serve.url}/api/v1/lessons/{lesson}").status == 404
    # It was the broadcast that ended; the lesson goes on.
    teacher.is_in_lesson()


def go_on_air(teacher: Person, title: str) -> str:
    """Start a broadcast from the lesson by holding its button; the link for the school."""
    page = teacher.page
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Start broadcast").click()
    sheet = page.get_by_role("dialog")
    sheet.get_by_label("Name").fill(title)
    start = sheet.get_by_role("button", name="Start broadcast")
    start.click()  # a mere press is not enough
    expect(sheet.get_by_label("Link for the school")).to_have_count(0)
    start.click(delay=HOLD)
    field = sheet.get_by_label("Link for the school")
    expect(field).to_be_visible(timeout=PATIENCE)
    link = field.input_value()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("air")).to_be_visible(timeout=PATIENCE)
    return link


def go_off_air(teacher: Person) -> None:
    """End the broadcast from the lesson, by the keyboard: Enter twice."""
    page = teacher.page
    page.get_by_test_id("air").click()
    end = page.get_by_role("dialog").get_by_role("button", name="End broadcast")
    end.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Press once more to confirm.")).to_be_visible(timeout=PATIENCE)
    page.keyboard.press("Enter")
    expect(page.get_by_test_id("air")).to_have_count(0, timeout=PATIENCE)


def plays(viewer: Person) -> None:
    """Wait until the broadcast's picture runs and the page calls it live."""
    viewer.until(
        "() => window.sferaPlayer?.video.getVideoPlaybackQuality().totalVideoFrames > 30", timeout=FIRST_PICTURE
    )
    expect(viewer.page.get_by_test_id("live")).to_be_visible(timeout=PATIENCE)


def judge(samples: list[Sample], events: list[tuple[str, float]], note: Note) -> None:
    """No stall, and never far behind."""
    behind = [sample["behind"] for sample in samples]
    assert None not in behind, "the playlist says of no picture when it was taken"
    first, last = samples[0], samples[-1]
    frames = (last["frames"] - first["frames"]) / (last["at"] - first["at"])
    note("seconds watched", round(last["at"] - first["at"], 1))
    note("seconds behind live, median", round(median(behind), 2))
    note("seconds behind live, at most", round(max(behind), 2))
    note("pictures a second", round(frames, 1))
    note("pictures dropped", last["dropped"] - first["dropped"])
    assert [name for name, _ in events] == [], "the player stalled"
    assert max(behind) < BEHIND
    for earlier in samples:
        later = next((sample for sample in samples if sample["at"] >= earlier["at"] + 2), None)
        if later is not None:
            assert later["time"] - earlier["time"] > 1, f"stood still at {earlier['at']:.1f}"
            assert later["frames"] > earlier["frames"], f"no picture at {earlier['at']:.1f}"


def goes_on_without_hls(viewer: Person, note: Note) -> None:
    """The hls process dies as in a crash; the supervisor starts it again, and the picture is back within 5 s."""
    viewer.evaluate("() => { seen.samples.length = 0; }")
    viewer.serve.kill_hls()
    # All that was loaded has been shown by then, so what runs is new.
    viewer.page.wait_for_function(
        "() => seen.samples.at(-1)?.at - seen.samples[0]?.at >= 12", timeout=60_000, polling=250
    )
    samples: list[Sample] = viewer.evaluate("seen.samples")
    stood, longest = samples[0], 0.0
    for sample in samples:
        if sample["frames"] > stood["frames"]:
            stood = sample
        longest = max(longest, sample["at"] - stood["at"])
    note("seconds without a picture when hls was killed", round(longest, 2))
    assert longest < BACK_WITHIN
    expect(viewer.page.get_by_test_id("live")).to_be_visible(timeout=PATIENCE)
    # That somebody was not there to answer for a moment is what was wanted.
    viewer.complaints[:] = [said for said in viewer.complaints if "net::ERR_" not in said]


def plays_recording(viewer: Person, note: Note) -> None:
    """The recording is whole, plays from its beginning and seeks."""
    page = viewer.page
    viewer.until("() => !sferaPlayer.player.asLive && sferaPlayer.player.duration.value > 0")
    duration: float = viewer.evaluate("sferaPlayer.video.duration")
    note("seconds recorded", round(duration, 1))
    assert duration > WATCHED
    assert viewer.evaluate("sferaPlayer.video.currentTime") < 1
    big_button(page).click()
    viewer.until("() => sferaPlayer.video.currentTime > 1.5 && sferaPlayer.video.currentTime < 20")
    there = round(duration * 0.6)
    page.get_by_test_id("timeline").fill(str(there))
    viewer.until(
        """(there) => sferaPlayer.video.currentTime > there + 1 && sferaPlayer.video.currentTime < there + 20
          && !sferaPlayer.video.paused""",
        there,
    )
    frames = viewer.evaluate("sferaPlayer.video.getVideoPlaybackQuality().totalVideoFrames")
    viewer.until("(frames) => sferaPlayer.video.getVideoPlaybackQuality().totalVideoFrames > frames + 20", frames)
    page.get_by_test_id("timeline").fill("0")
    viewer.until("() => sferaPlayer.video.currentTime > 0.5 && sferaPlayer.video.currentTime < 10")


def big_button(page: Page) -> Any:
    """The large button over a picture that stands."""
    return page.locator(".player-big")
