"""What is fuzzed: for each target one function that takes the fuzzer's bytes, and refuses nothing by crashing.

A target asserts more than that nothing breaks where it can: an answer is never longer than its question, what is
written can be read again, what was refused was refused by its own error.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import dataclass

Input = Callable[[bytes], None]


@dataclass(frozen=True)
class Target:
    """One door of the network."""

    text: str
    """What it is, for a person."""
    modules: tuple[str, ...]
    """Python modules whose branches are counted; native ones count themselves."""
    make: Callable[[], Input]
    """Imports what is needed and gives the function: called when the modules are watched."""
    native: bool = True
    """Whether native code of ours is behind the door: then the address sanitizer watches, at half the speed."""


def packets() -> Input:
    """Datagrams, time and commands, in any order, against one worker with people in it."""
    from tests.fuzz._house import House

    house = House()

    def one(data: bytes) -> None:
        house.begin()
        try:
            house.play(data)
        finally:
            house.end()

    return one


def rtp() -> Input:
    """Headers, extensions and payload descriptors, each read in memory of exactly its size."""
    from tests.fuzz._house import read_packet

    def one(data: bytes) -> None:
        read_packet(data)

    return one


def dependency() -> Input:
    """Dependency descriptors (AV1), one after another of one layer."""
    from tests.fuzz._house import read_dependency

    def one(data: bytes) -> None:
        read_dependency(data)

    return one


def twcc() -> Input:
    """Feedback, reports and REMB of a receiver, in any order and at any time, to the estimator of its line."""
    from tests.fuzz._house import read_line

    def one(data: bytes) -> None:
        read_line(data)

    return one


def stun() -> Input:
    """Binding requests: read, authenticated, answered with no more bytes than they have."""
    from sfu import _stun

    password = b"p" * 24

    def one(data: bytes) -> None:
        _stun.parse_request(data)
        if _stun.verify_request(data, password):
            answer = _stun.answer_request(data, ("127.0.0.1", 9), password)
            assert answer is None or len(answer) <= len(data)

    return one


def rtcp() -> Input:
    """Compounds; what parses is also asked of as NACK writers would write it."""
    from sfu import _rtcp

    def one(data: bytes) -> None:
        with contextlib.suppress(ValueError):
            _rtcp.parse_compound(data)
        if len(data) >= 2:
            lost = [data[i] << 8 | data[i + 1] for i in range(0, min(len(data) - 1, 128), 2)]
            written = _rtcp.write_nack(1, 2, sorted(set(lost)))
            assert _rtcp.parse_compound(written)

    return one


def srtp() -> Input:
    """Protected RTP and RTCP, true, repeated, forged: what opens here opens with libsrtp, to the same bytes."""
    from sfu._srtp import GCM, LIBSRTP, Keys

    near, far = bytes(range(28)), bytes(range(28, 56))

    def one(data: bytes) -> None:
        ours, theirs = Keys(GCM, near, far), Keys(GCM, near, far, LIBSRTP)
        sender = Keys(GCM, far, near, LIBSRTP)
        sent = [b""]
        index = 0
        while len(data) >= 2:
            how, size = data[0], data[1]
            body, data = data[2 : 2 + size], data[2 + size :]
            ssrc = (how >> 3).to_bytes(4, "big")
            if how & 3 == 0:
                datagram = body
            elif how & 3 == 1:
                datagram = sent[size % len(sent)]
            elif how & 4:
                datagram = sender.seal_rtcp(b"\x80\xc9\x00\x01" + ssrc + body)
            else:
                index += 1 + size * size  # far enough for any counter to be guessed, and some to be lost
                header = b"\x80\x60" + (index & 0xFFFF).to_bytes(2, "big") + bytes(4) + ssrc
                datagram = sender.seal(header, body, how >> 3, index)
            if not datagram:  # libsrtp seals no number that is far behind
                continue
            if how & 2:
                sent.append(datagram)
            if how & 3 == 3:
                bit = size * 8 % (8 * len(datagram)) + (how >> 3 & 7)
                forged = bytearray(datagram)
                forged[bit // 8] ^= 1 << bit % 8
                datagram = bytes(forged)
            if len(datagram) >= 2 and 192 <= datagram[1] <= 223:
                opening, judge = ours.open_rtcp, theirs.open_rtcp
            else:
                opening, judge = ours.open, theirs.open
            result, packet = opening(datagram)
            if result == 0:
                assert judge(datagram) == (0, packet)

    return one


def messages() -> Input:
    """Requests of people in a room, in any order, with every rule of the room checked after each."""
    from tests.fuzz.lesson import play

    return play


def frames() -> Input:
    """What a page sends over its WebSocket, byte by byte."""
    from tests.fuzz.lesson import frames as play

    return play


def sdp() -> Input:
    """Offers of WHIP and WHEP as far as the answer's choices, and fragments of trickling."""
    from signalling.fragments import parse_fragment
    from signalling.negotiation import publications, receptions
    from signalling.sdp import SdpError, parse_offer

    def one(data: bytes) -> None:
        text = data[1:].decode(errors="replace")
        with contextlib.suppress(SdpError):
            if data[:1] == b"f":
                parse_fragment(text)
            else:
                offer = parse_offer(text)
                receptions(offer, 3, 9) if data[:1] == b"r" else publications(offer)

    return one


def requests() -> Input:
    """Request heads and directives of the HLS origin."""
    from hls import blocking, http
    from hls.errors import RequestRefused

    def one(data: bytes) -> None:
        try:
            request = http.parse(data)
            blocking.directives(request.target.partition(b"?")[2])
            found = None if request.head.range is None else http.byte_range(request.head.range, 1000)
        except RequestRefused:
            return
        assert found is None or 0 <= found[0] < found[1] <= 1000

    return one


TARGETS = {
    "packets": Target("the packet worker: STUN, DTLS, RTP, RTCP, extensions, descriptors, layers, lines", (), packets),
    "rtp": Target("RTP headers, extensions, descriptors of VP8, VP9, H264 and AV1", (), rtp),
    "dependency": Target("dependency descriptors (AV1)", (), dependency),
    "twcc": Target("transport-wide feedback: its reader, what was sent, the estimator", (), twcc),
    "stun": Target("STUN binding requests", (), stun),
    "rtcp": Target("RTCP compounds", (), rtcp),
    "srtp": Target("protected RTP and RTCP: what is opened, what is a replay", (), srtp),
    "messages": Target("signalling messages of people in a room", ("signalling", "sfu"), messages, native=False),
    "frames": Target("frames of one page's WebSocket", ("signalling", "sfu"), frames, native=False),
    "sdp": Target(
        "offers and fragments of WHIP and WHEP", ("signalling.sdp", "signalling.negotiation"), sdp, native=False
    ),
    "requests": Target("request heads of the HLS origin", ("hls.http", "hls.blocking"), requests, native=False),
}
