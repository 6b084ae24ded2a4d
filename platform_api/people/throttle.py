"""Slowing down the guessing of passwords: wrong tries are counted for each login and address together.

A school sits behind one address, so an address alone is never slowed; one login tried from one address is.
No I/O; the caller passes the time.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from dataclasses import dataclass

from interprocess.addresses import network_of

FREE_TRIES = 10
"""Wrong passwords that cost nothing but their own time."""
FIRST_WAIT = 30.0
"""Seconds the try after those must wait; each further wrong one doubles it."""
LONGEST_WAIT = 900.0
FORGET_AFTER = 3600.0
"""Seconds after the last wrong password when the count starts again."""
MAX_ENTRIES = 50_000
"""Pairs remembered. To push one out, somebody has to have as many passwords checked: hours of the server's argon2."""


@dataclass(slots=True)
class _Entry:
    wrong: int = 0
    last: float = 0.0


class Throttle:
    """Counts wrong passwords of (login, address) pairs; `now` is monotonic seconds."""

    def __init__(self, max_entries: int = MAX_ENTRIES) -> None:
        self._entries: OrderedDict[bytes, _Entry] = OrderedDict()
        self._max_entries = max_entries

    def __len__(self) -> int:
        return len(self._entries)

    def begin(self, login: str, address: str, now: float) -> float:
        """Before a password is checked: seconds to wait, or 0.0 when the try may go on.

        A try that may go on counts as wrong until `succeeded` or `withdrawn` says otherwise, so that tries sent all at
        once are counted as well as those sent one by one.
        """
        self._forget(now)
        key = _key(login, address)
        entry = self._entries.setdefault(key, _Entry())
        if entry.wrong >= FREE_TRIES:
            wait = min(FIRST_WAIT * 2.0 ** (entry.wrong - FREE_TRIES), LONGEST_WAIT)
            left = entry.last + wait - now
            if left > 0.0:
                return left
        entry.wrong += 1
        entry.last = now
        self._entries.move_to_end(key)
        while len(self._entries) > self._max_entries:
            self._entries.popitem(last=False)
        return 0.0

    def succeeded(self, login: str, address: str) -> None:
        """The password was right: the pair starts anew."""
        self._entries.pop(_key(login, address), None)

    def withdrawn(self, login: str, address: str) -> None:
        """The password was not looked at after all: the try does not count."""
        entry = self._entries.get(_key(login, address))
        if entry is not None and entry.wrong > 0:
            entry.wrong -= 1

    def _forget(self, now: float) -> None:
        while self._entries:
            key, entry = next(iter(self._entries.items()))
            if entry.last + FORGET_AFTER > now:
                break
            del self._entries[key]


def _key(login: str, address: str) -> bytes:
    return hashlib.blake2b(f"{login}\0{network_of(address)}".encode(), digest_size=16).digest()
