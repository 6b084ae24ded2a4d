"""What a publisher sends arrives at every receiver, rewritten for each, in their own keys."""

from __future__ import annotations

import pytest

from sfu._fastpath import CM, GCM
from sfu._gcm import BACKENDS
from sfu._srtp import LIBSRTP
from tests.packets.harness import house, opus, vp8


@pytest.mark.parametrize("profile", [GCM, CM])
@pytest.mark.parametrize("crypto", [*BACKENDS, LIBSRTP])
def test_video_reaches_two_receivers(profile: str, crypto: str) -> None:
    with house(crypto=crypto) as h:
        source = h.path("send", participant=1, profile=profile)
        track = h.video(source, 5000)
        sinks = [h.path("receive", participant=2 + i, profile=profile) for i in range(2)]
        slots = [h.slot(sink, 7000 + 10 * i) for i, sink in enumerate(sinks)]
        for slot in slots:
            h.worker.feed(slot, track, 0)
        for i in range(10):
            source.send_rtp(
                vp8(65530 + i, 1000 + 3000 * i, ssrc=5000, picture=100 + i, key=i == 0, body=b"frame %d" % i)
            )
        for i, sink in enumerate(sinks):
            packets = sink.read_count(10)
            assert [p.payload[7:] for p in packets] == [b"frame %d" % k for k in range(10)]
            assert {p.ssrc for p in packets} == {7000 + 10 * i}
            assert {p.payload_type for p in packets} == {96}
            first = packets[0]
            assert [(p.sequence_number - first.sequence_number) & 0xFFFF for p in packets] == list(range(10))
            assert [(p.timestamp - first.timestamp) & 0xFFFFFFFF for p in packets] == [3000 * k for k in range(10)]


def test_nothing_before_a_keyframe() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        track = h.video(source, 5000)
        sink = h.path("receive", participant=2)
        slot = h.slot(sink, 7000)
        h.worker.feed(slot, track, 0)
        source.send_rtp(vp8(1, 0, ssrc=5000, picture=1, body=b"delta"))
        h.wait_event("layer")
        source.send_rtp(vp8(2, 3000, ssrc=5000, picture=2, key=True, body=b"key"))
        assert h.wait_event("fed").a == track
        assert sink.read_count(1)[0].payload[7:] == b"key"


def test_voices_reach_everyone_but_their_owner() -> None:
    with house() as h:
        speakers = [h.path("send", participant=i) for i in range(2)]
        listeners = [h.path("receive", participant=i) for i in range(3)]
        for i, path in enumerate(speakers):
            h.uptrack(path, "audio", "opus", [("", 100 + i, 0)])
        for i, path in enumerate(listeners):
            for k in range(3):
                h.slot(path, 1000 + 10 * i + k, kind="audio")
        for n in range(5):
            for i, path in enumerate(speakers):
                path.send_rtp(opus(n, 960 * n, ssrc=100 + i, body=b"voice of %d" % i))
        for i, path in enumerate(listeners):
            expected = {b"voice of %d" % k for k in range(2) if k != i}
            packets = path.read_count(5 * len(expected))
            assert {p.payload for p in packets} == expected


def test_frames_of_uneven_packets_arrive_to_the_byte() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        track = h.video(source, 5000)
        sink = h.path("receive", participant=2)
        h.worker.feed(h.slot(sink, 7000), track, 0)
        bodies = [bytes([n]) * (100 + n % 5 + 40 * (n % 7 == 0)) for n in range(60)]
        for n, body in enumerate(bodies):
            source.send_rtp(vp8(n, 3000 * (n // 5), ssrc=5000, picture=n // 5, key=n < 5, body=body))
        assert [p.payload[7:] for p in sink.read_count(60)] == bodies
