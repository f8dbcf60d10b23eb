"""Danh sách as offices type it: cells, headings, rows, bodies, and what is judged of them."""

import unicodedata
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain import sheet_values as values
from quizapp.domain.body_names import Place, Places, spelt_out
from quizapp.domain.people_check import Known, People, compare, give_logins, match, read
from quizapp.domain.people_sheet import Kind, Row, Sheet, field_of, find_heading, rows_of
from quizapp.domain.sheet_lines import Choices, Deed, Verdict, body_key

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("NGUYỄN VĂN TÍ", "Nguyễn Văn Tí"),
        ("nguyễn văn tí", "Nguyễn Văn Tí"),
        ("Nguyễn văn  Tí", "Nguyễn Văn Tí"),
        ("đ/c Lê Thị Hoà", "Lê Thị Hoà"),
        ("Đồng chí: Lê Thị Hoà", "Lê Thị Hoà"),
        ("H'HEN NIÊ", "H'Hen Niê"),
        ("y-bhiăm niê", "Y-Bhiăm Niê"),
        ("Ông Cao Thắng", "Ông Cao Thắng"),
    ],
)
def test_names_get_their_capitals(typed, name):
    assert values.proper_name(typed) == name
    assert values.name_problem(name) is None


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Tí", "một từ"),
        ("Nguyễn Văn 2", "chữ số"),
        ("NguyÔn V¨n A", "phông chữ cũ"),
        ("=cmd|x", "công thức"),
        ("A b" * 40, "100"),
    ],
)
def test_what_is_no_name_is_said(name, words):
    assert words in values.name_problem(name)


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (912345678.0, "0912345678"),
        (912345678, "0912345678"),
        ("912345678", "0912345678"),
        ("0912 345 678", "0912345678"),
        ("+84 912.345.678", "0912345678"),
        ("84912345678", "0912345678"),
        ("'0912345678", "0912345678"),
        ("0912345678.0", "0912345678"),
        ("912345678.0", "0912345678"),
        ("84912345678.00", "0912345678"),
        ("1681234567.0", "0381234567"),
        ("0912345678.0/0987654321.0", "0912345678"),
        ("0912.345.000", "0912345000"),
        ("0912345678.5", None),
        ("0912345678/0987654321", "0912345678"),
        ("0297 12 - 0912345678", "0912345678"),
        ("01681234567", "0381234567"),
        (1681234567.0, "0381234567"),
        ("841681234567", "0381234567"),
        ("02973812345", None),
        ("12345", None),
        ("chưa rõ", None),
    ],
)
def test_phone_numbers_are_mended_as_far_as_they_can_be(cell, number):
    found = values.phone(cell)
    assert (found.number, found.wrong) == (number, number is None)


@pytest.mark.parametrize("cell", [None, "", "  ", "-", "không có", 0.0])
def test_no_number_is_no_mistake(cell):
    assert values.phone(cell) == values.Phone(None)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        (45900.0, date(2025, 8, 31)),
        ("45900", date(2025, 8, 31)),
        (datetime(2025, 7, 1), date(2025, 7, 1)),  # noqa: DTZ001 - as a reader of sheets gives it
        (date(2025, 7, 1), date(2025, 7, 1)),
        ("01/07/2025", date(2025, 7, 1)),
        ("1-7-25", date(2025, 7, 1)),
        ("1.7.2025", date(2025, 7, 1)),
        ("2025-07-01", date(2025, 7, 1)),
        ("31/02/2025", None),
        ("12/31/2025", None),
        ("2025", None),
        ("hôm qua", None),
        (3.0, None),
        (True, None),
        (None, None),
    ],
)
def test_days_are_read_as_dates_numbers_and_text(cell, day):
    assert values.day(cell) == day


@given(
    st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans(), st.dates(), st.datetimes(), st.times())
)
def test_no_cell_breaks_the_reading(cell):
    told = values.text(cell)
    assert unicodedata.is_normalized("NFC", told)
    values.phone(cell)
    values.day(cell)
    values.name_problem(values.proper_name(told))
    values.login_from(told)
    field_of(told)


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ ", min_size=3, max_size=30))
def test_a_proper_name_stays_as_it_is(name):
    once = values.proper_name(name)
    assert values.proper_name(once) == once
    assert values.proper_name(name.upper()).casefold() == once.casefold()


@pytest.mark.parametrize(
    ("name", "login"), [("Nguyễn Thị Hồng Thắm", "thamnth"), ("Đỗ Đức", "ducd"), ("Y U", "uycanbo"), ("", "canbo")]
)
def test_a_sign_in_name_is_made_from_a_name(name, login):
    assert values.login_from(name) == login


# --- headings and rows -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Họ và tên", "name"), ("HỌ TÊN", "name"), ("Họ và tên (chữ in hoa)", "name"), ("Họ, chữ đệm và tên", "name"),
        ("Họ và tên đảng viên", "name"), ("Họ đệm", "family"), ("Tên", "given"), ("SĐT", "phone"), ("Số ĐT", "phone"),
        ("ĐTDĐ", "phone"), ("Số điện thoại liên hệ", "phone"), ("Chi bộ", "body"), ("Đơn vị công tác", "body"),
        ("Tên đơn vị", "body"), ("Mã đơn vị", "body_code"), ("Đảng bộ", "parent"), ("Cấp trên trực tiếp", "parent"),
        ("Chức vụ, chức danh", "title"), ("Tên đăng nhập", "login"), ("Từ ngày", "from_on"), ("STT", None),
        ("Ngày sinh", None), ("Ghi chú", None), ("", None),
    ],
)  # fmt: skip
def test_headings_are_known_by_their_usual_words(label, field):
    assert field_of(label) == field


def test_the_heading_is_found_below_titles_and_over_two_rows():
    sheet = Sheet(
        "A",
        [
            ["ĐẢNG BỘ"],
            ["DANH SÁCH"],
            [],
            ["TT", "Họ và tên", "Liên hệ", None],
            [None, None, "SĐT", "Email"],
            ["1", "2", "3", "4"],
        ],
    )
    found = find_heading(sheet)
    assert (found.row, found.depth, dict(found.columns), found.kind) == (3, 2, {"name": 1, "phone": 2}, Kind.PEOPLE)
    assert list(rows_of(sheet, found, found.columns)) == []


def test_a_sheet_of_bodies_is_told_from_one_of_people():
    assert find_heading(Sheet("A", [["Mã", "Tên đơn vị", "Cấp trên"]])).kind is Kind.BODIES
    assert find_heading(Sheet("A", [["a", "b"], ["c", "d"]])) is None
    assert find_heading(Sheet("A", [])) is None


def test_sections_name_the_body_of_the_rows_below_and_sums_are_left_out():
    rows = [
        ["TT", "Họ và tên", "SĐT"],
        ["I", "CHI BỘ VĂN PHÒNG", None],
        [1, "Nguyễn Văn Tí", "0912345678"],
        ["2. Chi bộ Cơ quan"],
        [1, "Trần Văn Tèo", None],
        [2, "Trần Văn Một Mình", None],
        [None, "Lẻ Loi Một Tên", None],
        ["Tổng cộng", 3, None],
        [None, None, "Người lập biểu"],
    ]
    sheet = Sheet("A", rows)
    heading = find_heading(sheet)
    found = [(row.number, row.text("name"), row.section) for row in rows_of(sheet, heading, heading.columns)]
    assert found == [
        (3, "Nguyễn Văn Tí", "CHI BỘ VĂN PHÒNG"),
        (5, "Trần Văn Tèo", "Chi bộ Cơ quan"),
        (6, "Trần Văn Một Mình", "Chi bộ Cơ quan"),
        (7, "Lẻ Loi Một Tên", "Chi bộ Cơ quan"),
    ]


@given(st.lists(st.lists(st.one_of(st.none(), st.text(max_size=12), st.floats(), st.dates()), max_size=6), max_size=12))
def test_no_sheet_breaks_the_reading(rows):
    sheet = Sheet("A", rows)
    heading = find_heading(sheet)
    if heading is not None:
        assert all(row.number <= len(rows) for row in rows_of(sheet, heading, heading.columns))


# --- bodies ----------------------------------------------------------------------------------------------------

PLACES = Places(
    [
        Place("tinh", "Tỉnh ủy"),
        Place("pq", "Đảng ủy đặc khu Phú Quốc", ("Tỉnh ủy",)),
        Place("vp", "Chi bộ Văn phòng", ("Đảng ủy đặc khu Phú Quốc", "Tỉnh ủy")),
        Place("cb-1-pq", "Chi bộ 1", ("Đảng ủy đặc khu Phú Quốc", "Tỉnh ủy")),
        Place("cb-1", "Chi bộ 1", ("Đảng ủy xã Vàm Sương", "Tỉnh ủy")),
        Place("cb-10", "Chi bộ 10", ("Đảng ủy xã Vàm Sương", "Tỉnh ủy")),
        Place("thcs", "Trường THCS Bến Sậy", ("Tỉnh ủy",)),
    ]
)


@pytest.mark.parametrize(
    ("text", "parent", "code"),
    [
        ("Chi bộ Văn phòng", "", "vp"), ("CHI BO VAN PHONG", "", "vp"), ("vp", "", "vp"),
        ("Chi bộ 1", "Đảng ủy xã Vàm Sương", "cb-1"), ("Chi bộ 1, Đảng ủy đặc khu Phú Quốc", "", "cb-1-pq"),
        ("Chi bộ 1 (ĐU xã Vàm Sương)", "", "cb-1"), ("Chi bộ 1", "ĐU ĐK Phú Quốc", "cb-1-pq"),
    ],
)  # fmt: skip
def test_a_body_is_found_by_name_code_and_the_one_above(text, parent, code):
    assert [place.code for place in PLACES.meant(text, parent).exact] == [code]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("CB VP", "vp"),
        ("CB Văn phòng", "vp"),
        ("Chi bộ Văn Phong ĐK PQ", "vp"),
        ("Trường trung học cơ sở Bến Sậy", "thcs"),
        ("Chi bộ số 10", "cb-10"),
    ],
)
def test_the_nearest_body_is_offered(text, first):
    meant = PLACES.meant(text)
    assert meant.exact == ()
    assert meant.near[0].code == first


def test_one_name_under_two_bodies_is_not_guessed():
    assert {place.code for place in PLACES.meant("Chi bộ 1").exact} == {"cb-1", "cb-1-pq"}
    assert PLACES.meant("Sở Giao thông vận tải").exact == ()
    assert spelt_out("CB  VP 01") == "chi bo van phong 1"


# --- judging ---------------------------------------------------------------------------------------------------


def lines(*rows, people=None, choices=None):
    choices = choices or Choices()
    read_lines = [read(Row(n, row), PLACES, choices, {}, TODAY) for n, row in enumerate(rows, 2)]
    compare(read_lines, choices)
    people = people or People()
    for line in read_lines:
        match(line, people, choices)
    give_logins(read_lines, people.taken)
    return read_lines


def row(name="Nguyễn Văn Tí", phone="0912345678", body="Chi bộ Văn phòng", **more):
    return {"name": name, "phone": phone, "body": body} | more


def known(**changed):
    people = People()
    told = {"id": 7, "name": "Nguyễn Văn Tí", "login": "ti", "phone": "0912345678", "posts": {"vp": ""}} | changed
    people.add(Known(**told))
    return people


def test_new_people_get_their_number_as_sign_in_name_else_one_of_their_own():
    made = lines(row(), row(name="Lê Nhu Mì", phone=None), row(name="Lý Ngọc Mi", phone=None))
    assert [line.login for line in made] == ["0912345678", "miln", "miln2"]
    assert {line.deed for line in made} == {Deed.NEW}


@pytest.mark.parametrize(
    ("people", "given", "deed", "changes"),
    [
        (known(), row(), Deed.SAME, {}),
        (known(), row(name="NGUYỄN VĂN TÍ"), Deed.SAME, {}),
        (known(), row(name="Nguyễn Văn Tị"), Deed.CHANGED, {"name": "Nguyễn Văn Tị"}),
        (known(), row(title="Bí thư"), Deed.CHANGED, {"title": "Bí thư"}),
        (known(), row(phone=None), Deed.SAME, {}),
        (known(phone=None), row(), Deed.CHANGED, {"phone": "0912345678"}),
        (known(posts={"tinh": ""}), row(), Deed.MOVED, {}),
        (known(posts={}), row(), Deed.POST, {}),
        (known(), row(login="TI", name="Nguyễn Văn Tí", phone="0900000000"), Deed.CHANGED, {"phone": "0900000000"}),
    ],
)
def test_what_a_line_would_change_of_who_is_there(people, given, deed, changes):
    (line,) = lines(given, people=people)
    assert (line.verdict, line.deed, line.person_id, line.changes) == (Verdict.OK, deed, 7, changes)


@pytest.mark.parametrize(
    ("people", "given", "verdict", "words"),
    [
        (known(inside=False), row(), Verdict.BAD, "ngoài phạm vi"),
        (known(inside=False, name="Ai Đó"), row(), Verdict.BAD, "ngoài phạm vi"),
        (known(name="Trần Văn Tèo"), row(), Verdict.LOOK, "đang là của đồng chí Trần Văn Tèo"),
        (known(), row(phone="0988888888"), Verdict.LOOK, "tệp ghi số 0988888888"),
        (known(posts={"tinh": "", "pq": ""}), row(), Verdict.LOOK, "2 vị trí"),
        (known(stronger=True), row(name="Nguyễn Văn Tị"), Verdict.BAD, "vai trò"),
        (known(), row(login="ti", name="Trần Văn Tèo", phone=None), Verdict.LOOK, "tên đăng nhập"),
    ],
)
def test_what_somebody_has_to_look_at(people, given, verdict, words):
    (line,) = lines(given, people=people)
    assert line.verdict is verdict
    assert line.deed is Deed.NONE
    assert words in line.problems[0].sentence


def test_decisions_settle_what_they_are_about():
    people = known()
    (line,) = lines(row(phone="0988888888"), people=people, choices=Choices(rows={"2": ["same"]}))
    assert (line.deed, line.changes) == (Deed.CHANGED, {"phone": "0988888888"})
    (line,) = lines(row(phone="0988888888"), people=people, choices=Choices(rows={"2": ["new"]}))
    assert line.deed is Deed.NEW
    (line,) = lines(row(body="CB VP"), choices=Choices(bodies={body_key("CB VP", ""): "vp"}))
    assert (line.place, line.verdict) == ("vp", Verdict.OK)
    (line,) = lines(row(name=""), choices=Choices(rows={"2": ["skip"]}))
    assert line.verdict is Verdict.SKIPPED
    (line,) = lines(row(phone="123"), choices=Choices(rows={"2": ["no_phone"]}))
    assert (line.phone, line.verdict) == (None, Verdict.OK)


def test_lines_that_say_the_same_are_noticed():
    made = lines(row(), row(), row(name="Trần Văn Tèo"), row(phone=None), row(phone=None))
    assert [line.verdict for line in made] == [Verdict.OK, Verdict.LOOK, Verdict.LOOK, Verdict.OK, Verdict.LOOK]
    assert made[1].problems[0].sentence == "Dòng 3: trùng với dòng 2 (cùng họ tên và số điện thoại)."
    assert "khác họ tên" in made[2].problems[0].sentence


@given(
    st.lists(
        st.tuples(st.text(max_size=20), st.one_of(st.none(), st.text(max_size=12), st.floats()), st.text(max_size=20)),
        max_size=8,
    )
)
def test_every_line_gets_a_verdict_and_every_problem_says_its_row(rows):
    for line in lines(*(row(name, phone, body) for name, phone, body in rows)):
        assert (line.verdict is Verdict.OK) == (not line.problems)
        assert all(problem.sentence.startswith(f"Dòng {line.number}: ") for problem in line.problems)
        assert (line.deed is Deed.NONE) == (line.verdict is not Verdict.OK)
