"""ORTC dictionaries as mediasoup-client exchanges them, and what this node offers.

Field names are camelCase on the wire and here, because they are the field's dictionaries and not our words
(ORTC, and mediasoup-client's types `RtpParameters`, `RtpCapabilities`, `DtlsParameters`, `IceParameters`).
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=256)]
PayloadType = Annotated[int, Meta(ge=0, le=127)]
Ssrc = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Kind = Literal["audio", "video"]


class Dictionary(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of the dictionaries; members this node does not use are ignored, as ORTC asks of receivers."""


class RtcpFeedback(Dictionary, frozen=True, kw_only=True):
    """One `a=rtcp-fb` (RFC 4585)."""

    type: Text
    parameter: Text = ""


class RtpCodecParameters(Dictionary, frozen=True, kw_only=True):
    """A codec with its payload type."""

    mimeType: Text
    payloadType: PayloadType
    clockRate: Annotated[int, Meta(ge=1, le=192000)]
    channels: Annotated[int, Meta(ge=1, le=8)] | None = None
    parameters: dict[Text, str | int | float | None] = {}
    rtcpFeedback: Annotated[list[RtcpFeedback], Meta(max_length=16)] = []


class RtpCodecCapability(Dictionary, frozen=True, kw_only=True):
    """A codec this node routes."""

    kind: Kind
    mimeType: Text
    preferredPayloadType: PayloadType
    clockRate: int
    channels: int | None = None
    parameters: dict[Text, str | int | float | None] = {}
    rtcpFeedback: list[RtcpFeedback] = []


class RtpHeaderExtensionParameters(Dictionary, frozen=True, kw_only=True):
    """A header extension with its id (RFC 8285; ids 1 to 14 in the one-byte form)."""

    uri: Text
    id: Annotated[int, Meta(ge=1, le=255)]
    encrypt: bool = False
    parameters: dict[Text, str | int | float | None] = {}


class RtpHeaderExtension(Dictionary, frozen=True, kw_only=True):
    """A header extension this node understands."""

    kind: Kind
    uri: str
    preferredId: int
    preferredEncrypt: bool = False
    direction: Literal["sendrecv", "sendonly", "recvonly", "inactive"] = "sendrecv"


class RtxParameters(Dictionary, frozen=True, kw_only=True):
    """The repair stream of an encoding (RFC 4588)."""

    ssrc: Ssrc


class RtpEncodingParameters(Dictionary, frozen=True, kw_only=True):
    """One layer of a track."""

    ssrc: Ssrc | None = None
    rid: Annotated[str, Meta(max_length=16)] | None = None
    codecPayloadType: PayloadType | None = None
    rtx: RtxParameters | None = None
    dtx: bool | None = None
    scalabilityMode: Text | None = None
    scaleResolutionDownBy: Annotated[float, Meta(ge=1, le=64)] | None = None
    maxBitrate: int | None = None
    active: bool = True


class RtcpParameters(Dictionary, frozen=True, kw_only=True):
    """RTCP of a track."""

    cname: Text = ""
    reducedSize: bool = True
    mux: bool = True


class RtpParameters(Dictionary, frozen=True, kw_only=True):
    """What a sender sends, or what a slot will carry."""

    codecs: Annotated[list[RtpCodecParameters], Meta(min_length=1, max_length=32)]
    headerExtensions: Annotated[list[RtpHeaderExtensionParameters], Meta(max_length=32)] = []
    encodings: Annotated[list[RtpEncodingParameters], Meta(max_length=8)] = []
    rtcp: RtcpParameters = RtcpParameters()
    mid: Annotated[str, Meta(max_length=16)] | None = None
    msid: Text | None = None


class RtpCapabilities(Dictionary, frozen=True, kw_only=True):
    """What this node routes; mediasoup-client's Device loads it."""

    codecs: list[RtpCodecCapability]
    headerExtensions: list[RtpHeaderExtension]


class IceParameters(Dictionary, frozen=True, kw_only=True):
    """ICE credentials of a transport (RFC 8445); this node is ICE-lite."""

    usernameFragment: str
    password: str
    iceLite: bool = True


class IceCandidate(Dictionary, frozen=True, kw_only=True):
    """A host candidate of this node."""

    foundation: str
    priority: int
    ip: str
    address: str
    protocol: Literal["udp"]
    port: int
    type: Literal["host"]


class DtlsFingerprint(Dictionary, frozen=True, kw_only=True):
    """Digest of a certificate, upper-case hex with colons (RFC 8122)."""

    algorithm: Literal["sha-1", "sha-224", "sha-256", "sha-384", "sha-512"]
    value: Annotated[str, Meta(max_length=256, pattern=r"^[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2})+$")]


class DtlsParameters(Dictionary, frozen=True, kw_only=True):
    """The DTLS side of a transport (RFC 8842)."""

    fingerprints: Annotated[list[DtlsFingerprint], Meta(min_length=1, max_length=8)]
    role: Literal["auto", "client", "server"] = "auto"


