"""Nhập câu hỏi: from the file through the preview into the draft; nothing is written before it is confirmed."""

import io

import pytest

from quizapp.courses import drafts
from quizapp.courses.exchange import sheet
from quizapp.courses.models import Draft, Unit
from quizapp.courses.queries import taught
from quizapp.database import db
from quizapp.domain.interchange import MOST_BYTES
from quizapp.domain.old_fonts import back
from quizapp.jobs.models import Job

GIFT = (
    "::Một::Việc nào nên làm trước khi nhận hồ sơ của người dân?{=Kiểm tra đủ giấy tờ#Đúng. ~Hẹn ngày khác#Sai.}\n\n"
    "Câu tự luận về liêm chính {}\n\n::Ba::Hỏng ngoặc { =a\n\n"
    "::Bốn::Hai với hai là mấy?{#4}\n"
)


def questions(app, unit):
    with app.app_context():
        found = drafts.draft_of(unit)
        return None if found is None else drafts.body_of(found)["questions"]


def test_questions_go_from_the_file_through_the_preview_into_the_draft(app, hand_in, unit):
    who, address = hand_in(GIFT)
    page = who.get(address)
    assert "Đọc được 4 câu: 2 câu sẽ nhập, 2 câu cần sửa" in page.text
    assert "Dòng 5: Thiếu ngoặc “}”." in page.text
    assert "không chấm tự động được" in page.text
    assert "Phương án A, B chưa có lời giải thích" not in page.text
    assert "Quy định 144-QĐ/TW, Điều 1" in page.text  # the provisions that the lesson rests on, by their names
    assert questions(app, unit) is None
    who.post(f"{address}/ghi", {"muc-tieu": "ke", "dieu-khoan": "144-qd-tw#dieu-1", "muc": "nho"})
    first, second = questions(app, unit)[-2:]
    assert (first["prompt"], first["objective"], first["level"]) == (
        "Việc nào nên làm trước khi nhận hồ sơ của người dân?",
        "ke",
        "nho",
    )
    assert first["options"][0] == {"key": "a", "text": "Kiểm tra đủ giấy tờ", "right": True, "why": "Đúng."}
    assert (second["kind"], second["value"], second["provision"]) == ("number", 4.0, "144-qd-tw#dieu-1")
    page = who.get(address)
    assert "2 câu đã ở trong bản nháp" in page.text
    assert "Tải các câu cần sửa kèm vấn đề" in page.text
    count = len(questions(app, unit))
    who.post(f"{address}/ghi", {}, 409)
    assert len(questions(app, unit)) == count


def test_what_is_broken_is_mended_on_the_spot(app, hand_in, unit):
    who, address = hand_in(GIFT)
    page = who.get(f"{address}/cau/2")
    assert "Thiếu ngoặc" in page.text
    who.post(f"{address}/cau/2", {"kind": "Chọn một", "text": "Hỏng?", "option_a": "x"}, 200)
    told = {
        "kind": "Chọn một",
        "text": "Việc nào **KHÔNG** nên?",
        "option_a": "x",
        "option_b": "y",
        "key": "B",
        "why_a": "vì",
    }
    who.post(f"{address}/cau/2", told)
    assert "3 câu sẽ nhập, 1 câu cần sửa" in who.get(address).text
    who.post(f"{address}/ghi", {})
    mended = questions(app, unit)[-2]
    assert mended["prompt"] == "Việc nào **KHÔNG** nên?"
    assert [one.get("right", False) for one in mended["options"]] == [False, True]


def test_a_question_that_is_not_wanted_stays_out(app, hand_in, unit):
    who, address = hand_in(GIFT)
    who.get(address)
    who.post(f"{address}/chon", {"co": ["0", "3"], "lay": ["3"], "xem": "tat-ca", "tu": "0"})
    who.get(address)
    who.post(f"{address}/ghi", {})
    assert [one["kind"] for one in questions(app, unit)].count("number") >= 1
    assert "Việc nào nên làm" not in str(questions(app, unit))


def test_a_twin_is_shown_beside_the_question_and_left_out_unless_wanted(app, hand_in, unit):
    with app.app_context():
        asked = next(taught(db.session.get(Unit, unit).revision_id).unit.each_question())
    text = f"{asked.situation or ''} {asked.prompt}".replace("{", "\\{").replace(":", "\\:").replace("=", "\\=")
    who, address = hand_in(f"{text}{{T}}\n\nCâu khác hẳn về việc nộp tờ khai đúng hạn{{F}}\n")
    page = who.get(f"{address}?xem=gan-giong")
    assert f"Gần giống câu {asked.key}" in page.text
    assert "1 câu sẽ nhập" in page.text


def test_the_questions_to_be_mended_can_be_taken_along(hand_in):
    who, address = hand_in(GIFT)
    found = sheet.read(who.get(f"{address}/cau-can-sua.xlsx").response.data, "x.xlsx")
    assert len(found) == 2


def test_the_template_is_a_sheet_of_questions(visit):
    assert len(sheet.read(visit("baocaovien").get("/soan/nhap/mau.xlsx").response.data, "x.xlsx")) == 8


def test_an_old_encoding_is_said_and_converted_when_asked(app, hand_in, work, unit):
    text = "Cán bộ, công chức được tặng quà thì phải làm gì?\nA. Báo cáo người đứng đầu\nB. Giữ lại\nANSWER: A\n"
    who, address = hand_in(back(text, "tcvn3").encode("latin-1"), "cau-hoi.txt")
    assert "TCVN3" in who.get(address).text
    address = who.post(f"{address}/doc-lai", {"bang-ma": "tcvn3"}).location
    work()
    assert "Cán bộ, công chức được tặng quà thì phải làm gì?" in who.get(address).text


BAD = {
    "trống": ("x.gift", b"", 409),
    "Không nhận được tệp": ("x.pdf", b"%PDF-1.4", 409),
    "không phải tệp Word": ("x.docx", b"PK\x05\x06" + b"\0" * 18, 303),
    "thực thể": ("x.docx", None, 303),
    "không phải bảng tính": ("x.xlsx", b"GIF89a\0\0", 303),
    "Không thấy câu hỏi GIFT": ("x.gift", "Chỉ có chữ".encode(), 303),
    "Không thấy câu hỏi Aiken": ("x.txt", b"ANSWER: A", 303),
    "không phải tệp chữ": ("x.gift", b"\0\x01\x02" * 40, 303),
}  # fmt: skip


@pytest.mark.parametrize("sentence", BAD)
def test_a_file_that_is_none_is_refused_with_a_sentence_and_nothing_is_stored(app, visit, work, unit, sentence):
    from courses.test_word import BAD as WORD

    name, data, status = BAD[sentence]
    data = WORD["entities"][0] if data is None else data
    who = visit("baocaovien")
    who.get("/soan/nhap")
    page = who.post(
        "/soan/nhap", {"tep": (io.BytesIO(data), name), "bai": str(unit)}, status, content_type="multipart/form-data"
    )
    if status == 303:
        work()
        page = who.get(page.location)
    assert sentence in page.text
    assert questions(app, unit) is None
    with app.app_context():
        assert db.session.scalars(db.select(Draft)).all() == []


def test_a_file_of_a_hundred_megabytes_is_refused_unread(app, visit):
    who = visit("baocaovien")
    told = {
        "content_type": "multipart/form-data; boundary=x",
        "environ_overrides": {"CONTENT_LENGTH": str(5 * MOST_BYTES)},
    }
    page = who._run(who.client.post, path="/soan/nhap", input_stream=io.BytesIO(b"--x"), **told)
    assert page.status == 413
    with app.app_context():
        assert db.session.scalars(db.select(Job)).all() == []


@pytest.mark.parametrize(
    "payload", ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg onload=alert(1)>"]
)
@pytest.mark.parametrize("form", ["html", "markdown", "plain", "moodle"])
def test_scripts_in_a_question_do_nothing_on_the_preview(hand_in, payload, form):
    text = payload.replace("=", "\\=").replace(":", "\\:")
    who, address = hand_in(f"[{form}]Trước {text} sau{{=a {text} ~b#{text}}}\n")
    page = who.get(address).html
    for tag in ("<script>alert", "<img src=x", "<svg onload"):
        assert tag not in page


def test_a_unit_has_to_be_chosen(visit, unit):
    who = visit("baocaovien")
    who.get("/soan/nhap")
    page = who.post("/soan/nhap", {"tep": (io.BytesIO(b"x{T}"), "x.gift")}, 409, content_type="multipart/form-data")
    assert "Đồng chí chưa chọn bài." in page.text


def test_an_upload_is_its_owners_alone(visit, hand_in):
    _, address = hand_in(GIFT)
    visit("hocvien").get(address, 403)
    visit("nguoiduyet").get("/soan/nhap", 403)


def test_a_units_questions_are_a_file(visit, unit):
    who = visit("nguoiduyet")
    assert "Xuất câu hỏi" in who.get("/soan/xuat").text
    found = sheet.read(who.get(f"/soan/xuat?bai={unit}&dang=xlsx").response.data, "x.xlsx")
    assert len(found) > 5
    page = who.get(f"/soan/xuat?bai={unit}&dang=aiken")
    assert "Aiken không ghi được phần giải thích" in page.text
    assert b"ANSWER:" in who.get(f"/soan/xuat?bai={unit}&dang=aiken&tai=1").response.data
