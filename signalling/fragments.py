"""SDP fragments of trickle ICE and ICE restart (RFC 8840, `application/trickle-ice-sdpfrag`), read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from sdp_transform.grammar import grammar

from signalling.sdp import Credentials, SdpError

MAX_FRAGMENT: Final = 64 * 1024
MAX_CANDIDATES: Final = 512

_CANDIDATE: Final = re.compile(next(rule["reg"] for rule in grammar["a"] if rule.get("push") == "candidates"))
_ICE: Final = re.compile(r"[A-Za-z0-9+/=_-]{4,256}")


@dataclass(frozen=True, slots=True)
class Fragment:
    """What a client tells of its side. An ICE-lite node needs no candidates: checks come to it."""

    credentials: Credentials | None
    candidates: int


def parse_fragment(text: str) -> Fragment:
    """Read a fragment. Raises `SdpError` (`bad_fragment`)."""
    found: dict[str, set[str]] = {"ice-ufrag": set(), "ice-pwd": set()}
    candidates = known = 0
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        kind, equals, content = line.partition("=")
        if not line.strip():
            continue
        if not equals or len(kind) != 1:
            raise SdpError("bad_fragment", "lines of a fragment look like a=...")
        name, _, value = content.partition(":")
        if kind != "a":
            continue
        known += 1
        if name in found:
            found[name].add(value)
        elif name == "candidate":
            candidates += 1
            if not _CANDIDATE.match(content) or candidates > MAX_CANDIDATES:
                raise SdpError("bad_fragment", f"more than {MAX_CANDIDATES} candidates, or one that is none")
    if not known:
        raise SdpError("bad_fragment", "there is nothing in the fragment")
    return Fragment(_credentials(found["ice-ufrag"], found["ice-pwd"]), candidates)


def _credentials(ufrags: set[str], passwords: set[str]) -> Credentials | None:
    """One pair for the one transport; a user fragment alone names the session that candidates belong to."""
    if len(ufrags) > 1 or len(passwords) > 1:
        raise SdpError("bad_fragment", "there is one transport, and so one pair of ICE credentials")
    if not ufrags:
        return None
    ufrag, password = ufrags.pop(), passwords.pop() if passwords else ""
    if not _ICE.fullmatch(ufrag) or (password and not _ICE.fullmatch(password)):
        raise SdpError("bad_fragment", "the ICE user fragment or password is none")
    return Credentials(ufrag, password)
