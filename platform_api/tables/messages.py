"""Messages and all that hangs on one."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSVECTOR
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import GenericFunction

from platform_api.clock import new_id
from platform_api.tables.base import Document, Moment, Position, metadata, only_where


class terms_vector(GenericFunction[Any]):  # noqa: N801  (used like sa.func.*)
    """Words with blanks between them as what the database searches."""

    inherit_cache = True


@compiles(terms_vector)
def _terms_as_text(element: Any, compiler: Any, **options: Any) -> str:
    return str(compiler.process(element.clauses, **options))


@compiles(terms_vector, "postgresql")
def _terms_as_vector(element: Any, compiler: Any, **options: Any) -> str:
    return f"array_to_tsvector(string_to_array(CAST({compiler.process(element.clauses, **options)} AS text), ' '))"


class Terms(sa.types.TypeDecorator[str]):
    """Terms to search by, as text: kept so in SQLite, where a full-text index reads it; a tsvector in PostgreSQL."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        """The column's type."""
        return dialect.type_descriptor(TSVECTOR() if dialect.name == "postgresql" else sa.Text())

    def bind_expression(self, bindparam: Any) -> Any:
        """What is put in place of a value."""
        return terms_vector(sa.type_coerce(bindparam, sa.Text))


messages = sa.Table(
    "messages",
    metadata,
    sa.Column("id", Position, primary_key=True, autoincrement=True),
    sa.Column("chat_id", sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("number", sa.Integer, nullable=False, comment="1, 2, 3 in its chat: its name there"),
    sa.Column("author_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column(
        "client_id", sa.String(64), nullable=False, comment="the author's own name for it: sent twice, it is one"
    ),
    sa.Column("at", Moment, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("reply_to", sa.Integer, comment="number in the same chat"),
    sa.Column("forwarded_from", sa.ForeignKey("people.id"), comment="who wrote it first"),
    sa.Column("forwarded_at", Moment, comment="when they wrote it"),
    sa.Column("mentions", Document, comment="ids of people"),
    sa.Column("files", Document, comment="[{file_id, name, media_type, size}] as they were attached"),
    sa.Column("has_poll", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column(
        "flagged",
        sa.Boolean,
        nullable=False,
        default=False,
        server_default=sa.false(),
        comment="holds a word of the school's list that is to be looked at",
    ),
    sa.Column("edited_at", Moment),
    sa.Column("deleted_at", Moment, comment="text, files, poll and reactions are gone since"),
    sa.Column("deleted_by", sa.ForeignKey("people.id")),
    sa.Column("pinned_at", Moment),
    sa.Column("pinned_by", sa.ForeignKey("people.id")),
    sa.Column("search", Terms, comment="what it is found by: see messages.terms"),
    sa.UniqueConstraint("chat_id", "number"),
    sa.UniqueConstraint("author_id", "client_id"),
    sqlite_autoincrement=True,
)
sa.Index("ix_messages_chat_id_at", messages.c.chat_id, messages.c.at)
sa.Index(
    "ix_messages_pinned", messages.c.chat_id, messages.c.pinned_at, **only_where(messages.c.pinned_at.is_not(None))
)
sa.Index("ix_messages_search", messages.c.search, postgresql_using="gin", postgresql_with={"fastupdate": "off"}).ddl_if(
    dialect="postgresql"
)

reactions = sa.Table(
    "reactions",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("emoji", sa.String(32), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("at", Moment, nullable=False),
)
sa.Index("ix_reactions_person_id", reactions.c.person_id)

polls = sa.Table(
    "polls",
    metadata,
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("options", Document, nullable=False, comment="texts; the message's own text is the question"),
    sa.Column("multiple", sa.Boolean, nullable=False),
    sa.Column("anonymous", sa.Boolean, nullable=False, comment="nobody is told who voted for what"),
    sa.Column("closes_at", Moment),
    sa.Column("closed_at", Moment, comment="when somebody closed it"),
)

poll_votes = sa.Table(
    "poll_votes",
    metadata,
    sa.Column("message_id", sa.ForeignKey("polls.message_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("option", sa.Integer, primary_key=True),
    sa.Column("at", Moment, nullable=False),
)
sa.Index("ix_poll_votes_person_id", poll_votes.c.person_id)

scheduled_posts = sa.Table(
    "scheduled_posts",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("chat_id", sa.ForeignKey("chats.id"), nullable=False),
    sa.Column("author_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("client_id", sa.String(64), nullable=False),
    sa.Column("at", Moment, nullable=False),
    sa.Column("content", Document, nullable=False, comment="the message as it was written"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("sent_at", Moment),
    sa.Column("refused_as", sa.String(64), comment="code of the refusal when its time came"),
    sa.UniqueConstraint("author_id", "client_id"),
)
sa.Index(
    "ix_scheduled_posts_due",
    scheduled_posts.c.at,
    **only_where(sa.and_(scheduled_posts.c.sent_at.is_(None), scheduled_posts.c.refused_as.is_(None))),
)
sa.Index("ix_scheduled_posts_chat_id", scheduled_posts.c.chat_id, scheduled_posts.c.at)

message_reports = sa.Table(
    "message_reports",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("message_id", sa.ForeignKey("messages.id", ondelete="CASCADE")),
    sa.Column("comment_id", sa.ForeignKey("comments.id", ondelete="CASCADE"), comment="in place of a message"),
    sa.Column("reporter_id", sa.ForeignKey("people.id"), comment="empty: a word of the school's list did it"),
    sa.Column("reason", sa.String(16), nullable=False),
    sa.Column("note", sa.String(500), nullable=False, default="", server_default=""),
    sa.Column("text", sa.Text, nullable=False, comment="what was reported as it was then: its author may change it"),
    sa.Column("at", Moment, nullable=False),
    sa.Column("state", sa.String(16), nullable=False, default="open", server_default="open"),
    sa.Column("decided_by", sa.ForeignKey("people.id")),
    sa.Column("decided_at", Moment),
    sa.CheckConstraint("(message_id IS NULL) <> (comment_id IS NULL)", name="subject"),
    sa.CheckConstraint("reason IN ('rude', 'danger', 'spam', 'other', 'word')", name="reason"),
    sa.CheckConstraint("state IN ('open', 'dismissed', 'deleted')", name="state"),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at"),
    sa.UniqueConstraint("message_id", "reporter_id"),
    sa.UniqueConstraint("comment_id", "reporter_id"),
)
sa.Index("ix_message_reports_school_id", message_reports.c.school_id, message_reports.c.state, message_reports.c.at)
