"""How SQLite, which keeps no statistics, goes about the leaders' pages: from the body, never through a whole campaign."""

import re
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from office import finish

from quizapp.database import db
from quizapp.learning import rounds

# PostgreSQL plans by what it has counted; a small table's plan says nothing of a large one's there.
pytestmark = pytest.mark.parametrize("site", ["sqlite"], indirect=True)
LARGE = "item_count|result_count|enrolment|count|unit_state|fact"  # tables that grow with the people


@contextmanager
def asked(app):
    """Every statement with its values."""
    told = []

    def note(connection, cursor, statement, parameters, *rest):
        if statement.startswith(("SELECT", "WITH")):
            told.append((statement, parameters))

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


def lines(app, statement, parameters):
    """What SQLite does for it, a line a table."""
    with app.app_context(), db.engines[None].connect() as connection:
        rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", tuple(parameters)).all()
        return [row[3] for row in rows]


@pytest.mark.parametrize("page", ["", "/don-vi", "/noi-dung", "/chep", "/bai/bai-6", "/nhac"])
@pytest.mark.parametrize("many", [0, 2000])
def test_no_page_goes_through_a_whole_campaign(app, office, visit, monkeypatch, page, many):
    monkeypatch.setattr(rounds, "MANY", many)
    finish(app, office["hocvien"])
    me = visit("lanhdao")
    with asked(app) as told:
        me.get(f"/theo-doi/co-quan{page}")
    plans = [(line, statement) for statement, values in told for line in lines(app, statement, values)]
    whole = re.compile(rf"(SCAN ({LARGE})\b)|(SEARCH ({LARGE}) USING .*\(campaign_id=\?\)$)")
    assert [one for one in plans if whole.search(one[0])] == []
