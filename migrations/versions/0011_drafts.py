"""Drafts with a state, their writers and the revision they began from; who is writing now."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("draft") as draft:
        draft.add_column(sa.Column("base_id", BIG, nullable=True))
        draft.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="writing"))
        draft.add_column(sa.Column("writers", sa.JSON(), nullable=False, server_default="[]"))
        draft.add_column(sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True))
        draft.add_column(sa.Column("sent_by", BIG, nullable=True))
        draft.create_check_constraint(op.f("ck_draft_state"), "state IN ('writing', 'review')")
        draft.create_foreign_key(op.f("fk_draft_sent_by"), "person", ["sent_by"], ["id"])
    with op.batch_alter_table("draft") as draft:
        draft.alter_column("state", server_default=None)
        draft.alter_column("writers", server_default=None)
    op.create_table(
        "editing",
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_editing_unit_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_editing_person_id")),
        sa.PrimaryKeyConstraint("unit_id", "person_id", name=op.f("pk_editing")),
    )


def downgrade() -> None:
    op.drop_table("editing")
    with op.batch_alter_table("draft") as draft:
        draft.drop_constraint(op.f("fk_draft_sent_by"), type_="foreignkey")
        draft.drop_constraint(op.f("ck_draft_state"), type_="check")
        for column in ("base_id", "state", "writers", "sent_at", "sent_by"):
            draft.drop_column(column)
