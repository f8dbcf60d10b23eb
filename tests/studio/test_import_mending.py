"""Sửa khi nhập: situations, what is broken after the good ones went in, and pictures with the words in their place."""

import base64
import io

import pytest
from courses.moodle_files import answer, png, question, quiz

from quizapp.courses import album, drafts, offering
from quizapp.courses.exchange.formats import FORMATS
from quizapp.database import db
from quizapp.domain.interchange import Offered, OfferedOption
from quizapp.domain.pictures import media_of
from quizapp.files.models import Picture

CASE = (
    "Tình huống chung cho 2 câu sau: Người dân để lại phong bì.\nCâu 1. Nên làm gì?\nA. Trả lại\nB. Giữ\nĐáp án: A\n"
    "Câu 2. Ai phải báo?\nA. Người nhận\nB. Không ai\n"
)
SHOWN = '<p>Hình cho thấy gì?</p><p><img src="@@PLUGINFILE@@/so%20do.png" alt="{}"></p>'


def word(text):
    from docx import Document

    made, out = Document(), io.BytesIO()
    for line in text.split("\n"):
        made.add_paragraph(line)
    made.save(out)
    return out.getvalue()


def body(app, unit):
    with app.app_context():
        return drafts.body_of(drafts.draft_of(unit))


def pictured(alt, colour="red"):
    """A Moodle question with a picture in its text and another one in an option."""
    held = base64.b64encode(png(colour)).decode()
    file = f'<file name="so do.png" path="/" encoding="base64">{held}</file>'
    inside = "<single>true</single>" + answer("100", "Sơ đồ") + answer("0", "Ảnh")
    return question("multichoice", inside, SHOWN.format(alt)).replace(
        "</text>\n    </questiontext>", f"</text>{file}</questiontext>"
    )


# --- situations ------------------------------------------------------------------------------------------------


def test_a_situation_is_mended_question_by_question(app, hand_in, unit):
    who, address = hand_in(word(CASE), "x.docx")
    assert "0 câu sẽ nhập, 1 câu cần sửa" in who.get(address).text
    page = who.get(f"{address}/cau/0")
    assert "Câu 2 của tình huống" in page.text
    assert "Người dân để lại phong bì." in page.text
    who.post(f"{address}/cau/0", {"situation": "Người dân để lại quà.", "c2-key": "A", "c2-text": "Ai phải báo cáo?"})
    assert "1 câu sẽ nhập, 0 câu cần sửa" in who.get(address).text
    who.post(f"{address}/ghi", {})
    case = body(app, unit)["questions"][-1]
    assert (case["kind"], case["situation"]) == ("case", "Người dân để lại quà.")
    assert [one["prompt"] for one in case["questions"]] == ["Nên làm gì?", "Ai phải báo cáo?"]
    assert case["questions"][1]["options"][0]["right"] is True


def test_a_question_may_be_dropped_from_a_situation(app, hand_in, unit):
    who, address = hand_in(word(CASE), "x.docx")
    who.get(f"{address}/cau/0")
    who.post(f"{address}/cau/0", {"c2-bo": "1"})
    who.get(address)
    who.post(f"{address}/ghi", {})
    single = body(app, unit)["questions"][-1]
    assert (single["kind"], single["situation"], single["prompt"]) == (
        "single",
        "Người dân để lại phong bì.",
        "Nên làm gì?",
    )


# --- after the good ones went in -------------------------------------------------------------------------------


def test_what_is_broken_is_mended_after_the_good_ones_went_in(app, hand_in, unit):
    who, address = hand_in("Việc nào nên làm trước?{=a ~b}\n\nHỏng ngoặc { =x ~y\n")
    who.get(address)
    who.post(f"{address}/ghi", {})
    page = who.get(address)
    assert "1 câu đã ở trong bản nháp" in page.text
    assert "Còn 1 câu cần sửa, 0 câu sẽ nhập thêm." in page.text
    count = len(body(app, unit)["questions"])
    who.get(f"{address}/cau/0", 404)  # that one is mended in the draft
    who.get(f"{address}/cau/1")
    told = {"kind": "Chọn một", "text": "Hỏng ngoặc?", "option_a": "x", "option_b": "y", "key": "A"}
    who.post(f"{address}/cau/1", told)
    assert "Nhập 1 câu" in who.get(address).text
    who.post(f"{address}/ghi", {})
    assert [one["prompt"] for one in body(app, unit)["questions"][-2:]] == ["Việc nào nên làm trước?", "Hỏng ngoặc?"]
    assert len(body(app, unit)["questions"]) == count + 1
    assert "2 câu đã ở trong bản nháp" in who.get(address).text
    who.post(f"{address}/ghi", {}, 409)


# --- pictures --------------------------------------------------------------------------------------------------


def test_a_picture_goes_from_the_file_into_the_draft(app, hand_in, unit):
    who, address = hand_in(quiz(pictured("Sơ đồ tổ chức"), pictured("Sơ đồ khác", "blue")), "x.xml")
    page = who.get(f"{address}?xem=tat-ca")
    assert who.get(f"{address}/hinh/so-do.webp").response.mimetype == "image/webp"
    assert 'alt="Sơ đồ khác"' in page.html
    with app.app_context():
        assert db.session.scalars(db.select(Picture)).all() == []  # nothing is kept for good before it is confirmed
    who.post(f"{address}/chon", {"co": ["0", "1"], "lay": ["0", "1"], "xem": "tat-ca", "tu": "0"})
    who.get(address)
    who.post(f"{address}/ghi", {})
    told = body(app, unit)
    first, second = (one["prompt"] for one in told["questions"][-2:])
    assert first == "Hình cho thấy gì?  \n![Sơ đồ tổ chức](anh:so-do.webp)"
    assert second == "Hình cho thấy gì?  \n![Sơ đồ khác](anh:so-do-2.webp)"
    assert told["media"]["so-do.webp"] != told["media"]["so-do-2.webp"]
    assert who.get(f"/anh/{told['media']['so-do.webp']['file']}").response.mimetype == "image/webp"


def test_words_in_the_place_of_a_picture_are_asked_for(app, hand_in, unit):
    who, address = hand_in(quiz(pictured("")), "x.xml")
    page = who.get(f"{address}?xem=chu-hinh")
    assert "Có hình chưa có chữ thay hình." in page.text
    who.post(
        f"{address}/chon",
        {"co": ["0"], "lay": ["0"], "chu-0-so-do.webp": "Sơ đồ [ba] tầng", "xem": "chu-hinh", "tu": "0"},
    )
    assert "chưa có chữ thay hình" not in who.get(address).text
    who.post(f"{address}/ghi", {})
    assert "![Sơ đồ (ba) tầng](anh:so-do.webp)" in body(app, unit)["questions"][-1]["prompt"]


def test_mending_a_question_keeps_its_picture(app, hand_in, unit):
    who, address = hand_in(quiz(pictured("Sơ đồ *ba* tầng")), "x.xml")
    page = who.get(f"{address}/cau/0")
    assert "![Sơ đồ *ba* tầng](so-do.webp)" in page.text
    told = {"text": "Đây là gì? ![Sơ đồ *ba* tầng](so-do.webp)", "key": "B"}
    who.post(f"{address}/cau/0", told)
    who.get(address)
    who.post(f"{address}/ghi", {})
    asked = body(app, unit)["questions"][-1]
    assert asked["prompt"] == "Đây là gì? ![Sơ đồ *ba* tầng](anh:so-do.webp)"
    assert asked["options"][1]["right"] is True


def test_a_second_file_brings_pictures_of_the_same_name(app, hand_in, unit):
    for colour in ("red", "blue", "red"):
        who, address = hand_in(quiz(pictured("Sơ đồ", colour)), "x.xml")
        who.get(address)
        who.post(f"{address}/chon", {"co": ["0"], "lay": ["0"], "xem": "tat-ca", "tu": "0"})
        who.get(address)
        who.post(f"{address}/ghi", {})
    shown = [one["prompt"].partition("anh:")[2] for one in body(app, unit)["questions"][-3:]]
    assert shown == ["so-do.webp)", "so-do-2.webp)", "so-do.webp)"]


def test_what_is_no_picture_is_left_out_and_said(hand_in):
    broken = pictured("Sơ đồ").replace(
        base64.b64encode(png()).decode(), base64.b64encode(b"<svg onload=alert(1)>").decode()
    )
    who, address = hand_in(quiz(broken), "x.xml")
    page = who.get(address)
    assert "Tệp “so do.png” không phải là hình PNG, JPEG, GIF hoặc WebP: đã bỏ ra." in page.text
    who.get(f"{address}/hinh/so-do.webp", 404)


@pytest.mark.parametrize("name", ["moodle", "qti", "docx"])
def test_pictures_go_out_and_come_back(app, hand_in, unit, name):
    who, address = hand_in(quiz(pictured("Sơ đồ tổ chức")), "x.xml")
    who.get(address)
    who.post(f"{address}/ghi", {})
    with app.app_context():
        item = offering.from_question(body(app, unit)["questions"][-1])
        media = media_of(drafts.body_of(drafts.draft_of(unit)))
        sent = album.with_pictures(item, media)
    form = FORMATS[name]
    assert list(form.lost(sent)) == []
    (back,) = form.read(form.write([sent]), "x" + form.ends[0])
    assert "![Sơ đồ tổ chức](so-do" in back.text
    assert len(back.pictures) == 1
    assert back.problems == ()


@pytest.mark.parametrize("name", ["xlsx", "gift", "aiken"])
def test_formats_without_pictures_say_so(app, hand_in, unit, name):
    options = (OfferedOption(text="Sơ đồ", weight=100), OfferedOption(text="Ảnh"))
    item = Offered(kind="single", id="b-1", text="Gì? ![Sơ đồ](so-do.webp)", options=options)
    (told,) = FORMATS[name].lost(item)
    assert "hình" in told.why
    (back,) = FORMATS[name].read(FORMATS[name].write([item]), "x" + FORMATS[name].ends[0])
    assert "so-do.webp" not in back.text or back.problems
