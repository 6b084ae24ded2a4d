"""Streams over time: what ends them when nobody says so, and what waits for a room. The worker only writes down."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sfu import events
from sfu.errors import Refused
from sfu.transport import TransportState
from signalling import streams as streams_module
from signalling.sdp import parse_offer
from signalling.stream_keys import Door, StreamKey
from signalling.streams import CONNECT_SECONDS, Stream, Streams
from tests.unit.sfu.recording import Seen, World, publish

OFFERS = Path(__file__).resolve().parents[2] / "data" / "offers"
OBS = parse_offer((OFFERS / "obs-30.sdp").read_text())
VIEWER = parse_offer((OFFERS / "chromium-whep.sdp").read_text())
RESUME = 30.0


def key(id: str = "camera", **claims: object) -> StreamKey:
    content = {"iss": "sfera", "aud": "sfera-stream", "iat": 0, "exp": 9e9, "room": "lesson", "name": "Camera"}
    return StreamKey(sub=id, **{**content, "kind": "publish", **claims})  # type: ignore[arg-type]


class Place:
    """A node, its streams, and a room the platform has told of."""

    def __init__(self) -> None:
        self.world = World()
        self.streams = Streams(self.world.node, RESUME)
        self.streams.revoke(self.world.room, frozenset(), self.world.now)

    def open(self, door: Door = "whip", stream_key: StreamKey | None = None) -> Stream:
        offer = OBS if door == "whip" else VIEWER
        return self.streams.open(door, self.world.room, stream_key or key(), offer, self.world.now)[0]

    def connected(self, stream: Stream) -> Stream:
        stream.transport.state = TransportState.CONNECTED
        return stream

    def later(self, seconds: float) -> None:
        self.world.later(seconds)
        self.streams.handle_timer(self.world.now)

    def on(self, stream: Stream) -> bool:
        return self.streams.find(stream.door, "lesson", stream.id) is stream

    @property
    def present(self) -> list[str]:
        return [participant.person for participant in self.world.room.participants.values()]


def test_who_never_connects_is_gone() -> None:
    place = Place()
    stream, other = place.open(), place.connected(place.open("whep", key("hall", kind="play")))
    place.later(CONNECT_SECONDS - 1)
    assert place.on(stream)
    place.later(1)
    assert not place.on(stream) and place.on(other)
    assert place.present == ["key:hall"]
    assert place.world.metric("streams", door="whip") == 0
    assert place.world.metric("streams_ended_total", reason="lost") == 1


def test_silence_is_forgiven_for_as_long_as_a_page_may_be_away() -> None:
    place = Place()
    stream = place.connected(place.open())
    place.world.see(Seen("silent", stream.transport.handle, 6000))
    place.later(1)
    place.later(RESUME - 1)
    assert place.on(stream)
    place.world.see(Seen("selected", stream.transport.handle, 5000, 0, b"192.0.2.9"))
    place.later(RESUME + 1)
    assert place.on(stream)
    place.world.see(Seen("silent", stream.transport.handle, 6000))
    place.later(1)
    place.later(RESUME)
    assert not place.on(stream)
    assert place.present == []


async def test_a_failed_handshake_ends_the_stream() -> None:
    place = Place()
    stream = place.open()
    stream.participant.tell(events.TransportFailed("dtls_fingerprint", "another certificate"))
    await asyncio.sleep(0)
    assert not place.on(stream)


def test_a_room_that_ends_takes_its_streams_along() -> None:
    place = Place()
    stream = place.open()
    place.world.node.end_room(place.world.room, place.world.now)
    assert not place.on(stream)
    assert place.world.metric("streams", door="whip") == 0


def test_a_publisher_has_the_floor_and_is_counted() -> None:
    place = Place()
    stream = place.open()
    assert place.world.room.floor.holders == [stream.participant.id]
    assert all(track.forwarded for track in stream.participant.tracks.values())
    assert place.world.metric("tracks", source="camera") == 1
    quiet = place.open(stream_key=key("quiet", floor=False))
    assert {t.source: t.forwarded for t in quiet.participant.tracks.values()} == {"microphone": False, "camera": True}


def test_a_receiver_is_fed_what_its_codecs_allow() -> None:
    place = Place()
    teacher, _ = place.world.enter("teacher", "host")
    camera = publish(place.world.room, teacher, "camera")
    text = (OFFERS / "chromium-whep.sdp").read_text()
    stream, _ = place.streams.open(
        "whep", place.world.room, key("hall", kind="play"), parse_offer(text.replace("VP8", "VP7")), place.world.now
    )
    (slot,) = stream.participant.video_slots
    assert stream.participant.numbers is not None
    assert "VP8" not in stream.participant.numbers.payload_types
    assert slot.target[0] == -1
    encoder = place.open()
    (h264,) = [track for track in encoder.participant.tracks.values() if track.kind == "video"]
    assert slot.target[0] == h264.handle != camera.handle


def test_nothing_is_left_of_a_stream_that_finds_no_place() -> None:
    place = Place()
    ok = place.open()
    place.world.worker.full = True
    with pytest.raises(Refused) as refused:
        place.open(stream_key=key("late"))
    assert refused.value.code == "overloaded"
    place.world.worker.full = False
    assert place.present == ["key:camera"]
    assert place.on(ok)
    assert place.world.metric("streams", door="whip") == 1


async def test_a_room_is_asked_for_once_however_many_wait() -> None:
    world = World()
    streams = Streams(world.node, RESUME)
    waiting = [asyncio.create_task(streams.room("lesson")) for _ in range(5)]
    await asyncio.sleep(0)
    assert [report.event for report in world.reports] == ["room_wanted"]
    streams.revoke(world.room, frozenset(), world.now)
    async with asyncio.timeout(10):
        assert {id(room) for room in await asyncio.gather(*waiting)} == {id(world.room)}
    assert world.metric("streams_waiting") == 0


async def test_a_room_that_is_over_is_not_waited_for() -> None:
    world = World()
    streams = Streams(world.node, RESUME)
    waiting = asyncio.create_task(streams.room("lesson"))
    await asyncio.sleep(0)
    world.node.end_room_id("lesson", asyncio.get_running_loop().time())
    streams.wake("lesson")
    async with asyncio.timeout(10):
        with pytest.raises(Refused) as refused:
            await waiting
    assert refused.value.code == "room_ended"


async def test_a_node_that_drains_opens_no_room() -> None:
    world = World()
    world.node.drain(world.now)
    with pytest.raises(Refused) as refused:
        await Streams(world.node, RESUME).room("lesson")
    assert refused.value.code == "draining"


async def test_a_room_nobody_tells_of_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams_module, "ROOM_SECONDS", 0.05)
    world = World()
    with pytest.raises(Refused) as refused:
        await Streams(world.node, RESUME).room("lesson")
    assert refused.value.code == "room_not_ready"
    assert world.metric("streams_waiting") == 0
