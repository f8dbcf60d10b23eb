"""Soạn nhắc: whom, with which words, in whose scope; the weekly report."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_grant

from quizapp.accounts.models import Audit, Grant, Person
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning.models import Campaign, Reminder, WeeklyReport
from quizapp.mail import Outbox
from quizapp.reports import weekly_mail
from quizapp.web.access import Role

NAMES = ("Nguyễn Thị Hồng Thắm", "Danh Sóc Kha", "Trần Quốc An")


@pytest.fixture
def addresses(app, office):
    with app.app_context():
        for login in ("hocvien", "hocvien2", "hocvien3"):
            db.session.get_one(Person, office[login]).email = f"{login}@example.gov.vn"
        add_grant(office["hocvien2"], Role.LEADER, office["chi-bo-1"])
        db.session.commit()


@pytest.fixture
def rows(app):
    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


def finish(app, person_id):
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for unit in ("bai-0", "bai-6", "bai-8"):
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, True, True)
            learning.record(person_id, course, [fact], now())
        db.session.commit()


@pytest.mark.parametrize(
    ("login", "statuses"),
    [
        ("lanhdao", {"co-quan": 200, "chi-bo-2": 200, "tinh": 404}),
        ("hocvien2", {"chi-bo-1": 200, "chi-bo-2": 404, "co-quan": 404}),
        ("hocvien", {"chi-bo-1": 403}),
        ("quantri", {"tinh": 200}),
    ],
)
def test_the_page_opens_inside_the_scope_alone(visit, addresses, login, statuses):
    me = visit(login)
    for code, status in statuses.items():
        me.get(f"/theo-doi/{code}/nhac", status)
        me.post(f"/theo-doi/{code}/nhac", {"viec": "xem"}, status=status)


def test_each_body_that_is_late_has_its_own_reminder_one_step_away(app, visit, office):
    with app.app_context():
        began, due_on = today() - timedelta(days=40), today() - timedelta(days=1)
        db.session.execute(sa.update(Campaign).values(from_on=began, due_on=due_on))
        db.session.commit()
    page = visit("lanhdao").get("/theo-doi/co-quan")
    links = re.findall(r'href="(/theo-doi/[^"]+/nhac[^"]*)"', page.html)
    assert [link.split("?")[0] for link in links] == [
        "/theo-doi/co-quan/nhac",
        "/theo-doi/chi-bo-1/nhac",
        "/theo-doi/chi-bo-2/nhac",
    ]
    for link in links:
        visit("lanhdao").get(link)


def test_a_head_sees_names_of_the_very_body_and_the_look_is_noted(visit, addresses, rows):
    page = visit("hocvien2").get("/theo-doi/chi-bo-1/nhac")
    assert NAMES[0] in page.text
    assert len(rows(sa.select(Audit).filter_by(act="look_at_names"))) == 1
    above = visit("lanhdao").get("/theo-doi/chi-bo-1/nhac")
    assert not any(name in above.text for name in NAMES)
    assert "không hiện tên" in above.text
    assert len(rows(sa.select(Audit).filter_by(act="look_at_names"))) == 1


def test_letters_go_to_who_is_not_done_and_has_an_address(app, visit, office, addresses, rows):
    finish(app, office["hocvien"])
    me = visit("lanhdao")
    assert "Gửi nhắc 2 đồng chí" in me.get("/theo-doi/co-quan/nhac").text
    me.post("/theo-doi/co-quan/nhac", {"viec": "gui", "loi": "Chi bộ họp sáng thứ Sáu."})
    assert "Đã xếp gửi 2 thư nhắc" in me.follow().text
    sent = rows(sa.select(Outbox))
    assert {row.person_id for row in sent} == {office["hocvien2"], office["hocvien3"]}
    assert all("Huỳnh Kim Liên: Chi bộ họp sáng thứ Sáu." in row.text for row in sent)
    assert {row.by_id for row in rows(sa.select(Reminder))} == {office["lanhdao"]}
    (line,) = rows(sa.select(Audit).filter_by(act="remind"))
    assert (line.detail["people"], line.reason) == (2, "Chi bộ họp sáng thứ Sáu.")


def test_nobody_is_reminded_twice_within_three_days_whoever_sends(visit, addresses, rows):
    visit("hocvien2").post("/theo-doi/chi-bo-1/nhac", {"viec": "gui"})
    me = visit("lanhdao")
    page = me.get("/theo-doi/chi-bo-1/nhac")
    assert f"vừa được nhắc ngày {today():%d/%m/%Y}. Nên chờ đến {today() + timedelta(days=3):%d/%m/%Y}" in page.text
    assert "disabled" in page.html
    refused = me.post("/theo-doi/chi-bo-1/nhac", {"viec": "gui"}, status=409)
    assert "Không còn ai để nhắc lúc này" in refused.text
    me.post("/theo-doi/co-quan/nhac", {"viec": "gui"})  # the other branch is still to be reminded
    assert len(rows(sa.select(Outbox))) == 3


def test_what_was_said_in_zalo_counts_as_a_reminder(visit, office, addresses, rows):
    me = visit("hocvien2")
    page = me.get("/theo-doi/chi-bo-1/nhac")
    assert "Kính gửi các đồng chí Chi bộ 1." in page.text
    zalo = re.search(r"<textarea[^>]*readonly[^>]*>(.*?)</textarea>", page.html, re.S)[1]
    assert not any(name in zalo for name in NAMES)
    assert '<svg role="img"' in page.html
    assert "style=" not in page.html
    me.post("/theo-doi/chi-bo-1/nhac", {"viec": "zalo"})
    assert rows(sa.select(Outbox)) == []
    assert {row.way for row in rows(sa.select(Reminder))} == {"zalo"}
    assert "được nhắc qua Zalo" in me.follow().text
    me.post("/theo-doi/chi-bo-1/nhac", {"viec": "gui"}, status=409)


def test_a_preview_sends_nothing_and_shows_the_words(visit, addresses, rows):
    page = visit("hocvien2").post("/theo-doi/chi-bo-1/nhac", {"viec": "xem", "loi": "Cố gắng <b>xong</b>"}, status=200)
    assert "Danh Sóc Kha: Cố gắng &lt;b&gt;xong&lt;/b&gt;" in page.html
    assert rows(sa.select(Outbox)) == []
    long = visit("hocvien2").post("/theo-doi/chi-bo-1/nhac", {"viec": "gui", "loi": "x" * 301}, status=200)
    assert "Nhiều nhất 300 ký tự" in long.text
    assert rows(sa.select(Outbox)) == []


def test_where_all_are_done_there_is_nobody_to_remind(app, visit, office, addresses):
    finish(app, office["hocvien3"])
    assert "Không cần nhắc" in visit("lanhdao").get("/theo-doi/chi-bo-2/nhac").text


# --- one person alone --------------------------------------------------------------------------------------------


def people_list(me):
    """Name -> what stands in the last column of the list of people: the address of its button and its words."""
    page = me.get("/theo-doi/chi-bo-1/nguoi?loc=chua").html
    found = {}
    for row in re.findall(r"<tr><th scope=.row.>.*?</tr>", page, re.S):
        name = re.search(r"<th scope=.row.>(.*?)</th>", row)[1]
        button = re.search(r'action="([^"]+)".*?<button[^>]*>(.*?)<span', row, re.S)
        told = re.search(r"Đã nhắc [\d/]+", row)
        found[name] = (button[1].replace("&amp;", "&"), button[2]) if button else told and told[0]
    return found


def test_one_person_of_the_list_is_reminded_once_in_three_days(visit, office, addresses, rows):
    me = visit("hocvien2")
    address, words = people_list(me)[NAMES[0]]
    assert words == "Nhắc"
    me.post(address, {"loc": "chua"})
    assert me.page.location.endswith("loc=chua")
    assert "Đã xếp gửi thư nhắc đồng chí Nguyễn Thị Hồng Thắm" in me.follow().text
    (letter,) = rows(sa.select(Outbox))
    assert letter.person_id == office["hocvien"]
    (line,) = rows(sa.select(Audit).filter_by(act="remind"))
    assert (line.about_id, line.actor_id) == (office["hocvien"], office["hocvien2"])
    assert people_list(me)[NAMES[0]] == f"Đã nhắc {today():%d/%m}"
    refused = me.post(address, status=409)
    assert f"vừa được nhắc ngày {today():%d/%m/%Y}. Nên chờ đến" in refused.text
    assert "/theo-doi/chi-bo-1/nguoi" in refused.html
    visit("lanhdao").post("/theo-doi/chi-bo-1/nhac", {"viec": "gui"})  # the others only
    assert {row.person_id for row in rows(sa.select(Outbox))} == {office["hocvien"], office["hocvien2"]}
    assert "vừa được nhắc" in me.get("/theo-doi/chi-bo-1/nhac").text


def test_who_has_no_address_is_noted_as_reminded(app, visit, office, addresses, rows):
    with app.app_context():
        db.session.get_one(Person, office["hocvien"]).email = None
        db.session.commit()
    me = visit("hocvien2")
    address, words = people_list(me)[NAMES[0]]
    assert words == "Ghi đã nhắc"
    me.post(address)
    assert "được nhắc trực tiếp" in me.follow().text
    assert rows(sa.select(Outbox)) == []
    assert [row.way for row in rows(sa.select(Reminder))] == ["spoken"]
    assert "Đơn vị này vừa được nhắc" not in me.get("/theo-doi/chi-bo-1/nhac").text, "only one of them was"


def test_nobody_reminds_one_whose_name_is_not_theirs_to_see(app, visit, office, addresses, rows):
    address, _ = people_list(visit("hocvien2"))[NAMES[0]]
    visit("lanhdao").post(address, status=404)
    visit("hocvien").post(address, status=403)
    other = rows(sa.select(Person.code).filter_by(login="hocvien3"))[0]
    visit("hocvien2").post(f"/theo-doi/chi-bo-1/nguoi/{other}/nhac", status=409)
    finish(app, office["hocvien"])
    visit("hocvien2").post(address, status=409)
    assert rows(sa.select(Outbox)) == []
    assert rows(sa.select(Reminder)) == []


def test_another_campaign_is_chosen_and_an_unknown_one_is_a_404(app, visit, addresses, rows):
    me = visit("lanhdao")
    (code,) = rows(sa.select(Campaign.code))
    me.get(f"/theo-doi/co-quan/nhac?dot={code}")
    me.get("/theo-doi/co-quan/nhac?dot=khong-co", 404)


def test_the_page_takes_the_same_statements_whoever_is_in_the_body(app, visit, addresses, statements):
    me = visit("lanhdao")
    me.get("/theo-doi/co-quan/nhac")  # revisions are read once
    with statements() as few:
        me.get("/theo-doi/chi-bo-2/nhac")
    with statements() as many:
        me.get("/theo-doi/co-quan/nhac")
    assert abs(len(many) - len(few)) <= 5  # the list of names, and the note of that look
    assert len(many) <= 10, many


# --- the weekly report -----------------------------------------------------------------------------------------


def next_monday():
    return today() + timedelta(days=7 - today().weekday())


def queued(app, monday, on=None):
    with app.app_context():
        n = weekly_mail.queue(monday, on or monday, now(), "https://hoc.example.gov.vn/")
        db.session.commit()
        return n


def test_a_leader_who_asked_gets_the_figures_of_the_week_once(app, visit, office, addresses, rows):
    me = visit("lanhdao")
    refused = me.post("/theo-doi/co-quan/thu-tuan", {"nhan": "1"}, status=409)
    assert "chưa ghi địa chỉ thư" in refused.text
    me.post("/toi/thu", {"thu": "lien@example.gov.vn"})
    me.post("/theo-doi/co-quan/thu-tuan", {"nhan": "1"})
    assert "Thôi nhận" in me.follow().text
    finish(app, office["hocvien"])
    monday = next_monday()
    assert queued(app, monday) == 1
    assert queued(app, monday, monday + timedelta(days=1)) == 0
    (row,) = rows(sa.select(Outbox).filter_by(kind="weekly"))
    assert "Hoàn thành 1/6 đồng chí (16,7%)" in row.text
    assert "Bảy ngày qua thêm 1 đồng chí hoàn thành" in row.text
    assert not any(name in row.text for name in NAMES)
    me.post("/theo-doi/co-quan/thu-tuan", {"nhan": "0"})
    assert rows(sa.select(WeeklyReport)) == []


def test_a_delegate_gets_them_too_until_his_last_day(app, visit, office, addresses):
    with app.app_context():
        held = sa.update(Grant).where(Grant.person_id == office["hocvien2"])
        db.session.execute(held.values(role=Role.DELEGATE.value, to_on=next_monday() + timedelta(days=1)))
        db.session.commit()
    visit("hocvien2").post("/theo-doi/chi-bo-1/thu-tuan", {"nhan": "1"})
    assert queued(app, next_monday() + timedelta(days=7)) == 0
    assert queued(app, next_monday()) == 1


def test_nobody_gets_figures_of_a_body_that_is_led_no_more(app, visit, office, addresses):
    me = visit("hocvien2")
    me.post("/theo-doi/chi-bo-1/thu-tuan", {"nhan": "1"})
    with app.app_context():
        db.session.execute(sa.update(Grant).where(Grant.person_id == office["hocvien2"]).values(to_on=today()))
        db.session.commit()
    assert queued(app, next_monday()) == 0


def test_who_asks_on_a_wednesday_hears_on_monday(app, visit, addresses):
    visit("hocvien2").post("/theo-doi/chi-bo-1/thu-tuan", {"nhan": "1"})
    this = today() - timedelta(days=today().weekday())
    assert queued(app, this, today()) == 0
    assert queued(app, next_monday()) == 1
