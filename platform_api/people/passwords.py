"""Passwords: argon2id (RFC 9106) in threads of their own."""

from __future__ import annotations

import asyncio
import os
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError

from platform_api.errors import Busy

MEMORY_KIB = 19 * 1024
PASSES = 2
LANES = 1
MAX_WAITING = 200
"""Sign-ins that may wait for a thread: more than a school hour brings at once, some seconds of work."""


class Passwords:
    """Makes and checks password hashes without holding up the event loop. argon2 releases the GIL while it works."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=PASSES, memory_cost=MEMORY_KIB, parallelism=LANES, type=Type.ID)
        self._threads = ThreadPoolExecutor(max_workers=min(4, os.cpu_count() or 1), thread_name_prefix="argon2")
        self._waiting = 0
        self._nobodys = self._hasher.hash("no person has this password")

    async def hash(self, password: str) -> str:
        """The password's hash with a new salt, to be stored."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._hasher.hash, normal(password))

    async def verify(self, stored: str | None, password: str) -> bool:
        """Whether the password belongs to the hash. None (no such person) costs the same time and is False.

        Raises Busy when too many wait already.
        """
        if self._waiting >= MAX_WAITING:
            raise Busy(retry_after=2)
        self._waiting += 1
        try:
            loop = asyncio.get_running_loop()
            right = await loop.run_in_executor(self._threads, self._check, stored or self._nobodys, normal(password))
        finally:
            self._waiting -= 1
        return right and stored is not None

    def outdated(self, stored: str) -> bool:
        """Whether the hash was made with other costs than today's and should be made anew."""
        return self._hasher.check_needs_rehash(stored)

    def close(self) -> None:
        """Let the threads go."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _check(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False


def normal(password: str) -> str:
    """One form for all keyboards: a phone may send a composed letter where a computer sends two (NFC)."""
    return unicodedata.normalize("NFC", password)
