"""One transport of a participant: ICE-lite credentials (RFC 8445), DTLS (RFC 5764) and the keys it gives the worker.

The worker answers STUN and hands over DTLS datagrams from addresses that passed a check; the handshake runs here. No
key reaches the worker before the certificate's fingerprint was compared with the one that came by signalling.
"""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable, Sequence
from enum import Enum, auto
from typing import Literal

from sfu.dtls import Certificate, DtlsServer, DtlsState
from sfu.errors import Refused
from sfu.link import Lane
from sfu.parameters import DtlsFingerprint, DtlsParameters, IceCandidate, IceParameters

UFRAG_LENGTH = 12
PASSWORD_LENGTH = 32
STRONG_DIGESTS = ("sha-256", "sha-384", "sha-512")
"""Digests a fingerprint may use; RFC 8122 forbids the weak ones to those who can do better."""

_ICE_CHARACTERS = string.ascii_letters + string.digits

FailureCause = Literal["fingerprint", "handshake"]


class TransportState(Enum):
    """How far a transport has come."""

    NEW = auto()
    CONNECTED = auto()
    FAILED = auto()
    CLOSED = auto()


class Transport:
    """One ICE + DTLS + SRTP path. `on_failed` hears, once, why it will never carry media."""

    def __init__(
        self,
        *,
        id: str,
        lane: Lane,
        participant: int,
        direction: Literal["send", "receive"],
        certificate: Certificate,
        announce: Sequence[str],
        on_failed: Callable[[FailureCause], None],
    ) -> None:
        self.id = id
        self.direction = direction
        self.state = TransportState.NEW
        self.silent = False
        self.estimate_kbps = 0
        """What its line carries, as the worker last told; 0: not known."""
        self.selected: tuple[str, int] | None = None
        """Address in use, as the worker saw it."""
        self.ice = _new_credentials()
        self.candidates = [
            IceCandidate(
                foundation=f"host{index}",
                priority=_candidate_priority(index),
                ip=address,
                address=address,
                protocol="udp",
                port=lane.link.announced_port,
                type="host",
            )
            for index, address in enumerate(announce)
        ]
        self.dtls = DtlsParameters(fingerprints=[certificate.fingerprint], role="auto")
        self._lane = lane
        self._link = lane.link
        self._certificate = certificate
        self._on_failed = on_failed
        self._fingerprints: list[DtlsFingerprint] = []
        self._server: DtlsServer | None = None
        self.handle = lane.make(
            self._link.worker.add_transport,
            participant,
            self.ice.usernameFragment,
            self.ice.password,
            direction=direction,
        )
        self._link.transports[self.handle] = self

    def connect(self, parameters: DtlsParameters) -> None:
        """Take the page's fingerprints. Raises `Refused` when they cannot be used or differ from earlier ones."""
        strong = [f for f in parameters.fingerprints if f.algorithm in STRONG_DIGESTS]
        if not strong:
            raise Refused("bad_parameters", "no fingerprint with SHA-256 or better was given")
        if parameters.role == "server":
            raise Refused("bad_parameters", "this node is the DTLS server; the page must be the client")
        if self._fingerprints:
            if {(f.algorithm, f.value.upper()) for f in strong} != self._known_fingerprints():
                raise Refused("already_connected", "the fingerprints of a transport cannot change")
            return
        if self.state is not TransportState.NEW:
            raise Refused("transport_failed", "this transport will not carry media; join again")
        self._fingerprints = strong
        self._settle()

    @property
    def hung_up(self) -> bool:
        """Whether the participant has ended DTLS (close_notify): nothing will come any more."""
        return self._server is not None and self._server.state is DtlsState.CLOSED

    def restart_ice(self) -> IceParameters:
        """New credentials; the old ones die at once, keys and media state stay (RFC 8445, section 2.4)."""
        if self.state in (TransportState.FAILED, TransportState.CLOSED):
            raise Refused("transport_failed", "this transport will not carry media; join again")
        self.ice = _new_credentials()
        self._lane.do(self._link.worker.restart_ice, self.handle, self.ice.usernameFragment, self.ice.password)
        return self.ice

    def receive(self, datagram: bytes, now: float) -> None:
        """A DTLS datagram from an address that has passed a STUN check."""
        if self.state in (TransportState.FAILED, TransportState.CLOSED):
            return
        if self._server is None:
            self._server = DtlsServer(self._certificate)
            self._link.handshaking.add(self)
        errors = self._server.errors
        self._send(self._server.receive(datagram, now))
        self._link.dtls_errors += self._server.errors - errors
        self._settle()

    def timer(self) -> float | None:
        """When `handle_timer` wants to be called, or None."""
        return self._server.timer() if self._server is not None else None

    def handle_timer(self, now: float) -> None:
        """Send again what was lost, or give up."""
        if self._server is not None:
            self._send(self._server.handle_timer(now))
            self._settle()

    def close(self) -> None:
        """Take the transport from the worker, with its uptracks or slots. Idempotent."""
        if self.state is TransportState.CLOSED:
            return
        self.state = TransportState.CLOSED
        if self._server is not None:
            self._send(self._server.close())
            self._server = None
        self._link.transports.pop(self.handle, None)
        self._lane.release(self._link.worker.remove_transport, self.handle)

    def _settle(self) -> None:
        """Give the worker its keys once the handshake is done and the fingerprint is known and right."""
        server = self._server
        if self.state is not TransportState.NEW or server is None:
            return
        if server.state in (DtlsState.FAILED, DtlsState.CLOSED):
            self._fail("handshake")
            return
        if server.state is not DtlsState.CONNECTED or not self._fingerprints:
            return
        if not server.matches(self._fingerprints):
            self._fail("fingerprint")
            return
        profile, local, remote = server.keys()
        self._lane.do(self._link.worker.set_keys, self.handle, profile, local, remote)
        self.state = TransportState.CONNECTED

    def _fail(self, cause: FailureCause) -> None:
        self.state = TransportState.FAILED
        self._server = None
        self._on_failed(cause)

    def _send(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            self._lane.do(self._link.worker.send_dtls, self.handle, datagram)

    def _known_fingerprints(self) -> set[tuple[str, str]]:
        return {(f.algorithm, f.value.upper()) for f in self._fingerprints}


def _new_credentials() -> IceParameters:
    """About 71 bits of user fragment and 190 of password (RFC 8445, section 5.3 asks for 24 and 128)."""
    return IceParameters(
        usernameFragment="".join(secrets.choice(_ICE_CHARACTERS) for _ in range(UFRAG_LENGTH)),
        password="".join(secrets.choice(_ICE_CHARACTERS) for _ in range(PASSWORD_LENGTH)),
        iceLite=True,
    )


def _candidate_priority(index: int) -> int:
    """RFC 8445, section 5.1.2.1: a host candidate, addresses announced first preferred."""
    return (126 << 24) | ((65535 - index) << 8) | 255
