"""Regions, years, and what a community needs of its schools, classes, people and memberships."""

import secrets
from datetime import UTC, date, datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from platform_api.names import fold_name

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make the tables of the community; existing classes come into a school year, existing names are folded."""
    op.create_table(
        "regions",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_regions")),
        sa.UniqueConstraint("name_folded", name=op.f("uq_regions_name_folded")),
    )
    op.create_table(
        "school_years",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("archived_at", MOMENT(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("ends_on > starts_on", name=op.f("ck_school_years_ends_on")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_school_years_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_years")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_school_years_id_school_id")),
        sa.UniqueConstraint("school_id", "name", name=op.f("uq_school_years_school_id_name")),
    )
    _extend_people()
    _extend_schools()
    _extend_classes()
    _extend_memberships()
    op.create_table(
        "region_operators",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("region_id", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT(), nullable=False),
        sa.Column("until", MOMENT(), nullable=True),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_region_operators_until")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_region_operators_person_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_region_operators_region_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_region_operators")),
    )
    op.create_index(op.f("ix_region_operators_region_id"), "region_operators", ["region_id"], unique=False)
    op.create_index(
        "uq_region_operators_open",
        "region_operators",
        ["person_id", "region_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "school_pictures",
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(length=32), nullable=False),
        sa.Column("changed_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_school_pictures_school_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("school_id", name=op.f("pk_school_pictures")),
    )
    op.create_table(
        "parent_links",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=False),
        sa.Column("child_id", sa.String(length=64), nullable=False),
        sa.Column("since", MOMENT(), nullable=False),
        sa.Column("until", MOMENT(), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("parent_id <> child_id", name=op.f("ck_parent_links_two_people")),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_parent_links_until")),
        sa.ForeignKeyConstraint(["child_id"], ["people.id"], name=op.f("fk_parent_links_child_id")),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_parent_links_created_by")),
        sa.ForeignKeyConstraint(["parent_id"], ["people.id"], name=op.f("fk_parent_links_parent_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parent_links")),
    )
    op.create_index(op.f("ix_parent_links_child_id"), "parent_links", ["child_id"], unique=False)
    op.create_index(op.f("ix_parent_links_parent_id"), "parent_links", ["parent_id"], unique=False)
    op.create_index(
        "uq_parent_links_open",
        "parent_links",
        ["parent_id", "child_id"],
        unique=True,
        sqlite_where=sa.text("until IS NULL"),
        postgresql_where=sa.text("until IS NULL"),
    )
    op.create_table(
        "invitations",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=True),
        sa.Column("person_id", sa.String(length=64), nullable=True),
        sa.Column("child_id", sa.String(length=64), nullable=True),
        sa.Column("max_uses", sa.Integer(), nullable=True),
        sa.Column("uses", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_by", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("revoked_at", MOMENT(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("kind IN ('link', 'code')", name=op.f("ck_invitations_kind")),
        sa.CheckConstraint(
            "role <> 'administrator' OR class_id IS NULL", name=op.f("ck_invitations_administrator_of_the_school")
        ),
        sa.CheckConstraint(
            "role IN ('administrator', 'teacher', 'student', 'parent')", name=op.f("ck_invitations_role")
        ),
        sa.CheckConstraint("expires_at > created_at", name=op.f("ck_invitations_expires_at")),
        sa.CheckConstraint("uses >= 0 AND (max_uses IS NULL OR uses <= max_uses)", name=op.f("ck_invitations_uses")),
        sa.ForeignKeyConstraint(["child_id"], ["people.id"], name=op.f("fk_invitations_child_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"],
            ["classes.id", "classes.school_id"],
            name=op.f("fk_invitations_class_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_invitations_created_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_invitations_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_invitations_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
    )
    op.create_index(op.f("ix_invitations_child_id"), "invitations", ["child_id"], unique=False)
    op.create_index("ix_invitations_school_id", "invitations", ["school_id", "created_at"], unique=False)
    op.create_table(
        "school_grants",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("region_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=True),
        sa.Column("used_at", MOMENT(), nullable=True),
        sa.CheckConstraint("(school_id IS NULL) = (used_at IS NULL)", name=op.f("ck_school_grants_used_at")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_school_grants_person_id")),
        sa.ForeignKeyConstraint(["region_id"], ["regions.id"], name=op.f("fk_school_grants_region_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_school_grants_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_school_grants")),
    )
    op.create_index(op.f("ix_school_grants_person_id"), "school_grants", ["person_id"], unique=False)
    op.create_table(
        "join_requests",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("message", sa.String(length=500), server_default="", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="open", nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("decided_at", MOMENT(), nullable=True),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(state = 'open') = (decided_at IS NULL)", name=op.f("ck_join_requests_decided_at")),
        sa.CheckConstraint("role IN ('teacher', 'student', 'parent')", name=op.f("ck_join_requests_role")),
        sa.CheckConstraint(
            "state IN ('open', 'accepted', 'declined', 'withdrawn')", name=op.f("ck_join_requests_state")
        ),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"],
            ["classes.id", "classes.school_id"],
            name=op.f("fk_join_requests_class_id_school_id"),
        ),
        sa.ForeignKeyConstraint(["decided_by"], ["people.id"], name=op.f("fk_join_requests_decided_by")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_join_requests_person_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_join_requests_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_join_requests")),
    )
    op.create_index("ix_join_requests_school_id", "join_requests", ["school_id", "state", "created_at"], unique=False)
    op.create_index(
        "uq_join_requests_open",
        "join_requests",
        ["person_id", "school_id"],
        unique=True,
        sqlite_where=sa.text("state = 'open'"),
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_table(
        "imports",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=False),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("school_year_id", sa.String(length=64), nullable=True),
        sa.Column("created_by", sa.String(length=64), nullable=False),
        sa.Column("file_name", sa.String(length=200), server_default="", nullable=False),
        sa.Column("preview", DOCUMENT, nullable=False),
        sa.Column("lines", sa.Integer(), nullable=False),
        sa.Column("errors", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("applied_at", MOMENT(), nullable=True),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_imports_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["created_by"], ["people.id"], name=op.f("fk_imports_created_by")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_imports_school_id")),
        sa.ForeignKeyConstraint(
            ["school_year_id", "school_id"],
            ["school_years.id", "school_years.school_id"],
            name=op.f("fk_imports_school_year_id_school_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_imports")),
    )
    op.create_index(op.f("ix_imports_expires_at"), "imports", ["expires_at"], unique=False)
    op.create_index(op.f("ix_imports_school_id"), "imports", ["school_id"], unique=False)


def _extend_people() -> None:
    with op.batch_alter_table("people") as batch:
        batch.add_column(sa.Column("name_folded", sa.String(160), nullable=False, server_default=""))
        batch.add_column(sa.Column("birth_date", sa.Date()))
        batch.add_column(sa.Column("locale", sa.String(8)))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.add_column(sa.Column("seen_at", MOMENT()))
        batch.add_column(sa.Column("deactivated_reason", sa.String(32)))
        batch.add_column(sa.Column("erased_at", MOMENT()))
        batch.alter_column("login", existing_type=sa.String(64), nullable=True)
        batch.alter_column("password_hash", existing_type=sa.String(255), nullable=True)
    _fold("people")
    op.create_index("ix_people_name_folded", "people", ["name_folded"])
    op.create_index("ix_people_seen_at", "people", ["seen_at"])


def _extend_schools() -> None:
    with op.batch_alter_table("schools") as batch:
        batch.alter_column("place", new_column_name="city", existing_type=sa.String(120), existing_nullable=False)
        batch.add_column(sa.Column("name_folded", sa.String(160), nullable=False, server_default=""))
        batch.add_column(sa.Column("address", sa.String(300), nullable=False, server_default=""))
        batch.add_column(sa.Column("about", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("contacts", DOCUMENT))
        batch.add_column(sa.Column("region_id", sa.String(64)))
        batch.add_column(sa.Column("activated_at", MOMENT()))
        batch.add_column(sa.Column("archived_at", MOMENT()))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.create_foreign_key(op.f("fk_schools_region_id"), "regions", ["region_id"], ["id"])
    _fold("schools")
    op.execute("UPDATE schools SET activated_at = created_at")
    op.create_index("ix_schools_name_folded", "schools", ["name_folded"])
    op.create_index("ix_schools_region_id", "schools", ["region_id"])


def _extend_classes() -> None:
    with op.batch_alter_table("classes") as batch:
        batch.add_column(sa.Column("school_year_id", sa.String(64)))
        batch.add_column(sa.Column("name_folded", sa.String(160), nullable=False, server_default=""))
        batch.add_column(sa.Column("archived_at", MOMENT()))
        batch.add_column(sa.Column("deleted_at", MOMENT()))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.drop_constraint(op.f("uq_classes_school_id_name"), type_="unique")
        batch.create_foreign_key(
            op.f("fk_classes_school_year_id_school_id"),
            "school_years",
            ["school_year_id", "school_id"],
            ["id", "school_id"],
        )
    _fold("classes")
    _bring_into_years()
    op.create_index("ix_classes_school_id", "classes", ["school_id"])
    for name, columns, condition in (
        ("uq_classes_name_in_year", ["school_year_id", "name_folded"], "school_year_id IS NOT NULL"),
        ("uq_classes_name_without_year", ["school_id", "name_folded"], "school_year_id IS NULL"),
    ):
        where = sa.text(f"{condition} AND deleted_at IS NULL")
        op.create_index(name, "classes", columns, unique=True, sqlite_where=where, postgresql_where=where)


def _extend_memberships() -> None:
    # A student without a class beside one with a class is no longer thought of: that is one membership now.
    op.execute("""
        UPDATE memberships SET until = since
        WHERE role = 'student' AND until IS NULL AND class_id IS NULL AND EXISTS (
          SELECT 1 FROM memberships AS other
          WHERE other.person_id = memberships.person_id AND other.role = 'student' AND other.until IS NULL
            AND (other.class_id IS NOT NULL OR other.id < memberships.id))
    """)
    op.drop_index("uq_memberships_one_class_a_student", "memberships")
    # SQLite makes the table anew, and checks are not read back from it.
    checks = (
        sa.CheckConstraint(
            "role IN ('administrator', 'teacher', 'student', 'parent')", name=op.f("ck_memberships_role")
        ),
        sa.CheckConstraint("until IS NULL OR until >= since", name=op.f("ck_memberships_until")),
    )
    with op.batch_alter_table("memberships", table_args=checks) as batch:
        batch.add_column(sa.Column("ended_as", sa.String(16)))
        batch.add_column(sa.Column("created_by", sa.String(64)))
        batch.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))
        batch.create_foreign_key(op.f("fk_memberships_created_by"), "people", ["created_by"], ["id"])
        batch.create_check_constraint(
            op.f("ck_memberships_administrator_of_the_school"), "role <> 'administrator' OR class_id IS NULL"
        )
    where = sa.text("role = 'student' AND until IS NULL")
    op.create_index(
        "uq_memberships_one_class_a_student",
        "memberships",
        ["person_id"],
        unique=True,
        sqlite_where=where,
        postgresql_where=where,
    )
    op.create_index("ix_memberships_school_id_role", "memberships", ["school_id", "role"])
    op.create_index("ix_memberships_person_id", "memberships", ["person_id"])


def _fold(table: str) -> None:
    """Fill the folded names; from here on they must be given."""
    connection = op.get_bind()
    rows = sa.table(table, sa.column("id"), sa.column("name"), sa.column("name_folded"))
    for row in connection.execute(sa.select(rows.c.id, rows.c.name)).all():
        connection.execute(sa.update(rows).where(rows.c.id == row.id).values(name_folded=fold_name(row.name)))
    with op.batch_alter_table(table) as batch:
        batch.alter_column("name_folded", existing_type=sa.String(), existing_nullable=False, server_default=None)


def _bring_into_years() -> None:
    """Every class comes into the school year in which it was made; a year begins on the first of July here."""
    connection = op.get_bind()
    classes = sa.table("classes", *map(sa.column, ("id", "school_id", "created_at", "school_year_id", "name_folded")))
    years = sa.table("school_years", *map(sa.column, ("id", "school_id", "name", "starts_on", "ends_on", "created_at")))
    known: dict[tuple[str, int], str] = {}
    taken: set[tuple[str, str]] = set()
    for row in connection.execute(sa.select(classes).order_by(classes.c.created_at, classes.c.id)).all():
        made = datetime.fromtimestamp(row.created_at / 1000, UTC)
        first = made.year if made.month >= 7 else made.year - 1
        if (row.school_id, first) not in known:
            known[row.school_id, first] = year_id = secrets.token_urlsafe(12)
            starts_on, ends_on = date(first, 9, 1), date(first + 1, 8, 31)
            connection.execute(
                sa.insert(years).values(
                    id=year_id,
                    school_id=row.school_id,
                    name=f"{first}/{first + 1}",
                    starts_on=sa.literal(starts_on, sa.Date()),
                    ends_on=sa.literal(ends_on, sa.Date()),
                    created_at=row.created_at,
                )
            )
        year_id = known[row.school_id, first]
        # Names that differed only in case were two classes before, and stay two.
        folded = row.name_folded if (year_id, row.name_folded) not in taken else f"{row.name_folded} {row.id}"
        taken.add((year_id, folded))
        connection.execute(
            sa.update(classes).where(classes.c.id == row.id).values(school_year_id=year_id, name_folded=folded)
        )
