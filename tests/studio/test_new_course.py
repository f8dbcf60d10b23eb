"""Khóa học mới in the browser: from its document and its tasks to a campaign, its final, and what files make of it."""

import json
import re
from datetime import timedelta

import pytest

from quizapp.accounts.models import Audit
from quizapp.clock import now, today
from quizapp.courses import actions as courses
from quizapp.courses import contents as course_contents
from quizapp.courses import drafting, drafts, publishing, queries
from quizapp.courses.exchange import folders, writing
from quizapp.courses.models import Course, Unit
from quizapp.database import db
from quizapp.domain.content import Task
from quizapp.library import queries as library
from quizapp.web.refused import Refused

PAGE = "/soan/khoa-hoc-moi"
NEW = {
    "ten": "Chuẩn mực đạo đức cách mạng",
    "van-ban": "144-qd-tw",
    "nhiem-vu": "Một là: Yêu nước, tôn trọng Nhân dân\n\n Điều 2 : Đoàn kết, kỷ cương: trách nhiệm ",
}
KEY = "chuan-muc-dao-duc-cach-mang"


@pytest.fixture
def trainer(visit):
    return visit("baocaovien")


@pytest.fixture
def begun(trainer):
    """The trainer, who has begun a course."""
    trainer.post(PAGE, NEW)
    return trainer


def course_of(app, key=KEY):
    with app.app_context():
        return drafts.course_of(queries.course_id(key))


def write_unit(app, office, unit_id, **head):
    """Make a begun unit whole, as its writer would: with what bài 8 says. Nobody has reviewed it yet."""
    with app.app_context():
        there = db.session.scalars(db.select(Unit).filter_by(key="bai-8")).one()
        body = drafting.of_unit(queries.taught(there.revision_id).unit)
        mine = drafts.body_of(drafts.draft_of(unit_id))["head"]
        kept = {name: mine[name] for name in ("key", "number", "task", "title")}
        body["head"] |= kept | head
        body["questions"] = json.loads(json.dumps(body["questions"]).replace('"b8-', f'"b{kept["number"]}-'))
        drafts.changed(drafts.draft_of(unit_id), body, office["baocaovien"], now())
        db.session.commit()


def write_final(app, office, unit_id):
    """Make a begun final whole: two questions of its first task."""
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(unit_id))
        aim = body["head"]["objectives"][0]["key"]
        asked = {
            "kind": "true_false",
            "level": "nho",
            "provision": "144-qd-tw#dieu-1",
            "answer": True,
            "why": "Vì thế.",
        }
        body["head"]["why"], body["quiz"]["draw"] = "Cả khóa một lần.", {aim: 1}
        body["questions"] = [asked | {"key": f"bt-{n}", "objective": aim, "prompt": f"Điều {n} đúng?"} for n in (1, 2)]
        drafts.changed(drafts.draft_of(unit_id), body, office["baocaovien"], now())
        db.session.commit()


def begin_unit(who, place, title):
    who.post("/soan/bai-moi", {"ten": title, "noi": place})
    return int(re.search(r"/bai/(\d+)/", who.page.location)[1])


def publish(app, office, reviewer, unit_id, status=303, **more):
    """Send a draft and let the reviewer publish it."""
    with app.app_context():
        publishing.send(unit_id, "", office["baocaovien"], now())
        db.session.commit()
    page = reviewer.get(f"/duyet/bai/{unit_id}")
    seen = {name: re.search(rf'name="{name}"[^>]*value="([^"]*)"', page.html)[1] for name in ("ban", "anh-huong")}
    return reviewer.post(f"/duyet/bai/{unit_id}/phat-hanh", seen | {"ly-do": "Bài mới"} | more, status=status)


def place_of(who, what):
    """The value of a choice of "Thuộc nhiệm vụ" in the new course."""
    html = who.get(f"/soan/bai-moi?khoa={KEY}").html
    return next(value for value in re.findall(r'<option[^>]* value="([^"]*)"', html) if value.endswith(f"/{what}"))


# --- begun -----------------------------------------------------------------------------------------------------


def test_a_course_begins_with_its_document_and_its_tasks_and_no_unit(app, begun, visit):
    assert begun.page.location == f"/soan/khoa-hoc/{KEY}"
    page = begun.follow()
    assert "Khóa học chưa có bài nào" in page.text
    assert "Văn bản gốc: Quy định 144-QĐ/TW" in page.text
    course = course_of(app)
    assert (course.title, course.document, course.units, course.paths) == (NEW["ten"], "144-qd-tw", (), ())
    assert course.tasks == (  # a key of its own: documents name their task by key, and the first course has a mot-la
        Task(key="mot-la-2", name="Một là", title="Yêu nước, tôn trọng Nhân dân"),
        Task(key="dieu-2", name="Điều 2", title="Đoàn kết, kỷ cương: trách nhiệm"),
    )
    desk = begun.get("/soan").text.partition(NEW["ten"])[2]
    assert "Yêu nước, tôn trọng Nhân dân Chưa có bài" in desk
    assert NEW["ten"] not in visit("hocvien").get("/").text
    assert NEW["ten"] not in visit("quantri").get("/quan-tri/mo-dot-hoc").text  # no path to open a campaign on
    assert "Một là: yêu nước, tôn trọng Nhân dân" in begun.get("/soan/van-ban/moi").text
    with app.app_context():
        assert "begin_course" in db.session.scalars(db.select(Audit.act)).all()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"ten": " "}, "Ghi tên khóa học."),
        ({"van-ban": "khong-co"}, "Chọn một mục trong danh sách."),
        ({"nhiem-vu": " \n "}, "Ghi ít nhất một nhiệm vụ."),
        ({"nhiem-vu": "Một là: Một\nHai là"}, "Dòng 2 chưa đủ “gọi là gì: nội dung”: Hai là"),
        ({"nhiem-vu": ": Một"}, "Dòng 1 chưa đủ “gọi là gì: nội dung”: Một"),
        ({"nhiem-vu": "Một là: Một\nMỘT LÀ: Hai"}, "Dòng 2 trùng gọi là gì với dòng 1"),
        ({"nhiem-vu": "Một là: Một\nHai là: một"}, "Dòng 2 trùng nội dung với dòng 1"),
        ({"nhiem-vu": f"Một là: {'dài ' * 60}"}, "Dòng 1 dài quá"),
    ],
)
def test_what_makes_no_course_is_told_and_kept(app, trainer, typed, why):
    page = trainer.post(PAGE, NEW | typed, status=200)
    assert why in page.text
    assert page.title.startswith("Lỗi:")
    for name in NEW.keys() - typed.keys() - {"van-ban"}:
        assert NEW[name].split("\n")[0] in page.html
    with app.app_context():
        assert [one.key for one in queries.courses()] == ["cv-1248"]


def test_the_name_of_another_course_is_refused(app, begun):
    assert "Đã có khóa học tên" in begun.post(PAGE, NEW | {"ten": NEW["ten"].upper()}, status=409).text
    begun.post(PAGE, NEW | {"ten": "Chuẩn mực: đạo đức cách mạng"})
    assert begun.page.location == f"/soan/khoa-hoc/{KEY}-2"


def test_only_who_writes_begins_a_course(visit):
    for who in ("hocvien", "lanhdao", "nguoiduyet"):
        visit(who).get(PAGE, 403)


def test_while_it_has_no_unit_its_writer_may_change_it(app, begun, visit):
    address = f"/duyet/khoa-hoc/{KEY}"
    html = begun.get(address).html
    assert "Thứ tự bài" not in html
    seen = re.search(r'name="ban"[^>]*value="([^"]*)"', html)[1]
    fields = {"ban": seen, "ten": "Đạo đức cách mạng", "van-ban": "1248-cv-tu", "ly-do": "Tên gọn hơn"}
    fields |= {"nv-1": "Điều 1", "nv-1-ten": "Yêu nước", "nv-1-thu-tu": "2"}
    fields |= {"nv-2": "Điều 2", "nv-2-ten": "Đoàn kết", "nv-2-thu-tu": "1"}
    begun.post(address, fields)
    course = course_of(app)
    assert (course.title, course.document) == ("Đạo đức cách mạng", "1248-cv-tu")
    assert [(task.key, task.title) for task in course.tasks] == [("dieu-2", "Đoàn kết"), ("mot-la-2", "Yêu nước")]
    begun.get("/duyet/khoa-hoc/cv-1248", 403)


def test_a_course_without_units_is_given_up_with_a_reason(app, begun):
    address = f"/soan/khoa-hoc/{KEY}/bo"
    assert "chưa có bài nào" in begun.get(address).text
    assert "Ghi lý do" in begun.post(address, {"ly-do": " "}, status=200).text
    unit_id = begin_unit(begun, place_of(begun, "dieu-2"), "Đoàn kết")
    begun.get(address, 404)
    assert "Khóa học đã có bài" in begun.post(address, {"ly-do": "Nhầm"}, status=409).text
    begun.post(f"/soan/bai/{unit_id}/bo", {"ly-do": "Nhầm"})
    begun.post(address, {"ly-do": "Gộp vào khóa khác"})
    assert "Đã bỏ khóa học" in begun.follow().text
    with app.app_context():
        assert [one.key for one in queries.courses()] == ["cv-1248"]
    begun.get(f"/soan/khoa-hoc/{KEY}", 404)


# --- its first unit --------------------------------------------------------------------------------------------


@pytest.fixture
def reviewer(visit):
    return visit("nguoiduyet")


@pytest.fixture
def first(app, office, begun, reviewer):
    """The id of the course's first unit, published."""
    unit_id = begin_unit(begun, place_of(begun, "dieu-2"), "Đoàn kết, kỷ cương")
    write_unit(app, office, unit_id)
    publish(app, office, reviewer, unit_id, **{"lo-trinh": "toan-khoa"})
    return unit_id


def test_its_first_unit_begins_its_path_and_a_campaign_can_be_opened(app, office, first, visit):
    course = course_of(app)
    assert (course.units, [(path.title, path.units) for path in course.paths]) == (
        ("bai-1",),
        [("Toàn khóa", ("bai-1",))],
    )
    page = visit("nguoiduyet").get(f"/soan/khoa-hoc/{KEY}").text
    assert "Phạm Văn Đức Bài “Đoàn kết, kỷ cương”: Bài mới" in page  # who made the course what it is, and why
    admin = visit("quantri")
    value = re.search(rf'value="(\d+/toan-khoa)"[^>]*>Toàn khóa · {NEW["ten"]}', admin.get("/quan-tri/mo-dot-hoc").html)
    days = {"tu-ngay": today().isoformat(), "han": (today() + timedelta(days=20)).isoformat(), "chi-tieu": "90"}
    said = {
        "ten": "Đợt đạo đức",
        "lo-trinh": value[1],
        "don-vi": office["co-quan"],
        "ly-do": "Kế hoạch số 3",
        "dong-y": "1",
    }
    admin.post("/quan-tri/mo-dot-hoc", said | days)
    learner = visit("hocvien")
    assert "Đợt đạo đức" in learner.get("/").text
    assert "Đoàn kết, kỷ cương" in learner.get(f"/hoc/{KEY}/bai-1").text
    learner.post(f"/hoc/{KEY}/bai-1/lam")


def test_what_counts_nowhere_does_not_begin_a_course(app, office, begun, reviewer):
    unit_id = begin_unit(begun, place_of(begun, "dieu-2"), "Khởi động")
    write_unit(app, office, unit_id, graded=False)
    page = publish(app, office, reviewer, unit_id, 409, **{"lo-trinh": "toan-khoa"})
    assert "Khóa học mới bắt đầu bằng một bài tính điểm" in page.text
    assert course_of(app).units == ()


def test_the_final_is_one_for_a_course_and_stays_behind_its_units(app, office, first, begun, reviewer, tmp_path):
    place = place_of(begun, "*")
    final = begin_unit(begun, place, "Kiểm tra cuối khóa")
    assert "Bài kiểm tra tổng hợp" not in begun.get(f"/soan/bai-moi?khoa={KEY}").text
    assert "Chọn một mục" in begun.post("/soan/bai-moi", {"ten": "Bài nữa", "noi": place}, status=200).text
    with app.app_context(), pytest.raises(Refused, match="đã có bài kiểm tra tổng hợp"):
        drafts.begin_unit(queries.course_id(KEY), "Của người khác", None, office["quantri"], now(), final=True)
    page = begun.get(f"/soan/bai/{final}/thong-tin")
    assert 'value="Điều 2: đoàn kết, kỷ cương: trách nhiệm"' in page.html
    write_final(app, office, final)
    publish(app, office, reviewer, final, **{"lo-trinh": "toan-khoa"})
    assert course_of(app).final == "bai-2"
    later = begin_unit(begun, place_of(begun, "mot-la-2"), "Yêu nước")
    write_unit(app, office, later)
    publish(app, office, reviewer, later, **{"lo-trinh": "toan-khoa"})
    assert course_of(app).path("toan-khoa").units == ("bai-1", "bai-3", "bai-2")
    with app.app_context():
        before = course_contents.files()
        writing.write_folder(tmp_path, before)
        for one in folders.read(tmp_path):
            courses.take_in(one.contents, now())
        assert course_contents.files() == before
    reviewer.post(f"/duyet/bai/{final}/ngung", {"ly-do": "Ra đề lại"})
    assert (course_of(app).final, course_of(app).units) == (None, ("bai-1", "bai-3"))
    reviewer.post(f"/duyet/bai/{final}/dung-lai", {"ly-do": "Đề cũ còn dùng được"})
    assert (course_of(app).final, course_of(app).units) == ("bai-2", ("bai-1", "bai-3", "bai-2"))


def test_a_task_that_came_later_may_be_asked_in_the_final(app, office, first, begun):
    final = begin_unit(begun, place_of(begun, "*"), "Kiểm tra cuối khóa")
    with app.app_context():
        row = db.session.scalars(db.select(Course).filter_by(key=KEY)).one()
        value = drafts.course_of(row.id)
        more = Task(key="dieu-3", name="Điều 3", title="Cần, kiệm, liêm, chính")
        publishing.keep_course(row, value.model_copy(update={"tasks": (*value.tasks, more)}), now())
        db.session.commit()
    page = begun.get(f"/soan/bai/{final}/thong-tin")
    assert 'value="Điều 3: cần, kiệm, liêm, chính"' in page.html
    fields = dict(re.findall(r'name="([\w-]+)"[^>]* value="([^"]*)"', page.html))
    fields |= {"vi-sao": "Vì thế.", "nhiem-vu": "", "rut-3": "2"}
    begun.post(f"/soan/bai/{final}/thong-tin", {name: value for name, value in fields.items() if name != "csrf"})
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(final))
        assert [one["key"] for one in body["head"]["objectives"]] == ["mot-la-2", "dieu-2", "dieu-3"]
        assert body["quiz"]["draw"] == {"dieu-3": 2}


# --- files -----------------------------------------------------------------------------------------------------


def test_two_courses_go_out_and_in_without_a_change(app, begun, first, tmp_path):
    begun.post(PAGE, NEW | {"ten": "Khóa chưa có bài"})
    with app.app_context():
        words = {one.code: library.task_of(one.code) for one in library.documents()}
        before = course_contents.files()
        writing.write_folder(tmp_path, before)
        for one in folders.read(tmp_path):
            done = courses.take_in(one.contents, now())
            assert (done.documents, done.units, done.waiting, done.course) == ([], [], [], False)
        assert course_contents.files() == before
        assert {one.code: library.task_of(one.code) for one in library.documents()} == words
    assert {name.partition("/")[0] for name in before} == {"cv-1248", KEY, "khoa-chua-co-bai"}
    assert b"units: []\npaths: []" in (tmp_path / "khoa-chua-co-bai/course.yaml").read_bytes()
