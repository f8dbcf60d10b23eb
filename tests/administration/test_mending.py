"""Việc cần xử lý: merging two accounts, changed phones, wrong bodies, slips: down to the database, and the counts agree."""

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_grant, add_person
from pypdf import PdfReader
from spreadsheets import people

from quizapp.accounts import actions as accounts
from quizapp.accounts import passwords
from quizapp.accounts.models import (
    Audit,
    Grant,
    NameSeen,
    NoticeReading,
    OneTimeCode,
    Person,
    PersonRequest,
    Post,
    RequestKind,
    UserSession,
)
from quizapp.accounts.queries import digest
from quizapp.administration import slips
from quizapp.administration.import_tasks import HANDLERS
from quizapp.attempts import actions as attempts
from quizapp.attempts.models import Attempt, ExtraTime, Mark, Response, ReviewItem
from quizapp.attempts.queries import own_fixed
from quizapp.clock import now, today
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.vietnamese import sort_key
from quizapp.jobs.tasks import do_jobs
from quizapp.learning import actions as learning
from quizapp.learning import counts, moves
from quizapp.learning.models import (
    Campaign,
    Confirmation,
    Enrolment,
    FactRow,
    Pledge,
    Reminder,
    ReminderTurn,
    UnitStateRow,
    WeeklyReport,
)
from quizapp.mail import Letter, Outbox, put
from quizapp.web.access import Role

WHY = {"ly-do": "Cùng một người, đã hỏi lại"}
PASSWORD = "con thuyen vuot song"


@pytest.fixture
def rows(app):
    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


@pytest.fixture
def code(rows):
    return lambda login: rows(sa.select(Person.code).filter_by(login=login))[0]


@pytest.fixture
def twin(app, office):
    """A second account of "hocvien", in the same body, with a password."""
    with app.app_context():
        who = add_person("0912345678", "Nguyễn Thị Hồng Thắm", office["chi-bo-1"])
        person = db.session.get_one(Person, who)
        person.phone, person.password_hash = "0912345678", passwords.hash_password(PASSWORD)
        db.session.commit()
    return who


def unit_of(key):
    row = db.session.scalars(sa.select(Unit).filter_by(key=key)).one()
    return courses.taught(row.revision_id)


def begin(person_id, key="bai-8"):
    made = attempts.start(person_id, unit_of(key), now())
    db.session.commit()
    return made


def answer(person_id, attempt_id, n):
    fixed = own_fixed(person_id, attempt_id)
    for seq, question in enumerate(fixed.paper.keys[:n], 1):
        attempts.save(fixed, question, None, seq, now())
    db.session.commit()


def end(person_id, attempt_id):
    attempts.hand_in(own_fixed(person_id, attempt_id), now())
    db.session.commit()


def merge(visit, code, kept="hocvien", other="0912345678", status=303):
    visitor = visit("quantri")
    visitor.post(f"/quan-tri/nguoi-dung/{code(kept)}/gop?voi={other}", WHY, status=status)
    return visitor


def agree(app):
    with app.app_context():
        assert counts.differences(now()) == []
        assert counts.states_differ() == []


def enrol(app, office, person_id, body="chi-bo-1"):
    with app.app_context():
        campaign = db.session.get_one(Campaign, office["campaign"])
        learning.enrol(campaign, [(person_id, office[body])], now())
        db.session.commit()


# --- merging ---------------------------------------------------------------------------------------------------


def test_attempts_with_equal_numbers_follow_in_the_order_of_their_beginning(app, office, visit, code, rows, twin):
    enrol(app, office, twin)
    with app.app_context():
        made = []
        for who in (office["hocvien"], twin, office["hocvien"], twin):
            made.append(begin(who))
            answer(who, made[-1], 3)
            end(who, made[-1])
    merge(visit, code)
    found = rows(sa.select(Attempt).order_by(Attempt.number))
    assert [(one.id, one.number, one.person_id) for one in found] == [
        (n, k, office["hocvien"]) for k, n in enumerate(made, 1)
    ]
    assert len(rows(sa.select(Mark))) == 4
    assert len(rows(sa.select(Response))) == 12
    sources = rows(sa.select(FactRow.source).filter_by(person_id=office["hocvien"], kind="quiz_taken"))
    assert sorted(sources) == sorted(f"attempt:{n}" for n in made)
    assert rows(sa.select(FactRow).filter_by(person_id=twin)) == []
    agree(app)
    visitor = visit("hocvien")
    for n in made:
        visitor.get(f"/lam/{n}/ket-qua")


def test_reminders_letters_and_readings_follow(app, office, visit, code, rows, twin):
    enrol(app, office, twin)
    mine, day = office["hocvien"], today()
    with app.app_context():
        accounts.note_look(office["lanhdao"], "Theo dõi", [mine, twin], None, now())
        accounts.note_look(office["lanhdao"], "Theo dõi", [twin], None, now())
        person = db.session.get_one(Person, twin)
        person.email, person.calendar_code = "tham@example.gov.vn", "lich-rieng"
        enrolment = db.session.scalars(sa.select(Enrolment.id).filter_by(person_id=twin)).one()
        common = {"body_id": office["chi-bo-1"], "day": day, "way": "mail"}
        db.session.add(Reminder(person_id=twin, enrolment_id=enrolment, by_id=None, **common))
        for who, on in ((mine, day - timedelta(days=5)), (twin, day)):
            db.session.add(ReminderTurn(person_id=who, day=on))
            db.session.add(WeeklyReport(person_id=who, body_id=office["chi-bo-1"], since=now()))
        db.session.add(WeeklyReport(person_id=twin, body_id=office["chi-bo-2"], since=now()))
        db.session.add(NoticeReading(person_id=mine, number=2, at=now()))
        for number in (2, 3):
            db.session.add(NoticeReading(person_id=twin, number=number, at=now()))
        both = [Letter("reminder", f"person:{who}", who, "a@b.vn", "Nhắc học", "…") for who in (mine, twin)]
        put([*both, Letter("weekly", f"{twin}", twin, "a@b.vn", "Số liệu tuần", "…")], day, now())
        db.session.commit()
    merge(visit, code)
    for model in (Reminder, ReminderTurn, WeeklyReport, NoticeReading, NameSeen, Outbox):
        assert {row.person_id for row in rows(sa.select(model))} == {mine}, model
    assert rows(sa.select(ReminderTurn.day)) == [day]
    assert rows(sa.select(NoticeReading.number).order_by(NoticeReading.number)) == [2, 3]
    assert len(rows(sa.select(NameSeen))) == 2
    assert sorted(rows(sa.select(Outbox.kind))) == ["reminder", "weekly"]
    (person,) = rows(sa.select(Person).filter_by(id=mine))
    assert (person.email, person.calendar_code) == ("tham@example.gov.vn", "lich-rieng")


def test_of_two_open_attempts_the_fuller_one_goes_on(app, office, visit, code, rows, twin):
    enrol(app, office, twin)
    with app.app_context():
        mine, others = begin(office["hocvien"]), begin(twin)
        answer(office["hocvien"], mine, 1)
        answer(twin, others, 4)
    merge(visit, code)
    states = {one.id: (one.state, one.person_id) for one in rows(sa.select(Attempt))}
    assert states == {mine: ("abandoned", office["hocvien"]), others: ("open", office["hocvien"])}
    agree(app)
    visitor = visit("hocvien")
    visitor.get(f"/lam/{others}/1")
    visitor.post(f"/lam/{others}/nop", {})
    assert rows(sa.select(Attempt.state).filter_by(id=others)) == ["submitted"]
    agree(app)


def test_both_in_the_same_campaign_leave_one_enrolment_in_the_counts(app, office, visit, code, rows, twin):
    enrol(app, office, twin, "chi-bo-2")
    with app.app_context():
        other = begin(twin)
        answer(twin, other, 2)
        end(twin, other)
    merge(visit, code)
    current = rows(
        sa.select(Enrolment).where(Enrolment.left_on.is_(None), Enrolment.person_id.in_((twin, office["hocvien"])))
    )
    assert [(one.person_id, one.body_id) for one in current] == [(office["hocvien"], office["chi-bo-1"])]
    states = rows(sa.select(UnitStateRow.state).filter_by(enrolment_id=current[0].id, unit="bai-8"))
    assert states == ["failed"]
    agree(app)


def test_an_enrolment_of_the_twin_alone_is_taken_over_with_its_states(app, office, visit, code, rows, twin):
    with app.app_context():
        newcomer = add_person("moi-den", "Nguyễn Thị Hồng Thắm", office["chi-bo-2"])
        db.session.commit()
    enrol(app, office, twin)
    with app.app_context():
        begin(twin)
    merge(visit, code, kept="moi-den")
    (own,) = rows(sa.select(Enrolment).filter_by(person_id=newcomer))
    assert own.body_id == office["chi-bo-1"]
    assert rows(sa.select(UnitStateRow.state).filter_by(enrolment_id=own.id, unit="bai-8")) == ["learning"]
    held = rows(sa.select(Post.body_id).filter_by(person_id=newcomer))
    assert sorted(held) == sorted([office["chi-bo-1"], office["chi-bo-2"]])
    agree(app)


def test_an_enrolment_left_before_goes_on_where_the_twin_is_in(app, office, visit, code, rows, twin):
    enrol(app, office, twin, "chi-bo-2")
    with app.app_context():
        mine = db.session.scalars(sa.select(Enrolment).filter_by(person_id=office["hocvien"])).one()
        moves.leave(mine, now())
        db.session.commit()
    merge(visit, code)
    (own,) = rows(sa.select(Enrolment).filter_by(person_id=office["hocvien"]))
    assert (own.left_on, own.body_id) == (None, office["chi-bo-2"])
    agree(app)


def test_same_facts_of_both_are_both_kept_and_a_waiver_counts(app, office, visit, code, rows, twin):
    enrol(app, office, twin)
    with app.app_context():
        course = db.session.scalars(sa.select(Course)).one()
        for who in (office["hocvien"], twin):
            read = learning.NewFact(learning.FactKind.SECTION_READ, "bai-8/1", "web")
            learning.record(who, course.id, [read], now())
        learning.waive(twin, course.id, "*", office["quantri"], "ốm", now())
        db.session.commit()
    merge(visit, code)
    sources = rows(sa.select(FactRow.source).filter_by(person_id=office["hocvien"], kind="section_read"))
    assert sorted(sources) == ["web", f"web (tài khoản {twin})"]
    (own,) = rows(sa.select(Enrolment.id).where(Enrolment.person_id == office["hocvien"], Enrolment.left_on.is_(None)))
    assert rows(sa.select(UnitStateRow.state).filter_by(enrolment_id=own, unit="*")) == ["waived"]
    agree(app)


def test_a_confirmation_of_the_twin_goes_on_under_its_code(app, office, visit, code, rows, twin):
    enrol(app, office, twin)
    with app.app_context():
        course = db.session.scalars(sa.select(Course)).one()
        passed = [
            learning.NewFact(learning.FactKind.QUIZ_TAKEN, key, f"attempt:{n}", None, 1000, 1000, True, True)
            for n, key in enumerate(("bai-0", "bai-6", "bai-8"), 9000)
        ]
        learning.record(twin, course.id, passed, now())
        db.session.commit()
    (before,) = rows(sa.select(Confirmation))
    merge(visit, code)
    (after,) = rows(sa.select(Confirmation))
    (own,) = rows(sa.select(Enrolment).where(Enrolment.person_id == office["hocvien"], Enrolment.left_on.is_(None)))
    assert (after.code, after.enrolment_id) == (before.code, own.id)
    assert rows(sa.select(UnitStateRow.state).filter_by(enrolment_id=own.id, unit="*")) == ["completed"]
    agree(app)


def test_questions_met_extra_time_pledges_and_roles_follow(app, office, visit, code, rows, twin):
    with app.app_context():
        course = db.session.scalars(sa.select(Course.id)).one()
        unit = unit_of("bai-8").unit_id
        for who, seen in ((office["hocvien"], 2), (twin, 3)):
            db.session.add(ReviewItem(person_id=who, unit_id=unit, question="q", seen=seen, missed=1, due_on=None))
            db.session.add(Pledge(person_id=who, course_id=course, text=f"lời {seen}", at=now()))
        db.session.add(ReviewItem(person_id=twin, unit_id=unit, question="r", seen=1, missed=0, due_on=today()))
        db.session.add(ExtraTime(person_id=twin, percent=50))
        add_grant(twin, Role.LEADER, office["chi-bo-1"])
        accounts.ask(twin, RequestKind.CORRECTION, "sửa tên", now())
        db.session.commit()
    merge(visit, code)
    items = {
        one.question: (one.seen, one.missed)
        for one in rows(sa.select(ReviewItem).filter_by(person_id=office["hocvien"]))
    }
    assert (items["q"], items["r"]) == ((5, 2), (1, 0))
    assert rows(sa.select(ReviewItem).filter_by(person_id=twin)) == []
    assert rows(sa.select(ExtraTime.percent).filter_by(person_id=office["hocvien"])) == [50]
    assert rows(sa.select(Pledge.text)) == ["lời 3"]
    assert rows(sa.select(PersonRequest.person_id)) == [office["hocvien"]]
    assert rows(sa.select(Grant.role).where(Grant.person_id == office["hocvien"], Grant.to_on.is_(None))) == ["leader"]
    assert rows(sa.select(Grant.to_on).where(Grant.person_id == twin)) == [today()]


def test_the_merged_sign_in_ends_and_says_so_to_whoever_knows_the_password(app, office, visit, code, rows, twin):
    guest = visit("0912345678")
    guest.get("/toi")
    with app.app_context():
        accounts.give_code(twin, accounts.CodeKind.PASSWORD, None, now())
        db.session.commit()
    merge(visit, code)
    guest.get("/toi", status=303)
    assert rows(sa.select(UserSession.ended_at).where(UserSession.person_id == twin)) != [None]
    assert all(rows(sa.select(OneTimeCode.used_at).filter_by(person_id=twin)))
    nobody = visit()
    told = nobody.post("/dang-nhap", {"ten": "0912345678", "mat-khau": PASSWORD}, status=200).text
    assert "đã được gộp vào tài khoản “hocvien”" in told
    with app.app_context():
        fresh = passwords.hash_password("mot cau khac han")
        accounts.set_password(office["hocvien"], fresh)
        db.session.commit()
    visit().post("/dang-nhap", {"ten": "0912345678", "mat-khau": "mot cau khac han"})
    wrong = nobody.post("/dang-nhap", {"ten": "0912345678", "mat-khau": "sai hẳn rồi"}, status=200).text
    assert "gộp" not in wrong
    lines = rows(sa.select(Audit).filter_by(act="merge_people"))
    assert {line.about_id for line in lines} == {office["hocvien"], twin}
    assert all(line.reason == WHY["ly-do"] for line in lines)
    assert "Đã gộp vào tài khoản khác" in visit("quantri").get(f"/quan-tri/nguoi-dung/{code('0912345678')}").text


def test_a_forgotten_password_of_the_merged_account_is_asked_for_the_other(app, office, visit, code, rows, twin):
    merge(visit, code)
    visit().post("/quen-mat-khau", {"ten": "0912345678"})
    assert rows(sa.select(PersonRequest.person_id)) == [office["hocvien"]]


def test_merging_is_refused_where_it_would_harm(app, office, visit, code, rows, twin):
    with app.app_context():
        who = add_person("quantri2", "Ngô Thị Hạnh", office["co-quan"])
        add_grant(who, Role.ADMIN, office["co-quan"])
        stronger = add_person("manh-hon", "Nguyễn Thị Hồng Thắm", office["chi-bo-1"])
        add_grant(stronger, Role.TRAINER, office["tinh"])
        add_person("ngoai", "Nguyễn Thị Hồng Thắm", office["tinh"])
        db.session.commit()
    visitor = visit("quantri2")
    address = f"/quan-tri/nguoi-dung/{code('hocvien')}/gop"
    assert "ngoài phạm vi" in visitor.post(f"{address}?voi=manh-hon", WHY, status=409).text
    for typed in ("ngoai", "hocvien", "khong-co"):
        assert "Không tìm thấy" in visitor.post(f"{address}?voi={typed}", WHY, status=409).text
    visitor.get(f"/quan-tri/nguoi-dung/{code('ngoai')}/gop?voi=hocvien", status=404)
    own = f"/quan-tri/nguoi-dung/{code('hocvien')}/gop?voi=quantri2"
    assert "đang dùng" in visitor.post(own, WHY, status=409).text
    assert "Ghi lý do" in visitor.post(f"{address}?voi=0912345678", {"ly-do": ""}, status=200).text
    merge(visit, code)
    assert "đã kết thúc" in merge(visit, code, status=409).page.text
    assert len(rows(sa.select(Audit).filter_by(act="merge_people"))) == 2


def test_the_page_offers_whom_it_may_concern_and_shows_both(app, office, visit, code, twin):
    visitor = visit("quantri")
    page = visitor.get("/quan-tri/can-xu-ly")
    assert "cùng họ tên, cùng đơn vị" in page.text
    link = re.search(r'href="(/quan-tri/nguoi-dung/[^"]+/gop\?voi=[^"]+)"', page.html)[1]
    page = visitor.get(link)
    assert "0912345678" in page.text
    assert "hocvien" in page.text
    assert "Đổi lại" in page.text


# --- wrong bodies, phone numbers -------------------------------------------------------------------------------


def test_a_name_is_put_right_and_the_answer_leads_there(app, office, visit, rows):
    visit("hocvien").post("/toi/de-nghi-sua", {"noi-dung": "Họ tên của tôi là Nguyễn Thị Hồng Thắm Em"})
    (asked,) = rows(sa.select(PersonRequest))
    visitor = visit("quantri")
    code = rows(sa.select(Person.code).filter_by(login="hocvien"))[0]
    address = f"/quan-tri/nguoi-dung/{code}/ho-ten"
    assert address in visitor.get(f"/quan-tri/de-nghi/{asked.id}").html
    assert 'value="Nguyễn Thị Hồng Thắm"' in visitor.get(address).html
    assert "giống họ tên đang ghi" in visitor.post(address, {"ho-ten": "Nguyễn Thị  Hồng Thắm"} | WHY, status=409).text
    visitor.post(address, {"ho-ten": "nguyễn thị Ánh".title()} | WHY)
    assert "Đã sửa họ tên" in visitor.follow().text
    (person,) = rows(sa.select(Person).filter_by(login="hocvien"))
    assert (person.name, person.folded, person.sort_key) == (
        "Nguyễn Thị Ánh", "nguyen thi anh", sort_key("Nguyễn Thị Ánh")
    )  # fmt: skip
    (line,) = rows(sa.select(Audit).filter_by(act="change_person"))
    assert (line.about_id, line.detail["before"], line.reason) == (person.id, "Nguyễn Thị Hồng Thắm", WHY["ly-do"])
    visit("lanhdao").get(address, status=403)


def test_the_answer_to_a_wrong_body_leads_to_the_move(office, visit, rows):
    visit("hocvien").post("/lan-dau/sai-don-vi", {"noi-dung": "Tôi ở chi bộ 2"})
    (asked,) = rows(sa.select(PersonRequest))
    assert f"/quan-tri/de-nghi/{asked.id}/chuyen" in visit("quantri").get(f"/quan-tri/de-nghi/{asked.id}").html


def test_whoever_reports_a_wrong_body_is_moved_and_told(app, office, visit, rows):
    visit("hocvien").post("/lan-dau/sai-don-vi", {"noi-dung": "Tôi ở chi bộ 2"})
    (asked,) = rows(sa.select(PersonRequest))
    visitor = visit("quantri")
    assert "Tôi ở chi bộ 2" in visitor.get("/quan-tri/can-xu-ly").text
    address = f"/quan-tri/de-nghi/{asked.id}/chuyen"
    page = visitor.get(address)
    assert f'name="don-vi" value="{office["chi-bo-2"]}" checked' in page.html
    visitor.post(address, {"roi": "chi-bo-1", "don-vi": office["chi-bo-2"]} | WHY)
    assert rows(sa.select(PersonRequest.answer)) == ["Đã chuyển đồng chí sang Chi bộ 2."]
    assert rows(sa.select(Enrolment.body_id).filter_by(person_id=office["hocvien"])) == [office["chi-bo-2"]]
    agree(app)


def test_a_changed_number_is_written_and_answered(app, office, visit, rows, code):
    visit("hocvien").post("/toi/de-nghi-sua", {"noi-dung": "Tôi đổi số sang +84 988.777.666 rồi"})
    (asked,) = rows(sa.select(PersonRequest))
    visitor = visit("quantri")
    assert "0988777666" in visitor.get("/quan-tri/can-xu-ly").text
    address = f"/quan-tri/de-nghi/{asked.id}/dien-thoai"
    assert 'value="0988777666"' in visitor.get(address).html
    visitor.post(address, {"dien-thoai": "0988777666"} | WHY)
    assert rows(sa.select(Person.phone).filter_by(id=office["hocvien"])) == ["0988777666"]
    assert "0988777666" in rows(sa.select(PersonRequest.answer))[0]
    other = f"/quan-tri/nguoi-dung/{code('hocvien2')}/dien-thoai"
    assert "hãy gộp hai tài khoản" in visitor.post(other, {"dien-thoai": "0988777666"} | WHY, status=409).text
    assert "chưa đủ 10" in visitor.post(other, {"dien-thoai": "12"} | WHY, status=200).text
    visitor.post(other, {"dien-thoai": "0900000009"} | WHY)
    assert [line.detail["phone"] for line in rows(sa.select(Audit).filter_by(act="change_phone"))] == [
        "0988777666",
        "0900000009",
    ]


# --- slips -----------------------------------------------------------------------------------------------------


def slips_of(response):
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(response.get_data())).pages)
    return re.findall(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}", text), text


def test_slips_carry_codes_of_which_only_digests_are_kept(app, office, visit, rows, code):
    visitor = visit("quantri")
    listed = people(*((n, f"Nguyễn Văn {chr(65 + n)}nh", None, "Chi bộ 1", None) for n in range(10)))
    visitor.post("/quan-tri/nguoi-dung/nhap", {"tep": (io.BytesIO(listed), "a.xlsx")})
    address = visitor.page.location
    for step in (None, "cot", "ghi"):
        if step:
            columns = {"cot-name": "1", "cot-phone": "2", "cot-body": "3"}
            visitor.post(f"{address}/{step}", columns if step == "cot" else WHY)
        with app.app_context():
            do_jobs(HANDLERS)
    assert "10 người chưa vào" in visitor.get(f"{address}/phieu").text
    page = visitor.post(f"{address}/phieu", WHY, status=200)
    codes, text = slips_of(page.response)
    assert len(set(codes)) == 10
    assert len(PdfReader(io.BytesIO(page.response.get_data())).pages) == 2
    assert page.response.headers["Cache-Control"] == "no-store"
    assert "Nguyễn Văn Ành" in text or "Nguyễn Văn" in text
    kept = rows(sa.select(OneTimeCode))
    assert {one.code_hash for one in kept} == {digest(one.replace("-", "")) for one in codes}
    assert len(rows(sa.select(Audit).filter_by(act="give_code"))) == 10
    assert [line.detail["people"] for line in rows(sa.select(Audit).filter_by(act="print_slips"))] == [10]
    assert "Không còn ai cần phiếu" in visitor.post(f"{address}/phieu", WHY, status=409).text
    again = visitor.post(f"{address}/phieu", WHY | {"cap-lai": "y"}, status=200)
    fresh, _ = slips_of(again.response)
    assert not set(fresh) & set(codes)
    newcomer = visit()
    newcomer.post("/ma", {"ma": codes[0]}, status=200)
    newcomer.post("/ma", {"ma": fresh[0]})


@pytest.mark.parametrize("code", ["WWWW-WWWW-WWWW-WWWW", "MMMM-WWWW-QQQQ-MWMW", "7777-JJJJ-7777-FFFF"])
def test_a_code_stands_on_one_line_of_its_slip_whatever_its_letters(code):
    made = slips.pdf([slips.Slip(1, "Lê Mạnh", "manh", "Chi bộ 1")] * 8, [code] * 8, "Phiếu", "dia-chi", "Liêm", now())
    (page,) = PdfReader(io.BytesIO(made)).pages
    assert page.extract_text().count(code) == 8


def test_slips_of_a_body_are_for_who_never_got_in_and_only_within_the_scope(app, office, visit, rows, code):
    with app.app_context():
        admin = add_person("quantri2", "Ngô Thị Hạnh", office["co-quan"])
        add_grant(admin, Role.ADMIN, office["co-quan"])
        for n in range(3):
            who = add_person(f"chua-vao-{n}", f"Trần Văn {n}", office["chi-bo-1"], welcomed=False)
            db.session.get_one(Person, who).password_hash = None
        strong = add_person("manh", "Lê Mạnh", office["chi-bo-1"], welcomed=False)
        db.session.get_one(Person, strong).password_hash = None
        add_grant(strong, Role.LEADER, office["tinh"])
        db.session.commit()
    visitor = visit("quantri2")
    assert "Không còn ai" in visitor.post("/quan-tri/don-vi/co-quan/phieu", WHY, status=409).text
    codes, text = slips_of(visitor.post("/quan-tri/don-vi/co-quan/phieu", WHY | {"cap-duoi": "y"}, status=200).response)
    assert len(codes) == 3
    assert "Lê Mạnh" not in text
    visitor.get("/quan-tri/don-vi/tinh/phieu", status=404)
    visitor.post("/quan-tri/don-vi/tinh/phieu", WHY, status=404)
