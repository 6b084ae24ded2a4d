"""Which pieces this process receives now: one of an upload at a time, and so many in all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from platform_api.errors import UploadLocked, UploadsBusy


class Receiving:
    """Uploads whose piece is being received."""

    def __init__(self, at_once: int) -> None:
        self._at_once = at_once
        self._uploads: set[str] = set()

    @property
    def busy(self) -> bool:
        """Whether any piece is being received."""
        return bool(self._uploads)

    @contextmanager
    def alone(self, upload_id: str) -> Iterator[None]:
        """Nobody else sends a piece of this upload meanwhile. Raises UploadLocked, UploadsBusy."""
        if upload_id in self._uploads:
            raise UploadLocked(retry_after=1)
        if len(self._uploads) >= self._at_once:
            raise UploadsBusy(retry_after=2)
        self._uploads.add(upload_id)
        try:
            yield
        finally:
            self._uploads.discard(upload_id)
