"""Jobs with their files, imports of people and bodies, accounts that were merged."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

BIG = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
OPEN = sa.text("state IN ('waiting', 'running')")


def upgrade() -> None:
    op.create_table(
        "file",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", BIG, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_file")),
    )
    _jobs()
    _imports()
    # Not in a batch: SQLite would drop and make anew a table that nearly every other one refers to.
    op.add_column("person", sa.Column("merged_into_id", BIG, nullable=True))
    op.create_index(op.f("ix_person_phone"), "person", ["phone"])


def _jobs() -> None:
    op.create_table(
        "job",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("owner_id", BIG, nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("input", sa.JSON(), nullable=False),
        sa.Column("input_sha256", sa.Text(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", BIG, nullable=False),
        sa.Column("done", BIG, nullable=False),
        sa.Column("whole", BIG, nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("result_sha256", sa.Text(), nullable=True),
        sa.Column("problem", sa.Text(), nullable=True),
        sa.CheckConstraint("state IN ('waiting', 'running', 'done', 'failed')", name=op.f("ck_job_state")),
        sa.ForeignKeyConstraint(["input_sha256"], ["file.sha256"], name=op.f("fk_job_input_sha256")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_job_owner_id")),
        sa.ForeignKeyConstraint(["result_sha256"], ["file.sha256"], name=op.f("fk_job_result_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("code", name=op.f("uq_job_code")),
    )
    for column in ("owner_id", "input_sha256", "result_sha256"):
        op.create_index(op.f(f"ix_job_{column}"), "job", [column])
    op.create_index("ix_job_open", "job", ["id"], sqlite_where=OPEN, postgresql_where=OPEN)


def _imports() -> None:
    op.create_table(
        "people_import",
        sa.Column("id", BIG, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("owner_id", BIG, nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("job_id", BIG, nullable=True),
        sa.Column("file_name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("found", sa.JSON(), nullable=False),
        sa.Column("choices", sa.JSON(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("state IN ('file', 'columns', 'checked', 'done')", name=op.f("ck_people_import_state")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_people_import_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_people_import")),
        sa.UniqueConstraint("code", name=op.f("uq_people_import_code")),
    )
    op.create_index(op.f("ix_people_import_owner_id"), "people_import", ["owner_id"])
    op.create_table(
        "people_import_line",
        sa.Column("import_id", BIG, nullable=False),
        sa.Column("place", BIG, nullable=False),
        sa.Column("of_body", sa.Boolean(), nullable=False),
        sa.Column("number", BIG, nullable=True),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("body_id", BIG, nullable=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("person_id", BIG, nullable=True),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("says", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "verdict IN ('ok', 'look', 'bad', 'skipped', 'absent')", name=op.f("ck_people_import_line_verdict")
        ),
        sa.CheckConstraint(
            "deed IN ('new', 'changed', 'moved', 'post', 'same', 'none')", name=op.f("ck_people_import_line_deed")
        ),
        sa.ForeignKeyConstraint(["import_id"], ["people_import.id"], name=op.f("fk_people_import_line_import_id")),
        sa.ForeignKeyConstraint(["body_id"], ["body.id"], name=op.f("fk_people_import_line_body_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_people_import_line_person_id")),
        sa.PrimaryKeyConstraint("import_id", "place", name=op.f("pk_people_import_line")),
    )
    op.create_index("ix_people_import_line_verdict", "people_import_line", ["import_id", "verdict", "place"])
    op.create_index(op.f("ix_people_import_line_person_id"), "people_import_line", ["person_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_person_phone"), "person")
    op.drop_column("person", "merged_into_id")
    for name in ("people_import_line", "people_import", "job", "file"):
        op.drop_table(name)
