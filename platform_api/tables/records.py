"""What is written beside a change: the audit, the event log, answers kept for repeated calls."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.tables.base import Document, Moment, Position, metadata

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("id", Position, primary_key=True, autoincrement=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor_kind", sa.String(16), nullable=False, comment="person, operator (of the server), system"),
    sa.Column("actor_id", sa.String(64), comment="the person who did it"),
    sa.Column("action", sa.String(64), nullable=False),
    sa.Column("object_kind", sa.String(32), nullable=False),
    sa.Column("object_id", sa.String(64), nullable=False),
    sa.Column("person_id", sa.String(64), comment="the person it was done to"),
    sa.Column("school_id", sa.String(64)),
    sa.Column("region_id", sa.String(64)),
    sa.Column("address", sa.String(64)),
    sa.Column("data", Document, comment="ids and words of the program, no names: the audit outlives an erasure"),
    sqlite_autoincrement=True,
    comment="append-only: the database refuses to change or delete a row",
)
sa.Index("ix_audit_school_id", audit.c.school_id, audit.c.id)
sa.Index("ix_audit_person_id", audit.c.person_id, audit.c.id)
sa.Index("ix_audit_actor_id", audit.c.actor_id, audit.c.id)

events = sa.Table(
    "events",
    metadata,
    sa.Column("id", Position, primary_key=True, autoincrement=True),
    sa.Column(
        "tx",
        sa.BigInteger,
        nullable=False,
        comment="PostgreSQL: the writing transaction, the log is ordered by (tx, id); SQLite: 0, ids follow commits",
    ),
    sa.Column("at", Moment, nullable=False),
    sa.Column("kind", sa.String(64), nullable=False),
    sa.Column("subject", sa.String(64), nullable=False, comment="id of the thing that changed"),
    sa.Column("school_id", sa.String(64)),
    sa.Column("class_id", sa.String(64)),
    sa.Column("person_id", sa.String(64)),
    sa.Column("data", Document),
    sqlite_autoincrement=True,
)
sa.Index("ix_events_tx_id", events.c.tx, events.c.id)
sa.Index("ix_events_at", events.c.at)
sa.Index("ix_events_school_id", events.c.school_id, events.c.at)

event_log = sa.Table(
    "event_log",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("epoch", sa.String(32), nullable=False, comment="in every cursor; a restored database begins a new one"),
    sa.Column("forgotten_tx", sa.BigInteger, nullable=False, comment="entries up to here were deleted"),
    sa.Column("forgotten_id", sa.BigInteger, nullable=False),
    sa.CheckConstraint("id = 1", name="one_row"),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("scope", sa.String(80), primary_key=True, comment="the person's id, or the address of somebody unknown"),
    sa.Column("key", sa.String(128), primary_key=True),
    sa.Column("method", sa.String(8), nullable=False),
    sa.Column("path", sa.String(500), nullable=False),
    sa.Column("request_hash", sa.LargeBinary(32), nullable=False),
    sa.Column("status", sa.Integer, comment="empty while the call is under way"),
    sa.Column("headers", Document),
    sa.Column("body", sa.LargeBinary),
    sa.Column("created_at", Moment, nullable=False, index=True),
)
