"""GOST R 34.10-2012 signatures (256 bit), by a signer that can be exchanged.

Who runs Sfera against the real ESIA needs certified cryptography: their signer stands behind `Signer`. The one that
ships runs `openssl` with the gost engine as a process of its own, a few at a time and never for long.
"""

from __future__ import annotations

import asyncio
import os
from typing import Protocol

from platform_api.sign_in.provider import Unavailable

SIGNATURE_BYTES = 64
SECONDS = 5.0
AT_ONCE = 4


class Signer(Protocol):
    """Signs and verifies; signatures are 64 raw bytes, no PKCS#7 around them."""

    async def sign(self, data: bytes) -> bytes:
        """Our signature. Raises Unavailable."""

    async def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether this is the provider's signature. Raises Unavailable."""


class OpensslSigner:
    """`openssl dgst -engine gost`.

    Args:
        key: path of our private key, PEM.
        token_key: path of the provider's public key, PEM.
        openssl: the program.
        own_reversed, token_reversed: the bytes of ours, or of the provider's signatures come in the other order.
    """

    def __init__(
        self,
        key: str,
        token_key: str,
        *,
        openssl: str = "openssl",
        own_reversed: bool = False,
        token_reversed: bool = False,
    ) -> None:
        self._key, self._token_key, self._openssl = key, token_key, openssl
        self._own_reversed, self._token_reversed = own_reversed, token_reversed
        self._slots = asyncio.Semaphore(AT_ONCE)

    async def sign(self, data: bytes) -> bytes:
        """Our signature over `data`. Raises Unavailable when the program fails or takes too long."""
        status, signature = await self._run(["-sign", self._key], data)
        if status != 0 or len(signature) != SIGNATURE_BYTES:
            raise Unavailable(f"openssl did not sign (status {status})")
        return signature[::-1] if self._own_reversed else signature

    async def verify(self, data: bytes, signature: bytes) -> bool:
        """Whether the provider signed `data`. Raises Unavailable when the program takes too long."""
        if len(signature) != SIGNATURE_BYTES:
            return False
        file = os.memfd_create("signature")
        try:
            os.write(file, signature[::-1] if self._token_reversed else signature)
            status, _ = await self._run(
                ["-verify", self._token_key, "-signature", f"/proc/self/fd/{file}"], data, pass_file=file
            )
        finally:
            os.close(file)
        return status == 0

    async def _run(self, arguments: list[str], data: bytes, pass_file: int | None = None) -> tuple[int, bytes]:
        async with self._slots:
            try:
                process = await asyncio.create_subprocess_exec(
                    *(self._openssl, "dgst", "-engine", "gost", "-md_gost12_256", *arguments),
                    stdin=asyncio.subprocess.PIPE,
                    stdout=asyncio.subprocess.PIPE,
                    stderr=asyncio.subprocess.DEVNULL,
                    pass_fds=() if pass_file is None else (pass_file,),
                )
            except OSError as error:
                raise Unavailable(f"openssl does not start: {error.strerror}") from error
            try:
                async with asyncio.timeout(SECONDS):
                    output, _ = await process.communicate(data)
            except TimeoutError as error:
                raise Unavailable("openssl takes too long") from error
            finally:
                if process.returncode is None:
                    process.kill()
                    await process.wait()
            return process.returncode or 0, output
