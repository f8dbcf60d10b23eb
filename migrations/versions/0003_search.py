"""Search over documents, provisions and sections in one table; the names that bodies had, without marks."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "passage",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("revision_id", BIG_ID, nullable=False),
        sa.Column("kind", BIG_ID, nullable=False),
        sa.Column("place", BIG_ID, nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("endpoint", sa.Text(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("heading", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.Column("exact", sa.Text(), nullable=False),
        sa.Column("bare", sa.Text(), nullable=False),
        sa.CheckConstraint("kind BETWEEN 1 AND 3", name=op.f("ck_passage_kind")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passage")),
    )
    with op.batch_alter_table("passage") as batch_op:
        batch_op.create_index(batch_op.f("ix_passage_source"), ["source"], unique=False)
    with op.batch_alter_table("body_period") as batch_op:
        batch_op.add_column(sa.Column("folded", sa.Text(), nullable=False, server_default=""))
    op.drop_table("provision")  # held what `passage` holds; the next import fills that


def downgrade() -> None:
    op.create_table(
        "provision",
        sa.Column("document_id", BIG_ID, nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        sa.Column("position", BIG_ID, nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("verified", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["document.id"], name=op.f("fk_provision_document_id")),
        sa.PrimaryKeyConstraint("document_id", "anchor", name=op.f("pk_provision")),
    )
    _fill_provisions(op.get_bind())
    with op.batch_alter_table("body_period") as batch_op:
        batch_op.drop_column("folded")
    with op.batch_alter_table("passage") as batch_op:
        batch_op.drop_index(batch_op.f("ix_passage_source"))
    op.drop_table("passage")


def _fill_provisions(connection: sa.Connection) -> None:
    """The older version fills its table only where a document has changed, and would find nothing until then."""
    passage = sa.table("passage", *map(sa.column, ("source", "kind", "position", "heading", "text", "verified")))
    args = sa.column("args", sa.JSON())
    names = ("document_id", "anchor", "position", "label", "text", "folded", "verified")
    provision = sa.table("provision", *map(sa.column, names))
    for row in connection.execute(sa.select(passage, args).where(passage.c.kind == 2)).all():
        text = f"{row.heading} {row.text}"
        told = {"document_id": int(row.source.split("/")[1]), "anchor": row.args["_anchor"], "position": row.position}
        told |= {"label": row.heading, "text": text, "folded": _fold(text), "verified": row.verified}
        connection.execute(provision.insert().values(told))


def _fold(text: str) -> str:
    loose = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    return " ".join("".join(c for c in loose if not unicodedata.combining(c)).split())
