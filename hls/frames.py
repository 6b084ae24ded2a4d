"""What the encoder hands to the packager: frames and how they were encoded. Media times are in units of 1/90000 s."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

CLOCK = 90_000
"""Units of media time in a second, for audio as for video."""

Kind = Literal["audio", "video"]


class VideoConfig(Struct, frozen=True):
    """How the video is encoded. A change of any of it needs a new init segment."""

    codec: str
    """RFC 6381 name, `avc1.42c01f`."""
    width: int
    """Pixels."""
    height: int
    """Pixels."""
    extradata: bytes
    """SPS and PPS with Annex B start codes."""


class AudioConfig(Struct, frozen=True):
    """How the audio (AAC-LC) is encoded. A change of any of it needs a new init segment."""

    channels: int
    extradata: bytes
    """AudioSpecificConfig (ISO/IEC 14496-3, 1.6.2.1)."""
    sample_rate: int = 48_000
    codec: str = "mp4a.40.2"


class EncodedFrame(Struct, frozen=True):
    """One encoded picture, or one AAC frame. In decoding order, which is that of presentation too (no B frames)."""

    kind: Kind
    data: bytes
    """An H264 access unit with Annex B start codes, or a raw AAC frame without ADTS."""
    pts: int
    """When it is shown, in 1/90000 s, both kinds on one timeline."""
    duration: int
    """How long it is shown, in 1/90000 s."""
    keyframe: bool
    """Whether decoding can begin here (an IDR picture; always for audio)."""
    wall: float
    """Unix time at which it was captured, seconds."""
