"""Giấy: what Excel, Word and PDF hold, and how an office program lays it out."""

import re
import zipfile
from datetime import UTC, date, datetime
from fractions import Fraction
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from readers import A4_POINTS, as_pdfs, pdf_text, size_of, word_text, workbook

from quizapp.reports.official.letter import Letter, in_words, layout_of, number_line, place_line
from quizapp.reports.official.names import file_name
from quizapp.reports.paper import excel, pdf, word
from quizapp.reports.paper.document import Annex, Head, Layout, Official, Paragraph, Run, Style, Table
from quizapp.reports.paper.grid import Column, Grid, Kind, said
from quizapp.web.formats import percent

AT = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)  # 16:00 in Việt Nam
COLUMNS = (
    Column("NUMBER", Kind.NUMBER, 9),
    Column("Đơn vị", Kind.TEXT, 30),
    Column("Tổng số", Kind.NUMBER),
    Column("Tỷ lệ %", Kind.SHARE),
    Column("Hạn", Kind.DAY, 14),
)
DANGEROUS = [
    "=1+1",
    "+84 912 345 678",
    "@SUM(A1)",
    "-2+3",
    '=HYPERLINK("http://x")',
    "http://example.vn",
    "\t=1",
    "'=1",
]


def grid(rows=3):
    names = [f"Đảng ủy xã Thử Nghiệm {n}" for n in range(rows)]
    body = [(n, name, 1284, Fraction(924, 1000), date(2026, 11, 30)) for n, name in enumerate(names, 1)]
    return Grid(
        "don-vi", "KẾT QUẢ THEO ĐƠN VỊ", COLUMNS, body, ("", "Tổng cộng", 11206, Fraction(3, 4), None), "Ghi chú."
    )


def document(layout=Layout.PARTY, rows=3, hint="HINT Phần này do đồng chí viết.", annexes=2):
    """Words in capitals without marks are found in a PDF whatever fonts it was printed with."""
    letter = Letter(layout=layout, agency=("BAN THỬ NGHIỆM",), name="Ban", symbol="BC/BTN", place="Tràm Xanh")
    head = Head(("TỈNH ỦY TRÀM XANH",), letter.agency, number_line(letter), place_line(letter, date(2026, 11, 22)),
                "BÁO CÁO", ["kết quả học tập", "(số liệu đến 16 giờ 00 ngày 22/11/2026)"])  # fmt: skip
    blocks = [
        Paragraph([Run("I- TÌNH HÌNH", bold=True)], Style.HEADING),
        Paragraph([Run("Đã giao khóa học cho 11.206 đồng chí.")]),
        Table(grid(rows), "Biểu 1. Kết quả theo đơn vị"),
        Paragraph([Run(hint, italic=True, blank=True)], Style.HINT),
    ]
    listed = [Annex(f"PHỤ LỤC {n}", f"ANNEX {n}", [Table(grid(rows), "")]) for n in range(1, annexes + 1)]
    signer = [Run("K/T BAN", bold=True), Run("PHÓ TRƯỞNG BAN", bold=True)]
    return Official(layout, "Báo cáo", head, blocks, ["Thường trực Tỉnh ủy", "Lưu Văn phòng"], signer, listed,
                    "Dự thảo. Số liệu chốt số SL-2026-1.", "https://hoc.example.vn/so-lieu/abcdefghjkmnpqrs")  # fmt: skip


@pytest.fixture(scope="module")
def laid(tmp_path_factory):
    """What an office program makes of the files."""
    pages = [
        excel.Page("Tổng hợp", ["một dòng"], grid(60)),
        excel.Page("Ghi chú số liệu", [], excel.notes([("a", "b")])),
    ]
    files = {f"{layout}.docx": word.official(document(layout), AT) for layout in Layout}
    files |= {f"long-{rows}.docx": word.official(document(rows=rows, annexes=0), AT) for rows in LONG}
    files["table.docx"] = word.tables("Biểu", ["một dòng"], [grid(120)], AT)
    files["book.xlsx"] = excel.workbook(pages, "x", "y")
    return as_pdfs(files, tmp_path_factory.mktemp("office"))


LONG = range(24, 34, 3)  # rows of a table with which the signature comes near the end of a page

# --- Excel -----------------------------------------------------------------------------------------------------


def test_numbers_are_numbers_and_shares_and_days_carry_their_format():
    data = excel.workbook([excel.Page("Tổng hợp", ["một dòng"], grid())], "x", "y")
    sheet = workbook(data)["Tổng hợp"]
    assert sheet.rows[2] == ["NUMBER", "Đơn vị", "Tổng số", "Tỷ lệ", "Hạn"]
    first = sheet.rows[3]
    assert first[1:3] == ["Đảng ủy xã Thử Nghiệm 0", 1284.0]
    assert first[3] == pytest.approx(0.924)
    assert first[4] == 46356.0  # days since 1900, as a spreadsheet counts
    with zipfile.ZipFile(BytesIO(data)) as archive:
        styles = archive.read("xl/styles.xml").decode()
    for wanted in ("[$-42A]#,##0", "[$-42A]0.0%", "dd/mm/yyyy"):
        assert f'formatCode="{wanted}"' in styles


def test_a_sheet_has_a_frozen_head_and_goes_on_a4_lying_with_its_page_numbers():
    xml = workbook(excel.workbook([excel.Page("Tổng hợp", ["một dòng"], grid())], "x", "y"))["Tổng hợp"].xml
    assert re.search(r'<pane [^>]*ySplit="4"[^>]*state="frozen"', xml)
    assert re.search(r'<pageSetup paperSize="9"[^>]*orientation="landscape"', xml)
    assert "Trang &amp;P/&amp;N" in xml
    assert '<pageSetUpPr fitToPage="1"/>' in xml


@pytest.mark.parametrize("typed", DANGEROUS)
def test_what_a_person_has_typed_never_becomes_a_formula_or_a_link(typed):
    made = Grid("x", typed, (Column(typed), Column("Số", Kind.NUMBER)), [(typed, 1)], (typed, 2), typed)
    data = excel.workbook([excel.Page("Biểu", [typed], made)], typed, typed)
    sheet = workbook(data)["Biểu"]
    assert "<f>" not in sheet.xml
    assert "hyperlink" not in sheet.xml
    assert sheet.rows[3][0] == typed
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert not [name for name in archive.namelist() if "rels" in name and "worksheets" in name]


@settings(deadline=None, max_examples=40)
@given(st.text(min_size=1, max_size=60))
def test_any_text_comes_out_as_text(typed):
    sheet = workbook(excel.workbook([excel.Page("Biểu", [], Grid("x", "T", (Column("A"),), [(typed,)]))], "x", "y"))[
        "Biểu"
    ]
    assert "<f>" not in sheet.xml
    assert all(cell is None or isinstance(cell, str) for row in sheet.rows for cell in row)


def test_a_workbook_opens_in_an_office_program_as_lying_a4(laid):
    read = laid["book.xlsx"]
    assert {size_of(page) for page in read.pages} == {tuple(reversed(A4_POINTS))}
    assert len(read.pages) == 4  # sixty rows on three, the notes on one
    assert f"Trang 1/{len(read.pages)}" in pdf_text(read)
    assert all("NUMBER" in page.extract_text() for page in read.pages[:2]), "the head stands on each page"
    told = read.pages[0].extract_text()
    assert "92,4%" in told, "in the Vietnamese way, whatever language the office program is set to"
    assert "1.284" in told


# --- Word and PDF ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("layout", list(Layout))
def test_a_report_comes_out_on_the_right_number_of_a4_pages(laid, layout):
    ours = PdfReader(BytesIO(pdf.official(document(layout), AT)))
    for read in (laid[f"{layout}.docx"], ours):
        assert {size_of(page) for page in read.pages} == {A4_POINTS}
        assert len(read.pages) == 3, "the report, and each annex on its own page"
        assert "ANNEX 1" in read.pages[1].extract_text()
        assert "K/T BAN" in read.pages[0].extract_text()
        assert read.pages[1].extract_text().split()[0] == "2", "numbered from the second page on"


def test_its_margins_are_those_of_the_layout():
    import docx

    for layout, margins in ((Layout.PARTY, (20, 20, 30, 15)), (Layout.STATE, (20, 20, 30, 15))):
        section = docx.Document(BytesIO(word.official(document(layout), AT))).sections[0]
        names = ("top_margin", "bottom_margin", "left_margin", "right_margin")
        assert tuple(round(getattr(section, name).mm) for name in names) == margins
        assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)


@pytest.mark.parametrize("rows", LONG)
def test_no_page_holds_a_signature_alone(laid, rows):
    ours = PdfReader(BytesIO(pdf.official(document(rows=rows, annexes=0), AT)))
    for read in (laid[f"long-{rows}.docx"], ours):
        last = read.pages[-1].extract_text()
        assert "K/T BAN" in last
        assert "HINT" in last


@pytest.mark.parametrize(
    ("layout", "there", "elsewhere"),
    [
        (Layout.PARTY, ["ĐẢNG CỘNG SẢN VIỆT NAM", "* Số", "-BC/BTN", "-----"], ["CỘNG HÒA", "Độc lập"]),
        (
            Layout.STATE,
            ["CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "/BC/BTN"],
            ["ĐẢNG CỘNG SẢN"],
        ),
    ],
)
def test_each_layout_has_its_own_head(layout, there, elsewhere):
    told = word_text(word.official(document(layout), AT))
    printed = pdf_text(pdf.official(document(layout), AT))
    for words in there:
        assert words in told
        assert words in printed
    for words in elsewhere:
        assert words not in told
        assert words not in printed


def test_word_and_pdf_say_the_same():
    made = document()
    told = word_text(word.official(made, AT))
    squeezed = re.sub(r"\s|─", "", pdf_text(pdf.official(made, AT)))
    for words in set(told.split()):
        assert re.sub(r"\s|─", "", words) in squeezed, words


def test_blanks_are_marked_and_a_clean_copy_has_no_footer_of_a_draft():
    from dataclasses import replace

    def xml(data, part):
        with zipfile.ZipFile(BytesIO(data)) as archive:
            return "".join(archive.read(name).decode() for name in archive.namelist() if re.match(part, name))

    draft = word.official(document(), AT)
    assert xml(draft, "word/document.xml").count('<w:highlight w:val="yellow"/>') >= 4  # number, day, judgement, name
    assert "Dự thảo" in xml(draft, "word/footer")
    clean = word.official(replace(document(), footer="", address=""), AT)
    assert "Dự thảo" not in xml(clean, "word/footer")
    assert "Dự thảo" not in pdf_text(pdf.official(replace(document(), footer="", address=""), AT))


def test_markup_in_what_was_typed_stays_text():
    strange = '<b>&"#panic("x") $x$ \\ *'
    made = document(hint=strange)
    assert strange in word_text(word.official(made, AT))
    assert re.sub(r"\s", "", strange) in re.sub(r"\s", "", pdf_text(pdf.official(made, AT)))


def test_a_table_of_many_rows_repeats_its_head(laid):
    ours = PdfReader(BytesIO(pdf.tables("Biểu", ["một dòng"], [grid(120)], AT)))
    for read in (laid["table.docx"], ours):
        assert {size_of(page) for page in read.pages} == {tuple(reversed(A4_POINTS))}
        assert len(read.pages) >= 4
        assert all("NUMBER" in page.extract_text() for page in read.pages[:-1])
        assert f"Trang 1/{len(read.pages)}" in pdf_text(read)


def test_only_our_own_fonts_are_in_a_pdf():
    reader = PdfReader(BytesIO(pdf.official(document(), AT)))
    fonts = {str(f.get_object()["/BaseFont"]) for page in reader.pages for f in page["/Resources"]["/Font"].values()}
    assert {name.split("+")[1].split("-")[0].split("Regular")[0] for name in fonts} == {"Tinos"}


# --- words -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "kind", "words"),
    [
        (11206, Kind.NUMBER, "11.206"),
        (Fraction(751, 1000), Kind.SHARE, "75,1"),
        (Fraction(93, 400), Kind.SHARE, "23,3"),  # half up, as a spreadsheet shows the number itself
        (1, Kind.SHARE, "100,0"),
        (8.42, Kind.POINTS, "8,4"),
        (Fraction(845, 100), Kind.POINTS, "8,5"),
        (date(2026, 11, 22), Kind.DAY, "22/11/2026"),
        (datetime(2026, 11, 22, 18, 0, tzinfo=UTC), Kind.DAY, "23/11/2026"),
        (None, Kind.SHARE, "–"),
        ("", Kind.TEXT, ""),
    ],
)
def test_cells_on_paper(cell, kind, words):
    assert said(cell, kind) == words


@pytest.mark.parametrize(
    ("part", "whole", "words"), [(93, 400, "23,3%"), (8412, 11206, "75,1%"), (0, 7, "0,0%"), (7, 7, "100,0%")]
)
def test_a_page_rounds_as_its_file_does(part, whole, words):
    assert percent(part, whole) == words
    assert said(Fraction(part, whole), Kind.SHARE) == words.removesuffix("%")
    assert percent(part, 0) == "–"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2020, 3, 5), "ngày 05 tháng 3 năm 2020"),
        (date(2026, 1, 31), "ngày 31 tháng 01 năm 2026"),
        (date(2026, 2, 9), "ngày 09 tháng 02 năm 2026"),
        (date(2026, 11, 22), "ngày 22 tháng 11 năm 2026"),
    ],
)
def test_days_of_documents(day, words):
    assert in_words(day) == words


@pytest.mark.parametrize(
    ("kind", "layout"), [("party", "party"), ("union", "party"), ("government", "state"), ("service", "state")]
)
def test_the_layout_follows_the_kind_of_body(kind, layout):
    assert layout_of(kind) == layout


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("Đảng bộ tỉnh", "BaoCao_CV1248_DangBoTinh_2026-11-22_1600.xlsx"),
        ("../../etc/passwd", "BaoCao_CV1248_EtcPasswd_2026-11-22_1600.xlsx"),
        ('Chi bộ "5"\r\nX: y', "BaoCao_CV1248_ChiBo5XY_2026-11-22_1600.xlsx"),
        ("", "BaoCao_CV1248_2026-11-22_1600.xlsx"),
    ],
)
def test_file_names_hold_letters_digits_and_marks_that_every_disk_takes(body, name):
    assert file_name("BaoCao", "cv-1248", body, AT, "xlsx") == name
