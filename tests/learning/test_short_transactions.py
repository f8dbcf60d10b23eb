"""The work process looks through the engine that cannot write, and writes about a few people at a time."""

import pytest
import sqlalchemy as sa
from factories import add_person
from transactions import rows_written

from quizapp.clock import now
from quizapp.database import db
from quizapp.learning import counts, tasks
from quizapp.learning.models import Enrolment
from quizapp.studio.tasks import suspend_broken


@pytest.mark.parametrize("job", [tasks.follow_people, suspend_broken])
def test_looking_for_work_keeps_no_writer_waiting(app, office, job):
    with app.app_context(), rows_written(app, "enrolment") as told:
        job()
        assert told == []


def test_newcomers_come_in_some_at_a_time(app, office, monkeypatch):
    monkeypatch.setattr(tasks, "FOLLOWED_AT_ONCE", 3)
    with app.app_context():
        tasks.follow_people()
        people = [add_person(f"moi-{n}", f"Trần Văn {n}", office["chi-bo-1"]) for n in range(8)]
        db.session.commit()
        with rows_written(app, "enrolment") as told:
            tasks.follow_people()
        enrolled = sa.select(sa.func.count()).where(Enrolment.person_id.in_(people), Enrolment.left_on.is_(None))
        assert db.session.scalar(enrolled) == 8
        assert len(told) >= 3
        assert max(told) <= 3
        assert counts.differences(now()) == []
