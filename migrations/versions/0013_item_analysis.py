"""Sums over first tries at each question and the figures made of them; the system may stop a question by itself."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0010"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
FIGURES = "facility sd discrimination efficiency weight weak middle strong seconds".split()
QUIZ_FIGURES = "median mean sd skewness kurtosis cic error_ratio standard_error".split()


def _whole(*names: str) -> list[sa.Column]:
    return [sa.Column(name, BIG, nullable=False) for name in names]


def _real(names: list[str]) -> list[sa.Column]:
    return [sa.Column(name, sa.Double()) for name in names]


def _of_revision(table: str) -> sa.Constraint:
    name = f"fk_{table}_unit_revision_id"
    return sa.ForeignKeyConstraint(["unit_revision_id"], ["unit_revision.id"], name=name)


def upgrade() -> None:
    op.create_table(
        "item_cell",
        *_whole("unit_revision_id"),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("question", "what")),
        *_whole("rest", "others", "n"),
        _of_revision("item_cell"),
        sa.PrimaryKeyConstraint("unit_revision_id", "question", "what", "rest", "others", name=op.f("pk_item_cell")),
    )
    op.create_table(
        "analysed_attempt",
        *_whole("attempt_id"),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name="fk_analysed_attempt_attempt_id"),
        sa.PrimaryKeyConstraint("attempt_id", name=op.f("pk_analysed_attempt")),
    )
    op.create_table(
        "item_analysis",
        *_whole("unit_revision_id"),
        sa.Column("question", sa.Text(), nullable=False),
        *_whole("attempts", "blank"),
        *_real(FIGURES),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("suspended_at", sa.DateTime(timezone=True)),
        _of_revision("item_analysis"),
        sa.PrimaryKeyConstraint("unit_revision_id", "question", name=op.f("pk_item_analysis")),
    )
    op.create_table(
        "quiz_analysis",
        *_whole("unit_revision_id", "attempts", "papers", "questions"),
        *_real(QUIZ_FIGURES),
        _of_revision("quiz_analysis"),
        sa.PrimaryKeyConstraint("unit_revision_id", name=op.f("pk_quiz_analysis")),
    )
    op.create_table(
        "item_fill",
        *_whole("id", "done", "goal"),
        sa.Column("goal_at", sa.DateTime(timezone=True)),
        sa.Column("next", BIG),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_fill")),
    )
    with op.batch_alter_table("stopped_question") as batch:
        batch.alter_column("stopped_by", existing_type=BIG, nullable=True)


def downgrade() -> None:
    op.execute("DELETE FROM stopped_question WHERE stopped_by IS NULL")
    with op.batch_alter_table("stopped_question") as batch:
        batch.alter_column("stopped_by", existing_type=BIG, nullable=False)
    for name in ("item_fill", "quiz_analysis", "item_analysis", "analysed_attempt", "item_cell"):
        op.drop_table(name)
