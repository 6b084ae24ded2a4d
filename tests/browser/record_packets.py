"""`python -m tests.browser.record_packets` records what Chromium sends, decrypted (`tests/data/packets`).

Three people of a lesson send VP8 in simulcast, VP9 and AV1; the teacher receives them on a line that loses a fiftieth.
All packets go through the load tester's relay; the media process writes its SRTP keys into a file, for which a
`sitecustomize` module of this recorder alone is put on its path, and pylibsrtp opens what went by.
"""

from __future__ import annotations

import contextlib
import json
import socket
import tempfile
import threading
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from pylibsrtp import Error, Policy

from loadtest.link import Line, Relay, Way
from loadtest.scenarios import parse
from tests.browser.people import LEV, TEACHER, VARVARA, Crowd, Person
from tests.browser.running import Serve
from tests.packets.harness import IDS, is_rtcp, session
from tests.recorded import Case, Sent, extension, items, shortened, write

SECONDS = 12.0
END_SECONDS = 4.0
RECEIVED = 500
"""Packets to the receiver that are kept, with all it says meanwhile."""
OF_A_LAYER = 70
"""Packets of each layer that are kept, from its first one on."""
SCENARIO = "name = 'recorded'\n[[phase]]\ndown = { loss = 0.02, delay_ms = 10 }\nup = { delay_ms = 10 }"
KEYS = """
import sys
if "media" in sys.orig_argv:
    import json
    from sfu import dtls
    keys = dtls.DtlsServer.keys
    def kept(self):
        found = keys(self)
        with open({file!r}, "a") as file:
            print(json.dumps([found[0], found[1].hex(), found[2].hex()]), file=file)
        return found
    dtls.DtlsServer.keys = kept
"""
SPATIAL = """
const add = RTCPeerConnection.prototype.addTransceiver;
RTCPeerConnection.prototype.addTransceiver = function (track, init) {
  for (const one of init?.sendEncodings ?? []) if (one.scalabilityMode) one.scalabilityMode = "L2T3_KEY";
  return add.call(this, track, init);
};"""
"""Two spatial layers in one stream, for which our own page does not ask."""
EXTENSIONS = "() => sfera.senders.camera.getParameters().headerExtensions.map(({ uri, id }) => [uri, id])"

Address = tuple[str, int]


class Tape(Relay):
    """The relay, and everything that went through it by participant: when (us), whether to them, and what."""

    def __init__(self, to: Address) -> None:
        super().__init__(parse(SCENARIO), listen=("127.0.0.1", 0), to=to, now=time.monotonic())
        self.passed: dict[Address, list[tuple[int, bool, bytes]]] = defaultdict(list)
        self.arrived: set[bytes] = set()
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def start(self) -> None:
        """Carry packets from now on."""
        self._thread.start()

    def stop(self) -> None:
        """Carry none any more."""
        self._stopped.set()
        self._thread.join()
        self.close()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self.step(time.monotonic())

    def _put(self, way: Way, line: Line, datagram: bytes, now: float) -> None:
        self.passed[line.address].append((int(now * 1e6), way.is_down, datagram))
        super()._put(way, line, datagram, now)

    def _send(self, line: Line, datagram: bytes, *, is_down: bool) -> None:
        if is_down:
            self.arrived.add(datagram)
        super()._send(line, datagram, is_down=is_down)


def main() -> None:
    """Record and write."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        keys = Path(folder) / "keys"
        (Path(folder) / "sitecustomize.py").write_text(KEYS.format(file=str(keys)))
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        tape = Tape(("127.0.0.1", port))
        serve = Serve(
            Path(folder) / "data",
            PYTHONPATH=f"{folder}:{Path.cwd()}",
            SFERA_MEDIA__UDP_PORT=str(port),
            SFERA_MEDIA__ANNOUNCE_PORT=str(tape.port),
        )
        serve.start()
        tape.start()
        crowd = Crowd(driver, serve)
        try:
            offered = lesson(crowd)
            version = crowd.people[0].browser.version
        finally:
            crowd.go_home()
            serve.stop()
            tape.stop()
        write_cases(tape, [json.loads(line) for line in keys.read_text().splitlines()], offered, version)


def lesson(crowd: Crowd) -> dict[str, dict[str, int]]:
    """Three cameras for a while; by codec, the header extensions its publisher chose."""
    people: dict[str, Person] = {
        "vp8": crowd.arrive(TEACHER, camera="1280x720@24"),
        "vp9": crowd.arrive(LEV, camera="624x352@15", codec="vp9", sign_in=False),  # too low for a second encoding
        "av1": crowd.arrive(VARVARA, camera="320x180@15", codec="av1"),
    }
    people["vp9"].context.add_init_script(SPATIAL)
    people["vp9"].sign_in()
    people["vp8"].start_lesson()
    people["vp9"].join_lesson()
    people["av1"].join_lesson()
    people["vp8"].sees(people["vp9"].name, people["av1"].name)
    time.sleep(SECONDS)
    offered = {codec: dict(person.evaluate(EXTENSIONS)) for codec, person in people.items()}
    people["av1"].page.close()  # a picture that ends makes its receivers ask for a keyframe
    time.sleep(END_SECONDS)
    return offered


def write_cases(tape: Tape, keys: list[list[str]], offered: dict[str, dict[str, int]], version: str) -> None:
    """What is kept of all that went by."""
    transports = [opened(passed, keys) for passed in tape.passed.values()]
    publishers = [rtp for rtp, _ in transports if rtp]
    receivers = [
        (rtcp, passed) for (rtp, rtcp), passed in zip(transports, tape.passed.values(), strict=True) if not rtp
    ]
    for codec, packets in zip(offered, publishers, strict=True):
        about = f"A camera in {codec.upper()} by Chromium {version}"
        write(f"chromium-{codec}", Case(about, offered[codec], layers_of(packets)))
    write("chromium-receiver", received(tape, *receivers[0], version))


def layers_of(packets: list[tuple[int, bytes]]) -> list[tuple[int, bytes]]:
    """The beginning of every layer; what is sent again, and padding, are of another payload type."""
    media = Counter(packet[1] & 0x7F for _, packet in packets).most_common(1)[0][0]
    layers: dict[bytes, list[tuple[int, bytes]]] = defaultdict(list)
    for at, packet in packets:
        short = shortened(packet)
        if short is not None and packet[1] & 0x7F == media and len(layers[packet[8:12]]) < OF_A_LAYER:
            layers[packet[8:12]].append((at, short))
    return sorted(one for layer in layers.values() for one in layer)


def opened(passed: list[tuple[int, bool, bytes]], keys: list[list[str]]) -> tuple[Any, Any]:
    """RTP and RTCP that a participant sent on one transport, in clear, with their moments."""
    media = [(at, data) for at, is_down, data in passed if not is_down and 128 <= data[0] < 192]
    for profile, _, remote in keys:
        inbound = session(profile, bytes.fromhex(remote), Policy.SSRC_ANY_INBOUND)
        rtp, rtcp = [], []
        for at, data in media:
            with contextlib.suppress(Error):
                if is_rtcp(data):
                    rtcp.append((at, inbound.unprotect_rtcp(data)))
                else:
                    rtp.append((at, inbound.unprotect(data)))
        if rtp or rtcp:
            return rtp, rtcp
    return [], []


def received(tape: Tape, rtcp: list[tuple[int, bytes]], passed: list[tuple[int, bool, bytes]], version: str) -> Case:
    """What was sent to a receiver first, and what it said of it."""
    case = Case(f"Chromium {version} receives three cameras on a line that loses 2% and holds packets up by 10 ms")
    for at, is_down, data in passed:
        if is_down and 128 <= data[0] < 192 and not is_rtcp(data) and len(case.sent) < RECEIVED:
            number = extension(data, IDS["transport_cc"])
            assert number is not None, "every packet has a number"
            case.sent.append(Sent(at, int.from_bytes(number, "big"), len(data), data in tape.arrived))
    case.packets = [(at, packet) for at, packet in rtcp if at < case.sent[-1].at + 300_000 or asks_for_keyframe(packet)]
    return case


def asks_for_keyframe(compound: bytes) -> bool:
    return any((item[1], item[0] & 31) == (206, 1) for item in items(compound))


if __name__ == "__main__":
    main()
