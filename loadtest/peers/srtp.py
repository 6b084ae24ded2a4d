"""SRTP and SRTCP of one transport, by libsrtp (pylibsrtp)."""

from __future__ import annotations

from typing import Final

from pylibsrtp import Error, Policy, Session

from loadtest.peers.dtls import CM, GCM, SrtpKeys

SrtpError = Error
"""What unprotecting raises: authentication failure, replay, and so on."""

_PROFILES: Final = {
    GCM: Policy.SRTP_PROFILE_AEAD_AES_128_GCM,
    CM: Policy.SRTP_PROFILE_AES128_CM_SHA1_80,
}


class Srtp:
    """Both directions of a transport."""

    def __init__(self, keys: SrtpKeys) -> None:
        profile = _PROFILES[keys.profile]
        self._out = Session(Policy(key=keys.local, ssrc_type=Policy.SSRC_ANY_OUTBOUND, srtp_profile=profile))
        self._in = Session(Policy(key=keys.remote, ssrc_type=Policy.SSRC_ANY_INBOUND, srtp_profile=profile))

    def protect_rtp(self, packet: bytes) -> bytes:
        """Encrypt an RTP packet."""
        return bytes(self._out.protect(packet))

    def protect_rtcp(self, packet: bytes) -> bytes:
        """Encrypt an RTCP packet."""
        return bytes(self._out.protect_rtcp(packet))

    def unprotect_rtp(self, packet: bytes) -> bytes:
        """Decrypt an RTP packet; raises `SrtpError`."""
        return bytes(self._in.unprotect(packet))

    def unprotect_rtcp(self, packet: bytes) -> bytes:
        """Decrypt an RTCP packet; raises `SrtpError`."""
        return bytes(self._in.unprotect_rtcp(packet))
