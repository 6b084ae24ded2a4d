"""ORTC dictionaries as mediasoup-client exchanges them, and what this node offers.

Field names are camelCase on the wire and here, because they are the field's dictionaries and not our words
(ORTC, and mediasoup-client's types `RtpParameters`, `RtpCapabilities`, `DtlsParameters`, `IceParameters`).
"""

from __future__ import annotations

from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

Text = Annotated[str, Meta(max_length=256)]
PayloadType = Annotated[int, Meta(ge=0, le=127)]
Ssrc = Annotated[int, Meta(ge=0, le=2**32 - 1)]
Kind = Literal["audio", "video"]
CodecName = Literal["opus", "VP8", "H264", "VP9", "AV1"]


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


class IceParameters(Dictionary, frozen=True, kw_only=True, omit_defaults=False):
    """ICE credentials of a transport (RFC 8445); this node is ICE-lite.

    `iceLite` is always written out: a page that does not see it lets the offerer control, and nobody nominates.
    """

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


class DtlsParameters(Dictionary, frozen=True, kw_only=True, omit_defaults=False):
    """The DTLS side of a transport (RFC 8842)."""

    fingerprints: Annotated[list[DtlsFingerprint], Meta(min_length=1, max_length=8)]
    role: Literal["auto", "client", "server"] = "auto"


# --- what every receiver is sent: payload types and header extension ids, fixed for the packet worker -----------

OPUS: Final = 100
VP8: Final = 96
VP8_RTX: Final = 97
VP9: Final = 98
VP9_RTX: Final = 99
H264: Final = 102
H264_RTX: Final = 103
AV1: Final = 104
AV1_RTX: Final = 105

EXTENSION_URIS: Final[dict[str, str]] = {
    "mid": "urn:ietf:params:rtp-hdrext:sdes:mid",
    "rid": "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    "rrid": "urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id",
    "transport_cc": "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
    "audio_level": "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
    "orientation": "urn:3gpp:video-orientation",
    "dependency": "https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension",
}
"""The header extensions this node reads or writes, by the short names the packet worker knows."""

EXTENSION_IDS: Final[dict[str, int]] = {
    "mid": 1,
    "rid": 2,
    "rrid": 3,
    "transport_cc": 5,
    "audio_level": 10,
    "orientation": 11,
    "dependency": 12,
}
"""Ids towards receivers. (4 stays free for abs-send-time.) Publishers use ids of their own: see `publish_spec`."""

MAX_LAYERS: Final = 3
"""Simulcast encodings of one track."""

_EXTENSIONS_BY_URI = {uri: name for name, uri in EXTENSION_URIS.items()}
_AUDIO_EXTENSIONS = ("mid", "transport_cc", "audio_level")
_VIDEO_EXTENSIONS = ("mid", "rid", "rrid", "transport_cc", "orientation", "dependency")
_OPUS_PARAMETERS: dict[str, str | int | float | None] = {"minptime": 10, "useinbandfec": 1}
_H264_PARAMETERS: dict[str, str | int | float | None] = {
    "level-asymmetry-allowed": 1,
    "packetization-mode": 1,
    "profile-level-id": "42e01f",
}
_VP9_PARAMETERS: dict[str, str | int | float | None] = {"profile-id": 0}
_SLOT_VIDEO_EXTENSIONS = ("transport_cc", "orientation", "dependency")
_VIDEO_FEEDBACK = [
    RtcpFeedback(type="nack"),
    RtcpFeedback(type="nack", parameter="pli"),
    RtcpFeedback(type="ccm", parameter="fir"),
    RtcpFeedback(type="transport-cc"),
]


class ParameterError(ValueError):
    """What a page gave cannot be used. `code` is stable and goes out in the signalling error."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class UptrackSpec(Struct, frozen=True, kw_only=True):
    """A published track as the packet worker takes it (`Worker.add_uptrack`)."""

    kind: Kind
    codec: CodecName
    payload_type: int
    rtx_payload_type: int
    """-1 when there is none."""
    clock_rate: int
    mid: str
    encodings: list[tuple[str, int, int]]
    """(rid or "", SSRC or 0, RTX SSRC or 0), lowest layer first."""
    scales: list[float]
    """scaleResolutionDownBy of each encoding, in the same order."""
    extensions: dict[str, int]
    """Short name (keys of `EXTENSION_URIS`) -> id in use by this publisher."""


def _video_codec(
    mime: str, payload_type: int, parameters: dict[str, str | int | float | None]
) -> list[RtpCodecCapability]:
    """A video codec this node routes, and its repair format."""
    return [
        RtpCodecCapability(
            kind="video",
            mimeType=mime,
            preferredPayloadType=payload_type,
            clockRate=90000,
            parameters=parameters,
            rtcpFeedback=_VIDEO_FEEDBACK,
        ),
        RtpCodecCapability(
            kind="video",
            mimeType="video/rtx",
            preferredPayloadType=payload_type + 1,
            clockRate=90000,
            parameters={"apt": payload_type},
        ),
    ]


def _router_extensions() -> list[RtpHeaderExtension]:
    """Header extensions by kind. `direction` is this node's: rid and rrid are only read, never written."""
    kinds: list[tuple[Kind, tuple[str, ...]]] = [("audio", _AUDIO_EXTENSIONS), ("video", _VIDEO_EXTENSIONS)]
    return [
        RtpHeaderExtension(
            kind=kind,
            uri=EXTENSION_URIS[name],
            preferredId=EXTENSION_IDS[name],
            direction="recvonly" if name in ("rid", "rrid") else "sendrecv",
        )
        for kind, names in kinds
        for name in names
    ]


ROUTER_CAPABILITIES: Final = RtpCapabilities(
    codecs=[
        RtpCodecCapability(
            kind="audio",
            mimeType="audio/opus",
            preferredPayloadType=OPUS,
            clockRate=48000,
            channels=2,
            parameters=_OPUS_PARAMETERS,
            rtcpFeedback=[RtcpFeedback(type="nack"), RtcpFeedback(type="transport-cc")],
        ),
        *_video_codec("video/VP8", VP8, {}),
        *_video_codec("video/H264", H264, _H264_PARAMETERS),
        *_video_codec("video/VP9", VP9, _VP9_PARAMETERS),
        *_video_codec("video/AV1", AV1, {}),
    ],
    headerExtensions=_router_extensions(),
)
"""What pages load into mediasoup-client's Device. The first video codec is what a page sends unless it chooses another;
slots list them all, since mediasoup-client looks only at a slot's first codec before it consumes (canReceive)."""


class ReceiverNumbers(Struct, frozen=True):
    """What a receiver calls things, where it chose the numbers itself (WHEP; `Worker.set_numbers`)."""

    payload_types: dict[str, tuple[int, int]]
    """Codec -> its payload type and that of its rtx (-1: none). What is missing must not be sent."""
    extensions: dict[str, int]
    """Short name -> id, 1 to 14."""

    @property
    def repairs(self) -> bool:
        """Whether anything can be sent again to this receiver."""
        return any(rtx >= 0 for _, rtx in self.payload_types.values())


def publish_spec(kind: Kind, rtp_parameters: RtpParameters, *, standard: bool = False) -> UptrackSpec:
    """Negotiate what a page says it will send, as mediasoup-client's `produce` event gives it.

    `standard` is for encoders of other makers (WHIP): they send H264 in more profiles, and may be known by nothing but
    their payload type.

    Raises `ParameterError` with code `codec_not_supported`, `bad_encodings` or `bad_parameters`.
    """
    codec = rtp_parameters.codecs[0]
    name = codec_name(kind, codec, standard=standard)
    if name is None:
        raise ParameterError("codec_not_supported", f"{codec.mimeType}/{codec.clockRate} is not routed for {kind} here")
    rtx = -1
    for other in rtp_parameters.codecs[1:]:
        if other.mimeType.lower() != f"{kind}/rtx":
            raise ParameterError("bad_parameters", "a track is sent in one codec; name only this one and its rtx")
        if other.parameters.get("apt") == codec.payloadType and other.payloadType != codec.payloadType:
            rtx = other.payloadType
    mid = rtp_parameters.mid or ""
    extensions = _extensions(kind, rtp_parameters.headerExtensions)
    encodings = _ordered(rtp_parameters.encodings)
    _check_encodings(kind, encodings, mid, extensions, standard=standard)
    return UptrackSpec(
        kind=kind,
        codec=name,
        payload_type=codec.payloadType,
        rtx_payload_type=rtx,
        clock_rate=codec.clockRate,
        mid=mid,
        encodings=[(e.rid or "", e.ssrc or 0, e.rtx.ssrc if e.rtx else 0) for e, _ in encodings],
        scales=[scale for _, scale in encodings],
        extensions=extensions,
    )


def slot_parameters(kind: Kind, mid: str, ssrc: int, rtx_ssrc: int, cname: str, stream_id: str) -> RtpParameters:
    """What a slot will carry, ready for mediasoup-client's `consume`.

    A video slot lists every codec a track may ever have, so that a switch between them needs no renegotiation.
    `stream_id` becomes the msid's stream (RFC 8830): streams are what browsers pair for lip sync.
    """
    if kind == "audio":
        codecs = [
            RtpCodecParameters(
                mimeType="audio/opus",
                payloadType=OPUS,
                clockRate=48000,
                channels=2,
                parameters=_OPUS_PARAMETERS,
                rtcpFeedback=[RtcpFeedback(type="nack"), RtcpFeedback(type="transport-cc")],
            )
        ]
        encoding = RtpEncodingParameters(ssrc=ssrc)
    else:
        codecs = _SLOT_VIDEO_CODECS
        encoding = RtpEncodingParameters(ssrc=ssrc, rtx=RtxParameters(ssrc=rtx_ssrc) if rtx_ssrc else None)
    return RtpParameters(
        codecs=codecs,
        headerExtensions=[
            RtpHeaderExtensionParameters(uri=EXTENSION_URIS[name], id=EXTENSION_IDS[name])
            for name in (("transport_cc", "audio_level") if kind == "audio" else _SLOT_VIDEO_EXTENSIONS)
        ],
        encodings=[encoding],
        rtcp=RtcpParameters(cname=cname),
        mid=mid,
        msid=f"{stream_id} {mid}",
    )


def _slot_video_codec(
    mime: str, payload_type: int, parameters: dict[str, str | int | float | None]
) -> list[RtpCodecParameters]:
    return [
        RtpCodecParameters(
            mimeType=mime,
            payloadType=payload_type,
            clockRate=90000,
            parameters=parameters,
            rtcpFeedback=_VIDEO_FEEDBACK,
        ),
        RtpCodecParameters(
            mimeType="video/rtx", payloadType=payload_type + 1, clockRate=90000, parameters={"apt": payload_type}
        ),
    ]


_SLOT_VIDEO_CODECS = [
    *_slot_video_codec("video/VP8", VP8, {}),
    *_slot_video_codec("video/VP9", VP9, _VP9_PARAMETERS),
    *_slot_video_codec("video/H264", H264, _H264_PARAMETERS),
    *_slot_video_codec("video/AV1", AV1, {}),
]


def codec_name(kind: Kind, codec: RtpCodecParameters, *, standard: bool = False) -> CodecName | None:
    """The codec a track is sent in; None when this node does not route it. `standard` as in `publish_spec`: encoders
    are there for broadcasts too, which are made of VP8 and H264."""
    mime = codec.mimeType.lower()
    if kind == "audio" and mime == "audio/opus" and codec.clockRate == 48000 and codec.channels == 2:
        return "opus"
    if kind == "video" and codec.clockRate == 90000:
        if mime == "video/vp8":
            return "VP8"
        if mime == "video/vp9" and not standard and str(codec.parameters.get("profile-id", 0)) == "0":
            return "VP9"
        if mime == "video/av1" and not standard and str(codec.parameters.get("profile", 0)) == "0":
            return "AV1"
        if mime == "video/h264" and (_any_h264 if standard else _constrained_baseline)(codec.parameters):
            return "H264"
    return None


_H264_PROFILES = frozenset({0x42, 0x4D, 0x58, 0x64})
"""Baseline, Main, Extended and High (RFC 6184 section 8.1)."""


def _any_h264(parameters: dict[str, str | int | float | None]) -> bool:
    """Whether H264 comes in a way that every decoder of slots copes with, though slots promise less.

    Encoders send Main and High (OBS does while it says Constrained Baseline), and browsers decode both. Packets of
    mode 0 are among those of mode 1. Without a profile-level-id it is Baseline.
    """
    if str(parameters.get("packetization-mode", 0)) not in {"0", "1"}:
        return False
    text = str(parameters.get("profile-level-id", "42001f"))
    try:
        return len(text) == 6 and bytes.fromhex(text)[0] in _H264_PROFILES
    except ValueError:
        return False


def _constrained_baseline(parameters: dict[str, str | int | float | None]) -> bool:
    """Whether H264 comes as slots promise it: packetization mode 1, Constrained Baseline profile at any level.

    Profile and constraint flags as in RFC 6184, section 8.1, table 5.
    """
    if str(parameters.get("packetization-mode", 0)) != "1":
        return False
    text = str(parameters.get("profile-level-id", ""))
    if len(text) != 6:
        return False
    try:
        profile, flags = int(text[:2], 16), int(text[2:4], 16)
    except ValueError:
        return False
    if flags & 0x0F:
        return False
    wanted = {0x42: 0x40, 0x4D: 0x80, 0x58: 0xC0}.get(profile)
    return wanted is not None and flags & wanted == wanted


def _extensions(kind: Kind, listed: list[RtpHeaderExtensionParameters]) -> dict[str, int]:
    """Ids of the extensions this node reads. Encrypted ones (RFC 9335, RFC 6904) cannot be read and are left out."""
    found: dict[str, int] = {}
    useful = _AUDIO_EXTENSIONS if kind == "audio" else _VIDEO_EXTENSIONS
    for extension in listed:
        name = _EXTENSIONS_BY_URI.get(extension.uri)
        if name is None or name not in useful or extension.encrypt:
            continue
        if name in found or extension.id in found.values():
            raise ParameterError("bad_parameters", f"header extension id {extension.id} or its URI is given twice")
        found[name] = extension.id
    return found


def _ordered(encodings: list[RtpEncodingParameters]) -> list[tuple[RtpEncodingParameters, float]]:
    """Encodings with their scales, smallest picture first.

    Without any scaleResolutionDownBy the browser halves from the last one down (W3C webrtc, addTransceiver), so the
    order given is already the right one.
    """
    if all(encoding.scaleResolutionDownBy is None for encoding in encodings):
        return [(encoding, 2.0 ** (len(encodings) - 1 - index)) for index, encoding in enumerate(encodings)]
    pairs = [(encoding, float(encoding.scaleResolutionDownBy or 1.0)) for encoding in encodings]
    return sorted(pairs, key=lambda pair: -pair[1])


def _check_encodings(
    kind: Kind,
    encodings: list[tuple[RtpEncodingParameters, float]],
    mid: str,
    extensions: dict[str, int],
    *,
    standard: bool,
) -> None:
    """Every encoding must be recognisable on the wire: by its SSRC, or by mid and rid (RFC 8843, RFC 8852). In the
    place of a mid the payload type serves those whose offer was looked at as a whole (`standard`)."""
    count = len(encodings)
    if not 1 <= count <= (MAX_LAYERS if kind == "video" else 1):
        raise ParameterError("bad_encodings", f"{count} encodings given for {kind}")
    rids = [encoding.rid for encoding, _ in encodings if encoding.rid]
    if len(set(rids)) != len(rids):
        raise ParameterError("bad_encodings", "two encodings share a rid")
    ssrcs = [s for e, _ in encodings for s in (e.ssrc, e.rtx.ssrc if e.rtx else None) if s]
    if len(set(ssrcs)) != len(ssrcs):
        raise ParameterError("bad_encodings", "two encodings share an SSRC")
    for encoding, _ in encodings:
        if encoding.ssrc:
            continue
        if not standard and (not mid or "mid" not in extensions):
            raise ParameterError("bad_encodings", "an encoding without an SSRC needs a mid and its header extension")
        if count > 1 and (not encoding.rid or "rid" not in extensions):
            raise ParameterError("bad_encodings", "encodings without SSRCs need rids and their header extension")
