"""The tree with dates: changes for a later day, where an enrolment counted, cycles, delegates, whose name was seen."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROLES = ["public", "learner", "trainer", "reviewer", "leader", "delegate", "secretary", "admin"]
KINDS = ["section_read", "started", "quiz_taken", "paper_study", "waived", "credited"]


def upgrade() -> None:
    op.create_table(
        "body_plan",
        sa.Column("id", BIG, nullable=False),
        sa.Column("body_id", BIG, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("detail", sa.JSON(), nullable=False),
        sa.Column("asked_by", BIG, nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.Column("taken_back", sa.Boolean(), nullable=False),
        sa.CheckConstraint("kind IN ('rename', 'move', 'merge', 'split')", name=op.f("ck_body_plan_kind")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_body_plan_body_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_body_plan")),
    )
    op.create_index(op.f("ix_body_plan_body_id"), "body_plan", ["body_id"])
    op.create_index("ix_body_plan_waiting", "body_plan", ["done_at", "on_day"])
    op.create_table(
        "enrolment_move",
        sa.Column("enrolment_id", BIG, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("left_id", BIG, nullable=True),
        sa.Column("body_id", BIG, nullable=True),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_move_enrolment_id")),
        sa.ForeignKeyConstraint(["left_id"], ["body.id"], name=op.f("fk_enrolment_move_left_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_enrolment_move_body_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "on_day", name=op.f("pk_enrolment_move")),
    )
    op.execute(
        "INSERT INTO enrolment_move (enrolment_id, on_day, left_id, body_id) "
        "SELECT id, left_on, body_id, NULL FROM enrolment WHERE left_on IS NOT NULL"
    )
    op.create_table(
        "name_seen",
        sa.Column("person_id", BIG, nullable=False),
        sa.Column("audit_id", BIG, nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_name_seen_person_id")),
        sa.ForeignKeyConstraint(["audit_id"], ["audit.id"], name=op.f("fk_name_seen_audit_id")),
        sa.PrimaryKeyConstraint("person_id", "audit_id", name=op.f("pk_name_seen")),
    )
    with op.batch_alter_table("campaign") as batch_op:
        batch_op.add_column(sa.Column("kinds", sa.JSON(), server_default="[]", nullable=False))
        for name in ("valid_months", "window_days", "credit_days"):
            batch_op.add_column(sa.Column(name, sa.SmallInteger(), nullable=True))
        batch_op.add_column(sa.Column("renews_id", BIG, nullable=True))
    with op.batch_alter_table("campaign_body") as batch_op:
        batch_op.add_column(sa.Column("target", sa.Boolean(), server_default=sa.true(), nullable=False))
    # Until now a later due date made a row of its own, which looked like one more body that the campaign is for.
    op.execute(
        "UPDATE campaign_body SET target = false WHERE EXISTS ("
        "SELECT 1 FROM campaign_body other JOIN body above ON above.id = other.body_id, body own "
        "WHERE own.id = campaign_body.body_id AND other.campaign_id = campaign_body.campaign_id "
        "AND own.id <> above.id AND own.path LIKE above.path || '%')"
    )
    _one_of("grant", "role", ROLES)
    _one_of("fact", "kind", KINDS)


def _one_of(table: str, column: str, values: list[str]) -> None:
    listed = ", ".join(f"'{value}'" for value in values)
    with op.batch_alter_table(table) as batch_op:
        batch_op.drop_constraint(op.f(f"ck_{table}_{column}"), type_="check")
        batch_op.create_check_constraint(op.f(f"ck_{table}_{column}"), f"{column} IN ({listed})")


def downgrade() -> None:
    op.execute("DELETE FROM fact WHERE kind = 'credited'")
    op.execute("DELETE FROM \"grant\" WHERE role IN ('delegate', 'secretary')")
    _one_of("fact", "kind", KINDS[:-1])
    _one_of("grant", "role", [role for role in ROLES if role not in ("delegate", "secretary")])
    # Plainly, since SQLite would make the table anew, and others refer to it.
    op.execute("ALTER TABLE campaign_body DROP COLUMN target")
    for name in ("renews_id", "credit_days", "window_days", "valid_months", "kinds"):
        op.execute(f"ALTER TABLE campaign DROP COLUMN {name}")
    for name in ("name_seen", "enrolment_move", "body_plan"):
        op.drop_table(name)
