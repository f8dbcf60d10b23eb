"""Hai khóa học at once: every page of a learner speaks of the course that it is about. On both databases."""

import pytest
import sqlalchemy as sa
from papers import right_fields
from second_course import CAMPAIGN, KEY, TITLE, add_second_course

from quizapp.attempts.models import Attempt
from quizapp.clock import now
from quizapp.courses import queries as courses
from quizapp.database import db
from quizapp.domain.attempts import Paper
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import queries


@pytest.fixture
def second(app, office, contents):
    """The address's number of the learner's enrolment in the second course."""
    with app.app_context():
        campaign = add_second_course(contents, office, "hocvien")
        db.session.commit()
        mine = queries.own_enrolments(office["hocvien"])
        return next(own.enrolment_id for own in mine if own.campaign_id == campaign)


def passed(app, office, course, *units):
    with app.app_context():
        course_id = courses.course_id(course)
        for unit in units:
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, "test", None, 1000, 1000, True, True)
            learning.record(office["hocvien"], course_id, [fact], now())
        db.session.commit()


def take(app, me, unit, course=KEY):
    """Pass the questions of a unit; its result."""
    attempt_id = int(me.post(f"/hoc/{course}/{unit}/lam").location.split("/")[2])
    with app.app_context():
        paper = Paper.read(db.session.get_one(Attempt, attempt_id).paper)
    for number in range(1, len(paper.keys) + 1):
        me.post(f"/lam/{attempt_id}/{number}", right_fields(app, attempt_id, number))
    me.post(f"/lam/{attempt_id}/nop")
    return me.get(f"/lam/{attempt_id}/ket-qua")


def test_after_a_unit_its_own_course_goes_on_then_the_other(app, office, second, visit):
    me = visit("hocvien")
    page = take(app, me, "bai-1")
    assert "Học tiếp: Cần, kiệm, liêm, chính" in page.text
    assert f'href="/hoc/{KEY}/bai-2"' in page.html
    passed(app, office, KEY, "bai-2", "bai-3")
    with app.app_context():
        attempt_id = db.session.scalars(sa.select(Attempt.id)).one()
    page = me.get(f"/lam/{attempt_id}/ket-qua")
    assert 'href="/hoc/cv-1248/bai-0">Học tiếp: Khởi động' in page.html


def test_home_shows_the_documents_of_the_course_that_is_open(second, visit):
    me = visit("hocvien")
    assert me.get("/").html.index("Công văn 1248-CV/TU") > 0
    shown = me.get(f"/?dot={second}").html.partition("<h2>Văn bản</h2>")[2]
    assert shown.index("Quy định 144-QĐ/TW") < shown.index("</li>")
    assert "Công văn 1248-CV/TU" not in shown


def test_a_graded_unit_of_the_whole_course_is_not_called_ungraded(second, visit):
    page = visit("hocvien").get(f"/?dot={second}")
    row = page.text.partition("Cần, kiệm, liêm, chính")
    assert "Mở đầu" not in page.text
    assert "Cả khóa học" in row[0]
    assert "không tính điểm" not in row[2].partition("Năm là")[0]


def test_results_name_each_try_by_its_own_course(app, office, second, visit):
    me = visit("hocvien")
    take(app, me, "bai-1")
    assert TITLE not in me.get("/ket-qua").text  # one course alone needs no name
    passed(app, office, KEY, "bai-2")
    take(app, me, "bai-3")
    take(app, me, "bai-6", "cv-1248")
    page = me.get("/ket-qua")
    assert TITLE in page.text
    assert "Kiểm tra tổng hợp, lượt 1" in page.text
    assert "Bài 3, lượt 1" not in page.text
    assert CAMPAIGN in page.text
    assert "Yêu nước, đoàn kết" in me.get(f"/ket-qua?dot={second}").text


def test_the_rule_names_the_final_without_a_number(second, visit):
    page = visit("hocvien").get(f"/vi-sao?dot={second}")
    assert "Bài 1. Yêu nước, đoàn kết" in page.text
    assert "Kiểm tra tổng hợp" in page.text
    assert "Bài 3." not in page.text


def test_a_unit_that_counts_nowhere_asks_as_many_questions_as_it_says(second, visit):
    me = visit("hocvien")
    for address in ("/hoc/cv-1248/bai-0", "/hoc/cv-1248/bai-0/1"):
        assert "Sáu câu khởi động" not in me.get(address).text
        assert "Câu hỏi khởi động" in me.get(address).text
