"""Nhắc cả một cây: the page looks through a small body alone; a large one is counted, and reminded, in the background."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_person
from transactions import rows_written

from quizapp.accounts.models import Audit, Person
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning import actions as learning
from quizapp.learning import counts, reminders, rounds, tasks
from quizapp.learning.models import Campaign, Reminder, ReminderFigure, ReminderRound, ReminderTurn
from quizapp.mail import Outbox
from quizapp.reports import urging

PEOPLE, HELPING = 14, 4
PAGE = "/theo-doi/co-quan/nhac"


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """Every body counts as a large one, and helpings are small."""
    monkeypatch.setattr(rounds, "MANY", 0)
    monkeypatch.setattr(reminders, "HELPING", HELPING)
    monkeypatch.setattr(reminders, "LOOK", 5)


@pytest.fixture
def crowd(app, office):
    """Fourteen more of two branches; every third without an address, one reminded yesterday."""
    add(app, office, PEOPLE)
    with app.app_context():
        first = db.session.scalars(sa.select(Person.id).filter_by(login="hoc-0")).one()
        db.session.add(ReminderTurn(person_id=first, day=today() - timedelta(days=1)))
        db.session.commit()


def add(app, office, n, start=0):
    with app.app_context():
        pairs = []
        for i in range(start, start + n):
            place = office[f"chi-bo-{i % 2 + 1}"]
            pairs.append((add_person(f"hoc-{i}", f"Trần Văn {i}", place), place))
            if i % 3:
                db.session.get_one(Person, pairs[-1][0]).email = f"hoc-{i}@example.gov.vn"
        learning.enrol(db.session.get_one(Campaign, office["campaign"]), pairs, now())
        while counts.fold():
            db.session.commit()
        db.session.commit()


def count(app):
    with app.app_context():
        db.session.execute(sa.update(ReminderFigure).values(at=now() - timedelta(hours=2)))
        db.session.commit()
        while rounds.to_count(now()) is not None:
            tasks.count_reminders()


def remind(app):
    with app.app_context():
        while rounds.due():
            tasks.go_on_reminding()


def addressed():
    """hoc-0 is rested, the others with an address are to be written to."""
    return sum(1 for i in range(PEOPLE) if i % 3)


def sentence(page):
    return re.search(r"Còn <b>.*?</p>", page.html, re.S)[0]


def test_what_was_counted_is_what_looking_through_finds(app, office, visit, crowd, monkeypatch):
    me = visit("lanhdao")
    assert "đang đếm" in me.get(PAGE).text
    count(app)
    for code in ("co-quan", "chi-bo-1", "chi-bo-2"):
        counted = sentence(me.get(f"/theo-doi/{code}/nhac"))
        assert "số liệu lúc" in me.page.text
        monkeypatch.setattr(rounds, "MANY", 2000)
        assert sentence(me.get(f"/theo-doi/{code}/nhac")) == counted, code
        assert "số liệu lúc" not in me.page.text
        monkeypatch.setattr(rounds, "MANY", 0)


def test_who_is_done_is_not_waited_for_though_the_figures_are_of_before(app, office, visit, crowd):
    count(app)
    with app.app_context():
        for i in range(PEOPLE):
            person = db.session.scalars(sa.select(Person.id).filter_by(login=f"hoc-{i}")).one()
            course = db.session.get_one(Campaign, office["campaign"]).course_id
            learning.waive(person, course, "*", office["quantri"], "Thử", now())
        db.session.commit()
    page = visit("lanhdao").get(PAGE)
    assert "Còn <b>6</b> đồng chí chưa xong" in sentence(page)
    assert "Gửi nhắc 5 đồng chí" in page.text


def test_a_request_asks_and_the_work_process_reminds_each_once(app, office, visit, crowd):
    count(app)
    me = visit("lanhdao")
    assert f"Gửi nhắc {addressed()} đồng chí" in me.get(PAGE).text
    with rows_written(app, "reminder") as told:
        me.post(PAGE, {"viec": "gui", "loi": "Cố lên."})
    assert sum(told) == 0
    assert "Đang nhắc lần lượt từng người" in me.follow().text
    refused = me.post(PAGE, {"viec": "gui"}, status=409)
    assert "Đang nhắc lần lượt từng người của đơn vị này, đã được 0 đồng chí" in refused.text
    with rows_written(app, "reminder") as told:
        remind(app)
    assert sum(told) == addressed()
    assert max(told) <= HELPING
    with app.app_context():
        letters = db.session.scalars(sa.select(Outbox)).all()
        assert len({row.person_id for row in letters}) == len(letters) == addressed()
        assert all("Huỳnh Kim Liên: Cố lên." in row.text for row in letters)
        one = db.session.scalars(sa.select(ReminderRound)).one()
        assert (one.people, one.ended_at is None) == (addressed(), False)
        (line,) = db.session.scalars(sa.select(Audit).filter_by(act="remind"))
        assert (line.detail["people"], line.reason) == (addressed(), "Cố lên.")
    page = me.get(PAGE)
    assert f"Đơn vị này vừa được nhắc ngày {today():%d/%m/%Y}" in page.text
    assert "vừa được nhắc ngày" in me.get("/theo-doi/chi-bo-1/nhac").text, "a body below was reminded with it"
    count(app)
    assert "disabled" in me.get(PAGE).html


def test_a_round_that_was_broken_off_goes_on_where_it_was(app, office, visit, crowd):
    count(app)
    me = visit("lanhdao")
    me.post(PAGE, {"viec": "zalo"})
    with app.app_context():
        for keep in (True, False):  # the second helping is lost
            people, last = rounds.next_people(1, today())
            rounds.go_on(1, people, last, rounds.sending_of(1, now(), "https://hoc.example.gov.vn/"))
            (db.session.commit if keep else db.session.rollback)()
        under_way = db.session.get_one(ReminderRound, 1).people
        assert 0 < under_way <= HELPING
        db.session.commit()
    assert f"đã được {under_way} đồng chí" in me.get(PAGE).text
    remind(app)
    with app.app_context():
        reminded = db.session.scalars(sa.select(Reminder.person_id)).all()
        assert len(reminded) == len(set(reminded)) == db.session.get_one(ReminderRound, 1).people
        assert set(db.session.scalars(sa.select(Reminder.way))) == {"zalo"}
        assert db.session.scalars(sa.select(Outbox)).all() == []


def test_nobody_of_another_body_hears_of_it(app, office, visit, crowd):
    count(app)
    visit("lanhdao").post("/theo-doi/chi-bo-1/nhac", {"viec": "gui"})
    remind(app)
    with app.app_context():
        assert set(db.session.scalars(sa.select(Reminder.body_id))) == {office["chi-bo-1"]}


def test_statements_and_rows_are_the_same_however_many_people(app, office, visit, crowd, statements):
    count(app)
    me = visit("quantri")

    def cost():
        me.get("/theo-doi/tinh/nhac")
        with statements() as told:
            me.get("/theo-doi/tinh/nhac")
        return told

    few = cost()
    add(app, office, 40, PEOPLE)
    count(app)
    many = cost()
    assert len(few) == len(many) <= 10, many
    looked = [one for one in many if "FROM enrolment" in one and "body_id =" not in one]
    assert not looked, "of whom nobody is named, nobody is looked at"


def test_a_campaign_is_counted_anew_after_an_hour_or_a_round_and_not_before(app, office, crowd, visit):
    with app.app_context():
        assert rounds.to_count(now()) == office["campaign"]
        tasks.count_reminders()
        assert rounds.to_count(now()) is None
        assert rounds.to_count(now() + timedelta(minutes=61)) == office["campaign"]
    visit("lanhdao").post(PAGE, {"viec": "gui"})
    remind(app)
    with app.app_context():
        assert rounds.to_count(now()) == office["campaign"]


def test_in_a_body_of_some_hundreds_the_page_looks_and_the_work_process_reminds(app, office, visit, crowd, monkeypatch):
    monkeypatch.setattr(rounds, "MANY", 2000)
    monkeypatch.setattr(urging, "SENT_AT_HAND", 3)
    me = visit("lanhdao")
    with rows_written(app, "reminder") as told:
        me.post(PAGE, {"viec": "gui"})
    assert sum(told) == 0
    remind(app)
    with app.app_context():
        assert len(db.session.scalars(sa.select(Outbox)).all()) == addressed()


def test_of_many_names_the_first_are_shown_and_the_list_goes_on_elsewhere(app, office, visit, crowd, monkeypatch):
    monkeypatch.setattr(urging, "NAMED_AT_MOST", 4)
    page = visit("quantri").get("/theo-doi/chi-bo-1/nhac")
    assert "Xem 4 đồng chí đầu danh sách" in page.text
    rest = re.search(r'href="(/theo-doi/chi-bo-1/nguoi[^"]+)">Xem tất cả', page.html)[1].replace("&amp;", "&")
    assert "Trần Văn" in visit("quantri").get(rest).text
