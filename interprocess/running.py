"""How every process begins and ends: its TLS certificate, and serving until it is told to stop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import ssl
from collections.abc import Callable
from typing import Protocol


class Server(Protocol):
    """What a process serves with."""

    async def start(self) -> None:
        """Listen. Raises OSError when an address is taken."""

    async def stop(self) -> None:
        """End everything that was started, whether all of it was or not."""


def tls_context(certificate: str, key: str) -> ssl.SSLContext | None:
    """TLS 1.2 and newer with this certificate chain (PEM files); None when no certificate is named. Raises OSError and
    ssl.SSLError."""
    if not certificate or not key:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certificate, key)
    return context


async def serve(make: Callable[[], Server], started: Callable[[], None] = lambda: None) -> None:
    """Make a server on the running loop and serve until SIGTERM or SIGINT. `started` is called when it listens."""
    server = make()
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopped.set)
    try:
        await server.start()
        started()
        await stopped.wait()
    finally:
        with contextlib.suppress(asyncio.CancelledError):
            await server.stop()
