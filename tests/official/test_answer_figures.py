"""What a report says of answers: the mean mark, the weakest units, and of which moment each figure is."""

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from factories import add_person
from papers import fill, take
from readers import pdf_text, word_text, workbook

from quizapp.attempts.models import Mark
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.domain.statistics import out_of_ten
from quizapp.learning import actions as learning
from quizapp.learning.models import Campaign
from quizapp.reports.official.figures import read_figures
from quizapp.reports.official.models import Snapshot

LETTER = {
    "trich-yeu": "kết quả học tập",
    "the-thuc": "party",
    "co-quan": "ĐẢNG ỦY CƠ QUAN",
    "ten-goi": "Đảng ủy cơ quan Thử Nghiệm",
    "dia-danh": "Tràm Xanh",
}


@pytest.fixture
def answered(app, office):
    """Six of chi bộ 1 with all right at unit 6, three of chi bộ 2 with none, five in the body itself with half."""
    with app.app_context():
        campaign = db.session.get_one(Campaign, office["campaign"])
        campaign.from_on = today() - timedelta(days=10)
        rights = {"chi-bo-1": lambda n, q: True, "chi-bo-2": lambda n, q: False, "co-quan": lambda n, q: n % 2 == 0}
        for code, many in (("chi-bo-1", 6), ("chi-bo-2", 3), ("co-quan", 5)):
            people = [add_person(f"{code}-{n}", f"Người {n}", office[code]) for n in range(many)]
            learning.enrol(campaign, [(one, office[code]) for one in people], now() - timedelta(days=8))
            for one in people:
                take(one, "bai-6", rights[code])
        fill()
        db.session.commit()
    return office


def mean(app):
    """Of all marks, out of ten, in exact hundredths."""
    with app.app_context():
        marks = db.session.execute(sa.select(Mark.earned, Mark.possible)).all()
    return sum(out_of_ten(*mark) for mark in marks) / len(marks) / 100


def fetch(me, table, ending):
    made = me.post("/theo-doi/co-quan/tai", {"bieu": table, "dang": ending})
    return me.get(made.location).response.data


def make(me, until):
    return me.post("/bao-cao/moi?don-vi=co-quan", LETTER | {"den-ngay": until.isoformat()}).location


def test_page_file_and_report_show_one_mean_and_none_of_a_small_group(visit, app, answered):
    me = visit("lanhdao")
    page = me.get("/theo-doi/co-quan/noi-dung")
    heat = page.html.split('id="bang-nhiet"')[1].split("</section>")[0]
    means = re.findall(r'<td class="h-">(\d+,\d)</td></tr>', heat)
    book = workbook(fetch(me, "tat-ca", "xlsx"))
    rows = {row[1]: row[-1] for row in book["Nội dung"].rows if len(row) > 3 and isinstance(row[1], str)}
    whole = mean(app)
    assert rows["Chi bộ 1"] == 10
    assert rows["Cộng"] == pytest.approx(whole)
    assert means == ["10,0", f"{whole:.1f}".replace(".", ",")]
    assert "Chi bộ 2" not in rows
    report = me.get(make(me, today()))
    assert f"điểm trung bình các bài tính điểm, lần làm đầu tiên: {whole:.1f}".replace(".", ",") + "/10" in report.text
    address = re.search(r'href="(/bao-cao/\w+)/tai/docx"', report.html)[1]
    word, pdf = (me.get(f"{address}/tai/{ending}").response.data for ending in ("docx", "pdf"))
    texts = report.text, word_text(word), pdf_text(pdf)
    for words in texts:
        assert "Điểm TB" in words
        assert re.search(r"Chi bộ 1 8 0 (\d+ \d+ )?0,0 100,0 10,0 ", words), words
        assert re.search(r"Chi bộ 2 4 0 (\d+ \d+ )?0,0 – – ", words), "nothing of a small group"


def test_figures_frozen_before_there_were_means_show_no_such_column(visit, app, answered):
    me = visit("lanhdao")
    address = make(me, today())
    with app.app_context():
        kept = db.session.scalars(sa.select(Snapshot)).one()
        old = {key: value for key, value in kept.figures.items() if key not in ("marks", "marked")}
        old["below"] = [{key: value for key, value in one.items() if key != "marks"} for one in old["below"]]
        kept.figures = old
        assert read_figures(old).marks is None
        db.session.commit()
    page = me.get(address)
    assert "Đạt lần đầu %" in page.text
    assert "Điểm TB" not in page.text
    assert "điểm trung bình" not in page.text


@pytest.mark.parametrize(("ending", "read"), [("docx", word_text), ("pdf", pdf_text)])
def test_the_weakest_units_are_a_table_of_their_own(app, visit, answered, ending, read):
    me = visit("lanhdao")
    assert "Bài yếu nhất" in me.get("/theo-doi/co-quan/tai").text
    sheet = workbook(fetch(me, "bai-yeu", "xlsx"))["Bài yếu"]
    (row,) = [row for row in sheet.rows if isinstance(row[0], str) and row[0].startswith("6. ")]
    assert row[1] == 14
    assert row[3:5] == [pytest.approx(6 / 14), pytest.approx(mean(app))]
    told = read(fetch(me, "bai-yeu", ending))
    assert "Bài yếu nhất đứng đầu".upper() in told.upper()
    assert " 14 " in told
    assert f" 42,9 {mean(app):.1f} ".replace(".", ",") in told


def test_of_a_past_day_each_table_says_of_when_it_is(visit, answered):
    me, past = visit("lanhdao"), today() - timedelta(days=3)
    report = me.get(make(me, past))
    other = f"không phải của ngày {past:%d/%m/%Y}"
    assert f"số liệu đến hết ngày {past:%d/%m/%Y}" in report.text
    assert report.text.count(other) >= 3, "the text, the note below the table, the annex of questions"
    frozen = re.search(r'href="(/so-lieu/\w+)"', report.html)[1]
    page = me.get(frozen).text
    assert f"Số liệu đến hết ngày {past:%d/%m/%Y}." in page
    assert other in page
    book = workbook(me.get(f"{frozen}/tat-ca.xlsx").response.data)
    assert f"Số liệu đến hết ngày {past:%d/%m/%Y}" in str(book["Tổng hợp"].rows[:4])
    for tab in ("Nội dung", "Bài yếu", "Câu hỏi", "Mức điểm"):
        assert other in str(book[tab].rows[:4]), tab
        assert "hết ngày" not in str(book[tab].rows[:4]), tab
    today_s = me.get(make(me, today())).text
    assert "không phải của ngày" not in today_s
