"""Báo cáo: frozen figures, official reports, letterheads."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
LAYOUTS = "layout IN ('party', 'state')"


def upgrade() -> None:
    op.create_table(
        "snapshot",
        sa.Column("id", BIG, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("campaign_id", BIG, nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_snapshot_body_id")),
        sa.ForeignKeyConstraint(["campaign_id"], ["campaign.id"], name=op.f("fk_snapshot_campaign_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_snapshot_made_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_snapshot")),
        sa.UniqueConstraint("code", name=op.f("uq_snapshot_code")),
        sa.UniqueConstraint("number", name=op.f("uq_snapshot_number")),
    )
    op.create_index("ix_snapshot_same", "snapshot", ["campaign_id", "body_id", "sha256"])
    op.create_table(
        "official_report",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("snapshot_id", BIG, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("letterhead", sa.JSON(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", BIG, nullable=False),
        sa.Column("corrects_id", BIG, nullable=True),
        sa.Column("why", sa.Text(), nullable=True),
        sa.CheckConstraint(LAYOUTS, name=op.f("ck_official_report_layout")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshot.id"], name=op.f("fk_official_report_snapshot_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_official_report_body_id")),
        sa.ForeignKeyConstraint(["made_by"], ["person.id"], name=op.f("fk_official_report_made_by")),
        sa.ForeignKeyConstraint(["corrects_id"], ["official_report.id"], name=op.f("fk_official_report_corrects_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official_report")),
        sa.UniqueConstraint("code", name=op.f("uq_official_report_code")),
    )
    for column in ("snapshot_id", "body_id", "corrects_id"):
        op.create_index(op.f(f"ix_official_report_{column}"), "official_report", [column])
    op.create_table(
        "letterhead",
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("layout", sa.Text(), nullable=False),
        sa.Column("letterhead", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_letterhead_body_id")),
        sa.PrimaryKeyConstraint("body_id", name=op.f("pk_letterhead")),
    )


def downgrade() -> None:
    for name in ("letterhead", "official_report", "snapshot"):
        op.drop_table(name)
