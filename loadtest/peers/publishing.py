"""What a participant says of the tracks it is about to send, in the form a page's `publish` has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loadtest.peers.media import EXTENSION_IDS, OPUS, VP8, VP8_RTX
from sfu.parameters import (
    EXTENSION_URIS,
    RtcpParameters,
    RtpCodecParameters,
    RtpEncodingParameters,
    RtpHeaderExtensionParameters,
    RtpParameters,
    RtxParameters,
)


class Stream(Protocol):
    """What there is to say of one stream (one simulcast layer)."""

    @property
    def ssrc(self) -> int:
        """Of media."""

    @property
    def rtx_ssrc(self) -> int:
        """Of repair; 0: none."""

    @property
    def mid(self) -> str:
        """The same for all layers of a track."""

    @property
    def rid(self) -> str:
        """Of the layer; empty when it is the only one."""

    @property
    def cname(self) -> str:
        """Of the participant."""


def opus_parameters(stream: Stream) -> RtpParameters:
    """One Opus stream, known by its SSRC."""
    return RtpParameters(
        codecs=[RtpCodecParameters(mimeType="audio/opus", payloadType=OPUS, clockRate=48000, channels=2)],
        headerExtensions=_extensions("mid", "transport_cc", "audio_level"),
        encodings=[RtpEncodingParameters(ssrc=stream.ssrc)],
        rtcp=RtcpParameters(cname=stream.cname),
        mid=stream.mid,
    )


def vp8_parameters(streams: Sequence[Stream]) -> RtpParameters:
    """VP8 with repair: one stream known by its SSRCs, or several (lowest layer first) known by mid and rid."""
    if len(streams) == 1:
        encodings = [RtpEncodingParameters(ssrc=streams[0].ssrc, rtx=RtxParameters(ssrc=streams[0].rtx_ssrc))]
    else:
        encodings = [
            RtpEncodingParameters(rid=stream.rid, scaleResolutionDownBy=float(2 ** (len(streams) - 1 - layer)))
            for layer, stream in enumerate(streams)
        ]
    return RtpParameters(
        codecs=[
            RtpCodecParameters(mimeType="video/VP8", payloadType=VP8, clockRate=90000),
            RtpCodecParameters(mimeType="video/rtx", payloadType=VP8_RTX, clockRate=90000, parameters={"apt": VP8}),
        ],
        headerExtensions=_extensions("mid", "rid", "rrid", "transport_cc"),
        encodings=encodings,
        rtcp=RtcpParameters(cname=streams[0].cname),
        mid=streams[0].mid,
    )


def _extensions(*names: str) -> list[RtpHeaderExtensionParameters]:
    return [RtpHeaderExtensionParameters(uri=EXTENSION_URIS[name], id=EXTENSION_IDS[name]) for name in names]
