"""Coming back: a lost signalling socket, a change of network, the same page twice, a media process that dies."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from loadtest.peers.media import AudioTrack
from loadtest.peers.participant import Participant
from loadtest.peers.signalling import SignallingError, SocketClosedError
from signalling.messages import ParticipantLeft, Ping
from tests.interop.media import MediaProcess


@dataclass
class Lesson:
    """A host who speaks and a member who listens."""

    media: MediaProcess
    room: str
    host: Participant
    member: Participant
    microphone: AudioTrack

    async def goes_on(self) -> None:
        """More of the host is heard, without a hole since the beginning."""
        heard = self.member.heard(1)
        await self.member.wait_for(lambda: self.member.heard(1) >= heard + 10)
        for slot in self.member.audio_slots:
            assert (slot.bad, slot.duplicates, slot.lost) == (0, 0, 0)


@pytest.fixture
async def lesson(shared_media_process: MediaProcess) -> AsyncIterator[Lesson]:
    media, room = shared_media_process, secrets.token_hex(8)
    async with (
        media.participant(room, 1, ticket={"role": "host"}) as host,
        media.participant(room, 2, ticket={"device": "tablet"}) as member,
    ):
        await host.join()
        await member.join()
        await member.add_slots(0)
        lesson = Lesson(media, room, host, member, await host.publish_audio())
        await lesson.goes_on()
        yield lesson


async def test_a_lost_socket_costs_nobody_a_packet(lesson: Lesson) -> None:
    member = lesson.member
    assert member.state is not None
    before = member.state
    slots = list(member.slots)
    member.lose_socket()
    await member.wait_for(lambda: member.socket_code is not None)
    with pytest.raises((SocketClosedError, ConnectionError)):
        await member.request(Ping())
    await lesson.goes_on()
    joined = await member.resume()
    assert joined.resumed
    assert joined.participant == before.participant
    assert [slot.id for slot in joined.slots] == slots
    assert joined.send.iceParameters == before.send.iceParameters
    assert {p.id for p in joined.participants} == {p.id for p in before.participants}
    assert not any(isinstance(event, ParticipantLeft) for event in lesson.host.events)
    await lesson.goes_on()


async def test_a_resume_token_works_once(lesson: Lesson) -> None:
    member = lesson.member
    assert member.state is not None
    first = member.state.resume_token
    joined = await member.resume()
    assert joined.resume_token != first
    with pytest.raises(SignallingError) as refused:
        await member.resume(first)
    assert (refused.value.code, refused.value.fatal) == ("resume_unknown", True)
    # Somebody who tries an old token does not throw out whoever holds the new one.
    assert (await member.resume(joined.resume_token)).resumed
    await lesson.goes_on()


async def test_a_change_of_network_on_both_sides(lesson: Lesson) -> None:
    old = lesson.member.transports["receive"].ice.local_address
    await lesson.member.restart_ice("receive")
    assert lesson.member.transports["receive"].ice.local_address != old
    heard = lesson.member.heard(1)
    await lesson.member.wait_for(lambda: lesson.member.heard(1) >= heard + 20)
    await lesson.host.restart_ice("send")
    heard = lesson.member.heard(1)
    await lesson.member.wait_for(lambda: lesson.member.heard(1) >= heard + 20)
    assert [slot.bad for slot in lesson.member.audio_slots] == [0, 0, 0]
    # The keys are the old ones: nothing was agreed anew.
    assert lesson.member.transports["receive"].counts["dtls"] <= 6


async def test_the_same_page_again_replaces_the_old_one(lesson: Lesson) -> None:
    async with lesson.media.participant(lesson.room, 2, ticket={"device": "tablet"}) as again:
        await again.join()
        await lesson.member.wait_for(lambda: lesson.member.closed is not None)
        assert lesson.member.closed == "replaced"
        left = await lesson.host.wait_event(ParticipantLeft)
        assert left.reason == "replaced"
        await again.add_slots(0)
        await again.wait_for(lambda: again.heard(1) >= 10)
        with pytest.raises(SignallingError) as refused:
            await lesson.member.resume()
        assert refused.value.code == "resume_unknown"


async def test_a_media_process_that_dies_takes_its_tokens_with_it(tmp_path: Path) -> None:
    """What a page sees when the process is killed: the socket ends, the token is unknown, a new ticket works."""
    media = MediaProcess(tmp_path)
    media.start()
    try:
        async with media.participant("lesson", 1, ticket={"role": "host"}) as host:
            await host.join()
            media.kill()
            await host.wait_for(lambda: host.socket_code is not None)
            media.start()
            host.url = media.url
            with pytest.raises(SignallingError) as refused:
                await host.resume()
            assert refused.value.code == "resume_unknown"
        async with media.participant("lesson", 1, ticket={"role": "host"}) as host:
            joined = await host.join()
            assert not joined.resumed
    finally:
        assert media.stop() == 0
    assert media.defects == []
