"""Questions from a flat sheet: headings as people write them, problems with their row, nothing executed."""

import io
import subprocess
import zipfile

import pytest
import xlsxwriter
from courses.offered import questions
from hypothesis import given, settings
from hypothesis import strategies as st
from old_workbooks import old_workbook
from readers import office
from spreadsheets import Formula

from quizapp.courses.exchange import sheet
from quizapp.courses.exchange.texts import to_typed
from quizapp.domain import old_fonts
from quizapp.domain.interchange import Offered, Unreadable, as_json
from quizapp.web import spreadsheets
from quizapp.web.refused import Refused

HEAD = ["STT", "Nội dung câu hỏi", "A", "B", "C", "D", "Đáp án"]


def book(*rows: list[object], name: str = "Trang 1") -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet(name)
        for n, row in enumerate(rows):
            page.write_row(n, 0, row)
    return out.getvalue()


def ods(rows: list[list[object]]) -> bytes:
    """As LibreOffice writes it, without what nobody needs."""
    names = (
        'xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
        'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" '
        'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    )
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    told = "".join(f"<table:table-row>{''.join(cell.format(one) for one in row)}</table:table-row>" for row in rows)
    body = f'<table:table table:name="Trang 1">{told}</table:table>'
    whole = (
        f"<office:document-content {names}><office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", "<manifest/>")
        archive.writestr("content.xml", f"{whole}</office:document-content>")
    return out.getvalue()


def test_the_template_is_read_without_a_remark_and_holds_every_kind():
    found = sheet.read(sheet.template(), "mau.xlsx")
    assert {item.kind for item in found} == set(
        "single multiple true_false matching ordering short number gaps".split()
    )
    assert [item.problems for item in found] == [()] * len(found)
    assert found[0].level == "van_dung"
    assert found[0].options[1].feedback == "Giữ lại là đã nhận."


@pytest.mark.parametrize(
    "head",
    [
        HEAD,
        ["TT", "CÂU HỎI", "Phương án A", "Phương án B", "Phương án C", "Phương án D", "ĐÁP ÁN ĐÚNG"],
        ["#", "de bai", "Đáp án A", "Đáp án B", "Đáp án C", "Đáp án D", "Đáp án (A/B/C/D)"],
        ["No.", "Question", "Option 1", "Option 2", "Option 3", "Option 4", "Correct answer"],
    ],
)
@pytest.mark.parametrize("key", ["B", "b", "B.", " b ) ", "2", "Phương án B", "Đáp án: B", "Hà Nội"])
def test_headings_and_keys_are_known_however_they_are_written(head, key):
    data = book(["NGÂN HÀNG CÂU HỎI"], [], head, [1, "Thủ đô?", "Huế", "Hà Nội", "Vinh", "", key])
    (item,) = sheet.read(data, "x.xlsx")
    assert (item.kind, item.text, item.place) == ("single", "Thủ đô?", "dòng 4")
    assert [(one.text, one.weight) for one in item.options] == [("Huế", 0), ("Hà Nội", 100), ("Vinh", 0)]
    assert item.problems == ()


@pytest.mark.parametrize("key", ["A, C", "AC", "a;c", "A và C", "1 & 3"])
def test_several_keys_make_several_right(key):
    (item,) = sheet.read(book(HEAD, [1, "Chọn?", "x", "y", "z", "", key]), "x.xlsx")
    assert (item.kind, [one.weight for one in item.options]) == ("multiple", [50, 0, 50])


def test_columns_may_stand_in_any_order_and_strange_ones_are_named():
    data = book(["đáp án", "Người duyệt", "PHƯƠNG ÁN B", "phuong an a", "Câu hỏi"], ["A", "Lan", "y", "x", "Hỏi?"])
    (item,) = sheet.read(data, "x.xlsx")
    assert [(one.text, one.weight) for one in item.options] == [("x", 100), ("y", 0)]
    assert as_json(item)["problems"] == ["Dòng 1: Cột “Người duyệt” không được nhận."]


@pytest.mark.parametrize(("key", "code"), [("", "no_key"), ("E", "no_key"), ("xyz", "no_key")])
def test_a_missing_or_strange_key_is_told_with_its_row(key, code):
    item = sheet.read(book(HEAD, [1, "Tốt?", "x", "y", "", "", "A"], [2, "Hỏng?", "x", "y", "", "", key]), "x.xlsx")[1]
    assert (item.problems[0].line, item.problems[0].code, item.fatal) == (3, code, True)


def test_answers_without_options_tell_the_kind():
    rows = [[n, "Hỏi?", "", "", "", "", key] for n, key in enumerate(["Đúng", "S", 12.5, "bốn", ""])]
    found = sheet.read(book(HEAD, *rows), "x.xlsx")
    assert [item.kind for item in found] == ["true_false", "true_false", "number", "short", "essay"]
    assert found[1].options[1].weight == 100


def test_kinds_and_levels_by_name():
    head = ["Loại câu", "Câu hỏi", "A", "B", "C", "Đáp án", "Mức độ"]
    pairs = ["Ghép đôi", "?", "a -> b", "c → d", "-> e", "", "NB"]
    order = ["Sắp xếp", "?", "một", "hai", "ba", "", "thông hiểu"]
    data = book(head, pairs, order, ["lạ", "?", "x", "y", "", "A", "rất khó"])
    first, second, third = sheet.read(data, "x.xlsx")
    assert [(pair.left, pair.right) for pair in first.pairs] == [("a", "b"), ("c", "d"), ("", "e")]
    assert (first.level, second.level, [one.text for one in second.options]) == ("nho", "hieu", ["một", "hai", "ba"])
    assert [problem.code for problem in third.problems] == ["kind", "level"]


def test_a_formula_is_not_executed_and_its_question_is_not_taken():
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as made:
        page = made.add_worksheet("x")
        page.write_row(0, 0, HEAD)
        page.write_row(1, 0, [1, "Hỏi?", "x", "y", "", "", "A"])
        page.write_formula(1, 2, '=HYPERLINK("http://a","b")', None, "b")
    (item,) = sheet.read(out.getvalue(), "x.xlsx")
    assert item.fatal
    assert "Ô C2 là công thức." in as_json(item)["problems"][0]


def test_formulas_of_an_old_workbook_are_found_where_they_stand():
    rows = [HEAD, [1, "Hỏi?", "x", "y", "", "", "A"], [2, "Nữa?", "x", Formula("=1", "y"), "", "", "B"]]
    first, second = sheet.read(old_workbook(("Câu hỏi", rows)), "x.xls")
    assert (first.problems, second.fatal) == ((), True)
    assert "Ô D3 là công thức." in as_json(second)["problems"][0]


def test_formulas_of_an_open_document_are_found_where_they_stand():
    plain = ods([HEAD, [1, "Hỏi?", "x", "y", "", "", "A"], [2, "Nữa?", "x", "y", "", "", "B"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            part = old.read(name)
            cell = '<table:table-cell office:value-type="string"><text:p>Nữa?'.encode()
            new.writestr(name, part.replace(cell, cell.replace(b"office:", b'table:formula="of:=1+1" office:')))
    first, second = sheet.read(out.getvalue(), "x.ods")
    assert (first.problems, second.fatal) == ((), True)
    assert "Ô B3 là công thức." in as_json(second)["problems"][0]


@pytest.mark.parametrize("name", ["tcvn3", "vni"])
def test_old_fonts_are_said_and_converted_when_asked(name):
    def words(text):
        return old_fonts.back(text, name)

    asked = "Cán bộ, công chức được tặng quà thì phải làm gì?"
    data = book(HEAD, [1, words(asked), words("báo cáo người đứng đầu"), words("giữ lại"), "Đã là Unicode", "", "A"])
    with pytest.raises(Unreadable) as refused:
        sheet.read(data, "x.xlsx")
    assert refused.value.encoding == name
    (item,) = sheet.read(data, "x.xlsx", name)
    assert item.text == asked
    assert [one.text for one in item.options] == ["báo cáo người đứng đầu", "giữ lại", "Đã là Unicode"]


@pytest.mark.parametrize(
    ("head", "row"),
    [
        (["Câu hỏi", "Phương án", "Đáp án"], ["Thủ đô?", "A. Huế\nB. Hà Nội", "B"]),
        (["Câu hỏi", "Đáp án"], ["Thủ đô?\nA) Huế\nB) Hà Nội", "B"]),
    ],
)
def test_options_in_one_cell_are_told_apart(head, row):
    (item,) = sheet.read(book(head, row), "x.xlsx")
    assert (item.kind, item.text) == ("single", "Thủ đô?")
    assert [(one.text, one.weight) for one in item.options] == [("Huế", 0), ("Hà Nội", 100)]


@pytest.mark.parametrize("ending", ["xls", "ods"])
def test_sheets_that_an_office_program_writes_are_read(tmp_path, ending):
    (tmp_path / "mau.xlsx").write_bytes(sheet.template())
    told = [office(), f"-env:UserInstallation=file://{tmp_path}/profile", "--headless", "--convert-to", ending]
    told += ["--outdir", str(tmp_path), str(tmp_path / "mau.xlsx")]
    subprocess.run(told, check=True, capture_output=True, timeout=180)
    found = sheet.read((tmp_path / f"mau.{ending}").read_bytes(), f"mau.{ending}")
    bare = [item.model_copy(update={"place": ""}) for item in found]
    assert bare == [item.model_copy(update={"place": ""}) for item in sheet.read(sheet.template(), "mau.xlsx")]


def test_what_is_written_stays_text():
    item = Offered(kind="short", text="=1+1", feedback="@SUM(A1)", options=())
    data = sheet.write([item])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert b"<f>" not in archive.read("xl/worksheets/sheet1.xml")


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    out = io.BytesIO(data)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


BAD = {
    "macro": (with_part(book(HEAD, [1, "?", "x", "y", "", "", "A"]), "xl/vbaProject.bin", b"x"), "macro"),
    "old macro": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "_VBA_PROJECT".encode("utf-16-le"), "macro"),
    "bomb": (lambda: with_part(book(HEAD), "xl/bomb.xml", b"0" * 60_000_000), "quá lớn"),
    "a zip": (with_part(b"", "a.txt", b"hello"), "không phải bảng tính"),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0", "không phải"),
    "text": (b"just a text", "dòng tiêu đề"),
    "broken": (b"PK\x03\x04broken", "hỏng"),
    "empty": (b"", "trống"),
    "no heading": (book(["a", "b"], ["c", "d"]), "dòng tiêu đề"),
    "windows-1258": (
        "Câu hỏi;A;B;Đáp án\nThủ đô?;x;y;A".encode("cp1258", "ignore") + "\xf4".encode("latin-1"),
        "bảng mã",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_what_is_no_sheet_of_questions_is_refused_with_a_sentence(case):
    data, sentence = BAD[case]
    with pytest.raises(Unreadable, match=sentence):
        sheet.read(data() if callable(data) else data, "x.xlsx")


def test_pictures_are_named():
    data = with_part(book(HEAD, [1, "Hỏi?", "x", "y", "", "", "A"]), "xl/media/image1.png", b"x")
    assert sheet.read(data, "x.xlsx")[0].problems[0].code == "lost_media"


def test_csv_and_ods_are_read_too():
    rows = [HEAD, [1, "Thủ đô?", "Huế", "Hà Nội", "", "", "B"]]
    text = "\n".join(";".join(map(str, row)) for row in rows)
    assert sheet.read(text.encode(), "x.csv")[0].options[1].weight == 100
    assert sheet.read(ods(rows), "x.ods")[0].options[1].weight == 100


def test_a_case_is_rows_that_stand_together():
    part = lambda n: Offered(kind="short", text=f"Hỏi {n}?", options=())  # noqa: E731
    case = Offered(kind="case", id="th-3", situation="Chuyện", parts=(part(1), part(2)))
    (found,) = sheet.read(sheet.write([case]), "x.xlsx")
    assert (found.kind, found.id, found.situation, len(found.parts)) == ("case", "th-3", "Chuyện", 2)


@settings(max_examples=60, deadline=None)
@given(st.lists(questions().filter(lambda item: item.kind not in ("description",)), min_size=1, max_size=4))
def test_what_is_written_is_read_back(items):
    found = sheet.read(sheet.write(items), "x.xlsx")
    assert [one.kind for one in found] == [one.kind for one in items]
    for back, item in zip(found, items, strict=True):
        assert to_typed(back.text) == to_typed(item.text)
        assert [(to_typed(one.left), to_typed(one.right)) for one in back.pairs] == [
            (to_typed(one.left), to_typed(one.right)) for one in item.pairs
        ]
        if item.kind in ("single", "multiple", "true_false", "ordering"):
            assert [to_typed(one.text) for one in back.options] == [to_typed(one.text) for one in item.options]
            least = 99 if item.kind == "single" else 0
            assert [one.weight > least for one in back.options] == [one.weight > least for one in item.options]


def test_the_file_with_problems_is_read_again():
    found = sheet.read(book(HEAD, [1, "Hỏng?", "x", "y", "", "", ""]), "x.xlsx")
    data = sheet.write(found, problems=True)
    (rows,) = [one.rows for one in spreadsheets.read(data, "x.xlsx")]
    assert rows[0][-2:] == ["Vấn đề", "Cách sửa"]
    assert rows[1][-2] == "Câu chưa có đáp án."
    assert sheet.read(data, "x.xlsx")[0].text == "Hỏng?"


def test_areas_over_areas_are_not_written_for_ever():
    rows = [["x"] * 200 for _ in range(1000)]
    with pytest.raises(Refused, match="gộp quá nhiều ô"):
        spreadsheets._fill_merged(rows, [((0, 0), (1_000_000, 16_000))] * 50_000)
