"""What Python sees of SRTP (`_srtp.pyx`): key derivation, and sealing and opening for tests."""

from typing import Final

LIBSRTP: Final[str]
GCM: Final[str]
CM: Final[str]
PROFILES: Final[dict[str, tuple[int, int]]]

class Keys:
    """Both directions of one transport's SRTP; `backend` seals GCM. Raises `ValueError` for an unknown profile or
    backend, or keys of wrong length."""

    def __init__(self, profile: str, local: bytes, remote: bytes, backend: str = ...) -> None: ...
    def seal(self, header: bytes, payload: bytes, ssrc: int, index: int) -> bytes:
        """Protect one RTP packet: for tests against other implementations."""
    def seal_rtcp(self, compound: bytes) -> bytes:
        """Protect one compound, at least a header with its SSRC: for tests against other implementations."""
    def open_rtcp(self, datagram: bytes) -> tuple[int, bytes]:
        """What has come of it (0: opened, 7: not authentic, 9: a replay, 10: too old to tell), and the compound: for
        tests."""
    def open(self, datagram: bytes) -> tuple[int, bytes]:
        """The same of an RTP packet."""
    def forget(self, ssrc: int) -> None:
        """Nothing is known any more of what has come of this SSRC: for tests."""

def derive(master: bytes, label: int, size: int) -> bytes:
    """A session key or salt (RFC 3711 section 4.3.1, RFC 7714 section 11)."""

def best_backend() -> str:
    """What seals GCM here when nothing else is asked for: "ipsec-mb", "evp" or "libsrtp"."""
