"""A tap: a slot whose packets go to a local socket in clear, switched and repaired like any other."""

from __future__ import annotations

import socket

import pytest
from aiortc.rtp import RtcpPacket, RtcpPsfbPacket, RtcpSrPacket, RtpPacket

from tests.packets.harness import PASSWORD, house, is_rtcp, readable, vp8


def test_a_tap_gets_plain_rtp_and_reports_and_may_ask_for_keyframes() -> None:
    with house() as h, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reader:
        reader.bind(("127.0.0.1", 0))
        source = h.path("send", participant=1)
        track = h.video(source, 5000)
        tap = h.worker.add_transport(2, "tap00000", PASSWORD, direction="receive")
        h.worker.set_plain(tap, *reader.getsockname())
        slot = h.worker.add_slot(tap, h.room, kind="video", ssrc=7000, rtx_ssrc=7001, cname="tap")
        h.worker.feed(slot, track, 0)
        source.send_rtp(vp8(1, 0, ssrc=5000, picture=1, key=True, body=b"frame"))
        media: list[RtpPacket] = []
        reports: list[object] = []
        while not media or not reports:
            assert readable(reader.fileno(), 5)
            data = reader.recv(2048)
            if is_rtcp(data):
                reports += RtcpPacket.parse(data)
            else:
                media.append(RtpPacket.parse(data))
        assert (media[0].ssrc, media[0].payload[7:]) == (7000, b"frame")
        assert isinstance(reports[0], RtcpSrPacket)
        before = h.worker.counters()["keyframe_requests_in"]
        reader.sendto(bytes(RtcpPsfbPacket(fmt=1, ssrc=1, media_ssrc=7000)), ("127.0.0.1", h.worker.port))
        h.wait_counter("keyframe_requests_in", before + 1)


def test_plain_rtp_never_leaves_the_machine() -> None:
    with house() as h:
        tap = h.worker.add_transport(2, "tap00000", PASSWORD, direction="receive")
        with pytest.raises(ValueError, match="not on this machine"):
            h.worker.set_plain(tap, "192.0.2.1", 5000)
