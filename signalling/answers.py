"""Answers and ICE fragments, written: what this node says in SDP (RFC 8866) to standard clients."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from typing import Any, Final

import sdp_transform

from sfu.parameters import DtlsParameters, IceCandidate, IceParameters, RtpCodecParameters
from signalling.negotiation import Choice, Outgoing
from signalling.sdp import Offer, Section

_UNKNOWN: Final = {"version": 4, "ip": "0.0.0.0"}


def write_answer(
    offer: Offer,
    choices: Mapping[int, Choice],
    ice: IceParameters,
    candidates: Sequence[IceCandidate],
    dtls: DtlsParameters,
) -> str:
    """The answer: sections in the offer's order, those without a choice switched off with port 0.

    What belongs to the one transport stands in every section, candidates too, as browsers and other SFUs write it:
    there are clients that look for it in the first one and others that look in the last.
    """
    bundled = [offer.sections[index].mid for index in sorted(choices) if offer.sections[index].mid]
    session: dict[str, Any] = {
        "version": 0,
        "origin": {
            "username": "-",
            "sessionId": str(secrets.randbits(62)),
            "sessionVersion": 1,
            "netType": "IN",
            "ipVer": 4,
            "address": "127.0.0.1",
        },
        "name": "-",
        "timing": {"start": 0, "stop": 0},
        "icelite": "ice-lite",
        "groups": [{"type": "BUNDLE", "mids": " ".join(bundled)}] if bundled else None,
        "extmapAllowMixed": "extmap-allow-mixed" if offer.mixed_extensions else None,
        "msidSemantic": {"semantic": "WMS", "token": "*"},
        "media": [
            _section(section, choices[index], ice, candidates, dtls) if index in choices else _off(section)
            for index, section in enumerate(offer.sections)
        ],
    }
    return str(sdp_transform.write(session))


def write_fragment(
    section: Section, bundle: Sequence[str], ice: IceParameters, candidates: Sequence[IceCandidate]
) -> str:
    """The answer to an ICE restart (RFC 9725 section 4.3.2): new credentials, as `application/trickle-ice-sdpfrag`."""
    lines = ["a=ice-lite"]
    if bundle:
        lines.append(f"a=group:BUNDLE {' '.join(bundle)}")
    lines.append(f"m={section.kind} 9 {section.protocol} {section.formats.split(' ')[0]}")
    if section.mid:
        lines.append(f"a=mid:{section.mid}")
    lines += [f"a=ice-ufrag:{ice.usernameFragment}", f"a=ice-pwd:{ice.password}"]
    lines += [
        f"a=candidate:{c.foundation} 1 {c.protocol} {c.priority} {c.address} {c.port} typ {c.type}" for c in candidates
    ]
    return "\r\n".join([*lines, "a=end-of-candidates", ""])


def _off(section: Section) -> dict[str, Any]:
    return {
        "type": section.kind,
        "port": 0,
        "protocol": section.protocol,
        "payloads": section.formats,
        "connection": _UNKNOWN,
        "direction": "inactive",
        "mid": section.mid or None,
    }


def _section(
    section: Section,
    choice: Choice,
    ice: IceParameters,
    candidates: Sequence[IceCandidate],
    dtls: DtlsParameters,
) -> dict[str, Any]:
    fingerprint = dtls.fingerprints[0]
    return {
        "type": section.kind,
        "port": 9,
        "protocol": section.protocol,
        "payloads": " ".join(str(codec.payloadType) for codec in choice.codecs),
        "connection": _UNKNOWN,
        "rtp": [_rtpmap(codec) for codec in choice.codecs],
        "fmtp": [
            {"payload": codec.payloadType, "config": ";".join(f"{k}={v}" for k, v in codec.parameters.items())}
            for codec in choice.codecs
            if codec.parameters
        ],
        "rtcpFb": [_feedback(codec, f.type, f.parameter) for codec in choice.codecs for f in codec.rtcpFeedback],
        "ext": [{"value": extension.id, "uri": extension.uri} for extension in choice.extensions],
        "setup": "passive",
        "mid": section.mid or None,
        "direction": choice.direction,
        "rtcpMux": "rtcp-mux",
        "rtcpRsize": "rtcp-rsize" if section.reduced_size else None,
        "iceUfrag": ice.usernameFragment,
        "icePwd": ice.password,
        "fingerprint": {"type": fingerprint.algorithm, "hash": fingerprint.value},
        "candidates": [_candidate(candidate) for candidate in candidates] or None,
        "endOfCandidates": "end-of-candidates" if candidates else None,
        "rids": [{"id": rid, "direction": "recv"} for rid in choice.rids] or None,
        "simulcast": {"dir1": "recv", "list1": ";".join(choice.rids)} if choice.rids else None,
        **(_outgoing(choice.outgoing) if choice.outgoing else {}),
    }


def _rtpmap(codec: RtpCodecParameters) -> dict[str, Any]:
    channels = codec.channels if codec.channels and codec.channels > 1 else None
    name = codec.mimeType.partition("/")[2]
    return {"payload": codec.payloadType, "codec": name, "rate": codec.clockRate, "encoding": channels}


def _feedback(codec: RtpCodecParameters, type: str, parameter: str) -> dict[str, Any]:
    return {"payload": codec.payloadType, "type": type, "subtype": parameter or None}


def _candidate(candidate: IceCandidate) -> dict[str, Any]:
    return {
        "foundation": candidate.foundation,
        "component": 1,
        "protocol": candidate.protocol,
        "priority": candidate.priority,
        "ip": candidate.address,
        "port": candidate.port,
        "type": candidate.type,
    }


def _outgoing(outgoing: Outgoing) -> dict[str, Any]:
    pair = [outgoing.ssrc, *([outgoing.rtx] if outgoing.rtx else [])]
    msid = f"{outgoing.stream} {outgoing.track}"
    return {
        "msid": msid,
        "ssrcGroups": [{"semantics": "FID", "ssrcs": " ".join(map(str, pair))}] if len(pair) == 2 else None,
        "ssrcs": [
            {"id": ssrc, "attribute": attribute, "value": value}
            for ssrc in pair
            for attribute, value in (("cname", outgoing.cname), ("msid", msid))
        ],
    }
