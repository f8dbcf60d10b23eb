"""Duyệt và phát hành: from a draft to a revision through the pages, and what a changed key then does to results."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_person
from papers import answer, begin, right_fields

from quizapp.accounts.models import Audit, Grant
from quizapp.attempts import actions as attempts
from quizapp.attempts import remarking
from quizapp.attempts.models import Attempt, Mark
from quizapp.attempts.queries import own_fixed
from quizapp.attempts.tasks import remark
from quizapp.clock import now, today
from quizapp.courses import actions as courses
from quizapp.courses import drafting, drafts, publishing, queries
from quizapp.courses.models import Correction, Course, Draft, ReviewNote, Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import grading
from quizapp.domain.attempts import Paper
from quizapp.domain.content import LearningPath
from quizapp.jobs.tasks import do_jobs
from quizapp.learning import actions as learning
from quizapp.learning import counts
from quizapp.learning.models import UnitStateRow
from quizapp.library.models import Document, OfficialText
from quizapp.studio import reviewing, undoing
from quizapp.studio.reviewing import HANDLERS
from quizapp.web.access import Role

WORDS = {"doi": "chu", "ly-do": "Sửa theo ý kiến người học"}


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(sa.select(Unit.id).filter_by(key="bai-8")).one()


@pytest.fixture
def draft(app, office, unit):
    """``draft(change)``: a draft of bài 8 by the trainer; ``change`` is given its body and changes it."""

    def make(change, by="baocaovien", send=True):
        with app.app_context():
            row = drafts.begin(unit, office[by], now())
            body = drafts.body_of(row)
            change(body)
            drafts.changed(row, body, office[by], now())
            if send:
                publishing.send(unit, "Xem giúp tôi", office[by], now())
            db.session.commit()

    return make


def reworded(body):
    body["head"]["why"] = "Vì sao học, viết lại cho gọn."


def rows(app, statement):
    with app.app_context():
        return db.session.scalars(statement).all()


def hidden(page):
    """What the form for publishing carries along."""
    return dict(
        re.findall(r'<input[^>]*name="(ban|anh-huong|ghi-chu-con)"[^>]*value="([^"]*)"', page.response.text)
    ) or dict(re.findall(r'name="(ban|anh-huong|ghi-chu-con)" type="hidden" value="([^"]*)"', page.response.text))


def publish(app, reviewer, unit, status=303, **said):
    page = reviewer.get(f"/duyet/bai/{unit}")
    return reviewer.post(f"/duyet/bai/{unit}/phat-hanh", hidden(page) | WORDS | said, status=status)


def newest(app, unit_id):
    with app.app_context():
        return queries.taught(db.session.get(Unit, unit_id).revision_id)


def in_agreement(app):
    with app.app_context():
        counts.fold()
        db.session.commit()
        assert counts.differences(now()) == []
        assert counts.states_differ() == []


# --- the way of a draft ----------------------------------------------------------------------------------------


def test_a_draft_is_compared_sent_reviewed_and_published(app, office, visit, unit, draft):
    draft(reworded, send=False)
    trainer = visit("baocaovien")
    page = trainer.get(f"/soan/bai/{unit}/so-sanh")
    assert "1 chỗ thay đổi" in page.text
    assert "<ins>" in page.response.text
    assert "Không đổi đáp án câu nào" in page.text
    trainer.post(f"/soan/bai/{unit}/gui-duyet", {"loi-nhan": "Viết gọn lại"})
    reviewer = visit("nguoiduyet")
    assert "Viết gọn lại" in reviewer.get("/duyet").text
    assert "Người soạn nhắn: Viết gọn lại" in reviewer.get(f"/duyet/bai/{unit}").text
    before = newest(app, unit)
    publish(app, reviewer, unit)
    assert "Đã phát hành bản 2" in reviewer.follow().text
    after = newest(app, unit)
    assert (after.number, after.unit.why) == (before.number + 1, "Vì sao học, viết lại cho gọn.")
    assert after.provisions == before.provisions
    assert rows(app, sa.select(Draft)) == []
    made = rows(app, sa.select(UnitRevision).filter_by(id=after.revision_id))[0]
    assert (made.origin, made.made_by, made.approved_by) == ("trainer", office["baocaovien"], office["nguoiduyet"])
    assert made.substance is False
    told = reviewer.get(f"/soan/bai/{unit}/phien-ban/2").text
    assert "Sửa theo ý kiến người học" in told
    assert "Chỉ sửa chữ." in told
    assert [line.act for line in rows(app, sa.select(Audit)) if line.act in ("send_for_review", "publish")] == [
        "send_for_review",
        "publish",
    ]


def test_what_changes_is_said_without_any_key(app, office, visit, unit, draft):
    def change(body):
        body["head"] |= {"task": "bon-la"}
        key = body["head"]["objectives"][0]["key"]
        body["quiz"]["draw"][key] += 1
        one = next(q for q in body["questions"] if q["kind"] == "single")
        one |= {"level": "van_dung" if one["level"] != "van_dung" else "nho", "provision": "10-ct-ttg#thu-tuc"}
        body["lesson"] = body["lesson"].replace("::: trich 144-qd-tw#dieu-1", "::: trich 10-ct-ttg#thu-tuc", 1)
        body["lesson"] += "\n![Bảng niêm yết](anh:bang.png)\n"

    draft(change, send=False)
    page = visit("baocaovien").get(f"/soan/bai/{unit}/so-sanh").text
    changes = page[page.index("Thay đổi") : page.index("Ảnh hưởng khi phát hành")]
    assert re.search(r"Nhiệm vụ: Năm là: .* Bốn là: ", changes)
    assert re.search(r"Trích dẫn: Quy định 144-QĐ/TW, .* Chỉ thị 10/CT-TTg, ", changes)
    assert "Hình: Bảng niêm yết" in changes
    assert not re.search(r"bon-la|nam-la|10-ct-ttg|144-qd-tw|van_dung|anh:|single", changes)


def test_an_earlier_revision_never_changes(app, office, visit, unit, draft):
    before = rows(app, sa.select(UnitRevision).filter_by(unit_id=unit))[0]
    draft(reworded)
    publish(app, visit("nguoiduyet"), unit)
    again = rows(app, sa.select(UnitRevision).filter_by(unit_id=unit, number=1))[0]
    assert (again.body, again.sha256, again.made_at) == (before.body, before.sha256, before.made_at)


def test_who_wrote_it_does_not_approve_it(app, office, visit, unit, draft):
    draft(reworded, by="nguoiduyet")
    reviewer = visit("nguoiduyet")
    page = reviewer.get(f"/duyet/bai/{unit}")
    assert "không tự duyệt" in page.text
    assert "Phát hành</button>" not in page.response.text
    refused = reviewer.post(f"/duyet/bai/{unit}/phat-hanh", _sent(app, unit) | WORDS, status=409)
    assert "không tự duyệt" in refused.text
    assert newest(app, unit).number == 1


def _sent(app, unit):
    """What the page would carry for whoever may publish."""

    with app.app_context():
        one = reviewing.compared(unit)
        return {"ban": one.seen, "anh-huong": reviewing.impact_digest(reviewing.impact(one))}


def test_an_administrator_approves_only_where_no_reviewer_is_free(app, office, visit, unit, draft):
    draft(reworded)
    admin = visit("quantri")
    assert "Đã có người duyệt khác" in admin.get(f"/duyet/bai/{unit}").text
    with app.app_context():
        db.session.execute(sa.delete(Grant).filter_by(role=Role.REVIEWER.value))
        db.session.commit()
    publish(app, admin, unit)
    assert newest(app, unit).number == 2


def test_a_trainer_who_is_no_reviewer_sees_but_does_not_publish(app, office, visit, unit, draft):
    draft(reworded, by="nguoiduyet")
    trainer = visit("baocaovien")
    assert "dành cho người duyệt" in trainer.get(f"/duyet/bai/{unit}").text
    trainer.post(f"/duyet/bai/{unit}/phat-hanh", _sent(app, unit) | WORDS, status=403)
    for login in ("hocvien", "lanhdao"):
        visit(login).get(f"/duyet/bai/{unit}", status=403)


def test_what_is_not_whole_or_not_new_is_not_sent(app, office, visit, unit, draft):
    trainer = visit("baocaovien")
    draft(lambda body: None, send=False)
    assert "không khác bản đang dùng" in trainer.post(f"/soan/bai/{unit}/gui-duyet", {}, status=409).text
    draft(lambda body: body["head"].update(why=""), send=False)
    page = trainer.get(f"/soan/bai/{unit}/so-sanh")
    assert "Đầu bài, vì sao: không được để trống" in page.text  # where, in a writer's words
    assert "còn thiếu 1 điều" in trainer.post(f"/soan/bai/{unit}/gui-duyet", {}, status=409).text


QUOTED = "\n\n> “Cán bộ phải tận tâm với công việc.”"


def quoting(body):
    """The second section, which cites Quy định 144, says that it quotes it."""
    lines = body["lesson"].split("\n")
    cites = [n for n, line in enumerate(lines) if line.startswith("::: trich 144-qd-tw#")]
    lines[cites[1]] += QUOTED
    body["lesson"] = "\n".join(lines)


@pytest.fixture
def official(app, office):
    """``official(text)``: what the library has of Quy định 144, compared by somebody else; None takes it away."""

    def make(text):
        with app.app_context():
            db.session.execute(sa.delete(OfficialText))
            document = db.session.scalars(sa.select(Document).filter_by(code="144-qd-tw")).one()
            who = {"added_by": office["baocaovien"], "confirmed_by": office["nguoiduyet"], "added_at": now()}
            if text:
                row = {"document_id": document.id, "number": 1, "state": "confirmed", "text": text, "source": "bản ký"}
                db.session.add(OfficialText(**row, **who, confirmed_at=now(), told=[], reason=""))
            db.session.commit()

    return make


def test_a_quotation_that_is_not_exact_is_neither_sent_nor_published(app, office, visit, unit, draft, official):
    official("1. Cán bộ phải tận tụy với công việc.")
    draft(quoting, send=False)
    trainer = visit("baocaovien")
    page = trainer.get(f"/soan/bai/{unit}/so-sanh")
    assert "đoạn trích khác bản gốc" in page.text
    assert re.search(r"tận <mark>tâm</mark> \[bản gốc: tụy\]", page.html)
    assert re.search(rf'href="/soan/bai/{unit}\?muc=\d">Mục \d, đoạn trích, dòng \d+:', page.html)
    assert "Gửi duyệt</button>" not in page.html
    assert re.search(r"Mục \d, dòng \d+: đoạn trích khác", trainer.post(f"/soan/bai/{unit}/gui-duyet", {}, 409).text)
    assert "Còn thiếu 1 chỗ" in trainer.get("/soan").text
    official("Cán bộ phải tận tâm với công việc.")
    trainer.post(f"/soan/bai/{unit}/gui-duyet", {})
    official("Cán bộ phải tận tụy với công việc.")  # a better copy, since it was sent
    reviewer = visit("nguoiduyet")
    assert "<mark>tâm</mark>" in reviewer.get(f"/duyet/bai/{unit}").html
    assert "đoạn trích khác bản gốc" in publish(app, reviewer, unit, status=409).text
    official(None)
    assert "thư viện chưa có bản gốc" in publish(app, reviewer, unit, status=409).text
    official("Cán bộ phải tận tâm với công việc.")
    publish(app, reviewer, unit)
    assert newest(app, unit).number == 2


def test_a_quotation_of_another_provision_is_neither_sent_nor_published(app, visit, unit, draft, official):
    official("Cán bộ phải tận tâm với công việc.")
    draft(quoting, send=False)
    trainer = visit("baocaovien")
    trainer.post(f"/soan/bai/{unit}/gui-duyet", {})
    official("Điều 9. Việc khác\nCán bộ phải tận tâm với công việc.")  # a better copy, since it was sent
    reviewer = visit("nguoiduyet")
    assert "khớp nguyên văn, nhưng nằm ở Điều 9" in reviewer.get(f"/duyet/bai/{unit}").text
    assert "khớp nguyên văn, nhưng nằm ở Điều 9" in publish(app, reviewer, unit, status=409).text
    trainer.post(f"/soan/bai/{unit}/lay-ve", {})
    assert "nhưng nằm ở Điều 9" in trainer.post(f"/soan/bai/{unit}/gui-duyet", {}, status=409).text


def test_a_draft_comes_back_with_notes_and_saving_takes_it_back(app, office, visit, unit, draft):
    draft(reworded)
    reviewer = visit("nguoiduyet")
    reviewer.post(f"/duyet/bai/{unit}/ghi-chu", {"phan": "head", "cho": "Thông tin bài", "ghi-chu": "Nêu rõ hơn"})
    reviewer.post(f"/duyet/bai/{unit}/tra-lai", {"vi-sao": ""}, status=200)
    reviewer.post(f"/duyet/bai/{unit}/tra-lai", {"vi-sao": "Chưa nêu căn cứ"})
    assert "Không có bản nháp nào" in reviewer.follow().text
    trainer = visit("baocaovien")
    told = trainer.get(f"/soan/bai/{unit}/so-sanh").text
    assert "Nêu rõ hơn" in told
    assert "Chưa nêu căn cứ" in told
    assert "Người duyệt ghi 2 chỗ chưa xong" in trainer.get("/soan").text
    assert "Người duyệt ghi 2 chỗ chưa xong" in trainer.get(f"/soan/bai/{unit}").text
    note = rows(app, sa.select(ReviewNote.id))[0]
    trainer.post(f"/soan/bai/{unit}/ghi-chu/{note}/xong")
    assert "đã xong" in trainer.follow().text
    trainer.post(f"/soan/bai/{unit}/gui-duyet", {})
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(unit))
        started = drafting.digest(body["head"])
        drafts.save(unit, "head", body["head"] | {"minutes": 9}, started, office["baocaovien"], now())
        db.session.commit()
    page = reviewer.post(f"/duyet/bai/{unit}/phat-hanh", _sent(app, unit) | WORDS, status=409)
    assert "chưa được gửi duyệt" in page.text


def test_open_notes_are_read_before_publishing_or_done_with(app, office, visit, unit, draft):
    draft(reworded)
    reviewer = visit("nguoiduyet")
    for text in ("Nêu rõ hơn", "Thiếu căn cứ"):
        reviewer.post(f"/duyet/bai/{unit}/ghi-chu", {"phan": "head", "cho": "Thông tin bài", "ghi-chu": text})
    page = publish(app, reviewer, unit, status=409)
    assert "Còn 2 ghi chú chưa xong. Đọc các ghi chú" in page.text
    assert "Tôi đã đọc các ghi chú chưa xong này" in page.text
    assert "Sửa theo ý kiến người học</textarea>" in page.response.text  # what was typed is still there
    shown = _sent(app, unit) | WORDS | {"bo-qua-ghi-chu": "y"}
    refused = reviewer.post(f"/duyet/bai/{unit}/phat-hanh", shown, status=409)  # which notes, it does not say
    assert 'name="bo-qua-ghi-chu" type="checkbox" value="y"' in refused.response.text  # not ticked any more
    note = rows(app, sa.select(ReviewNote.id).order_by(ReviewNote.id))[0]
    reviewer.post(f"/soan/bai/{unit}/ghi-chu/{note}/xong?tu=duyet")
    assert reviewer.page.location == f"/duyet/bai/{unit}#ghi-chu"
    assert "Còn 1 ghi chú chưa xong" in reviewer.get(f"/duyet/bai/{unit}").text
    publish(app, reviewer, unit, **{"bo-qua-ghi-chu": "y"})
    assert newest(app, unit).number == 2
    told = rows(app, sa.select(Audit).filter_by(act="publish"))[0]
    assert told.detail["open_notes"] == 1
    assert "ghi chú chưa xong: 1" in visit("quantri").get("/quan-tri/nhat-ky").text


def test_a_note_made_meanwhile_is_not_published_over(app, office, visit, unit, draft):
    draft(reworded)
    reviewer = visit("nguoiduyet")
    reviewer.post(f"/duyet/bai/{unit}/ghi-chu", {"phan": "head", "cho": "", "ghi-chu": "Nêu rõ hơn"})
    seen = hidden(reviewer.get(f"/duyet/bai/{unit}"))
    visit("quantri").post(f"/duyet/bai/{unit}/ghi-chu", {"phan": "head", "cho": "", "ghi-chu": "Sai tên văn bản"})
    page = reviewer.post(f"/duyet/bai/{unit}/phat-hanh", seen | WORDS | {"bo-qua-ghi-chu": "y"}, status=409)
    assert "Còn 2 ghi chú chưa xong" in page.text
    assert newest(app, unit).number == 1


def test_the_page_that_says_no_can_be_sent_again(app, office, visit, unit, draft):
    draft(reworded)
    reviewer = visit("nguoiduyet")
    stale = {"ban": "x", "anh-huong": "y"} | WORDS
    page = reviewer.post(f"/duyet/bai/{unit}/phat-hanh", stale, status=409)
    reviewer.post(f"/duyet/bai/{unit}/phat-hanh", hidden(page) | WORDS)
    assert newest(app, unit).number == 2


def test_what_changed_since_the_page_was_read_is_not_published(app, office, visit, unit, draft):
    draft(reworded)
    reviewer = visit("nguoiduyet")
    seen = hidden(reviewer.get(f"/duyet/bai/{unit}"))
    draft(lambda body: body["head"].update(why="Khác hẳn."))
    assert "đã đổi từ khi" in reviewer.post(f"/duyet/bai/{unit}/phat-hanh", seen | WORDS, status=409).text
    assert newest(app, unit).number == 1


def test_one_goes_back_by_a_draft_that_is_reviewed(app, office, visit, unit, draft):
    first = newest(app, unit).unit
    draft(reworded)
    publish(app, visit("nguoiduyet"), unit)
    trainer = visit("baocaovien")
    trainer.post(f"/soan/bai/{unit}/phien-ban/1/quay-lai")
    trainer.post(f"/soan/bai/{unit}/phien-ban/1/quay-lai", status=409)
    trainer.post(f"/soan/bai/{unit}/gui-duyet", {})
    publish(app, visit("nguoiduyet"), unit)
    assert newest(app, unit).number == 3
    assert newest(app, unit).unit == first
    trainer.post(f"/soan/bai/{unit}/phien-ban/99/quay-lai", status=404)


def undo(reviewer, unit, number, status=303):
    return reviewer.post(f"/duyet/bai/{unit}/phien-ban/{number}/hoan-tac", status=status)


def test_whoever_published_by_mistake_takes_it_back_within_ten_minutes(app, office, visit, unit, draft):
    first = newest(app, unit)
    draft(reworded)
    reviewer = visit("nguoiduyet")
    publish(app, reviewer, unit)
    assert "Hoàn tác trong 10 phút." in reviewer.get(f"/soan/bai/{unit}/ban-dang-dung").text
    assert "Hoàn tác" not in visit("baocaovien").get(f"/soan/bai/{unit}/ban-dang-dung").text
    undo(visit("quantri"), unit, 2, status=409)
    undo(reviewer, unit, 2)
    told = reviewer.get(f"/soan/bai/{unit}/ban-dang-dung").text
    undo(reviewer, unit, 2, status=409)
    assert "Đã hoàn tác. Bài trở lại như bản 1 (nay là bản 3)" in told
    assert "Hoàn tác trong 10 phút." not in told
    after = newest(app, unit)
    assert (after.number, after.unit, after.provisions) == (3, first.unit, first.provisions)
    assert [
        row.number for row in rows(app, sa.select(UnitRevision).filter_by(unit_id=unit).order_by(UnitRevision.id))
    ] == [1, 2, 3]
    with app.app_context():
        row = drafts.draft_of(unit)
        assert row.writers == [office["baocaovien"]]
        assert drafts.body_of(row)["head"]["why"] == "Vì sao học, viết lại cho gọn."
    in_agreement(app)


def test_what_was_published_longer_ago_is_not_taken_back(app, visit, unit, draft):
    draft(reworded)
    reviewer = visit("nguoiduyet")
    publish(app, reviewer, unit)
    with app.app_context():
        late = sa.update(UnitRevision).filter_by(unit_id=unit, number=2)
        db.session.execute(late.values(made_at=now() - undoing.UNDO - timedelta(seconds=1)))
        db.session.commit()
    assert "Hoàn tác" not in reviewer.get(f"/soan/bai/{unit}/ban-dang-dung").text
    assert "đã quá 10 phút" in undo(reviewer, unit, 2, status=409).text
    assert newest(app, unit).number == 2


# --- the course ------------------------------------------------------------------------------------------------


def course_of(app):
    with app.app_context():
        return drafts.course_of(db.session.scalars(sa.select(Course.id)).one())


def test_a_new_unit_enters_the_paths_that_the_reviewer_names(app, office, visit, unit, contents):
    with app.app_context():
        course = db.session.scalars(sa.select(Course)).one()
        made = drafts.begin_unit(course.id, "Bài mới", "nam-la", office["baocaovien"], now())
        body = drafting.of_unit(queries.taught(db.session.get(Unit, unit).revision_id).unit)
        body["head"] |= {"key": made.key, "number": 12, "title": "Bài mới"}
        for n, question in enumerate(body["questions"]):
            question["key"] = f"moi-{n}"
            for m, part in enumerate(question.get("questions", ())):
                part["key"] = f"moi-{n}-{m}"
        drafts.changed(drafts.draft_of(made.id), body, office["baocaovien"], now())
        publishing.send(made.id, "", office["baocaovien"], now())
        db.session.commit()
        new, key = made.id, made.key
    reviewer = visit("nguoiduyet")
    assert "Chọn ít nhất một lộ trình" in publish(app, reviewer, new, status=409).text
    page = reviewer.get(f"/duyet/bai/{new}")
    assert "Bản này đổi gì?" not in page.text  # nobody has learnt it yet
    assert "<ins>" not in page.html[page.html.index('id="doi-1"') :]  # all of it is new, and reads as it is
    reviewer.post(f"/duyet/bai/{new}/phat-hanh", hidden(page) | {"ly-do": "Bài mới", "lo-trinh": "ca-khoa"})
    assert "Bài có trong lộ trình “Cả khóa” của các đợt học mở từ nay" in reviewer.follow().text
    course = course_of(app)
    assert course.path("ca-khoa").units[-2:] == (key, "bai-11")
    assert key not in course.path("day-du").units
    with app.app_context():  # the content files do not know it, and leave it where it is
        courses.take_in(contents, now())
        db.session.commit()
    assert course_of(app) == course


def test_a_retired_unit_stays_with_who_is_enrolled_and_comes_back(app, office, visit, unit, contents):
    reviewer = visit("nguoiduyet")
    reviewer.post(f"/duyet/bai/{unit}/ngung", {"ly-do": "Văn bản đã được thay thế"})
    assert "Bài đã ngừng dùng" in reviewer.follow().text
    assert "bai-8" not in course_of(app).units
    assert begin(visit("hocvien")) > 0
    with app.app_context():
        courses.take_in(contents, now())
        db.session.commit()
    assert "bai-8" not in course_of(app).units
    assert "đã ngừng dùng" in reviewer.post(f"/duyet/bai/{unit}/ngung", {"ly-do": "Lần nữa"}, status=409).text
    reviewer.post(f"/duyet/bai/{unit}/dung-lai", {"ly-do": "Văn bản còn hiệu lực"})
    assert all("bai-8" in path.units for path in course_of(app).paths)


def test_a_retired_final_stays_out_when_files_are_read_again_and_comes_back_last(app, visit, contents):
    reviewer = visit("nguoiduyet")
    with app.app_context():
        final = db.session.scalars(sa.select(Unit.id).filter_by(key="bai-11")).one()
    before = course_of(app)
    reviewer.post(f"/duyet/bai/{final}/ngung", {"ly-do": "Ra đề lại"})
    without = course_of(app)
    assert (without.final, "bai-11" in without.units) == (None, False)
    with app.app_context():
        courses.take_in(contents, now())
        db.session.commit()
    assert course_of(app) == without
    reviewer.post(f"/duyet/bai/{final}/dung-lai", {"ly-do": "Đề cũ còn dùng được"})
    assert course_of(app) == before


def test_a_unit_comes_back_into_the_paths_that_had_it_and_no_other(app, visit, unit):
    reviewer = visit("nguoiduyet")
    arrange(app, {"day-du": "Toàn khóa", "rut-gon": "Rút gọn", "moi": "Mới"}, without=("rut-gon",))
    reviewer.post(f"/duyet/bai/{unit}/ngung", {"ly-do": "Văn bản đã được thay thế"})
    arrange(app, {"day-du": "Cả khóa", "rut-gon": "Rút gọn", "them": "Thêm"})  # one renamed, one gone, one more
    assert "Bài trở lại lộ trình “Cả khóa”, đứng trước" in reviewer.get(f"/duyet/bai/{unit}/dung-lai").text
    reviewer.post(f"/duyet/bai/{unit}/dung-lai", {"ly-do": "Văn bản còn hiệu lực"})
    assert "Bài được dùng lại trong lộ trình “Cả khóa”, từ các đợt" in reviewer.follow().text
    assert [path.key for path in course_of(app).paths if "bai-8" in path.units] == ["day-du"]
    reviewer.post(f"/duyet/bai/{unit}/ngung", {"ly-do": "Văn bản đã được thay thế"})
    arrange(app, {"rut-gon": "Rút gọn"})
    assert "chưa vào lộ trình nào" in reviewer.get(f"/duyet/bai/{unit}/dung-lai").text
    reviewer.post(f"/duyet/bai/{unit}/dung-lai", {"ly-do": "Văn bản còn hiệu lực"})
    assert "bai-8" in course_of(app).units
    assert "bai-8" not in course_of(app).path("rut-gon").units


def arrange(app, paths, without=()):
    """The course has these paths (key -> title), each with all that is in use; those of ``without`` without bài 8."""
    with app.app_context():
        course = db.session.scalars(sa.select(Course)).one()
        value = drafts.course_of(course.id)
        made = tuple(
            LearningPath(
                key=key, title=title, units=tuple(one for one in value.units if key not in without or one != "bai-8")
            )
            for key, title in paths.items()
        )
        publishing.keep_course(course, value.model_copy(update={"paths": made}), now())
        db.session.commit()


# --- a changed key ---------------------------------------------------------------------------------------------


def take(app, me, wrong=()):
    """Hand in a paper with these questions answered wrong (by number); its id and the paper's keys."""
    attempt = begin(me)
    with app.app_context():
        keys = Paper.read(db.session.get(Attempt, attempt).paper).keys
    for number in range(1, len(keys) + 1):
        answer(me, attempt, number, wrong=number in wrong)
    me.post(f"/lam/{attempt}/nop")
    return attempt, keys


def marks(app, attempt):
    return rows(app, sa.select(Mark).filter_by(attempt_id=attempt).order_by(Mark.number))


def turned(keys):
    """Make what was answered wrong right: for single-choice questions, the first wrong option."""

    def change(body):
        for question in body["questions"]:
            for one in (question, *question.get("questions", ())):
                if one["key"] in keys:
                    wrong = next(option for option in one["options"] if not option.get("right"))
                    for option in one["options"]:
                        option["right"] = option is wrong

    return change


def singles(app, unit, keys):
    """Numbers of the paper's single-choice questions."""
    questions = newest(app, unit).questions
    return [n for n, key in enumerate(keys, 1) if questions[key].kind == "single"]


def fail(app, visit, unit, then, start=begin):
    """The learner answers three single-choice questions wrong; ``then(visitor, attempt)`` hands in. Attempt, keys."""
    me = visit("hocvien")
    attempt = start(me)
    with app.app_context():
        row = db.session.get(Attempt, attempt)
        paper, asked = Paper.read(row.paper), queries.taught(row.unit_revision_id).questions
    wrong = [key for key in paper.keys if asked[key].kind == "single"][:3]
    assert len(wrong) == 3
    for number, key in enumerate(paper.keys, 1):
        fields = right_fields(app, attempt, number)
        if key in wrong:
            first = next(option.key for option in asked[key].options if not option.right)
            fields = grading.chosen_fields(asked[key], paper.orders(key), first)
        me.post(f"/lam/{attempt}/{number}", fields)
    then(me, attempt)
    assert not marks(app, attempt)[0].passed
    return attempt, wrong


@pytest.fixture
def failed(app, office, visit, unit):
    """The learner has just failed; the attempt, and the questions answered wrong."""
    return fail(app, visit, unit, lambda me, attempt: me.post(f"/lam/{attempt}/nop"))


def test_the_dry_run_is_what_then_happens(app, office, visit, unit, draft, failed):
    attempt, keys = failed
    draft(turned(keys))
    reviewer = visit("nguoiduyet")
    page = reviewer.get(f"/duyet/bai/{unit}")
    assert "Chấm lại 1 lượt: 1 người thành đạt" in page.text
    assert len(marks(app, attempt)) == 1
    publish(app, reviewer, unit)
    assert "Đã chấm lại 1 lượt: 1 người thành đạt." in reviewer.follow().text
    first, second = marks(app, attempt)
    assert (first.passed, second.passed) == (False, True)
    assert second.earned == first.earned + 300
    assert second.unit_revision_id == newest(app, unit).revision_id
    assert (second.why, second.by_id) == ("Chấm lại: Sửa theo ý kiến người học", office["nguoiduyet"])
    state = rows(app, sa.select(UnitStateRow).filter_by(unit="bai-8", state="passed"))[0]
    ended = rows(app, sa.select(Attempt).filter_by(id=attempt))[0].ended_at
    assert state.completed_at == ended
    assert not state.late
    in_agreement(app)
    told = visit("hocvien").get(f"/lam/{attempt}/ket-qua").text
    assert "Đạt" in told


def test_what_has_moved_marks_or_was_never_otherwise_is_not_taken_back(app, visit, unit, draft, failed):
    reviewer = visit("nguoiduyet")
    undo(reviewer, unit, 1, status=409)
    draft(turned(failed[1]))
    publish(app, reviewer, unit)
    assert "Hoàn tác" not in reviewer.get(f"/soan/bai/{unit}/ban-dang-dung").text
    undo(reviewer, unit, 2, status=409)
    assert newest(app, unit).number == 2


def test_nobody_is_lowered_and_twice_is_once(app, office, visit, unit, draft):
    me = visit("hocvien")
    attempt, keys = take(app, me)
    number = singles(app, unit, keys)[0]
    draft(turned([keys[number - 1]]))
    reviewer = visit("nguoiduyet")
    assert "Không ai bị hạ điểm" in reviewer.get(f"/duyet/bai/{unit}").text
    publish(app, reviewer, unit)
    assert len(marks(app, attempt)) == 1
    with app.app_context():
        db.session.execute(sa.update(Correction).values(checked_at=None, closed_at=None))
        db.session.commit()
        remark()
    assert len(marks(app, attempt)) == 1
    in_agreement(app)


def test_an_attempt_under_way_stays_on_its_revision_and_is_marked_by_the_better_key(app, office, visit, unit, draft):
    me = visit("hocvien")
    attempt = begin(me)
    with app.app_context():
        keys = Paper.read(db.session.get(Attempt, attempt).paper).keys
    number = singles(app, unit, keys)[0]
    draft(turned([keys[number - 1]]))
    reviewer = visit("nguoiduyet")
    assert "1 lượt đang làm giữ bản" in reviewer.get(f"/duyet/bai/{unit}").text
    publish(app, reviewer, unit)
    for n in range(1, len(keys) + 1):
        me.post(f"/lam/{attempt}/{n}", right_fields(app, attempt, n, wrong=n == number))
    me.post(f"/lam/{attempt}/nop")
    with app.app_context():
        revision = db.session.get(Attempt, attempt).unit_revision_id
        assert queries.taught(revision).number == 1
        remark()
    found = marks(app, attempt)
    assert len(found) in (1, 2)  # the wrong answer may be another than the one that is right now
    with app.app_context():
        assert db.session.scalars(sa.select(Correction)).one().closed_at is not None
    in_agreement(app)


def test_a_stopped_question_gives_its_point_to_who_handed_in_before(app, office, visit, unit, failed):
    attempt, keys = failed
    visit("baocaovien").post(f"/soan/bai/{unit}/cau/{keys[0]}/dung", {"ly-do": "Hai đáp án đúng"})
    first, second = marks(app, attempt)
    assert second.earned == first.earned + 100
    assert second.why == f"Chấm lại: dừng câu {keys[0]}"
    in_agreement(app)


def test_a_result_of_last_week_counts_as_of_last_week(app, office, visit, unit, draft):
    week, people = now() - timedelta(days=7), [("hocvien", "chi-bo-1"), ("baocaovien", "co-quan")]
    with app.app_context():
        course = db.session.scalars(sa.select(Course)).one()
        days = today() - timedelta(days=20), today() - timedelta(days=3)
        told = ("Đợt trước", course, "day-du", *days, [office["tinh"]], 95, week - timedelta(days=5))
        before = learning.open_campaign(*told)
        learning.enrol(before, [(office[login], office[code]) for login, code in people], week - timedelta(days=5))
        campaign = before.id
        db.session.commit()

    def start_then(me):
        with app.app_context():
            attempt = attempts.start(office["hocvien"], newest(app, unit), week - timedelta(hours=1))
            db.session.commit()
            return attempt

    def hand_in_then(me, attempt):
        with app.app_context():
            attempts.hand_in(own_fixed(office["hocvien"], attempt), week)
            db.session.commit()

    _, keys = fail(app, visit, unit, hand_in_then, start_then)
    in_agreement(app)
    draft(turned(keys))
    publish(app, visit("nguoiduyet"), unit)
    in_agreement(app)
    with app.app_context():
        passed = db.session.scalars(sa.select(UnitStateRow).filter_by(unit="bai-8", state="passed")).all()
        assert {(one.completed_at, one.late) for one in passed} == {(week, False)}  # today it would be late
        for back in (8, 7, 6, 1):
            told = counts.differences(now(), today() - timedelta(days=back))
            assert [one for one in told if one.campaign == campaign] == []  # the office's has begun only today


def test_what_is_too_much_for_a_page_is_worked_out_in_the_background(
    app, office, visit, unit, draft, failed, monkeypatch
):
    attempt, keys = failed
    monkeypatch.setattr(remarking, "AT_HAND", 0)
    draft(turned(keys))
    reviewer = visit("nguoiduyet")
    page = reviewer.get(f"/duyet/bai/{unit}")
    assert "cần tính trong nền" in page.text
    reviewer.post(f"/soan/bai/{unit}/anh-huong?tu=duyet")
    waiting = reviewer.page.location
    with app.app_context():
        do_jobs(HANDLERS)
    assert reviewer.get(waiting, status=303).location == f"/duyet/bai/{unit}"
    assert "Chấm lại 1 lượt: 1 người thành đạt" in reviewer.get(f"/duyet/bai/{unit}").text
    publish(app, reviewer, unit)
    assert "đang được chấm lại" in reviewer.follow().text
    assert len(marks(app, attempt)) == 1
    with app.app_context():
        remark()
        one = db.session.scalars(sa.select(Correction)).one()
        assert (one.looked, one.raised, one.passing) == (1, 1, 1)
    assert marks(app, attempt)[-1].passed
    in_agreement(app)


def test_the_statements_do_not_grow_with_the_attempts_that_nothing_changes_for(
    app, office, visit, unit, draft, statements
):
    me = visit("hocvien")
    _, keys = take(app, me)
    draft(turned([keys[singles(app, unit, keys)[0] - 1]]))
    with app.app_context():
        change = remarking.Change(unit, {key: newest(app, unit).questions[key] for key in keys})
    with statements() as one, app.app_context():
        remarking.dry_run(change)
    with app.app_context():
        for n in range(20):
            who = add_person(f"nguoi-{n}", f"Trần Văn {n}", office["chi-bo-1"])
            copy = db.session.get_one(Attempt, 1)
            row = Attempt(
                person_id=who, unit_id=unit, unit_revision_id=copy.unit_revision_id, number=1, paper=copy.paper
            )
            row.state, row.started_at, row.ended_at, row.deadline, row.flagged = "submitted", now(), now(), None, []
            db.session.add(row)
            db.session.flush()
            told = {"earned": 0, "possible": 1000, "passed": False, "at": now(), "why": "Nộp bài"}
            db.session.add(Mark(attempt_id=row.id, number=1, unit_revision_id=row.unit_revision_id, by_id=None, **told))
        db.session.commit()
    with statements() as many, app.app_context():
        outcome = remarking.dry_run(change)
    assert outcome.looked == 21
    assert len(many) == len(one)


def test_who_may_come_in(visit, unit, draft, app, office):
    draft(reworded)
    for address in (f"/soan/bai/{unit}/so-sanh", "/duyet", f"/duyet/bai/{unit}", f"/soan/bai/{unit}/phien-ban/1"):
        for login, status in (("baocaovien", 200), ("nguoiduyet", 200), ("hocvien", 403), ("lanhdao", 403)):
            visit(login).get(address, status)
    visit("nguoiduyet").get(f"/duyet/bai/{unit}/ngung")
    visit("baocaovien").get(f"/duyet/bai/{unit}/ngung", 403)
    visit("baocaovien").get("/soan/bai/999999/so-sanh", 404)
