"""Official texts of documents: signed files and their text, compared by a second person. Pictures of lessons and questions."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
PEOPLE = ("added_by", "confirmed_by", "withdrawn_by")


def upgrade() -> None:
    op.create_table(
        "official_text",
        sa.Column("id", BIG, nullable=False),
        sa.Column("document_id", BIG, nullable=False),
        sa.Column("number", BIG, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("file_sha256", sa.Text(), nullable=True),
        sa.Column("file_name", sa.Text(), nullable=True),
        sa.Column("media_type", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("added_by", BIG, nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", BIG, nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_how", sa.Text(), nullable=True),
        sa.Column("withdrawn_by", BIG, nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("withdrawn_why", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "state IN ('draft', 'waiting', 'confirmed', 'withdrawn')", name=op.f("ck_official_text_state")
        ),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_official_text_document_id")),
        sa.ForeignKeyConstraint(["file_sha256"], ["file.sha256"], name=op.f("fk_official_text_file_sha256")),
        *(sa.ForeignKeyConstraint([name], ["person.id"], name=op.f(f"fk_official_text_{name}")) for name in PEOPLE),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_text")),
        sa.UniqueConstraint("document_id", "number", name=op.f("uq_official_text_document_id_number")),
    )
    op.create_index(op.f("ix_official_text_file_sha256"), "official_text", ["file_sha256"])
    op.create_table(
        "picture",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("sha256", "source_sha256", "extension")),
        *(sa.Column(name, BIG, nullable=False) for name in ("width", "height")),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kept_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["kept_by"], ["person.id"], name=op.f("fk_picture_kept_by")),
        sa.ForeignKeyConstraint(["sha256"], ["file.sha256"], name=op.f("fk_picture_sha256")),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_picture")),
    )
    op.create_index(op.f("ix_picture_source_sha256"), "picture", ["source_sha256"])


def downgrade() -> None:
    op.drop_table("picture")
    op.drop_table("official_text")
