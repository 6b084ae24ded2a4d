"""Files, where they stand and who was given them; articles, what is said about them, albums; uploads; work that waits.

A file is a name in one place; what it holds is its content, which several files may share. A place is a person's own
cloud (no school), a school, or a class of it, and within that a section.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from platform_api.clock import new_id
from platform_api.tables.base import Document, Moment, folded_name, metadata, version

SECTIONS = "'documents', 'videos', 'albums', 'articles', 'attachments'"


def _place() -> list[Any]:
    """Columns and constraints that say where something stands."""
    return [
        sa.Column("owner_id", sa.ForeignKey("people.id"), nullable=False, comment="who put it there"),
        sa.Column("school_id", sa.ForeignKey("schools.id"), comment="empty: the owner's own cloud"),
        sa.Column("class_id", sa.String(64)),
        # A class of another school cannot be named: the pair must exist.
        sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
        sa.CheckConstraint("class_id IS NULL OR school_id IS NOT NULL", name="class_id"),
    ]


contents = sa.Table(
    "contents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, comment="also its name in the storage"),
    sa.Column("size", sa.BigInteger, nullable=False, comment="bytes"),
    sa.Column("sha256", sa.LargeBinary(32), nullable=False, comment="its ETag"),
    sa.Column("media_type", sa.String(100), nullable=False, comment="by what it holds, not by its name"),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("width", sa.Integer),
    sa.Column("height", sa.Integer),
    sa.Column("duration", sa.Integer, comment="milliseconds"),
    sa.Column("pages", sa.Integer),
    sa.Column("previews", sa.String(16), nullable=False, comment="waiting, ready, none"),
    sa.Column("created_at", Moment, nullable=False),
    sa.CheckConstraint("previews IN ('waiting', 'ready', 'none')", name="previews"),
)

previews = sa.Table(
    "previews",
    metadata,
    sa.Column("content_id", sa.ForeignKey("contents.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(32), primary_key=True, comment="small, medium, large, page-1, poster, video"),
    sa.Column("media_type", sa.String(100), nullable=False),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("width", sa.Integer, nullable=False),
    sa.Column("height", sa.Integer, nullable=False),
)

folders = sa.Table(
    "folders",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    *_place(),
    sa.Column("section", sa.String(16), nullable=False),
    sa.Column("parent_id", sa.ForeignKey("folders.id"), index=True),
    sa.Column("name", sa.String(120), nullable=False),
    folded_name(),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("trashed_at", Moment, index=True),
    sa.Column("trashed_with", sa.String(64), comment="the folder with which it went to the trash"),
    version(),
    sa.CheckConstraint("section IN ('documents', 'videos')", name="section"),
    sa.Index("ix_folders_school_id", "school_id", "class_id"),
    sa.Index("ix_folders_owner_id", "owner_id"),
)

albums = sa.Table(
    "albums",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    *_place(),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("about", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("created_at", Moment, nullable=False),
    version(),
    sa.CheckConstraint("school_id IS NOT NULL", name="school_id"),
    sa.Index("ix_albums_school_id", "school_id", "class_id", "created_at"),
    sa.Index("ix_albums_owner_id", "owner_id"),
)

articles = sa.Table(
    "articles",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    *_place(),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("blocks", Document, nullable=False, comment="articles.document: typed blocks, never HTML"),
    sa.Column("words", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("published_at", Moment, comment="empty: a draft, seen by those who may edit it"),
    version(),
    sa.CheckConstraint("school_id IS NOT NULL", name="school_id"),
    sa.Index("ix_articles_school_id", "school_id", "class_id", "published_at"),
    sa.Index("ix_articles_owner_id", "owner_id"),
)

comments = sa.Table(
    "comments",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("article_id", sa.ForeignKey("articles.id", ondelete="CASCADE"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False, comment="1, 2, 3 on its article: their order"),
    sa.Column("author_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column(
        "client_id", sa.String(64), nullable=False, comment="the author's own name for it: sent twice, it is one"
    ),
    sa.Column("at", Moment, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column(
        "flagged",
        sa.Boolean,
        nullable=False,
        default=False,
        server_default=sa.false(),
        comment="holds a word of the school's list that is to be looked at",
    ),
    sa.Column("deleted_at", Moment, comment="nobody is shown it since, and its text is gone"),
    sa.Column("deleted_by", sa.ForeignKey("people.id")),
    sa.UniqueConstraint("article_id", "number"),
    sa.UniqueConstraint("author_id", "client_id"),
)

likes = sa.Table(
    "likes",
    metadata,
    sa.Column("kind", sa.String(16), primary_key=True, comment="article, album"),
    sa.Column("subject_id", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True, index=True),
    sa.Column("at", Moment, nullable=False),
    sa.CheckConstraint("kind IN ('article', 'album')", name="kind"),
)

files = sa.Table(
    "files",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("content_id", sa.ForeignKey("contents.id"), nullable=False, index=True),
    *_place(),
    sa.Column("section", sa.String(16), nullable=False),
    sa.Column("folder_id", sa.ForeignKey("folders.id"), index=True),
    sa.Column("album_id", sa.ForeignKey("albums.id"), index=True),
    sa.Column("article_id", sa.ForeignKey("articles.id"), index=True),
    sa.Column("name", sa.String(200), nullable=False),
    folded_name(),
    sa.Column("caption", sa.String(500), nullable=False, default="", server_default="", comment="in an album"),
    sa.Column("position", sa.Integer, nullable=False, default=0, server_default="0", comment="in an album"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("trashed_at", Moment, index=True, comment="deleted for good 30 days later"),
    sa.Column("trashed_with", sa.String(64), comment="the folder with which it went to the trash"),
    version(),
    sa.CheckConstraint(f"section IN ({SECTIONS})", name="section"),
    sa.CheckConstraint("(section = 'albums') = (album_id IS NOT NULL)", name="album_id"),
    sa.CheckConstraint("(section = 'articles') = (article_id IS NOT NULL)", name="article_id"),
    sa.CheckConstraint("section <> 'attachments' OR school_id IS NULL", name="attachments"),
    sa.Index("ix_files_school_id", "school_id", "class_id", "section", "created_at"),
    sa.Index("ix_files_owner_id", "owner_id", "section"),
)

file_grants = sa.Table(
    "file_grants",
    metadata,
    sa.Column("file_id", sa.ForeignKey("files.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("kind", sa.String(16), primary_key=True, comment="what its readers read: chat"),
    sa.Column("subject_id", sa.String(64), primary_key=True, comment="whoever reads this may read the file"),
    sa.Column("by_id", sa.String(64), primary_key=True, comment="what gave it, and takes it away: a message"),
    sa.Column("granted_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("granted_at", Moment, nullable=False),
    sa.Index("ix_file_grants_kind_by_id", "kind", "by_id"),
    sa.Index("ix_file_grants_kind_subject_id", "kind", "subject_id"),
)

uploads = sa.Table(
    "uploads",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    *_place(),
    sa.Column("section", sa.String(16), nullable=False),
    sa.Column("folder_id", sa.String(64)),
    sa.Column("album_id", sa.String(64)),
    sa.Column("name", sa.String(200), nullable=False),
    sa.Column("caption", sa.String(500), nullable=False, default="", server_default=""),
    sa.Column("size", sa.BigInteger, nullable=False, comment="bytes it will have (Upload-Length)"),
    sa.Column("received", sa.BigInteger, nullable=False, default=0, server_default="0", comment="Upload-Offset"),
    sa.Column("state", sa.String(16), nullable=False, default="receiving", server_default="receiving"),
    sa.Column("refusal", sa.String(64), comment="the problem's code, of a refused one"),
    sa.Column("file_id", sa.String(64), comment="of one that is done"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.CheckConstraint("state IN ('receiving', 'received', 'done', 'refused')", name="state"),
    sa.CheckConstraint("received BETWEEN 0 AND size", name="received"),
    sa.Index("ix_uploads_owner_id", "owner_id", "state"),
    sa.Index("ix_uploads_school_id", "school_id"),
)

upload_pieces = sa.Table(
    "upload_pieces",
    metadata,
    sa.Column("upload_id", sa.ForeignKey("uploads.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("start", sa.BigInteger, primary_key=True, comment="where in the whole it begins, bytes"),
    sa.Column("size", sa.BigInteger, nullable=False),
    sa.Column("key", sa.String(120), nullable=False, comment="its name in the storage"),
)

file_work = sa.Table(
    "file_work",
    metadata,
    sa.Column("kind", sa.String(16), primary_key=True, comment="finish, preview, video, drop"),
    sa.Column("subject_id", sa.String(64), primary_key=True, comment="an upload, or a content"),
    sa.Column("tries", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("not_before", Moment, nullable=False, comment="in the future while somebody is at it"),
    sa.CheckConstraint("kind IN ('finish', 'preview', 'video', 'drop')", name="kind"),
    sa.Index("ix_file_work_not_before", "not_before"),
)
