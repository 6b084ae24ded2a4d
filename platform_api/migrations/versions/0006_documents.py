"""Files with their contents and previews, folders, articles, albums, uploads, and the work they leave behind."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.BigInteger
"""Milliseconds since 1970."""
DOCUMENT = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "contents",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("width", sa.Integer(), nullable=True),
        sa.Column("height", sa.Integer(), nullable=True),
        sa.Column("duration", sa.Integer(), nullable=True),
        sa.Column("pages", sa.Integer(), nullable=True),
        sa.Column("previews", sa.String(length=16), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.CheckConstraint("previews IN ('waiting', 'ready', 'none')", name=op.f("ck_contents_previews")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contents")),
    )
    op.create_table(
        "file_work",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("not_before", MOMENT(), nullable=False),
        sa.CheckConstraint("kind IN ('finish', 'preview', 'video', 'drop')", name=op.f("ck_file_work_kind")),
        sa.PrimaryKeyConstraint("kind", "subject_id", name=op.f("pk_file_work")),
    )
    op.create_index("ix_file_work_not_before", "file_work", ["not_before"], unique=False)
    op.create_table(
        "likes",
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("person_id", sa.String(length=64), nullable=False),
        sa.Column("at", MOMENT(), nullable=False),
        sa.CheckConstraint("kind IN ('article', 'album')", name=op.f("ck_likes_kind")),
        sa.ForeignKeyConstraint(["person_id"], ["people.id"], name=op.f("fk_likes_person_id")),
        sa.PrimaryKeyConstraint("kind", "subject_id", "person_id", name=op.f("pk_likes")),
    )
    op.create_index(op.f("ix_likes_person_id"), "likes", ["person_id"], unique=False)
    op.create_table(
        "previews",
        sa.Column("content_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"], ["contents.id"], name=op.f("fk_previews_content_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("content_id", "name", name=op.f("pk_previews")),
    )
    op.create_table(
        "albums",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=True),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("about", sa.Text(), server_default="", nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("class_id IS NULL OR school_id IS NOT NULL", name=op.f("ck_albums_class_id")),
        sa.CheckConstraint("school_id IS NOT NULL", name=op.f("ck_albums_school_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_albums_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_albums_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_albums_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_albums")),
    )
    op.create_index("ix_albums_owner_id", "albums", ["owner_id"], unique=False)
    op.create_index("ix_albums_school_id", "albums", ["school_id", "class_id", "created_at"], unique=False)
    op.create_table(
        "articles",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=True),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("blocks", DOCUMENT, nullable=False),
        sa.Column("words", sa.Integer(), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("changed_at", MOMENT(), nullable=False),
        sa.Column("published_at", MOMENT(), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("class_id IS NULL OR school_id IS NOT NULL", name=op.f("ck_articles_class_id")),
        sa.CheckConstraint("school_id IS NOT NULL", name=op.f("ck_articles_school_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_articles_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_articles_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_articles_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_articles")),
    )
    op.create_index("ix_articles_owner_id", "articles", ["owner_id"], unique=False)
    op.create_index("ix_articles_school_id", "articles", ["school_id", "class_id", "published_at"], unique=False)
    op.create_table(
        "folders",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=True),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("parent_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("trashed_at", MOMENT(), nullable=True),
        sa.Column("trashed_with", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("section IN ('documents', 'videos')", name=op.f("ck_folders_section")),
        sa.CheckConstraint("class_id IS NULL OR school_id IS NOT NULL", name=op.f("ck_folders_class_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_folders_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_folders_owner_id")),
        sa.ForeignKeyConstraint(["parent_id"], ["folders.id"], name=op.f("fk_folders_parent_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_folders_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_folders")),
    )
    op.create_index("ix_folders_owner_id", "folders", ["owner_id"], unique=False)
    op.create_index(op.f("ix_folders_parent_id"), "folders", ["parent_id"], unique=False)
    op.create_index("ix_folders_school_id", "folders", ["school_id", "class_id"], unique=False)
    op.create_index(op.f("ix_folders_trashed_at"), "folders", ["trashed_at"], unique=False)
    op.create_table(
        "uploads",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=True),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("folder_id", sa.String(length=64), nullable=True),
        sa.Column("album_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("caption", sa.String(length=500), server_default="", nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("received", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("state", sa.String(length=16), server_default="receiving", nullable=False),
        sa.Column("refusal", sa.String(length=64), nullable=True),
        sa.Column("file_id", sa.String(length=64), nullable=True),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.CheckConstraint("state IN ('receiving', 'received', 'done', 'refused')", name=op.f("ck_uploads_state")),
        sa.CheckConstraint("class_id IS NULL OR school_id IS NOT NULL", name=op.f("ck_uploads_class_id")),
        sa.CheckConstraint("received BETWEEN 0 AND size", name=op.f("ck_uploads_received")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_uploads_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_uploads_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_uploads_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uploads")),
    )
    op.create_index(op.f("ix_uploads_expires_at"), "uploads", ["expires_at"], unique=False)
    op.create_index("ix_uploads_owner_id", "uploads", ["owner_id", "state"], unique=False)
    op.create_index("ix_uploads_school_id", "uploads", ["school_id"], unique=False)
    op.create_table(
        "files",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("content_id", sa.String(length=64), nullable=False),
        sa.Column("owner_id", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.String(length=64), nullable=True),
        sa.Column("class_id", sa.String(length=64), nullable=True),
        sa.Column("section", sa.String(length=16), nullable=False),
        sa.Column("folder_id", sa.String(length=64), nullable=True),
        sa.Column("album_id", sa.String(length=64), nullable=True),
        sa.Column("article_id", sa.String(length=64), nullable=True),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("name_folded", sa.String(length=160), nullable=False),
        sa.Column("caption", sa.String(length=500), server_default="", nullable=False),
        sa.Column("position", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", MOMENT(), nullable=False),
        sa.Column("trashed_at", MOMENT(), nullable=True),
        sa.Column("trashed_with", sa.String(length=64), nullable=True),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False),
        sa.CheckConstraint("(section = 'albums') = (album_id IS NOT NULL)", name=op.f("ck_files_album_id")),
        sa.CheckConstraint("(section = 'articles') = (article_id IS NOT NULL)", name=op.f("ck_files_article_id")),
        sa.CheckConstraint("section <> 'attachments' OR school_id IS NULL", name=op.f("ck_files_attachments")),
        sa.CheckConstraint(
            "section IN ('documents', 'videos', 'albums', 'articles', 'attachments')", name=op.f("ck_files_section")
        ),
        sa.CheckConstraint("class_id IS NULL OR school_id IS NOT NULL", name=op.f("ck_files_class_id")),
        sa.ForeignKeyConstraint(["album_id"], ["albums.id"], name=op.f("fk_files_album_id")),
        sa.ForeignKeyConstraint(["article_id"], ["articles.id"], name=op.f("fk_files_article_id")),
        sa.ForeignKeyConstraint(
            ["class_id", "school_id"], ["classes.id", "classes.school_id"], name=op.f("fk_files_class_id_school_id")
        ),
        sa.ForeignKeyConstraint(["content_id"], ["contents.id"], name=op.f("fk_files_content_id")),
        sa.ForeignKeyConstraint(["folder_id"], ["folders.id"], name=op.f("fk_files_folder_id")),
        sa.ForeignKeyConstraint(["owner_id"], ["people.id"], name=op.f("fk_files_owner_id")),
        sa.ForeignKeyConstraint(["school_id"], ["schools.id"], name=op.f("fk_files_school_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_files")),
    )
    op.create_index(op.f("ix_files_album_id"), "files", ["album_id"], unique=False)
    op.create_index(op.f("ix_files_article_id"), "files", ["article_id"], unique=False)
    op.create_index(op.f("ix_files_content_id"), "files", ["content_id"], unique=False)
    op.create_index(op.f("ix_files_folder_id"), "files", ["folder_id"], unique=False)
    op.create_index("ix_files_owner_id", "files", ["owner_id", "section"], unique=False)
    op.create_index("ix_files_school_id", "files", ["school_id", "class_id", "section", "created_at"], unique=False)
    op.create_index(op.f("ix_files_trashed_at"), "files", ["trashed_at"], unique=False)
    op.create_table(
        "upload_pieces",
        sa.Column("upload_id", sa.String(length=64), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(
            ["upload_id"], ["uploads.id"], name=op.f("fk_upload_pieces_upload_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("upload_id", "start", name=op.f("pk_upload_pieces")),
    )
    op.create_table(
        "file_grants",
        sa.Column("file_id", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject_id", sa.String(length=64), nullable=False),
        sa.Column("by_id", sa.String(length=64), nullable=False),
        sa.Column("granted_by", sa.String(length=64), nullable=False),
        sa.Column("granted_at", MOMENT(), nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["files.id"], name=op.f("fk_file_grants_file_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["granted_by"], ["people.id"], name=op.f("fk_file_grants_granted_by")),
        sa.PrimaryKeyConstraint("file_id", "kind", "subject_id", "by_id", name=op.f("pk_file_grants")),
    )
    op.create_index("ix_file_grants_kind_by_id", "file_grants", ["kind", "by_id"], unique=False)
    op.create_index("ix_file_grants_kind_subject_id", "file_grants", ["kind", "subject_id"], unique=False)


def downgrade() -> None:
    """Take them away."""
    for table in (
        "file_grants",
        "upload_pieces",
        "files",
        "uploads",
        "folders",
        "articles",
        "albums",
        "previews",
        "likes",
        "file_work",
        "contents",
    ):
        op.drop_table(table)
