"""Regions, schools, years, classes, memberships, and the ways into them."""

from __future__ import annotations

import sqlalchemy as sa

from platform_api.clock import new_id
from platform_api.tables.base import Document, Moment, folded_name, metadata, only_where, version

ROLES = "'administrator', 'teacher', 'student', 'parent'"

regions = sa.Table(
    "regions",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("name", sa.String(120), nullable=False),
    folded_name(),
    sa.Column("created_at", Moment, nullable=False),
    version(),
    sa.UniqueConstraint("name_folded"),
)

region_operators = sa.Table(
    "region_operators",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("region_id", sa.ForeignKey("regions.id"), nullable=False, index=True),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
)
sa.Index(
    "uq_region_operators_open",
    region_operators.c.person_id,
    region_operators.c.region_id,
    unique=True,
    **only_where(region_operators.c.until.is_(None)),
)

schools = sa.Table(
    "schools",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("name", sa.String(120), nullable=False),
    folded_name(),
    sa.Column("city", sa.String(120), nullable=False),
    sa.Column("address", sa.String(300), nullable=False, default="", server_default=""),
    sa.Column("about", sa.Text, nullable=False, default="", server_default="", comment="the school's page, plain text"),
    sa.Column("contacts", Document, comment="phone, email, site and what else the school names"),
    sa.Column("region_id", sa.ForeignKey("regions.id"), index=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("activated_at", Moment, comment="when its first administrator came in"),
    sa.Column("archived_at", Moment),
    version(),
)
sa.Index("ix_schools_name_folded", schools.c.name_folded)

school_grants = sa.Table(
    "school_grants",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False, index=True, comment="may set one school up"),
    sa.Column("region_id", sa.ForeignKey("regions.id")),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("school_id", sa.ForeignKey("schools.id"), comment="the school that was set up"),
    sa.Column("used_at", Moment),
    sa.CheckConstraint("(school_id IS NULL) = (used_at IS NULL)", name="used_at"),
)

school_pictures = sa.Table(
    "school_pictures",
    metadata,
    sa.Column("school_id", sa.ForeignKey("schools.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("media_type", sa.String(64), nullable=False),
    sa.Column("content", sa.LargeBinary, nullable=False),
    sa.Column("digest", sa.LargeBinary(32), nullable=False, comment="SHA-256 of the content: its ETag"),
    sa.Column("changed_at", Moment, nullable=False),
)

school_years = sa.Table(
    "school_years",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("name", sa.String(32), nullable=False, comment="as people say it: 2026/2027"),
    sa.Column("starts_on", sa.Date, nullable=False),
    sa.Column("ends_on", sa.Date, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("archived_at", Moment),
    version(),
    sa.CheckConstraint("ends_on > starts_on", name="ends_on"),
    sa.UniqueConstraint("school_id", "name"),
    sa.UniqueConstraint("id", "school_id"),
)

classes = sa.Table(
    "classes",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("school_year_id", sa.String(64), comment="empty: a class that stands outside the years"),
    sa.Column("name", sa.String(32), nullable=False),
    folded_name(),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("archived_at", Moment, comment="read-only since; by itself or with its year"),
    sa.Column("deleted_at", Moment, comment="there is nothing here since"),
    version(),
    sa.UniqueConstraint("id", "school_id"),
    # A year of another school cannot be named: the pair must exist.
    sa.ForeignKeyConstraint(["school_year_id", "school_id"], ["school_years.id", "school_years.school_id"]),
)
_there = classes.c.deleted_at.is_(None)
sa.Index(
    "uq_classes_name_in_year",
    classes.c.school_year_id,
    classes.c.name_folded,
    unique=True,
    **only_where(sa.and_(classes.c.school_year_id.is_not(None), _there)),
)
sa.Index(
    "uq_classes_name_without_year",
    classes.c.school_id,
    classes.c.name_folded,
    unique=True,
    **only_where(sa.and_(classes.c.school_year_id.is_(None), _there)),
)
sa.Index("ix_classes_school_id", classes.c.school_id)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("class_id", sa.String(64)),
    sa.Column("since", Moment, nullable=False),
    sa.Column("until", Moment, comment="empty while the membership is open"),
    sa.Column("ended_as", sa.String(16), comment="left, removed, transferred, archived, erased: the undoing needs it"),
    sa.Column("created_by", sa.ForeignKey("people.id"), comment="who let the person in; empty: an operator"),
    version(),
    sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
    sa.CheckConstraint("until IS NULL OR until >= since", name="until"),
    sa.CheckConstraint("role <> 'administrator' OR class_id IS NULL", name="administrator_of_the_school"),
    # A class of another school cannot be named: the pair must exist.
    sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
    sa.Index("ix_memberships_class_id_school_id", "class_id", "school_id"),
)
_open = memberships.c.until.is_(None)
sa.Index(
    "uq_memberships_one_class_a_student",
    memberships.c.person_id,
    unique=True,
    **only_where(sa.and_(memberships.c.role == "student", _open)),
)
sa.Index(
    "uq_memberships_open_in_class",
    memberships.c.person_id,
    memberships.c.school_id,
    memberships.c.role,
    memberships.c.class_id,
    unique=True,
    **only_where(sa.and_(memberships.c.class_id.is_not(None), _open)),
)
sa.Index(
    "uq_memberships_open_in_school",
    memberships.c.person_id,
    memberships.c.school_id,
    memberships.c.role,
    unique=True,
    **only_where(sa.and_(memberships.c.class_id.is_(None), _open)),
)
sa.Index("ix_memberships_school_id_role", memberships.c.school_id, memberships.c.role)
sa.Index("ix_memberships_person_id", memberships.c.person_id)

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("class_id", sa.String(64)),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("kind", sa.String(8), nullable=False, comment="link: a long secret; code: a short one, to be typed"),
    sa.Column("code_hash", sa.LargeBinary(32), nullable=False, unique=True),
    sa.Column("note", sa.String(120), comment="for whom it was made, for those who see the list"),
    sa.Column("person_id", sa.ForeignKey("people.id"), comment="an account that waits for its person (import)"),
    sa.Column("child_id", sa.ForeignKey("people.id"), index=True, comment="whose parent is invited"),
    sa.Column("max_uses", sa.Integer, comment="1: single; empty: as many as come"),
    sa.Column("uses", sa.Integer, nullable=False, default=0, server_default="0"),
    sa.Column("created_by", sa.ForeignKey("people.id"), comment="empty: an operator of the server"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("revoked_at", Moment),
    version(),
    sa.CheckConstraint(f"role IN ({ROLES})", name="role"),
    sa.CheckConstraint("kind IN ('link', 'code')", name="kind"),
    sa.CheckConstraint("role <> 'administrator' OR class_id IS NULL", name="administrator_of_the_school"),
    sa.CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name="uses"),
    sa.CheckConstraint("expires_at > created_at", name="expires_at"),
    sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
)
sa.Index("ix_invitations_school_id", invitations.c.school_id, invitations.c.created_at)

join_requests = sa.Table(
    "join_requests",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("person_id", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False),
    sa.Column("class_id", sa.String(64)),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("message", sa.String(500), nullable=False, default="", server_default=""),
    sa.Column("state", sa.String(16), nullable=False, default="open", server_default="open"),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("decided_at", Moment),
    sa.Column("decided_by", sa.ForeignKey("people.id")),
    version(),
    sa.CheckConstraint("role IN ('teacher', 'student', 'parent')", name="role"),
    sa.CheckConstraint("state IN ('open', 'accepted', 'declined', 'withdrawn')", name="state"),
    sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name="decided_at"),
    sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
)
sa.Index(
    "uq_join_requests_open",
    join_requests.c.person_id,
    join_requests.c.school_id,
    unique=True,
    **only_where(join_requests.c.state == "open"),
)
sa.Index("ix_join_requests_school_id", join_requests.c.school_id, join_requests.c.state, join_requests.c.created_at)

imports = sa.Table(
    "imports",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True, default=new_id),
    sa.Column("school_id", sa.ForeignKey("schools.id"), nullable=False, index=True),
    sa.Column("class_id", sa.String(64)),
    sa.Column("school_year_id", sa.String(64)),
    sa.Column("created_by", sa.ForeignKey("people.id"), nullable=False),
    sa.Column("file_name", sa.String(200), nullable=False, default="", server_default=""),
    sa.Column("preview", Document, nullable=False, comment="the lines as they were understood, and what is wrong"),
    sa.Column("lines", sa.Integer, nullable=False),
    sa.Column("errors", sa.Integer, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False, index=True),
    sa.Column("applied_at", Moment),
    sa.ForeignKeyConstraint(["class_id", "school_id"], ["classes.id", "classes.school_id"]),
    sa.ForeignKeyConstraint(["school_year_id", "school_id"], ["school_years.id", "school_years.school_id"]),
)
