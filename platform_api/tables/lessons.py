"""Lessons and who was in them, as the media node told."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.tables.base import Moment, metadata, only_where

lessons = sa.Table(
    "lessons",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, comment="also the name of the room"),
    sa.Column("class_id", sa.ForeignKey("classes.id"), nullable=False, index=True),
    sa.Column("title", sa.String(120), nullable=False),
    sa.Column("host_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name="ended_at"),
)
sa.Index(
    "uq_lessons_one_running_a_class",
    lessons.c.class_id,
    unique=True,
    **only_where(lessons.c.ended_at.is_(None)),
)

presences = sa.Table(
    "presences",
    metadata,
    sa.Column("lesson_id", sa.ForeignKey("lessons.id"), primary_key=True),
    sa.Column("participant", sa.String(64), primary_key=True, comment="the media node's id of one presence"),
    sa.Column("person_id", sa.ForeignKey("people.id"), index=True, comment="empty for guests"),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("joined_at", Moment, nullable=False),
    sa.Column("left_at", Moment),
)

webhook_events = sa.Table(
    "webhook_events",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("event", sa.String(64), nullable=False),
    sa.Column("received_at", Moment, nullable=False, index=True),
)
