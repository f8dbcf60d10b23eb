"""Courses arranged in the browser: since when, what the files said last; who made a course's revision, and why."""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("course", sa.Column("arranged_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("course", sa.Column("files_sha256", sa.Text(), nullable=True))
    op.add_column(
        "course_revision", sa.Column("made_by", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True)
    )
    op.add_column("course_revision", sa.Column("why", sa.Text(), nullable=True))


def downgrade() -> None:
    for table, columns in (("course_revision", ("why", "made_by")), ("course", ("files_sha256", "arranged_at"))):
        for column in columns:
            op.drop_column(table, column)
