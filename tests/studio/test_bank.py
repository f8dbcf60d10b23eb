"""Ngân hàng câu hỏi: filters, paging, states, near-duplicates, where a question is used; statements do not grow."""

import re

import pytest
from papers import begin

from quizapp.attempts.models import Attempt
from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses import drafts, queries
from quizapp.courses.models import Draft, ReportKind, Unit
from quizapp.courses.questions import asked_in, twins
from quizapp.database import db
from quizapp.studio import asking, bank
from quizapp.studio.bank_figures import Figures
from quizapp.studio.question_changes import NoSuchPlace, alter, blank, convert


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(key="bai-8")).one()


def taught(app, unit_id):
    with app.app_context():
        return queries.taught(db.session.get(Unit, unit_id).revision_id)


def keys(page):
    return re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a></th>', page.html)


def all_keys(me, address):
    """The keys of all pages, one after the other."""
    page, found = me.get(address), []
    while True:
        found += keys(page)
        later = re.search(r'href="([^"]+sau=[^"]+)"', page.html)
        if not later:
            return found
        page = me.get(later[1].replace("&amp;", "&"))


def test_every_question_stands_once_in_the_order_of_units_over_all_pages(app, visit, contents):
    found = all_keys(visit("baocaovien"), "/soan/cau-hoi")
    units = sorted(contents.units.values(), key=lambda one: one.number)
    assert found == [key for one in units for key in sorted(q.key for q in one.each_question())]


def test_each_filter_leaves_what_it_names_and_they_hold_together(app, visit, unit):
    me, value = visit("baocaovien"), taught(app, unit).unit
    mine = list(value.each_question())
    assert all_keys(me, f"/soan/cau-hoi?bai={unit}") == sorted(q.key for q in mine)
    for name, field in (("loai", "kind"), ("muc", "level"), ("can-cu", "provision")):
        for said in {getattr(q, field) for q in mine}:
            wanted = sorted(
                q.key for q in mine if getattr(q, field) == said or getattr(q, field).startswith(f"{said}.")
            )
            assert all_keys(me, f"/soan/cau-hoi?bai={unit}&{name}={said.replace('#', '%23')}") == wanted
    parts = sorted(part.key for q in value.questions if q.kind == "case" for part in q.questions)
    assert parts
    assert (
        all_keys(me, f"/soan/cau-hoi?bai={unit}&loai=case") == parts
    )  # those that share a situation, each of its kind
    page = me.get(f"/soan/cau-hoi?bai={unit}&loai=case")
    assert '<option value="case" selected>tình huống nhiều câu</option>' in page.html
    assert page.html.count(", của tình huống") == len(parts)
    one = mine[0]
    assert one.key in all_keys(me, f"/soan/cau-hoi?tim={one.prompt[:60]}")
    page = me.get("/soan/cau-hoi?tim=zzzkhongco")
    assert "Không có câu nào khớp bộ lọc. Xóa bộ lọc" in page.text
    assert all_keys(me, "/soan/cau-hoi?do-kho=chua&phan-biet=chua") == all_keys(me, "/soan/cau-hoi")
    assert "Không có câu nào" in me.get("/soan/cau-hoi?phan-biet=am").text


def test_states_tell_drafts_stopped_and_reported_questions(app, visit, office, unit):
    me, value = visit("baocaovien"), taught(app, unit)
    first, second, third = [q.key for q in value.unit.questions if q.kind == "single"][:3]
    with app.app_context():
        courses.stop_question(unit, first, office["baocaovien"], "Sai", now())
        courses.report(value.revision_id, second, office["hocvien"], ReportKind.WRONG_TEXT, "", now())
        data = asking.opened(unit).question(third) | {"prompt": "Đề bài vừa viết lại?"}
        asking.save(unit, data, asking.opened(unit).digest(third), office["baocaovien"], now())
        made = asking.add(unit, {"kind": "short"}, office["baocaovien"], now())
        db.session.commit()
    assert all_keys(me, "/soan/cau-hoi?trang-thai=dung") == [first]
    assert all_keys(me, "/soan/cau-hoi?trang-thai=bi-bao") == [second]
    assert all_keys(me, "/soan/cau-hoi?trang-thai=nhap") == sorted([third, made])
    used = all_keys(me, "/soan/cau-hoi?trang-thai=dang-dung")
    assert third in used
    assert not {first, made} & set(used)
    assert "Đề bài vừa viết lại?" in me.get("/soan/cau-hoi?tim=vừa+viết+lại").text


def test_the_statements_of_the_bank_do_not_grow_with_its_questions(app, visit, office, unit, statements):
    me = visit("baocaovien")

    def count(address):
        with statements() as told:
            me.get(address)
        return len(told)

    me.get("/soan/cau-hoi")
    before = count("/soan/cau-hoi")
    with app.app_context():
        one = asking.opened(unit).questions[0]
        drafts.add_questions(unit, [one | {"prompt": f"Câu thứ {n}?"} for n in range(300)], office["baocaovien"], now())
        db.session.commit()
    assert count("/soan/cau-hoi") <= before + 1 <= 12  # one more: the changed draft is read
    assert count("/soan/cau-hoi") == before


def test_where_a_question_is_used_counts_papers_and_open_attempts(app, visit, unit):
    attempt = begin(visit("hocvien"))
    me, value = visit("baocaovien"), taught(app, unit)
    with app.app_context():
        drawn = {entry["key"] for entry in db.session.get(Attempt, attempt).paper["entries"]}
    asked = next(q.key for q in value.unit.questions if q.key in drawn)
    other = next(q.key for q in value.unit.questions if q.kind != "case" and q.key not in drawn)
    assert "Đã rút vào 1 đề; 1 lượt đang làm" in me.get(f"/soan/bai/{unit}/cau/{asked}/noi-dung").text
    assert "Đã rút vào 0 đề; 0 lượt đang làm" in me.get(f"/soan/bai/{unit}/cau/{other}/noi-dung").text
    assert "Có từ bản 1, lần cuối ở bản 1." in me.get(f"/soan/bai/{unit}/cau/{other}/noi-dung").text


def test_the_index_finds_what_comparing_each_pair_finds(app, contents):
    with app.app_context():
        shelves = bank.shelves()
        found = {}
        for shelf in shelves:
            for item in contents.units.values():
                if item.number == shelf.latest.number:
                    for q in asking.opened(shelf.unit_id).questions:
                        found[q["key"]] = {one.piece.key for one in bank.near(shelf.unit_id, q, shelves, most=99)}
        copied = asking.opened(shelves[1].unit_id).questions[0]
        twin = bank.near(shelves[2].unit_id, copied | {"key": "moi"}, shelves)
    assert twin[0].piece.key == copied["key"]
    assert twin[0].percent == 100
    asked = [one for unit in contents.units.values() for one in asked_in(unit)]
    for one, other in twins(asked):
        if one.where[:2] != other.where[:2]:
            assert other.question.key in found[one.question.key]


STEPS = [
    ((29, 1.0, 0.9), "chua", "chua"), ((100, 0.99, 0.30), "rat-de", "tot"), ((100, 0.95, 0.29), "de", "xem"),
    ((100, 0.60, 0.20), "kho", "xem"), ((100, 0.61, 0.19), "vua", "yeu"), ((100, 0.41, 0.0), "kho", "yeu"),
    ((100, 0.40, -0.01), "rat-kho", "am"), ((100, 0.40, None), "rat-kho", "chua"),
]  # fmt: skip


@pytest.mark.parametrize(("told", "difficulty", "power"), STEPS)
def test_figures_fall_into_the_steps_of_item_analysis(told, difficulty, power):
    assert (Figures(*told).difficulty, Figures(*told).power) == (difficulty, power)


FULL = {"key": "b6-01", "kind": "multiple", "prompt": "Hỏi", "ordered": True, "options": [
    {"key": "a", "text": "Một", "why": "vì", "right": True}, {"key": "b", "text": "Hai", "right": True},
    {"key": "c", "text": "Ba"}]}  # fmt: skip
GAPS = {"key": "k", "kind": "gaps", "text": "Là {g1}", "gaps": [{"key": "g1", "options": FULL["options"][:1]}]}
CHANGES = [
    (FULL, "single", ["dấu đúng của 1 phương án"]),
    (FULL, "ordering", ["dấu giữ thứ tự", "“vì sao” của 1 dòng", "dấu đúng"]),
    (FULL, "short", ["dấu giữ thứ tự", "các phương án chưa đúng", "“vì sao” của 1"]),
    (FULL, "true_false", ["các phương án", "dấu giữ thứ tự"]),
    (FULL, "case", []),
    (GAPS, "single", ["đoạn văn có chỗ trống"]),
    ({"key": "k", "kind": "short", "accepted": ["2,5"]}, "number", []),
    ({"key": "k", "kind": "short", "accepted": ["năm"]}, "number", ["các câu trả lời được nhận"]),
    ({"key": "k", "kind": "number", "value": 2.5, "unit": "ngày"}, "short", ["đơn vị tính"]),
]


@pytest.mark.parametrize(("data", "kind", "dropped"), CHANGES)
def test_another_kind_names_everything_that_it_drops(data, kind, dropped):
    made, told = convert(data, kind)
    assert made["kind"] == kind
    assert made["key"] == data["key"]
    for words in dropped:
        assert any(words in one for one in told), told
    assert bool(told) == bool(dropped)


def test_into_a_case_and_out_again_is_the_same_question():
    data = FULL | {"situation": "Chuyện", "objective": "o"}
    assert convert(convert(data, "case")[0], "multiple") == (data, [])


@pytest.mark.parametrize("kind", ["single", "multiple", "matching", "ordering", "gaps", "case"])
def test_a_list_never_grows_beyond_what_its_kind_may_have(kind):
    letters = {"matching": "cap", "ordering": "dong", "gaps": "o", "case": "phan"}
    data, letter = blank(kind, "k"), letters.get(kind, "pa")
    for _ in range(12):
        data = alter(data, f"them:{letter}", {}, ())
    rows = next(value for value in data.values() if isinstance(value, list))
    assert len(rows) == {"single": 6, "multiple": 8, "matching": 8, "ordering": 8, "gaps": 6, "case": 5}[kind]
    assert len({row["key"] for row in rows}) == len(rows)
    for _ in rows:
        data = alter(data, f"bo:{letter}-0", {}, ())
    with pytest.raises(NoSuchPlace):
        alter(data, f"bo:{letter}-0", {}, ())


def test_a_draft_is_not_begun_by_looking(app, visit, unit):
    me = visit("baocaovien")
    key = next(taught(app, unit).unit.each_question()).key
    for address in ("", f"/{key}", "/moi", f"/{key}/xem-thu", f"/{key}/noi-dung"):
        me.get(f"/soan/bai/{unit}/cau{address}")
    with app.app_context():
        assert db.session.get(Draft, unit) is None
