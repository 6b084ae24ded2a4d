"""The client's side of DTLS-SRTP for test participants, over OpenSSL memory BIOs: no sockets, no clock.

Written apart from `sfu.dtls` on purpose: the two meet only on the wire.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

GCM = "AEAD_AES_128_GCM"
CM = "AES128_CM_SHA1_80"

_OPENSSL_NAMES = {GCM: b"SRTP_AEAD_AES_128_GCM", CM: b"SRTP_AES128_CM_SHA1_80"}
_LENGTHS = {GCM: (16, 12), CM: (16, 14)}
_MTU = 1200


class DtlsError(Exception):
    """The handshake cannot be finished."""


class Identity(NamedTuple):
    """A self-signed certificate with its key. Making one takes a while; tests share them."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @classmethod
    def generate(cls) -> Identity:
        """A new ECDSA P-256 identity, valid for a day around now."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "participant")])
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=1))
            .sign(key, hashes.SHA256())
        )
        return cls(certificate, key)

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, upper-case hex with colons."""
        return digest(self.certificate, "sha-256")


class SrtpKeys(NamedTuple):
    """SRTP profile and master key + salt of both directions (RFC 5764 section 4.2)."""

    profile: str
    local: bytes
    remote: bytes


class DtlsClient:
    """One handshake as the client. `start`, then `receive` and `handle_timer` return the datagrams to send.

    `profiles` are offered in this order. `now` is in seconds of any clock that only goes forward.
    """

    FIRST_REPEAT_SECONDS = 0.1
    LAST_REPEAT_SECONDS = 1.6

    def __init__(self, identity: Identity, profiles: tuple[str, ...] = (GCM, CM)) -> None:
        context = SSL.Context(SSL.DTLS_CLIENT_METHOD)
        context.set_options(SSL.OP_NO_QUERY_MTU)
        context.set_tlsext_use_srtp(b":".join(_OPENSSL_NAMES[profile] for profile in profiles))
        context.set_verify(SSL.VERIFY_PEER, lambda *_: True)
        context.use_certificate(identity.certificate)
        context.use_privatekey(identity.key)
        self._connection = SSL.Connection(context, None)
        self._connection.set_ciphertext_mtu(_MTU)
        self._connection.set_connect_state()
        self._flight: list[bytes] = []
        self._repeat_at: float | None = None
        self._repeat_after = self.FIRST_REPEAT_SECONDS
        self.connected = False
        self.closed = False

    def start(self, now: float) -> list[bytes]:
        """The first flight."""
        return self._handshake(now)

    def receive(self, datagram: bytes, now: float) -> list[bytes]:
        """Take a datagram of the server. Raises `DtlsError` when the server refuses."""
        if self.closed:
            return []
        self._connection.bio_write(datagram)
        if not self.connected:
            return self._handshake(now)
        try:
            self._connection.recv(4096)
        except SSL.WantReadError:
            pass
        except SSL.ZeroReturnError:
            self.closed = True
        except SSL.Error as error:
            self.closed = True
            raise DtlsError(f"refused by the server: {error}") from error
        return self._drain()

    def timer(self) -> float | None:
        """When `handle_timer` wants to be called; None when nothing is awaited."""
        return None if self.connected or self.closed else self._repeat_at

    def handle_timer(self, now: float) -> list[bytes]:
        """Send the last flight again when it is due. Raises `DtlsError` when OpenSSL has done so too often."""
        due = self.timer()
        if due is None or now < due:
            return []
        self._repeat_after = min(self._repeat_after * 2, self.LAST_REPEAT_SECONDS)
        self._repeat_at = now + self._repeat_after
        # A server that has had this flight, and whose answer was lost, takes the same records for a replay. OpenSSL
        # makes new ones, by a clock of its own, once a second has passed.
        try:
            again = self._connection.DTLSv1_handle_timeout()
        except SSL.Error as error:
            self.closed = True
            raise DtlsError(f"the server does not answer: {error}") from error
        return self._drain() if again else list(self._flight)

    def close(self) -> list[bytes]:
        """Say goodbye with close_notify, when there was a handshake; nothing is sent or waited for after this."""
        if self.closed:
            return []
        self.closed = True
        if not self.connected:
            return []
        try:
            self._connection.shutdown()
        except SSL.Error:
            pass
        return self._drain()

    def server_fingerprint(self, algorithm: str = "sha-256") -> str:
        """Digest of the server's certificate, upper-case hex with colons."""
        certificate = self._connection.get_peer_certificate(as_cryptography=True)
        if certificate is None:
            raise DtlsError("the server has shown no certificate")
        return digest(certificate, algorithm)

    def keys(self) -> SrtpKeys:
        """SRTP keys; `local` is what this side sends with."""
        chosen = self._connection.get_selected_srtp_profile()
        profile = next(name for name, openssl in _OPENSSL_NAMES.items() if openssl == chosen)
        key, salt = _LENGTHS[profile]
        material = self._connection.export_keying_material(b"EXTRACTOR-dtls_srtp", 2 * (key + salt))
        client_key, server_key = material[:key], material[key : 2 * key]
        client_salt, server_salt = material[2 * key : 2 * key + salt], material[2 * key + salt :]
        return SrtpKeys(profile, client_key + client_salt, server_key + server_salt)

    def _handshake(self, now: float) -> list[bytes]:
        try:
            self._connection.do_handshake()
            self.connected = True
        except SSL.WantReadError:
            pass
        except SSL.Error as error:
            self.closed = True
            raise DtlsError(f"handshake failed: {error}") from error
        out = self._drain()
        if out:
            self._flight = out
            self._repeat_after = self.FIRST_REPEAT_SECONDS
            self._repeat_at = now + self._repeat_after
        return out

    def _drain(self) -> list[bytes]:
        data = b""
        try:
            while True:
                data += self._connection.bio_read(65536)
        except SSL.WantReadError:
            pass
        out: list[bytes] = []
        while data:
            end = 13 + int.from_bytes(data[11:13], "big")
            record, data = data[:end], data[end:]
            if out and len(out[-1]) + len(record) <= _MTU:
                out[-1] += record
            else:
                out.append(record)
        return out


def digest(certificate: x509.Certificate, algorithm: str) -> str:
    """Fingerprint as in SDP, by hashlib over the DER form."""
    der = certificate.public_bytes(serialization.Encoding.DER)
    return hashlib.new(algorithm.replace("-", ""), der).digest().hex(":").upper()
