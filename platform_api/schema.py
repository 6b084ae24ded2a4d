"""Tables of the platform (SQLAlchemy Core). Migrations bring a database to this form."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Moment(sa.types.TypeDecorator[datetime]):
    """A moment in UTC, kept as whole milliseconds since 1970: ordered, compact, free of time zones."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> int | None:
        """Milliseconds for the database; a moment without a zone is a mistake of the caller."""
        if value is None:
            return None
        return (value - EPOCH) // timedelta(milliseconds=1)

    def process_result_value(self, value: int | None, dialect: Any) -> datetime | None:
        """The moment, in UTC."""
        return None if value is None else EPOCH + timedelta(milliseconds=value)


people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("login", sa.String(64), nullable=False, unique=True, comment="folded by people.rules.fold_login"),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("password_hash", sa.String(255), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("deactivated_at", Moment),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True, comment="SHA-256 of the cookie's value"),
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

schools = sa.Table(
    "schools",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(120), nullable=False),
    sa.Column("place", sa.String(120), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("name", sa.String(32), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.UniqueConstraint("school_id", "name"),
    sa.UniqueConstraint("id", "school_id"),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("class_id", sa.String(64)),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, comment="empty while the membership is open"),
    sa.CheckConstraint("role IN ('administrator', 'teacher', 'student', 'parent')", name="role"),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
    # A class of another school cannot be named: the pair must exist.
    sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
    sa.Index("ix_memberships_class_id_school_id", "class_id", "school_id"),
)
_open = memberships.c.until.is_(None)
sa.Index(
    "uq_memberships_one_class_a_student",
    memberships.c.person_id,
    unique=True,
    sqlite_where=sa.and_(memberships.c.role == "student", memberships.c.class_id.is_not(None), _open),
    postgresql_where=sa.and_(memberships.c.role == "student", memberships.c.class_id.is_not(None), _open),
)
sa.Index(
    "uq_memberships_open_in_class",
    memberships.c.person_id,
    memberships.c.school_id,
    memberships.c.role,
    memberships.c.class_id,
    unique=True,
    sqlite_where=sa.and_(memberships.c.class_id.is_not(None), _open),
    postgresql_where=sa.and_(memberships.c.class_id.is_not(None), _open),
)
sa.Index(
    "uq_memberships_open_in_school",
    memberships.c.person_id,
    memberships.c.school_id,
    memberships.c.role,
    unique=True,
    sqlite_where=sa.and_(memberships.c.class_id.is_(None), _open),
    postgresql_where=sa.and_(memberships.c.class_id.is_(None), _open),
)

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
    sqlite_where=lessons.c.ended_at.is_(None),
    postgresql_where=lessons.c.ended_at.is_(None),
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
