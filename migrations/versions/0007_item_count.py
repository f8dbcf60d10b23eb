"""Sums over answers, and the latest fact of a person at hand."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def _keys(table: str, *names: str) -> list[sa.Constraint]:
    foreign = [name for name in names if name.endswith("_id")]
    targets = {"unit_revision_id": "unit_revision.id"}
    keys: list[sa.Constraint] = [
        sa.ForeignKeyConstraint(
            [name], [targets.get(name, f"{name.removesuffix('_id')}.id")], name=f"fk_{table}_{name}"
        )
        for name in foreign
    ]
    return keys


def upgrade() -> None:
    op.create_table(
        "item_count",
        *(sa.Column(name, BIG, nullable=False) for name in ("campaign_id", "body_id", "unit_revision_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("question", "option")),
        *(sa.Column(name, BIG, nullable=False) for name in ("own", "n")),
        *_keys("item_count", "campaign_id", "body_id", "unit_revision_id"),
        sa.PrimaryKeyConstraint(
            "campaign_id", "body_id", "unit_revision_id", "question", "option", name=op.f("pk_item_count")
        ),
    )
    op.create_table(
        "result_count",
        *(sa.Column(name, BIG, nullable=False) for name in ("campaign_id", "body_id")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("unit", "measure")),
        *(sa.Column(name, BIG, nullable=False) for name in ("own", "n")),
        *_keys("result_count", "campaign_id", "body_id"),
        sa.PrimaryKeyConstraint("campaign_id", "body_id", "unit", "measure", name=op.f("pk_result_count")),
    )
    op.create_table(
        "counted_attempt",
        *(sa.Column(name, BIG, nullable=False) for name in ("campaign_id", "attempt_id", "body_id")),
        sa.Column("first", sa.Boolean(), nullable=False),
        *_keys("counted_attempt", "campaign_id", "attempt_id", "body_id"),
        sa.PrimaryKeyConstraint("campaign_id", "attempt_id", name=op.f("pk_counted_attempt")),
    )
    op.create_table(
        "answer_fill",
        *(sa.Column(name, BIG, nullable=False) for name in ("id", "done", "goal")),
        sa.Column("goal_at", sa.DateTime(timezone=True)),
        sa.Column("next", BIG),
        sa.Column("next_at", sa.DateTime(timezone=True)),
        sa.Column("at", sa.DateTime(timezone=True)),
        sa.Column("tree", sa.Text()),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_fill")),
    )
    op.create_index("ix_fact_latest", "fact", ["person_id", "course_id", "at"])


def downgrade() -> None:
    op.drop_index("ix_fact_latest", "fact")
    for name in ("answer_fill", "counted_attempt", "result_count", "item_count"):
        op.drop_table(name)
