"""Comments on articles, which are reported as messages are."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""
POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")
SUBJECT, ONCE = "ck_message_reports_subject", "uq_message_reports_comment_id_reporter_id"


def upgrade() -> None:
    """Make the table, and let a report be about a comment."""
    op.create_table(
        "comments",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("deleted_at", MOMENT(), nullable=True),
        sa.Column("deleted_by", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_comments_article_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_comments_author_id")),
        sa.ForeignKeyConstraint(["deleted_by"], ["people.id"], name=op.f("fk_comments_deleted_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_comments")),
        sa.UniqueConstraint("article_id", "number", name=op.f("uq_comments_article_id_number")),
        sa.UniqueConstraint("author_id", "client_id", name=op.f("uq_comments_author_id_client_id")),
    )
    with op.batch_alter_table("message_reports") as batch:
        batch.alter_column("message_id", existing_type=POSITION, nullable=True)
        batch.add_column(sa.Column("comment_id", sa.String(length=64), nullable=True))
        batch.create_foreign_key(
            op.f("fk_message_reports_comment_id"), "comments", ["comment_id"], ["id"], ondelete="CASCADE"
        )
        batch.create_check_constraint(op.f(SUBJECT), "(message_id IS NULL) <> (comment_id IS NULL)")
        batch.create_unique_constraint(op.f(ONCE), ["comment_id", "reporter_id"])


def downgrade() -> None:
    """Take them away."""
    op.execute("DELETE FROM message_reports WHERE message_id IS NULL")
    with op.batch_alter_table("message_reports") as batch:
        batch.drop_constraint(op.f(SUBJECT), type_="check")
        batch.drop_constraint(op.f(ONCE), type_="unique")
        batch.drop_constraint(op.f("fk_message_reports_comment_id"), type_="foreignkey")
        batch.drop_column("comment_id")
        batch.alter_column("message_id", existing_type=POSITION, nullable=False)
    op.drop_table("comments")
