"""Web Push: where a person's browsers are reached, and when they want to be."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.clock import new_id
from platform_api.tables.base import Moment, metadata

push_subscriptions = sa.Table(
    "push_subscriptions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column(
        "session_id",
        sa.ForeignKey("sessions.id", ondelete="CASCADE"),
        index=True,
        comment="when it ends, its browser is told nothing more",
    ),
    sa.Column(
        "endpoint", sa.String(1000), nullable=False, unique=True, comment="an address at the browser's own service"
    ),
    sa.Column("p256dh", sa.String(128), nullable=False, comment="the browser's public key (RFC 8291)"),
    sa.Column("auth", sa.String(64), nullable=False, comment="its secret"),
    sa.Column("user_agent", sa.String(300)),
    sa.Column("created_at", Moment, nullable=False),
)

notifications = sa.Table(
    "notifications",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("quiet_from", sa.Integer, comment="minutes after midnight; empty: no quiet hours"),
    sa.Column("quiet_until", sa.Integer),
    sa.Column("time_zone", sa.String(64), nullable=False),
    sa.Column(
        "show_text", sa.Boolean, nullable=False, comment="whether a push names the chat and says what was written"
    ),
    sa.CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet"),
    comment="of people who have changed something",
)
