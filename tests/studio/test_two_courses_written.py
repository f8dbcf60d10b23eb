"""Hai khóa học on the trainers' pages: which course a unit is of, and the final by its name. On both databases."""

import re

import pytest
import sqlalchemy as sa
from second_course import KEY, TITLE, add_second_course

from quizapp.clock import now
from quizapp.courses import drafts, publishing
from quizapp.courses import queries as courses
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.content import Single

FINAL = "Kiểm tra tổng hợp"


@pytest.fixture
def units(app, office, contents):
    """The ids of the second course's units by key."""
    with app.app_context():
        add_second_course(contents, office)
        db.session.commit()
        mine = sa.select(Unit.key, Unit.id).join(Course).where(Course.key == KEY)
        return dict(map(tuple, db.session.execute(mine)))


@pytest.fixture
def writing(app, office, units):
    """All of them are being written again."""
    with app.app_context():
        for unit_id in units.values():
            drafts.begin(unit_id, office["baocaovien"], now())
        db.session.commit()
    return units


@pytest.mark.parametrize("address", ["/soan/cau-hoi", "/soan/nhap", "/soan/xuat", "/soan/phan-tich"])
def test_units_to_choose_from_stand_under_their_course(units, visit, address):
    html = visit("baocaovien").get(address).html
    assert f'<optgroup label="{TITLE}">' in html
    mine = html.partition(f'<optgroup label="{TITLE}">')[2].partition("</optgroup>")[0]
    named = ["1. Yêu nước, đoàn kết", "2. Cần, kiệm, liêm, chính", FINAL]
    assert re.findall(r"<option[^>]*>([^<]*)<", mine) == named


@pytest.mark.parametrize("address", ["/soan/cau-hoi", "/soan/nhap", "/soan/xuat", "/soan/phan-tich"])
def test_one_course_alone_needs_no_name(visit, address):
    html = visit("baocaovien").get(address).html
    assert "Công văn 1248-CV/TU: lãnh đạo, quản lý" not in html


def test_who_reviews_reads_of_which_course_a_draft_is(app, office, writing, visit):
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(writing["bai-1"]))
        body["head"]["why"] += " Viết lại."
        drafts.changed(drafts.draft_of(writing["bai-1"]), body, office["baocaovien"], now())
        publishing.send(writing["bai-1"], "", office["baocaovien"], now())
        db.session.commit()
    reviewer = visit("nguoiduyet")
    for address in ("/duyet", f"/duyet/bai/{writing['bai-1']}"):
        assert TITLE in reviewer.get(address).text
    assert TITLE in visit("baocaovien").get(f"/soan/bai/{writing['bai-1']}/so-sanh").text


def test_the_final_has_no_number_anywhere(writing, visit):
    me, final = visit("baocaovien"), writing["bai-3"]
    pages = ("", "/thong-tin", "/cau", "/cau/moi?loai=single", "/so-sanh", "/bo", "/ban-dang-dung")
    for address in pages:
        page = me.get(f"/soan/bai/{final}{address}")
        assert FINAL in page.text, address
        assert not re.search(r"[Bb]ài 3\b", page.text), address
    assert not re.search(r"[Bb]ài 3\b", me.get(f"/soan/cau-hoi?bai={final}").text)
    assert not re.search(r"[Bb]ài 3\b", me.get("/soan").text)


def test_the_final_is_written_as_questions_not_as_reading(writing, visit):
    page = visit("baocaovien").get(f"/soan/bai/{writing['bai-3']}")
    assert "<textarea" not in page.html
    assert "Thêm mục" not in page.text
    assert f'href="/soan/bai/{writing["bai-3"]}/cau">Soạn câu hỏi' in page.html


def test_the_finals_head_speaks_of_tasks_and_always_has_a_time(app, writing, visit):
    me, address = visit("baocaovien"), f"/soan/bai/{writing['bai-3']}/thong-tin"
    page = me.get(address)
    assert "Nhiệm vụ 1" in page.text
    assert "Mục tiêu 1" not in page.text
    assert "Số phút đọc" not in page.text
    assert "Thuộc nhiệm vụ" not in page.text
    fields = dict(re.findall(r'name="([\w-]+)"[^>]* value="([^"]*)"', page.html)) | {"vi-sao": "Cả khóa một lần."}
    fields.pop("csrf", None)
    assert "Ghi thời gian làm bài" in me.post(address, fields | {"phut-thi": ""}, status=200).text
    me.post(address, fields | {"phut-thi": "25"})
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(writing["bai-3"]))
    assert (body["quiz"]["minutes"], body["head"]["task"], body["head"]["minutes"] > 0) == (25, None, True)


def test_a_question_of_the_final_may_rest_on_what_the_course_teaches(app, units, office, visit):
    with app.app_context():
        taught = courses.taught(db.session.get_one(Unit, units["bai-1"]).revision_id).unit
        cited = [section.cite for section in taught.sections]
        begun = drafts.begin_unit(courses.course_id("cv-1248"), "Chỉ để mở", None, office["baocaovien"], now())
        db.session.commit()
    me = visit("baocaovien")
    html = me.get(f"/soan/bai/{units['bai-3']}/cau/moi?loai=single").html
    for reference in cited:
        assert f'<option value="{reference}"' in html
    assert f'<option value="{cited[0]}"' not in me.get(f"/soan/bai/{begun.id}/cau/moi?loai=single").html


def test_the_picker_begins_with_the_courses_own_document(writing, visit):
    html = visit("baocaovien").get(f"/soan/trich?bai={writing['bai-1']}&muc=1").html
    assert re.search(r'<ul class="docs">\s*<li><a [^>]*vb=144-qd-tw', html)


def test_what_a_bank_lacks_is_said_in_the_words_of_the_objective(app, units, visit):
    with app.app_context():
        unit = courses.taught(db.session.get_one(Unit, units["bai-3"]).revision_id).unit
        assert all(isinstance(item.key, str) for item in unit.questions if isinstance(item, Single))
    page = visit("baocaovien").get(f"/soan/bai/{units['bai-3']}/ban-dang-dung")
    for objective in unit.objectives:
        assert f"mục tiêu “{objective.key}”" not in page.text


def test_a_trainer_adds_a_unit_from_the_courses_page(units, visit):
    assert f'href="/soan/bai-moi?khoa={KEY}"' in visit("baocaovien").get(f"/soan/khoa-hoc/{KEY}").html
    assert "bai-moi" not in visit("nguoiduyet").get(f"/soan/khoa-hoc/{KEY}").html
