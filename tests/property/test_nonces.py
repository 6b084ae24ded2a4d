"""Whatever a receiver asks for and whatever is probed, no packet index ever seals two different packets.

AES-GCM gives its key away when a nonce meets a second text. What is sent of a voice again must be the same datagram to
the byte; everything else, padding of probes and repeats over RTX among it, leaves once. pylibsrtp opens all of it.
"""

from __future__ import annotations

import time
from collections import defaultdict

from aiortc.rtp import RtcpRtpfbPacket
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sfu._arrivals import Arrivals
from tests.packets.harness import IDS, WAIT, House, house, is_rtcp, opus, vp8
from tests.recorded import extension

VIDEO, VOICE = 7000, 8000
NACK = 1
ACTIONS = st.lists(
    st.one_of(
        st.tuples(st.just("picture"), st.integers(1, 3)),
        st.tuples(st.just("speak"), st.integers(1, 4)),
        st.tuples(st.just("hear"), st.integers(0, 5)),
        st.tuples(st.just("missed picture"), st.integers(0, 30)),
        st.tuples(st.just("missed voice"), st.integers(0, 40)),
    ),
    min_size=10,
    max_size=60,
)


class Call:
    """A camera and a microphone; a receiver that answers with feedback, and asks for what it may have had."""

    def __init__(self, h: House) -> None:
        self.house = h
        self.source = h.path("send", participant=1)
        self.sink = h.path("receive", participant=2)
        slot = h.slot(self.sink, VIDEO)
        h.slot(self.sink, VOICE, kind="audio")
        h.worker.feed(slot, h.video(self.source, 5000), 0)
        h.uptrack(self.source, "audio", "opus", [("", 6000, 0)], mid="1")
        self.pictures = self.words = 0
        self.newest = {VIDEO: 0, VOICE: 0}
        self.came: list[bytes] = []
        self._log = Arrivals()

    def act(self, action: str, value: int) -> None:
        """One step of a script."""
        if action == "picture":
            for _ in range(value):
                n = self.pictures = self.pictures + 1
                self.source.send_rtp(vp8(n, 3000 * n, ssrc=5000, picture=n, key=n % 8 == 1))
        elif action == "speak":
            for _ in range(value):
                n = self.words = self.words + 1
                self.source.send_rtp(opus(n, 960 * n, ssrc=6000))
        elif action == "hear":
            self.hear(value / 1000)
        else:
            ssrc = VOICE if action == "missed voice" else VIDEO
            lost = [(self.newest[ssrc] - value) & 0xFFFF]
            self.sink.send_rtcp(bytes(RtcpRtpfbPacket(fmt=NACK, ssrc=1, media_ssrc=ssrc, lost=lost)))

    def hear(self, wait: float) -> None:
        """Take what has come, and say when."""
        for data in self.sink.datagrams(wait):
            if is_rtcp(data):
                continue
            self.came.append(data)
            ssrc = int.from_bytes(data[8:12], "big")
            if ssrc in self.newest:
                self.newest[ssrc] = int.from_bytes(data[2:4], "big")
            number = extension(data, IDS["transport_cc"])
            assert number is not None
            self._log.add(int.from_bytes(number, "big"), time.monotonic_ns() // 1000)
        while feedback := self._log.write():
            self.sink.send_rtcp(feedback)

    def check(self) -> None:
        """Everything that came, by stream and number."""
        found: dict[tuple[int, int], list[bytes]] = defaultdict(list)
        for data in self.came:
            found[int.from_bytes(data[8:12], "big"), int.from_bytes(data[2:4], "big")].append(data)
        for (ssrc, number), same in found.items():
            assert len(set(same)) == 1, f"number {number} of {ssrc} sealed two texts"
            assert len(same) == 1 or ssrc == VOICE, f"number {number} of {ssrc} left {len(same)} times"
        for data in dict.fromkeys(self.came):
            self.sink.inbound.unprotect(data)
        counted = self.house.worker.counters()
        assert counted["drop_nonce"] == 0 and counted["send_errors"] == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ACTIONS)
def test_no_number_seals_two_texts(actions: list[tuple[str, int]]) -> None:
    with house() as h:
        call = Call(h)
        for action, value in actions:
            call.act(action, value)
        call.hear(0.01)
        call.check()


def test_probes_and_voices_sent_again_are_among_what_is_looked_at() -> None:
    with house() as h:
        call = Call(h)
        give_up = time.monotonic() + WAIT
        probes = voices = repeats = 0
        while not (probes and voices and repeats):
            assert time.monotonic() < give_up, (probes, voices, repeats, h.worker.counters())
            for step in (
                ("picture", 1),
                ("speak", 2),
                ("hear", 5),
                ("hear", 5),
                ("missed picture", 1),
                ("missed voice", 1),
            ):
                call.act(*step)
            voices = len(call.came) - len(set(call.came))
            again = [data for data in call.came if int.from_bytes(data[8:12], "big") == VIDEO + 1]
            probes = sum(1 for data in again if data[0] & 0x20)
            repeats = len(again) - probes
        call.check()
