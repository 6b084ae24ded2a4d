"""A full lesson over real sockets: fifty participants, each with its own ICE, DTLS and SRTP keys."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import pytest

from loadtest.peers.dtls import CM, GCM
from loadtest.peers.participant import Participant
from loadtest.peers.signalling import SignallingError
from signalling.messages import GiveFloor, SlotView
from tests.interop.media import MediaProcess

FULL = 50
WORKER = 'sfera_media_worker_{}_total{{worker="0"}}'


@pytest.fixture
async def lesson(media_process: MediaProcess) -> AsyncIterator[list[Participant]]:
    """Number 0 is the host; every third participant knows only the older SRTP profile. All are connected."""
    async with AsyncExitStack() as stack:
        participants = [
            await stack.enter_async_context(
                media_process.participant(
                    "lesson",
                    number,
                    ticket={"role": "host" if number == 0 else "member"},
                    profiles=(CM,) if number % 3 == 2 else (GCM, CM),
                )
            )
            for number in range(FULL)
        ]
        await asyncio.gather(*(participant.join() for participant in participants))
        yield participants


async def received(participant: Participant, heard: dict[int, int], seen: dict[int, int] | None = None) -> None:
    """Wait until so many packets of these numbers have been received, each byte checked."""

    def enough() -> bool:
        return all(participant.heard(number) >= count for number, count in heard.items()) and all(
            participant.seen(number) >= count for number, count in (seen or {}).items()
        )

    await participant.wait_for(enough, 60)


async def test_everybody_of_fifty_hears_and_sees_the_speaker(
    media_process: MediaProcess, lesson: list[Participant]
) -> None:
    speaker, others = lesson[0], lesson[1:]
    await asyncio.gather(*(participant.add_slots(1) for participant in others))
    microphone = await speaker.publish_audio()
    camera = await speaker.publish_video(layers=1, fps=10)
    await asyncio.gather(*(p.view(SlotView(slot=p.video_slots[0].id, max_height=720, track=camera.id)) for p in others))
    await asyncio.gather(*(received(p, {0: 100}, seen={0: 30}) for p in others))

    for participant in others:
        for slot in participant.slots.values():
            assert (slot.bad, slot.duplicates, slot.lost, slot.unknown_payload_types) == (0, 0, 0, {})
            assert slot.sources in ([], [0])
        assert participant.video_slots[0].keyframes >= 1
        assert participant.unclaimed == 0
        assert participant.room.feeds[participant.video_slots[0].id] == camera.id
        assert microphone.id in participant.room.feeds.values()
        assert len(participant.room.participants) == FULL
        for transport in participant.transports.values():
            assert transport.counts["undecryptable"] == 0

    transports = [transport for participant in lesson for transport in participant.transports.values()]
    keys = [transport.keys for transport in transports if transport.keys is not None]
    assert len(keys) == 2 * FULL
    assert len({part for key in keys for part in (key.local, key.remote)}) == 4 * FULL
    assert {key.profile for key in keys} == {GCM, CM}
    assert len({transport.ice.local_address for transport in transports}) == 2 * FULL

    # The room is full, and says so.
    async with media_process.participant("lesson", FULL) as late:
        with pytest.raises(SignallingError) as refused:
            await late.join()
    assert refused.value.code == "call_full"

    metrics = await media_process.metrics()
    assert metrics["sfera_media_participants"] == FULL
    assert metrics['sfera_media_tickets_refused_total{cause="call_full"}'] == 1
    for cause in ("send_dropped", "send_errors", "drop_nonce", "drop_srtp_auth", "drop_srtp_replay", "events_lost"):
        assert metrics[WORKER.format(cause)] == 0, cause


async def test_four_speak_and_nobody_hears_themselves(media_process: MediaProcess, lesson: list[Participant]) -> None:
    host, second, third, fourth = speakers = lesson[:4]
    listeners = lesson[4:10]
    await asyncio.gather(*(participant.add_slots(0) for participant in [*speakers, *listeners]))
    for member in (second, third, fourth):
        await host.request(GiveFloor(participant=member.state.participant))  # type: ignore[union-attr]
    # Louder to softer, and the last one clearly so: three slots carry the first three.
    for participant, level in zip(speakers, (10, 20, 30, 90), strict=True):
        await participant.publish_audio(level=level)
    await asyncio.gather(
        *(received(participant, {0: 50, 1: 50, 2: 50}) for participant in [*listeners, fourth]),
        received(host, {1: 50, 2: 50, 3: 50}),
    )
    for participant in [*speakers, *listeners]:
        assert participant.heard(participant.number) == 0
        for slot in participant.audio_slots:
            assert (slot.bad, slot.duplicates, slot.lost) == (0, 0, 0)
