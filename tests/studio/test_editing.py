"""Writing a lesson: a draft begun, kept, looked at, its sections and head changed, two writers, a unit from nothing."""

import io
import json
import re

import drawn
import pytest
from factories import add_grant, add_person

from quizapp.accounts.models import Audit
from quizapp.clock import now
from quizapp.courses import drafting, drafts
from quizapp.courses.models import Draft, Editing, Unit
from quizapp.database import db
from quizapp.domain import quoting
from quizapp.library.models import Document, DraftState, OfficialText
from quizapp.studio import quotes
from quizapp.web.access import Role

SCRIPT = {"headers": {"X-Luu": "1"}}


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(key="bai-8")).one()


@pytest.fixture
def begun(visit, unit):
    """A trainer who has begun a draft of bài 8."""
    me = visit("baocaovien")
    me.post(f"/soan/bai/{unit}/soan")
    assert me.page.location == f"/soan/bai/{unit}"
    return me


@pytest.fixture
def other(app, office, visit):
    """A second trainer."""
    with app.app_context():
        add_grant(add_person("baocaovien2", "Trần Văn Hai", office["co-quan"]), Role.TRAINER, office["tinh"])
        db.session.commit()
    return visit("baocaovien2")


def lesson(app, unit_id):
    with app.app_context():
        return drafts.body_of(drafts.draft_of(unit_id))["lesson"]


def hidden(page, name="tu"):
    return re.search(rf'name="{name}" value="([^"]*)"', page.html)[1]


def told(page):
    return json.loads(page.response.get_data(as_text=True))


# --- beginning -------------------------------------------------------------------------------------------------


def test_a_draft_says_what_the_revision_in_use_says_and_nothing_of_it_is_missing(app, unit, begun):
    page = begun.follow()
    assert "Bài 8. Quy định 144" in page.text
    assert "Đủ để gửi duyệt" in page.text
    assert "Còn thiếu" not in page.text
    assert lesson(app, unit).split("\n")[0].startswith("## Năm chuẩn mực trong sáu điều {#")
    assert "## Năm chuẩn mực trong sáu điều ::: trich" in page.text
    assert "{#" not in page.text  # nobody reads or types a key
    begun.post(f"/soan/bai/{unit}/soan")  # twice is once
    with app.app_context():
        assert db.session.scalar(db.select(db.func.count()).select_from(Draft)) == 1


def test_without_a_draft_the_address_leads_to_what_is_in_use_and_looking_begins_none(app, visit, unit):
    me = visit("baocaovien")
    me.get(f"/soan/bai/{unit}", 303)
    assert "Soạn bản mới" in me.follow().text
    with app.app_context():
        assert drafts.draft_of(unit) is None


def test_a_reviewer_reads_and_does_not_write(visit, unit, begun):
    me = visit("nguoiduyet")
    assert "Soạn tiếp" not in me.get("/soan").text
    me.get(f"/soan/bai/{unit}", 303)
    assert me.page.location.endswith("/ban-dang-dung")
    for address in ("soan", "luu", "hai-ban", "xem-thu", "dang-soan", "muc", "thong-tin", "bo"):
        me.post(f"/soan/bai/{unit}/{address}", {"noi-dung": "x"}, status=403)
    me.get("/soan/bai-moi", 403)
    me.get("/soan/trich", 403)


def test_the_desk_offers_to_go_on_writing_and_says_what_is_missing(app, unit, begun):
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": "## Một {#mot}\n", "tu": hidden(begun.follow())})
    page = begun.get("/soan")
    assert "1 bản nháp" in page.text
    assert re.search(r"Bản nháp Còn thiếu \d+ chỗ\. Lê Thị Bích, ", page.text)
    assert page.text.count("Soạn tiếp") == 2  # above, and beside the unit


# --- keeping ---------------------------------------------------------------------------------------------------


def test_what_is_typed_is_kept_as_typed_without_script_and_with_it(app, unit, begun):
    page = begun.follow()
    text = lesson(app, unit).replace("Quy định 144", "Quy định số 144", 1)
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": text.replace("\n", "\r\n"), "tu": hidden(page), "muc": "2"})
    assert begun.page.location == f"/soan/bai/{unit}?muc=2"
    assert "Đã lưu lúc" in begun.follow().text
    assert lesson(app, unit) == text
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": "Dở", "tu": hidden(begun.page)}, status=200, **SCRIPT)
    answer = told(begun.page)
    assert answer["tu"] == drafting.digest("Dở")
    assert re.fullmatch(r"\d\d:\d\d", answer["luc"])
    assert lesson(app, unit) == "Dở"


def test_a_lesson_without_end_is_refused_and_one_without_text_is_no_lesson(app, unit, begun):
    before = lesson(app, unit)
    page = begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": "x" * 60_001, "tu": "x"}, status=409)
    assert "nhiều nhất 60000" in page.text
    begun.post(f"/soan/bai/{unit}/luu", {"tu": "x"}, status=400)
    begun.post("/soan/bai/987654/luu", {"noi-dung": "x", "tu": "x"}, status=404)
    assert lesson(app, unit) == before


def test_the_later_of_two_writers_sees_both_texts_and_nothing_of_either_is_lost(app, unit, begun, other):
    mine, theirs = begun.follow(), other.get(f"/soan/bai/{unit}")
    text = lesson(app, unit)
    first, second = text + "Chữ của Bích.\n", text + "Chữ của Hai.\n"
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": first, "tu": hidden(mine)})
    page = other.post(f"/soan/bai/{unit}/luu", {"noi-dung": second, "tu": hidden(theirs), "muc": "3"}, status=409)
    assert "Đồng chí Lê Thị Bích vừa lưu bài này lúc" in page.text
    assert "<mark>Bích.</mark>" in page.html
    assert "<mark>Hai.</mark>" in page.html
    for choice in ("Giữ bản của tôi", "Lấy bản kia", "Ghép tay"):
        assert choice in page.text
    assert page.html.count("Chữ của Hai.") == 2  # to be kept, and to be merged by hand
    assert lesson(app, unit) == first
    other.post(f"/soan/bai/{unit}/luu", {"noi-dung": second, "tu": hidden(page)})
    assert lesson(app, unit) == second
    with app.app_context():
        assert len(drafts.draft_of(unit).writers) == 2


def test_the_script_gets_both_texts_as_a_piece_of_the_page(app, unit, begun):
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": "Chữ mới", "tu": "khac"}, status=409, **SCRIPT)
    assert told(begun.page)["html"].lstrip().startswith("<h2>Đồng chí Lê Thị Bích vừa lưu")
    begun.post(f"/soan/bai/{unit}/hai-ban", {"noi-dung": "Chữ trên máy"}, status=200, **SCRIPT)
    assert "Máy này còn giữ bản chưa gửi lên được" in told(begun.page)["html"]
    page = begun.post(f"/soan/bai/{unit}/hai-ban", {"noi-dung": "Chữ trên máy"}, status=200)
    assert "Dùng bản trên máy này" in page.text


def test_saving_takes_back_what_waits_for_its_reviewer_and_the_page_says_so_before(app, unit, begun):
    with app.app_context():
        drafts.draft_of(unit).state = DraftState.REVIEW.value
        db.session.commit()
    page = begun.get(f"/soan/bai/{unit}")
    assert "Bài đang chờ duyệt. Sửa một chữ là rút bài về bản nháp" in page.text
    assert "1 bài chờ duyệt" in begun.get("/soan").text
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": "Khác", "tu": hidden(page)})
    with app.app_context():
        assert drafts.draft_of(unit).state == DraftState.WRITING


# --- looking ---------------------------------------------------------------------------------------------------


def test_a_preview_is_the_learners_own_page_of_the_section_and_writes_nothing(app, visit, unit, begun):
    page = visit("hocvien").get("/hoc/cv-1248/bai-8/2")
    shown = re.search(r'<div class="prose mt">.*?</figure>', page.html, re.S)[0]
    before = lesson(app, unit)
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": before, "muc": "2"}, status=200)
    assert shown in told(begun.page)["xemThu"]
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": "## Dở {#do}\n\n<script>x</script> **đậm**"}, status=200)
    answer = told(begun.page)
    assert "<strong>đậm</strong>" in answer["xemThu"]
    assert "<script" not in answer["xemThu"]
    assert "chưa dẫn điều khoản nào" in answer["xemThu"]
    assert "Còn thiếu" in answer["chatLuong"]
    assert answer["so"] > 0
    assert lesson(app, unit) == before


@pytest.mark.parametrize(
    "text", ["", "## ", "chữ", "## {#}\n::: trich\n", "## A {#a .la}\n::: trich x#y\n", "::: x\n" * 300]
)
def test_a_preview_shows_whatever_is_typed(unit, begun, text):
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": text, "muc": "9999"}, status=200)
    assert told(begun.page)["so"] > 0


def test_the_quality_column_names_place_and_line_in_a_writers_words(app, unit, begun):
    text = lesson(app, unit)
    cited = next(line for line in text.split("\n") if line.startswith("::: trich"))
    line = text.split("\n").index(cited) + 1
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": text.replace(cited, "::: trich khong-co#x", 1)}, status=200)
    column = told(begun.page)["chatLuong"]
    assert "Còn thiếu 1 chỗ" in column
    assert f'data-line="{line - 2}">Mục 1, trích dẫn, dòng {line - 2}</a>' in column
    assert "thư viện chưa có văn bản" in column
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(unit))
        body["head"] |= {"why": "", "minutes": 30}
        del body["questions"][0]["options"][0]["why"]
        drafts.draft_of(unit).body = body
        db.session.commit()
    page = begun.get(f"/soan/bai/{unit}")
    key = body["questions"][0]["key"]
    assert f"Câu {key}, phương án A, vì sao: chưa có" in page.text.replace(" :", ":")
    assert "Đầu bài, vì sao : không được để trống" in page.text
    assert re.search(r"ghi 30 phút mà đọc khoảng \d+ phút", page.text)
    assert "objective" not in page.text


def test_the_signs_of_blocks_are_explained_with_the_names_of_what_is_cited(app, unit, begun):
    cited = next(line for line in lesson(app, unit).split("\n") if line.startswith("::: trich")).split(" ")[2]
    document = begun.get(f"/van-ban/{cited.partition('#')[0]}")
    name = re.search(r"<h1[^>]*>([^<]+)", document.html)[1].strip()
    page = begun.get(f"/soan/bai/{unit}")
    assert "là dấu mở mục, mở khối" in page.text
    assert re.search(rf'data-part="1"[^>]* data-cited="{re.escape(name)}, [^"]+"', page.html)
    for sign in ("## Tên mục", "::: trich", "::: loi-giai", "::: tu-hoi"):
        assert sign in page.text


# --- who else --------------------------------------------------------------------------------------------------


def test_who_else_is_writing_is_told_with_name_part_and_time(app, unit, begun, other):
    begun.post(f"/soan/bai/{unit}/dang-soan", {"phan": "lesson/2"}, status=200)
    assert told(begun.page)["aiSoan"].strip() == ""
    other.post(f"/soan/bai/{unit}/dang-soan", {"phan": "../x"}, status=200)
    answer = told(other.page)
    assert re.search(r"Đồng chí Lê Thị Bích đang soạn mục 2, lúc \d\d:\d\d\.", answer["aiSoan"])
    assert answer["tu"] == drafting.digest(lesson(app, unit))
    assert "Lê Thị Bích đang soạn mục 2" in other.get(f"/soan/bai/{unit}").text
    begun.post(f"/soan/bai/{unit}/dang-soan", {"di": "1"}, status=200)
    assert "đang soạn mục 2" not in other.get(f"/soan/bai/{unit}").text
    with app.app_context():
        assert db.session.scalars(db.select(Editing.part)).all() == ["lesson"]


def test_a_line_older_than_a_minute_says_nothing(app, office, unit, other, begun):
    with app.app_context():
        old = now().replace(year=2025)
        db.session.add(Editing(unit_id=unit, person_id=office["nguoiduyet"], part="lesson", seen_at=old))
        db.session.commit()
    assert "Phạm Văn Đức" not in begun.get(f"/soan/bai/{unit}").text
    begun.post(f"/soan/bai/{unit}/dang-soan", {"phan": "lesson"}, status=200)
    with app.app_context():  # and is swept away by the next one
        assert db.session.scalars(db.select(Editing.person_id)).all() == [office["baocaovien"]]


# --- sections --------------------------------------------------------------------------------------------------


def test_sections_are_moved_named_added_and_taken_out_without_script(app, unit, begun):
    def act(viec, **fields):
        page = begun.get(f"/soan/bai/{unit}")
        begun.post(f"/soan/bai/{unit}/muc", {"viec": viec, "tu": hidden(page)} | fields)
        return [line for line in lesson(app, unit).split("\n") if line.startswith("## ")]

    before = act("ten", muc="1", ten="Tên khác")
    assert before[0].startswith("## Tên khác {#")
    assert begun.page.location == f"/soan/bai/{unit}?muc=1"
    assert act("xuong", muc="1")[:2] == before[1::-1]
    assert act("len", muc="2") == before
    assert "## Mục thêm {#muc-them}" in act("them", ten="Mục thêm", loai="muc")
    at = int(begun.page.location.rpartition("=")[2])
    assert act("bo", muc=str(at)) == before
    assert act("ten", muc="1", ten="  ") == before
    page = begun.post(f"/soan/bai/{unit}/muc", {"viec": "len", "muc": "99", "tu": "x"}, status=409)
    assert "không còn trong bài" in page.text


def test_a_change_of_the_sections_of_an_old_page_is_refused(app, unit, begun):
    before = lesson(app, unit)
    page = begun.post(f"/soan/bai/{unit}/muc", {"viec": "bo", "muc": "1", "tu": "cu"}, status=409)
    assert "vừa được người khác lưu" in page.text
    assert lesson(app, unit) == before


# --- citing ----------------------------------------------------------------------------------------------------


def test_a_provision_is_found_and_put_below_the_heading(app, unit, begun):
    page = begun.get(f"/soan/trich?bai={unit}&muc=2")
    assert "Quy định 144-QĐ/TW" in page.text
    page = begun.get(f"/soan/trich?bai={unit}&muc=2&tim=khong+gay+phien+ha")
    assert 'value="144-qd-tw#dieu-3.liem"' in page.html
    page = begun.get(f"/soan/trich?bai={unit}&muc=2&vb=10-ct-ttg")
    assert "chỉ diễn giải, không đặt trong dấu ngoặc kép" in page.text
    fields = {"bai": str(unit), "muc": "2", "dan": "10-ct-ttg#thu-tuc", "tu": hidden(page)}
    begun.post("/soan/trich", fields)
    assert begun.page.location == f"/soan/bai/{unit}?muc=2"
    cited = [line for line in lesson(app, unit).split("\n") if line.startswith("::: trich")]
    assert cited[1] == "::: trich 10-ct-ttg#thu-tuc"
    found = re.findall(
        r"<h3>(.*?)</h3><p>(.*?)</p>", begun.get(f"/soan/trich?bai={unit}&tim=quà+tặng").html.replace("\n", "")
    )
    assert found
    assert "quà tặng" in " ".join(found[0]).lower()
    assert all(re.search(r"\bquà\b", " ".join(one).lower()) for one in found)  # not "quản lý … tăng cường"
    shelf = begun.get(f"/soan/trich?bai={unit}&tim=144").html
    assert re.findall(r"<li><a href=\"[^\"]*vb=([\w-]+)", shelf) == ["144-qd-tw"]  # the document itself stands first
    assert "Không có điều khoản nào khớp" in begun.get(f"/soan/trich?bai={unit}&tim=%3F%3F").text
    assert "Không có điều khoản nào khớp “zzz”" in begun.get(f"/soan/trich?bai={unit}&tim=zzz").text


def test_what_is_not_verified_stands_there_with_the_reason_and_cannot_be_chosen(app, unit, begun):
    page = begun.get(f"/soan/trich?bai={unit}&vb=189-qd-tw")
    assert "Chưa đối chiếu với bản gốc nên chưa được dạy, chưa được hỏi." in page.text
    from quizapp.library import queries as library

    with app.app_context():
        document = library.document("189-qd-tw")
        anchor = next(one.anchor for one in document.walk() if not one.verified)
    reference = f"189-qd-tw#{anchor}"
    assert f'value="{reference}"' not in page.html
    fields = {"bai": str(unit), "muc": "1", "dan": reference, "tu": hidden(begun.get(f"/soan/bai/{unit}"))}
    page = begun.post("/soan/trich", fields, status=409)
    assert "chưa đối chiếu" in page.text
    for wrong in ("khong-co#x", "144-qd-tw#khong", "144-qd-tw"):
        begun.post("/soan/trich", fields | {"dan": wrong}, status=409)
    begun.post("/soan/trich", fields | {"muc": "99", "dan": "144-qd-tw#dieu-3.liem"}, status=409)
    begun.post("/soan/trich", {"bai": "x"}, status=404)
    begun.get("/soan/trich?vb=khong-co", 404)


# --- the head --------------------------------------------------------------------------------------------------

HEAD = {
    "ten": "Tên mới", "so": "30", "nhiem-vu": "ba-la", "vi-sao": "Vì thế.", "phut": "6", "tinh-diem": "y", "dat": "70",
    "bao": "after", "phut-thi": "15", "gio-cho": "",
    "ma-1": "ke", "muc-tieu-1": "Kể được", "rut-1": "2", "ma-2": "", "muc-tieu-2": "Nhận ra đường đi", "rut-2": "1",
    "ma-3": "", "muc-tieu-3": "", "rut-3": "",
}  # fmt: skip


def test_the_head_and_the_quiz_are_kept_together(app, unit, begun):
    page = begun.get(f"/soan/bai/{unit}/thong-tin")
    digests = {name: hidden(page, name) for name in ("tu-head", "tu-quiz")}
    begun.post(f"/soan/bai/{unit}/thong-tin", HEAD | digests)
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(unit))
    head = {name: body["head"][name] for name in ("title", "number", "task", "why", "minutes", "graded", "objectives")}
    aims = [{"key": "ke", "text": "Kể được"}, {"key": "nhan-ra-duong-di", "text": "Nhận ra đường đi"}]
    said = {"title": "Tên mới", "number": 30, "task": "ba-la", "why": "Vì thế.", "minutes": 6, "graded": True}
    assert head == said | {"objectives": aims}
    draw = {"ke": 2, "nhan-ra-duong-di": 1}
    assert body["quiz"] == {"feedback": "after", "pass_percent": 70, "draw": draw, "minutes": 15}
    assert "mục tiêu “Nhận ra đường đi” có 0 câu" in begun.get(f"/soan/bai/{unit}").text


@pytest.mark.parametrize(
    ("wrong", "why"),
    [({"ten": " "}, "Ghi tên bài."), ({"phut": "nửa"}, "Nhập một số nguyên."), ({"dat": "101"}, "Nhập số từ 0 đến 100."),
     ({"nhiem-vu": "bay-la"}, "Chọn một mục"), ({"ma-1": "K Ê"}, "Nội dung chưa đúng dạng."),
     ({"so": ""}, "Ghi số bài."), ({"so": "100"}, "Nhập số từ 0 đến 99."), ({"bao": "x"}, "Chọn một mục"),
     ({"so": "6"}, "Bài “Ngăn chặn nhũng nhiễu, “tham nhũng vặt”” đang mang số này.")],
)  # fmt: skip
def test_what_is_wrong_in_the_head_is_said_beside_the_field(app, unit, begun, wrong, why):
    page = begun.post(f"/soan/bai/{unit}/thong-tin", HEAD | wrong, status=200)
    assert page.title.startswith("Lỗi:")
    assert why in page.text
    with app.app_context():
        assert drafts.body_of(drafts.draft_of(unit))["head"]["title"] != "Tên mới"


def test_two_writers_of_a_head_see_where_they_differ(app, unit, begun, other):
    pages = [who.get(f"/soan/bai/{unit}/thong-tin") for who in (begun, other)]
    sent = [HEAD | {name: hidden(page, name) for name in ("tu-head", "tu-quiz")} for page in pages]
    begun.post(f"/soan/bai/{unit}/thong-tin", sent[0])
    page = other.post(f"/soan/bai/{unit}/thong-tin", sent[1] | {"ten": "Tên của Hai", "rut-1": "3"}, status=409)
    assert "Đồng chí Lê Thị Bích vừa lưu phần này" in page.text
    assert "Bản đang lưu ghi: “Tên mới”" in page.text
    assert "Bản đang lưu ghi: “2”" in page.text
    assert 'value="Tên của Hai"' in page.html
    again = sent[1] | {name: hidden(page, name) for name in ("tu-head", "tu-quiz")}
    other.post(f"/soan/bai/{unit}/thong-tin", again | {"ten": "Tên của Hai"})
    with app.app_context():
        assert drafts.body_of(drafts.draft_of(unit))["head"]["title"] == "Tên của Hai"


def test_the_finals_fields_are_its_own(app, visit):
    with app.app_context():
        final = db.session.scalars(db.select(Unit.id).filter_by(key="bai-11")).one()
    me = visit("baocaovien")
    me.post(f"/soan/bai/{final}/soan")
    assert "Bài kiểm tra tổng hợp không có phần đọc" in me.follow().text
    page = me.get(f"/soan/bai/{final}/thong-tin")
    assert "Thời gian làm bài (phút)" in page.text
    assert "Tính điểm" not in page.text
    fields = dict(re.findall(r'name="([\w-]+)"[^>]* value="([^"]*)"', page.html))
    fields |= {"ten": "Kiểm tra tổng hợp", "phut-thi": "45", "nhiem-vu": "", "vi-sao": "Vì thế."}
    me.post(f"/soan/bai/{final}/thong-tin", {name: value for name, value in fields.items() if name != "csrf"})
    with app.app_context():
        body = drafts.body_of(drafts.draft_of(final))
        assert body["quiz"]["minutes"] == 45
        assert len(body["head"]["objectives"]) == 6
        assert drafts.reading(drafts.draft_of(final)).lacks == ()


# --- from nothing, and to nothing ------------------------------------------------------------------------------


def test_a_new_unit_is_written_from_nothing_until_nothing_is_missing(app, visit):
    me = visit("baocaovien")
    page = me.post("/soan/bai-moi", {"ten": "", "noi": "x"}, status=200)
    assert "Ghi tên bài." in page.text
    noi = re.search(r'<option[^>]* value="(\d+/ba-la)"', me.get("/soan/bai-moi").html)[1]
    me.post("/soan/bai-moi", {"ten": "Bài thử", "noi": noi})
    unit_id = int(re.search(r"/bai/(\d+)/", me.page.location)[1])
    page = me.follow()
    digests = {name: hidden(page, name) for name in ("tu-head", "tu-quiz")}
    fields = {name: value for name, value in HEAD.items() if not name.startswith("ma-")}
    me.post(f"/soan/bai/{unit_id}/thong-tin", fields | {"ten": "Bài thử", "so": "12", "phut": "2"} | digests)
    page = me.follow()
    assert "Bài 12. Bài thử" in page.text
    assert "Còn thiếu" in page.text
    kinds = ("", "", " .tinh-huong", " .tu-lam", " .viec-can-lam")
    text = "".join(
        f"## Mục {n} {{#muc-{n}{kind}}}\n\n::: trich 10-ct-ttg#thu-tuc\n\nChữ.\n\n" for n, kind in enumerate(kinds)
    )
    me.post(f"/soan/bai/{unit_id}/luu", {"noi-dung": text, "tu": hidden(page)})
    with app.app_context():
        asked = {
            "kind": "true_false",
            "level": "nho",
            "provision": "10-ct-ttg#thu-tuc",
            "answer": True,
            "why": "Vì thế.",
        }
        aims = ["ke-duoc", "ke-duoc", "nhan-ra-duong-di"]
        draft = drafts.draft_of(unit_id)
        questions = [asked | {"objective": aim, "prompt": f"Nhận định {n}."} for n, aim in enumerate(aims)]
        keys = drafts.add_questions(unit_id, questions, draft.changed_by, now())
        db.session.commit()
        assert keys == ["b12-01", "b12-02", "b12-03"]
    page = me.get(f"/soan/bai/{unit_id}")
    assert "Còn thiếu" not in page.text
    assert "Rút 3 trong 3 câu" in page.text
    assert "Bài 12. Bài thử" in me.get("/soan").text
    me.get(f"/soan/bai/{unit_id}/ban-dang-dung", 303)  # nothing is in use yet
    visit("nguoiduyet").get(f"/soan/bai/{unit_id}/ban-dang-dung", 404)


def test_a_new_unit_with_the_name_of_another_is_asked_about(app, visit):
    me = visit("baocaovien")
    html = me.get("/soan/bai-moi").html
    assert "cung-ten" not in html
    said = {"ten": "  ngăn chặn NHŨNG NHIỄU, “tham nhũng vặt” ", "noi": re.search(r'value="(\d+/ba-la)"', html)[1]}
    page = me.post("/soan/bai-moi", said, status=200)
    assert "Khóa học đã có bài cùng tên : Bài 6." in page.text
    with app.app_context():
        assert db.session.scalars(db.select(Draft)).all() == []
    me.post("/soan/bai-moi", said | {"cung-ten": "y"})
    me.post("/soan/bai-moi", {"ten": "Bài thử", "noi": said["noi"]})
    assert "đã có bài cùng tên" in me.post("/soan/bai-moi", {"ten": "Bài  thử", "noi": said["noi"]}, status=200).text
    desk = me.get("/soan").text
    assert desk.index("12. ngăn chặn") < desk.index("Kiểm tra tổng hợp")
    assert "11. Kiểm tra tổng hợp" not in desk


def test_giving_a_draft_up_asks_for_a_reason_and_leaves_what_is_in_use(app, office, unit, begun):
    page = begun.get(f"/soan/bai/{unit}/bo")
    assert "Bản đang dùng giữ nguyên" in page.text
    assert "Ghi lý do" in begun.post(f"/soan/bai/{unit}/bo", {"ly-do": ""}, status=200).text
    begun.post(f"/soan/bai/{unit}/dang-soan", {"phan": "lesson"}, status=200)
    begun.post(f"/soan/bai/{unit}/bo", {"ly-do": "Viết nhầm bài"})
    assert "Đã bỏ bản nháp" in begun.follow().text
    with app.app_context():
        assert drafts.draft_of(unit) is None
        assert db.session.get(Unit, unit).revision_id
        row = db.session.scalars(db.select(Audit).filter_by(act="give_up_draft")).one()
        assert (row.actor_id, row.reason) == (office["baocaovien"], "Viết nhầm bài")
    page = begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": "x", "tu": "x"}, status=404)


def test_a_unit_that_was_never_published_is_gone_with_its_draft(app, visit):
    me = visit("baocaovien")
    noi = re.search(r'<option[^>]* value="(\d+/)"', me.get("/soan/bai-moi").html)[1]
    me.post("/soan/bai-moi", {"ten": "Bài thử", "noi": noi})
    unit_id = int(re.search(r"/bai/(\d+)/", me.page.location)[1])
    me.post(f"/soan/bai/{unit_id}/dang-soan", {"phan": "lesson"}, status=200)
    me.post(f"/soan/bai/{unit_id}/bo", {"ly-do": "Thử thôi"})
    with app.app_context():
        assert db.session.get(Unit, unit_id) is None
    me.get(f"/soan/bai/{unit_id}", 303)
    me.get(me.page.location, 404)


def test_the_editors_page_takes_the_same_few_statements_however_much_is_written(unit, begun, statements):
    begun.get(f"/soan/bai/{unit}")
    with statements() as counted:
        page = begun.get(f"/soan/bai/{unit}")
    assert len(counted) <= 10, counted
    text = "## Mục {#muc}\n\nchữ\n\n" * 300
    begun.post(f"/soan/bai/{unit}/luu", {"noi-dung": text, "tu": hidden(page)})
    with statements() as after:
        begun.get(f"/soan/bai/{unit}")
    assert len(after) == len(counted)


# --- quotations ------------------------------------------------------------------------------------------------

OFFICIAL = """Điều 1. Yêu nước, trung thành

Cán bộ phải tôn trọng Nhân dân.

Điều 3. Cần, kiệm, liêm, chính, chí công vô tư

1. Cán bộ phải tận tụy với công việc, không gây phiền hà cho Nhân dân.

2. Không tham ô, lãng phí, không nhận quà tặng trái quy định."""


@pytest.fixture
def official(app, office):
    """Quy định 144 has an official text, which somebody else has compared."""
    with app.app_context():
        document = db.session.scalars(db.select(Document).filter_by(code="144-qd-tw")).one()
        who = {"added_by": office["baocaovien"], "confirmed_by": office["nguoiduyet"], "added_at": now()}
        row = {"document_id": document.id, "number": 1, "state": "confirmed", "text": OFFICIAL, "source": "bản ký"}
        db.session.add(OfficialText(**row, **who, confirmed_at=now(), told=[], reason=""))
        db.session.commit()


def quote(me, unit, passage, status, cited="dieu-3.liem", **more):
    page = me.get(f"/soan/bai/{unit}")
    fields = {"bai": str(unit), "muc": "2", "dan": f"144-qd-tw#{cited}", "tu": hidden(page), "doan": passage}
    return me.post("/soan/trich/nguyen-van", fields, status=status, **more)


def test_a_passage_goes_in_as_a_quotation_only_where_it_matches_letter_by_letter(app, unit, begun, official):
    page = begun.get(f"/soan/trich?bai={unit}&muc=2&vb=144-qd-tw")
    assert "Có toàn văn đã đối chiếu: trích được nguyên văn." in page.text
    assert "không gây phiền hà cho Nhân dân." in page.text
    page = quote(begun, unit, "Cán bộ phải tận tâm với công việc, không gây phiền hà cho nhân dân.", 409)
    assert re.search(r"Đoạn trích khác bản gốc \d+ chữ \(bôi vàng\)", page.text)
    assert "<mark>" in page.html
    quote(begun, unit, "  ", 409)
    quote(begun, unit, "“Cán bộ phải tận tụy  với công việc, […] cho Nhân dân.”", 303)
    text = lesson(app, unit)
    assert "\n> “Cán bộ phải tận tụy với công việc, […] cho Nhân dân.”\n" in text
    page = begun.get(f"/soan/bai/{unit}?muc=2")
    assert "1 đoạn trích khớp nguyên văn" in page.text
    assert "<blockquote>" in page.html
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": text.replace("tận tụy với", "tận tụy cùng")}, status=200)
    column = told(begun.page)["chatLuong"]
    assert "Còn thiếu 1 chỗ" in column
    assert "khác bản gốc" in column
    assert "<mark>" in column


def test_the_script_gets_the_quotation_to_put_in_or_what_differs(unit, begun, official):
    quote(begun, unit, "không nhận quà tặng trái quy định", 200, **SCRIPT)
    assert told(begun.page) == {"trich": "“không nhận quà tặng trái quy định”"}
    quote(begun, unit, "không nhận tiền tặng trái quy định", 409, **SCRIPT)
    assert "Đoạn trích khác bản gốc" in told(begun.page)["html"]


def test_a_passage_of_another_provision_is_no_quotation_of_the_cited_one(app, unit, begun, official):
    page = quote(begun, unit, "Cán bộ phải tôn trọng Nhân dân.", 409)
    assert "Đoạn này khớp nguyên văn, nhưng nằm ở Điều 1, không phải Điều 3." in page.text
    assert '<option value="144-qd-tw#dieu-1">' in page.html  # chosen anew on the same page
    quote(begun, unit, "Không tham ô, lãng phí", 409, "chung", **SCRIPT)
    assert "nhưng nằm ở Điều 3, không phải “Thông tin chung”." in told(begun.page)["html"]
    quote(begun, unit, "Cán bộ phải tôn trọng Nhân dân.", 303, "dieu-1")
    text = lesson(app, unit)
    assert "144-qd-tw#dieu-1\n\n> “Cán bộ phải tôn trọng Nhân dân.”\n" in text
    assert "1 đoạn trích khớp nguyên văn" in begun.get(f"/soan/bai/{unit}?muc=2").text
    moved = text.replace("144-qd-tw#dieu-1\n\n>", "144-qd-tw#dieu-3\n\n>")
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": moved}, status=200)
    column = told(begun.page)["chatLuong"]
    assert "đoạn này khớp nguyên văn, nhưng nằm ở Điều 1, không phải Điều 3" in column
    assert "1 đoạn trích khớp nguyên văn" not in column


@pytest.mark.parametrize(
    ("typed", "quoted"),
    [
        ("không vì “lợi ích nhóm”", "“không vì “lợi ích nhóm””"),
        ("“không vì “lợi ích nhóm””", "“không vì “lợi ích nhóm””"),
        ("“lợi ích nhóm”", "“lợi ích nhóm”"),
        ("“không vì", "“không vì”"),
        ("không vì ”", "“không vì”"),
    ],
)
def test_marks_of_the_text_itself_stay_and_those_around_the_quotation_are_ours(typed, quoted):
    passage, found = quotes.read(typed, "Cán bộ không vì “lợi ích nhóm” mà làm sai.")
    assert (f"“{quoting.plain(passage)}”", type(found)) == (quoted, quoting.Matches)


def test_a_mark_that_differs_is_shown():
    _, found = quotes.read('vì "lợi ích nhóm"', "Cán bộ không vì “lợi ích nhóm” mà làm sai.")
    assert [(one.quoted, one.original) for one in found.pieces if not one.same] == [('"', "“"), ('"', "”")]


def test_without_an_official_text_there_is_only_paraphrase(app, unit, begun):
    page = quote(begun, unit, "Cán bộ phải tận tụy với công việc", 409)
    assert "Thư viện chưa có bản gốc của Quy định 144-QĐ/TW" in page.text
    text = lesson(app, unit).replace("\n\n", "\n\n> “Cán bộ phải tận tụy.”\n\n", 2)
    begun.post(f"/soan/bai/{unit}/xem-thu", {"noi-dung": text}, status=200)
    assert "bỏ khối trích, viết lại thành lời diễn giải" in told(begun.page)["chatLuong"]


# --- pictures --------------------------------------------------------------------------------------------------


def test_a_picture_goes_into_a_section_with_words_in_its_place(app, unit, begun):
    def send(data, words, status, name="Sơ đồ.PNG"):
        fields = {"muc": "2", "chu": words, "tep": (io.BytesIO(data), name)}
        return begun.post(f"/soan/bai/{unit}/anh", fields, status=status, content_type="multipart/form-data")

    before = lesson(app, unit)
    assert "Ghi điều hình cho thấy" in send(drawn.drawn(), " ", 200).text
    assert "Tệp này không phải hình" in send(b"%PDF-1.4", "Sơ đồ", 409).text
    assert "chưa chọn tệp" in begun.post(f"/soan/bai/{unit}/anh", {"chu": "Sơ đồ"}, status=409).text
    assert lesson(app, unit) == before
    send(drawn.drawn(), "Sơ đồ [một cửa]", 303)
    assert re.search(r"\n!\[Sơ đồ \(một cửa\)\]\(anh:so-do\.\w+\)\n", lesson(app, unit))
    page = begun.follow()
    assert re.search(r'<img class="pic" src="/anh/[0-9a-f]{64}\.\w+" alt="Sơ đồ \(một cửa\)"', page.html)
    assert "Đủ để gửi duyệt" in page.text
    send(drawn.drawn(), "Lần nữa", 303)  # the same picture is kept once
    with app.app_context():
        assert len(drafts.body_of(drafts.draft_of(unit))["media"]) == 1
