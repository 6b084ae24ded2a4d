"""`python -m tests.browser.record_frames` writes down the sizes of a Chromium's frames for the forwarding benchmark.

A teacher's camera of 1280x720 is tapped at its highest layer; the sizes of the packets of some seconds, without RTP
padding, go into `benchmarks/data/chromium_frames.json`.
"""

from __future__ import annotations

import json
import secrets
import socket
import tempfile
import time
import urllib.request
from pathlib import Path

from joserfc.jwk import OKPKey
from playwright.sync_api import sync_playwright

from benchmarks.recording import FILE
from platform_api.signing import CONTROL_AUDIENCE, sign_call
from tests.browser.people import TEACHER, Crowd
from tests.browser.running import Serve

FRAMES = 100
WARM_UP = 8.0
"""Seconds until Chromium's own bandwidth estimate has opened the highest layer."""


def main() -> None:
    """Record and write."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        serve = Serve(Path(folder))
        serve.start()
        crowd = Crowd(driver, serve)
        try:
            teacher = crowd.arrive(TEACHER, camera="1280x720@24")
            lesson = teacher.start_lesson()
            teacher.turn_on_microphone()
            time.sleep(WARM_UP)
            frames = tapped(serve, lesson)
        finally:
            crowd.go_home()
            serve.stop()
    FILE.parent.mkdir(exist_ok=True)
    lines = ",\n".join(f"  {json.dumps(sizes)}" for sizes in frames)
    FILE.write_text(f'{{"camera": "1280x720@24, VP8, Debian\'s Chromium", "frames": [\n{lines}\n]}}\n')
    packets = sum(map(len, frames))
    print(
        f"{len(frames)} frames of {packets / len(frames):.1f} packets, {sum(map(sum, frames)) / packets:.0f} bytes each"
    )


def tapped(serve: Serve, lesson: str) -> list[list[int]]:
    """Sizes of the payloads of whole frames, as a tap of the lesson's room gives them."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(20)
        tap(serve, lesson, sock.getsockname()[1])
        frames: dict[int, list[int]] = {}
        while len(frames) < FRAMES + 2:
            packet = sock.recv(2048)
            if packet[1] & 0x7F != 96:  # not VP8
                continue
            timestamp = int.from_bytes(packet[4:8], "big")
            frames.setdefault(timestamp, []).append(payload_size(packet))
    # The first may have begun before the tap, the last one has not ended.
    return list(frames.values())[1:-1]


def payload_size(packet: bytes) -> int:
    """Bytes of an RTP packet's payload (RFC 3550 section 5.1)."""
    at = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10:
        at += 4 + 4 * int.from_bytes(packet[at + 2 : at + 4], "big")
    return len(packet) - at - (packet[-1] if packet[0] & 0x20 else 0)


def tap(serve: Serve, lesson: str, port: int) -> None:
    """Asks the media process for it."""
    path = f"/control/v1/rooms/{lesson}/taps"
    body = json.dumps({"id": secrets.token_urlsafe(8), "host": "127.0.0.1", "port": port}).encode()
    key = OKPKey.import_key((serve.data_dir / "keys" / "api.pem").read_text())
    request = urllib.request.Request(
        serve.running["addresses"]["control"] + path,
        data=body,
        headers={
            "Authorization": sign_call(key, CONTROL_AUDIENCE, "POST", path, body, time.time()),
            "Content-Type": "application/json",
        },
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        answer.read()


if __name__ == "__main__":
    main()
