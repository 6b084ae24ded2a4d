"""People, how they sign in, and what they agreed to."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.clock import new_id
from platform_api.tables.base import Document, Moment, folded_name, metadata, only_where, version

people = sa.Table(
    "people",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("login", sa.String(64), unique=True, comment="folded by people.rules.fold_login; empty: no password"),
    sa.Column("name", sa.String(120), nullable=False),
    folded_name(),
    sa.Column("password_hash", sa.String(255), comment="empty while the person signs in by another service only"),
    sa.Column("birth_date", sa.Date),
    sa.Column("locale", sa.String(8), comment="ru or en; empty: as the browser asks"),
    version(),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, index=True, comment="last call of any session, to the hour"),
    sa.Column("deactivated_at", Moment),
    sa.Column(
        "deactivated_reason",
        sa.String(32),
        comment="no_consent, consent_withdrawn, by_administrator, by_operator, erased",
    ),
    sa.Column("erased_at", Moment, comment="name, login and all that says who it was are gone since"),
)
sa.Index("ix_people_name_folded", people.c.name_folded)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id, comment="what the list of sessions shows"),
    sa.Column("token_hash", sa.LargeBinary(32), nullable=False, unique=True, comment="SHA-256 of the cookie or bearer"),
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("kind", sa.String(16), nullable=False, default="cookie", server_default="cookie"),
    sa.Column("method", sa.String(32), nullable=False, default="password", server_default="password"),
    sa.Column("device", sa.String(120), comment="the name an app gave itself"),
    sa.Column("user_agent", sa.String(300)),
    sa.Column("address", sa.String(64)),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, comment="last call, to the minute"),
    sa.Column("verified_at", Moment, comment="when the second factor was shown"),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.Column("revoked_at", Moment),
    sa.CheckConstraint("kind IN ('cookie', 'bearer')", name="kind"),
)

identities = sa.Table(
    "identities",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False),
    sa.Column("provider", sa.String(32), nullable=False),
    sa.Column("subject", sa.String(255), nullable=False, comment="the provider's own id of the person"),
    sa.Column("name", sa.String(120), comment="what the provider called the person when it was linked"),
    sa.Column("linked_at", Moment, nullable=False),
    sa.Column("used_at", Moment),
    sa.UniqueConstraint("provider", "subject"),
    sa.UniqueConstraint("person_id", "provider"),
)

totp = sa.Table(
    "totp",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("secret", sa.LargeBinary(64), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment, comment="empty until the person has shown a first code"),
    sa.Column("last_step", sa.BigInteger, comment="the time step of the last code taken: none is taken twice"),
)

totp_recovery_codes = sa.Table(
    "totp_recovery_codes",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("code_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("used_at", Moment),
)

sign_in_states = sa.Table(
    "sign_in_states",
    metadata,
    sa.Column("state_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("browser_hash", sa.LargeBinary(32), nullable=False, comment="of a cookie: only that browser may return"),
    sa.Column("provider", sa.String(32), nullable=False),
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), index=True, comment="who links an account"),
    sa.Column("verifier", sa.String(128), comment="PKCE"),
    sa.Column("nonce", sa.String(64)),
    sa.Column("return_to", sa.String(300)),
    sa.Column("data", Document),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.Column("used_at", Moment),
)

password_links = sa.Table(
    "password_links",
    metadata,
    sa.Column("token_hash", sa.LargeBinary(32), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
)

parent_links = sa.Table(
    "parent_links",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("parent_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("child_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment),
    sa.Column("created_by", sa.ForeignKey("people.id")),
    sa.CheckConstraint("parent_id <> child_id", name="two_people"),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
)
sa.Index(
    "uq_parent_links_open",
    parent_links.c.parent_id,
    parent_links.c.child_id,
    unique=True,
    **only_where(parent_links.c.until.is_(None)),
)

consents = sa.Table(
    "consents",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True, comment="whose data"),
    sa.Column("given_by", sa.ForeignKey("people.id"), nullable=False, index=True, comment="the person, or a parent"),
    sa.Column("kind", sa.String(32), nullable=False, comment="parental, processing"),
    sa.Column("text_version", sa.String(32), nullable=False, comment="which wording was agreed to"),
    sa.Column("given_at", Moment, nullable=False),
    sa.Column("withdrawn_at", Moment),
    sa.Column("evidence", Document, comment="how it was given: session, address, user agent"),
    sa.CheckConstraint("withdrawn_at IS NULL OR withdrawn_at >= given_at", name="withdrawn_at"),
)
sa.Index(
    "uq_consents_open",
    consents.c.person_id,
    consents.c.given_by,
    consents.c.kind,
    unique=True,
    **only_where(consents.c.withdrawn_at.is_(None)),
)

exports = sa.Table(
    "exports",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True),
    sa.Column("requested_by", sa.ForeignKey("people.id"), comment="empty: an operator of the server"),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("ready_at", Moment),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.Column("media_type", sa.String(64)),
    sa.Column("content", sa.LargeBinary),
)

erasures = sa.Table(
    "erasures",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("requested_by", sa.ForeignKey("people.id"), comment="empty: an operator of the server"),
    sa.Column("requested_at", Moment, nullable=False),
    sa.Column("due_at", Moment, index=True, comment="when it is carried out unless it is withdrawn"),
    sa.Column("withdrawn_at", Moment),
    sa.Column("done_at", Moment),
    sa.Column("act", Document, comment="the act of 152-FZ: what was erased, when, by whom, on what ground"),
)
sa.Index(
    "uq_erasures_open",
    erasures.c.person_id,
    unique=True,
    **only_where(sa.and_(erasures.c.done_at.is_(None), erasures.c.withdrawn_at.is_(None))),
)

guides = sa.Table(
    "guides",
    metadata,
    sa.Column("person_id", sa.ForeignKey("people.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("role", sa.String(16), primary_key=True),
    sa.Column("done", Document, comment="names of the steps that were done"),
    sa.Column("put_away_at", Moment),
)
