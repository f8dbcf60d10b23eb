"""The names that bodies had, without marks: data only."""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PERIOD = sa.table("body_period", sa.column("name", sa.Text()), sa.column("folded", sa.Text()))


def upgrade() -> None:
    connection = op.get_bind()
    for name in connection.scalars(sa.select(PERIOD.c.name).where(PERIOD.c.folded == "").distinct()).all():
        connection.execute(PERIOD.update().where(PERIOD.c.name == name).values(folded=_fold(name)))


def downgrade() -> None:
    pass  # the column goes with the revision before


def _fold(text: str) -> str:
    loose = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    bare = "".join(c for c in loose if not unicodedata.combining(c))
    return " ".join(bare.split())
