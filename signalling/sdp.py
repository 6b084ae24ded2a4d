"""Session descriptions of standard clients (RFC 8866, JSEP's subset) as typed offers, for WHIP and WHEP only.

The grammar is sdp-transform's. Its reading loop is not used: it turns whatever looks like a number into one, so that
the mids `0` and `00`, or the user fragments `1e2` and `100`, become the same. Here text stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from sdp_transform.grammar import grammar

from sfu.parameters import (
    DtlsFingerprint,
    DtlsParameters,
    RtcpFeedback,
    RtpCodecParameters,
    RtpHeaderExtensionParameters,
)
from sfu.transport import STRONG_DIGESTS

MAX_SDP: Final = 256 * 1024
"""Longest offer, bytes: Chromium's with 49 pictures to receive is about half of this."""

MAX_SECTIONS: Final = 64
MAX_LINES: Final = 8000
MAX_ENTRIES: Final = 128
"""Formats, header extensions, rids or SSRC lines of one section that are looked at; browsers list about fifty."""

Record = dict[str, str]
"""One line's parts, by the grammar's names for them."""

_RULES: Final[dict[str, str]] = {
    "rtpmap": "rtp", "fmtp": "fmtp", "rtcp-fb": "rtcpFb", "extmap": "ext", "extmap-allow-mixed": "extmapAllowMixed",
    "setup": "setup", "sendrecv": "direction", "recvonly": "direction", "sendonly": "direction",
    "inactive": "direction", "ice-ufrag": "iceUfrag", "ice-pwd": "icePwd", "fingerprint": "fingerprint",
    "ssrc": "ssrcs", "ssrc-group": "ssrcGroups", "group": "groups", "rtcp-mux": "rtcpMux",
    "rtcp-rsize": "rtcpRsize", "rid": "rids", "simulcast": "simulcast", "bundle-only": "bundleOnly", "mid": "mid",
}  # fmt: skip
"""The attributes that are read, and the name of each one's rule in the grammar."""

_BY_NAME: Final[dict[str, Any]] = {rule.get("name") or rule.get("push"): rule for rule in grammar["a"]}
_PATTERNS: Final = {name: re.compile(_BY_NAME[name]["reg"]) for name in set(_RULES.values())}
_MEDIA_LINE: Final = re.compile(grammar["m"][0]["reg"])
_TOKEN: Final = re.compile(r"[!#-'*+\-.0-9A-Z^-~]{1,32}")  # RFC 8866 section 9: token
_ICE: Final = re.compile(r"[A-Za-z0-9+/=_-]{4,256}")  # RFC 8839 section 5.4; some clients use base64url or padding
_PROTOCOLS: Final = frozenset(
    f"{under}RTP/{profile}" for under in ("UDP/TLS/", "TCP/TLS/", "") for profile in ("SAVPF", "SAVP")
)


class SdpError(ValueError):
    """An offer that cannot be taken. `code` is stable (docs/whip.md lists them)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Credentials:
    """A client's ICE user fragment and password."""

    ufrag: str
    password: str


@dataclass(frozen=True, slots=True)
class Source:
    """One SSRC of a section; `rtx` is that of its repair stream, or 0."""

    ssrc: int
    rtx: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """One m-line. `simulcast` are the rids it sends, as it lists them; `sources` the SSRCs it names, lowest layer
    first."""

    kind: str
    protocol: str
    formats: str
    mid: str
    direction: str
    usable: bool
    """Whether it is RTP over DTLS, multiplexed with its RTCP, and not switched off."""
    codecs: list[RtpCodecParameters] = field(default_factory=list)
    extensions: list[RtpHeaderExtensionParameters] = field(default_factory=list)
    reduced_size: bool = False
    simulcast: list[str] = field(default_factory=list)
    limits: dict[str, Record] = field(default_factory=dict)
    """Restrictions (RFC 8851) of each rid it sends: max-width, max-height, max-br..."""
    sources: list[Source] = field(default_factory=list)
    cname: str = ""

    @property
    def sends(self) -> bool:
        """Whether the client would send on it."""
        return self.direction in {"sendrecv", "sendonly"}

    @property
    def receives(self) -> bool:
        """Whether the client would receive on it."""
        return self.direction in {"sendrecv", "recvonly"}


@dataclass(frozen=True, slots=True)
class Offer:
    """An offer whose transport this node can serve: everything in one BUNDLE, ICE, DTLS with the client connecting."""

    sections: list[Section]
    bundle: list[str]
    """Mids of the sections that share the one transport."""
    ice: Credentials
    dtls: DtlsParameters
    mixed_extensions: bool


class _Lines:
    """The attributes of the session or of one section: all records of each rule, in order."""

    def __init__(self, media: re.Match[str] | None = None) -> None:
        self.media = media
        self.found: dict[str, list[Record]] = {}

    def read(self, content: str) -> None:
        rule = _RULES.get(content.partition(":")[0])
        match = _PATTERNS[rule].match(content) if rule is not None else None
        if rule is None or match is None:
            return
        names = _BY_NAME[rule].get("names") or ["value"]
        parts = zip(names, match.groups(), strict=False)
        records = self.found.setdefault(rule, [])
        if len(records) < (MAX_ENTRIES if rule != "rtcpFb" else 8 * MAX_ENTRIES):
            records.append({name: part for name, part in parts if part is not None})

    def all(self, rule: str) -> list[Record]:
        return self.found.get(rule, [])

    def value(self, rule: str, default: str = "") -> str:
        records = self.found.get(rule)
        return records[-1].get("value", default) if records else default


def parse_offer(text: str) -> Offer:
    """Read an offer. Raises `SdpError` (`bad_sdp`, `no_media`, `no_bundle`, `no_ice`, `no_fingerprint`,
    `dtls_role`)."""
    session, sections = _split(text)
    if not sections:
        raise SdpError("no_media", "the offer has no media")
    read = [_section(lines, session, index) for index, lines in enumerate(sections)]
    mids = [section.mid for section in read if section.mid]
    if len(set(mids)) != len(mids):
        raise SdpError("bad_sdp", "two sections share a mid")
    bundle, tagged = _bundle(session, read)
    return Offer(
        sections=read,
        bundle=bundle,
        ice=_credentials(sections[tagged], session),
        dtls=_dtls(sections[tagged], session),
        mixed_extensions=bool(session.all("extmapAllowMixed") or sections[tagged].all("extmapAllowMixed")),
    )


# --- lines ------------------------------------------------------------------------------------------------------


def _split(text: str) -> tuple[_Lines, list[_Lines]]:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if len(lines) > MAX_LINES:
        raise SdpError("bad_sdp", f"more than {MAX_LINES} lines")
    if not text.startswith("v=0"):
        raise SdpError("bad_sdp", "a session description begins with v=0")
    session = current = _Lines()
    sections: list[_Lines] = []
    for line in lines:
        kind, _, content = line.partition("=")
        if kind == "m":
            media = _MEDIA_LINE.match(content)
            if media is None or len(sections) == MAX_SECTIONS:
                raise SdpError("bad_sdp", f"more than {MAX_SECTIONS} m-lines, or one that is none")
            current = _Lines(media)
            sections.append(current)
        elif kind == "a":
            current.read(content)
    return session, sections


def _bundle(session: _Lines, sections: list[Section]) -> tuple[list[str], int]:
    """The mids of the one BUNDLE, and the section that holds its transport (RFC 9143 section 7.2)."""
    for group in session.all("groups"):
        if group.get("type") == "BUNDLE":
            known = {section.mid: index for index, section in enumerate(sections) if section.mid}
            mids = [mid for mid in group.get("mids", "").split() if mid in known]
            if mids:
                return mids, known[mids[0]]
    usable = [index for index, section in enumerate(sections) if section.usable]
    if len(usable) > 1:
        raise SdpError("no_bundle", "everything must come over one transport: offer a BUNDLE group")
    tagged = usable[0] if usable else 0
    return ([sections[tagged].mid] if sections[tagged].mid else []), tagged


def _credentials(lines: _Lines, session: _Lines) -> Credentials:
    ufrag = lines.value("iceUfrag") or session.value("iceUfrag")
    password = lines.value("icePwd") or session.value("icePwd")
    if not ufrag or not password:
        raise SdpError("no_ice", "the offer has no ICE user fragment and password")
    if not _ICE.fullmatch(ufrag) or not _ICE.fullmatch(password):
        raise SdpError("no_ice", "the ICE user fragment or password is none")
    return Credentials(ufrag, password)


def _dtls(lines: _Lines, session: _Lines) -> DtlsParameters:
    setup = lines.value("setup") or session.value("setup") or "actpass"
    if setup not in {"actpass", "active"}:
        raise SdpError("dtls_role", "this node answers a=setup:passive: offer actpass or active")
    records = lines.all("fingerprint") or session.all("fingerprint")
    try:
        fingerprints = [
            msgspec.convert({"algorithm": r.get("type", "").lower(), "value": r.get("hash", "")}, DtlsFingerprint)
            for r in records
        ]
        strong = [f for f in fingerprints if f.algorithm in STRONG_DIGESTS]
        return msgspec.convert({"fingerprints": strong, "role": "client"}, DtlsParameters)
    except msgspec.ValidationError as error:
        raise SdpError("no_fingerprint", f"the offer has no usable certificate fingerprint: {error}") from None


# --- one section ------------------------------------------------------------------------------------------------


def _section(lines: _Lines, session: _Lines, index: int) -> Section:
    assert lines.media is not None
    kind, port, protocol, formats = (part or "" for part in lines.media.groups())
    mid = lines.value("mid")
    if mid and not _TOKEN.fullmatch(mid):
        raise SdpError("bad_sdp", f"the mid of m-line {index} is no token of at most 32 characters")
    on = port not in {"", "0"} or bool(lines.all("bundleOnly"))
    usable = on and kind in {"audio", "video"} and protocol in _PROTOCOLS and bool(lines.all("rtcpMux"))
    direction = lines.value("direction") or session.value("direction") or "sendrecv"
    if not usable:
        return Section(kind, protocol, formats, mid, direction, usable=False)
    try:
        return Section(
            kind,
            protocol,
            formats,
            mid,
            direction,
            usable=True,
            codecs=list(_codecs(lines, kind, formats)),
            extensions=list(_extensions([*session.all("ext"), *lines.all("ext")])),
            reduced_size=bool(lines.all("rtcpRsize")),
            simulcast=_simulcast(lines),
            limits=_limits(lines),
            sources=_sources(lines),
            cname=next((r.get("value", "") for r in lines.all("ssrcs") if r.get("attribute") == "cname"), "")[:256],
        )
    except (msgspec.ValidationError, ValueError) as error:
        raise SdpError("bad_sdp", f"m-line {index}: {error}") from None


def _codecs(lines: _Lines, kind: str, formats: str) -> Iterable[RtpCodecParameters]:
    """Codecs in the client's order of preference, which is that of the m-line."""
    maps = {record["payload"]: record for record in reversed(lines.all("rtp"))}
    parameters = {record["payload"]: record.get("config", "") for record in lines.all("fmtp")}
    for payload in formats.split()[:MAX_ENTRIES]:
        record = maps.get(payload)
        if record is None or not record.get("rate"):
            continue
        yield msgspec.convert(
            {
                "mimeType": f"{kind}/{record.get('codec', '')}",
                "payloadType": int(payload),
                "clockRate": int(record["rate"]),
                "channels": int(record["encoding"]) if record.get("encoding") else (1 if kind == "audio" else None),
                "parameters": _format_parameters(parameters.get(payload, "")),
                "rtcpFeedback": [
                    RtcpFeedback(type=r.get("type", ""), parameter=r.get("subtype", ""))
                    for r in lines.all("rtcpFb")
                    if r.get("payload") in {payload, "*"}
                ][:16],
            },
            RtpCodecParameters,
        )


def _format_parameters(config: str) -> dict[str, str | int]:
    """`a=fmtp` as ORTC has it: whole numbers as numbers, everything else, such as `42e01f` or `010`, as text."""
    found: dict[str, str | int] = {}
    for part in config.split(";"):
        name, equals, value = part.strip().partition("=")
        if name and equals:
            plain = re.fullmatch(r"0|[1-9][0-9]{0,8}", value)
            found[name.lower()] = int(value) if plain and name.lower() != "profile-level-id" else value
    return found


def _extensions(records: list[Record]) -> Iterable[RtpHeaderExtensionParameters]:
    for record in records:
        yield msgspec.convert(
            {
                "uri": record.get("uri", ""),
                "id": int(record.get("value", "")),
                "encrypt": "encrypt-uri" in record,
            },
            RtpHeaderExtensionParameters,
        )


def _simulcast(lines: _Lines) -> list[str]:
    """The rids of `a=simulcast:send`: of alternatives the first; paused ones may begin at any time (RFC 8853)."""
    known = {record["id"] for record in lines.all("rids") if record.get("direction") == "send"}
    for record in lines.all("simulcast"):
        for number in ("1", "2"):
            if record.get(f"dir{number}") == "send":
                rids = [part.split(",")[0].lstrip("~") for part in record.get(f"list{number}", "").split(";")]
                return [rid for rid in rids if rid in known]
    return []


def _limits(lines: _Lines) -> dict[str, Record]:
    found: dict[str, Record] = {}
    for record in lines.all("rids"):
        parts = (part.strip().partition("=") for part in record.get("params", "").split(";"))
        found[record["id"]] = {name: value for name, equals, value in parts if equals}
    return found


def _sources(lines: _Lines) -> list[Source]:
    """SSRCs in the order named; of a SIM group in its order, which is lowest layer first."""
    groups = [(g.get("semantics", ""), [int(s) for s in g.get("ssrcs", "").split()]) for g in lines.all("ssrcGroups")]
    rtx = {ssrcs[0]: ssrcs[1] for semantics, ssrcs in groups if semantics == "FID" and len(ssrcs) == 2}
    repairs = {ssrc for semantics, ssrcs in groups if semantics in {"FID", "FEC-FR"} for ssrc in ssrcs[1:]}
    named = list(dict.fromkeys(int(record["id"]) for record in lines.all("ssrcs") if record.get("id")))
    layered = next((ssrcs for semantics, ssrcs in groups if semantics == "SIM"), [])
    primary = layered or [ssrc for ssrc in named if ssrc not in repairs][:1]
    return [Source(ssrc, rtx.get(ssrc, 0)) for ssrc in primary]
