"""Links by which somebody sets a new password."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "password_links",
        sa.Column("token_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_password_links_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_password_links")),
    )
    op.create_index(op.f("ix_password_links_person_id"), "password_links", ["person_id"], unique=False)
    op.create_index(op.f("ix_password_links_expires_at"), "password_links", ["expires_at"], unique=False)


def downgrade() -> None:
    """Drop it."""
    op.drop_table("password_links")
