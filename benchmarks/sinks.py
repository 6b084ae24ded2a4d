"""Receivers on 127.0.0.1: sockets, the native thread that drains them, and the check of what arrived.

The check is libsrtp's (through pylibsrtp): a sample of what every sink receives is authenticated, decrypted and
compared with what the source sent, so that nobody is fast by sending rubbish.
"""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time
from dataclasses import dataclass, field

import pylibsrtp

from benchmarks import vp8
from benchmarks._sinks import Sinks
from benchmarks._source import Source

UDP_GRO = 104
RECEIVE_BUFFER = 4 << 20


class Mismatch(Exception):
    """A packet arrived that is not what was sent."""


def receiver_socket(*, gro: bool) -> socket.socket:
    """A UDP socket bound to a free port of 127.0.0.1, with room for a burst; with `gro` runs of datagrams stay
    together."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    if gro:
        sock.setsockopt(socket.IPPROTO_UDP, UDP_GRO, 1)
    return sock


def inbound(master: bytes) -> pylibsrtp.Session:
    """A libsrtp session that opens what is sent under `master` (28 bytes: AEAD_AES_128_GCM, 30: AES-CM)."""
    return pylibsrtp.Session(_policy(master, pylibsrtp.Policy.SSRC_ANY_INBOUND))


def outbound(master: bytes) -> pylibsrtp.Session:
    """A libsrtp session that protects under `master` (28 bytes: AEAD_AES_128_GCM, 30: AES-CM)."""
    return pylibsrtp.Session(_policy(master, pylibsrtp.Policy.SSRC_ANY_OUTBOUND))


def _policy(master: bytes, direction: int) -> pylibsrtp.Policy:
    gcm, cm = pylibsrtp.Policy.SRTP_PROFILE_AEAD_AES_128_GCM, pylibsrtp.Policy.SRTP_PROFILE_AES128_CM_SHA1_80
    return pylibsrtp.Policy(master, direction, 0, gcm if len(master) == 28 else cm)


@dataclass
class Receiver:
    """One sink: its socket, the key it opens with, and where its stream was last seen."""

    sock: socket.socket
    master: bytes
    ssrc: int
    session: pylibsrtp.Session = field(init=False)
    checked: int = 0
    reports: int = 0
    _last: tuple[int, int] | None = None

    def __post_init__(self) -> None:
        self.session = inbound(self.master)

    @property
    def port(self) -> int:
        """The port it listens on."""
        port: int = self.sock.getsockname()[1]
        return port

    def check(self, packet: bytes, frames: list[list[bytes]], *, video: bool = True) -> None:
        """Opens one packet and compares it with the payload it was made from. Raises `Mismatch`."""
        payloads = [(payload, payload is frame[-1]) for frame in frames for payload in frame]
        try:
            if 192 <= packet[1] <= 223:
                self.session.unprotect_rtcp(packet)
                self.reports += 1
                return
            seen = vp8.parse(self.session.unprotect(packet), video=video)
        except (pylibsrtp.Error, ValueError) as error:
            raise Mismatch(f"port {self.port}: {error}") from error
        payload, ends = payloads[seen.serial % len(payloads)]
        if seen.ssrc != self.ssrc:
            raise Mismatch(f"port {self.port}: SSRC {seen.ssrc:#x}, not {self.ssrc:#x}")
        if seen.body != payload[vp8.BODY_AT :] or (video and seen.marker != ends):
            raise Mismatch(f"port {self.port}: packet {seen.serial} was altered")
        if self._last is not None and (seen.serial - self._last[0] - (seen.sequence - self._last[1])) % 65536:
            raise Mismatch(f"port {self.port}: packet {self._last} before {seen.serial}, {seen.sequence}")
        self._last = (seen.serial, seen.sequence)
        self.checked += 1

    def forget_order(self) -> None:
        """Packets may have been lost since: the next one is not compared with the one before."""
        self._last = None


class Drain:
    """The sinks of one side, drained by a thread pinned to `cpu`. One of every `sample_every` packets is checked."""

    def __init__(
        self,
        receivers: list[Receiver],
        frames: list[list[bytes]],
        *,
        cpu: int,
        source: Source | None = None,
        video: bool = True,
        sample_every: int = 8192,
    ) -> None:
        self.receivers = receivers
        self._frames = frames
        self._video = video
        self.sinks = Sinks([receiver.sock for receiver in receivers], sample_every, source)
        self._cpu = cpu
        self._thread = threading.Thread(target=self._run, name="sinks", daemon=True)

    def _run(self) -> None:
        pin(self._cpu)
        self.sinks.run()

    def start(self) -> None:
        """Begins to drain."""
        self._thread.start()

    def check_samples(self) -> int:
        """Checks what was kept since the last call, and says how much that was. Raises `Mismatch`."""
        samples = self.sinks.samples()
        for number, packet in samples:
            self.receivers[number].check(packet, self._frames, video=self._video)
        return len(samples)

    @property
    def checked(self) -> int:
        """RTP packets that libsrtp opened and that were what was sent."""
        return sum(receiver.checked for receiver in self.receivers)

    def settle(self, packets: int, patience: float = 0.5) -> bool:
        """Waits until `packets` have arrived in all and checks them; false when they did not come within `patience`
        seconds."""
        give_up = time.monotonic() + patience
        while self.sinks.packets < packets and time.monotonic() < give_up:
            time.sleep(0.001)
        self.check_samples()
        return self.sinks.packets >= packets

    def close(self) -> None:
        """Ends the thread and closes the sockets."""
        self.sinks.stop()
        if self._thread.ident is not None:
            self._thread.join()
        for receiver in self.receivers:
            receiver.sock.close()


def pin(cpu: int) -> None:
    """Keeps the calling thread on one processor. Where that is not there or not allowed, it stays where it is."""
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, {cpu})
