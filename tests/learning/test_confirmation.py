"""Giấy xác nhận hoàn thành: one page for its owner, and the public page that anyone may check it on."""

import io
import re
import unicodedata
from datetime import UTC, datetime

import pytest
from pypdf import PdfReader

from quizapp.clock import now
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.learning import confirmations
from quizapp.learning.models import Confirmation, Enrolment

SAYS = {
    "name": "Nguyễn Thị Hồng Thắm",
    "body": "Chi bộ Văn phòng",
    "above": "Đảng ủy đặc khu Phú Quốc",
    "course": "Công văn 1248-CV/TU: lãnh đạo, quản lý, giáo dục cán bộ",
    "campaign": "Đợt học quý IV năm 2026",
    "day": "2026-03-05",
}
CODE = "7f3k22abcdmnpqrs"
ADDRESS = f"https://hoc.example.vn/xac-nhan/{CODE}"
AT = datetime(2026, 3, 4, 18, 30, tzinfo=UTC)  # the 5th in Việt Nam
LONGEST = "Công Tằng Tôn Nữ Nguyễn Phước Huyền Trân Thượng Khuê Ngọc Quỳnh Trưởng Đặng Ưỡng Ỷ"


def read(document):
    reader = PdfReader(io.BytesIO(document))
    assert len(reader.pages) == 1
    return reader, " ".join(reader.pages[0].extract_text().split())


def test_it_says_one_sentence_its_code_in_fours_and_where_to_check():
    reader, text = read(confirmations.pdf(SAYS, CODE, AT, ADDRESS))
    assert text == (
        "Giấy xác nhận hoàn thành Xác nhận đồng chí Nguyễn Thị Hồng Thắm, Chi bộ Văn phòng, Đảng ủy đặc khu Phú Quốc, "
        "đã hoàn thành khóa học “Công văn 1248-CV/TU: lãnh đạo, quản lý, giáo dục cán bộ”, ngày 05 tháng 3 năm 2026. "
        f"Đợt học quý IV năm 2026 Mã 7F3K-22AB-CDMN-PQRS Kiểm tra tại {ADDRESS}"
    )
    assert reader.metadata.title == "Giấy xác nhận hoàn thành: Nguyễn Thị Hồng Thắm"
    assert reader.root_object["/Lang"] == "vi"
    width, height = reader.pages[0].mediabox.width, reader.pages[0].mediabox.height
    assert (round(width), round(height)) == (842, 595)  # A4, lying


def test_its_sentence_has_the_result_where_one_was_kept():
    _, text = read(confirmations.pdf(SAYS | {"earned": 2750, "possible": 3000}, CODE, AT, ADDRESS))
    assert "giáo dục cán bộ” với kết quả 27,5/30, ngày 05 tháng 3 năm 2026." in text


@pytest.mark.parametrize(
    "longer",
    [
        {"name": LONGEST},
        {"name": " ".join([LONGEST] * 3), "body": "Chi bộ Phòng Tổ chức cán bộ " * 12, "course": "Khóa học " * 40},
        {"campaign": "Đợt học " * 40},
        {"name": "Ẵng " * 60},
        {"above": None},
        {"name": '#panic("x") \\ $x$ *b* “<a>”'},
    ],
)
def test_long_or_strange_names_stay_on_one_page_in_composed_letters(longer):
    says = SAYS | {key: value and value.strip() for key, value in longer.items()}
    _, text = read(confirmations.pdf(says, CODE, AT, ADDRESS))
    assert unicodedata.is_normalized("NFC", text)
    assert "None" not in text
    whole = re.sub(r"\s", "", text)
    for part in (says["name"], says["body"], says["course"], says["campaign"]):
        assert re.sub(r"\s", "", part) in whole


def test_a_long_address_keeps_the_page():
    address = "https://hoc.example.vn/" + "duong-dan-dai/" * 8 + CODE
    _, text = read(confirmations.pdf(SAYS, CODE, AT, address))
    assert address in text.replace(" ", "")


def test_only_our_own_fonts_are_in_it():
    reader, _ = read(confirmations.pdf(SAYS | {"name": LONGEST, "earned": 2750, "possible": 3000}, CODE, AT, ADDRESS))
    fonts = {str(font.get_object()["/BaseFont"]) for font in reader.pages[0]["/Resources"]["/Font"].values()}
    assert {name.split("+")[1].split("-Identity")[0] for name in fonts} == {
        "BeVietnamPro-Regular", "BeVietnamPro-SemiBold", "Literata-SemiBold",
    }  # fmt: skip


def test_the_same_confirmation_gives_the_same_file():
    assert confirmations.pdf(SAYS, CODE, AT, ADDRESS) == confirmations.pdf(SAYS, CODE, AT, ADDRESS)


# --- pages -----------------------------------------------------------------------------------------------------


@pytest.fixture
def code(app, office):
    """The code of the learner's confirmation: she has passed everything."""
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for unit in ("bai-6", "bai-8"):
            fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, True, True)
            learning.record(office["hocvien"], course, [fact], now())
        db.session.commit()
        mine = db.select(Confirmation.code).join(Enrolment, Enrolment.id == Confirmation.enrolment_id)
        return db.session.scalars(mine.where(Enrolment.person_id == office["hocvien"])).one()


def test_its_owner_gets_it_from_the_results_page(visit, code):
    me = visit("hocvien")
    assert f"/giay-xac-nhan/{code}.pdf" in me.get("/ket-qua").html
    response = me.get(f"/giay-xac-nhan/{code}.pdf").response
    assert response.mimetype == "application/pdf"
    assert f'filename="giay-xac-nhan-{code}.pdf"' in response.headers["Content-Disposition"]
    _, text = read(response.get_data())
    assert "Xác nhận đồng chí Nguyễn Thị Hồng Thắm, Chi bộ 1, Đảng ủy cơ quan Thử Nghiệm, đã hoàn thành" in text
    assert f"/xac-nhan/{code}" in text.replace(" ", "")


def test_another_persons_is_a_404_and_nobody_gets_it_without_signing_in(visit, code):
    visit("hocvien2").get(f"/giay-xac-nhan/{code}.pdf", 404)
    visit("quantri").get(f"/giay-xac-nhan/{code}.pdf", 404)
    visit("hocvien").get("/giay-xac-nhan/khongcomanhuvay2.pdf", 404)
    assert visit().get(f"/giay-xac-nhan/{code}.pdf", 303).location.startswith("/dang-nhap")


def test_anyone_may_check_it_and_sees_the_recorded_fields(visit, code):
    grouped = "-".join(code[n : n + 4] for n in range(0, 16, 4)).upper()
    for typed in (code, code.upper(), grouped):
        page = visit().get(f"/xac-nhan/{typed}")
        assert f"Mã {grouped} hợp lệ" in page.text  # as it stands on the paper, to be compared line by line
        for told in ("Nguyễn Thị Hồng Thắm", "Chi bộ 1, Đảng ủy cơ quan Thử Nghiệm", "Đợt học thử nghiệm", "20/20"):
            assert told in page.text
    assert visit().get(f"/xac-nhan?ma={grouped}", 303).location == f"/xac-nhan/{code}"


def test_the_result_of_units_without_a_final_is_their_sum(visit, code):
    me = visit("hocvien")
    _, text = read(me.get(f"/giay-xac-nhan/{code}.pdf").response.get_data())
    assert "với kết quả 20/20, ngày" in text
    page = me.get("/ket-qua")
    assert "với kết quả 20/20, ngày" in page.text
    assert f"Mã {confirmations.grouped(code)}." in page.text


def test_one_given_without_marks_stays_valid_and_shows_none(visit, app, code):
    with app.app_context():
        row = db.session.scalars(db.select(Confirmation)).one()
        row.says = {key: value for key, value in row.says.items() if key not in ("earned", "possible")}
        db.session.commit()
    page = visit().get(f"/xac-nhan/{code}")
    assert "Giấy xác nhận hợp lệ" in page.text
    assert "Kết quả" not in page.text
    me = visit("hocvien")
    assert "với kết quả" not in me.get("/ket-qua").text
    _, text = read(me.get(f"/giay-xac-nhan/{code}.pdf").response.get_data())
    assert "với kết quả" not in text


def test_the_recorded_words_stay_when_the_person_is_renamed(visit, app, office, code):
    from quizapp.accounts.models import Person

    with app.app_context():
        db.session.execute(db.update(Person).filter_by(id=office["hocvien"]).values(name="Tên Khác"))
        db.session.commit()
    assert "Nguyễn Thị Hồng Thắm" in visit().get(f"/xac-nhan/{code}").text


def test_an_unknown_code_is_a_404_that_offers_to_try_again(visit):
    page = visit().get("/xac-nhan/khongcomanhuvay2", 404)
    assert "Không có giấy xác nhận mang mã này" in page.text
    assert 'name="ma"' in page.html
    assert "Kiểm tra giấy xác nhận" in visit().get("/xac-nhan").text
