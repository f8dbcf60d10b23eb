"""Corrections of keys, notes of reviewers, who approved a revision and whether it changed the substance."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Not in a batch: SQLite would drop and make anew a table that nearly every attempt refers to.
    op.add_column("unit", sa.Column("retired_at", AT, nullable=True))
    op.add_column("unit_revision", sa.Column("approved_by", BIG, nullable=True))
    op.add_column("unit_revision", sa.Column("substance", sa.Boolean(), nullable=True))
    op.create_table(
        "correction",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("unit_revision_id", BIG, nullable=False),
        sa.Column("questions", sa.JSON(), nullable=False),
        sa.Column("granted", sa.JSON(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", BIG, nullable=True),
        sa.Column("checked_at", AT, nullable=True),
        sa.Column("closed_at", AT, nullable=True),
        *(sa.Column(name, BIG, nullable=False) for name in ("looked", "raised", "passing")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_correction_unit_id")),
        sa.ForeignKeyConstraint(
            ["unit_revision_id"], ["unit_revision.id"], name=op.f("fk_correction_unit_revision_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_correction_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction")),
    )
    op.create_index(op.f("ix_correction_unit_id"), "correction", ["unit_id"])
    op.create_index("ix_attempt_ended", "attempt", ["unit_id", "ended_at"])
    op.create_table(
        "review_note",
        sa.Column("id", BIG, nullable=False),
        sa.Column("unit_id", BIG, nullable=False),
        sa.Column("unit_revision_id", BIG, nullable=True),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("done_at", AT, nullable=True),
        sa.Column("done_by", BIG, nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_review_note_unit_id")),
        sa.ForeignKeyConstraint(
            ["unit_revision_id"], ["unit_revision.id"], name=op.f("fk_review_note_unit_revision_id")
        ),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_review_note_made_by")),
        sa.ForeignKeyConstraint(["done_by"], ["person.id"], name=op.f("fk_review_note_done_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review_note")),
    )
    op.create_index(op.f("ix_review_note_unit_id"), "review_note", ["unit_id"])


def downgrade() -> None:
    op.drop_table("review_note")
    op.drop_index("ix_attempt_ended", "attempt")
    op.drop_table("correction")
    op.drop_column("unit_revision", "substance")
    op.drop_column("unit_revision", "approved_by")
    op.drop_column("unit", "retired_at")
