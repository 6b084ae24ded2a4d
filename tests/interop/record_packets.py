"""`python -m tests.interop.record_packets` records what aiortc sends, decrypted: `tests/data/packets/aiortc-*`.

One of its peers sends VP8 to another, of whose packets some are lost, so that it reports, asks for packets again and
says what its line carries (REMB).
"""

from __future__ import annotations

import asyncio
import time
from typing import Any

import aiortc
from aiortc import RTCPeerConnection
from aiortc.contrib.media import MediaBlackhole

from tests.interop.beacon import Clock, Flash
from tests.recorded import Case, shortened, write

SECONDS = 8.0
LOSE_EVERY = 25
MEDIA_TYPE = 97
"""aiortc's payload type of VP8."""


class Tape:
    """What came to one end of a connection; `lose` says which RTP packets do not get further."""

    def __init__(self) -> None:
        self.rtp: list[tuple[int, bytes]] = []
        self.rtcp: list[tuple[int, bytes]] = []

    def sender(self, transport: Any) -> None:
        """Keeps the RTCP that comes back to who sends."""
        take = transport._handle_rtcp_data

        async def kept(data: bytes) -> None:
            self.rtcp.append((time.monotonic_ns() // 1000, data))
            await take(data)

        transport._handle_rtcp_data = kept

    def receiver(self, transport: Any) -> None:
        """Keeps the RTP, and loses some of it."""
        take = transport._handle_rtp_data

        async def kept(data: bytes, arrival_time_ms: int) -> None:
            self.rtp.append((time.monotonic_ns() // 1000, data))
            if len(self.rtp) % LOSE_EVERY:
                await take(data, arrival_time_ms=arrival_time_ms)

        transport._handle_rtp_data = kept


async def main() -> None:
    """Record and write."""
    tape = Tape()
    sender, receiver = RTCPeerConnection(), RTCPeerConnection()
    sink = MediaBlackhole()
    receiver.on("track", sink.addTrack)
    tape.sender(sender.addTrack(Flash(Clock(), 640, 360)).transport)
    await sender.setLocalDescription(await sender.createOffer())
    await receiver.setRemoteDescription(sender.localDescription)
    tape.receiver(receiver.getReceivers()[0].transport)
    await receiver.setLocalDescription(await receiver.createAnswer())
    await sender.setRemoteDescription(receiver.localDescription)
    await sink.start()
    await asyncio.sleep(SECONDS)
    await sender.close()
    await receiver.close()
    by = f"aiortc {aiortc.__version__}"
    short = [(at, shortened(data)) for at, data in tape.rtp if data[1] & 0x7F == MEDIA_TYPE]
    write("aiortc-vp8", Case(f"VP8 by {by}", {}, [(at, data) for at, data in short if data is not None][:120]))
    write("aiortc-receiver", Case(f"{by} receives VP8 on a line that loses some of it", {}, tape.rtcp))


if __name__ == "__main__":
    asyncio.run(main())
