"""The floor over the wire: whoever does not hold it is not heard, whatever their page does."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from loadtest.peers.media import AudioTrack
from loadtest.peers.participant import Participant
from loadtest.peers.signalling import SignallingError
from signalling.messages import (
    AnswerFloor,
    EndRoom,
    FloorGiven,
    FloorTaken,
    GiveFloor,
    Hands,
    MuteAll,
    Muted,
    RaiseHand,
    Remove,
    TakeFloor,
)
from tests.interop.media import MediaProcess


@dataclass
class Lesson:
    """A teacher, a student whose page sends all the time, and another student who listens."""

    teacher: Participant
    student: Participant
    other: Participant
    microphone: AudioTrack

    @property
    def heard(self) -> int:
        return self.teacher.heard(2) + self.other.heard(2)

    @property
    def student_id(self) -> str:
        assert self.student.state is not None
        return self.student.state.participant

    async def is_heard(self) -> None:
        teacher, other = self.teacher.heard(2), self.other.heard(2)
        await self.teacher.wait_for(lambda: self.teacher.heard(2) >= teacher + 20)
        await self.other.wait_for(lambda: self.other.heard(2) >= other + 20)

    async def is_not_heard(self) -> None:
        """300 ms after the answer nothing comes any more, while the page sends on."""
        await asyncio.sleep(0.3)
        heard, sent = self.heard, self.microphone.streams[0].packets
        await asyncio.sleep(0.7)
        assert self.microphone.streams[0].packets >= sent + 20
        assert self.heard == heard


@pytest.fixture
async def lesson(shared_media_process: MediaProcess) -> AsyncIterator[Lesson]:
    media, room = shared_media_process, secrets.token_hex(8)
    async with (
        media.participant(room, 1, ticket={"role": "host"}) as teacher,
        media.participant(room, 2) as student,
        media.participant(room, 3) as other,
    ):
        for participant in (teacher, student, other):
            await participant.join()
            await participant.add_slots(0)
        yield Lesson(teacher, student, other, await student.publish_audio(level=5))


async def test_a_hand_is_raised_and_the_floor_given_and_taken(lesson: Lesson) -> None:
    await lesson.is_not_heard()
    assert lesson.heard == 0
    await lesson.student.request(RaiseHand())
    hands = await lesson.teacher.wait_event(Hands)
    assert [hand.participant for hand in hands.hands] == [lesson.student_id]
    await lesson.teacher.request(GiveFloor(participant=lesson.student_id))
    await lesson.student.wait_event(FloorGiven)
    await lesson.student.request(AnswerFloor(accept=True))
    await lesson.other.wait_for(lambda: lesson.other.room.floor == [lesson.student_id])
    assert lesson.teacher.room.hands == []
    await lesson.is_heard()
    await lesson.teacher.request(TakeFloor(participant=lesson.student_id))
    await lesson.is_not_heard()
    await lesson.student.wait_event(FloorTaken)
    assert lesson.other.room.floor == []
    # And once more: taking it was not for good.
    await lesson.teacher.request(GiveFloor(participant=lesson.student_id))
    await lesson.is_heard()


async def test_mute_all(lesson: Lesson) -> None:
    await lesson.teacher.request(GiveFloor(participant=lesson.student_id))
    await lesson.is_heard()
    await lesson.teacher.request(MuteAll())
    await lesson.is_not_heard()
    await lesson.student.wait_for(lambda: any(isinstance(event, FloorTaken | Muted) for event in lesson.student.events))


async def test_a_student_cannot_do_what_teachers_do(lesson: Lesson) -> None:
    for request in (
        GiveFloor(participant=lesson.student_id), TakeFloor(participant=lesson.student_id), MuteAll(),
        Remove(participant=lesson.student_id), EndRoom(),
    ):  # fmt: skip
        with pytest.raises(SignallingError) as refused:
            await lesson.other.request(request)
        assert refused.value.code == "not_allowed"
    await lesson.is_not_heard()
    assert lesson.heard == 0


async def test_who_is_removed_is_not_heard_and_cannot_come_back_by_the_old_token(lesson: Lesson) -> None:
    await lesson.teacher.request(GiveFloor(participant=lesson.student_id))
    await lesson.is_heard()
    await lesson.teacher.request(Remove(participant=lesson.student_id))
    await lesson.student.wait_for(lambda: lesson.student.closed is not None)
    assert lesson.student.closed == "removed"
    await lesson.is_not_heard()
    with pytest.raises(SignallingError) as refused:
        await lesson.student.resume()
    assert refused.value.code == "resume_unknown"


async def test_the_end_for_all(lesson: Lesson) -> None:
    await lesson.teacher.request(EndRoom())
    for participant in (lesson.teacher, lesson.student, lesson.other):
        await participant.wait_for(lambda participant=participant: participant.closed is not None)  # type: ignore[misc]
        assert participant.closed == "ended"
    with pytest.raises(SignallingError):
        await lesson.student.resume()
