"""How many days whoever comes into a campaign later has at least (none: the common due date)."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("campaign", sa.Column("newcomer_days", sa.SmallInteger(), nullable=True))


def downgrade() -> None:
    op.drop_column("campaign", "newcomer_days")
