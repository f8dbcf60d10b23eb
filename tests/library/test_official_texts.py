"""Bản chính thức: added, corrected, compared by a second person, shown, taken down; files that are not what they say."""

import io
import re
import zipfile

import pytest
import signed
import sqlalchemy as sa

from quizapp.accounts.models import Audit, Grant
from quizapp.clock import now
from quizapp.database import db
from quizapp.domain import official, old_fonts
from quizapp.files.models import StoredFile
from quizapp.jobs.tasks import sweep_jobs
from quizapp.library import queries, signed_files
from quizapp.library.models import OfficialText
from quizapp.web.access import Role
from quizapp.web.refused import Refused

RULE = "/van-ban/144-qd-tw"
OFFICIAL = f"{RULE}/ban-chinh-thuc"
WHERE = {"nguon": "Bản ký số nhận ngày 10/10/2024", "ly-do": "Để trích dẫn"}


def send(visitor, data=None, name="144-qd-tw.pdf"):
    """Step 1; the address of step 2."""
    fields = {"dan": "1"} if data is None else {"tep": (io.BytesIO(data), name)}
    return visitor.post(OFFICIAL, fields, content_type="multipart/form-data").location


def add(visitor, data=None, text=None, name="144-qd-tw.pdf"):
    """Both steps; the version's own address."""
    there = send(visitor, data, name)
    if text is None:
        page = visitor.get(there)
        text = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page.html, re.DOTALL)[1]
    visitor.post(there, {"toan-van": text, **WHERE}, content_type="multipart/form-data")
    return there.removesuffix("/doc-lai")


def added_and_confirmed(visit, **more):
    there = add(visit("baocaovien"), **more)
    visit("nguoiduyet").post(f"{there}/doi-chieu", {"doi-chieu": "Đọc từng điều theo bản ký"})
    return there


def official_text(app):
    with app.app_context():
        return queries.official_text("144-qd-tw")


# --- the way of a version --------------------------------------------------------------------------------------


@pytest.mark.parametrize(("made", "name"), [(signed.pdf, "144.pdf"), (signed.word, "144.docx")])
def test_a_signed_file_is_read_corrected_compared_and_then_shown(app, visit, made, name):
    trainer, learner, data = visit("baocaovien"), visit("hocvien"), made()
    there = send(trainer, data, name)
    page = trainer.get(there)
    assert "2. Không tham ô, lãng phí, không nhận quà tặng trái quy định." in page.text
    text = re.search(r"<textarea[^>]*>\r?\n?(.*?)</textarea>", page.html, re.DOTALL)[1]
    mended = text.replace("Không tham ô", "Không được tham ô")
    trainer.post(there, {"toan-van": mended, **WHERE}, content_type="multipart/form-data")
    assert "chờ người khác đối chiếu" in trainer.follow().text
    assert "Thêm bản chính thức (1 bản chờ đối chiếu)" in trainer.get(RULE).text
    assert "Bản chính thức chưa có ở đây" in learner.get(RULE).text
    learner.get(f"{RULE}/toan-van", 404)
    learner.get(f"{RULE}/ban-ky", 404)
    assert official_text(app) is None

    reviewer, one = visit("nguoiduyet"), there.removesuffix("/doc-lai")
    assert "Xác nhận đã đối chiếu" in reviewer.get(one).text
    reviewer.post(f"{one}/doi-chieu", {"doi-chieu": "Đọc từng điều theo bản ký"})
    assert "Phạm Văn Đức" in reviewer.follow().text
    assert "Không được tham ô" in official_text(app)

    page = learner.get(RULE)
    assert "Văn bản chính thức" in page.text
    assert "Bản chính thức chưa có ở đây" not in page.text
    assert f"{RULE}/toan-van#dieu-3" in page.html
    whole = learner.get(f"{RULE}/toan-van")
    assert 'id="dieu-3.khoan-2.diem-a"' in whole.html
    assert "Nguyên văn, đã đối chiếu với bản ký" in whole.text
    assert whole.html.count('href="#dieu-3"') == 2
    response = learner.get(f"{RULE}/ban-ky").response
    assert response.get_data() == data
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    kind, way = (signed_files.PDF, "inline") if name == "144.pdf" else (signed_files.DOCX, "attachment")
    assert response.mimetype == kind
    assert response.headers["Content-Disposition"].startswith(way)
    again = learner.client.get(f"{RULE}/ban-ky", headers={"If-None-Match": response.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_each_act_stands_in_the_log_with_its_reason(app, visit):
    there = added_and_confirmed(visit, text=signed.RULE)
    visit("quantri").post(f"{there}/go", {"ly-do-go": "Nhầm văn bản"})
    with app.app_context():
        told = db.session.execute(sa.select(Audit.act, Audit.reason, Audit.detail).order_by(Audit.id)).all()
    assert [(one.act, one.reason) for one in told][-3:] == [
        ("add_official_text", "Để trích dẫn"),
        ("confirm_official_text", "Đọc từng điều theo bản ký"),
        ("withdraw_official_text", "Nhầm văn bản"),
    ]
    assert told[-1].detail["document"] == "144-qd-tw"
    page = visit("quantri").get("/quan-tri/nhat-ky")
    assert "Xác nhận đã đối chiếu bản chính thức" in page.text
    assert "văn bản: 144-qd-tw; bản số: 1" in page.text


def test_who_added_it_does_not_confirm_it(app, visit):
    trainer = visit("baocaovien")
    there = add(trainer, text=signed.RULE)
    assert "không tự xác nhận" in trainer.get(there).text
    assert "không tự xác nhận" in trainer.post(f"{there}/doi-chieu", {"doi-chieu": "Tôi xem rồi"}, 409).text
    assert official_text(app) is None
    assert "Ghi đã đối chiếu với bản nào" in visit("nguoiduyet").post(f"{there}/doi-chieu", {}, 200).text


def test_an_administrator_who_is_alone_confirms_with_a_reason(app, visit):
    admin = visit("quantri")
    there = add(admin, text=signed.RULE)
    assert "không tự xác nhận" in admin.get(there).text
    with app.app_context():
        others = Grant.role.in_([Role.TRAINER.value, Role.REVIEWER.value])
        db.session.execute(sa.delete(Grant).where(others))
        db.session.commit()
    assert "Chưa có báo cáo viên, người duyệt hay quản trị nào khác" in admin.get(there).text
    admin.post(f"{there}/doi-chieu", {"doi-chieu": "Đọc hai lần theo bản ký"})
    assert official_text(app) is not None
    with app.app_context():
        detail = db.session.scalars(sa.select(Audit.detail).order_by(Audit.id.desc()).limit(1)).one()
    assert detail["alone"]


def test_a_trainer_who_is_alone_does_not_confirm_either(app, visit, office):
    there = add(visit("baocaovien"), text=signed.RULE)
    with app.app_context():
        db.session.execute(sa.delete(Grant).where(Grant.person_id != office["baocaovien"]))
        db.session.commit()
    visit("baocaovien").post(f"{there}/doi-chieu", {"doi-chieu": "x"}, 409)


def test_the_newest_confirmed_is_shown_and_a_withdrawn_one_gives_way(app, visit):
    first = added_and_confirmed(visit, text=signed.RULE)
    second = added_and_confirmed(visit, text=signed.RULE.replace("tận tụy", "hết lòng"))
    assert "hết lòng" in visit("hocvien").get(f"{RULE}/toan-van").text
    trainer = visit("baocaovien")
    assert "Ghi lý do gỡ" in trainer.post(f"{second}/go", {}, 200).text
    trainer.post(f"{second}/go", {"ly-do-go": "Chép nhầm một chữ"})
    assert "Chép nhầm một chữ" in trainer.get(OFFICIAL).text
    assert "tận tụy" in visit("hocvien").get(f"{RULE}/toan-van").text
    assert "tận tụy" in official_text(app)
    trainer.post(f"{second}/go", {"ly-do-go": "Lần nữa"}, 409)
    visit("nguoiduyet").post(f"{second}/doi-chieu", {"doi-chieu": "Xem lại"}, 409)
    assert [one.text for one in [trainer.get(first), trainer.get(second)] if "Gỡ bản này" in one.text]


def test_a_file_alone_and_a_text_alone_stand_beside_each_other(app, visit):
    added_and_confirmed(visit, text=signed.RULE)
    added_and_confirmed(visit, data=signed.written(), text="")
    page = visit("hocvien").get(RULE)
    assert "Đọc toàn văn" in page.text
    assert "Mở bản ký (PDF" in page.text
    assert "tận tụy" in official_text(app)


def test_a_kept_version_is_changed_and_dropped_no_more(app, visit):
    trainer = visit("baocaovien")
    there = add(trainer, text=signed.RULE)
    trainer.post(f"{there}/doc-lai", {"toan-van": "Khác hẳn " * 20, **WHERE})
    trainer.post(f"{there}/bo", status=409)
    with app.app_context():
        assert db.session.scalars(sa.select(OfficialText.text)).one() == signed.RULE


def test_a_draft_is_seen_by_its_writer_alone_and_can_be_dropped(app, visit):
    trainer = visit("baocaovien")
    there = send(trainer, signed.pdf())
    assert "Bản đồng chí đang nhập" in trainer.get(OFFICIAL).text
    other = visit("nguoiduyet")
    assert "Chưa có bản nào" in other.get(OFFICIAL).text
    one = there.removesuffix("/doc-lai")
    for address in (there, one, f"{one}/tep"):
        other.get(address, 404)
    other.post(f"{one}/bo", status=404)
    trainer.post(f"{one}/bo")
    assert "Chưa có bản nào" in trainer.get(OFFICIAL).text
    with app.app_context():
        assert db.session.scalars(sa.select(OfficialText.id)).all() == []


def test_the_file_of_a_version_is_kept_for_good_and_that_of_a_dropped_draft_is_not(app, visit):
    add(visit("baocaovien"), data=signed.pdf(), text="")
    gone = send(visit("baocaovien"), signed.written()).removesuffix("/doc-lai")
    visit("baocaovien").post(f"{gone}/bo")
    with app.app_context():
        db.session.execute(sa.update(StoredFile).values(kept_at=now().replace(year=2020)))
        db.session.commit()
        sweep_jobs()
        assert db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) == 1


def test_learners_and_leaders_have_no_business_there_and_another_documents_version_is_not_found(visit):
    there = add(visit("baocaovien"), text=signed.RULE)
    for login in ("hocvien", "lanhdao"):
        visit(login).get(OFFICIAL, 403)
        visit(login).get(there, 403)
    assert "Thêm bản chính thức" not in visit("hocvien").get(RULE).text
    visit("quantri").get(there.replace("144-qd-tw", "1248-cv-tu"), 404)
    visit("quantri").get("/van-ban/khong-co/ban-chinh-thuc", 404)


def test_a_long_law_is_taken_and_a_text_without_end_is_not(app, visit):
    law = "\n".join(f"Điều {n}. Tên điều\n1. {'Cán bộ phải tận tụy với công việc. ' * 24}" for n in range(1, 240))
    assert len(law) > 200_000
    trainer = visit("baocaovien")
    there = add(trainer, text=law)
    visit("nguoiduyet").post(f"{there}/doi-chieu", {"doi-chieu": "Đọc hết"})
    assert 'id="dieu-239.khoan-1"' in visit("hocvien").get(f"{RULE}/toan-van").html
    page = trainer.post(send(trainer), {"toan-van": "a" * 400_001, **WHERE}, 200, content_type="multipart/form-data")
    assert "dài quá 400.000" in page.text
    endless = {"data": b"x" * 1_800_000, "content_type": "multipart/form-data; boundary=x"}
    assert trainer.client.post(send(trainer), **endless).status_code == 413


def test_what_is_missing_is_asked_for_and_nothing_typed_is_lost(visit):
    trainer = visit("baocaovien")
    assert "chưa chọn tệp" in trainer.post(OFFICIAL, {}, 409).text
    there = send(trainer)
    page = trainer.post(there, {"toan-van": signed.RULE}, 200)
    assert "Ghi bản này lấy từ đâu" in page.text
    assert "Không tham ô, lãng phí" in page.html
    assert "Chưa có tệp và cũng chưa có chữ" in trainer.post(there, {"toan-van": " ", **WHERE}, 409).text
    assert "quá ngắn" in trainer.post(there, {"toan-van": "Điều 1.", **WHERE}, 409).text


def test_pages_take_few_statements(visit, statements):
    added_and_confirmed(visit, data=signed.pdf())
    learner = visit("hocvien")
    for address in (RULE, f"{RULE}/toan-van"):
        learner.get(address)
        with statements() as counted:
            learner.get(address)
        assert len(counted) <= 4, counted


# --- files -----------------------------------------------------------------------------------------------------

TCVN3 = "Céng hßa x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc. C¸n bé, ®¶ng viªn ph¶i tËn tôy víi c«ng viÖc."
MACRO_TYPE = signed.types(signed.word()).replace(
    "vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
    "vnd.ms-word.document.macroEnabled.main+xml",
)
ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>'
OUTSIDE = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    'Target="https://example.org/x.dotm" TargetMode="External"/></Relationships>'
)
BAD = {
    "nothing": (b"", "a.pdf", "trống"),
    "another kind": (b"hello", "a.txt", "Nhận tệp PDF hoặc Word"),
    "a picture named so": (b"\x89PNG\r\n\x1a\n", "a.pdf", "không phải tệp PDF thật"),
    "a pdf named docx": (signed.written(), "a.docx", "không phải tệp DOCX thật"),
    "old word": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "a.doc", "đời cũ"),
    "docm": (signed.word(), "a.docm", "macro"),
    "macros inside": (signed.word(**{"word/vbaProject.bin": b"x"}), "a.docx", "macro"),
    "a type with macros": (signed.word(**{"[Content_Types].xml": MACRO_TYPE}), "a.docx", "macro"),
    "a template from elsewhere": (signed.word(**{"word/_rels/settings.xml.rels": OUTSIDE}), "a.docx", "macro"),
    "entities": (signed.word(**{"word/document.xml": ENTITIES}), "a.docx", "mã lệnh"),
    "a bomb": (lambda: signed.word(**{"word/media/x.bin": b"0" * (160 << 20)}), "a.docx", "quá lớn"),
    "another zip": (signed.repacked(signed.word(), {"word/document.xml": b"<"}), "a.docx", "hỏng"),
    "half a pdf": (signed.pdf()[:400], "a.pdf", "hỏng"),
    "a password": (signed.written(lambda writer: writer.encrypt("bi mat")), "a.pdf", "mật khẩu"),
    "scripts": (signed.written(signed.with_script), "a.pdf", "mã lệnh"),
    "a file inside": (signed.written(lambda writer: writer.add_attachment("x.exe", b"MZ")), "a.pdf", "mã lệnh"),
    "too large": (b"%PDF-" + b"0" * (signed_files.MOST_BYTES + 1), "a.pdf", "lớn hơn 25 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_what_it_says_or_may_do_harm_is_refused(name):
    data, called, word = BAD[name]
    with pytest.raises(Refused) as refused:
        signed_files.read(data() if callable(data) else data, called)
    assert word in refused.value.sentence


def test_a_refused_file_leaves_nothing_behind(app, visit):
    trainer = visit("baocaovien")
    fields = {"tep": (io.BytesIO(signed.word(**{"word/vbaProject.bin": b"x"})), "a.docx")}
    page = trainer.post(OFFICIAL, fields, 409, content_type="multipart/form-data")
    assert "macro" in page.text
    assert page.title.startswith("Lỗi:")
    with app.app_context():
        assert db.session.scalars(sa.select(OfficialText.id)).all() == []
        assert db.session.scalars(sa.select(StoredFile.sha256)).all() == []


@pytest.mark.parametrize(
    ("data", "name", "told"),
    [
        (signed.written(), "quet.pdf", signed_files.SCANNED),
        (signed.word("\ufffd" * 100), "la.docx", signed_files.BROKEN_LETTERS),
    ],
)
def test_a_file_whose_letters_cannot_be_taken_is_kept_and_it_is_said_why(visit, data, name, told):
    trainer = visit("baocaovien")
    page = trainer.get(send(trainer, data, name))
    assert told in page.text
    assert "\ufffd" not in page.text


@pytest.mark.parametrize("font", old_fonts.NAMES)
def test_a_file_in_an_old_font_is_turned_into_unicode_to_be_read_again(visit, font):
    trainer = visit("baocaovien")
    page = trainer.get(send(trainer, signed.word(old_fonts.back(signed.RULE, font)), "cu.docx"))
    assert signed_files.CONVERTED.format(old_fonts.NAMES[font]) in page.text
    assert "2. Không tham ô, lãng phí, không nhận quà tặng trái quy định." in page.text
    assert "Điều 3. Cần, kiệm, liêm, chính" in page.text


def test_a_printed_page_in_an_old_font_is_read_too():
    read = signed_files.read(signed.pdf(old_fonts.back(signed.RULE, "vni")), "cu.pdf")
    assert "Điều 3. Cần, kiệm, liêm, chính" in read.text.split("\n")
    assert read.told == (signed_files.CONVERTED.format("VNI"),)


def test_glyphs_that_nobody_can_tell_are_kept_as_they_are(visit):
    glyphs = "¸ µ ¶ · ¹ ¨ ¾ » ¼ ½ " * 10
    trainer = visit("baocaovien")
    page = trainer.get(send(trainer, signed.word(glyphs), "la.docx"))
    assert signed_files.OLD_FONTS in page.text
    assert "Chuyển từ VNI" in page.text
    assert glyphs.strip() in page.text


def test_the_broken_lines_of_a_printed_page_in_an_old_font_are_joined_as_any_others():
    pages = ["§iÒu 1. C¸n bé ph¶i tËn tôy víi c«ng\nviÖc ®­îc giao, kh«ng nhËn quµ\ntr¸i quy ®Þnh.\n§iÒu 2. HÕt."]
    font = old_fonts.suspected(pages[0])
    assert official.joined([old_fonts.mended(page, font) for page in pages]).split("\n") == [
        "Điều 1. Cán bộ phải tận tụy với công việc được giao, không nhận quà trái quy định.",
        "Điều 2. Hết.",
    ]


def test_pasted_letters_of_an_old_font_are_refused_and_turned_into_unicode_when_asked(app, visit):
    trainer = visit("baocaovien")
    there = send(trainer)
    page = trainer.post(there, {"toan-van": TCVN3, **WHERE}, 409)
    assert "phông cũ" in page.text
    assert "Chuyển từ TCVN3" in page.text
    asked = {"toan-van": TCVN3, **WHERE, "chuyen": "tcvn3"}
    page = trainer.post(there, asked, 200, content_type="multipart/form-data")
    assert "Đã chuyển từ TCVN3 sang Unicode, chưa giữ" in page.text
    assert "Cộng hòa xã hội chủ nghĩa Việt Nam" in page.html
    assert WHERE["nguon"] in page.html
    assert "Chuyển từ VNI" not in page.text
    with app.app_context():
        assert db.session.scalars(sa.select(OfficialText.text)).one() is None  # nothing is kept until it is read again


def test_numbers_that_word_makes_by_itself_are_told(visit):
    with zipfile.ZipFile(io.BytesIO(signed.word())) as archive:
        body = archive.read("word/document.xml").decode()
    numbered = body.replace("<w:p>", '<w:p><w:pPr><w:numPr><w:ilvl w:val="0"/></w:numPr></w:pPr>', 2)
    read = signed_files.read(signed.word(**{"word/document.xml": numbered}), "a.docx")
    assert "đánh số tự động ở 2 đoạn" in read.told[0]
    assert "Điều 1. Phạm vi" in read.text


def test_what_was_struck_out_and_what_stands_twice_is_not_taken():
    with zipfile.ZipFile(io.BytesIO(signed.word())) as archive:
        body = archive.read("word/document.xml").decode()
    struck = "<w:p><w:r><w:delText>bị xóa</w:delText></w:r></w:p>"
    twice = "<mc:Fallback xmlns:mc='m'><w:p><w:r><w:t>hai lần</w:t></w:r></w:p></mc:Fallback>"
    more = struck + twice
    read = signed_files.read(
        signed.word(**{"word/document.xml": body.replace("<w:sectPr", more + "<w:sectPr", 1)}), "a.docx"
    )
    assert "bị xóa" not in read.text
    assert "hai lần" not in read.text


def test_reading_that_takes_too_long_is_stopped(monkeypatch):
    monkeypatch.setattr(signed_files, "SECONDS", 0.01)
    with pytest.raises(Refused, match="quá nhiều thời gian"):
        signed_files.read(signed.written(), "a.pdf")
