"""The server's side of a DTLS handshake for SRTP keys (RFC 5764), over OpenSSL memory BIOs: no sockets, no clock.

OpenSSL speaks the protocol. This module cuts what it writes into datagrams, keeps it from reading garbage, and
repeats lost flights by the caller's clock, because OpenSSL's own timer reads the system clock and starts at a second.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

from sfu.parameters import DtlsFingerprint

MTU: Final = 1200
"""Longest datagram sent, in bytes of UDP payload."""

HANDSHAKE_SECONDS: Final = 30.0
"""A handshake that takes longer, counted from its first datagram, has failed."""

FIRST_REPEAT_SECONDS: Final = 0.2
"""Wait before a flight is sent again; it doubles up to `LAST_REPEAT_SECONDS`. RFC 6347 section 4.2.4.1 says 1 s and
allows less to applications that are sensitive to time; browsers start at 50 ms."""

LAST_REPEAT_SECONDS: Final = 3.2

MAX_DATAGRAM_BYTES: Final = 2048
MAX_HANDSHAKE_BYTES: Final = 128 * 1024
"""All a participant may send before the handshake is done; certificate chains of browsers are under 1 KiB."""

MAX_FINAL_REPEATS: Final = 16
"""How often the last flight is sent again to somebody who still repeats theirs."""

_PROFILES: Final = {
    # OpenSSL's name: (name of RFC 7714 / RFC 5764, key bytes, salt bytes)
    b"SRTP_AEAD_AES_128_GCM": ("AEAD_AES_128_GCM", 16, 12),
    b"SRTP_AES128_CM_SHA1_80": ("AES128_CM_SHA1_80", 16, 14),
}
_LABEL: Final = b"EXTRACTOR-dtls_srtp"  # RFC 5764 section 4.2
_CIPHERS: Final = b"ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-ECDSA-AES256-GCM-SHA384"
_DTLS_1_2: Final = 0xFEFD

_RECORD_HEADER: Final = 13
_CHANGE_CIPHER_SPEC, _ALERT, _HANDSHAKE, _APPLICATION_DATA = 20, 21, 22, 23
_DIGESTS: Final[dict[str, hashes.HashAlgorithm]] = {
    "sha-512": hashes.SHA512(),
    "sha-384": hashes.SHA384(),
    "sha-256": hashes.SHA256(),
}


class DtlsState(enum.Enum):
    """Where a handshake stands. FAILED and CLOSED are final."""

    HANDSHAKING = "handshaking"
    CONNECTED = "connected"
    FAILED = "failed"
    CLOSED = "closed"


class Certificate:
    """A self-signed certificate and its key, shared by all handshakes of a node (RFC 8827 section 6.5)."""

    def __init__(self, certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> None:
        self.certificate = certificate
        self.fingerprint: Final = DtlsFingerprint(algorithm="sha-256", value=_fingerprint(certificate, "sha-256"))
        """What pages are told to expect."""
        context = SSL.Context(SSL.DTLS_SERVER_METHOD)
        context.set_min_proto_version(_DTLS_1_2)
        context.set_options(SSL.OP_NO_QUERY_MTU | SSL.OP_NO_TICKET | SSL.OP_NO_RENEGOTIATION)
        context.set_session_cache_mode(SSL.SESS_CACHE_OFF)
        context.set_mode(SSL.MODE_RELEASE_BUFFERS)
        context.set_cipher_list(_CIPHERS)
        context.set_tlsext_use_srtp(b":".join(_PROFILES))
        # Any certificate will do, but there must be one: who it is follows from the fingerprint given in signalling.
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, _accept_any)
        context.use_certificate(certificate)
        context.use_privatekey(key)
        context.check_privatekey()
        self.context: Final = context

    @classmethod
    def generate(cls) -> Certificate:
        """A new ECDSA P-256 key and a certificate for it, valid for a year."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sfera")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=365))
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)


class DtlsServer:
    """One handshake. Feed it datagrams, send what it returns, and call `handle_timer` when `timer` says so.

    `now` is in seconds of any clock that only goes forward; all calls must use the same one.
    """

    def __init__(self, certificate: Certificate) -> None:
        self._connection = SSL.Connection(certificate.context, None)
        self._connection.set_ciphertext_mtu(MTU)
        self._connection.set_accept_state()
        self._state = DtlsState.HANDSHAKING
        self._reason = ""
        self._errors = 0
        self._bytes_in = 0
        self._flight: list[bytes] = []
        self._repeat_at: float | None = None
        self._repeat_after = FIRST_REPEAT_SECONDS
        self._give_up_at: float | None = None
        self._final_repeats = 0

    @property
    def state(self) -> DtlsState:
        """Where the handshake stands."""
        return self._state

    @property
    def reason(self) -> str:
        """Why the handshake failed, in words for a log; empty when it did not."""
        return self._reason

    @property
    def errors(self) -> int:
        """Records and datagrams that were not what they should be; each was dropped."""
        return self._errors

    def receive(self, datagram: bytes, now: float) -> list[bytes]:
        """Take a datagram from the participant; the datagrams to send in answer. Never raises on what it is given."""
        if self._state in (DtlsState.FAILED, DtlsState.CLOSED):
            return []
        if self._state is DtlsState.HANDSHAKING and self._give_up_at is None:
            self._give_up_at = now + HANDSHAKE_SECONDS
        records = list(_records(datagram)) if len(datagram) <= MAX_DATAGRAM_BYTES else []
        if sum(len(record) for record in records) != len(datagram) or not records:
            self._errors += 1
        if not records:
            return []
        # OpenSSL would read a stream out of the BIO: whole records only, and drained after each datagram.
        self._connection.bio_write(b"".join(records))
        if self._state is DtlsState.CONNECTED:
            return self._after(records)
        self._bytes_in += len(datagram)
        if self._bytes_in > MAX_HANDSHAKE_BYTES:
            return self._fail("the handshake is too long")
        return self._handshake(now)

    def timer(self) -> float | None:
        """When `handle_timer` wants to be called, in the clock of `now`; None while there is nothing to wait for."""
        if self._state is not DtlsState.HANDSHAKING or self._give_up_at is None:
            return None
        return self._give_up_at if self._repeat_at is None else min(self._repeat_at, self._give_up_at)

    def handle_timer(self, now: float) -> list[bytes]:
        """Do what is due at `now`: the datagrams to send. Called too early, it does nothing."""
        due = self.timer()
        if due is None or now < due:
            return []
        if self._give_up_at is not None and now >= self._give_up_at:
            return self._fail("the handshake took too long")
        self._repeat_after = min(self._repeat_after * 2, LAST_REPEAT_SECONDS)
        self._repeat_at = now + self._repeat_after
        return list(self._flight)

    def close(self) -> list[bytes]:
        """Say goodbye (close_notify) when connected; nothing is taken after this."""
        if self._state is not DtlsState.CONNECTED:
            self._end(DtlsState.CLOSED if self._state is DtlsState.HANDSHAKING else self._state)
            return []
        return self._goodbye()

    def peer_fingerprint(self, algorithm: str) -> str:
        """Digest of the participant's certificate, as in `a=fingerprint`. Algorithms: sha-256, sha-384, sha-512.

        Raises `LookupError` before the certificate came, and for other algorithms.
        """
        if algorithm not in _DIGESTS:
            raise LookupError(f"no digest {algorithm}")
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None:
            raise LookupError("the participant has shown no certificate yet")
        return _fingerprint(certificate, algorithm)

    def matches(self, fingerprints: Iterable[DtlsFingerprint]) -> bool:
        """Whether the participant's certificate is one of those named in signalling.

        Only the strongest digest named counts (RFC 8122 section 5); SHA-1 and SHA-224 count for nothing.
        """
        named = {(f.algorithm, f.value.upper()) for f in fingerprints}
        for algorithm in _DIGESTS:
            values = {value for name, value in named if name == algorithm}
            if values:
                return self.peer_fingerprint(algorithm) in values
        return False

    def keys(self) -> tuple[str, bytes, bytes]:
        """SRTP profile, and master key + salt of what we send and of what the participant sends.

        The profile is "AEAD_AES_128_GCM" (28 bytes, RFC 7714 section 12) or "AES128_CM_SHA1_80" (30 bytes, RFC 5764
        section 4.1.2). Raises `RuntimeError` unless connected.
        """
        if self._state is not DtlsState.CONNECTED:
            raise RuntimeError("keys exist only while connected")
        profile, key, salt = _PROFILES[self._connection.get_selected_srtp_profile()]
        material = self._connection.export_keying_material(_LABEL, 2 * (key + salt))
        # RFC 5764 section 4.2: client key, server key, client salt, server salt.
        client = material[:key] + material[2 * key : 2 * key + salt]
        server = material[key : 2 * key] + material[2 * key + salt :]
        return profile, server, client

    def _handshake(self, now: float) -> list[bytes]:
        """Let OpenSSL go on with the handshake."""
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            return self._fail(_words(error))
        else:
            if self._connection.get_selected_srtp_profile() not in _PROFILES:
                return self._fail("no SRTP profile in common")
            self._state = DtlsState.CONNECTED
        out = self._drain()
        if out:
            self._flight = out
            self._repeat_after = FIRST_REPEAT_SECONDS
            self._repeat_at = now + self._repeat_after
        return out

    def _after(self, records: list[bytes]) -> list[bytes]:
        """Records after the handshake: a repeated last flight of theirs, an alert, data nobody asked for."""
        try:
            while self._connection.recv(MAX_DATAGRAM_BYTES):
                self._errors += 1
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            return self._goodbye()
        except SSL.Error as error:
            return self._fail(_words(error))
        out = self._drain()
        if out or not any(record[0] == _HANDSHAKE for record in records):
            return out
        # Whoever still sends handshake messages has not seen our last flight. OpenSSL answers a Finished repeated under
        # a new record number; under the old one it takes it for a replay and is silent, hence the copy (RFC 6347
        # section 4.2.4, state FINISHED).
        if self._final_repeats >= MAX_FINAL_REPEATS:
            self._errors += 1
            return []
        self._final_repeats += 1
        return list(self._flight)

    def _goodbye(self) -> list[bytes]:
        try:
            self._connection.shutdown()
        except SSL.Error:
            self._errors += 1
        out = self._drain()
        self._end(DtlsState.CLOSED)
        return out

    def _fail(self, reason: str) -> list[bytes]:
        """Fail for good; what OpenSSL still wants to send (an alert) goes out."""
        self._errors += 1
        self._reason = reason
        out = self._drain()
        self._end(DtlsState.FAILED)
        return out

    def _end(self, state: DtlsState) -> None:
        self._state = state
        self._flight = []
        self._repeat_at = None

    def _drain(self) -> list[bytes]:
        """What OpenSSL has written, cut into datagrams."""
        written = []
        try:
            while True:
                written.append(self._connection.bio_read(65536))
        except SSL.WantReadError:
            pass
        return _datagrams(_records(b"".join(written)))


def _records(data: bytes) -> Iterator[bytes]:
    """The DTLS records at the start of `data` (RFC 6347 section 4.1); stops at the first that is none."""
    at = 0
    while at + _RECORD_HEADER <= len(data):
        kind, major, minor = data[at], data[at + 1], data[at + 2]
        end = at + _RECORD_HEADER + int.from_bytes(data[at + 11 : at + 13], "big")
        if not _CHANGE_CIPHER_SPEC <= kind <= _APPLICATION_DATA or major != 0xFE or minor not in (0xFF, 0xFD):
            return
        if end > len(data):
            return
        yield data[at:end]
        at = end


def _datagrams(records: Iterable[bytes]) -> list[bytes]:
    """Pack records into datagrams of at most `MTU` bytes, in order. OpenSSL keeps each record below it."""
    out: list[bytes] = []
    for record in records:
        if out and len(out[-1]) + len(record) <= MTU:
            out[-1] += record
        else:
            out.append(record)
    return out


def _fingerprint(certificate: x509.Certificate, algorithm: str) -> str:
    return certificate.fingerprint(_DIGESTS[algorithm]).hex(":").upper()


def _accept_any(_connection: object, _certificate: object, _number: int, _depth: int, _ok: int) -> bool:
    """Chains mean nothing between WebRTC endpoints."""
    return True


def _words(error: SSL.Error) -> str:
    """OpenSSL's reasons, from its error queue."""
    queue = error.args[0] if error.args else None
    if isinstance(queue, list):
        return "; ".join(str(entry[-1]) for entry in queue) or type(error).__name__
    return str(error) or type(error).__name__
