"""Xóa dữ liệu: identity is blanked, figures stay, the account opens no more, the counts still agree."""

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_person
from pages import Visitor

from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Person, PersonRequest
from quizapp.administration.erasing import answer_until
from quizapp.administration.models import PeopleImport, PeopleImportLine
from quizapp.clock import now, today
from quizapp.courses.models import Course
from quizapp.database import Base, db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning import queries as learned
from quizapp.learning.models import WHOLE, Confirmation, FactRow
from quizapp.organisation.models import Body
from quizapp.web.formats import day

WHY = {"ly-do": "Theo đề nghị ngày 20/11/2026"}
NAME = "Nguyễn Thị Hồng Thắm"


@pytest.fixture
def code(app, office):
    with app.app_context():
        return db.session.get_one(Person, office["hocvien"]).code


def finish(app, person_id):
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for unit in ("bai-0", "bai-6", "bai-8"):
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, True, True)
            learning.record(person_id, course, [fact], now())
        db.session.commit()


def figures(app, office):
    with app.app_context():
        body = db.session.get_one(Body, office["tinh"])
        tally = learned.tallies(office["campaign"], {body.id: body.path}, today())[body.id]
        assert counts.differences(now()) == []
        assert counts.states_differ() == []
        return tally.people, tally.n(WHOLE, "completed")


def everything(app):
    """All that the database holds, as text."""
    with app.app_context():
        found = {}
        for table in Base.metadata.sorted_tables:
            rows = db.session.execute(sa.select(table)).all()
            found[table.name] = json.dumps([list(row) for row in rows], default=str, ensure_ascii=False)
        return found


def test_identity_goes_and_figures_stay(app, visit, office, code):
    me: Visitor = visit("hocvien")
    me.post("/toi/thu", {"thu": "tham@example.gov.vn"})
    me.post("/toi/lich")
    me.post("/toi/de-nghi-xoa", {"noi-dung": f"Xóa mọi thông tin của {NAME}"})
    assert "Đề nghị xóa dữ liệu về tôi" in me.follow().text
    finish(app, office["hocvien"])
    before = figures(app, office)
    admin = visit("quantri")
    index = admin.get("/quan-tri")
    assert "Đề nghị xóa dữ liệu" in index.text
    assert f"trả lời chậm nhất ngày {day(answer_until(now()) - timedelta(seconds=1))}" in index.text
    address = f"/quan-tri/nguoi-dung/{code}/xoa"
    assert "Tên đăng nhập chưa đúng" in admin.post(address, {"ten": "hocvien2"} | WHY, status=200).text
    admin.post(address, {"ten": "hocvien"} | WHY)
    assert figures(app, office) == before
    for table, held in everything(app).items():
        for trace in (NAME, "tham@example.gov.vn", '"hocvien"'):
            assert trace not in held, (table, trace)
    me.get("/", 303)
    with app.app_context():
        person = db.session.get_one(Person, office["hocvien"])
        assert (person.name, person.password_hash) == ("Người dùng đã xóa", None)
        paper = db.session.scalars(sa.select(Confirmation)).one()
        assert len(db.session.scalars(sa.select(FactRow)).all()) == 3
    assert "Người dùng đã xóa" in visit().get(f"/xac-nhan/{paper.code}").text
    assert "đã được xóa" in admin.post(address, {"ten": f"da-xoa-{code}"} | WHY, status=409).text


def test_the_other_account_imported_lists_and_the_helpers_name_go_too(app, visit, office, code):
    with app.app_context():
        own = db.session.get_one(Person, office["hocvien"])
        own.phone = "0912345678"
        twin = add_person("tham-cu", NAME, office["chi-bo-1"])
        other = db.session.get_one(Person, twin)
        other.merged_into_id, other.ended_on = own.id, today()
        accounts.note_act(
            office["quantri"], "change_phone", now(), own.id, {"before": "0900000000", "phone": "0912345678"}
        )
        renamed = {"before": "Tên Cũ", "name": NAME, "changed": {"name": NAME}}
        accounts.note_act(office["quantri"], "change_person", now(), own.id, renamed)
        db.session.execute(
            sa.update(Body).where(Body.code == "chi-bo-1").values(helper=NAME, helper_phone="0912345678")
        )
        samples = [["Họ và tên", "Đơn vị"], [NAME.upper(), "Chi bộ 1"], ["Danh Sóc Kha", "Chi bộ 1"]]
        told = {"file_name": "ds.xlsx", "sha256": "0" * 64, "made_at": now(), "found": {"people": {"samples": samples}}}
        made = PeopleImport(choices={}, counts={"people": 2}, **told)
        db.session.add(made)
        db.session.flush()
        common = {"import_id": made.id, "of_body": False, "verdict": "ok", "deed": "none", "body": "Chi bộ 1"}
        for place, (name, who) in enumerate([(NAME, office["hocvien"]), (NAME.upper(), None), ("Danh Sóc Kha", None)]):
            says = {"given": {"name": name, "phone": f"091234567{place}"}, "problems": []}
            row = {"place": place, "name": name, "person_id": who, "says": says}
            db.session.add(PeopleImportLine(**common, **row))
        db.session.commit()
    visit("quantri").post(f"/quan-tri/nguoi-dung/{code}/xoa", {"ten": "hocvien"} | WHY)
    for table, held in everything(app).items():
        for trace in (NAME.casefold(), "0912345678", "0900000000", "tham-cu", '"hocvien"'):
            assert trace not in held.casefold(), (table, trace)
    assert everything(app)["people_import_line"].count("Danh Sóc Kha") == 2


def test_whoever_is_not_done_leaves_the_campaign(app, visit, office, code):
    people, completed = figures(app, office)
    visit("quantri").post(f"/quan-tri/nguoi-dung/{code}/xoa", {"ten": "hocvien"} | WHY)
    assert figures(app, office) == (people - 1, completed)


def test_the_last_administrator_cannot_be_erased(app, visit, office):
    with app.app_context():
        own = db.session.get_one(Person, office["quantri"]).code
    visit("quantri").post(f"/quan-tri/nguoi-dung/{own}/xoa", {"ten": "quantri"} | WHY, status=409)


def test_a_request_past_its_clock_is_marked(app, visit, office):
    visit("hocvien").post("/toi/de-nghi-xoa", {"noi-dung": "Xóa giúp tôi"})
    with app.app_context():
        db.session.execute(sa.update(PersonRequest).values(asked_at=now().replace(year=now().year - 1)))
        db.session.commit()
    assert "Quá hạn trả lời" in visit("quantri").get("/quan-tri").text
