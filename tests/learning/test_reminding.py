"""Nhắc học: what the schedule queues, for whom, and what it says."""

import json
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_grant

from quizapp.accounts.models import Person
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import heads, moves, reminders
from quizapp.learning.models import Campaign, Enrolment, Reminder
from quizapp.mail import Outbox
from quizapp.web.access import Role

SITE = "https://hoc.example.gov.vn/"


@pytest.fixture
def addresses(app, office):
    """Three learners and the head have an address, the others none."""
    with app.app_context():
        for login in ("hocvien", "hocvien2", "hocvien3", "lanhdao"):
            db.session.get_one(Person, office[login]).email = f"{login}@example.gov.vn"
        db.session.commit()


@pytest.fixture
def due(app, office):
    with app.app_context():
        return db.session.get_one(Campaign, office["campaign"]).due_on


def sending(day, **more):
    return reminders.Sending(now(), day, SITE, **more)


def run(app, day):
    """The schedule of a day, all helpings; logins' addresses that are written to."""
    with app.app_context():
        before = set(db.session.scalars(sa.select(Outbox.id)))
        after = 0
        while after is not None:
            people, after = reminders.next_people(after, day)
            reminders.remind_people(people, sending(day))
        db.session.commit()
        rows = db.session.scalars(sa.select(Outbox).order_by(Outbox.address)).all()
        return sorted(row.address.split("@")[0] for row in rows if row.id not in before)


def finish(app, person_id):
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for unit in ("bai-0", "bai-6", "bai-8"):
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, True, True)
            learning.record(person_id, course, [fact], now())
        db.session.commit()


EVERYBODY = ["hocvien", "hocvien2", "hocvien3", "lanhdao"]


def test_the_steps_of_a_campaign_as_days_go_by(app, addresses, due):
    heard = {n: run(app, due + timedelta(days=n)) for n in range(-8, 12)}
    assert {n: who for n, who in heard.items() if who} == dict.fromkeys((-7, -3, 0, 3, 10), EVERYBODY)


def test_who_is_done_waived_or_gone_hears_nothing(app, addresses, office, due):
    finish(app, office["hocvien"])
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        learning.waive(office["hocvien2"], course, "*", office["quantri"], "Nghỉ thai sản", now())
        moves.leave(db.session.scalars(sa.select(Enrolment).filter_by(person_id=office["hocvien3"])).one(), now())
        db.session.commit()
    assert run(app, due) == ["lanhdao"]


def test_the_letter_says_what_is_left_and_until_when(app, addresses, office, due):
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        fact = learning.NewFact(FactKind.QUIZ_TAKEN, "bai-6", "test", None, 1000, 1000, True, True)
        learning.record(office["hocvien"], course, [fact], now())
        db.session.commit()
    run(app, due - timedelta(days=7))
    with app.app_context():
        mine = db.session.scalars(sa.select(Outbox).filter_by(person_id=office["hocvien"])).one()
    assert mine.subject == "Nhắc học: còn 7 ngày đến hạn"
    assert mine.text.startswith("Đồng chí Hồng Thắm, Đợt học thử nghiệm: còn 1 bài, khoảng ")
    assert f"hạn {due:%d/%m/%Y}. Học tiếp: {SITE}" in mine.text


def test_two_campaigns_make_one_letter(app, addresses, office, due):
    with app.app_context():
        course = db.session.scalars(db.select(Course)).one()
        second = learning.open_campaign(
            "Đợt thứ hai", course, "day-du", today(), due + timedelta(days=4), [office["tinh"]], 95, now()
        )
        learning.enrol(second, [(office["hocvien"], office["chi-bo-1"])], now())
        db.session.commit()
    run(app, due)
    with app.app_context():
        mine = db.session.scalars(sa.select(Outbox).filter_by(person_id=office["hocvien"])).one()
        assert (
            db.session.scalar(sa.select(sa.func.count()).select_from(Reminder).filter_by(person_id=mine.person_id)) == 2
        )
    assert "2 đợt học chưa xong" in mine.text
    assert mine.text.index("Đợt học thử nghiệm") < mine.text.index("Đợt thứ hai")


def test_whoever_finishes_before_the_morning_gets_no_letter(app, addresses, office, due):
    run(app, due)
    finish(app, office["hocvien"])
    with app.app_context():
        assert reminders.withdraw() == 1
        assert reminders.withdraw() == 0
        assert office["hocvien"] not in set(db.session.scalars(sa.select(Outbox.person_id)))


def test_of_two_senders_at_once_one_writes(app, addresses, office, due):
    """The schedule and a leader, in two threads: each person gets one letter."""
    counted, ready = [], threading.Barrier(2)

    def send(by):
        with app.app_context():
            ready.wait(10)
            rows = reminders.open_enrolments(sa.true())
            counted.append(reminders.remind(rows, sending(due, by=by)))
            db.session.commit()

    threads = [threading.Thread(target=send, args=(by,)) for by in (None, office["lanhdao"])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sum(counted) == 4
    with app.app_context():
        assert len(db.session.scalars(sa.select(Outbox)).all()) == 4
        assert len(db.session.scalars(sa.select(Reminder)).all()) == 4


def test_more_people_cost_no_more_statements(app, addresses, office, due, statements):
    with app.app_context():
        reminders.open_enrolments(sa.true())  # revisions are read once
    with app.app_context(), statements() as told:
        people, _ = reminders.next_people(0, due)
        reminders.remind_people(people, sending(due))
    assert len(told) <= 10, told


# --- heads -----------------------------------------------------------------------------------------------------


def tell_heads(app, day):
    with app.app_context():
        before = set(db.session.scalars(sa.select(Outbox.id)))
        heads.remind_heads(sending(day))
        db.session.commit()
        rows = db.session.scalars(sa.select(Outbox).order_by(Outbox.address)).all()
        return {row.address.split("@")[0]: row.text for row in rows if row.id not in before}


def test_a_head_is_told_how_many_and_never_a_name(app, addresses, office, due):
    finish(app, office["hocvien"])
    assert tell_heads(app, due + timedelta(days=2)) == {}
    told = tell_heads(app, due + timedelta(days=3))
    assert list(told) == ["lanhdao"]
    assert "Đợt học thử nghiệm: 5 đồng chí quá hạn" in told["lanhdao"]
    assert f"{SITE}theo-doi/co-quan" in told["lanhdao"]
    for name in ("Danh Sóc Kha", "Trần Quốc An", "Lê Thị Bích"):
        assert name not in told["lanhdao"]
    assert "Việc học của chính đồng chí" in told["lanhdao"]  # one digest: the own campaigns come along
    assert run(app, due + timedelta(days=3)) == ["hocvien2", "hocvien3"]
    assert tell_heads(app, due + timedelta(days=9)) == {}
    assert list(tell_heads(app, due + timedelta(days=10))) == ["lanhdao"]


def test_a_head_whose_people_are_done_hears_nothing(app, addresses, office, due):
    with app.app_context():
        add_grant(office["hocvien"], Role.LEADER, office["chi-bo-1"])
        db.session.commit()
    finish(app, office["hocvien"])
    finish(app, office["hocvien2"])
    assert "hocvien" not in tell_heads(app, due + timedelta(days=4))


def test_the_call_to_another_system_holds_figures_alone(app, addresses, due):
    with app.app_context():
        assert heads.call(sending(due - timedelta(days=6))) == 0
        assert heads.call(sending(due)) == 1
        db.session.commit()
        assert heads.call(sending(due)) == 0
        kept = db.session.scalars(sa.select(Outbox)).one()
        people = db.session.scalars(sa.select(Person)).all()
    told = json.loads(kept.text)
    assert told["event"] == "reminders_due"
    assert {one["code"]: one["people"] for one in told["bodies"]} == {
        "tinh": 1,
        "co-quan": 3,
        "chi-bo-1": 2,
        "chi-bo-2": 1,
    }
    assert not any(word in kept.text for one in people for word in (one.name, one.login + "@"))
