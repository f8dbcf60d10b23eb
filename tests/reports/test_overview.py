"""Theo dõi: figures and names inside the scope and nowhere else."""

import re
from datetime import timedelta

import pytest
from factories import add_body, add_grant, add_person

from quizapp.accounts.models import Audit
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import counts, moves
from quizapp.learning.models import Campaign, Enrolment
from quizapp.organisation.models import Body
from quizapp.web.access import Role


def learn(app, person_id, *units, passed=True):
    """The person hands in the quizzes of some units."""
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for unit in units:
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, passed, True)
            learning.record(person_id, course, [fact], now())
        db.session.commit()


def finish(app, person_id):
    learn(app, person_id, "bai-0", "bai-6", "bai-8")


def rows(page, caption):
    """The rows of a table by their first cell, as lists of words."""
    table = next(t for t in re.findall(r"<table.*?</table>", page.html, re.S) if caption in t)
    cells = [
        [" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.S)]
        for row in re.findall(r"<tr>.*?</tr>", table, re.S)
    ]
    return {row[0]: row[1:] for row in cells}


BELOW = "chậm nhất đứng đầu"


@pytest.mark.parametrize(
    ("login", "statuses"),
    [
        ("lanhdao", {"co-quan": 200, "chi-bo-1": 200, "chi-bo-2": 200, "tinh": 404, "khong-co": 404}),
        ("quantri", {"tinh": 200, "co-quan": 200, "chi-bo-1": 200, "khong-co": 404}),
        ("hocvien", {"co-quan": 403, "chi-bo-1": 403, "khong-co": 403}),
        ("baocaovien", {"co-quan": 403}),
    ],
)
def test_figures_stop_at_the_edge_of_the_scope(visit, login, statuses):
    me = visit(login)
    for code, status in statuses.items():
        me.get(f"/theo-doi/{code}", status)


def test_the_first_page_is_the_body_one_leads(visit):
    for login, code in (("lanhdao", "co-quan"), ("quantri", "tinh")):
        assert visit(login).get("/theo-doi", 303).location == f"/theo-doi/{code}"
    visit("hocvien").get("/theo-doi", 403)


def test_the_headline_has_its_denominator_and_the_worst_body_stands_first(visit, app, office):
    finish(app, office["hocvien3"])
    learn(app, office["hocvien"], "bai-6")
    page = visit("lanhdao").get("/theo-doi/co-quan")
    assert "1 trên 6 đồng chí đã hoàn thành" in page.text
    assert "16,7 %" in page.text
    assert "Trong 6 đồng chí: 1 hoàn thành, 1 đang học, 4 chưa bắt đầu. Chỉ tiêu 95%." in page.text
    assert list(rows(page, BELOW).items())[1:] == [
        ("Chi bộ 1", ["2", "0", "1", "1", "0,0%"]),
        ("Chi bộ 2", ["1", "1", "0", "0", "100,0%"]),
        ("Ngay tại Đảng ủy cơ quan Thử Nghiệm", ["3", "0", "0", "3", "0,0%"]),
        ("Cộng", ["6", "1", "1", "4", "16,7%"]),
    ]
    assert 'href="/theo-doi/chi-bo-1"' in page.html


def test_units_are_counted_by_state(visit, app, office):
    learn(app, office["hocvien"], "bai-6")
    learn(app, office["hocvien2"], "bai-6", passed=False)
    found = rows(visit("lanhdao").get("/theo-doi/chi-bo-1"), "theo bài và trạng thái")
    line = next(cells for title, cells in found.items() if title.startswith("6."))
    assert line == ["1", "1", "0", "0", "50,0%"]


def test_the_figures_are_the_same_before_and_after_folding(visit, app, office):
    finish(app, office["hocvien3"])
    me = visit("lanhdao")
    before = rows(me.get("/theo-doi/co-quan"), BELOW)
    with app.app_context():
        assert counts.fold()
        db.session.commit()
    assert rows(me.get("/theo-doi/co-quan"), BELOW) == before


def test_the_breadcrumb_is_the_tree_inside_the_scope(visit):
    page = visit("lanhdao").get("/theo-doi/chi-bo-1")
    assert "Đảng ủy cơ quan Thử Nghiệm › Chi bộ 1" in page.text
    assert "Đảng bộ tỉnh" not in page.text
    assert "Đảng bộ tỉnh Thử Nghiệm › Đảng ủy cơ quan Thử Nghiệm ›" in visit("quantri").get("/theo-doi/chi-bo-1").text


# --- names -----------------------------------------------------------------------------------------------------


def test_names_are_for_the_leader_of_the_very_body_and_for_its_administrator(visit):
    people = ["Lê Thị Bích", "Phạm Văn Đức", "Huỳnh Kim Liên"]  # by given name
    for login in ("lanhdao", "quantri"):
        assert list(rows(visit(login).get("/theo-doi/co-quan"), "Họ và tên"))[1:] == people
    page = visit("lanhdao").get("/theo-doi/chi-bo-1")
    assert "Danh Sóc Kha" not in page.html
    assert "Tên từng người do lãnh đạo trực tiếp" in page.text
    page = visit("quantri").get("/theo-doi/chi-bo-1")
    assert list(rows(page, "Họ và tên"))[1:] == ["Danh Sóc Kha", "Nguyễn Thị Hồng Thắm"]


def test_each_person_has_a_state_and_a_due_date(visit, app, office):
    finish(app, office["hocvien"])
    with app.app_context():
        mine = db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien2"])).one()
        mine.due_on = today() - timedelta(days=3)
        db.session.commit()
    found = rows(visit("quantri").get("/theo-doi/chi-bo-1"), "Họ và tên")
    assert found["Nguyễn Thị Hồng Thắm"][0].startswith("Hoàn thành")
    assert found["Danh Sóc Kha"][0] == "Chưa bắt đầu"
    assert found["Danh Sóc Kha"][1].endswith("Quá hạn 3 ngày")


def test_a_look_at_names_is_in_the_log_and_a_look_at_figures_is_not(visit, app, office):
    me = visit("lanhdao")
    me.get("/theo-doi/chi-bo-1")
    me.get("/theo-doi/co-quan")
    me.get("/theo-doi/tinh", 404)
    with app.app_context():
        told = db.session.execute(db.select(Audit.act, Audit.actor_id, Audit.detail)).all()
        campaign = db.session.get(Campaign, office["campaign"]).code
        about = {"body": "co-quan", "campaign": campaign, "people": 3, "list": "Theo dõi, Đảng ủy cơ quan Thử Nghiệm"}
        assert [tuple(row) for row in told] == [("look_at_names", office["lanhdao"], about)]


def test_who_has_left_the_campaign_is_neither_counted_nor_named(visit, app, office):
    with app.app_context():
        mine = db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien2"])).one()
        moves.leave(mine, now())
        db.session.commit()
    page = visit("quantri").get("/theo-doi/chi-bo-1")
    assert "0 trên 1 đồng chí" in page.text
    assert "Danh Sóc Kha" not in page.text


# --- campaigns and empty pages ---------------------------------------------------------------------------------


def second_campaign(app, office, body):
    with app.app_context():
        course = db.session.scalars(db.select(Course)).one()
        dates = today(), today() + timedelta(days=30)
        made = learning.open_campaign("Đợt hai", course, "day-du", *dates, [office[body]], 80, now())
        learning.enrol(made, [(office["hocvien3"], office["chi-bo-2"])], now())
        db.session.commit()
        return made.code


def test_the_latest_campaign_is_shown_unless_another_is_chosen(visit, app, office):
    code = second_campaign(app, office, "co-quan")
    with app.app_context():
        first = db.session.get(Campaign, office["campaign"]).code
    me = visit("lanhdao")
    page = me.get("/theo-doi/co-quan")
    assert "Đợt hai · hạn" in page.text
    assert "0 trên 1 đồng chí" in page.text
    page = me.get(f"/theo-doi/co-quan?dot={first}")
    assert "Đợt học thử nghiệm · hạn" in page.text
    assert f"/theo-doi/chi-bo-1?dot={first}" in page.html
    assert f'value="{code}"' in page.html
    me.get("/theo-doi/co-quan?dot=khong-co", 404)


def test_a_campaign_of_another_branch_is_not_offered(visit, app, office):
    second_campaign(app, office, "chi-bo-2")
    page = visit("lanhdao").get("/theo-doi/chi-bo-1")
    assert "Đợt hai" not in page.text
    assert "Đợt hai" in visit("lanhdao").get("/theo-doi/co-quan").text


def test_empty_pages_say_what_comes_next(visit, app, office):
    with app.app_context():
        elsewhere = add_body("khac", "Đảng bộ khác", None)
        below = add_body("khac-1", "Chi bộ khác", elsewhere)
        add_grant(office["lanhdao"], Role.LEADER, elsewhere.id)
        new = add_body("chi-bo-3", "Chi bộ 3", db.session.get(Body, office["co-quan"]))
        db.session.commit()
        assert below.id
        assert new.id
    me = visit("lanhdao")
    page = me.get("/theo-doi/khac")
    assert "Chưa có đợt học nào giao cho đơn vị này." in page.text
    assert "Chi bộ khác" in page.text
    assert "Đơn vị khác của đồng chí: Đảng ủy cơ quan Thử Nghiệm" in page.text
    page = me.get("/theo-doi/chi-bo-3")
    assert "Chưa có ai ở đơn vị này được ghi danh" in page.text
    assert "Đơn vị này không có cấp dưới." in page.text
    assert rows(me.get("/theo-doi/co-quan"), BELOW)["Chi bộ 3"] == ["0", "0", "0", "0", "–"]


def test_seven_statements_whatever_the_number_of_people(visit, app, office, statements):
    me = visit("quantri")
    me.get("/theo-doi/chi-bo-1")  # revisions are read once a process
    with app.app_context():
        campaign = db.session.get(Campaign, office["campaign"])
        made = [(add_person(f"nguoi{n}", f"Trần Văn {n}", office["chi-bo-1"]), office["chi-bo-1"]) for n in range(60)]
        learning.enrol(campaign, made, now())
        db.session.commit()
    for code, people in (("chi-bo-1", 62), ("co-quan", 66), ("tinh", 67)):
        with statements() as told:
            page = me.get(f"/theo-doi/{code}")
        assert f"0 trên {people} đồng chí" in page.text
        assert len(told) <= 7, told
