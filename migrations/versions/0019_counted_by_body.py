"""Attempts that have been counted are found by body: `quizapp check` counts them again some bodies at a time."""

from alembic import op

revision = "0019"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_counted_attempt_body", "counted_attempt", ["campaign_id", "body_id"])


def downgrade() -> None:
    op.drop_index("ix_counted_attempt_body", "counted_attempt")
