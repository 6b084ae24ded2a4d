"""People, schools, classes, lessons."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "people",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("login", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("deactivated_at", MOMENT(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people")),
        sa.UniqueConstraint("login", name=op.f("uq_people_login")),
    )
    op.create_table(
        "schools",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=120), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schools")),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("event", sa.String(length=64), nullable=False),
        sa.Column("received_at", MOMENT(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_events")),
    )
    op.create_index(op.f("ix_webhook_events_received_at"), "webhook_events", ["received_at"], unique=False)
    op.create_table(
        "classes",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_classes_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_classes")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_classes_id_school_id")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_classes_school_id_name")),
    )
    op.create_table(
        "sessions",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_sessions_person_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sessions")),
    )
    op.create_index(op.f("ix_sessions_expires_at"), "sessions", ["expires_at"], unique=False)
    op.create_index(op.f("ix_sessions_person_id"), "sessions", ["person_id"], unique=False)
    op.create_table(
        "lessons",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("host_id", sa.String(length=64), nullable=False),
        sa.Column("started_at", MOMENT(), nullable=False),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_lessons_ended_at")),
        sa.ForeignKeyConstraint(["class_id"], ["classes.id"], name=op.f("fk_lessons_class_id")),
        sa.ForeignKeyConstraint(["host_id"], ["people.id"], name=op.f("fk_lessons_host_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index(op.f("ix_lessons_class_id"), "lessons", ["class_id"], unique=False)
    op.create_index(
        "uq_lessons_one_running_a_class",
        "lessons",
        ["class_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "memberships",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("since", MOMENT(), nullable=False),
        sa.Column("until", MOMENT(), nullable=True),
        sa.CheckConstraint(
            "role IN ('administrator', 'teacher', 'student', 'parent')", name=op.f("ck_memberships_role")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_memberships_until")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"],
            ["classes.id", "classes.school_id"],
            name=op.f("fk_memberships_class_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_memberships_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_memberships_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_memberships")),
    )
    op.create_index("ix_memberships_class_id_school_id", "memberships", ["class_id", "school_id"], unique=False)
    op.create_index(
        "uq_memberships_one_class_a_student",
        "memberships",
        ["person_id"],
        unique=True,
        sqlite_where=sa.text("role = 'student' AND class_id IS NOT NULL AND until IS NULL"),
        postgresql_where=sa.text("role = 'student' AND class_id IS NOT NULL AND until IS NULL"),
    )
    op.create_index(
        "uq_memberships_open_in_class",
        "memberships",
        ["person_id", "school_id", "role", "class_id"],
        unique=True,
        sqlite_where=sa.text("class_id IS NOT NULL AND until IS NULL"),
        postgresql_where=sa.text("class_id IS NOT NULL AND until IS NULL"),
    )
    op.create_index(
        "uq_memberships_open_in_school",
        "memberships",
        ["person_id", "school_id", "role"],
        unique=True,
        sqlite_where=sa.text("class_id IS NULL AND until IS NULL"),
        postgresql_where=sa.text("class_id IS NULL AND until IS NULL"),
    )
    op.create_table(
        "presences",
        sa.Column("lesson_id", sa.String(length=64), nullable=False),
        sa.Column("participant", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("joined_at", MOMENT(), nullable=False),
        sa.Column("left_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_presences_lesson_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_presences_person_id")),
        sa.PrimaryKeyConstraint("lesson_id", "participant", name=op.f("pk_presences")),
    )
    op.create_index(op.f("ix_presences_person_id"), "presences", ["person_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("presences")
    op.drop_table("memberships")
    op.drop_table("lessons")
    op.drop_table("sessions")
    op.drop_table("classes")
    op.drop_table("webhook_events")
    op.drop_table("schools")
    op.drop_table("people")
