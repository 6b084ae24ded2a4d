"""Packets of a voice that nobody hears: the sizes and the serial numbers count."""

from __future__ import annotations

import random

from benchmarks.vp8 import BODY_AT, SERIAL_AT, SERIAL_SIZE

CLOCK = 48000
TYPICAL = 80
"""Bytes of 20 ms of speech at 32 kb/s, as Chromium sends it."""


def payloads(size: int) -> list[bytes]:
    """The one packet of a frame: noise with a serial number at byte 16, as cameras have it. Equal for equal sizes."""
    noise = random.Random(size)
    return [noise.randbytes(SERIAL_AT) + bytes(SERIAL_SIZE) + noise.randbytes(size - BODY_AT)]
