"""Broadcasts and stream keys."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""


def upgrade() -> None:
    """Make the tables of broadcasts."""
    op.create_table(
        "broadcasts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lesson_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("audience", sa.String(length=16), server_default="school", nullable=False),
        sa.Column("started_by", sa.String(length=64), nullable=False),
        sa.Column("started_at", MOMENT(), nullable=False),
        sa.Column("ended_at", MOMENT(), nullable=True),
        sa.Column("deleted_at", MOMENT(), nullable=True),
        sa.Column("settled_at", MOMENT(), nullable=True),
        sa.Column("tapped_room", MOMENT(), nullable=True),
        sa.CheckConstraint("audience IN ('school', 'public')", name=op.f("ck_broadcasts_audience")),
        sa.CheckConstraint("ended_at IS NULL OR ended_at >= started_at", name=op.f("ck_broadcasts_ended_at")),
        sa.CheckConstraint("deleted_at IS NULL OR ended_at IS NOT NULL", name=op.f("ck_broadcasts_deleted_at")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_broadcasts_lesson_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_broadcasts_school_id")),
        sa.ForeignKeyConstraint(["started_by"], ["people.id"], name=op.f("fk_broadcasts_started_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_broadcasts")),
    )
    op.create_index(op.f("ix_broadcasts_lesson_id"), "broadcasts", ["lesson_id"], unique=False)
    op.create_index("ix_broadcasts_school_id_started_at", "broadcasts", ["school_id", "started_at"], unique=False)
    op.create_index(
        "uq_broadcasts_one_open_a_lesson",
        "broadcasts",
        ["lesson_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "stream_keys",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("lesson_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("revoked_at", MOMENT(), nullable=True),
        sa.CheckConstraint("kind IN ('publish', 'play')", name=op.f("ck_stream_keys_kind")),
        sa.ForeignKeyConstraint(["lesson_id"], ["lessons.id"], name=op.f("fk_stream_keys_lesson_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_stream_keys_created_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stream_keys")),
    )
    op.create_index(op.f("ix_stream_keys_lesson_id"), "stream_keys", ["lesson_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    op.drop_table("stream_keys")
    op.drop_table("broadcasts")
