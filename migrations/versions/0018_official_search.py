"""Search finds official texts, and documents by their issuer; a document says which task of the course refers to it."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _kinds(4)
    op.execute(
        "DELETE FROM passage WHERE source LIKE 'document/%'"
    )  # the next import makes them again, with the issuer
    op.add_column("document", sa.Column("task", sa.Text(), nullable=True))  # the next import fills it


def downgrade() -> None:
    op.execute("ALTER TABLE document DROP COLUMN task")  # plainly, since SQLite would make the table anew
    op.execute("DELETE FROM passage WHERE kind = 4")
    _kinds(3)


def _kinds(last: int) -> None:
    with op.batch_alter_table("passage") as passage:
        passage.drop_constraint(op.f("ck_passage_kind"), type_="check")
        passage.create_check_constraint(op.f("ck_passage_kind"), f"kind BETWEEN 1 AND {last}")
