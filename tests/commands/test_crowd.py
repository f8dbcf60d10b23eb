"""`quizapp demo --people N`: a province in bulk, of which `check` finds counts, states and answers in agreement."""

import re

import pytest
import sqlalchemy as sa
from installations import Place, assert_one_sentence, forget

from quizapp import crowd
from quizapp.accounts.models import Person
from quizapp.attempts.models import Attempt
from quizapp.commands import opened
from quizapp.database import db
from quizapp.learning.models import Count, CountChange, Enrolment, UnitStateRow
from quizapp.organisation.models import Body
from quizapp.reports.models import CountedAttempt


@pytest.fixture(scope="module")
def loaded(tmp_path_factory):
    place = Place(tmp_path_factory.mktemp("dong") / "du-lieu")
    done = place.quizapp("demo", "--people", "150", "--seed", "7")
    assert done.exit_code == 0, done.output
    return place, done.output


def test_it_tells_the_accounts_and_keeps_their_password(loaded):
    place, told = loaded
    assert "Đã nạp 150 người" in told
    assert re.search(r"^  lanhdao +[0-9a-f]{8} ", told, re.M)
    assert (place.folder / "demo-password").exists()


def test_check_finds_everything_in_agreement(loaded):
    place, _ = loaded
    done = place.quizapp("check")
    assert done.exit_code == 0, done.output


def test_it_holds_people_bodies_states_and_answers(loaded):
    place, _ = loaded
    forget()
    with opened(place.settings):
        counted = lambda table: db.session.scalar(sa.select(sa.func.count()).select_from(table))  # noqa: E731
        assert counted(Person) == counted(Enrolment) == 150
        assert counted(Body) == 15
        assert counted(CountChange) == 0
        assert counted(Count) > 0
        assert counted(Attempt) == counted(CountedAttempt) > 0
        whole = sa.select(UnitStateRow.state).where(UnitStateRow.unit == "*").distinct()
        assert set(db.session.scalars(whole)) == {"learning", "completed"}


def test_a_database_that_holds_something_is_left_alone(loaded):
    place, _ = loaded
    assert_one_sentence(place.quizapp("demo", "--people", "50"), "đã có đơn vị")


def test_bodies_are_a_tenth_of_the_people_up_to_three_thousand():
    for people, bodies in ((1000, 100), (50_000, 3000), (1_000_000, 3000)):
        assert min(crowd.BODIES_AT_MOST, people // crowd.FEWEST) == bodies
