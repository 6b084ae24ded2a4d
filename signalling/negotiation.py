"""What of a standard client's offer is taken: the sections it publishes on (WHIP), the slots it receives on (WHEP)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

import msgspec

from sfu.parameters import (
    EXTENSION_URIS,
    MAX_LAYERS,
    Kind,
    ParameterError,
    ReceiverNumbers,
    RtcpFeedback,
    RtcpParameters,
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpParameters,
    RtxParameters,
    codec_name,
    publish_spec,
)
from signalling.sdp import Offer, Record, SdpError, Section

_PUBLISHED_EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "audio": ("mid", "transport_cc", "audio_level"),
    "video": ("mid", "rid", "rrid", "transport_cc", "orientation"),
}
_RECEIVED_EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "audio": ("transport_cc", "audio_level"),
    "video": ("transport_cc", "orientation", "dependency"),
}
_FEEDBACK: Final = {("nack", ""), ("nack", "pli"), ("ccm", "fir"), ("transport-cc", "")}
_SIZES: Final = (("l", "m", "h"), ("q", "h", "f"), ("lo", "mid", "hi"), ("low", "medium", "high"), ("r0", "r1", "r2"))
"""Rids by which clients name their layers, smallest first. Where none of these fits, the client's order of preference
counts (RFC 8853 section 5.2): OBS lists 0;1;2 with the full picture first."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The SSRCs of a slot, as the answer to a receiver names them."""

    ssrc: int
    rtx: int
    cname: str
    stream: str
    track: str


@dataclass(frozen=True, slots=True)
class Choice:
    """How one section is answered."""

    direction: Literal["recvonly", "sendonly"]
    codecs: list[RtpCodecParameters]
    extensions: list[RtpHeaderExtensionParameters]
    rids: list[str] = field(default_factory=list)
    outgoing: Outgoing | None = None


@dataclass(frozen=True, slots=True)
class Publication:
    """A section that becomes a published track."""

    section: int
    kind: Kind
    parameters: RtpParameters
    choice: Choice


@dataclass(frozen=True, slots=True)
class Reception:
    """A section that becomes a slot."""

    section: int
    kind: Kind
    choice: Choice


# --- publishing -------------------------------------------------------------------------------------------------


def publications(offer: Offer) -> list[Publication]:
    """One audio and one video section, the first of each that can be taken; the others are answered with port 0.

    Raises `SdpError`: `nothing_to_publish`, `codec_not_supported` when all sections of a kind are in codecs this node
    does not route, `bad_encodings`, `bad_sdp`.
    """
    taken: dict[str, Publication] = {}
    refused: dict[str, str] = {}
    for index, section in enumerate(offer.sections):
        if not _offered(offer, index) or not section.sends or section.kind in taken:
            continue
        found = _publication(index, section)
        if isinstance(found, str):
            refused.setdefault(section.kind, found)
        else:
            taken[section.kind] = found
    for kind, why in refused.items():
        if kind not in taken:
            raise SdpError("codec_not_supported", why)
    if not taken:
        raise SdpError("nothing_to_publish", "no audio or video that would be sent in this BUNDLE with rtcp-mux")
    _check_payload_types(taken.values())
    return list(taken.values())


def _publication(index: int, section: Section) -> Publication | str:
    """The section as a track, or why its codecs cannot be taken."""
    kind: Kind = "audio" if section.kind == "audio" else "video"
    codec = next((codec for codec in section.codecs if codec_name(kind, codec, standard=True)), None)
    if codec is None:
        names = ", ".join(dict.fromkeys(codec.mimeType for codec in section.codecs)) or "nothing"
        return f"this node routes opus, VP8 and H264; the {kind} comes as {names}"
    extensions = _extensions(section, _PUBLISHED_EXTENSIONS[kind])
    congestion = any(extension.uri == EXTENSION_URIS["transport_cc"] for extension in extensions)
    rtx = _rtx_of(section, codec)
    codecs = [_answered(codec, congestion, nack=True), *([rtx] if rtx else [])]
    layers = _layers(section)[:MAX_LAYERS]
    mid = section.mid if 0 < len(section.mid) <= 16 else None
    try:
        encodings = list(_encodings(section, layers, repaired=rtx is not None))
        parameters = RtpParameters(
            codecs=codecs,
            headerExtensions=[e for e in extensions if mid or e.uri != EXTENSION_URIS["mid"]],
            encodings=encodings,
            rtcp=RtcpParameters(cname=section.cname),
            mid=mid,
        )
        parameters = msgspec.convert(msgspec.to_builtins(parameters), RtpParameters)  # holds what the types say
        publish_spec(kind, parameters, standard=True)  # before anything of the client's earlier stream is touched
    except msgspec.ValidationError as error:
        raise SdpError("bad_sdp", f"m-line {index}: {error}") from None
    except ParameterError as error:
        raise SdpError(error.code, f"m-line {index}: {error}") from None
    rids = [rid for rid in section.simulcast if rid in layers]
    return Publication(index, kind, parameters, Choice("recvonly", codecs, extensions, rids))


def _encodings(section: Section, layers: Sequence[str], *, repaired: bool) -> Iterable[RtpEncodingParameters]:
    if layers:
        for power, rid in enumerate(layers):
            yield RtpEncodingParameters(rid=rid, scaleResolutionDownBy=2.0**power)
        return
    count = len(section.sources)
    for index, source in enumerate(section.sources):
        rtx = RtxParameters(ssrc=source.rtx) if source.rtx and repaired else None
        scale = 2.0 ** (count - 1 - index)
        yield RtpEncodingParameters(ssrc=source.ssrc, rtx=rtx, scaleResolutionDownBy=scale if count > 1 else None)
    if not section.sources:
        yield RtpEncodingParameters()


def _layers(section: Section) -> list[str]:
    """The rids of a simulcast section, largest picture first: by what they are limited to, else by their names."""
    rids = section.simulcast
    sizes = [_size(section.limits.get(rid, {})) for rid in rids]
    if all(sizes):
        return [rid for _, rid in sorted(zip(sizes, rids, strict=True), key=lambda pair: -pair[0])]
    for names in _SIZES:
        if {rid.lower() for rid in rids} <= set(names):
            return sorted(rids, key=lambda rid: -names.index(rid.lower()))
    return rids


def _size(limits: Record) -> int:
    """A number that grows with the picture; 0 when nothing is said of it."""
    for name in ("max-height", "max-width", "max-fs", "max-br"):
        if limits.get(name, "").isdecimal():
            return int(limits[name][:9])
    return 0


def _check_payload_types(publications: Iterable[Publication]) -> None:
    """In one BUNDLE a payload type means one thing (RFC 9143 section 9); tracks without a mid are known by it."""
    seen: set[int] = set()
    for publication in publications:
        numbers = {codec.payloadType for codec in publication.parameters.codecs}
        if numbers & seen:
            raise SdpError("bad_sdp", "one payload type stands for two codecs")
        seen |= numbers


# --- receiving --------------------------------------------------------------------------------------------------


def receptions(offer: Offer, audio: int, video: int) -> tuple[list[Reception], ReceiverNumbers]:
    """The sections that become slots, at most so many of each kind, and what the client calls things.

    Raises `SdpError`: `nothing_to_receive`, `codec_not_supported`.
    """
    left = {"audio": audio, "video": video}
    found: list[Reception] = []
    payload_types: dict[str, tuple[int, int]] = {}
    ids: dict[str, int] = {}
    wished = False
    for index, section in enumerate(offer.sections):
        if not _offered(offer, index) or not section.receives:
            continue
        wished = True
        kind: Kind = "audio" if section.kind == "audio" else "video"
        codecs = _received_codecs(kind, section)
        numbers = {name: (codec.payloadType, rtx.payloadType if rtx else -1) for name, codec, rtx in codecs}
        extensions = _extensions(section, _RECEIVED_EXTENSIONS[kind], one_byte=True)
        named = {_NAMES[extension.uri]: extension.id for extension in extensions}
        known = {name: payload_types.get(name, pair) for name, pair in numbers.items()}
        # One transport has one set of numbers: a section that goes by others cannot be fed.
        if not codecs or left[kind] == 0 or numbers != known or any(ids.get(n, i) != i for n, i in named.items()):
            continue
        left[kind] -= 1
        payload_types |= numbers
        ids |= named
        congestion = "transport_cc" in named
        answered = [
            c
            for _, codec, rtx in codecs
            for c in (_answered(codec, congestion, nack=rtx is not None), *([rtx] if rtx else []))
        ]
        found.append(Reception(index, kind, Choice("sendonly", answered, extensions)))
    if not found:
        if wished:
            raise SdpError(
                "codec_not_supported", "this node sends opus, VP8, VP9, H264 and AV1; the client takes none of them"
            )
        raise SdpError("nothing_to_receive", "no audio or video that would be received in this BUNDLE with rtcp-mux")
    return found, ReceiverNumbers(payload_types, ids)


def _received_codecs(kind: Kind, section: Section) -> list[tuple[str, RtpCodecParameters, RtpCodecParameters | None]]:
    """Each codec once, in the client's order, with its repair format. Of the client's H264 the one nearest to what
    slots carry: packetization-mode 1, Constrained Baseline."""
    best: dict[str, RtpCodecParameters] = {}
    for strict in (True, False):
        for codec in section.codecs:
            name = codec_name(kind, codec, standard=not strict)
            if name is not None and (strict or str(codec.parameters.get("packetization-mode", "1")) == "1"):
                best.setdefault(name, codec)
    ordered = sorted(best.items(), key=lambda item: section.codecs.index(item[1]))
    return [(name, codec, _rtx_of(section, codec)) for name, codec in ordered]


# --- both -------------------------------------------------------------------------------------------------------

_NAMES: Final = {uri: name for name, uri in EXTENSION_URIS.items()}


def _offered(offer: Offer, index: int) -> bool:
    section = offer.sections[index]
    alone = not offer.bundle  # one section without a mid needs no group
    return section.usable and (alone or section.mid in offer.bundle)


def _rtx_of(section: Section, codec: RtpCodecParameters) -> RtpCodecParameters | None:
    wanted: Callable[[RtpCodecParameters], bool] = lambda other: (  # noqa: E731 (names what is looked for)
        other.mimeType.lower() == f"{section.kind}/rtx"
        and other.parameters.get("apt") == codec.payloadType
        and other.payloadType != codec.payloadType
    )
    found = next(filter(wanted, section.codecs), None)
    return None if found is None else msgspec.structs.replace(found, rtcpFeedback=[])


def _answered(codec: RtpCodecParameters, congestion: bool, *, nack: bool) -> RtpCodecParameters:
    """The codec as the answer repeats it: the feedback both understand, the parameters that must agree."""
    supported = _FEEDBACK - (set() if congestion else {("transport-cc", "")}) - (set() if nack else {("nack", "")})
    kept = {
        name: value
        for name, value in codec.parameters.items()
        if name in {"minptime", "useinbandfec", "stereo", "sprop-stereo", "profile-level-id", "packetization-mode",
                    "level-asymmetry-allowed", "profile-id", "profile", "tier", "level-idx"}
    }  # fmt: skip
    feedback = {(f.type, f.parameter): f for f in codec.rtcpFeedback}
    listed: list[RtcpFeedback] = [f for key, f in feedback.items() if key in supported]
    return msgspec.structs.replace(codec, parameters=kept, rtcpFeedback=listed)


def _extensions(
    section: Section, useful: Sequence[str], *, one_byte: bool = False
) -> list[RtpHeaderExtensionParameters]:
    """Extensions this node reads or writes, each once. Encrypted ones (RFC 6904) it can do neither with."""
    found: dict[str, RtpHeaderExtensionParameters] = {}
    used: set[int] = set()
    for extension in section.extensions:
        name = _NAMES.get(extension.uri)
        if name not in useful or extension.encrypt or name in found or extension.id in used:
            continue
        if one_byte and extension.id > 14:
            continue
        found[str(name)] = extension
        used.add(extension.id)
    return list(found.values())
