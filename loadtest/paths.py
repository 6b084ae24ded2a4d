"""A participant's path brought up on a plain socket: an ICE check, the DTLS handshake, and then the engine may have it.

The participant is the controlling agent and the DTLS client. It nominates the first of the server's addresses that
answers (RFC 8445 section 8.1.1), and answers checks of servers that are no ICE-lite agents. STUN messages are aioice's.
"""

from __future__ import annotations

import asyncio
import secrets
import socket
import struct
from dataclasses import dataclass
from typing import Final, Self

from aioice import stun

from loadtest.figures import Ice
from loadtest.peers.dtls import DtlsClient, DtlsError, Identity, SrtpKeys
from signalling.messages import TransportInfo

RECEIVE_BUFFER: Final = 4 << 20
"""Bytes asked for: 3,640 packets of 1200 bytes; the default holds 184."""
CHECK_SECONDS: Final = (0.05, 0.1, 0.2, 0.4, 0.8)
"""Waits for an answer to a check before it is sent again, to each address."""
_SO_RCVBUFFORCE: Final = 33
_PRIORITY: Final = 1853693695  # of a peer-reflexive candidate (RFC 8445 section 5.1.2)


class PathError(Exception):
    """The server could not be reached, or it refused the handshake."""


@dataclass(frozen=True)
class Credentials:
    """The participant's half of the short-term credentials (RFC 8445 section 5.3)."""

    ufrag: str
    password: str

    @classmethod
    def new(cls) -> Self:
        """Random ones."""
        return cls(secrets.token_hex(4), secrets.token_hex(16))


@dataclass(frozen=True)
class Path:
    """What the engine's `add_line` takes. The socket is connected to the server, and the caller's to close."""

    sock: socket.socket
    ice: Ice
    keys: SrtpKeys

    def close(self) -> None:
        """Close the socket, without a word to the server."""
        self.sock.close()


async def connect(
    info: TransportInfo,
    identity: Identity,
    profiles: tuple[str, ...],
    *,
    credentials: Credentials | None = None,
    timeout: float = 15.0,
) -> Path:
    """Bring up the path that a server described. `profiles` are the SRTP profiles offered; `credentials` are given
    where the server was told them before. Raises `PathError`."""
    own = credentials or Credentials.new()
    ice = Ice(own.ufrag, own.password, info.iceParameters.usernameFragment, info.iceParameters.password)
    sock: socket.socket | None = None
    try:
        async with asyncio.timeout(timeout):
            sock = await _reach(info, ice)
            return Path(sock, ice, await _shake_hands(sock, ice, info, DtlsClient(identity, profiles)))
    except BaseException as error:
        if sock is not None:
            sock.close()
        if isinstance(error, TimeoutError):
            raise PathError(f"no handshake within {timeout:.0f} s") from error
        if isinstance(error, DtlsError | OSError):
            raise PathError(str(error)) from error
        raise


async def _reach(info: TransportInfo, ice: Ice) -> socket.socket:
    """A socket connected to the first candidate that answers, the one of highest priority first."""
    refused = "the server named no address"
    for candidate in sorted(info.iceCandidates, key=lambda candidate: -candidate.priority):
        host = candidate.address or candidate.ip
        sock = _open(host)
        try:
            sock.connect((host, candidate.port))
            if await _check(sock, ice):
                return sock
            refused = f"{host} port {candidate.port} does not answer ICE checks"
        except OSError as error:
            refused = f"{host} port {candidate.port}: {error}"
        except BaseException:
            sock.close()
            raise
        sock.close()
    raise PathError(refused)


def _open(host: str) -> socket.socket:
    sock = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    sock.setblocking(False)
    try:
        sock.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, RECEIVE_BUFFER)
    except PermissionError:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
    return sock


async def _check(sock: socket.socket, ice: Ice) -> bool:
    """Nominate this pair; false when no answer comes. Raises `OSError` when the address refuses."""
    loop = asyncio.get_running_loop()
    request = _request(ice)
    for wait in CHECK_SECONDS:
        sock.send(bytes(request))
        try:
            async with asyncio.timeout(wait):
                while not _is_answer(datagram := await loop.sock_recv(sock, 2048), request, ice):
                    _answer(sock, datagram, ice)
                return True
        except TimeoutError:
            continue
    return False


def _request(ice: Ice) -> stun.Message:
    request = stun.Message(stun.Method.BINDING, stun.Class.REQUEST)
    request.attributes = {
        "USERNAME": f"{ice.remote_ufrag}:{ice.local_ufrag}",
        "PRIORITY": _PRIORITY,
        "ICE-CONTROLLING": secrets.randbits(64),
        "USE-CANDIDATE": None,
    }
    request.add_message_integrity(ice.remote_password.encode())
    return request


def _is_answer(datagram: bytes, request: stun.Message, ice: Ice) -> bool:
    message = _parse(datagram)
    return (
        message is not None
        and message.message_class is stun.Class.RESPONSE
        and message.transaction_id == request.transaction_id
        and message.check_message_integrity(ice.remote_password.encode())
    )


def _answer(sock: socket.socket, datagram: bytes, ice: Ice) -> None:
    """Answer a check of the server's, if it is one (RFC 8445 section 7.3)."""
    message = _parse(datagram)
    if (
        message is None
        or message.message_class is not stun.Class.REQUEST
        or not message.check_message_integrity(ice.local_password.encode())
    ):
        return
    response = stun.Message(stun.Method.BINDING, stun.Class.RESPONSE, message.transaction_id)
    response.attributes["XOR-MAPPED-ADDRESS"] = sock.getpeername()[:2]
    response.add_message_integrity(ice.local_password.encode())
    sock.send(bytes(response))


def _parse(datagram: bytes) -> stun.Message | None:
    """A STUN message; None for everything else."""
    if not datagram or datagram[0] > 3:
        return None
    try:
        return stun.parse_message(datagram)
    except (ValueError, struct.error):
        return None


async def _shake_hands(sock: socket.socket, ice: Ice, info: TransportInfo, dtls: DtlsClient) -> SrtpKeys:
    """The keys. The other end has the certificate that the server named. Raises `DtlsError`, `OSError`."""
    loop = asyncio.get_running_loop()
    _send_all(sock, dtls.start(loop.time()))
    while not dtls.connected:
        try:
            async with asyncio.timeout_at(dtls.timer()):
                datagram = await loop.sock_recv(sock, 4096)
        except TimeoutError:
            # The pair is nominated again: a server may have answered before it had taken in who would ask (Janus does).
            sock.send(bytes(_request(ice)))
            _send_all(sock, dtls.handle_timer(loop.time()))
            continue
        if datagram and 20 <= datagram[0] <= 63:  # RFC 7983
            _send_all(sock, dtls.receive(datagram, loop.time()))
        else:
            _answer(sock, datagram, ice)
    named = {(f.algorithm, f.value.upper()) for f in info.dtlsParameters.fingerprints}
    if not any(dtls.server_fingerprint(algorithm) == value for algorithm, value in named):
        raise DtlsError("the server's certificate is not the one it named")
    return dtls.keys()


def _send_all(sock: socket.socket, datagrams: list[bytes]) -> None:
    for datagram in datagrams:
        sock.send(datagram)
