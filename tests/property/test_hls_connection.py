"""A viewer's connection without a network: however bytes are cut, the answers are the same."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from hls.connection import Connection, State
from hls.origin import Limits, Origin
from tests.unit.hls.viewer import BROADCAST, MEDIA, events, on_air

HOST = "Host: origin.example\r\n"
BASE = f"/live/{BROADCAST}"


class Transport:
    """What a connection does to its socket."""

    def __init__(self) -> None:
        self.sent = b""
        self.ended = False

    def write(self, data: bytes) -> None:
        assert not self.ended, "nothing is said behind the end"
        self.sent += data

    def writelines(self, pieces: list[bytes]) -> None:
        self.write(b"".join(bytes(piece) for piece in pieces))

    def write_eof(self) -> None:
        self.ended = True

    close = abort = write_eof

    def is_closing(self) -> bool:
        return self.ended

    def can_write_eof(self) -> bool:
        return True

    def get_extra_info(self, name: str) -> tuple[str, int] | None:
        return ("127.0.0.1", 9) if name == "peername" else None

    def set_write_buffer_limits(self, high: int) -> None:
        """There is always room."""

    def pause_reading(self) -> None:
        """More is kept than is asked for, in these tests."""

    resume_reading = pause_reading


def connect(origin: Origin) -> tuple[Connection, Transport]:
    """A viewer."""
    transport = Transport()
    connection = Connection(origin)
    connection.connection_made(cast("Any", transport))
    return connection, transport


def house() -> Origin:
    """An origin that does not listen, with a broadcast."""
    origin = Origin(Limits(max_request_bytes=2048))
    origin.unix = 1_700_000_000.0
    on_air(origin, size=100)
    return origin


paths = st.sampled_from(
    [MEDIA, f"{MEDIA}?_HLS_msn=3", f"{MEDIA}?_HLS_msn=3&_HLS_part=1&token=x", f"{MEDIA}?_HLS_part=1",
     f"{BASE}/seg-1.m4s", f"{BASE}/part-2.1.m4s", f"{BASE}/init-0.mp4", f"{BASE}/nothing", "/", f"{BASE}/index.m3u8"]
)  # fmt: skip
fields = st.sampled_from(
    ["", "Accept-Encoding: gzip, br\r\n", "Range: bytes=1-3\r\n", "Range: bytes=900-\r\n", "User-Agent: somebody\r\n",
     "ACCEPT-ENCODING:gzip\r\nX: y\r\n"]
)  # fmt: skip
requests = st.builds(
    lambda method, path, more: f"{method} {path} HTTP/1.1\r\n{HOST}{more}\r\n".encode(),
    st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS"]), paths, fields,
)  # fmt: skip


@given(st.lists(requests, min_size=1, max_size=8), st.lists(st.integers(0, 900), max_size=12), st.booleans())
def test_answers_do_not_depend_on_how_requests_are_cut(asked: list[bytes], cuts: list[int], warm: bool) -> None:
    expected = b""
    for request in asked:
        connection, transport = connect(house())
        connection.data_received(request)
        assert transport.sent.startswith(b"HTTP/1.1 ")
        expected += transport.sent
    origin = house()
    if warm:
        # What was asked before is recognised without being parsed.
        for request in asked:
            connect(origin)[0].data_received(request)
    connection, transport = connect(origin)
    stream = b"".join(asked)
    places = sorted({0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)})
    for start, end in pairwise(places):
        connection.data_received(stream[start:end])
    assert transport.sent == expected
    assert not transport.ended and connection.state == State.READY


@given(st.lists(st.binary(max_size=200) | requests, max_size=8))
def test_any_bytes_leave_the_origin_as_it_was(chunks: list[bytes]) -> None:
    origin = house()
    connection, transport = connect(origin)
    for chunk in chunks:
        if not transport.ended:
            connection.data_received(chunk)
    assert len(connection._buffer) <= 2048 + 1000
    connection.connection_lost(None)
    assert origin.counts.connections == 0 and origin.counts.waiting == 0
    other, answers = connect(origin)
    other.data_received(f"GET {MEDIA} HTTP/1.1\r\n{HOST}\r\n".encode())
    assert answers.sent.startswith(b"HTTP/1.1 200 ")


@given(
    st.lists(st.sampled_from(["ask", "msn", "publish", "leave", "expire"]), max_size=30),
    st.lists(requests, min_size=1, max_size=3),
)
def test_who_waits_is_answered_once_and_in_order(steps: list[str], asked: list[bytes]) -> None:
    origin = house()
    msn = 4
    connections: list[tuple[Connection, Transport]] = []
    for step in steps:
        if step in {"ask", "msn"}:
            connection, transport = connect(origin)
            path = f"{BASE}/part-{msn}.0.m4s" if step == "ask" else f"{MEDIA}?_HLS_msn={msn}"
            connection.data_received(f"GET {path} HTTP/1.1\r\n{HOST}\r\n".encode())
            for request in asked:
                connection.data_received(request)
            connections.append((connection, transport))
            assert connection.state == State.WAITING and transport.sent == b""
        elif step == "publish":
            channel = cast("Any", origin.channels[BROADCAST])
            channel.publish(events(range(msn, msn + 1), size=100))
            msn += 1
            for connection, transport in connections:
                assert transport.sent.count(b"HTTP/1.1 ") == 1 + len(asked)
                assert transport.sent.startswith(b"HTTP/1.1 200 ")
                assert connection.state == State.READY
            connections.clear()
        elif connections and step == "leave":
            connections.pop()[0].connection_lost(None)
        elif connections:
            connection, transport = connections.pop()
            connection.expire()
            assert transport.sent.startswith(b"HTTP/1.1 503 ")
            assert transport.sent.count(b"HTTP/1.1 ") == 1 + len(asked)
        assert origin.counts.waiting == len(connections)
