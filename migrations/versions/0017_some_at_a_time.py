"""Some at a time: counted attempts are found by body, and a correction knows how far its present round has come."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_index("ix_counted_attempt_body", "counted_attempt", ["campaign_id", "body_id"])
    with op.batch_alter_table("correction") as batch_op:
        batch_op.add_column(sa.Column("round_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("walked", BIG, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("last_round", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("correction") as batch_op:
        for name in ("last_round", "walked", "round_at"):
            batch_op.drop_column(name)
    op.drop_index("ix_counted_attempt_body", "counted_attempt")
