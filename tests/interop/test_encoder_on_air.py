"""From WHIP to the packager: an encoder's H264 goes out as it came in, a page's picture is encoded."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path

import msgspec
import pytest
import structlog
from aiortc import RTCRtpSender

from hls.config import HlsConfig
from hls.server import HlsServer
from sfu.tap import TapDescription
from tests.interop.media import MediaProcess
from tests.interop.standard import Client, Picture, Tone, at, loopback

__all__ = ["loopback"]

WAIT = 30.0


@pytest.mark.slow
@pytest.mark.usefixtures("loopback")
@pytest.mark.parametrize(("codec", "passed"), [("video/H264", True), ("video/VP8", False)])
async def test_an_encoder_goes_on_air(media_process: MediaProcess, tmp_path: Path, codec: str, *, passed: bool) -> None:
    config = HlsConfig(
        port=0, control_port=0, data_dir=str(tmp_path / "hls"), control_key=str(tmp_path / "keys" / "api.pub.pem"),
        video_height=180, segment_seconds=2,
    )  # fmt: skip
    server = HlsServer(config, structlog.get_logger())
    await server.start()
    try:
        async with at(media_process) as standard:
            room = await standard.open_room()
            broadcast = await server.registry.open(secrets.token_hex(8), "Open day")
            wish = {"id": broadcast.id, "host": broadcast.rtp_host, "port": broadcast.rtp_port}
            tap = msgspec.convert(await standard.control("POST", f"/rooms/{room}/taps", wish), TapDescription)
            await broadcast.set_tap(tap)
            client = Client(standard, "whip", room, standard.key(room))
            client.connection.addTransceiver(Tone(), "sendonly")
            video = client.connection.addTransceiver(Picture(), "sendonly")
            own = RTCRtpSender.getCapabilities("video").codecs
            video.setCodecPreferences([one for one in own if one.mimeType == codec])
            await client.start()
            try:
                async with asyncio.timeout(WAIT):
                    wanted = "passed" if passed else "pictures_out"
                    while broadcast.counts[wanted] < 100 or broadcast.counts["pictures_in"] < 200:  # noqa: ASYNC110
                        await asyncio.sleep(0.05)
                assert broadcast.counts["notices"] > 0
                assert bool(broadcast.counts["passed"]) == passed
                assert broadcast.counts["garbage"] == broadcast.counts["ssrc"] == 0
                assert not broadcast.refused
                assert broadcast.latency is not None
            finally:
                await client.close()
    finally:
        await server.stop()
