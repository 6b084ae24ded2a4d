"""Session descriptions (RFC 8866, 8829) of what the load sends and receives, for servers that speak SDP.

One BUNDLE with rtcp-mux and a participant that is always the DTLS client: what every server takes, and what the engine
can be given afterwards. What a server writes is read by aiortc.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Protocol

from aiortc.sdp import SessionDescription

from loadtest.paths import Credentials
from loadtest.peers.media import EXTENSION_IDS, OPUS, VP8, VP8_RTX
from sfu.parameters import (
    EXTENSION_URIS,
    DtlsFingerprint,
    DtlsParameters,
    IceCandidate,
    IceParameters,
)
from signalling.messages import TransportInfo

_CODECS: Final[dict[str, tuple[int, ...]]] = {"audio": (OPUS,), "video": (VP8, VP8_RTX)}
_CODEC_LINES: Final[dict[str, tuple[str, ...]]] = {
    "audio": (f"rtpmap:{OPUS} opus/48000/2", f"rtcp-fb:{OPUS} transport-cc", f"fmtp:{OPUS} minptime=10;useinbandfec=1"),
    "video": (
        f"rtpmap:{VP8} VP8/90000",
        *(f"rtcp-fb:{VP8} {name}" for name in ("transport-cc", "ccm fir", "nack", "nack pli", "goog-remb")),
        f"rtpmap:{VP8_RTX} rtx/90000",
        f"fmtp:{VP8_RTX} apt={VP8}",
    ),
}
_EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    "audio": ("mid", "transport_cc", "audio_level"),
    "video": ("mid", "transport_cc"),
}


class SdpError(Exception):
    """A server's description lacks what the load needs."""


@dataclass(frozen=True)
class Local:
    """Our side of one transport: its ICE credentials and the fingerprint (SHA-256) of its certificate."""

    credentials: Credentials
    fingerprint: str


class Sending(Protocol):
    """A track that is offered. `rtx_ssrc` 0: without a repair stream."""

    @property
    def kind(self) -> str:
        """`audio` or `video`."""

    @property
    def mid(self) -> str:
        """Name of its section."""

    @property
    def ssrc(self) -> int:
        """Of its packets."""

    @property
    def rtx_ssrc(self) -> int:
        """Of what is sent again."""


@dataclass(frozen=True)
class RemoteSection:
    """One m-section of the server: payload types by lower-case codec name, header extensions by their short name, and
    the SSRCs it says it sends (repair streams apart)."""

    kind: str
    mid: str
    accepted: bool
    payload_types: dict[str, int]
    extensions: dict[str, int]
    ssrcs: tuple[int, ...]
    rtx_ssrcs: tuple[int, ...]


@dataclass(frozen=True)
class Remote:
    """What a server's description says: how to reach it, and its sections in order."""

    transport: TransportInfo
    sections: tuple[RemoteSection, ...]


def offer(local: Local, tracks: Sequence[Sending]) -> str:
    """An offer to send these tracks."""
    lines = _session(track.mid for track in tracks)
    for track in tracks:
        lines += _offered(track.kind, track.mid, "sendonly", local)
        lines += _sources(track)
    return _text(lines)


def offer_to_receive(local: Local, kinds: Sequence[str]) -> str:
    """An offer to receive a track of each of these kinds; mids are `0`, `1`, …"""
    lines = _session(range(len(kinds)))
    for mid, kind in enumerate(kinds):
        lines += _offered(kind, str(mid), "recvonly", local)
    return _text(lines)


def answer(local: Local, remote: Remote) -> str:
    """An answer that receives every section of an offer which has a codec of ours, in the offer's own numbers."""
    lines = _session(section.mid for section in remote.sections)
    for section in remote.sections:
        name = "opus" if section.kind == "audio" else "vp8"
        number, repair = section.payload_types.get(name), section.payload_types.get("rtx")
        if number is None:
            lines += [
                f"m={section.kind} 0 UDP/TLS/RTP/SAVPF 0",
                "c=IN IP4 0.0.0.0",
                f"a=mid:{section.mid}",
                "a=inactive",
            ]
            continue
        numbers = [number] if repair is None else [number, repair]
        lines += _head(section.kind, numbers, section.mid, "recvonly", local)
        lines += [f"a=extmap:{id} {EXTENSION_URIS[extension]}" for extension, id in section.extensions.items()]
        swap = {OPUS: number, VP8: number, VP8_RTX: repair}
        lines += [f"a={line}" for line in _renumbered(_CODEC_LINES[section.kind], swap)]
    return _text(lines)


def read(text: str) -> Remote:
    """What a server wrote. Raises `SdpError`."""
    try:
        parsed = SessionDescription.parse(text)
    except (AssertionError, ValueError, KeyError, StopIteration) as error:
        raise SdpError(f"unreadable description: {error!r}") from error
    taken = [media for media in parsed.media if media.port]
    if not taken:
        raise SdpError("the server has taken no section")
    return Remote(_transport(taken), tuple(_section(media) for media in parsed.media))


def _transport(taken: list[Any]) -> TransportInfo:
    """BUNDLE: the first section that was taken has the transport (RFC 9143)."""
    first = taken[0]
    if not first.ice.usernameFragment or not first.ice.password:
        raise SdpError("no ICE credentials")
    if not first.dtls.fingerprints:
        raise SdpError("no fingerprint")
    if first.dtls.role == "client":
        raise SdpError("the server insists on being the DTLS client")
    candidates = [
        IceCandidate(
            foundation=candidate.foundation,
            priority=candidate.priority,
            ip=candidate.ip,
            address=candidate.ip,
            protocol="udp",
            port=candidate.port,
            type="host",
        )
        for media in taken
        for candidate in media.ice_candidates
        if candidate.protocol.lower() == "udp" and candidate.component == 1
    ]
    if not candidates:
        raise SdpError("no UDP candidate")
    return TransportInfo(
        id=first.ice.usernameFragment,
        iceParameters=IceParameters(
            usernameFragment=first.ice.usernameFragment, password=first.ice.password, iceLite=bool(first.ice.iceLite)
        ),
        iceCandidates=candidates,
        dtlsParameters=DtlsParameters(
            fingerprints=[DtlsFingerprint(algorithm=f.algorithm, value=f.value) for f in first.dtls.fingerprints],
            role="server",
        ),
    )


def _section(media: Any) -> RemoteSection:
    names = {uri: name for name, uri in EXTENSION_URIS.items()}
    repairs = [int(group.items[1]) for group in media.ssrc_group if group.semantic == "FID" and len(group.items) == 2]
    return RemoteSection(
        kind=media.kind,
        mid=media.rtp.muxId,
        accepted=bool(media.port),
        payload_types={
            codec.mimeType.partition("/")[2].lower(): codec.payloadType for codec in reversed(media.rtp.codecs)
        },
        extensions={
            names[extension.uri]: extension.id for extension in media.rtp.headerExtensions if extension.uri in names
        },
        ssrcs=tuple(source.ssrc for source in media.ssrc if source.ssrc not in repairs),
        rtx_ssrcs=tuple(repairs),
    )


def _session(mids: Iterable[object]) -> list[str]:
    number = secrets.randbelow(1 << 60)
    bundle = " ".join(map(str, mids))
    return ["v=0", f"o=- {number} 1 IN IP4 127.0.0.1", "s=-", "t=0 0", f"a=group:BUNDLE {bundle}"]


def _head(kind: str, payload_types: Iterable[int], mid: str, direction: str, local: Local) -> list[str]:
    return [
        f"m={kind} 9 UDP/TLS/RTP/SAVPF {' '.join(map(str, payload_types))}",
        "c=IN IP4 0.0.0.0",
        "a=rtcp:9 IN IP4 0.0.0.0",
        f"a=ice-ufrag:{local.credentials.ufrag}",
        f"a=ice-pwd:{local.credentials.password}",
        f"a=fingerprint:sha-256 {local.fingerprint}",
        "a=setup:active",
        f"a=mid:{mid}",
        f"a={direction}",
        "a=rtcp-mux",
    ]


def _offered(kind: str, mid: str, direction: str, local: Local) -> list[str]:
    """A section with our own numbers."""
    return [
        *_head(kind, _CODECS[kind], mid, direction, local),
        *(f"a=extmap:{EXTENSION_IDS[name]} {EXTENSION_URIS[name]}" for name in _EXTENSIONS[kind]),
        *(f"a={line}" for line in _CODEC_LINES[kind]),
    ]


def _sources(track: Sending) -> list[str]:
    lines = [f"a=msid:load {track.kind}{track.mid}", f"a=ssrc:{track.ssrc} cname:load-{track.ssrc:08x}"]
    if track.rtx_ssrc:
        lines.append(f"a=ssrc-group:FID {track.ssrc} {track.rtx_ssrc}")
        lines.append(f"a=ssrc:{track.rtx_ssrc} cname:load-{track.ssrc:08x}")
    return lines


def _renumbered(lines: Iterable[str], swap: dict[int, int | None]) -> Iterable[str]:
    """The lines with the offer's payload types; those of a repair stream that was not offered are left out."""
    for line in lines:
        attribute, _, rest = line.partition(":")
        number, _, value = rest.partition(" ")
        new = swap[int(number)]
        if new is None:
            continue
        if value.startswith("apt="):
            value = f"apt={swap[int(value.removeprefix('apt='))]}"
        yield f"{attribute}:{new} {value}"


def _text(lines: Iterable[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
