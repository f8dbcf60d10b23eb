"""Cây đơn vị: merge, split, move, rename on a past day, today and a later one; figures of a past day; what is refused."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import SINCE

from quizapp.accounts.models import Audit, Grant, Person, Post
from quizapp.administration.tasks import carry_out_plans
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning import queries as learning_queries
from quizapp.learning.models import CampaignBody, Enrolment, FactRow
from quizapp.organisation.models import Body, BodyPeriod, BodyPlan, BodySuccession
from quizapp.web.access import Role

WHY = {"ly-do": "Nghị quyết số 12 ngày 20/11/2026"}
YES = {"dong-y": "1"}


@pytest.fixture
def rows(app):
    """``rows(statement)``: what the database holds now."""

    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


@pytest.fixture
def lived(app, office):
    """The office as if its campaign had begun nine days ago; two people finished on days that have passed."""
    with app.app_context():
        began = today() - timedelta(days=9)
        db.session.execute(sa.update(Enrolment).values(began_on=began))
        db.session.execute(sa.update(learning.CountChange).values(day=began))
        course = db.session.scalars(sa.select(Course.id)).one()
        for login, ago in (("hocvien", 6), ("hocvien3", 3)):
            at = now() - timedelta(days=ago)
            facts = [
                learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"t:{unit}", None, 1000, 1000, True, True)
                for unit in ("bai-0", "bai-6", "bai-8")
            ]
            learning.record(office[login], course, facts, at)
        db.session.commit()
    return office


def on(days_ago):
    return {"tu-ngay": (today() - timedelta(days=days_ago)).isoformat()}


def agree(app, days=11):
    """Counts agree with the facts, today and at the end of each of the last days, folded or not."""
    with app.app_context():
        for folded in (False, True):
            if folded:
                while counts.fold():
                    pass
            assert counts.differences(now()) == []
            assert counts.states_differ() == []
            for ago in range(days):
                assert counts.differences(now(), today() - timedelta(days=ago)) == [], (ago, folded)
        db.session.rollback()


def people_on(app, office, code, days_ago):
    with app.app_context():
        body = db.session.scalars(sa.select(Body).filter_by(code=code)).one()
        day = today() - timedelta(days=days_ago)
        tally = learning_queries.tallies(office["campaign"], {body.id: body.path}, day)[body.id]
        return tally.people, tally.n("*", "completed")


@pytest.mark.parametrize("folded", [False, True])
def test_a_merge_on_a_past_day_moves_posts_enrolments_and_the_counts_since(app, visit, lived, rows, folded):
    if folded:
        with app.app_context():
            counts.fold()
            db.session.commit()
    visitor = visit("quantri")
    data = {"vao": lived["chi-bo-2"]} | on(4) | WHY
    page = visitor.post("/quan-tri/don-vi/chi-bo-1/gop", data, status=200)
    assert "Chưa có gì được ghi" in page.text
    assert re.search(r"Chi bộ 2.*?1 → 3", page.text)
    assert rows(sa.select(Body.to_on).filter_by(code="chi-bo-1")) == [None]
    visitor.post("/quan-tri/don-vi/chi-bo-1/gop", data | YES)
    assert "Chi bộ 1 gộp vào Chi bộ 2 từ ngày" in visitor.follow().text
    day = today() - timedelta(days=4)
    assert rows(sa.select(Body.to_on).filter_by(code="chi-bo-1")) == [day]
    assert rows(sa.select(BodySuccession.on)) == [day]
    posts = rows(sa.select(Post).where(Post.person_id == lived["hocvien"]).order_by(Post.from_on))
    assert [(p.body_id, p.from_on, p.to_on) for p in posts] == [
        (lived["chi-bo-1"], SINCE, day),
        (lived["chi-bo-2"], day, None),
    ]
    assert people_on(app, lived, "chi-bo-1", 5) == (2, 1)
    assert people_on(app, lived, "chi-bo-1", 4) == (0, 0)
    assert people_on(app, lived, "chi-bo-2", 5) == (1, 0)
    assert people_on(app, lived, "chi-bo-2", 4) == (3, 1)
    assert people_on(app, lived, "chi-bo-2", 0) == (3, 2)
    assert people_on(app, lived, "co-quan", 0) == people_on(app, lived, "co-quan", 2) == (6, 2)
    assert set(rows(sa.select(FactRow.body_then_id).filter_by(person_id=lived["hocvien"]))) == {lived["chi-bo-1"]}, (
        "kept"
    )
    agree(app)
    tree = visitor.get("/quan-tri/don-vi?mo=tinh,co-quan").text
    assert f"tiền thân: Chi bộ 1 (đến {day - timedelta(days=1):%d/%m/%Y})" in tree
    old = visitor.get("/quan-tri/don-vi/chi-bo-1").text
    assert "đã kết thúc" in old
    assert "Kế tục: Chi bộ 2" in old


def test_two_bodies_merge_into_a_new_one_which_has_their_campaigns_and_ends_their_roles(app, visit, lived, rows):
    with app.app_context():
        db.session.add(Grant(person_id=lived["hocvien"], role="leader", body_id=lived["chi-bo-1"], from_on=SINCE))
        campaign = {"campaign_id": lived["campaign"], "body_id": lived["chi-bo-1"], "target": False}
        db.session.add(CampaignBody(**campaign, due_on=today() + timedelta(days=30)))
        db.session.commit()
    visitor = visit("quantri")
    data = {"cung": lived["chi-bo-2"], "ten": "Chi bộ Hợp Nhất", "ma": "hop-nhat"} | on(0) | WHY
    visitor.post("/quan-tri/don-vi/chi-bo-1/gop", data, status=200)
    assert rows(sa.select(Body).filter_by(code="hop-nhat")) == [], "only tried"
    visitor.post("/quan-tri/don-vi/chi-bo-1/gop", data | YES)
    (made,) = rows(sa.select(Body).filter_by(code="hop-nhat"))
    assert made.parent_id == lived["co-quan"]
    assert people_on(app, lived, "hop-nhat", 0) == (3, 2)
    assert rows(sa.select(CampaignBody.due_on).filter_by(body_id=made.id)) == [today() + timedelta(days=30)]
    assert rows(sa.select(Grant.to_on).filter_by(person_id=lived["hocvien"])) == [today()]
    assert "Chi bộ Hợp Nhất" in visitor.get("/quan-tri/don-vi?tim=hop nhat").text
    agree(app)


def test_a_move_takes_the_figures_along_from_its_day_on(app, visit, lived, rows):
    with app.app_context():
        counts.fold()
        db.session.commit()
    visitor = visit("quantri")
    add = {
        "cap-tren": lived["tinh"],
        "ten": "Đảng ủy Hai",
        "ma": "hai",
        "khoi": "party",
        "tu-ngay": SINCE.isoformat(),
    } | WHY
    visitor.post("/quan-tri/them-don-vi", add)
    (hai,) = rows(sa.select(Body.id).filter_by(code="hai"))
    data = {"cap-tren": hai} | on(5) | WHY
    page = visitor.post("/quan-tri/don-vi/chi-bo-1/chuyen", data, status=200)
    assert re.search(r"Đảng ủy Hai.*?0 → 2", page.text)
    visitor.post("/quan-tri/don-vi/chi-bo-1/chuyen", data | YES)
    assert people_on(app, lived, "hai", 6) == (0, 0)
    assert people_on(app, lived, "hai", 5) == (2, 1)
    assert people_on(app, lived, "co-quan", 6) == (6, 1)
    assert people_on(app, lived, "co-quan", 5) == (4, 0)
    assert people_on(app, lived, "tinh", 5) == (7, 1)
    agree(app)
    assert "Đảng ủy cơ quan Thử Nghiệm" in visitor.get("/quan-tri/don-vi/chi-bo-1").text, "in its history"


def test_a_split_takes_the_chosen_people_and_bodies(app, visit, lived, rows):
    visitor = visit("quantri")
    assert "Danh Sóc Kha" in visitor.get("/quan-tri/don-vi/chi-bo-1/tach").text
    data = {"ten": "Chi bộ Ba", "ma": "ba", "nguoi": lived["hocvien"]} | on(5) | WHY
    visitor.post("/quan-tri/don-vi/chi-bo-1/tach", data, status=200)
    visitor.post("/quan-tri/don-vi/chi-bo-1/tach", data | YES)
    assert people_on(app, lived, "ba", 5) == (1, 1)
    assert people_on(app, lived, "chi-bo-1", 5) == (1, 0)
    assert people_on(app, lived, "chi-bo-1", 6) == (2, 1)
    assert "Đã tách ra" in visitor.get("/quan-tri/don-vi/chi-bo-1").text
    agree(app)
    below = {"ten": "Đảng ủy Mới", "ma": "moi", "don-vi": lived["chi-bo-2"]} | on(0) | WHY | YES
    visitor.post("/quan-tri/don-vi/co-quan/tach", below)
    assert people_on(app, lived, "moi", 0) == (1, 1)
    agree(app)


def test_a_persons_move_on_a_past_day_counts_from_that_day(app, visit, lived, rows):
    (code,) = rows(sa.select(Person.code).filter_by(login="hocvien"))
    data = {"don-vi": lived["chi-bo-2"]} | on(4) | WHY
    visit("quantri").post(f"/quan-tri/nguoi-dung/{code}/chuyen/chi-bo-1", data)
    assert people_on(app, lived, "chi-bo-2", 5) == (1, 0)
    assert people_on(app, lived, "chi-bo-2", 4) == (2, 1)
    agree(app)


def test_a_later_day_waits_and_the_work_process_does_it_once_on_that_day(app, visit, lived, rows, monkeypatch):
    visitor = visit("quantri")
    soon = today() + timedelta(days=3)
    name = {"ten": "Chi bộ Mai Sau", "tu-ngay": soon.isoformat()} | WHY
    visitor.post("/quan-tri/don-vi/chi-bo-1/doi-ten", name)
    assert "khi ngày ấy đến" in visitor.follow().text
    merge = {"vao": lived["co-quan"], "tu-ngay": soon.isoformat()} | WHY
    visitor.post("/quan-tri/don-vi/chi-bo-2/gop", merge)
    page = visitor.get("/quan-tri/don-vi/chi-bo-1").text
    assert f"Chờ đến ngày {soon:%d/%m/%Y}: đổi tên thành “Chi bộ Mai Sau”" in page
    with app.app_context():
        carry_out_plans()
        assert db.session.scalars(sa.select(Body.name).filter_by(code="chi-bo-1")).one() == "Chi bộ 1", "not yet"
        db.session.execute(sa.update(BodyPlan).values(on=today()))
        db.session.commit()
        for _ in range(2):
            carry_out_plans()
    assert rows(sa.select(Body.name).filter_by(code="chi-bo-1")) == ["Chi bộ Mai Sau"]
    assert rows(sa.select(Body.to_on).filter_by(code="chi-bo-2")) == [today()]
    assert [line.actor_id for line in rows(sa.select(Audit).filter_by(act="rename_body"))] == [lived["quantri"]]
    agree(app)


def test_what_cannot_be_done_on_its_day_says_why_and_may_be_taken_back(app, visit, lived, rows):
    visitor = visit("quantri")
    soon = {"tu-ngay": (today() + timedelta(days=3)).isoformat()} | WHY
    visitor.post("/quan-tri/don-vi/chi-bo-1/doi-ten", {"ten": "Trùng"} | soon)
    visitor.post("/quan-tri/don-vi/chi-bo-2/doi-ten", {"ten": "Bỏ"} | soon)
    plan = rows(sa.select(BodyPlan.id).order_by(BodyPlan.id.desc()))[0]
    visitor.post(f"/quan-tri/don-vi/chi-bo-2/bo/{plan}", WHY)
    assert "Chờ đến ngày" not in visitor.follow().text
    visitor.get(f"/quan-tri/don-vi/chi-bo-2/bo/{plan}", status=404)
    visitor.post("/quan-tri/don-vi/chi-bo-1/doi-ten", {"ten": "Trùng"} | on(0) | WHY)
    with app.app_context():
        db.session.execute(sa.update(BodyPlan).values(on=today()))
        db.session.commit()
        carry_out_plans()
    assert "chưa thực hiện được. Tên mới giống tên hiện nay" in visitor.get("/quan-tri/don-vi/chi-bo-1").text
    assert rows(sa.select(Body.name).filter_by(code="chi-bo-2")) == ["Chi bộ 2"]


@pytest.mark.parametrize(
    ("address", "data", "words"),
    [
        ("co-quan/chuyen", {"cap-tren": "co-quan"} | on(0), "vào chính nó"),
        ("co-quan/chuyen", {"cap-tren": "chi-bo-1"} | on(0), "chính cấp dưới"),
        ("tinh/chuyen", {"cap-tren": "co-quan"} | on(0), "cao nhất"),
        ("chi-bo-1/chuyen", {"cap-tren": "tinh", "tu-ngay": "2020-01-01"}, "chỉ có từ ngày 01/07/2025"),
        ("chi-bo-1/chuyen", {"cap-tren": "tinh", "tu-ngay": "2099-01-01"}, None),
        ("co-quan/chuyen", {"cap-tren": "chi-bo-1", "tu-ngay": "2099-01-01"}, "chính cấp dưới"),
        ("co-quan/gop", {"vao": "chi-bo-1"} | on(0), "nằm trong Đảng ủy cơ quan"),
        ("chi-bo-1/gop", {"vao": "chi-bo-2", "tu-ngay": SINCE.isoformat()}, "phải sau ngày đó"),
        ("chi-bo-1/gop", {"ten": "Mới", "ma": "chi-bo-2"} | on(0), "đã có đơn vị khác dùng"),
        ("chi-bo-1/gop", {"ten": "Mới", "ma": "chi-bo-2", "tu-ngay": "2099-01-01"}, "đã có đơn vị khác dùng"),
        ("chi-bo-1/tach", {"ten": "Mới", "ma": "tinh"} | on(0), "đã có đơn vị khác dùng"),
        ("chi-bo-1/tach", {"ten": "Mới", "ma": "Mã Lạ"} | on(0), "chữ thường không dấu"),
        ("chi-bo-1/doi-ten", {"ten": "Mới", "tu-ngay": "2020-01-01"}, "chỉ có từ ngày"),
    ],
)
def test_a_change_that_cannot_be_is_said_in_words_and_nothing_is_harmed(app, visit, lived, rows, address, data, words):
    data = {key: lived.get(value, value) if key in ("cap-tren", "vao") else value for key, value in data.items()}
    before = rows(sa.select(BodyPeriod.path).order_by(BodyPeriod.body_id, BodyPeriod.from_on))
    for yes in ({}, YES):
        page = visit("quantri").post(f"/quan-tri/don-vi/{address}", data | WHY | yes, status=409 if words else 303)
        assert words is None or words in page.text
    assert rows(sa.select(BodyPeriod.path).order_by(BodyPeriod.body_id, BodyPeriod.from_on)) == before
    assert (rows(sa.select(BodyPlan)) == []) is (words is not None)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({}, "điền cả tên và mã"),
        ({"vao": "chi-bo-2", "ten": "X"}, "Chỉ chọn một"),
        ({"ten": "X"}, "điền cả tên và mã"),
        ({"vao": "chi-bo-2", "tu-ngay": "hôm qua"}, "Nhập ngày dạng"),
        ({"vao": "chi-bo-2", "ly-do": ""}, "Ghi lý do"),
    ],
)
def test_a_merge_that_is_not_said_in_full_is_asked_for_again(visit, lived, data, words):
    data = {key: lived.get(value, value) for key, value in data.items()}
    page = visit("quantri").post("/quan-tri/don-vi/chi-bo-1/gop", on(0) | WHY | data, status=200)
    assert words in page.text
    assert page.title.startswith("Lỗi:")


def test_the_preview_leads_back_to_the_form_with_all_that_was_typed(visit, lived):
    data = {"vao": lived["chi-bo-2"]} | on(2) | WHY | {"sua": "1"}
    page = visit("quantri").post("/quan-tri/don-vi/chi-bo-1/gop", data, status=200)
    assert "Nghị quyết số 12" in page.html
    assert f'value="{(today() - timedelta(days=2)).isoformat()}"' in page.html


def test_what_has_ended_says_so_where_it_is_found(visit, lived):
    visitor = visit("quantri")
    visitor.post("/quan-tri/don-vi/chi-bo-1/gop", {"vao": lived["chi-bo-2"]} | on(0) | WHY | YES)
    text = visitor.get("/quan-tri/don-vi?tim=chi bo 1").text
    assert f"(đến {today() - timedelta(days=1):%d/%m/%Y})" in text
    assert "Chi bộ 2 (trước đây: Chi bộ 1)" in text


def test_two_bodies_of_one_name_do_not_stand_below_the_same_one(visit, lived, rows):
    visitor, said = visit("quantri"), "đã có Chi bộ 2 (mã chi-bo-2)"
    place = {"cap-tren": lived["co-quan"], "khoi": "party", "ma": "chi-bo-x"} | on(0) | WHY
    assert said in visitor.post("/quan-tri/them-don-vi", place | {"ten": "Chi bộ  2"}, status=409).text
    assert said in visitor.post("/quan-tri/don-vi/chi-bo-1/doi-ten", {"ten": "chi bộ 2"} | on(0) | WHY, status=409).text
    new = {"ten": "Chi bộ 2", "ma": "chi-bo-x"} | on(0) | WHY | YES
    assert said in visitor.post("/quan-tri/don-vi/chi-bo-1/tach", new, status=409).text
    visitor.post("/quan-tri/don-vi/chi-bo-1/gop", {"vao": "", "cung": lived["chi-bo-2"]} | new)
    assert rows(sa.select(Body.name).filter_by(code="chi-bo-x")) == ["Chi bộ 2"], "the name of one that ends is free"


def test_a_body_that_moves_is_no_change_of_its_own_figures(visit, lived):
    data = {"cap-tren": lived["tinh"]} | on(0) | WHY
    page = visit("quantri").post("/quan-tri/don-vi/chi-bo-1/chuyen", data, status=200)
    assert "xem trước" in page.text
    shown = page.text.partition("Hoàn thành")[2].partition("Chỉ hiện đơn vị")[0]
    assert "Đảng ủy cơ quan" in shown
    assert "Chi bộ 1" not in shown


def test_a_body_that_has_ended_gives_nobody_a_role(app, visit, lived, rows):
    visitor = visit("quantri")
    with app.app_context():
        db.session.add(
            Grant(person_id=lived["hocvien"], role=Role.LEADER.value, body_id=lived["chi-bo-1"], from_on=SINCE)
        )
        db.session.commit()
    visit("hocvien").get("/theo-doi/chi-bo-1")
    visitor.post("/quan-tri/don-vi/chi-bo-1/gop", {"vao": lived["chi-bo-2"]} | on(0) | WHY | YES)
    said = visit("hocvien").get("/theo-doi/chi-bo-1", status=403).text
    assert f"Chi bộ 1 đã kết thúc từ ngày {today():%d/%m/%Y}, kế tục là Chi bộ 2, nên vai trò lãnh đạo" in said
    assert "Trang này dành cho lãnh đạo, quản trị." in said
    visit("lanhdao").get("/theo-doi/chi-bo-1")  # who leads above still opens its past
    (code,) = rows(sa.select(Person.code).filter_by(login="hocvien"))
    role = {"vai-tro": "leader", "don-vi": lived["chi-bo-1"]} | WHY
    page = visitor.post(f"/quan-tri/nguoi-dung/{code}/giao-vai-tro", role, status=200)
    assert "Chọn một mục" in page.text
