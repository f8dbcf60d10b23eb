"""The learner's way, as plain forms, on both databases."""

import re
from datetime import UTC, datetime, time, timedelta

import pytest
from papers import answer, begin, right_fields

from quizapp.attempts.models import Attempt, Response
from quizapp.courses import queries as courses
from quizapp.database import db
from quizapp.domain import grading
from quizapp.domain.attempts import Paper
from quizapp.learning.models import Enrolment, UnitStateRow


def test_pages_of_a_learner_open(visit):
    me = visit("hocvien")
    for address in (
        "/", "/hoc", "/hoc/cv-1248/bai-0", "/hoc/cv-1248/bai-8", "/hoc/cv-1248/bai-8/1", "/ket-qua", "/toi",
        "/toi/du-lieu.json", "/van-ban", "/van-ban/144-qd-tw", "/van-ban?tim=nhung+nhieu", "/vi-sao", "/tro-giup",
    ):  # fmt: skip
        me.get(address)


def test_a_quiz_from_start_to_a_passed_result(visit):
    me = visit("hocvien")
    attempt = begin(me)
    assert "Câu 1 trên 10" in me.get(f"/lam/{attempt}/1").text
    for number in range(1, 11):
        page = answer(me, attempt, number)
        assert page.title.startswith("Đúng"), page.title
        assert "Đã lưu câu trả lời lúc" in page.text
    page = me.get(f"/lam/{attempt}/xem-lai")
    assert "Đã trả lời 10/10 câu" in page.text
    me.post(f"/lam/{attempt}/nop")
    page = me.follow()
    assert "Đạt 10/10" in page.text
    assert "1 trên 2 bài đã đạt" in me.get("/").text
    assert "Đạt" in me.get("/ket-qua").text


def test_a_wrong_answer_is_explained_with_its_provision_and_comes_again_unmarked(visit):
    me = visit("hocvien")
    attempt = begin(me)
    page = answer(me, attempt, 1, wrong=True)
    assert page.title.startswith(("Chưa đúng", "Đúng một phần"))
    assert "diễn giải theo" in page.text
    for number in range(2, 11):
        answer(me, attempt, number)
    again = me.get(f"/lam/{attempt}/11")
    assert "Làm lại để nhớ, không tính điểm" in again.text
    me.post(f"/lam/{attempt}/11", right_fields(me.app, attempt, 1))
    me.follow()
    me.post(f"/lam/{attempt}/nop")
    page = me.follow()
    assert "Đạt 9" in page.text
    assert "1 câu chưa đúng" in page.text


def test_the_first_answer_locks_and_a_second_tab_changes_nothing(visit, app):
    me = visit("hocvien")
    attempt = begin(me)
    answer(me, attempt, 1, wrong=True)
    answer(me, attempt, 1)
    with app.app_context():
        kept = db.session.scalars(db.select(Response).filter_by(attempt_id=attempt)).one()
        taught = courses.taught(db.session.get(Attempt, attempt).unit_revision_id)
    assert grading.grade(taught.questions[kept.question], kept.chosen) < 100


def test_an_answer_is_there_after_leaving_and_coming_back(visit):
    me = visit("hocvien")
    attempt = begin(me)
    answer(me, attempt, 1)
    other = visit("hocvien")
    assert other.get(f"/lam/{attempt}", 303).location == f"/lam/{attempt}/2"
    assert other.get(f"/lam/{attempt}/1").title.startswith("Đúng")
    assert begin(other) == attempt


def test_handing_in_twice_gives_one_result(visit, app):
    me = visit("hocvien")
    attempt = begin(me)
    answer(me, attempt, 1)
    token = me.token()
    first = me.post(f"/lam/{attempt}/nop", token=token)
    second = me.post(f"/lam/{attempt}/nop", token=token)
    assert first.location == second.location == f"/lam/{attempt}/ket-qua"
    assert "Được" in me.follow().text
    with app.app_context():
        from quizapp.attempts.models import Mark

        assert db.session.scalar(db.select(db.func.count()).select_from(Mark)) == 1


def test_a_late_answer_from_a_stale_tab_hears_what_holds_and_changes_nothing(visit):
    me = visit("hocvien")
    attempt = begin(me)
    fields = right_fields(me.app, attempt, 1)
    me.post(f"/lam/{attempt}/nop")
    page = me.post(f"/lam/{attempt}/1", fields, status=409)
    assert "đã nộp lúc" in page.text
    assert me.get(f"/lam/{attempt}/1", 303).location.endswith("/ket-qua")


def test_nothing_chosen_says_what_to_do(visit):
    me = visit("hocvien")
    attempt = begin(me)
    page = me.post(f"/lam/{attempt}/1", {}, status=200)
    assert page.title.startswith("Lỗi:")


@pytest.mark.parametrize("fields", [{"chon": "99"}, {"ghep-1": "x"}, {"o-9": "1"}, {"vi-tri-1": "0"}, {"chon": "\x00"}])
def test_what_no_page_of_ours_sends_is_refused_and_nothing_is_stored(visit, app, fields):
    me = visit("hocvien")
    attempt = begin(me)
    assert "chưa lưu gì" in me.post(f"/lam/{attempt}/1", fields, status=400).text
    for n in (0, 11, 99):  # no question of this attempt
        assert "chưa lưu gì" in me.post(f"/lam/{attempt}/{n}", {"chon": "1"}, status=400).text
        me.get(f"/lam/{attempt}/{n}", 404)
    with app.app_context():
        assert not db.session.scalars(db.select(Response)).all()


def test_another_persons_attempt_is_not_there(visit):
    attempt = begin(visit("hocvien"))
    other = visit("hocvien2")
    for address in (f"/lam/{attempt}", f"/lam/{attempt}/1", f"/lam/{attempt}/xem-lai", f"/lam/{attempt}/ket-qua"):
        other.get(address, 404)
    other.post(f"/lam/{attempt}/1", {"chon": "1"}, status=404)
    other.post(f"/lam/{attempt}/nop", status=404)


def test_a_new_try_draws_other_questions(visit, app):
    me = visit("hocvien")
    first = begin(me)
    me.post(f"/lam/{first}/nop")
    second = begin(me)
    with app.app_context():
        one, two = (set(Paper.read(db.session.get(Attempt, n).paper).keys) for n in (first, second))
    assert len(one & two) <= 2  # a case is drawn whole, so a few may have to come again


def test_completing_the_path_gives_a_confirmation_and_says_why(visit):
    me = visit("hocvien")
    assert "Vì sao chưa hoàn thành?" in me.get("/vi-sao").text
    for unit in ("bai-6", "bai-8"):
        attempt = begin(me, unit)
        for number in range(1, 11):
            answer(me, attempt, number)
        me.post(f"/lam/{attempt}/nop")
    assert "Đồng chí đã hoàn thành" in me.get("/vi-sao").text
    page = me.get("/ket-qua")
    assert "Giấy xác nhận hoàn thành" in page.text
    code = re.search(r"/xac-nhan/(\w+)", page.html)[1]
    public = visit().get(f"/xac-nhan/{code}")
    assert "Nguyễn Thị Hồng Thắm" in public.text
    assert "Chi bộ 1" in public.text


def test_home_says_that_it_is_done_in_vietnams_days_also_without_the_pre_test(visit, app, office):
    """23:30 UTC of the eve is already the next morning in Việt Nam."""
    me = visit("hocvien")
    for unit in ("bai-6", "bai-8"):
        attempt = begin(me, unit)
        for number in range(1, 11):
            answer(me, attempt, number)
        me.post(f"/lam/{attempt}/nop")
    with app.app_context():
        mine = db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien"])).one()
        whole = db.session.get(UnitStateRow, (mine.id, "*"))
        whole.completed_at = datetime.combine(mine.due_on - timedelta(days=3), time(23, 30), UTC)
        db.session.commit()
    assert "trước hạn 2 ngày" in me.get("/").text


def test_home_says_how_long_the_unit_takes_from_here_and_the_course(visit):
    me = visit("hocvien")
    for n in (1, 2, 3):
        me.post(f"/hoc/cv-1248/bai-8/{n}")
    page = me.get("/")
    assert "Xong 3 trên 7 mục Còn khoảng 9 phút" in page.text  # 4 of 7 to read, 5 for its ten questions
    assert re.search(r"Còn khoảng [\d giờ]+ phút nữa là xong", page.text)
    begin(me)
    assert "Xong 3 trên 7 mục Còn khoảng 5 phút" in me.get("/").text
