"""One transport of a participant: ICE, then DTLS, then SRTP, on one socket of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable

import msgspec
from aiortc.rtp import is_rtcp

from loadtest.peers.dtls import DtlsClient, DtlsError, Identity, SrtpKeys
from loadtest.peers.ice import IceAgent
from loadtest.peers.srtp import Srtp, SrtpError
from sfu.parameters import IceParameters
from signalling.messages import TransportInfo


class Transport:
    """Call `connect`; then decrypted packets go to `on_rtp` and `on_rtcp`.

    `counts` has what came: "rtp", "rtcp", "dtls", "undecryptable" and "early" (media before the keys).
    """

    def __init__(
        self,
        info: TransportInfo,
        identity: Identity,
        profiles: tuple[str, ...],
        on_rtp: Callable[[bytes], None],
        on_rtcp: Callable[[bytes], None],
    ) -> None:
        self.info = info
        self.counts: Counter[str] = Counter()
        self.keys: SrtpKeys | None = None
        self.srtp: Srtp | None = None
        self.ice = IceAgent(info, self._on_datagram)
        self.dtls = DtlsClient(identity, profiles)
        self.tamper: Callable[[bytes], list[bytes]] | None = None
        """Given the next encrypted RTP datagram, once: what is sent in its place. For tests that repeat or bend one."""
        self._on_rtp = on_rtp
        self._on_rtcp = on_rtcp
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._secure: asyncio.Future[None] = self._loop.create_future()
        # Nobody may be waiting when the server refuses.
        self._secure.add_done_callback(lambda future: future.cancelled() or future.exception())

    async def connect(self, timeout: float = 15.0) -> None:
        """ICE checks, then the handshake. Raises `ConnectionError`, `DtlsError` or `TimeoutError`."""
        async with asyncio.timeout(timeout):
            await self.ice.open()
            self._send_all(self.dtls.start(self._loop.time()))
            await self._secure

    async def restart(self, credentials: IceParameters, timeout: float = 15.0) -> None:
        """Restart ICE with the server's new credentials on a new socket, as after a change of network (RFC 8445
        section 2.4). DTLS and SRTP go on. The old socket closes when the new one is in use."""
        self.info = msgspec.structs.replace(self.info, iceParameters=credentials)
        agent = IceAgent(self.info, self._on_datagram)
        async with asyncio.timeout(timeout):
            await agent.open()
        old, self.ice = self.ice, agent
        await old.close()

    @property
    def failure(self) -> BaseException | None:
        """Why the handshake failed, if it did."""
        return self._secure.exception() if self._secure.done() and not self._secure.cancelled() else None

    def send_rtp(self, packet: bytes) -> None:
        """Encrypt and send an RTP packet; nothing happens while not connected."""
        if self.srtp is not None:
            datagrams = [self.srtp.protect_rtp(packet)]
            if self.tamper is not None:
                tamper, self.tamper = self.tamper, None
                datagrams = tamper(datagrams[0])
            for datagram in datagrams:
                self.ice.send_now(datagram)

    def send_rtcp(self, packet: bytes) -> None:
        """Encrypt and send an RTCP packet; nothing happens while not connected."""
        if self.srtp is not None:
            self.ice.send_now(self.srtp.protect_rtcp(packet))

    def send_raw(self, datagram: bytes) -> None:
        """Send bytes as they are, from this transport's address."""
        self.ice.send_now(datagram)

    async def close(self, *, goodbye: bool = True) -> None:
        """Leave, with a close_notify unless `goodbye` is false."""
        farewell = self.dtls.close()
        self._send_all(farewell if goodbye else [])
        self.srtp = None
        if not self._secure.done():
            self._secure.cancel()
        await self.ice.close()

    def _on_datagram(self, datagram: bytes) -> None:
        """Sort by the first byte (RFC 7983)."""
        first = datagram[0] if datagram else 0
        if 20 <= first <= 63:
            self.counts["dtls"] += 1
            self._on_dtls(datagram)
        elif 128 <= first <= 191:
            self._on_media(datagram)

    def _on_media(self, datagram: bytes) -> None:
        srtp = self.srtp
        if srtp is None:
            self.counts["early"] += 1
            return
        rtcp = is_rtcp(datagram)
        try:
            packet = srtp.unprotect_rtcp(datagram) if rtcp else srtp.unprotect_rtp(datagram)
        except SrtpError:
            self.counts["undecryptable"] += 1
            return
        self.counts["rtcp" if rtcp else "rtp"] += 1
        (self._on_rtcp if rtcp else self._on_rtp)(packet)

    def _on_dtls(self, datagram: bytes) -> None:
        try:
            self._send_all(self.dtls.receive(datagram, self._loop.time()))
        except DtlsError as error:
            self._fail(error)
            return
        if self.dtls.connected and self.keys is None:
            named = {f.value.upper() for f in self.info.dtlsParameters.fingerprints if f.algorithm == "sha-256"}
            if self.dtls.server_fingerprint() not in named:
                self._fail(DtlsError("the server's certificate is not the one it named"))
                return
            self.keys = self.dtls.keys()
            self.srtp = Srtp(self.keys)
            if not self._secure.done():
                self._secure.set_result(None)

    def _fail(self, error: DtlsError) -> None:
        if not self._secure.done():
            self._secure.set_exception(error)

    def _send_all(self, datagrams: list[bytes]) -> None:
        for datagram in datagrams:
            self.ice.send_now(datagram)
        if self._timer is not None:
            self._timer.cancel()
        due = self.dtls.timer()
        self._timer = None if due is None else self._loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        try:
            self._send_all(self.dtls.handle_timer(self._loop.time()))
        except DtlsError as error:
            self._fail(error)
