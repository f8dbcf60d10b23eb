"""Khóa học arranged in the browser: names, order, paths, tasks; what files bring afterwards; what they are when exported."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from quizapp.clock import now, today
from quizapp.courses import actions as courses
from quizapp.courses import contents as course_contents
from quizapp.courses import drafts, publishing
from quizapp.courses.exchange import writing
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.models import Course, CourseRevision, Unit
from quizapp.database import db
from quizapp.domain.content import Task
from quizapp.learning import actions as learning
from quizapp.learning.models import Campaign
from quizapp.library import queries as library
from quizapp.web.refused import Refused

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
    told = {name: value for name, value in fields if not name.endswith(("-bai", "-bo")) and name != "csrf"}
    for name in re.findall(r'type="number"[^>]*|<input[^>]*thu-tu[^>]*', page.html):
        told[re.search(r'name="([^"]+)"', name)[1]] = re.search(r'value="([^"]*)"', name)[1]
    document = re.search(r'<option selected value="([^"]*)"', page.html)
    told["van-ban"] = document[1] if document else ""
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


ADDED = {"lo-trinh-moi": "Cán bộ cơ sở", "lo-trinh-moi-bai": ["bai-8", "bai-11"]}
ADDED |= {"nv-moi": "Bảy là", "nv-moi-ten": "Chuyển đổi số trong phòng ngừa"}


@pytest.fixture
def added(app, reviewer):
    """The course with one path and one task more."""
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | ADDED)
    return newest(app)


def test_a_new_task_stands_last_and_is_offered_when_a_unit_is_begun(app, added, visit):
    assert added.tasks[6:] == (Task(key="bay-la", name="Bảy là", title="Chuyển đổi số trong phòng ngừa"),)
    assert "Chuyển đổi số trong phòng ngừa" in visit("baocaovien").get(PAGE).text
    trainer = visit("baocaovien")
    place = re.search(r'value="(\d+/bay-la)"', trainer.get("/soan/bai-moi").html)[1]
    trainer.post("/soan/bai-moi", {"ten": "Ký số đúng người", "noi": place})
    shelf = trainer.get("/soan").text.partition("Chuyển đổi số trong phòng ngừa")[2]
    assert "Ký số đúng người" in shelf
    assert "Bảy là: chuyển đổi số trong phòng ngừa" in trainer.get("/soan/van-ban/moi").text


def test_a_campaign_may_be_opened_on_a_new_path(added, office, visit):
    admin, day = visit("quantri"), today().isoformat()
    value = re.search(r'value="(\d+/lo-trinh-can-bo-co-so)"', admin.get("/quan-tri/mo-dot-hoc").html)[1]
    days = {
        "tu-ngay": day,
        "han": (today() + timedelta(days=20)).isoformat(),
        "chi-tieu": "90",
        "don-vi": office["co-quan"],
    }
    admin.post(
        "/quan-tri/mo-dot-hoc",
        {"ten": "Đợt cơ sở", "lo-trinh": value, "ly-do": "Kế hoạch số 12 ngày 20/11/2026", "dong-y": "1"} | days,
    )
    assert "Cán bộ cơ sở" in admin.follow().text
    learner = visit("hocvien")
    dot = re.search(r"/\?dot=\d+", learner.get("/").html)
    page = learner.get(dot[0] if dot else "/").text
    assert "Các nhiệm vụ" in page
    assert "Chuyển đổi số trong phòng ngừa Chưa có bài" in page


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"lo-trinh-moi": "toàn KHÓA", "lo-trinh-moi-bai": ["bai-8"]}, "Đã có lộ trình tên “toàn KHÓA”"),
        ({"lt-2": "Toàn khóa"}, "Đã có lộ trình tên “Toàn khóa”"),
        ({"lo-trinh-moi-bai": ["bai-8"]}, "Ghi tên lộ trình"),
        ({"nv-moi": "Hai là", "nv-moi-ten": "Việc khác"}, "Đã có nhiệm vụ gọi là “Hai là”"),
        ({"nv-moi": "Bảy là", "nv-moi-ten": "Tuyên truyền, lan tỏa tấm gương"}, "Đã có nhiệm vụ “Tuyên truyền"),
        ({"nv-moi": "Bảy là"}, "Ghi nội dung nhiệm vụ"),
        ({"nv-moi-ten": "Việc khác"}, "Ghi gọi là gì"),
    ],
)
def test_a_row_that_lacks_something_or_is_there_already_is_told_and_kept(app, reviewer, typed, told):
    before, fields = newest(app), said(reviewer.get(ADDRESS))
    page = reviewer.post(ADDRESS, fields | {"ten": "Tên đang gõ dở"} | typed, status=200)
    assert told in page.text
    for text in ("Tên đang gõ dở", *(value for value in typed.values() if isinstance(value, str))):
        assert f'value="{text}"' in page.html
    assert newest(app) == before


def test_a_new_path_without_units_is_told_and_kept(app, reviewer):
    page = reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lo-trinh-moi": "Trống"}, status=409)
    assert "Lộ trình “Trống” chưa có bài nào tính điểm" in page.text
    assert 'value="Trống"' in page.html


def test_what_nothing_leans_on_is_taken_out_and_the_same_name_is_free_again(app, reviewer, added):
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-3-bo": "y", "nv-7-bo": "y"} | ADDED)
    course = newest(app)
    assert [path.title for path in course.paths] == [path.title for path in added.paths]
    assert [task.name for task in course.tasks] == [task.name for task in added.tasks]
    assert course.paths[2].key == "lo-trinh-can-bo-co-so-2"
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-3-bo": "y", "nv-7-bo": "y"})
    assert (len(newest(app).paths), len(newest(app).tasks)) == (2, 6)


def test_what_a_campaign_a_unit_or_a_document_leans_on_stays(app, reviewer, visit, added):
    html = reviewer.get(ADDRESS).html
    assert not {"lt-1-bo", "nv-1-bo"} & set(re.findall(r'name="([^"]+)"', html))
    assert "Không bỏ được: đã có đợt học theo lộ trình này." in html
    page = reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-1-bo": "y"}, status=409)
    assert "Không bỏ được lộ trình “Toàn khóa”: đã có đợt học theo lộ trình này." in page.text
    page = reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"nv-6-bo": "y"}, status=409)
    assert "Không bỏ được nhiệm vụ “Sáu là”: có bài “Kiểm tra tổng hợp”." in page.text
    trainer = visit("baocaovien")
    place = re.search(r'value="(\d+/bay-la)"', trainer.get("/soan/bai-moi").html)[1]
    trainer.post("/soan/bai-moi", {"ten": "Ký số đúng người", "noi": place})
    page = reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"nv-7-bo": "y"}, status=409)
    assert "Không bỏ được nhiệm vụ “Bảy là”: có bài đang soạn." in page.text
    assert newest(app) == added


def test_the_last_path_stays(app, reviewer):
    with app.app_context():
        db.session.execute(db.update(Campaign).values(path="hoc-lai-bai-6-ban-1"))
        db.session.commit()
    fields = said(reviewer.get(ADDRESS)) | {"lt-1-bo": "y", "lt-2-bo": "y"}
    assert "Khóa học cần ít nhất một lộ trình" in reviewer.post(ADDRESS, fields, status=409).text


def test_a_campaign_is_not_opened_on_a_path_that_was_taken_out_meanwhile(app, reviewer, added):
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-3-bo": "y"})
    with app.app_context():
        course, days = db.session.scalars(db.select(Course)).one(), (today(), today() + timedelta(days=9))
        with pytest.raises(Refused, match="vừa được bỏ"):
            learning.open_campaign("Đợt", course, added.paths[2].key, *days, [], 90, now())


def test_a_unit_is_not_published_under_a_task_that_was_taken_out(app, added, unit):
    with app.app_context():
        one = db.session.get_one(Unit, unit)
        value = publishing.newest_unit(unit).model_copy(update={"task": "tam-la"})
        with pytest.raises(Refused, match="không còn trong khóa học"):
            publishing._enter_course(one, value, (), now(), 1, "Vì thế")


# --- files -----------------------------------------------------------------------------------------------------


@pytest.fixture
def arranged(app, reviewer):
    """The course with another name, another order, one path and one task more."""
    fields = said(reviewer.get(ADDRESS)) | {"ten": "Khóa mới", "thu-tu-1": "9"}
    fields |= {"nv-moi": "Bảy là", "nv-moi-ten": "Chuyển đổi số"}
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


def test_a_new_task_of_the_files_comes_in_and_what_was_taken_out_stays_out(app, reviewer, contents, added):
    course = contents.course
    more = Task(key="tam-la", name="Tám là", title="Việc mới của tệp")
    path = added.paths[2].model_copy(update={"units": ("bai-8", "bai-11")})
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-3-bo": "y", "nv-7-bo": "y"})
    tasks, paths = (*course.tasks, added.tasks[6], more), (*course.paths, path)
    files = replace(contents, course=course.model_copy(update={"tasks": tasks, "paths": paths}))
    with app.app_context():
        courses.take_in(files, now())
        db.session.commit()
    assert [task.key for task in newest(app).tasks[6:]] == ["tam-la"]
    assert len(newest(app).paths) == 2
    units = {**contents.units, "bai-8": contents.units["bai-8"].model_copy(update={"task": "bay-la"})}
    with app.app_context():
        again = files.course.model_copy(update={"title": "Tên khác của tệp"})
        courses.take_in(replace(files, course=again, units=units), now())
        db.session.commit()
    assert [task.key for task in newest(app).tasks[6:]] == ["tam-la", "bay-la"]


def test_exported_and_imported_it_is_the_same_byte_for_byte(app, arranged, tmp_path):
    with app.app_context():
        first = course_contents.files()
        writing.write_folder(tmp_path, first)
        done = courses.take_in(read_folder(tmp_path / "cv-1248"), now())
        assert (done.documents, done.units, done.waiting, done.course) == ([], [], [], False)
        assert course_contents.files() == first
        db.session.commit()
    assert newest(app) == arranged


# --- orders, and the document ----------------------------------------------------------------------------------


def test_tasks_and_paths_take_the_places_that_are_typed(app, reviewer, visit):
    fields = said(reviewer.get(ADDRESS)) | {
        "nv-1-thu-tu": "7",
        "nv-2-thu-tu": "1",
        "lt-1-thu-tu": "2",
        "lt-2-thu-tu": "1",
    }
    reviewer.post(ADDRESS, fields)
    course = newest(app)
    assert [task.key for task in course.tasks] == ["hai-la", "ba-la", "bon-la", "nam-la", "sau-la", "mot-la"]
    assert [path.key for path in course.paths] == ["ca-khoa", "day-du"]
    with app.app_context():  # the library follows: the course's own document, then those of its tasks
        tasks = [document.task for document in library.documents()]
        assert library.documents()[0].code == course.document
        of_tasks = [task for task in tasks if task]
        assert of_tasks == sorted(of_tasks, key=[task.key for task in course.tasks].index)
    shelf = visit("baocaovien").get("/soan").text
    assert shelf.index("Hai là") < shelf.index("Một là")


def test_a_path_may_have_an_order_of_its_own(app, reviewer, visit):
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-2-rieng": "8; 0, 6"})
    course = newest(app)
    assert course.path("ca-khoa").units == ("bai-8", "bai-0", "bai-6", "bai-11")
    assert course.units == ("bai-0", "bai-6", "bai-8", "bai-11")
    assert "thứ 1" in visit("baocaovien").get(PAGE).text
    fields = said(reviewer.get(ADDRESS))
    assert fields["lt-2-rieng"] == "8, 0, 6"
    assert fields["lt-1-rieng"] == ""
    reviewer.post(ADDRESS, fields | {"ten": "Tên khác"})  # whatever else is changed, the order stays
    assert newest(app).path("ca-khoa") == course.path("ca-khoa")
    for wrong in ("8, 6", "8, 0, 6, 6", "8, 0, 11", "8, 0, 60", "tám"):
        page = reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-2-rieng": wrong}, status=200)
        assert "Ghi đủ số của các bài đã chọn, mỗi bài một lần, ví dụ: 0, 6, 8." in page.text
        assert f'value="{wrong}"' in page.html
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"lt-2-rieng": ""})
    assert newest(app).path("ca-khoa").units == ("bai-0", "bai-6", "bai-8", "bai-11")


def test_the_course_may_rest_on_another_document(app, reviewer, visit):
    reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"van-ban": "144-qd-tw"})
    assert newest(app).document == "144-qd-tw"
    assert "Văn bản gốc: Quy định 144-QĐ/TW" in visit("baocaovien").get(PAGE).text
    with app.app_context():
        assert library.documents()[0].code == "144-qd-tw"
    page = reviewer.post(ADDRESS, said(reviewer.get(ADDRESS)) | {"van-ban": "khong-co"}, status=200)
    assert "Chọn một mục trong danh sách" in page.text
