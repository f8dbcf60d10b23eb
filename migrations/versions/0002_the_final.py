"""The final: flags, extra time, answers that came late, the sentence that a learner keeps."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state = 'open'")


def upgrade() -> None:
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.add_column(sa.Column("flagged", sa.JSON(), server_default="[]", nullable=False))
        batch_op.create_index("ix_attempt_deadline", ["deadline"], sqlite_where=OPEN, postgresql_where=OPEN)
    with op.batch_alter_table("response") as batch_op:
        batch_op.add_column(sa.Column("late", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "extra_time",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("percent", BIG, nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_extra_time_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_extra_time")),
    )
    op.create_table(
        "late_answer",
        sa.Column("id", BIG, nullable=False),
        sa.Column("attempt_id", BIG, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("chosen", sa.JSON(), nullable=False),
        sa.Column("chosen_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("arrived_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["attempt_id"], ["attempt.id"], name=op.f("fk_late_answer_attempt_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_late_answer")),
    )
    op.create_index(op.f("ix_late_answer_attempt_id"), "late_answer", ["attempt_id"])
    op.create_table(
        "pledge",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("course_id", BIG, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["course_id"], ["course.id"], name=op.f("fk_pledge_course_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_pledge_person_id")),
        sa.PrimaryKeyConstraint("person_id", "course_id", name=op.f("pk_pledge")),
    )


def downgrade() -> None:
    for name in ("pledge", "late_answer", "extra_time"):
        op.drop_table(name)
    with op.batch_alter_table("response") as batch_op:
        batch_op.drop_column("late")
    with op.batch_alter_table("attempt") as batch_op:
        batch_op.drop_index("ix_attempt_deadline")
        batch_op.drop_column("flagged")
