"""The trainers' desk: units and what the linter says, reports answered, questions stopped and used again."""

import re

import pytest
from papers import begin, right_fields

from quizapp.accounts.models import Audit
from quizapp.attempts.models import Attempt
from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses import queries
from quizapp.courses.models import Draft, Origin, QuestionReport, ReportKind, StoppedQuestion, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain.attempts import Paper
from quizapp.library import queries as library
from quizapp.library.actions import digest
from quizapp.library.actions import publish as publish_document
from quizapp.studio import queries as studio


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(key="bai-8")).one()


def newest(app, unit_id):
    with app.app_context():
        return queries.taught(db.session.get(Unit, unit_id).revision_id)


def first_question(app, unit_id):
    return next(newest(app, unit_id).unit.each_question()).key


def report(app, office, unit_id, text="Điều 5 không nói như vậy."):
    taught = newest(app, unit_id)
    key = first_question(app, unit_id)
    with app.app_context():
        courses.report(taught.revision_id, key, office["hocvien"], ReportKind.WRONG_TEXT, text, now())
        db.session.commit()
        return db.session.scalars(db.select(QuestionReport.id)).one(), key


def test_the_desk_lists_units_by_task_with_their_questions_and_revisions(visit, app, unit):
    page = visit("baocaovien").get("/soan")
    taught = newest(app, unit)
    assert f"8. {taught.unit.title}" in page.text
    assert "Năm là" in page.text
    assert "Chưa có bài" in page.text  # a task without a unit
    told = rf"{re.escape(taught.unit.title)} Đang dùng: bản 1, [\d/]+, bộ nội dung {len(taught.questions)} "
    assert re.search(told, page.text)
    assert "bộ nội dung" in page.text
    assert "Không có báo cáo nào đang chờ trả lời." in page.text


def test_who_may_come_in(visit, unit):
    for login, status in (("nguoiduyet", 200), ("hocvien", 403), ("lanhdao", 403), ("quantri", 403)):
        visit(login).get("/soan", status)
        visit(login).get(f"/soan/bai/{unit}/ban-dang-dung", status)


def test_an_unknown_unit_or_question_is_a_404(visit, unit):
    me = visit("baocaovien")
    for address in ("/soan/bai/987654/ban-dang-dung", f"/soan/bai/{unit}/cau/khong-co/dung", "/soan/bao-cau/987654"):
        me.get(address, 404)


def test_a_unit_shows_keys_reasons_citations_and_history_to_a_trainer(visit, app):
    with app.app_context():
        ids = dict(db.session.execute(db.select(Unit.key, Unit.id)).all())
    me = visit("baocaovien")
    for unit_id in ids.values():
        taught, page = newest(app, unit_id), me.get(f"/soan/bai/{unit_id}/ban-dang-dung")
        for question in taught.questions.values():
            assert f'id="cau-{question.key}"' in page.html
            assert f"/cau/{question.key}/dung" in page.html
        for section in taught.unit.sections:
            assert section.title in page.text
        assert "Nhập từ bộ nội dung" in page.text
        assert "✓ đáp án đúng:" in page.text


def test_the_linters_findings_stand_beside_their_question(visit, app, unit):
    """Made with a revision that breaks a rule."""
    with app.app_context():
        row = db.session.get(Unit, unit)
        body = db.session.get(UnitRevision, row.revision_id).body
        changed = {**body, "unit": {**body["unit"], "questions": [dict(q) for q in body["unit"]["questions"]]}}
        question = next(q for q in changed["unit"]["questions"] if q["kind"] == "single")
        question["prompt"] = "Việc nào không đúng với quy định trong tình huống này?"
        courses.publish(row, changed, Origin.TRAINER, None, "Thử", now())
        db.session.commit()
        key = question["key"]
        line = studio.unit_line(unit)
        assert [note.anchor for note in line.notes if "hỏi ngược" in note.message] == [f"cau-{key}"]
    page = visit("baocaovien").get(f"/soan/bai/{unit}/ban-dang-dung")
    assert page.text.count("đề bài hỏi ngược") == 2  # in the list and at the question
    assert f'href="#cau-{key}"' in page.html
    assert "Bản 2, " in page.text


def test_coverage_counts_sections_and_questions_of_each_provision(app, unit):
    taught = newest(app, unit)
    with app.app_context():
        found = studio.coverage(taught)
    assert sum(len(one.questions) for one in found) == len(taught.questions)
    assert sum(len(one.sections) for one in found) == len(taught.unit.sections)


def test_a_report_is_answered_without_knowing_who_sent_it(visit, app, office, unit):
    report_id, key = report(app, office, unit)
    me = visit("baocaovien")
    page = me.get("/soan")
    assert "Báo: sai văn bản" in page.text
    assert "Điều 5 không nói như vậy." in page.text
    assert f"câu {key}" in page.text
    assert "Hồng Thắm" not in page.html
    page = me.post(f"/soan/bao-cau/{report_id}", {"tra-loi": "  "}, status=200)
    assert page.title.startswith("Lỗi:")
    assert "Ghi câu trả lời." in page.text
    me.post(f"/soan/bao-cau/{report_id}", {"tra-loi": "Đã sửa, cảm ơn đồng chí."})
    assert "Không có báo cáo nào" in me.follow().text
    assert "Đã sửa, cảm ơn đồng chí." in visit("hocvien").get("/toi").text
    assert "đã được trả lời" in me.post(f"/soan/bao-cau/{report_id}", {"tra-loi": "Lần nữa"}, status=409).text


def test_stopping_needs_a_reason_and_both_stopping_and_resuming_are_in_the_log(visit, app, office, unit):
    key, me = first_question(app, unit), visit("baocaovien")
    address = f"/soan/bai/{unit}/cau/{key}"
    page = me.post(f"{address}/dung", {"ly-do": " "}, status=200)
    assert "Ghi lý do dừng câu này." in page.text
    for _ in range(2):  # twice is once
        me.post(f"{address}/dung", {"ly-do": "Hai đáp án đúng"})
        page = me.follow()
    assert "Đang dừng" in page.text
    assert "Hai đáp án đúng" in page.text
    assert "Hai đáp án đúng" in me.get("/soan").text
    me.post(f"{address}/dung-lai")
    assert "Đang dừng" not in me.follow().text
    me.post(f"{address}/dung-lai")
    with app.app_context():
        assert not db.session.scalars(db.select(StoppedQuestion)).all()
        told = db.session.execute(db.select(Audit.act, Audit.actor_id, Audit.reason, Audit.detail).order_by(Audit.id))
        about = {"unit": "bai-8", "question": key}
        assert [tuple(row) for row in told] == [
            ("stop_question", office["baocaovien"], "Hai đáp án đúng", about),
            ("resume_question", office["baocaovien"], None, about),
        ]


def test_a_stopped_question_is_not_drawn_and_gives_its_point_to_who_hands_in_later(visit, app, unit):
    learner, trainer = visit("hocvien"), visit("baocaovien")
    attempt = begin(learner)
    for number in range(1, 11):
        learner.post(f"/lam/{attempt}/{number}", right_fields(app, attempt, number, wrong=number == 1))
    with app.app_context():
        key = Paper.read(db.session.get(Attempt, attempt).paper).keys[0]
    trainer.post(f"/soan/bai/{unit}/cau/{key}/dung", {"ly-do": "Sai văn bản"})
    learner.post(f"/lam/{attempt}/nop")
    result = learner.follow().text
    assert "Đạt 10/10" in result
    assert "Câu 1 đã dừng để báo cáo viên xem lại. Đồng chí được trọn điểm câu này." in result
    assert "chưa đúng" not in result
    assert "Tất cả các câu đều đúng" not in result
    other = begin(visit("hocvien2"))
    with app.app_context():
        assert key not in Paper.read(db.session.get(Attempt, other).paper).keys


def test_the_last_question_left_cannot_be_stopped(visit, app, office, unit):
    keys = list(newest(app, unit).questions)
    with app.app_context():
        for key in keys[1:]:
            courses.stop_question(unit, key, office["baocaovien"], "Thử", now())
        db.session.commit()
    page = visit("baocaovien").post(f"/soan/bai/{unit}/cau/{keys[0]}/dung", {"ly-do": "Thử"}, status=409)
    assert "câu cuối cùng" in page.text


def test_a_draft_from_the_content_files_waits_on_the_desk(visit, app, unit):
    with app.app_context():
        body = db.session.get(UnitRevision, db.session.get(Unit, unit).revision_id).body
        db.session.add(Draft(unit_id=unit, body=body, note="Có bản mới từ bộ nội dung", changed_at=now()))
        db.session.commit()
        assert digest(body)
    page = visit("baocaovien").get("/soan")
    assert "Có bản mới từ bộ nội dung" in page.text
    assert "1 bản nháp" in page.text
    assert "Đủ để gửi duyệt. Có bản mới từ bộ nội dung. Bộ nội dung, " in page.text


def test_the_desk_takes_the_same_few_statements_however_many_reports(visit, app, office, unit, statements):
    me = visit("baocaovien")
    me.get("/soan")
    with statements() as before:
        me.get("/soan")
    report(app, office, unit)
    me.get("/soan")
    with statements() as after:
        me.get("/soan")
    assert len(after) == len(before) <= 8


# --- coverage --------------------------------------------------------------------------------------------------


def test_the_coverage_lists_every_provision_with_what_rests_on_it(visit, app, unit):
    me = visit("baocaovien")
    assert "/soan/phu" in me.get("/soan").html
    page = me.get("/soan/phu")
    with app.app_context():
        documents = library.documents()
    for document in documents:
        assert document.name in page.text
        for provision in document.walk():
            assert f'/van-ban/{document.code}#{provision.anchor}"' in page.html
    left_out = sum(not provision.verified for document in documents for provision in document.walk())
    assert page.text.count("Chưa đối chiếu không dạy, không hỏi") == left_out > 0
    assert '<a href="/hoc/cv-1248/bai-8/3">bài 8, mục 3</a>' in page.html
    for keys in questions_by_provision(app, unit).values():
        assert f'<a href="/soan/bai/{unit}/ban-dang-dung#cau-{keys[0]}">bài 8: {len(keys)}</a>' in page.html


def questions_by_provision(app, unit):
    found = {}
    for question in newest(app, unit).unit.each_question():
        found.setdefault(question.provision, []).append(question.key)
    return found


def test_the_coverage_can_be_asked_for_what_has_too_few_questions(visit, app, unit):
    page = visit("nguoiduyet").get("/soan/phu?loc=thieu")
    asked = questions_by_provision(app, unit)
    assert len(asked["144-qd-tw#dieu-3.liem"]) >= 2
    assert "144-qd-tw#dieu-3.liem" not in page.html
    assert "Chưa đối chiếu không dạy" not in page.text
    assert "Xem tất cả" in page.text


def test_a_citation_of_a_provision_that_is_no_more_stands_on_the_coverage(visit, app, unit):
    with app.app_context():
        document = next(one for one in library.documents() if one.code == "144-qd-tw")
        first = document.provisions[0].model_copy(update={"anchor": "moi"})
        publish_document(document.model_copy(update={"provisions": (first, *document.provisions[1:])}), 1, now())
        db.session.commit()
    page = visit("baocaovien").get("/soan/phu")
    assert "Bài 8 dẫn 144-qd-tw#chung" in page.text


def test_who_may_see_the_coverage_and_in_how_many_statements(visit, statements):
    for login in ("hocvien", "lanhdao", "quantri"):
        visit(login).get("/soan/phu", 403)
    me = visit("baocaovien")
    me.get("/soan/phu")
    with statements() as counted:
        me.get("/soan/phu")
    assert len(counted) <= 6, counted
