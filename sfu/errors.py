"""What the media node refuses. Codes are stable: pages and operators see them (docs/signalling.md lists them)."""

from __future__ import annotations


class Refused(Exception):
    """A request that cannot be granted. Nothing was changed.

    `code` is stable and in snake case, `message` is one English sentence for whoever reads logs. After a `fatal`
    refusal the socket it was asked on closes.
    """

    def __init__(self, code: str, message: str, *, fatal: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fatal = fatal
