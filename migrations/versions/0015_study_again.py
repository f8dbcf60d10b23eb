"""Proposals to study a unit again after a change of substance, whom they concern, and the campaigns made of them."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0018"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Not in a batch: SQLite would drop and make anew a table that every enrolment refers to.
    op.add_column("campaign", sa.Column("again_revision_id", BIG, nullable=True))
    op.add_column("campaign", sa.Column("again_at", AT, nullable=True))
    op.create_table(
        "study_again",
        sa.Column("unit_revision_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("unit", "path", "title")),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("declined_at", AT, nullable=True),
        sa.Column("declined_by", BIG, nullable=True),
        sa.Column("declined_why", sa.Text(), nullable=True),
        *(
            sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_study_again_{column}"))
            for column, target in (
                ("unit_revision_id", "unit_revision.id"),
                ("course_id", "course.id"),
                ("made_by", "person.id"),
                ("declined_by", "person.id"),
            )
        ),
        sa.PrimaryKeyConstraint("unit_revision_id", name=op.f("pk_study_again")),
    )
    op.create_table(
        "study_again_person",
        sa.Column("unit_revision_id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(
            ["unit_revision_id"],
            ["study_again.unit_revision_id"],
            name=op.f("fk_study_again_person_unit_revision_id"),
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_study_again_person_person_id")),
        sa.PrimaryKeyConstraint("unit_revision_id", "person_id", name=op.f("pk_study_again_person")),
    )
    op.create_index(op.f("ix_study_again_person_person_id"), "study_again_person", ["person_id"])


def downgrade() -> None:
    op.drop_table("study_again_person")
    op.drop_table("study_again")
    op.drop_column("campaign", "again_at")
    op.drop_column("campaign", "again_revision_id")
