"""Phân tích câu hỏi: what a trainer sees of each question, how it is filtered, and what small numbers do not show."""

import csv
import io
import random

import pytest
from python_calamine import load_workbook
from test_fill import fill_all, newest, people, same_paper, take

from quizapp.analysis.models import ItemAnalysis
from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses.models import ReportKind
from quizapp.database import db

ADDRESS = "/soan/phan-tich"


@pytest.fixture
def analysed(app, office):
    """Thirty-four first tries at a quiz of the same four questions; the revision, with the first question missed by most."""
    with app.app_context():
        taught = same_paper()
        first = next(iter(taught.questions))
        for i, one in enumerate(people(office, 34)):
            take(
                one,
                "bai-8",
                lambda n, key, i=i: random.Random(f"{i} {key}").random() < (0.1 if key == first else i / 40),
            )
        fill_all()
        db.session.commit()
        return taught


def figures(taught, key, attempts, **values):
    """A row of figures, as the work process would have made it."""
    row = ItemAnalysis(unit_revision_id=taught.revision_id, question=key, attempts=attempts, blank=0)
    row.choices = [[option.key, 0.2, 0.2, 0.2, 0.2] for option in getattr(taught.questions[key], "options", ())]
    told = {"facility": 0.75, "sd": 0.4, "discrimination": 35.0, "efficiency": 40.0, "weight": 5.0}
    told |= {"weak": 0.5, "middle": 0.75, "strong": 1.0, "seconds": 40.0}
    for name, value in (told | values).items():
        setattr(row, name, value)
    db.session.add(row)


def test_who_may_come_in(visit, app):
    with app.app_context():
        taught = newest("bai-8")
    one = f"{ADDRESS}/{taught.revision_id}/{next(iter(taught.questions))}"
    for login, status in (
        ("baocaovien", 200),
        ("nguoiduyet", 200),
        ("hocvien", 403),
        ("lanhdao", 403),
        ("quantri", 403),
    ):
        me = visit(login)
        for address in (ADDRESS, f"{ADDRESS}/in", f"{ADDRESS}/tep.csv", one):
            me.get(address, status)


def test_without_any_try_every_question_says_so_and_there_is_a_way_back(visit):
    page = visit("baocaovien").get(ADDRESS)
    assert "Số liệu đang chờ tổng hợp lần đầu." in page.text
    assert "Chưa có câu nào cần sửa." in page.text
    assert 'href="/soan"' in page.html
    assert page.text.count("Chưa đủ số liệu") > 50


def test_a_unit_shows_its_questions_the_gravest_first_and_the_whole_quiz(visit, analysed):
    page = visit("baocaovien").get(f"{ADDRESS}?bai={analysed.unit_id}")
    keys = list(analysed.questions)
    assert "4 câu" in page.text
    assert "34 lượt, cùng 4 câu; dưới 200 lượt, để tham khảo" in page.text
    for name in ("Điểm trung bình", "Độ lệch chuẩn", "Độ nhọn", "Cronbach", "Tỷ lệ sai số", "Sai số chuẩn"):
        assert name in page.text
    places = [page.html.index(f">{key}</a>") for key in keys]
    assert places[0] == min(places)
    assert "Quá khó." in visit("baocaovien").get(f"{ADDRESS}/{analysed.revision_id}/{keys[0]}").text
    assert "tham khảo" in page.text
    assert f'href="/soan/bai/{analysed.unit_id}/ban-dang-dung#cau-{keys[0]}"' in page.html


def test_a_question_shows_its_figures_thirds_and_options(visit, analysed):
    key, question = next(iter(analysed.questions.items()))
    page = visit("baocaovien").get(f"{ADDRESS}/{analysed.revision_id}/{key}")
    for name in (
        "Độ khó",
        "Độ phân biệt",
        "Hiệu suất phân biệt",
        "Trọng số thực",
        "Thời gian trung vị",
        "Bỏ trống",
        "Người báo",
    ):
        assert name in page.text
    assert "cận trên 95%" in page.text
    assert f"đoán bừa được {100 // len(question.options)}%" in page.text
    for option in question.options:
        assert option.text in page.text
    assert "Nhóm yếu" in page.text
    assert "docs.moodle.org/dev/Quiz_statistics_calculations" in page.text
    assert "Mở câu này" in page.text


def test_nobody_is_named(visit, analysed):
    me = visit("baocaovien")
    key = next(iter(analysed.questions))
    for address in (ADDRESS, f"{ADDRESS}/in", f"{ADDRESS}/{analysed.revision_id}/{key}"):
        assert "Người Thứ" not in me.get(address).html


@pytest.mark.parametrize(
    ("attempts", "shown", "words"),
    [
        (4, False, "dưới 5"),
        (5, False, "Chưa đủ số liệu"),
        (29, False, "mới có 29"),
        (30, True, "tham khảo"),
        (200, True, "Ổn"),
    ],
)
def test_few_tries_show_no_figures_and_fewer_than_five_not_even_their_number(visit, app, attempts, shown, words):
    with app.app_context():
        taught = newest("bai-8")
        key = next(key for key, question in taught.questions.items() if question.kind == "single")
        figures(taught, key, attempts, choices=[])
        db.session.commit()
    page = visit("baocaovien").get(f"{ADDRESS}/{taught.revision_id}/{key}")
    assert words in page.text
    assert ("75,0%" in page.text) == shown
    assert ("Từng phương án" in page.text) == shown
    table = visit("baocaovien").get(f"{ADDRESS}?bai={taught.unit_id}&xep=luot")
    assert ("75%" in table.text) == shown
    row = next(one for one in rows_of(visit("baocaovien"), "csv") if one[2] == key)
    assert row[4] == ("" if attempts < 5 else str(attempts))
    assert (row[6] == "0,7500") == shown


def rows_of(me, kind, query=""):
    data = me.client.get(f"{ADDRESS}/tep.{kind}{query}").data
    if kind == "csv":
        return list(csv.reader(io.StringIO(data.decode("utf-8-sig")), delimiter=";"))
    return load_workbook(io.BytesIO(data)).get_sheet_by_index(0).to_python()


def test_the_table_is_filtered_ordered_and_found_by_words(visit, app):
    with app.app_context():
        taught = newest("bai-8")
        a, b, c, *_ = taught.questions
        figures(taught, a, 300)
        figures(taught, b, 300, facility=0.2, discrimination=-3.0)
        figures(taught, c, 300, facility=0.5, seconds=70.0)
        db.session.commit()
    me = visit("baocaovien")

    def keys(query):
        return [row[2] for row in rows_of(me, "csv", f"?bai={taught.unit_id}&{query}")[1:]]

    assert b in keys("tinh-trang=can-sua")
    assert a not in keys("tinh-trang=can-sua")
    assert c in keys("tinh-trang=can-xem")
    assert keys("xep=do-kho")[:3] == [b, c, a]
    assert keys("xep=phan-biet")[0] == b
    assert keys("xep=thoi-gian")[0] == c
    assert keys("xep=bai") == list(taught.questions)
    assert keys("")[0] == b
    assert keys(f"tim={a}") == [a]
    page = me.get(f"{ADDRESS}?tim=khong-co-chu-nay")
    assert "Không có câu nào khớp bộ lọc." in page.text
    assert "Xóa bộ lọc" in page.text
    assert keys("tinh-trang=la&xep=la&ban=x")  # what is not known is left aside


def test_all_units_together_come_in_pages(visit):
    me = visit("baocaovien")
    first, second = me.get(ADDRESS), me.get(f"{ADDRESS}?trang=2")
    assert "Trang 1 trên" in first.text
    assert "Trang 2 trên" in second.text
    assert "‹ Trước" in second.text
    assert me.get(f"{ADDRESS}?trang=99999").status == 200


def test_an_unknown_unit_revision_question_or_kind_of_file_is_a_404(visit, app):
    with app.app_context():
        taught = newest("bai-8")
    me = visit("baocaovien")
    unknown = (f"{ADDRESS}?bai=987654", f"{ADDRESS}?bai={taught.unit_id}&ban=99", f"{ADDRESS}/tep.pdf")
    for address in (*unknown, f"{ADDRESS}/987654/x", f"{ADDRESS}/{taught.revision_id}/khong-co"):
        me.get(address, 404)


def test_an_older_revision_keeps_its_own_figures(visit, app):
    with app.app_context():
        old = newest("bai-8")
        gone = next(key for key, question in reversed(old.questions.items()))
        figures(old, gone, 300)
        same_paper()
        db.session.commit()
    me = visit("baocaovien")
    assert f">{gone}</a>" not in me.get(f"{ADDRESS}?bai={old.unit_id}").html
    page = me.get(f"{ADDRESS}?bai={old.unit_id}&ban=1")
    assert f">{gone}</a>" in page.html
    assert "Bản 2, " in page.text
    assert "Bản đang dùng không còn câu này." in me.get(f"{ADDRESS}/{old.revision_id}/{gone}").text


def test_reports_of_learners_are_counted_and_lead_to_the_answer(visit, app, office):
    with app.app_context():
        taught = newest("bai-8")
        key = next(iter(taught.questions))
        for one in people(office, 3):
            courses.report(taught.revision_id, key, one, ReportKind.UNCLEAR, "Khó hiểu quá", now())
        db.session.commit()
    me = visit("baocaovien")
    page = me.get(f"{ADDRESS}?tinh-trang=can-sua")
    assert "Nhiều người học báo câu này chưa chính xác." in page.text
    assert "1 câu cần sửa" in me.get("/soan").text
    assert "Khó hiểu quá" not in page.text


def test_the_files_hold_what_the_page_shows_and_text_stays_text(visit, app, analysed):
    me = visit("nguoiduyet")
    sheet, plain = rows_of(me, "xlsx", f"?bai={analysed.unit_id}"), rows_of(me, "csv", f"?bai={analysed.unit_id}")
    assert [row[2] for row in sheet[1:5]] == [row[2] for row in plain[1:]]
    assert "Độ phân biệt" in sheet[0]
    assert sheet[1][4] == 34
    assert sheet[1][6] == pytest.approx(float(plain[1][6].replace(",", ".")), abs=1e-4)
    response = me.client.get(f"{ADDRESS}/tep.xlsx")
    assert response.headers["Content-Disposition"].startswith("attachment;")


def test_the_print_view_has_every_question_on_one_page(visit, analysed):
    page = visit("baocaovien").get(f"{ADDRESS}/in")
    assert "Trang 1 trên" not in page.text
    assert page.html.count("<tr") > 60
    assert "In lúc" in page.text


def test_the_pages_take_the_same_few_statements_however_many_tries(visit, app, statements, analysed):
    me = visit("baocaovien")
    me.get(ADDRESS)
    key = next(iter(analysed.questions))
    for address, most in ((f"{ADDRESS}?bai={analysed.unit_id}", 9), (f"{ADDRESS}/{analysed.revision_id}/{key}", 8)):
        with statements() as counted:
            me.get(address)
        assert len(counted) <= most, counted
