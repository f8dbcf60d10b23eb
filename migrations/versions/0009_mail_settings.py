"""Mail: outbox, reminders, addresses, weekly reports. Settings, versions of the notice, requests to erase."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0012"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    # Not in a batch: SQLite would drop the table that every other one refers to.
    op.add_column("person", sa.Column("email", sa.Text(), nullable=True))
    op.add_column("person", sa.Column("calendar_code", sa.Text(), nullable=True))
    op.create_index(op.f("ix_person_calendar_code"), "person", ["calendar_code"], unique=True)
    # Looks at names are forgotten after a time: without it each of them would search all names seen.
    op.create_index(op.f("ix_name_seen_audit_id"), "name_seen", ["audit_id"])
    _outbox()
    _reminders()
    _settings()
    _request_kinds("'wrong_body', 'correction', 'erasure', 'password'")


def _request_kinds(listed: str) -> None:
    with op.batch_alter_table("person_request") as batch_op:
        batch_op.drop_constraint(op.f("ck_person_request_kind"), type_="check")
        batch_op.create_check_constraint(op.f("ck_person_request_kind"), f"kind IN ({listed})")


def _settings() -> None:
    op.create_table(
        "setting",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_setting_by_id")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_setting")),
    )
    op.create_table(
        "notice",
        sa.Column("number", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_notice_by_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notice")),
    )
    op.create_table(
        "notice_reading",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("number", sa.SmallInteger(), nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_reading_person_id")),
        sa.PrimaryKeyConstraint("person_id", "number", name=op.f("pk_notice_reading")),
    )


def _outbox() -> None:
    op.create_table(
        "outbox",
        sa.Column("id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("not_before", INSTANT, nullable=False),
        sa.Column("tries", sa.SmallInteger(), nullable=False),
        sa.Column("queued_at", INSTANT, nullable=False),
        sa.Column("claimed_at", INSTANT, nullable=True),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("channel IN ('mail', 'webhook')", name=op.f("ck_outbox_channel")),
        sa.CheckConstraint("state IN ('queued', 'claimed', 'sent', 'unknown', 'failed')", name=op.f("ck_outbox_state")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_outbox_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("kind", "about", "day", name=op.f("uq_outbox_kind_about_day")),
    )
    op.create_index(op.f("ix_outbox_person_id"), "outbox", ["person_id"])
    op.create_index("ix_outbox_waiting", "outbox", ["state", "not_before"])


def _reminders() -> None:
    op.create_table(
        "reminder_turn",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_turn_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_reminder_turn")),
    )
    op.create_table(
        "reminder",
        sa.Column("id", BIG, nullable=False),
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("enrolment_id", BIG, nullable=True),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("by_id", BIG, nullable=True),
        sa.Column("way", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_reminder_person_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_reminder_enrolment_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_reminder_body_id")),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_reminder_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
        sa.UniqueConstraint("enrolment_id", "day", name=op.f("uq_reminder_enrolment_id_day")),
    )
    op.create_index(op.f("ix_reminder_person_id"), "reminder", ["person_id"])
    op.create_index("ix_reminder_body", "reminder", ["body_id", "day"])
    op.create_table(
        "weekly_report",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_weekly_report_person_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_weekly_report_body_id")),
        sa.PrimaryKeyConstraint("person_id", "body_id", name=op.f("pk_weekly_report")),
    )
    op.create_index(op.f("ix_weekly_report_body_id"), "weekly_report", ["body_id"])


def downgrade() -> None:
    op.execute("DELETE FROM person_request WHERE kind = 'erasure'")
    _request_kinds("'wrong_body', 'correction', 'password'")
    for name in ("notice_reading", "notice", "setting", "weekly_report", "reminder", "reminder_turn", "outbox"):
        op.drop_table(name)
    op.drop_index(op.f("ix_name_seen_audit_id"), "name_seen")
    op.drop_index(op.f("ix_person_calendar_code"), "person")
    op.drop_column("person", "calendar_code")
    op.drop_column("person", "email")
