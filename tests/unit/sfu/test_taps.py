"""Taps: what stands on the stage, and a reader that is nobody in the room."""

from __future__ import annotations

import pytest
from aiortc.rtp import RtcpPacket

from sfu import events
from sfu.node import EMPTY_SECONDS
from sfu.participant import Track
from sfu.slots import AUDIO_SLOTS
from sfu.stage import STAGE_SECONDS
from sfu.tap import TapDescription, read_stage_notice, stage_notice
from sfu.taps import MAX_TAPS
from tests.unit.sfu.recording import World, publish
from tests.unit.sfu.test_room import refused

PORT = 5004


class Tapped:
    """A room with a tap: a teacher and two students with cameras and open microphones."""

    def __init__(self) -> None:
        self.world = World()
        self.room = self.world.room
        self.teacher, self.teacher_page = self.world.enter("Vera", "host")
        self.mila, _ = self.world.enter("Mila")
        self.timur, _ = self.world.enter("Timur")
        self.voices = {p.id: publish(self.room, p, "microphone") for p in (self.teacher, self.mila, self.timur)}
        self.camera = publish(self.room, self.teacher, "camera")
        self.cameras = {p.id: publish(self.room, p, "camera") for p in (self.mila, self.timur)}
        for student in (self.mila, self.timur):
            self.room.moderation.give_floor(self.teacher, student.id, self.world.now)
        self.tap = self.room.taps.open("tap", "127.0.0.1", PORT, self.world.now)

    @property
    def shown(self) -> Track | None:
        """What the worker was told to show."""
        handle = [args for args in self.world.worker.told("add_slot") if args[2] == "video"]
        assert len(handle) == 1, "nobody else has a video slot here"
        slot = self.room.taps.all[0].stage_slot
        return self.room.link.uptracks.get(self.world.worker.fed.get(slot, (-1, 0))[0])

    def heard(self, *participants: str) -> None:
        """The worker says who is heard, loudest first."""
        self.world.speak(self.room, *((self.voices[id].handle, 30) for id in participants))
        self.world.later(0.05)


def test_the_hosts_camera_at_first_then_whoever_speaks_for_three_seconds() -> None:
    lesson = Tapped()
    assert lesson.shown is lesson.camera
    lesson.heard(lesson.mila.id, lesson.teacher.id)
    lesson.world.later(STAGE_SECONDS - 0.1)
    assert lesson.shown is lesson.camera, "not for a cough"
    lesson.heard(lesson.teacher.id, lesson.mila.id)
    lesson.heard(lesson.mila.id, lesson.teacher.id)
    lesson.world.later(STAGE_SECONDS - 0.1)
    assert lesson.shown is lesson.camera, "time is counted anew after somebody else was louder"
    lesson.world.later(0.2)
    assert lesson.shown is lesson.cameras[lesson.mila.id]
    lesson.heard()
    lesson.world.later(STAGE_SECONDS)
    assert lesson.shown is lesson.camera, "nobody speaks: the host again"


def test_a_screen_comes_and_goes_at_once_and_the_first_of_two_stays() -> None:
    lesson = Tapped()
    screen = publish(lesson.room, lesson.mila, "screen")
    assert lesson.shown is screen
    publish(lesson.room, lesson.teacher, "screen")
    lesson.world.later(STAGE_SECONDS * 2)
    assert lesson.shown is screen
    lesson.room.moderation.take_floor(lesson.teacher, lesson.mila.id, lesson.world.now)
    assert lesson.shown is lesson.teacher.tracks["screen"], "without the floor a screen is not forwarded"
    lesson.room.publishing.unpublish(lesson.teacher, lesson.teacher.tracks["screen"].id)
    assert lesson.shown is lesson.camera


def test_a_camera_that_goes_leaves_the_stage_at_once() -> None:
    lesson = Tapped()
    lesson.heard(lesson.mila.id)
    lesson.world.later(STAGE_SECONDS)
    assert lesson.shown is lesson.cameras[lesson.mila.id]
    lesson.room.leave(lesson.mila, "left", lesson.world.now)
    assert lesson.shown is lesson.camera
    lesson.room.publishing.update_track(lesson.teacher, lesson.camera.id, False, None, None)
    assert lesson.shown is None, "a camera of somebody who neither speaks nor is a host is not shown"
    lesson.heard(lesson.timur.id)
    assert lesson.shown is lesson.cameras[lesson.timur.id], "an empty stage waits for nobody"


def test_a_speaker_without_a_camera_does_not_empty_the_stage() -> None:
    lesson = Tapped()
    lesson.room.publishing.unpublish(lesson.mila, lesson.cameras[lesson.mila.id].id)
    lesson.heard(lesson.mila.id)
    lesson.world.later(STAGE_SECONDS * 2)
    assert lesson.shown is lesson.camera


def test_the_layer_is_the_highest_that_is_not_taller_than_720_lines() -> None:
    lesson = Tapped()
    slot = lesson.room.taps.all[0].stage_slot
    assert lesson.world.worker.fed[slot] == (lesson.camera.handle, 2)
    screen = publish(lesson.room, lesson.teacher, "screen", height=1440)
    assert lesson.world.worker.fed[slot] == (screen.handle, 1)


def test_the_reader_is_told_at_once_and_every_second_whether_an_encoder_is_on_stage() -> None:
    lesson = Tapped()
    slot = lesson.tap.slots[-1].ssrc

    def told() -> list[bool]:
        notices = [read_stage_notice(data) for _, data in lesson.world.worker.told("send_dtls")]
        assert all(notice is not None and notice[0] == slot for notice in notices)
        return [notice[1] for notice in notices if notice is not None]

    assert told() == [False]
    for _ in range(21):
        lesson.world.later(0.05)
    assert told() == [False, False]
    whip, _ = lesson.world.enter("Observatory", "host", encoder=True)
    screen = publish(lesson.room, whip, "screen", layers=1)
    assert lesson.shown is screen and told() == [False, False, True]
    lesson.room.publishing.unpublish(whip, screen.id)
    publish(lesson.room, whip, "screen")
    assert told() == [False, False, True, False], "one of several layers changes its size"


def test_only_stage_notices_are_read_as_such() -> None:
    notice = stage_notice(0xFFFFFFFF, True)
    assert RtcpPacket.parse(notice) == [], "aiortc passes over it"
    assert read_stage_notice(notice) == (0xFFFFFFFF, True)
    for other in (b"", notice[:-1], notice + b"\0", b"\x81" + notice[1:8] + b"SFRA", b"\x41" + notice[1:]):
        assert read_stage_notice(other) is None


def test_a_tap_is_nobody() -> None:
    lesson = Tapped()
    assert lesson.world.metric("participants") == 3 and lesson.world.metric("taps") == 1
    assert len(lesson.teacher_page.all(events.ParticipantJoined)) == 2
    assert {p.name for p in lesson.room.participants.values()} == {"Vera", "Mila", "Timur"}
    for participant in list(lesson.room.participants.values()):
        lesson.room.leave(participant, "left", lesson.world.now)
    lesson.world.later(EMPTY_SECONDS)
    assert "lesson" not in lesson.world.node.rooms, "it does not keep a room open"
    assert lesson.world.metric("taps") == 0 and not lesson.world.node.services.tap_readers
    assert lesson.world.worker.told("remove_room")
    assert not lesson.world.defects


def test_its_slots_are_described_as_the_worker_made_them() -> None:
    lesson = Tapped()
    tap, worker = lesson.tap, lesson.world.worker
    assert (tap.id, tap.room, tap.host, tap.port) == ("tap", "lesson", "127.0.0.1", PORT)
    assert (tap.media_host, tap.media_port) == ("127.0.0.1", worker.port)
    assert [slot.kind for slot in tap.slots] == ["audio"] * AUDIO_SLOTS + ["video"]
    assert [slot.payload_types for slot in tap.slots][2:] == [{"opus": 100}, {"VP8": 96, "H264": 102}]
    made = worker.told("add_slot")[-len(tap.slots) :]
    assert [(kind, ssrc, rtx, cname) for _, _, kind, ssrc, rtx, cname in made] == [
        (slot.kind, slot.ssrc, 0, tap.cname) for slot in tap.slots
    ]
    transport = made[0][0]
    assert worker.told("set_plain") == [(transport, "127.0.0.1", PORT)]


def test_asked_for_again_it_is_the_same_tap_with_a_new_picture() -> None:
    lesson = Tapped()
    again = lesson.room.taps.open("tap", "127.0.0.1", PORT, lesson.world.now)
    assert again == lesson.tap
    assert lesson.world.worker.told("request_keyframe") == [(lesson.camera.handle,)]


def test_another_address_or_another_tap_of_this_one_replaces_it() -> None:
    lesson = Tapped()
    before = lesson.world.worker.told("remove_transport")
    moved = lesson.room.taps.open("tap", "127.0.0.1", PORT + 1, lesson.world.now)
    assert moved.slots[0].ssrc != lesson.tap.slots[0].ssrc
    assert len(lesson.world.worker.told("remove_transport")) == len(before) + 1
    other = lesson.world.node.open_room("other", "Biology", lesson.world.policy, lesson.world.now)
    stolen: TapDescription = other.taps.open("theirs", "127.0.0.1", PORT + 1, lesson.world.now)
    assert stolen.room == "other" and lesson.room.taps.all == []
    assert lesson.world.metric("taps") == 1
    assert other.taps.close("theirs") and not other.taps.close("theirs")
    assert lesson.world.metric("taps") == 0


def test_a_room_has_few_taps() -> None:
    room = World().room
    for index in range(MAX_TAPS):
        room.taps.open(f"tap-{index}", "127.0.0.1", PORT + index, 0.0)
    with refused("too_many_taps"):
        room.taps.open("one more", "127.0.0.1", PORT + 100, 0.0)
    assert room.taps.open("tap-0", "127.0.0.1", PORT + 100, 0.0).port == PORT + 100, "but one may move"


@pytest.mark.parametrize("host", ["192.0.2.1", "0.0.0.0", "::1", "::ffff:127.0.0.1", "localhost", "", "127.0.0.1%lo"])
def test_media_in_clear_does_not_leave_the_machine(host: str) -> None:
    world = World()
    with refused("bad_address"):
        world.room.taps.open("tap", host, PORT, world.now)
    assert not world.worker.told("set_plain") and not world.room.taps.all


def test_a_tap_does_not_feed_the_node_itself() -> None:
    world = World()
    with refused("bad_address"):
        world.room.taps.open("tap", "127.0.0.1", world.worker.port, world.now)


def test_a_worker_that_is_behind_refuses_and_leaves_nothing() -> None:
    world = World()
    room = world.room
    world.worker.full = True
    with refused("overloaded"):
        room.taps.open("tap", "127.0.0.1", PORT, world.now)
    assert not world.node.services.tap_readers and not room.taps.all
    world.worker.full = False
    assert room.taps.open("tap", "127.0.0.1", PORT, world.now).port == PORT
