"""Khóa học arranged in the browser: names, order, paths; what files bring afterwards; what they are when exported."""

import re
from dataclasses import replace

import pytest

from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses import contents as course_contents
from quizapp.courses import drafts
from quizapp.courses.exchange import writing
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.models import Course, CourseRevision
from quizapp.database import db
from quizapp.library import queries as library

ADDRESS, PAGE = "/duyet/khoa-hoc/cv-1248", "/soan/khoa-hoc/cv-1248"


@pytest.fixture
def reviewer(visit):
    return visit("nguoiduyet")


def newest(app):
    with app.app_context():
        return drafts.course_of(db.session.scalars(db.select(Course.id)).one())


def said(page):
    """What the form would send unchanged, but for the reason."""
    fields = re.findall(
        r'<input[^>]* name="([^"]+)"[^>]* (?:type="(?:text|number|hidden)" )?value="([^"]*)"', page.html
    )
    told = {name: value for name, value in fields if "-bai" not in name and name != "csrf"}
    for name in re.findall(r'type="number"[^>]*|<input[^>]*thu-tu[^>]*', page.html):
        told[re.search(r'name="([^"]+)"', name)[1]] = re.search(r'value="([^"]*)"', name)[1]
    for box in re.findall(r"<input checked[^>]*>", page.html):
        told.setdefault(re.search(r'name="([^"]+)"', box)[1], []).append(re.search(r'value="([^"]+)"', box)[1])
    return told | {"ly-do": "Theo kế hoạch mới"}


def test_nothing_changed_is_no_new_revision(app, reviewer):
    before = newest(app)
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)))
    assert "Không có gì thay đổi" in reviewer.follow().text
    assert newest(app) == before


def test_order_names_and_a_new_path_go_into_a_revision_with_who_and_why(app, reviewer, visit):
    fields = said(reviewer.get(ADDRESS))
    fields |= {"ten": "Khóa mới", "thu-tu-1": "9", "nv-5": "Điều năm", "lo-trinh-moi": "Cán bộ cơ sở"}
    fields |= {"lo-trinh-moi-bai": ["bai-8", "bai-11"], "lt-1-bai": ["bai-6"]}
    reviewer.post(ADDRESS, fields)
    assert reviewer.page.location == PAGE
    course = newest(app)
    assert (course.title, course.units) == ("Khóa mới", ("bai-6", "bai-8", "bai-0", "bai-11"))
    assert [(path.key, path.units) for path in course.paths] == [
        ("day-du", ("bai-6",)),
        ("ca-khoa", ("bai-6", "bai-8", "bai-0", "bai-11")),
        ("lo-trinh-can-bo-co-so", ("bai-8", "bai-11")),
    ]
    page = reviewer.follow()
    assert "Theo kế hoạch mới" in page.text
    assert "Phạm Văn Đức" in page.text
    assert "Cán bộ cơ sở" in visit("baocaovien").get(PAGE).text
    with app.app_context():
        made = db.session.scalars(db.select(CourseRevision).order_by(CourseRevision.id.desc())).first()
        assert made.made_by is not None
        assert (made.why, made.number) == ("Theo kế hoạch mới", 2)
        assert library.task_of("144-qd-tw").startswith("Điều năm: ")
    assert "arrange_course" in str(acts(app))


def acts(app):
    from quizapp.accounts.models import Audit

    with app.app_context():
        return [row.act for row in db.session.scalars(db.select(Audit))]


def test_what_makes_no_course_is_refused_with_the_reason(app, reviewer, visit):
    before, fields = newest(app), said(reviewer.get(ADDRESS))
    page = reviewer.post(ADDRESS, fields | {"lt-1-bai": ["bai-0"]}, status=409)
    assert "chưa có bài nào tính điểm" in page.text
    assert "Ghi tên lộ trình" in reviewer.post(ADDRESS, fields | {"lo-trinh-moi-bai": ["bai-8"]}, status=200).text
    assert "Ghi lý do sửa" in reviewer.post(ADDRESS, fields | {"ly-do": " "}, status=200).text
    assert "Ghi thứ tự" in reviewer.post(ADDRESS, fields | {"thu-tu-1": "x"}, status=200).text
    visit("baocaovien").get(ADDRESS, 403)
    assert newest(app) == before
    reviewer.post(ADDRESS, fields | {"ten": "Lần một"})
    page = reviewer.post(ADDRESS, fields | {"ten": "Lần hai"}, status=409)
    assert "vừa được người khác sửa" in page.text
    assert newest(app).title == "Lần một"


# --- files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def arranged(app, reviewer):
    """The course with another name, another order and one path more."""
    fields = said(reviewer.get(ADDRESS)) | {"ten": "Khóa mới", "thu-tu-1": "9"}
    reviewer.post(ADDRESS, fields | {"lo-trinh-moi": "Cơ sở", "lo-trinh-moi-bai": ["bai-8", "bai-11"]})
    return newest(app)


def test_files_that_are_read_again_change_nothing_of_it(app, contents, arranged):
    with app.app_context():
        for _ in range(2):
            done = courses.take_in(contents, now())
            assert (done.documents, done.units, done.waiting, done.course) == ([], [], [], False)
        db.session.commit()
    assert newest(app) == arranged


def test_a_new_unit_of_the_files_comes_in_before_the_final_and_the_rest_is_told(app, contents, arranged):
    one = contents.units["bai-6"].model_copy(update={"key": "bai-99", "number": 99, "title": "Bài mới của tệp"})
    path = contents.course.paths[1].model_copy(update={"units": ("bai-0", "bai-6", "bai-8", "bai-99", "bai-11")})
    order = ("bai-0", "bai-6", "bai-8", "bai-99", "bai-11")
    course = contents.course.model_copy(update={"units": order, "paths": (contents.course.paths[0], path)})
    more = replace(contents, course=course, units={**contents.units, "bai-99": one})
    with app.app_context():
        done = courses.take_in(more, now())
        db.session.commit()
        assert done.units == ["bai-99"]
        assert done.waiting == [f"khóa học {contents.course.title}"]
    found = newest(app)
    assert found.title == "Khóa mới"
    assert found.units == ("bai-6", "bai-8", "bai-0", "bai-99", "bai-11")
    assert found.path("ca-khoa").units == ("bai-6", "bai-8", "bai-0", "bai-99", "bai-11")
    assert found.path("day-du").units == arranged.path("day-du").units
    with app.app_context():
        assert courses.take_in(more, now()).waiting == []


def test_exported_and_imported_it_is_the_same_byte_for_byte(app, arranged, tmp_path):
    with app.app_context():
        first = course_contents.files()
        writing.write_folder(tmp_path, first)
        done = courses.take_in(read_folder(tmp_path / "cv-1248"), now())
        assert (done.documents, done.units, done.waiting, done.course) == ([], [], [], False)
        assert course_contents.files() == first
        db.session.commit()
    assert newest(app) == arranged
