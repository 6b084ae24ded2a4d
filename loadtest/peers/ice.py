"""ICE of one transport towards an ICE-lite server, by aioice, on a socket of its own."""

from __future__ import annotations

import asyncio
import random
import socket
from collections.abc import Callable
from typing import Final

from aioice import Candidate, Connection
from aioice.stun import TransactionError

from signalling.messages import TransportInfo

CONSENT_SECONDS: Final = 2.5
"""Between consent checks (RFC 7675), as often as browsers send them; aioice's own are up to 6 s apart."""


class IceAgent(Connection):
    """A controlling agent with one host candidate: the address this machine would use towards the server.

    Datagrams that are not STUN go to `on_datagram` as they come.
    """

    def __init__(self, info: TransportInfo, on_datagram: Callable[[bytes], None]) -> None:
        super().__init__(ice_controlling=True)
        self._on_datagram = on_datagram
        self.set_server(info)

    def set_server(self, info: TransportInfo) -> None:
        """The server's credentials and candidates."""
        self.remote_is_lite = info.iceParameters.iceLite
        self.remote_username = info.iceParameters.usernameFragment
        self.remote_password = info.iceParameters.password
        self._server_candidates = [
            Candidate(
                foundation=candidate.foundation,
                component=1,
                transport=candidate.protocol,
                priority=candidate.priority,
                host=candidate.address or candidate.ip,
                port=candidate.port,
                type=candidate.type,
            )
            for candidate in info.iceCandidates
        ]

    async def open(self) -> None:
        """Bind a socket and check until a pair is nominated. Raises `ConnectionError`."""
        await self.gather_candidates()
        for candidate in self._server_candidates:
            await self.add_remote_candidate(candidate)
        await self.add_remote_candidate(None)
        await self.connect()

    @property
    def local_address(self) -> tuple[str, int]:
        """Address and port of the own socket."""
        candidate = self.local_candidates[0]
        return candidate.host, candidate.port

    def send_now(self, datagram: bytes) -> None:
        """Send on the nominated pair, without waiting for the loop's next turn; nothing once closed."""
        pair = self._nominated.get(1)
        if pair is not None:
            pair.protocol.transport.sendto(datagram, pair.remote_addr)

    async def get_component_candidates(self, component: int, addresses: list[str], timeout: int = 5) -> list[Candidate]:
        """Host candidates on the addresses from which the server can be reached, loopback among them."""
        reachable = {_source_address(candidate.host, candidate.port) for candidate in self._server_candidates}
        wanted = sorted(address for address in reachable if address is not None)
        return await super().get_component_candidates(component, wanted, timeout)

    async def query_consent(self) -> None:
        """Consent checks at a browser's rate. When some fail, closing is still the caller's business."""
        assert self.remote_password is not None
        while True:
            await asyncio.sleep(CONSENT_SECONDS * random.uniform(0.8, 1.2))
            for pair in list(self._nominated.values()):
                request = self.build_request(pair, nominate=False)
                try:
                    await pair.protocol.request(
                        request, pair.remote_addr, integrity_key=self.remote_password.encode(), retransmissions=0
                    )
                except TransactionError:
                    continue

    def data_received(self, data: bytes, component: int) -> None:
        """Called by aioice for everything that is not STUN."""
        self._on_datagram(data)


def _source_address(host: str, port: int) -> str | None:
    """The local address the kernel would send from; None where there is no route."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((host, port))
        except OSError:
            return None
        return str(probe.getsockname()[0])
