"""Publishers without a mid, encoders without audio levels, and receivers with numbers of their own: WHIP and WHEP."""

from __future__ import annotations

import select
import time

import pytest
from aiortc.rtp import RtcpRtpfbPacket, RtpPacket

from tests.packets.harness import WAIT, House, Path, h264, house, opus, vp8

RTPFB_NACK = 1


def track(h: House, path: Path, kind: str, encodings: list[tuple[str, int, int]], **changes: object) -> int:
    """A track of a publisher that negotiated no header extension."""
    options: dict[str, object] = {
        "codec": "opus" if kind == "audio" else "VP8",
        "payload_type": 111 if kind == "audio" else 96,
        "rtx_payload_type": -1 if kind == "audio" else 97,
        "clock_rate": 48000 if kind == "audio" else 90000,
        "mid": "1",
        "extensions": {},
        "allowed": True,
        **changes,
    }
    return h.worker.add_uptrack(path.handle, h.room, kind=kind, encodings=encodings, **options)  # type: ignore[arg-type]


def plain_opus(sequence: int, *, ssrc: int, body: bytes) -> bytes:
    return RtpPacket(
        payload_type=111, sequence_number=sequence, timestamp=960 * sequence, ssrc=ssrc, payload=body
    ).serialize()


@pytest.mark.parametrize("signalled", [5000, 0])
def test_a_track_is_known_by_its_ssrc_or_by_its_payload_type(signalled: int) -> None:
    with house() as h:
        source = h.path("send", participant=1)
        camera = track(h, source, "video", [("", signalled, 0)])
        track(h, source, "audio", [("", 0, 0)], mid="0")
        sink = h.path("receive", participant=2)
        h.worker.feed(h.slot(sink, 7000), camera, 0)
        for n in range(3):
            source.send_rtp(vp8(n, 3000 * n, ssrc=5000, picture=n, key=n == 0, body=b"frame %d" % n))
        assert [p.payload[7:] for p in sink.read_count(3)] == [b"frame 0", b"frame 1", b"frame 2"]


def test_a_payload_type_of_two_tracks_says_nothing() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        for mid in ("1", "2"):
            track(h, source, "video", [("", 0, 0)], mid=mid)
        source.send_rtp(vp8(1, 0, ssrc=5000, picture=1, key=True))
        h.wait_counter("drop_unknown_ssrc", 1)


def test_a_voice_without_levels_is_heard_and_its_silence_is_not() -> None:
    with house() as h:
        encoder = h.path("send", participant=1)
        track(h, encoder, "audio", [("", 0, 0)])
        page = h.path("send", participant=2)
        spoken = h.uptrack(page, "audio", "opus", [("", 300, 0)])
        listener = h.path("receive", participant=3)
        for k in range(3):
            h.slot(listener, 1000 + k, kind="audio")
        for n in range(20):
            encoder.send_rtp(plain_opus(n, ssrc=200, body=b"a programme"))
        assert {p.payload for p in listener.read_count(20)} == {b"a programme"}
        deadline, n = time.monotonic() + WAIT, 20
        while True:
            encoder.send_rtp(plain_opus(n, ssrc=200, body=b"\xf8"))
            page.send_rtp(opus(n, 960 * n, ssrc=300, level=40))
            told = [e for e in h.worker.poll() if e.kind == "speakers"]
            if told and int.from_bytes(told[-1].data[:4], "little") == spoken:
                break
            assert time.monotonic() < deadline, "the silent encoder stays the loudest"
            select.poll().poll(20)
            n += 1


def test_a_receiver_is_sent_its_own_numbers() -> None:
    with house() as h:
        camera, other = (h.path("send", participant=n) for n in (1, 2))
        tracks = [h.video(camera, 5000), h.video(other, 6000, codec="H264")]
        sink = h.path("receive", participant=3)
        h.worker.set_numbers(
            sink.handle, payload_types={"VP8": (120, 121), "H264": (35, -1)}, extensions={"transport_cc": 14}
        )
        slot = h.slot(sink, 7000)
        h.worker.feed(slot, tracks[0], 0)
        camera.send_rtp(vp8(1, 0, ssrc=5000, picture=1, key=True))
        data = sink.read_until(lambda found: len(found) >= 1)[0]
        packet = RtpPacket.parse(data)
        assert packet.payload_type == 120
        assert data[12:16] == b"\xbe\xde\x00\x01" and data[16] == (14 << 4) | 1
        sink.send_rtcp(bytes(RtcpRtpfbPacket(RTPFB_NACK, 1, 7000, [packet.sequence_number])))
        again = sink.read_count(1)[0]
        assert (again.payload_type, again.ssrc, again.payload[2:]) == (121, 7001, packet.payload)
        h.worker.feed(slot, tracks[1], 0)
        other.send_rtp(h264(1, 0, ssrc=6000, key=True))
        switched = sink.read_count(1)[0]
        assert switched.payload_type == 35
        # It has no RTX for this one: the packet is not sent again, for it would be sealed twice under one nonce.
        sink.send_rtcp(bytes(RtcpRtpfbPacket(RTPFB_NACK, 1, 7000, [switched.sequence_number])))
        h.wait_counter("nack_misses", 1)


def test_a_receiver_may_know_no_header_extension() -> None:
    with house() as h:
        source = h.path("send", participant=1)
        sink = h.path("receive", participant=2)
        h.worker.set_numbers(sink.handle, payload_types={"VP8": (96, 97)}, extensions={})
        h.worker.feed(h.slot(sink, 7000), h.video(source, 5000), 0)
        source.send_rtp(vp8(1, 0, ssrc=5000, picture=1, key=True, body=b"bare"))
        data = sink.read_until(lambda found: len(found) >= 1)[0]
        assert data[0] == 0x80
        assert data.endswith(b"bare") and len(data) == 12 + 7 + 4


@pytest.mark.parametrize(
    "wrong",
    [
        {"payload_types": {"H265": (1, 2)}, "extensions": {}},
        {"payload_types": {"VP8": (128, -1)}, "extensions": {}},
        {"payload_types": {}, "extensions": {"mid": 1}},
        {"payload_types": {}, "extensions": {"transport_cc": 15}},
    ],
)
def test_senseless_numbers_are_refused(wrong: dict[str, dict[str, object]]) -> None:
    with house() as h:
        sink = h.path("receive", participant=2)
        with pytest.raises(ValueError):
            h.worker.set_numbers(sink.handle, **wrong)  # type: ignore[arg-type]
