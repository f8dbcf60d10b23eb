"""The sums over answers gain the marks of first attempts, out of ten in hundredths: of each body, and of all above it."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

# Of each body itself, then climbing from it to all above.
SUMS = """
INSERT INTO result_count (campaign_id, body_id, unit, measure, own, n)
WITH RECURSIVE own (campaign_id, body_id, unit, marks) AS (
    SELECT counted_attempt.campaign_id, counted_attempt.body_id, unit.key,
           SUM((2000 * mark.earned + mark.possible) / (2 * mark.possible))
    FROM counted_attempt
    JOIN attempt ON attempt.id = counted_attempt.attempt_id
    JOIN unit ON unit.id = attempt.unit_id
    JOIN mark ON mark.attempt_id = attempt.id AND mark.number = 1
    WHERE counted_attempt.first AND mark.possible > 0
    GROUP BY counted_attempt.campaign_id, counted_attempt.body_id, unit.key
), climb (id, above) AS (
    SELECT id, id FROM body
    UNION ALL
    SELECT climb.id, body.parent_id FROM climb JOIN body ON body.id = climb.above WHERE body.parent_id IS NOT NULL
)
SELECT own.campaign_id, climb.above, own.unit, 'mark',
       SUM(CASE WHEN climb.above = own.body_id THEN own.marks ELSE 0 END), SUM(own.marks)
FROM own JOIN climb ON climb.id = own.body_id
GROUP BY own.campaign_id, climb.above, own.unit
HAVING SUM(own.marks) > 0
"""


def upgrade() -> None:
    op.execute(SUMS)


def downgrade() -> None:
    op.execute("DELETE FROM result_count WHERE measure = 'mark'")
