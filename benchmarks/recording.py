"""What a Chromium sent: sizes of the packets of its camera's frames, recorded once.

`python -m tests.browser.record_frames` records again.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

FILE = Path(__file__).parent / "data" / "chromium_frames.json"


@cache
def frame_sizes() -> list[list[int]]:
    """Bytes of RTP payload of each packet, frame after frame."""
    sizes: list[list[int]] = json.loads(FILE.read_text())["frames"]
    return sizes
