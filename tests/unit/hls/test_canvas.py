"""Pictures on the canvas: whole, upright, in the middle; and the encoder behind it."""

from __future__ import annotations

from collections import Counter

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hls.canvas import Canvas
from hls.encoder import VideoEncoder, codec_name
from hls.settings import MediaSettings


def luma(frame: av.VideoFrame) -> NDArray[np.uint8]:
    return np.asarray(frame.to_ndarray()[: frame.height, : frame.width], np.uint8)


def corner(width: int, height: int) -> av.VideoFrame:
    """Grey, bright in the quarter at the top left."""
    picture = np.full((height * 3 // 2, width), 128, np.uint8)
    picture[:height] = 60
    picture[: height // 2, : width // 2] = 220
    return av.VideoFrame.from_ndarray(picture, format="yuv420p")


def quarters(picture: NDArray[np.uint8]) -> list[bool]:
    """Which quarters are bright: top left, top right, bottom left, bottom right."""
    height, width = picture.shape
    return [bool(picture[y * height // 4, x * width // 4] > 150) for y in (1, 3) for x in (1, 3)]


@pytest.mark.parametrize(
    ("orientation", "bright"),
    [(0, 0), (1, 1), (2, 3), (3, 2)],
)
def test_a_phone_held_any_way_is_shown_upright(orientation: int, bright: int) -> None:
    made = Canvas(640, 360).fit(corner(320, 240), orientation)
    assert made is not None
    picture = luma(made)
    assert picture.shape == (360, 640)
    wide = 480 if orientation % 2 == 0 else 270
    left = (640 - wide) // 2
    assert (picture[:, : left - 2] == 16).all()
    assert (picture[:, 640 - left + 2 :] == 16).all()
    assert quarters(picture[:, left : 640 - left]) == [number == bright for number in range(4)]


def test_a_wide_picture_has_bars_above_and_below() -> None:
    made = Canvas(640, 360).fit(corner(1000, 250), 0)
    assert made is not None
    picture = luma(made)
    assert (picture[:98] == 16).all()
    assert (picture[-98:] == 16).all()
    assert quarters(picture[100:260]) == [True, False, False, False]


@settings(max_examples=60, deadline=None)
@given(width=st.integers(1, 600), height=st.integers(1, 600), orientation=st.integers(0, 3))
def test_every_size_fits_or_is_refused(width: int, height: int, orientation: int) -> None:
    made = Canvas(320, 180).fit(av.VideoFrame(width, height, "yuv420p"), orientation)
    if min(width, height) < 16:
        assert made is None
    else:
        assert made is not None
        assert (made.width, made.height, made.format.name) == (320, 180, "yuv420p")


def test_other_pixel_formats_are_taken() -> None:
    made = Canvas(320, 180).fit(av.VideoFrame(640, 360, "yuv444p"), 0)
    assert made is not None
    assert made.format.name == "yuv420p"


@pytest.mark.parametrize("height", [144, 240, 360, 480, 540, 720, 1080])
def test_the_encoder_gives_each_picture_at_once_and_keyframes_where_they_are_asked_for(height: int) -> None:
    media = MediaSettings(height=height, kbps=1000)
    encoder = VideoEncoder(media, 10, Counter())
    assert encoder.config.width % 2 == 0
    assert abs(encoder.config.width / height - 16 / 9) < 0.02
    slate = Canvas(media.width, media.height).slate()
    decoder = av.CodecContext.create("h264", "r")
    assert isinstance(decoder, av.VideoCodecContext)
    decoder.extradata = encoder.config.extradata
    kinds = []
    for number in range(15):
        data = encoder.encode(slate, keyframe=number in {0, 7})
        assert data
        for frame in decoder.decode(av.Packet(data)):
            assert isinstance(frame, av.VideoFrame)
            kinds.append(frame.key_frame)
            assert (frame.width, frame.height) == (media.width, media.height)
    kinds += [frame.key_frame for frame in decoder.decode(None) if isinstance(frame, av.VideoFrame)]
    assert [number for number, key in enumerate(kinds) if key] == [0, 7]
    assert codec_name(encoder.config.extradata) == encoder.config.codec
