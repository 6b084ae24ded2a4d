"""Pictures over the wire: layers, switches between publishers, what is lost and sent again."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from loadtest.peers.media import VideoTrack
from loadtest.peers.participant import Participant
from loadtest.peers.slots import Slot
from signalling.messages import SlotView
from tests.interop.media import MediaProcess


@dataclass
class Lesson:
    """Two who show themselves in three layers, and one who watches one slot."""

    publishers: list[Participant]
    cameras: list[VideoTrack]
    watcher: Participant

    @property
    def slot(self) -> Slot:
        return self.watcher.video_slots[0]

    async def show(self, camera: VideoTrack, height: int = 720) -> None:
        await self.watcher.view(SlotView(slot=self.slot.id, track=camera.id, max_height=height))

    async def shown(self, number: int, packets: int = 10) -> None:
        """Wait for more packets of this publisher."""
        seen = self.watcher.seen(number)
        await self.watcher.wait_for(lambda: self.watcher.seen(number) >= seen + packets)

    async def sent(self, camera: VideoTrack, packets: int) -> None:
        """Wait until the publisher has sent more in its lowest layer (seen when its server's reports come)."""
        publisher = self.publishers[self.cameras.index(camera)]
        before = camera.streams[0].packets
        await publisher.wait_for(lambda: camera.streams[0].packets >= before + packets)


@pytest.fixture
async def lesson(shared_media_process: MediaProcess) -> AsyncIterator[Lesson]:
    media, room = shared_media_process, secrets.token_hex(8)
    async with (
        media.participant(room, 1, ticket={"role": "host"}) as first,
        media.participant(room, 2) as second,
        media.participant(room, 3) as watcher,
    ):
        for participant in (first, second, watcher):
            await participant.join()
        await watcher.add_slots(1)
        cameras = [await publisher.publish_video(fps=30) for publisher in (first, second)]
        yield Lesson([first, second], cameras, watcher)


async def test_the_layer_follows_the_height_asked_for(lesson: Lesson) -> None:
    camera = lesson.cameras[0]
    # 1280x720 in three layers: 180, 360 and 720 lines.
    for height, layer in ((720, 2), (180, 0), (400, 1), (4000, 2), (100, 0)):
        await lesson.show(camera, height)
        await lesson.watcher.wait_for(lambda layer=layer: lesson.slot.last and lesson.slot.last.layer == layer)  # type: ignore[misc]
    await lesson.shown(1)
    assert (lesson.slot.bad, lesson.slot.duplicates, lesson.slot.lost) == (0, 0, 0)
    assert lesson.slot.keyframes >= 5


async def test_a_paused_slot_is_silent_until_it_is_shown_again(lesson: Lesson) -> None:
    camera = lesson.cameras[0]
    await lesson.show(camera)
    await lesson.shown(1)
    await lesson.show(camera, 0)
    await lesson.watcher.wait_for(lambda: lesson.watcher.room.feeds[lesson.slot.id] is None)
    await lesson.sent(camera, 5)
    packets, keyframes = lesson.slot.packets, lesson.slot.keyframes
    await lesson.sent(camera, 30)
    assert lesson.slot.packets == packets
    await lesson.show(camera)
    await lesson.shown(1)
    # It goes on with a keyframe and without a hole.
    assert lesson.slot.keyframes > keyframes
    assert (lesson.slot.bad, lesson.slot.lost) == (0, 0)


async def test_twenty_switches_between_two_publishers(lesson: Lesson) -> None:
    for turn in range(20):
        number = turn % 2 + 1
        await lesson.show(lesson.cameras[number - 1])
        await lesson.watcher.wait_for(lambda number=number: lesson.slot.source == number)  # type: ignore[misc]
        await lesson.shown(number, 5)
    slot = lesson.slot
    assert slot.sources == [1, 2] * 10
    assert (slot.bad, slot.duplicates, slot.lost, slot.unknown_payload_types) == (0, 0, 0, {})
    # Each switch began with a keyframe of the new source.
    assert slot.keyframes >= 20


async def test_what_a_receiver_missed_comes_again_over_the_repair_stream(lesson: Lesson) -> None:
    await lesson.show(lesson.cameras[0])
    await lesson.shown(1, 30)
    slot = lesson.slot
    wanted = [(slot.highest - distance) & 0xFFFF for distance in (9, 8, 3)]
    slot.ask_again(wanted)
    await lesson.watcher.wait_for(lambda: slot.repaired >= 3)
    # They are copies of what had come, byte for byte: counted as duplicates, not as new or wrong.
    assert (slot.repaired, slot.duplicates, slot.bad) == (3, 3, 0)
    await lesson.shown(1)


async def test_what_a_publisher_lost_is_asked_of_it_again(lesson: Lesson) -> None:
    publisher, camera = lesson.publishers[0], lesson.cameras[0]
    path, watched = publisher.transports["send"], camera.streams[2]
    await lesson.show(camera)
    # In the layer it will stay in, and long enough for the repair stream to be all that still says whose it is.
    await lesson.watcher.wait_for(lambda: lesson.slot.last and lesson.slot.last.layer == 2)
    await publisher.wait_for(lambda: watched.identified)

    def lose(datagram: bytes) -> list[bytes]:
        if int.from_bytes(datagram[8:12]) == watched.ssrc:
            return []
        path.tamper = lose
        return [datagram]

    for lost in range(1, 7):
        path.tamper = lose
        await publisher.wait_for(lambda lost=lost: watched.resent >= lost)  # type: ignore[misc]
        await lesson.shown(1, 5)
    await lesson.watcher.wait_for(lambda: lesson.slot.lost == 0)
    assert (lesson.slot.bad, lesson.slot.duplicates) == (0, 0)


async def test_a_receiver_that_sees_nothing_gets_a_keyframe(lesson: Lesson) -> None:
    await lesson.show(lesson.cameras[0])
    await lesson.shown(1, 20)
    keyframes = lesson.slot.keyframes
    lesson.slot.request_keyframe()
    await lesson.watcher.wait_for(lambda: lesson.slot.keyframes > keyframes)


async def test_reports_come_both_ways(lesson: Lesson) -> None:
    camera = lesson.cameras[0]
    await lesson.show(camera)
    await lesson.watcher.wait_for(lambda: lesson.slot.sender_reports >= 2)
    publisher = lesson.publishers[0]
    await publisher.wait_for(lambda: all(stream.report is not None for stream in camera.streams))
    await publisher.wait_for(lambda: camera.feedback_packets >= 10)
    for stream in camera.streams:
        assert stream.identified
        assert stream.report is not None
        assert (stream.report.packets_lost, stream.report.fraction_lost) == (0, 0)
    # Once the server has reported a stream it needs no names any more, and goes on without them.
    await lesson.shown(1, 20)
