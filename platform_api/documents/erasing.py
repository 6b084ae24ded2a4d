"""What goes of an erased person's files, and what of them stays with a school, under an id that leads to nobody."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.articles.writing import drop_drafts
from platform_api.documents.filing import delete_files
from platform_api.documents.uploads import drop_upload
from platform_api.memberships.change import Change
from platform_api.schema import files, folders, likes, uploads

KEPT = "documents, videos, articles and albums posted in a school, by the id"


async def erase_files(change: Change, person_id: str) -> dict[str, int]:
    """Delete a person's own cloud, uploads, drafts and likes; how much that was, by what."""
    conn = change.conn
    own = sa.and_(files.c.owner_id == person_id, files.c.school_id.is_(None))
    counts = {"files of the own cloud": await delete_files(change, own)}
    own_folders = sa.and_(folders.c.owner_id == person_id, folders.c.school_id.is_(None))
    counts["folders"] = (await conn.execute(sa.delete(folders).where(own_folders))).rowcount
    unfinished = (await conn.scalars(sa.select(uploads.c.id).where(uploads.c.owner_id == person_id))).all()
    for upload_id in unfinished:
        await drop_upload(conn, upload_id, change.now)
    counts["uploads"] = len(unfinished)
    counts["drafts"] = await drop_drafts(change, person_id)
    counts["likes"] = (await conn.execute(sa.delete(likes).where(likes.c.person_id == person_id))).rowcount
    return counts
