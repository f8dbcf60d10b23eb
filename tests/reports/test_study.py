"""Học trực tiếp: recorded by the secretary of the very body, taken back by a counter-entry, counted as it stands."""

import pytest
import sqlalchemy as sa
from factories import add_grant, add_person

from quizapp.accounts.models import Audit, Person
from quizapp.clock import now, today
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning.models import Confirmation, Enrolment, FactRow, UnitStateRow
from quizapp.web.access import Role

PAGE = "/theo-doi/chi-bo-1/hoc-truc-tiep"


@pytest.fixture
def secretary(app, office, visit):
    with app.app_context():
        who = add_person("thuky", "Lâm Chí Hào", office["chi-bo-1"])
        add_grant(who, Role.SECRETARY, office["chi-bo-1"])
        db.session.commit()
    return visit("thuky")


@pytest.fixture
def rows(app):
    def read(statement):
        with app.app_context():
            assert counts.differences(now()) == []
            assert counts.states_differ() == []
            return db.session.scalars(statement).all()

    return read


def told(office, *people, **changed):
    data = {"hinh-thuc": "hop", "bai": "bai-6", "ngay": f"{today():%d/%m/%Y}", "minh-chung": "Biên bản số 05/BB-CB"}
    data |= {"nguoi": [office[login] for login in people], "ly-do": "Sinh hoạt chi bộ tháng 11"}
    return data | changed


def state(rows, office, login, unit):
    mine = sa.select(UnitStateRow).join(Enrolment, Enrolment.id == UnitStateRow.enrolment_id)
    found = rows(mine.where(Enrolment.person_id == office[login], UnitStateRow.unit == unit))
    return found[0].state if found else "not_started"


def test_a_meeting_makes_the_unit_done_with_its_evidence(secretary, office, rows):
    assert "Nguyễn Thị Hồng Thắm" in secretary.get(PAGE).text
    secretary.post(PAGE, told(office, "hocvien", "hocvien2"))
    page = secretary.follow()
    assert "Đã ghi 2 đồng chí" in page.text
    assert "Biên bản số 05/BB-CB" in page.text
    facts = rows(sa.select(FactRow).order_by(FactRow.person_id))
    assert [fact.kind for fact in facts] == [FactKind.PAPER_STUDY] * 2
    assert "Sinh hoạt, họp ngày" in facts[0].note
    assert state(rows, office, "hocvien", "bai-6") == "passed"
    (line,) = rows(sa.select(Audit).filter_by(act="record_study"))
    assert line.detail["people"] == 2
    assert len(rows(sa.select(Audit).filter_by(act="look_at_names"))) >= 1


def test_it_is_taken_back_by_a_counter_entry_alone(app, secretary, office, rows):
    with app.app_context():  # all but one unit, so that the meeting completes the course
        course = db.session.scalars(db.select(Course.id)).one()
        fact = learning.NewFact(FactKind.QUIZ_TAKEN, "bai-8", "test", None, 1000, 1000, True, True)
        learning.record(office["hocvien"], course, [fact], now())
        db.session.commit()
    secretary.post(PAGE, told(office, "hocvien"))
    assert len(rows(sa.select(Confirmation))) == 1
    (source,) = rows(sa.select(FactRow.source).filter_by(kind="paper_study"))
    address = f"{PAGE}/{source}/rut"
    assert "không xóa lần ghi trước" in secretary.get(address).text
    secretary.post(address, {"ly-do": ""}, status=200)
    secretary.post(address, {"ly-do": "Ghi nhầm người vắng mặt"})
    assert "Đã rút lại" in secretary.follow().text
    assert len(rows(sa.select(FactRow).filter_by(kind="paper_study"))) == 2
    assert state(rows, office, "hocvien", "bai-6") == "not_started"
    assert state(rows, office, "hocvien", "*") == "learning"
    assert rows(sa.select(Confirmation)) == []
    secretary.get(address, 404)
    secretary.post(PAGE, told(office, "hocvien"))  # and recorded again, rightly
    assert state(rows, office, "hocvien", "bai-6") == "passed"
    assert len(rows(sa.select(Confirmation))) == 1


def test_who_passed_otherwise_stays_passed(app, secretary, office, rows):
    secretary.post(PAGE, told(office, "hocvien"))
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        fact = learning.NewFact(FactKind.QUIZ_TAKEN, "bai-6", "test", None, 1000, 1000, True, True)
        learning.record(office["hocvien"], course, [fact], now())
        db.session.commit()
    (source,) = rows(sa.select(FactRow.source).filter_by(kind="paper_study"))
    secretary.post(f"{PAGE}/{source}/rut", {"ly-do": "Ghi nhầm người"})
    assert state(rows, office, "hocvien", "bai-6") == "passed"


@pytest.mark.parametrize(
    ("changed", "status", "words"),
    [
        ({"ngay": "01/01/2020"}, 409, "Ngày học phải từ ngày"),
        ({"ngay": "01/01/2099"}, 409, "Ngày học phải từ ngày"),
        ({"ngay": "32/01/2026"}, 200, "Nhập ngày dạng"),
        ({"minh-chung": ""}, 200, "Ghi số biên bản"),
        ({"ly-do": ""}, 200, "Ghi lý do"),
        ({"bai": "bai-11"}, 200, "Chọn một mục"),
        ({"nguoi": []}, 200, "Chọn ít nhất một đồng chí"),
        ({"nguoi": [987654]}, 200, "Chọn"),
        ({"hinh-thuc": "mo"}, 200, "Chọn một mục"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_recorded(secretary, office, rows, changed, status, words):
    page = secretary.post(PAGE, told(office, "hocvien", **changed), status=status)
    assert words in page.text
    assert rows(sa.select(FactRow)) == []


def test_only_the_secretary_of_the_very_body_records(secretary, visit, office, rows):
    secretary.post(PAGE, told(office, "hocvien3"), status=200)  # of another branch
    for code in ("chi-bo-2", "co-quan", "tinh", "khong-co"):
        secretary.get(f"/theo-doi/{code}/hoc-truc-tiep", 404)
    for login in ("hocvien", "lanhdao", "quantri"):
        visit(login).get(PAGE, 403)
    assert secretary.get("/hoc-truc-tiep", 303).location == PAGE
    assert rows(sa.select(FactRow)) == []


def test_a_secretary_is_appointed_by_the_administrator(app, visit, office, rows):
    (code,) = rows(sa.select(Person.code).filter_by(login="hocvien2"))
    role = {"vai-tro": "secretary", "don-vi": office["chi-bo-1"], "ly-do": "Chi ủy phân công"}
    visit("quantri").post(f"/quan-tri/nguoi-dung/{code}/giao-vai-tro", role)
    me = visit("hocvien2")
    assert "Ghi học trực tiếp" in me.get("/toi").text
    me.get(PAGE)


def test_a_unit_is_printed_without_its_key_and_the_key_on_its_own_sheet(app, secretary, visit, rows):
    (unit_id,) = rows(sa.select(Unit.id).filter_by(key="bai-6"))
    page = secretary.get(f"/soan/bai/{unit_id}/in?de=7")
    assert "Đề số 7, Bài 6" in page.text
    assert page.text.count("☐") >= 10
    assert "Đáp án" not in page.text
    assert "<details open" in page.html
    secretary.get(f"/soan/bai/{unit_id}/in/dap-an?de=7", 403)
    trainer = visit("baocaovien")
    assert trainer.get(f"/soan/bai/{unit_id}/in?de=7").text.count("☐") == page.text.count("☐")
    key = trainer.get(f"/soan/bai/{unit_id}/in/dap-an?de=7")
    assert "Chỉ dành cho người chấm" in key.text
    assert "Đáp án đề 7" in trainer.get(f"/soan/bai/{unit_id}/in?de=7").text
    (final,) = rows(sa.select(Unit.id).filter_by(key="bai-11"))
    trainer.get(f"/soan/bai/{final}/in", 404)
    visit("hocvien").get(f"/soan/bai/{unit_id}/in", 403)
