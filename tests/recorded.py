"""Recorded packets, kept in `tests/data/packets`: one JSON document a case, one packet a line."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass, field
from pathlib import Path

FOLDER = Path(__file__).parent / "data" / "packets"
KEPT = 40
"""Bytes of an RTP payload that are kept: descriptors, never a picture."""


@dataclass
class Sent:
    """A packet the server sent: when (us), transport-wide number, sealed size, whether the line carried it."""

    at: int
    number: int
    size: int
    arrived: bool


@dataclass
class Case:
    """What one participant sent, and where it is of a receiver, what had been sent to it."""

    about: str
    extensions: dict[str, int] = field(default_factory=dict)
    """Header extensions by URI."""
    packets: list[tuple[int, bytes]] = field(default_factory=list)
    """When each came (us), and what: RTP with the beginning of its payload, or a whole RTCP compound."""
    sent: list[Sent] = field(default_factory=list)


def write(name: str, case: Case) -> None:
    """Writes a case's file."""
    head = json.dumps({"about": case.about, "extensions": case.extensions})
    packets = ",\n".join(f'[{at},"{base64.b64encode(data).decode()}"]' for at, data in case.packets)
    sent = ",\n".join(json.dumps([*asdict(one).values()], separators=(",", ":")) for one in case.sent)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / f"{name}.json").write_text(f'{head[:-1]},\n"packets": [\n{packets}\n],\n"sent": [\n{sent}\n]}}\n')


def read(name: str) -> Case:
    """A case by its name."""
    found = json.loads((FOLDER / f"{name}.json").read_text())
    packets = [(at, base64.b64decode(data)) for at, data in found["packets"]]
    return Case(found["about"], found["extensions"], packets, [Sent(*one) for one in found["sent"]])


def items(compound: bytes) -> list[bytes]:
    """The packets of an RTCP compound (RFC 3550 section 6.1)."""
    found, at = [], 0
    while at < len(compound):
        size = 4 * int.from_bytes(compound[at + 2 : at + 4], "big") + 4
        found.append(compound[at : at + size])
        at += size
    return found


def payload_at(packet: bytes) -> int:
    """Where an RTP packet's payload begins (RFC 3550 section 5.1)."""
    at = 12 + 4 * (packet[0] & 0x0F)
    return at + (4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big") if packet[0] & 0x10 else 0)


def extension(packet: bytes, number: int) -> bytes | None:
    """An RTP header extension by its id, in either form of RFC 8285."""
    if not packet[0] & 0x10:
        return None
    at, end = 16 + 4 * (packet[0] & 0x0F), payload_at(packet)
    is_short = packet[at - 4 : at - 2] == b"\xbe\xde"
    while at < end:
        if packet[at] == 0:
            at += 1
            continue
        size = (packet[at] & 15) + 1 if is_short else packet[at + 1]
        found, at = (packet[at] >> 4, at + 1) if is_short else (packet[at], at + 2)
        if found == number:
            return packet[at : at + size]
        at += size
    return None


def shortened(packet: bytes) -> bytes | None:
    """With the beginning of its payload alone; None for a packet of nothing but padding."""
    at = payload_at(packet)
    size = len(packet) - at - (packet[-1] if packet[0] & 0x20 else 0)
    return bytes([packet[0] & ~0x20]) + packet[1 : at + min(size, KEPT)] if size > 0 else None
