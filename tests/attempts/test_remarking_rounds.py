"""A re-marking never keeps an answer waiting: some attempts a transaction, and what was broken off goes on."""

import copy
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_person
from transactions import rows_written

from quizapp.attempts import actions, remarking, tasks
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.models import Mark
from quizapp.clock import now
from quizapp.courses import actions as course_actions
from quizapp.courses import queries as courses
from quizapp.courses.models import Correction, Origin, Unit, UnitRevision
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning.models import Campaign

PEOPLE, HELPING = 7, 2


@pytest.fixture
def late(app, office, monkeypatch):
    """Somebody with an open paper; behind it seven that were handed in, with nothing right."""
    monkeypatch.setattr(remarking, "AT_HAND", 0)
    monkeypatch.setattr(remarking, "HELPING", HELPING)
    with app.app_context():
        people = [add_person(f"hoc-{n}", f"Trần Văn {n}", office["chi-bo-1"]) for n in range(PEOPLE + 1)]
        learning.enrol(db.session.get(Campaign, office["campaign"]), [(p, office["chi-bo-1"]) for p in people], now())
        first = people[0], start(people[0])
        for person in people[1:]:
            hand_in(person, start(person))
        db.session.commit()
    return first


@pytest.fixture
def waiting(app, office, late):
    """A correction that gives everyone every point of the old revision; left to the work process."""
    with app.app_context():
        unit = db.session.scalars(sa.select(Unit).filter_by(key="bai-6")).one()
        asked = courses.taught(unit.revision_id).questions
        body = copy.deepcopy(db.session.get(UnitRevision, unit.revision_id).body)
        body["unit"]["title"] += " (sửa)"
        course_actions.publish(unit, body, Origin.TRAINER, office["baocaovien"], "Sửa tên", now())
        db.session.flush()
        change = remarking.Change(unit.id, {}, frozenset(asked))
        remarking.correct(change, unit.revision_id, "thử", office["quantri"], now())
        db.session.commit()
        return next(iter(asked))


def start(person):
    revision = db.session.scalars(sa.select(Unit.revision_id).filter_by(key="bai-6")).one()
    return actions.start(person, courses.taught(revision), now() - timedelta(minutes=9))


def hand_in(person, attempt):
    attempt_queries.forget_cached()
    actions.hand_in(attempt_queries.own_fixed(person, attempt), now() - timedelta(minutes=1))


def test_no_transaction_raises_more_than_a_helping(app, waiting):
    with app.app_context():
        with rows_written(app, "mark") as told:
            tasks.remark()
        assert sum(told) == PEOPLE
        assert max(told) <= HELPING
        one = db.session.scalars(sa.select(Correction)).one()
        assert (one.looked, one.raised, one.passing) == (PEOPLE, PEOPLE, PEOPLE)
        assert one.closed_at is not None
        assert counts.differences(now()) == []
        assert counts.states_differ() == []


def test_what_was_broken_off_goes_on_where_it_was(app, waiting):
    with app.app_context():
        assert remarking.go_on(1, now())
        db.session.commit()
        remarking.go_on(1, now())
        db.session.rollback()  # the process was killed
        tasks.remark()
        numbers = db.session.execute(sa.select(Mark.attempt_id, Mark.number)).all()
        assert len(numbers) == 2 * PEOPLE
        assert db.session.scalars(sa.select(Correction.raised)).one() == PEOPLE
        tasks.remark()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Mark)) == 2 * PEOPLE


def test_who_hands_in_behind_the_round_is_looked_at_by_the_next(app, office, late, waiting):
    with app.app_context():
        db.session.execute(sa.update(Correction).values(questions=[waiting]))  # another key: open papers are waited for
        db.session.commit()
        assert remarking.go_on(1, now())
        hand_in(*late)
        while remarking.go_on(1, now()):
            pass
        db.session.commit()
        one = db.session.scalars(sa.select(Correction)).one()
        assert one.closed_at is None
        tasks.remark()
        db.session.refresh(one)
        assert one.closed_at is not None
        assert one.raised == PEOPLE + 1
        assert db.session.scalar(sa.select(sa.func.max(Mark.number)).filter_by(attempt_id=late[1])) == 2


def test_a_turn_with_nothing_to_do_never_takes_the_place_of_a_writer(app, office):
    with app.app_context(), rows_written(app, "mark") as told:
        tasks.remark()
        assert told == []
