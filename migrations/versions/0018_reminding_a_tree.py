"""Reminding a whole tree: who may be reminded is counted by the work process, which goes through the people, too."""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
AT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "reminder_figure",
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("resting", BIG, nullable=False),
        sa.Column("addressed", BIG, nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("at", AT, nullable=False),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_reminder_figure_campaign_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_reminder_figure_body_id")),
        sa.PrimaryKeyConstraint("campaign_id", "body_id", name=op.f("pk_reminder_figure")),
    )
    op.create_table(
        "reminder_round",
        sa.Column("id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("by_id", BIG, nullable=False),
        sa.Column("way", sa.Text(), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("made_at", AT, nullable=False),
        sa.Column("after", BIG, nullable=False),
        sa.Column("people", BIG, nullable=False),
        sa.Column("ended_at", AT, nullable=True),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_reminder_round_campaign_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_reminder_round_body_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reminder_round_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder_round")),
    )
    op.create_index("ix_reminder_round_campaign", "reminder_round", ["campaign_id", "body_id"])


def downgrade() -> None:
    op.drop_table("reminder_round")
    op.drop_table("reminder_figure")
