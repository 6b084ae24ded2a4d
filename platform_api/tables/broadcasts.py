"""Broadcasts, and the keys by which programs stream into and out of a room."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.tables.base import Moment, metadata

broadcasts = sa.Table(
    "broadcasts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, comment="unguessable; also the name of the broadcast at hls"),
    sa.Column("lesson_id", sa.ForeignKey("lessons.id"), nullable=False, index=True),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("audience", sa.String(16), nullable=False, server_default="school"),
    sa.Column("started_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.Column("deleted_at", Moment, comment="the recording is gone, or goes as soon as hls answers"),
    sa.Column("settled_at", Moment, comment="empty until media and hls were told of the end, or of the deletion"),
    sa.Column("tapped_room", Moment, comment="when the room began whose tap feeds it; a room begun anew has no tap"),
    sa.CheckConstraint("audience IN ('school', 'public')", name="audience"),
    sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="ended_at"),
    sa.CheckConstraint("deleted_at IS NULL OR ended_at IS NOT NULL", name="deleted_at"),
    sa.Index("ix_broadcasts_school_id_started_at", "school_id", "started_at"),
)
sa.Index(
    "uq_broadcasts_one_open_a_lesson",
    broadcasts.c.lesson_id,
    unique=True,
    sqlite_where=broadcasts.c.ended_at.is_(None),
    postgresql_where=broadcasts.c.ended_at.is_(None),
)

stream_keys = sa.Table(
    "stream_keys",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, comment="claim `sub` of the key; the key itself is not kept"),
    sa.Column("lesson_id", sa.ForeignKey("lessons.id"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("created_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    sa.CheckConstraint("kind IN ('publish', 'play')", name="kind"),
)
