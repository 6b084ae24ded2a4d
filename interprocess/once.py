"""Memory of tokens that were used, so that each works once."""

from __future__ import annotations

from collections import OrderedDict

MAX_REMEMBERED = 100_000
"""Tokens remembered at once. All of them were signed by the platform, so nobody else can fill it."""


class Crowded(Exception):
    """More tokens are alive than can be remembered."""


class UsedOnce:
    """Remembers token ids until the tokens expire; times are Unix seconds."""

    def __init__(self, limit: int = MAX_REMEMBERED) -> None:
        self._used: OrderedDict[str, float] = OrderedDict()
        self._limit = limit

    def __len__(self) -> int:
        return len(self._used)

    def take(self, token_id: str, expires_at: float, now: float) -> bool:
        """Use a token. Tells whether this was the first time. Raises `Crowded` rather than forget a live one."""
        while self._used and next(iter(self._used.values())) < now:
            self._used.popitem(last=False)
        if token_id in self._used:
            return False
        if len(self._used) >= self._limit:
            raise Crowded
        self._used[token_id] = expires_at
        return True
