"""aiortc publishes over WHIP and receives over WHEP: what was sent is decoded and counted."""

from __future__ import annotations

import pytest
from aiortc import rtcdtlstransport

from tests.interop.media import MediaProcess
from tests.interop.standard import at, loopback, publishing, watching

__all__ = ["loopback"]
pytestmark = pytest.mark.usefixtures("loopback")


@pytest.mark.parametrize("profile", ["SRTP_AEAD_AES_128_GCM", "SRTP_AES128_CM_SHA1_80"])
async def test_whip_to_whep(shared_media_process: MediaProcess, profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtcdtlstransport, "SRTP_PROFILES", [getattr(rtcdtlstransport, profile)])
    async with at(shared_media_process) as standard:
        room = await standard.open_room()
        async with publishing(standard, room), watching(standard, room) as viewer:
            await viewer.decoded(audio=50, video=25)
            assert viewer.sizes == {(160, 120)}
            dtls = viewer.connection.getReceivers()[0].transport._ssl
            assert dtls is not None and dtls.get_selected_srtp_profile() == profile.encode()
