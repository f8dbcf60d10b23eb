"""Nobody waits on a count: twenty people answer and hand in while a leader reads and somebody holds every count row."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from factories import add_person
from papers import begin, right_fields

from quizapp.attempts.models import Attempt, Mark
from quizapp.clock import now
from quizapp.database import db
from quizapp.domain.attempts import Paper
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning.models import Campaign, Count

PEOPLE = 20
THREADS = 8  # as many as a server has; the others wait their turn as they do there


@pytest.fixture
def learners(app, office, visit):
    """Twenty people of one branch with a paper each; visitors and their attempts."""
    with app.app_context():
        some = [
            (add_person(f"hoc-{n}", f"Trần Văn {n}", office["chi-bo-1"]), office["chi-bo-1"]) for n in range(PEOPLE)
        ]
        learning.enrol(db.session.get(Campaign, office["campaign"]), some, now())
        counts.fold()
        db.session.commit()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Count))
        db.session.commit()
    visitors = [visit(f"hoc-{n}") for n in range(PEOPLE)]
    return [(me, begin(me)) for me in visitors]


@contextmanager
def every_count_held(app, site):
    """Another connection that holds all rows of `count`: locked on PostgreSQL, in an open reading on SQLite."""
    engine = sa.create_engine(site.settings.database_url)
    try:
        with engine.connect() as other:
            other.execute(sa.text("SELECT * FROM count" + " FOR UPDATE" * (site.store.name == "postgresql"))).all()
            yield
    finally:
        engine.dispose()


def answered(app, me, attempt):
    """Answer everything and hand in."""
    with app.app_context():
        size = len(Paper.read(db.session.get(Attempt, attempt).paper).keys)
    for number in range(1, size + 1):
        me.post(f"/lam/{attempt}/{number}", right_fields(app, attempt, number))
    me.post(f"/lam/{attempt}/nop")


def test_twenty_people_answer_at_once_while_a_leader_reads(app, site, learners, visit):
    leader = visit("lanhdao")
    with every_count_held(app, site), ThreadPoolExecutor(THREADS) as pool:
        going = [pool.submit(answered, app, me, attempt) for me, attempt in learners]
        while not all(one.done() for one in going):
            assert "chi bộ" in leader.get("/theo-doi/co-quan").text.lower()
        for one in going:
            one.result()
    with app.app_context():
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark).where(Mark.passed)) == PEOPLE
        counts.fold()
        db.session.commit()
        assert counts.differences(now()) == []
        assert counts.states_differ() == []


def test_the_statements_of_an_answer_and_a_hand_in_know_no_count(app, learners, statements):
    me, attempt = learners[0]
    with statements() as told:
        answered(app, me, attempt)
    written = [one for one in told if one.lstrip().upper().startswith(("INSERT", "UPDATE", "DELETE"))]
    assert written
    assert not [one for one in told if " count " in one.replace('"', " ").replace("\n", " ")]
