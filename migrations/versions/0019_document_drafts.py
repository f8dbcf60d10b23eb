"""Drafts of documents; who wrote a document's revision, who published it, and why (nobody: the content files)."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "document_draft",
        sa.Column("document_id", BIG, nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.Column("base_id", BIG, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("writers", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_by", BIG, nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_by", BIG, nullable=True),
        sa.CheckConstraint("state IN ('writing', 'review')", name=op.f("ck_document_draft_state")),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_document_draft_document_id")),
        sa.ForeignKeyConstraint(["changed_by"], ["person.id"], name=op.f("fk_document_draft_changed_by")),
        sa.ForeignKeyConstraint(["sent_by"], ["person.id"], name=op.f("fk_document_draft_sent_by")),
        sa.PrimaryKeyConstraint("document_id", name=op.f("pk_document_draft")),
    )
    op.add_column("document_revision", sa.Column("made_by", BIG, nullable=True))
    op.add_column("document_revision", sa.Column("approved_by", BIG, nullable=True))
    op.add_column("document_revision", sa.Column("why", sa.Text(), nullable=True))


def downgrade() -> None:
    for column in ("made_by", "approved_by", "why"):
        op.drop_column("document_revision", column)
    op.drop_table("document_draft")
