"""Chats and messages, what is searched in them, scheduled posts, reports, and where pushes go."""

import secrets
import time

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
POSITION = sa.BigInteger().with_variant(sa.Integer, "sqlite")
TERMS = sa.Text().with_variant(postgresql.TSVECTOR(), "postgresql")
FULL_TEXT = (
    # The index reads the column of the table itself; triggers keep it as the table is, whoever writes there.
    "CREATE VIRTUAL TABLE message_search USING fts5(search, content='messages', content_rowid='id', detail='none',"
    " columnsize=0)",
    "CREATE TRIGGER message_search_insert AFTER INSERT ON messages WHEN new.search IS NOT NULL BEGIN"
    " INSERT INTO message_search (rowid, search) VALUES (new.id, new.search); END",
    "CREATE TRIGGER message_search_delete AFTER DELETE ON messages WHEN old.search IS NOT NULL BEGIN"
    " INSERT INTO message_search (message_search, rowid, search) VALUES ('delete', old.id, old.search); END",
    "CREATE TRIGGER message_search_update AFTER UPDATE OF search ON messages BEGIN"
    " INSERT INTO message_search (message_search, rowid, search)"
    " SELECT 'delete', old.id, old.search WHERE old.search IS NOT NULL;"
    " INSERT INTO message_search (rowid, search) SELECT new.id, new.search WHERE new.search IS NOT NULL; END",
)


def upgrade() -> None:
    """Make the tables, and the first two chats of every class there is."""
    _make_chats()
    _make_messages()
    _make_queues()
    _make_push()
    if op.get_bind().dialect.name == "sqlite":
        for statement in FULL_TEXT:
            op.execute(statement)
    else:
        # Without a list of what waits to be sorted in: every search would read it from end to end.
        without = {"fastupdate": "off"}
        op.create_index("ix_messages_search", "messages", ["search"], postgresql_using="gin", postgresql_with=without)
    _found_chats_of_classes()


def downgrade() -> None:
    """Take them away."""
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TABLE message_search")
    for table in (
        "notifications",
        "push_subscriptions",
        "message_reports",
        "scheduled_posts",
        "poll_votes",
        "polls",
        "reactions",
        "messages",
        "chat_policies",
        "chat_states",
        "chat_people",
        "chats",
    ):
        op.drop_table(table)


def _make_chats() -> None:
    op.create_table(
        "chats",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("first", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("title", sa.String(length=120), server_default="", nullable=False),
        sa.Column("pair", sa.String(length=130), nullable=True),
        sa.Column("owner_id", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("deleted_at", MOMENT(), nullable=True),
        sa.Column("last_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", MOMENT(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(kind = 'group') = (owner_id IS NOT NULL)", name=op.f("ck_chats_owner_id")),
        sa.CheckConstraint("(kind = 'personal') = (pair IS NOT NULL)", name=op.f("ck_chats_pair")),
        sa.CheckConstraint("(kind IN ('class', 'parents')) = (class_id IS NOT NULL)", name=op.f("ck_chats_class_id")),
        sa.CheckConstraint(
            "audience IN ('people', 'class', 'parents', 'everybody', 'staff')", name=op.f("ck_chats_audience")
        ),
        sa.CheckConstraint(
            "kind IN ('personal', 'group', 'class', 'parents', 'school', 'channel')", name=op.f("ck_chats_kind")
        ),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_chats_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_chats_created_by")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_chats_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_chats_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_chats")),
    )
    op.create_index("ix_chats_class_id", "chats", ["class_id"], unique=False)
    op.create_index("ix_chats_school_id", "chats", ["school_id", "audience"], unique=False)
    op.create_index(
        "uq_chats_first",
        "chats",
        ["class_id", "kind"],
        unique=True,
        sqlite_where=sa.text("first"),
        postgresql_where=sa.text("first"),
    )
    op.create_index(
        "uq_chats_pair",
        "chats",
        ["school_id", "pair"],
        unique=True,
        sqlite_where=sa.text("pair IS NOT NULL"),
        postgresql_where=sa.text("pair IS NOT NULL"),
    )
    op.create_table(
        "chat_people",
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT(), nullable=False),
        sa.Column("until", MOMENT(), nullable=True),
        sa.Column("added_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_chat_people_until")),
        sa.ForeignKeyConstraint(["added_by"], ["people.id"], name=op.f("fk_chat_people_added_by")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_chat_people_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chat_people_person_id")),
        sa.PrimaryKeyConstraint("chat_id", "person_id", name=op.f("pk_chat_people")),
    )
    op.create_index("ix_chat_people_person_id", "chat_people", ["person_id"], unique=False)
    op.create_table(
        "chat_states",
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("read_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("muted", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("muted_until", MOMENT(), nullable=True),
        sa.Column("joined", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("draft", sa.Text(), server_default="", nullable=False),
        sa.Column("draft_reply_to", sa.Integer(), nullable=True),
        sa.Column("draft_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_chat_states_chat_id")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_chat_states_person_id")),
        sa.PrimaryKeyConstraint("chat_id", "person_id", name=op.f("pk_chat_states")),
    )
    op.create_index("ix_chat_states_person_id", "chat_states", ["person_id"], unique=False)
    op.create_table(
        "chat_policies",
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("retention_days", sa.Integer(), nullable=True),
        sa.Column("words", DOCUMENT, nullable=False),
        sa.Column("changed_at", MOMENT(), nullable=False),
        sa.Column("changed_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint(
            "retention_days IS NULL OR retention_days BETWEEN 30 AND 3650", name=op.f("ck_chat_policies_retention_days")
        ),
        sa.ForeignKeyConstraint(["changed_by"], ["people.id"], name=op.f("fk_chat_policies_changed_by")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_chat_policies_school_id")),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_chat_policies")),
    )


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", POSITION, autoincrement=True, nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reply_to", sa.Integer(), nullable=True),
        sa.Column("forwarded_from", sa.String(length=64), nullable=True),
        sa.Column("forwarded_at", MOMENT(), nullable=True),
        sa.Column("mentions", DOCUMENT, nullable=True),
        sa.Column("files", DOCUMENT, nullable=True),
        sa.Column("has_poll", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("flagged", sa.Boolean(), server_default=sa.false(), nullable=False),
        sa.Column("edited_at", MOMENT(), nullable=True),
        sa.Column("deleted_at", MOMENT(), nullable=True),
        sa.Column("deleted_by", sa.String(length=64), nullable=True),
        sa.Column("pinned_at", MOMENT(), nullable=True),
        sa.Column("pinned_by", sa.String(length=64), nullable=True),
        sa.Column("search", TERMS, nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_messages_author_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_messages_chat_id")),
        sa.ForeignKeyConstraint(["deleted_by"], ["people.id"], name=op.f("fk_messages_deleted_by")),
        sa.ForeignKeyConstraint(["forwarded_from"], ["people.id"], name=op.f("fk_messages_forwarded_from")),
        sa.ForeignKeyConstraint(["pinned_by"], ["people.id"], name=op.f("fk_messages_pinned_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("author_id", "client_id", name=op.f("uq_messages_author_id_client_id")),
        sa.UniqueConstraint("chat_id", "number", name=op.f("uq_messages_chat_id_number")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_messages_chat_id_at", "messages", ["chat_id", "at"], unique=False)
    op.create_index(
        "ix_messages_pinned",
        "messages",
        ["chat_id", "pinned_at"],
        unique=False,
        sqlite_where=sa.text("pinned_at IS NOT NULL"),
        postgresql_where=sa.text("pinned_at IS NOT NULL"),
    )
    op.create_table(
        "polls",
        sa.Column("message_id", POSITION, nullable=False),
        sa.Column("options", DOCUMENT, nullable=False),
        sa.Column("multiple", sa.Boolean(), nullable=False),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("closes_at", MOMENT(), nullable=True),
        sa.Column("closed_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["messages.id"], name=op.f("fk_polls_message_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("message_id", name=op.f("pk_polls")),
    )
    op.create_table(
        "poll_votes",
        sa.Column("message_id", POSITION, nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("option", sa.Integer(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["polls.message_id"], name=op.f("fk_poll_votes_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_poll_votes_person_id")),
        sa.PrimaryKeyConstraint("message_id", "person_id", "option", name=op.f("pk_poll_votes")),
    )
    op.create_index("ix_poll_votes_person_id", "poll_votes", ["person_id"], unique=False)
    op.create_table(
        "reactions",
        sa.Column("message_id", POSITION, nullable=False),
        sa.Column("emoji", sa.String(length=32), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_reactions_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_reactions_person_id")),
        sa.PrimaryKeyConstraint("message_id", "emoji", "person_id", name=op.f("pk_reactions")),
    )
    op.create_index("ix_reactions_person_id", "reactions", ["person_id"], unique=False)


def _make_queues() -> None:
    op.create_table(
        "scheduled_posts",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("chat_id", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("content", DOCUMENT, nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("sent_at", MOMENT(), nullable=True),
        sa.Column("refused_as", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["people.id"], name=op.f("fk_scheduled_posts_author_id")),
        sa.ForeignKeyConstraint(["chat_id"], ["chats.id"], name=op.f("fk_scheduled_posts_chat_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scheduled_posts")),
        sa.UniqueConstraint("author_id", "client_id", name=op.f("uq_scheduled_posts_author_id_client_id")),
    )
    op.create_index(op.f("ix_scheduled_posts_author_id"), "scheduled_posts", ["author_id"], unique=False)
    op.create_index("ix_scheduled_posts_chat_id", "scheduled_posts", ["chat_id", "at"], unique=False)
    op.create_index(
        "ix_scheduled_posts_due",
        "scheduled_posts",
        ["at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL AND refused_as IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL AND refused_as IS NULL"),
    )
    op.create_table(
        "message_reports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("message_id", POSITION, nullable=False),
        sa.Column("reporter_id", sa.String(length=64), nullable=True),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("note", sa.String(length=500), server_default="", nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.Column("state", sa.String(length=16), server_default="open", nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", MOMENT(), nullable=True),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_message_reports_decided_at")),
        sa.CheckConstraint(
            "reason IN ('rude', 'danger', 'spam', 'other', 'word')", name=op.f("ck_message_reports_reason")
        ),
        sa.CheckConstraint("state IN ('open', 'dismissed', 'deleted')", name=op.f("ck_message_reports_state")),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_message_reports_decided_by")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["messages.id"], name=op.f("fk_message_reports_message_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["reporter_id"], ["people.id"], name=op.f("fk_message_reports_reporter_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_message_reports_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_reports")),
        sa.UniqueConstraint("message_id", "reporter_id", name=op.f("uq_message_reports_message_id_reporter_id")),
    )
    op.create_index("ix_message_reports_school_id", "message_reports", ["school_id", "state", "at"], unique=False)


def _make_push() -> None:
    op.create_table(
        "push_subscriptions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("session_id", sa.String(length=64), nullable=True),
        sa.Column("endpoint", sa.String(length=1000), nullable=False),
        sa.Column("p256dh", sa.String(length=128), nullable=False),
        sa.Column("auth", sa.String(length=64), nullable=False),
        sa.Column("user_agent", sa.String(length=300), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_push_subscriptions_person_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_push_subscriptions_session_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_push_subscriptions")),
        sa.UniqueConstraint("endpoint", name=op.f("uq_push_subscriptions_endpoint")),
    )
    op.create_index(op.f("ix_push_subscriptions_person_id"), "push_subscriptions", ["person_id"], unique=False)
    op.create_index(op.f("ix_push_subscriptions_session_id"), "push_subscriptions", ["session_id"], unique=False)
    op.create_table(
        "notifications",
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("quiet_from", sa.Integer(), nullable=True),
        sa.Column("quiet_until", sa.Integer(), nullable=True),
        sa.Column("time_zone", sa.String(length=64), nullable=False),
        sa.Column("show_text", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name=op.f("ck_notifications_quiet")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_notifications_person_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_notifications")),
    )


def _found_chats_of_classes() -> None:
    connection = op.get_bind()
    classes = sa.table("classes", *map(sa.column, ("id", "school_id", "deleted_at")))
    chats = sa.table(
        "chats", *map(sa.column, ("id", "school_id", "kind", "audience", "class_id", "first", "created_at"))
    )
    for row in connection.execute(sa.select(classes).where(classes.c.deleted_at.is_(None))).all():
        for kind in ("class", "parents"):
            connection.execute(
                sa.insert(chats).values(
                    id=secrets.token_hex(12),
                    school_id=row.school_id,
                    kind=kind,
                    audience=kind,
                    class_id=row.id,
                    first=sa.true(),
                    created_at=int(time.time() * 1000),
                )
            )
