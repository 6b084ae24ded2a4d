"""A picture that costs as much as a real camera's: Chromium's own test pattern needs a third of what a layer may have.

A lit wall with shelves, a face that moves before it, and the grain of a cheap sensor, which takes most of the bits.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

WIDTH, HEIGHT, RATE, FRAMES = 1280, 720, 24, 48
GRAIN = 4.0
"""Standard deviation of the grain, in steps of brightness."""
GRAINS = 7
"""Different ones: a number that does not divide FRAMES."""


def write(path: Path) -> None:
    """Two seconds that begin where they end, as YUV4MPEG2 (4:2:0)."""
    random = np.random.default_rng(7)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    room = 110 + 40 * np.sin(x / 90) * np.sin(y / 70) + 0.03 * x + 25 * ((x // 40 + y // 60) % 2)
    grains = [random.normal(0, GRAIN, (HEIGHT, WIDTH)).astype(np.float32) for _ in range(GRAINS)]
    with path.open("wb") as file:
        file.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{RATE}:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FRAMES):
            turn = 2 * np.pi * number / FRAMES
            across, down = WIDTH / 2 + 60 * np.sin(turn), HEIGHT * 0.55 + 20 * np.sin(2 * turn)
            is_face = ((x - across) / (WIDTH * 0.14)) ** 2 + ((y - down) / (HEIGHT * 0.33)) ** 2 < 1
            face = 150 + 30 * np.sin((x - across) / 25) * np.cos((y - down) / (18 + 4 * np.sin(3 * turn)))
            luma = np.where(is_face, face, room) + grains[number % GRAINS]
            skin = is_face[::2, ::2]
            planes = (luma, np.where(skin, 112, 128), np.where(skin, 150, 124))
            file.write(b"FRAME\n" + b"".join(np.clip(plane, 16, 235).astype(np.uint8).tobytes() for plane in planes))
