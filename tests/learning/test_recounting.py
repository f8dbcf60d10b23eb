"""`quizapp check` counts again some people at a time, and finds at the seams what it finds in the middle."""

from contextlib import contextmanager

import pytest
import sqlalchemy as sa
from factories import add_person

from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions, counts, recounting
from quizapp.learning.models import Campaign, CountChange, Enrolment, FactRow, UnitStateRow

CAREFUL = 5  # people of one helping


@pytest.fixture
def people(app, office):
    """Twenty more people of two branches, who have done different things; their ids."""
    with app.app_context():
        course = db.session.scalars(sa.select(Course.id)).one()
        some = [add_person(f"hoc-{n}", f"Trần Văn {n}", office[f"chi-bo-{n % 2 + 1}"]) for n in range(20)]
        pairs = [(person, office[f"chi-bo-{n % 2 + 1}"]) for n, person in enumerate(some)]
        actions.enrol(db.session.get_one(Campaign, office["campaign"]), pairs, now())
        for n, person in enumerate(some):
            for unit in ("bai-0", "bai-6", "bai-8")[: n % 4]:
                told = FactKind.QUIZ_TAKEN, unit, f"thu:{unit}", None, 900, 1000, bool(n % 3), True
                actions.record(person, course, [actions.NewFact(*told)], now())
        counts.fold()
        db.session.commit()
    return some


@contextmanager
def asked_about(app):
    """How many values each statement was given."""
    told = []

    def note(connection, cursor, statement, parameters, *rest):
        told.append(len(parameters))

    with app.app_context():
        engines = list(db.engines.values())
    for engine in engines:
        sa.event.listen(engine, "before_cursor_execute", note)
    try:
        yield told
    finally:
        for engine in engines:
            sa.event.remove(engine, "before_cursor_execute", note)


def told(helping, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", helping)
    return {str(one) for one in recounting.everything(now())}


@pytest.mark.parametrize("helping", [1, CAREFUL, 1000])
def test_agreement_is_found_however_many_are_read_together(app, people, monkeypatch, helping):
    with app.app_context():
        assert told(helping, monkeypatch) == set()


def test_each_kind_of_difference_is_found_alike_in_small_and_large_helpings(app, office, people, monkeypatch):
    with app.app_context():
        lost, moved, left = people[4], people[11], people[16]
        db.session.execute(sa.delete(FactRow).where(FactRow.id == sa.select(sa.func.max(FactRow.id)).scalar_subquery()))
        mine = sa.select(Enrolment.id).where(Enrolment.person_id == lost).scalar_subquery()
        db.session.execute(sa.insert(UnitStateRow).values(enrolment_id=mine, unit="bai-6", state="failed", since=now()))
        db.session.execute(sa.update(Enrolment).filter_by(person_id=moved).values(body_id=office["tinh"]))
        db.session.execute(sa.delete(Enrolment).filter_by(person_id=left))
        extra = {"campaign_id": office["campaign"], "body_id": office["tinh"], "day": today(), "change": 3}
        db.session.execute(sa.insert(CountChange).values(extra | {"unit": "bai-8", "state": "passed"}))
        found = told(1000, monkeypatch)
        assert any("ghi danh" in one and "bai-6: đang ghi failed" in one for one in found)
        assert any(f"đơn vị {office['tinh']}, bai-8, passed" in one for one in found)
        assert any(f"đơn vị {office['chi-bo-1']}, *, enrolled" in one for one in found)
        assert told(1, monkeypatch) == told(CAREFUL, monkeypatch) == found
        db.session.rollback()


def test_no_statement_asks_about_more_people_than_one_helping(app, people, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", CAREFUL)
    with app.app_context():
        bodies = 5
        with asked_about(app) as values:
            assert list(recounting.everything(now())) == []
    assert max(values) <= max(CAREFUL, bodies) + 3
    assert len(values) > len(people) // CAREFUL * 3


def test_the_bar_comes_to_its_end_once(app, people, monkeypatch):
    monkeypatch.setattr(recounting, "AT_ONCE", CAREFUL)
    seen = []
    with app.app_context():
        list(recounting.everything(now(), lambda done, whole: seen.append((done, whole))))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})
    assert [one for one in seen if one[0] == one[1]] == [seen[-1]]
