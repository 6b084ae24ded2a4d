"""A worker's port: its two sockets, whose it is, and when what comes to it wakes the loop."""

from __future__ import annotations

import errno
import select
import socket
import time

import pytest

from sfu._fastpath import Worker
from tests.packets.harness import WAIT, House, Path, house, vp8
from tests.packets.test_repair import nack

MEDIA, REPORT = b"\x80\x60" + bytes(60), b"\x80\xc8" + bytes(60)


def one_lesson(h: House) -> tuple[Path, Path]:
    source, sink = h.path("send", participant=1), h.path("receive", participant=2)
    h.worker.feed(h.slot(sink, 7000), h.video(source, 5000), 0)
    return source, sink


def until_quiet(h: House) -> None:
    """Until the loop has turned more than 100 ms after the media that came last: reports wake it from then on."""
    last, deadline = time.monotonic(), time.monotonic() + WAIT
    while h.worker.last_turn() < last + 0.11:
        assert time.monotonic() < deadline
        select.poll().poll(2)


@pytest.mark.parametrize(
    ("host", "sender"),
    [("127.0.0.1", "127.0.0.1"), ("0.0.0.0", "127.0.0.1"), ("::1", "::1"), ("::", "::1"), ("::", "127.0.0.1")],
)
def test_media_and_reports_come_in_at_one_port(host: str, sender: str) -> None:
    family = socket.AF_INET6 if ":" in sender else socket.AF_INET
    with house(host) as h, socket.socket(family, socket.SOCK_DGRAM) as stranger:
        stranger.connect((sender, h.worker.port))
        for number in range(1, 11):
            stranger.send(MEDIA)
            stranger.send(REPORT)
            h.wait_counter("drop_unknown_address", 2 * number)


@pytest.mark.parametrize("host", ["127.0.0.1", "::"])
def test_a_port_is_of_one_worker(host: str) -> None:
    with house(host) as h:
        with pytest.raises(OSError, match=f"port {h.worker.port}") as refused:
            Worker(host, h.worker.port)
        assert refused.value.errno == errno.EADDRINUSE


def test_a_report_is_read_whether_media_comes_or_not() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        for number in range(1, 60):
            source.send_rtp(vp8(number, 3000 * number, ssrc=5000, picture=number, key=number == 1))
            (packet,) = sink.read_count(1)
            if number == 50:
                until_quiet(h)
            sink.send_rtcp(nack(7000, [packet.sequence_number]))
            (again,) = sink.read_count(1)
            assert again.ssrc == 7001


def test_reports_wake_nobody_while_media_comes() -> None:
    with house() as h:
        source, sink = one_lesson(h)
        source.send_rtp(vp8(0, 0, ssrc=5000, picture=0, key=True))
        (packet,) = sink.read_count(1)
        request = nack(7000, [packet.sequence_number])
        begun, before, count = time.monotonic(), h.worker.counters(), 100
        for number in range(1, count + 1):
            source.send_rtp(vp8(number, 3000 * number, ssrc=5000, picture=number))
            for _ in range(8):
                sink.send_rtcp(request)
                time.sleep(0.0005)  # how fast they come: nothing is waited for
        h.wait_counter("rtcp_in", before["rtcp_in"] + 8 * count)
        turns = h.worker.counters()["turns"] - before["turns"]
        # 10 ms between two looks where repeats are asked for, and two more kinds of things are due
        due = (time.monotonic() - begun) * 250
        assert turns < 2 * count + due
