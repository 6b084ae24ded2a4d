"""Chats: what they are, who is in those that are made of single people, what each reader keeps of one."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.clock import new_id
from platform_api.tables.base import Document, Moment, metadata, only_where, version

KINDS = "'personal', 'group', 'class', 'parents', 'school', 'channel'"
AUDIENCES = "'people', 'class', 'parents', 'everybody', 'staff'"

chats = sa.Table(
    "chats",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("kind", sa.String(16), nullable=False),
    sa.Column("audience", sa.String(16), nullable=False, comment="who reads it: see access.rules.CHAT_READERS"),
    sa.Column("class_id", sa.String(64)),
    sa.Column(
        "first", sa.Boolean, nullable=False, default=False, server_default=sa.false(), comment="made with its class"
    ),
    sa.Column("title", sa.String(120), nullable=False, default="", server_default=""),
    sa.Column("pair", sa.String(130), comment="of a personal chat: both people's ids in order"),
    sa.Column("owner_id", sa.ForeignKey("people.id"), comment="of a group"),
    sa.Column("created_by", sa.ForeignKey("people.id"), comment="empty: made with its class"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("deleted_at", Moment),
    sa.Column(
        "last_number", sa.Integer, nullable=False, default=0, server_default="0", comment="of the newest message"
    ),
    sa.Column("last_at", Moment, comment="when that was sent"),
    version(),
    sa.CheckConstraint(f"kind IN ({KINDS})", name="kind"),
    sa.CheckConstraint(f"audience IN ({AUDIENCES})", name="audience"),
    sa.CheckConstraint("(kind IN ('class', 'parents')) = (class_id IS NOT NULL)", name="class_id"),
    sa.CheckConstraint("(kind = 'personal') = (pair IS NOT NULL)", name="pair"),
    sa.CheckConstraint("(kind = 'group') = (owner_id IS NOT NULL)", name="owner_id"),
    # A class of another school cannot be named: the pair must exist.
    sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
)
sa.Index("ix_chats_school_id", chats.c.school_id, chats.c.audience)
sa.Index("ix_chats_class_id", chats.c.class_id)
sa.Index("uq_chats_pair", chats.c.school_id, chats.c.pair, unique=True, **only_where(chats.c.pair.is_not(None)))
sa.Index("uq_chats_first", chats.c.class_id, chats.c.kind, unique=True, **only_where(chats.c.first))

chat_people = sa.Table(
    "chat_people",
    metadata,
    sa.Column("chat_id", sa.ForeignKey("chats.id"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("since", Moment, nullable=False, comment="what was written before is not theirs to read, in a group"),
    sa.Column("until", Moment, comment="empty while they are in"),
    sa.Column("added_by", sa.ForeignKey("people.id")),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
    comment="of personal chats and groups; the people of all others follow from memberships",
)
sa.Index("ix_chat_people_person_id", chat_people.c.person_id)

chat_states = sa.Table(
    "chat_states",
    metadata,
    sa.Column("chat_id", sa.ForeignKey("chats.id"), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), primary_key=True),
    sa.Column("read_number", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("muted", sa.Boolean, nullable=False, default=False, server_default=sa.false()),
    sa.Column("muted_until", Moment, comment="empty with muted: for ever"),
    sa.Column(
        "joined",
        sa.Boolean,
        nullable=False,
        default=False,
        server_default=sa.false(),
        comment="an administrator who wants a class's chat among their own",
    ),
    sa.Column("draft", sa.Text, nullable=False, default="", server_default=""),
    sa.Column("draft_reply_to", sa.Integer),
    sa.Column("draft_at", Moment),
    comment="what a reader keeps of a chat, the same on all their devices",
)
sa.Index("ix_chat_states_person_id", chat_states.c.person_id)

chat_policies = sa.Table(
    "chat_policies",
    metadata,
    sa.Column("school_id", sa.ForeignKey("schools.id"), primary_key=True),
    sa.Column("retention_days", sa.Integer, comment="empty: messages are kept for ever"),
    sa.Column("words", Document, nullable=False, comment="[{word, action}]: refuse or flag"),
    sa.Column("changed_at", Moment, nullable=False),
    sa.Column("changed_by", sa.ForeignKey("people.id")),
    version(),
    sa.CheckConstraint("retention_days IS NULL OR retention_days BETWEEN 30 AND 3650", name="retention_days"),
    comment="of schools that have one",
)
