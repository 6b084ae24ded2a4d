"""A slot changes its source at a keyframe, and a decoder sees one stream go on."""

from __future__ import annotations

import itertools
from functools import partial

import pytest
from aiortc.rtp import RtcpPsfbPacket, RtpPacket

from sfu._fastpath import Event
from tests.packets.harness import House, Path, h264, house, opus, vp8


def is_fed(value: int, event: Event) -> bool:
    return event.a == value


def plis(path: Path) -> list[RtcpPsfbPacket]:
    return [p for p in path.rtcp if isinstance(p, RtcpPsfbPacket) and p.fmt == 1]


def two_publishers(h: House, codecs: tuple[str, str]) -> tuple[list[Path], list[int], Path, int]:
    sources = [h.path("send", participant=i) for i in range(2)]
    tracks = [h.video(path, 5000 + 100 * i, codec=codecs[i]) for i, path in enumerate(sources)]
    sink = h.path("receive", participant=9)
    return sources, tracks, sink, h.slot(sink, 7000)


def frame(codec: str, ssrc: int, n: int, *, key: bool = False) -> bytes:
    body = b"%d:%d" % (ssrc, n)
    if codec == "H264":
        return h264(n, 3000 * n, ssrc=ssrc, key=key, body=body)
    return vp8(n, 3000 * n, ssrc=ssrc, picture=n, key=key, body=body, tl0=n)


@pytest.mark.parametrize("codecs", [("VP8", "VP8"), ("VP8", "H264"), ("H264", "H264")])
def test_switch_waits_for_the_keyframe_and_is_gapless(codecs: tuple[str, str]) -> None:
    with house() as h:
        sources, tracks, sink, slot = two_publishers(h, codecs)
        h.worker.feed(slot, tracks[0], 0)
        packets: list[RtpPacket] = []
        counts = [0, 500]

        def send(i: int, *, key: bool = False) -> bytes:
            counts[i] += 1
            sources[i].send_rtp(frame(codecs[i], 5000 + 100 * i, counts[i], key=key))
            return b"%d:%d" % (5000 + 100 * i, counts[i])

        send(0, key=True)
        send(1, key=True)
        packets += sink.read_count(1)
        for turn in range(6):
            new, old = (1, 0) if turn % 2 == 0 else (0, 1)
            h.worker.feed(slot, tracks[new], 0)
            expected = send(old)
            send(new)
            packets += sink.read_count(1)
            assert packets[-1].payload.endswith(expected), "the old source went on"
            expected = send(new, key=True)
            packets += sink.read_count(1)
            assert packets[-1].payload.endswith(expected)
            assert h.wait_event("fed", partial(is_fed, tracks[new]))
        sequences = [p.sequence_number for p in packets]
        assert [(s - sequences[0]) & 0xFFFF for s in sequences] == list(range(len(packets)))
        ahead = [((b.timestamp - a.timestamp) & 0xFFFFFFFF) for a, b in itertools.pairwise(packets)]
        assert all(0 < step < 2**31 for step in ahead)
        assert {p.payload_type for p in packets} == {96 if codec == "VP8" else 102 for codec in codecs}


def test_a_picture_on_the_move_goes_over_from_slot_to_slot() -> None:
    """Asked for in both, as pages do so that it never stands still, it is sent in the old one until the new begins."""
    with house() as h:
        sources, tracks, sink, old = two_publishers(h, ("VP8", "VP8"))
        new = h.slot(sink, 7200)
        h.worker.feed(old, tracks[0], 0)
        sources[0].send_rtp(frame("VP8", 5000, 1, key=True))
        sink.read_count(1)
        h.worker.feed(new, tracks[0], 0)
        sources[0].send_rtp(frame("VP8", 5000, 2))
        assert [packet.ssrc for packet in sink.read_count(1)] == [7000]
        sources[0].send_rtp(frame("VP8", 5000, 3, key=True))
        assert h.wait_event("fed", lambda event: event.handle == old and event.a == -1)
        begun = [packet.ssrc for packet in sink.read_count(1)]
        sources[0].send_rtp(frame("VP8", 5000, 4))
        while begun[-1] != 7200 or begun.count(7200) < 2:
            begun += [packet.ssrc for packet in sink.read_count(1)]
        assert begun.count(7200) == 2 and begun.count(7000) <= 1
        # It is not asked for in the old slot any more; the new one goes on.
        h.worker.feed(old, tracks[1], 0)
        sources[0].send_rtp(frame("VP8", 5000, 5))
        assert [packet.ssrc for packet in sink.read_count(1)] == [7200]


def test_a_picture_that_moves_no_more_comes_back() -> None:
    """The page changes its mind when the new slot has taken it over already: nothing more is said of the old one."""
    with house() as h:
        sources, tracks, sink, old = two_publishers(h, ("VP8", "VP8"))
        new = h.slot(sink, 7200)
        h.worker.feed(old, tracks[0], 0)
        sources[0].send_rtp(frame("VP8", 5000, 1, key=True))
        assert h.wait_event("fed", lambda event: event.handle == old and event.a == tracks[0])
        h.worker.feed(new, tracks[0], 0)
        sources[0].send_rtp(frame("VP8", 5000, 2, key=True))
        assert h.wait_event("fed", lambda event: event.handle == old and event.a == -1)
        h.worker.feed(new, tracks[1], 0)
        sources[0].send_rtp(frame("VP8", 5000, 3, key=True))
        assert h.wait_event("fed", lambda event: event.handle == old and event.a == tracks[0])


def test_picture_ids_go_on() -> None:
    with house() as h:
        sources, tracks, sink, slot = two_publishers(h, ("VP8", "VP8"))
        h.worker.feed(slot, tracks[0], 0)
        for n in (32766, 32767, 32768):
            sources[0].send_rtp(vp8(n, 3000 * n, ssrc=5000, picture=n & 0x7FFF, key=n == 32766, tl0=n))
        packets = sink.read_count(3)
        h.worker.feed(slot, tracks[1], 0)
        for n in (7, 8):
            sources[1].send_rtp(vp8(n, 3000 * n, ssrc=5100, picture=n, key=n == 7, tl0=n))
        packets += sink.read_count(2)
        pictures = [(p.payload[2] & 0x7F) << 8 | p.payload[3] for p in packets]
        assert [(p - pictures[0]) & 0x7FFF for p in pictures] == [0, 1, 2, 3, 4]
        tl0 = [p.payload[4] for p in packets]
        assert [(p - tl0[0]) & 0xFF for p in tl0] == [0, 1, 2, 3, 4]


def test_a_keyframe_is_asked_for_once_however_many_wait() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        track = h.video(source, 5000)
        source.send_rtp(vp8(1, 0, ssrc=5000, picture=1))
        h.wait_event("layer")
        for i in range(5):
            sink = h.path("receive", participant=10 + i)
            h.worker.feed(h.slot(sink, 7000 + 10 * i), track, 0)
        while not plis(source):
            source.read(1.0)
        assert plis(source)[0].media_ssrc == 5000
        h.wait_counter("keyframe_requests_out", 2)  # nobody got one: asked again, no sooner than 0.5 s later
        assert h.worker.counters()["keyframe_requests_out"] == 2


def test_the_best_layer_that_is_there() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        layers = [("", 5000, 0), ("", 5100, 0), ("", 5200, 0)]
        track = h.uptrack(source, "video", "VP8", layers)
        sink = h.path("receive", participant=2)
        slot = h.slot(sink, 7000)
        h.worker.feed(slot, track, 1)
        for n, ssrc in enumerate((5000, 5200, 5100)):
            source.send_rtp(vp8(1, 0, ssrc=ssrc, picture=1, key=True, body=b"%d" % ssrc))
            h.wait_event("layer", partial(is_fed, (ssrc - 5000) // 100))
            assert n < 3
        packets = sink.read_count(2)
        assert [p.payload[7:] for p in packets] == [b"5000", b"5100"], "lowest at once, then the one that was asked for"


def test_a_layer_that_falls_silent_is_replaced() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        track = h.uptrack(source, "video", "VP8", [("", 5000, 0), ("", 5100, 0)])
        sink = h.path("receive", participant=2)
        h.worker.feed(h.slot(sink, 7000), track, 1)
        source.send_rtp(vp8(1, 0, ssrc=5100, picture=1, key=True, body=b"high"))
        assert sink.read_count(1)[0].payload[7:] == b"high"
        n = 0
        while not any(e.kind == "layer" and e.a == 1 and e.b == 0 for e in h.events):
            n += 1
            source.send_rtp(vp8(n, 3000 * n, ssrc=5000, picture=n, key=True, body=b"low"))
            source.read(0.02)
            h.events += h.worker.poll()
            assert n < 400
        source.send_rtp(vp8(n + 1, 3000 * n + 3000, ssrc=5000, picture=n + 1, key=True, body=b"low"))
        assert sink.read_count(1)[0].payload[7:] == b"low"


def test_the_floor_is_enforced_at_the_next_packet() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        track = h.uptrack(source, "audio", "opus", [("", 100, 0)], allowed=False)
        sink = h.path("receive", participant=2)
        h.slot(sink, 1000, kind="audio")
        source.send_rtp(opus(1, 0, ssrc=100, body=b"no"))
        h.wait_counter("not_allowed", 1)
        h.worker.set_allowed(track, True)
        source.send_rtp(opus(2, 960, ssrc=100, body=b"yes"))
        assert [p.payload for p in sink.read_count(1)] == [b"yes"]
        h.worker.set_allowed(track, False)
        assert h.wait_event("fed", lambda e: e.a == -1)
        for n in range(3, 6):
            source.send_rtp(opus(n, 960 * n, ssrc=100, body=b"no"))
        h.wait_counter("not_allowed", 4)
        assert sink.read() == []


def test_audio_switches_by_whole_frames() -> None:
    with house() as h:
        sources = [h.path("send", participant=i) for i in range(2)]
        tracks = [h.uptrack(p, "audio", "opus", [("", 100 + i, 0)], allowed=i == 0) for i, p in enumerate(sources)]
        sink = h.path("receive", participant=9)
        h.slot(sink, 1000, kind="audio")
        sources[0].send_rtp(opus(1, 12345, ssrc=100))
        first = sink.read_count(1)[0]
        h.worker.set_allowed(tracks[0], False)
        h.worker.set_allowed(tracks[1], True)
        sources[1].send_rtp(opus(9, 777, ssrc=101))
        second = sink.read_count(1)[0]
        assert (second.sequence_number - first.sequence_number) & 0xFFFF == 1
        step = (second.timestamp - first.timestamp) & 0xFFFFFFFF
        assert step % 960 == 0 and 0 < step < 2**31
