"""What a tap sends and where: the one record by which a reader of plain RTP knows the packets of a room.

A tap carries a room's media in clear to a socket of this machine: the loudest voices with the floor, and the stage (the
screen that is shared, else a camera). Its packets are those of slots: continuous sequence numbers and timestamps, a
change of source at a keyframe, sender reports that put all slots on one clock. This module imports nothing of the media
node, so that readers can share it.
"""

from __future__ import annotations

import struct
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

UdpPort = Annotated[int, Meta(ge=1, le=65535)]


class TapSlot(Struct, frozen=True, forbid_unknown_fields=True):
    """One stream of a tap.

    `payload_types` by codec: "opus" for audio; "VP8" and "H264" for video (RFC 7741; RFC 6184, packetization-mode 1),
    which may take turns at a keyframe.
    """

    slot: Annotated[str, Meta(min_length=1, max_length=64)]
    kind: Literal["audio", "video"]
    ssrc: Annotated[int, Meta(ge=0, le=0xFFFFFFFF)]
    clock_rate: Annotated[int, Meta(ge=1, le=1_000_000)]
    payload_types: dict[Literal["opus", "VP8", "H264"], Annotated[int, Meta(ge=0, le=127)]]


class TapDescription(Struct, frozen=True, forbid_unknown_fields=True):
    """A tap as its reader must know it.

    RTP and RTCP come to `host`:`port` on one socket (RFC 5761). The reader sends RTCP (PLI for a keyframe, receiver
    reports) from that socket to `media_host`:`media_port`. Sender reports of all slots share the media node's clock and
    the `cname`.
    """

    id: Annotated[str, Meta(min_length=1, max_length=64)]
    room: Annotated[str, Meta(min_length=1, max_length=64)]
    host: Annotated[str, Meta(min_length=1, max_length=64)]
    port: UdpPort
    media_host: Annotated[str, Meta(min_length=1, max_length=64)]
    media_port: UdpPort
    cname: Annotated[str, Meta(min_length=1, max_length=255)]
    slots: Annotated[list[TapSlot], Meta(min_length=1, max_length=16)]
    passthrough: bool = False
    """Whether the stage's H264 may be delivered as it comes where it keeps a constant size; stage notices change it."""


_NOTICE: Final = struct.Struct("!BBHI4s")
_APP: Final = 204


def stage_notice(ssrc: int, passthrough: bool) -> bytes:
    """What stands on the stage now, for readers: an RTCP APP packet "STGE" (RFC 3550, section 6.7) about a video slot.

    `passthrough` (its subtype, 1 or 0): it comes from an encoder, whose H264 may be delivered as it is; pages change
    theirs whenever they must. Sent when it changes and every second, since any packet may be lost.
    """
    return _NOTICE.pack(0x80 | passthrough, _APP, 2, ssrc, b"STGE")


def read_stage_notice(data: bytes) -> tuple[int, bool] | None:
    """The slot's SSRC and `passthrough` of a stage notice; None for other RTCP."""
    if len(data) != _NOTICE.size:
        return None
    first, kind, words, ssrc, name = _NOTICE.unpack(data)
    if (first & 0xE0, kind, words, name) != (0x80, _APP, 2, b"STGE"):
        return None
    return ssrc, bool(first & 0x1F)
