"""A lesson beside which strangers flood the node: what the lesson loses, and what Python hears of it. Both: nothing.

A whole media process runs a lesson of real participants (ICE, DTLS, SRTP by other people's libraries, every byte
checked): one camera, two voices. From 64 other sockets come garbage, ICE checks for transports that are not there, and
DTLS hellos from addresses that never passed a check. Wakes of Python are counted by the kernel (voluntary context
switches of its thread): with nobody there (`idle`), with the lesson, and with the lesson and the flood. Forwarding is
measured from send to receipt in the participants' process, so its figures hold Python's time at both ends.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any, Final

from benchmarks.sinks import pin
from loadtest.node import Node
from loadtest.peers.media import Track
from loadtest.peers.participant import Participant
from loadtest.peers.slots import Slot
from signalling.messages import GiveFloor, SlotView

NODE_CPU: Final = 0
OTHER_CPU: Final = 1
MARK: Final = b"SFRA"
MARK_BYTES: Final = 12
WARM_UP: Final = 1.0
SETTLE: Final = 0.5


class Timed(Participant):
    """A participant who notes when each payload was sent and how long it was under way."""

    sent_at: dict[bytes, float]
    took: list[float]

    def _send_rtp(self, packet: bytes) -> None:
        at = packet.find(MARK)
        self.sent_at[packet[at : at + MARK_BYTES]] = time.perf_counter()
        super()._send_rtp(packet)

    def _on_rtp(self, packet: bytes) -> None:
        at = packet.find(MARK)
        sent = self.sent_at.get(packet[at : at + MARK_BYTES])
        if sent is not None:
            self.took.append(time.perf_counter() - sent)
        super()._on_rtp(packet)


class Lesson:
    """One host with a camera and a microphone, a member with a microphone, and others who see and hear them."""

    def __init__(self, node: Node, stack: AsyncExitStack, participants: int) -> None:
        self._node = node
        self._stack = stack
        self._count = participants
        self._sent_at: dict[bytes, float] = {}
        self.took: list[float] = []
        self.people: list[Timed] = []
        self.camera: Track | None = None

    async def begin(self) -> None:
        """Everybody joins; media flows to all."""
        for number in range(self._count):
            role = "host" if number == 0 else "member"
            person = self._node.newcomer(Timed, "lesson", number, role=role, nack=False)
            person.sent_at, person.took = self._sent_at, self.took
            self.people.append(await self._stack.enter_async_context(person))
            await person.join()
            await person.add_slots(0 if number == 0 else 1)
        host, second = self.people[:2]
        assert second.state is not None
        await host.request(GiveFloor(participant=second.state.participant))
        self.camera = await host.publish_video(layers=1, fps=25, packets=3)
        await host.publish_audio(level=10)
        await second.publish_audio(level=20)
        for person in self.people[1:]:
            await person.view(SlotView(slot=person.video_slots[0].id, max_height=720, track=self.camera.id))
        for person in self.people[2:]:
            await person.wait_for(lambda p=person: p.seen(0) > 10 and p.heard(0) > 10 and p.heard(1) > 10, 30)  # type: ignore[misc]

    @property
    def slots(self) -> list[Slot]:
        """All slots of all people."""
        return [slot for person in self.people for slot in person.slots.values()]

    def lost(self) -> int:
        """Packets that did not come, though later ones did, and packets with a wrong byte."""
        return sum(slot.lost + slot.bad + slot.duplicates for slot in self.slots)

    def seen(self) -> int:
        """Packets of the camera that have come."""
        return sum(person.seen(0) for person in self.people[1:])

    async def quiet(self) -> None:
        """The camera pauses, and all of its packets have come, or never will."""
        assert self.camera is not None
        self.camera.sending = False
        await asyncio.sleep(SETTLE)

    async def watch(self, seconds: float) -> dict[str, float]:
        """Some seconds of it: what was lost, how long packets took, how often Python was woken."""
        assert self.camera is not None
        await self.quiet()
        lost, seen, sent = self.lost(), self.seen(), self.camera.streams[0].packets
        self.took.clear()
        self._sent_at.clear()
        self.camera.sending = True
        wakeups, started = self._node.wakeups(), time.monotonic()
        await asyncio.sleep(seconds)
        rate = (self._node.wakeups() - wakeups) / (time.monotonic() - started)
        await self.quiet()
        self.camera.sending = True
        owed = (self.camera.streams[0].packets - sent) * (len(self.people) - 1)
        took = sorted(self.took)
        return {
            "wakeups_per_s": round(rate, 1),
            "packets": len(took),
            "dropped": max(self.lost() - lost, owed - (self.seen() - seen)),
            "p50_ms": round(1000 * took[len(took) // 2], 3) if took else 0.0,
            "p99_ms": round(1000 * took[len(took) * 99 // 100], 3) if took else 0.0,
        }


async def flood_begins(node: Node, before: int) -> None:
    """Wait until more comes than a lesson sends."""
    give_up = time.monotonic() + 20
    while (await node.counters())["packets_in"] < before + 1000 and time.monotonic() < give_up:  # noqa: ASYNC110
        await asyncio.sleep(0.05)


async def measure(options: argparse.Namespace) -> dict[str, Any]:
    """All three stretches on one node."""
    with tempfile.TemporaryDirectory() as folder, Node(Path(folder), cpu=NODE_CPU) as node:
        pin(OTHER_CPU)
        await asyncio.sleep(WARM_UP)
        wakeups, started = node.wakeups(), time.monotonic()
        await asyncio.sleep(options.seconds)
        idle = (node.wakeups() - wakeups) / (time.monotonic() - started)
        say(f"idle: Python wakes {idle:.1f} times a second")
        async with AsyncExitStack() as stack:
            lesson = Lesson(node, stack, options.participants)
            await lesson.begin()
            await asyncio.sleep(WARM_UP)
            before = await lesson.watch(options.seconds)
            say(f"lesson: {before}")
            counters = await node.counters()
            flooder = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "benchmarks.flooder",
                str(node.udp_port),
                str(options.seconds + 2 * SETTLE + 1.0),
                *(str(rate) for rate in (options.garbage, options.stun, options.hellos)),
                stdout=asyncio.subprocess.PIPE,
            )
            await flood_begins(node, counters["packets_in"])
            during = await lesson.watch(options.seconds)
            say(f"lesson and flood: {during}")
            told, _ = await flooder.communicate()
            after = await node.counters()
        sent: dict[str, float] = json.loads(told)
        changed = {name: after[name] - counters[name] for name in after if after[name] != counters[name]}
        return {
            "lesson_dropped": during["dropped"],
            "python_wakeups_per_s": during["wakeups_per_s"],
            "python_wakeups_idle_per_s": round(idle, 1),
            "python_wakeups_lesson_per_s": before["wakeups_per_s"],
            "forwarded_p50_ms": during["p50_ms"],
            "forwarded_p99_ms": during["p99_ms"],
            "before_p50_ms": before["p50_ms"],
            "before_p99_ms": before["p99_ms"],
            "before_dropped": before["dropped"],
            "lesson_packets": during["packets"],
            "answers_to_strangers": sent["answers"],
            "sent": {name: round(value, 1) for name, value in sent.items()},
            "refused": {name: count for name, count in changed.items() if name.startswith("drop_")},
            "worker_wakes": changed.get("wakes", 0),
            "participants": options.participants,
        }


def parse_arguments(arguments: Sequence[str]) -> argparse.Namespace:
    """The command line of `python -m benchmarks flood`."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks flood", description=__doc__.partition("\n\n")[0])
    parser.add_argument("--json", action="store_true", help="print one JSON object on standard output")
    parser.add_argument("--seconds", type=float, default=10.0, help="length of each stretch (default 10)")
    parser.add_argument("--participants", type=int, default=8, help="people in the lesson (default 8)")
    parser.add_argument("--garbage", type=int, default=10_000, help="datagrams a second of any bytes (default 10000)")
    parser.add_argument("--stun", type=int, default=2_000, help="ICE checks a second (default 2000)")
    parser.add_argument("--hellos", type=int, default=500, help="DTLS hellos a second (default 500)")
    return parser.parse_args(arguments)


def say(text: str) -> None:
    """Tells whoever watches."""
    print(text, file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """Runs it; 0: the figures are for whoever asked to judge."""
    options = parse_arguments(arguments)
    result = asyncio.run(measure(options))
    if options.json:
        print(json.dumps(result))
    else:
        for name, value in result.items():
            say(f"{name}: {value}")
    return 0
