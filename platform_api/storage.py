"""Where bytes of files are kept: a folder of this machine, or a bucket of an S3-compatible service. One behaviour.

Both are obstore's. Names are ours (`contents/{id}`, `uploads/{id}/{offset}-{random}`, `previews/{id}/{name}`), never a
person's. An object is there whole or not at all: the folder is written beside and renamed, the bucket gets multipart
uploads that are completed at the end.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import LocalStore, S3Store

from platform_api.documents.config import MIB, StorageConfig
from platform_api.errors import NotFound, StorageFull, StorageUnavailable

CHUNK = 256 * 1024
"""Bytes read from the storage at once, about."""
PART = 8 * MIB
"""Bytes of one part of a multipart upload; S3 takes 10,000 of them."""

RETRY_FOR = timedelta(seconds=20)

log = structlog.get_logger("sfera.api")


class Storage:
    """Objects by name. Every call raises StorageUnavailable where the service does not answer."""

    def __init__(self, config: StorageConfig, folder: Path, *, min_free: int = 0) -> None:
        self._folder = folder
        self._min_free = min_free
        self._local = not config.bucket
        self._config = config
        self._made: LocalStore | S3Store | None = None

    @property
    def scratch(self) -> Path:
        """Folder for files that live as long as one piece of work."""
        return self._folder / "scratch"

    def start(self) -> None:
        """Make the folder. Blocks. Raises OSError."""
        self.scratch.mkdir(parents=True, exist_ok=True, mode=0o700)
        (self._folder / "objects").mkdir(exist_ok=True, mode=0o700)

    def require_space(self, size: int) -> None:
        """Raises StorageFull where so many bytes more would fill the folder's disk.

        The database stands on the same disk, as a rule, and has to go on. A bucket has no end.
        """
        if not self._local:
            return
        found = os.statvfs(self._folder)
        if found.f_bavail * found.f_frsize < size + self._min_free:
            raise StorageFull

    async def put(self, key: str, data: bytes | bytearray) -> None:
        """Write an object. Raises StorageFull."""
        with _refusals(key):
            await obstore.put_async(self._store, key, data, use_multipart=False)

    async def put_stream(self, key: str, chunks: AsyncIterator[bytes]) -> None:
        """Write an object as it comes, with a few parts in memory. Raises StorageFull."""
        with _refusals(key):
            await obstore.put_async(self._store, key, chunks, chunk_size=PART, max_concurrency=2)

    async def stream(self, key: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes from `start` to before `end`, in pieces. Raises NotFound."""
        with _refusals(key):
            whole = start == 0 and end is None
            options: Any = None if whole else {"range": {"offset": start} if end is None else (start, end)}
            found = await obstore.get_async(self._store, key, options=options)
            async for chunk in found.stream(min_chunk_size=CHUNK):
                yield bytes(chunk)

    async def rename(self, old: str, new: str) -> None:
        """Give an object another name. Raises NotFound."""
        with _refusals(old):
            await obstore.rename_async(self._store, old, new)

    async def delete(self, keys: Iterable[str]) -> None:
        """Delete objects; that one is not there is no error."""
        for key in keys:
            with _refusals(key):
                try:
                    await obstore.delete_async(self._store, key)
                except FileNotFoundError:
                    continue

    async def names(self, prefix: str) -> list[str]:
        """The names of all objects below a prefix."""
        with _refusals(prefix):
            return [found["path"] async for batch in obstore.list(self._store, prefix) for found in batch]

    @asynccontextmanager
    async def as_file(self, key: str) -> AsyncIterator[Path]:
        """The object as a file of this machine, for programs that want one; not to be changed. Raises NotFound."""
        if self._local:
            path = self._folder / "objects" / key
            if not path.is_file():
                raise NotFound
            yield path
            return
        path = self.scratch / key.replace("/", "-")
        try:
            with path.open("wb") as file:
                async for chunk in self.stream(key):
                    await asyncio.to_thread(file.write, chunk)
            yield path
        finally:
            path.unlink(missing_ok=True)

    @property
    def _store(self) -> LocalStore | S3Store:
        if self._made is None:
            self._made = LocalStore(self._folder / "objects") if self._local else _bucket(self._config)
        return self._made


def _bucket(config: StorageConfig) -> S3Store:
    options: dict[str, Any] = {
        name: value
        for name in ("endpoint", "region", "access_key_id", "secret_access_key")
        if (value := getattr(config, name))
    }
    return S3Store(
        config.bucket,
        prefix=config.prefix or None,
        client_options={"allow_http": config.endpoint.startswith("http://"), "timeout": "60 seconds"},
        retry_config={"max_retries": config.retries, "retry_timeout": RETRY_FOR},
        **options,
    )


@contextmanager
def _refusals(key: str) -> Iterator[None]:
    """obstore's errors in our words."""
    try:
        yield
    except FileNotFoundError as error:
        raise NotFound from error
    except (BaseError, OSError) as error:
        # The folder's errors come as text; the kernel's name for a full disk or quota is in it.
        if "StorageFull" in str(error) or "QuotaExceeded" in str(error):
            raise StorageFull from error
        log.error("storage_failed", key=key, error=str(error)[:500])
        raise StorageUnavailable(retry_after=10) from error
