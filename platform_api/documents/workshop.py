"""What is done about files beside the calls: uploads finished, previews made, bytes deleted, the trash emptied.

A few tasks take work from the queue (`work`), each only of some kinds, so that a long video holds up no upload.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta

import sqlalchemy as sa
import structlog
from aiohttp import web

from interprocess.tasks import end
from platform_api.documents import filing, uploads
from platform_api.documents.clamd import Clamd, ScannerUnavailable
from platform_api.documents.finishing import finish_upload, give_up
from platform_api.documents.work import (
    MAX_TRIES,
    Work,
    WorkKind,
    claim,
    finish,
    is_due,
    postpone,
    release_all,
    renew,
    waiting,
)
from platform_api.errors import StorageUnavailable
from platform_api.memberships.change import Change
from platform_api.previews.making import give_up_previews, make_previews, make_rendition
from platform_api.schema import contents
from platform_api.services import Services

POLL_SECONDS = 5.0
"""How late work of another process, or work that failed before, is seen."""
ROUND_SECONDS = 300.0
LEASE = timedelta(seconds=60)
RENEWED_SECONDS = 20.0

log = structlog.get_logger("sfera.api")


class Workshop:
    """The tasks. `start` and `stop` once."""

    def __init__(self, parts: Services) -> None:
        limits = parts.config.documents
        self._parts = parts
        self._clamd = Clamd(limits.clamd) if limits.clamd else None
        self._changed = asyncio.Event()
        self._waited: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._benches: list[Sequence[WorkKind]] = [("finish", "drop")] * 2
        self._benches += [("preview",)] * limits.preview_workers
        if limits.preview_workers:
            self._benches.append(("video",))

    async def start(self) -> None:
        """Begin. Raises OSError where the folder cannot be made."""
        parts = self._parts
        await asyncio.to_thread(parts.storage.start)
        if not parts.config.bus_url:
            async with parts.db.write() as conn:
                await release_all(conn, parts.now())
        for kinds in self._benches:
            self._tasks.append(asyncio.create_task(self._work(kinds), name=f"files-{kinds[0]}"))
        self._tasks.append(asyncio.create_task(self._rounds(), name="files-rounds"))

    async def stop(self) -> None:
        """End; what is under way is begun anew by whoever starts next."""
        await end(*self._tasks)

    def wake(self) -> None:
        """There is work."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def wait_for(self, upload_id: str, seconds: float) -> None:
        """Wait until an upload is over, if that does not take longer."""
        over = self._waited.setdefault(upload_id, asyncio.Event())
        try:
            async with self._parts.db.read() as conn:
                found = await uploads.read_upload(conn, upload_id)
            if found is not None and found.state == "received":
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(seconds):
                        await over.wait()
        finally:
            self._waited.pop(upload_id, None)

    async def round(self) -> None:
        """Delete for good what has been in the trash long enough, and give up uploads that nobody goes on with."""
        parts = self._parts
        now = parts.now()
        before = now - timedelta(days=parts.config.documents.trash_days)
        while True:
            async with parts.db.write() as conn:
                if await filing.purge_trash(Change(conn, None, now), before) < filing.AT_ONCE:
                    break
        async with parts.db.write() as conn:
            for upload_id in await uploads.expired_uploads(conn, now):
                await uploads.drop_upload(conn, upload_id, now)
        async with parts.db.read() as conn:
            counts = await waiting(conn)
        for kind in ("finish", "preview", "video", "drop"):
            parts.metrics.file_work.labels(kind).set(counts.get(kind, 0))
        self.wake()

    async def do_next(self, kinds: Sequence[WorkKind]) -> bool:
        """Do what waits longest; whether there was anything."""
        parts = self._parts
        now = parts.now()
        async with parts.db.read() as conn:
            if not await is_due(conn, kinds, now):
                return False
        async with parts.db.write() as conn:
            work = await claim(conn, kinds, now, LEASE)
        if work is None:
            return False
        renewing = asyncio.create_task(self._renew(work))
        try:
            await self._do(work)
        except Exception as error:
            await self._failed(work, error)
            return True
        finally:
            renewing.cancel()
        async with parts.db.write() as conn:
            await finish(conn, work)
        self._over(work)
        return True

    async def _do(self, work: Work) -> None:
        parts = self._parts
        match work.kind:
            case "finish":
                await finish_upload(parts, self._clamd, work.subject_id)
                self.wake()  # there may be a preview to make
            case "preview":
                if await make_previews(parts, work.subject_id):
                    self.wake()
            case "video":
                await make_rendition(parts, work.subject_id)
            case "drop":
                await drop_objects(parts, work.subject_id)

    async def _renew(self, work: Work) -> None:
        while True:
            await asyncio.sleep(RENEWED_SECONDS)
            async with self._parts.db.write() as conn:
                await renew(conn, work, self._parts.now(), LEASE)

    async def _failed(self, work: Work, error: Exception) -> None:
        parts = self._parts
        unavailable = isinstance(error, StorageUnavailable | ScannerUnavailable)
        if unavailable:
            log.warning("file_work_postponed", kind=work.kind, subject=work.subject_id, error=str(error)[:300])
        else:
            log.error("file_work_failed", kind=work.kind, subject=work.subject_id, exc_info=error)
        parts.metrics.file_work_failures.labels(work.kind).inc()
        # What is deleted is tried for ever: nothing waits for it.
        if work.tries < MAX_TRIES or work.kind == "drop":
            async with parts.db.write() as conn:
                await postpone(conn, work, parts.now())
            return
        if work.kind == "finish":
            code = "scan_failed" if isinstance(error, ScannerUnavailable) else "storage_unavailable"
            await give_up(parts, work.subject_id, code)
        elif work.kind == "preview":
            await give_up_previews(parts, work.subject_id)
        async with parts.db.write() as conn:
            await finish(conn, work)
        self._over(work)

    def _over(self, work: Work) -> None:
        if work.kind == "finish" and (waited := self._waited.get(work.subject_id)) is not None:
            waited.set()

    async def _work(self, kinds: Sequence[WorkKind]) -> None:
        while True:
            changed = self._changed
            if await _unharmed(lambda: self.do_next(kinds)):
                continue
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(POLL_SECONDS):
                    await changed.wait()

    async def _rounds(self) -> None:
        while True:
            await _unharmed(self.round)
            await asyncio.sleep(ROUND_SECONDS)


async def drop_objects(parts: Services, subject_id: str) -> None:
    """Delete the bytes of an upload; and those of the content of that id, if it is no more."""
    async with parts.db.read() as conn:
        kept = await conn.scalar(sa.select(contents.c.id).where(contents.c.id == subject_id))
    names = await parts.storage.names(f"uploads/{subject_id}/")
    if kept is None:
        names += [f"contents/{subject_id}", *await parts.storage.names(f"previews/{subject_id}/")]
    await parts.storage.delete(names)


async def _unharmed(call: Callable[[], Awaitable[bool | None]]) -> bool:
    """What the call returns; False when it failed, which is said and harms nobody else."""
    try:
        return bool(await call())
    except Exception:
        log.exception("file_work_failed")
        return False


WORKSHOP: web.AppKey[Workshop] = web.AppKey("workshop", Workshop)
