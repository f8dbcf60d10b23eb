"""Nhập người và đơn vị: the four steps through the pages and the work process down to the database."""

import io
import re
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from factories import SINCE, add_grant, add_person
from old_workbooks import old_workbook
from spreadsheets import Formula, bomb, people, workbook

from quizapp.accounts.models import Audit, Person, Post
from quizapp.administration.import_tasks import HANDLERS, sweep_imports
from quizapp.administration.models import PeopleImport, PeopleImportLine
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.files.models import StoredFile
from quizapp.jobs.models import Job
from quizapp.jobs.tasks import do_jobs, sweep_jobs
from quizapp.learning import counts
from quizapp.learning.models import Enrolment
from quizapp.organisation.models import Body, BodyPeriod
from quizapp.web import spreadsheets as sheets
from quizapp.web.access import Role

WHY = {"ly-do": "Danh sách kèm Công văn 45"}
START = "/quan-tri/nguoi-dung/nhap"


@pytest.fixture
def rows(app):
    """``rows(statement)``: what the database holds now."""

    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


@pytest.fixture
def work(app):
    """Let the work process do what waits."""

    def run():
        with app.app_context():
            do_jobs(HANDLERS)

    return run


@pytest.fixture
def hand_in(visit, work):
    """``hand_in(data)``: a file handed in, read and checked; the visitor and where its page is."""

    def run(data, name="danh-sach.xlsx", login="quantri", columns=None):
        visitor = visit(login)
        visitor.post(START, {"tep": (io.BytesIO(data), name)})
        address = visitor.page.location
        work()
        page = visitor.get(address)
        visitor.post(f"{address}/cot", chosen(page) | (columns or {}))
        work()
        visitor.get(address)
        return visitor, address

    return run


def chosen(page):
    """What a page's selects stand on."""
    found = {}
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page.html, re.S):
        value = re.search(r'<option value="([^"]*)" selected', options)
        found[name] = value[1] if value else "-1"
    return found


@pytest.fixture
def below(app, office):
    """An administrator of "co-quan" alone."""
    with app.app_context():
        who = add_person("quantri2", "Ngô Thị Hạnh", office["co-quan"])
        add_grant(who, Role.ADMIN, office["co-quan"])
        outsider = add_person("0911111111", "Đặng Văn Ngoài", office["tinh"])
        db.session.get_one(Person, outsider).phone = "0911111111"
        db.session.commit()


GOOD = people(
    (1, "NGUYỄN VĂN TÍ", 912345678.0, "Chi bộ 1", "Bí thư"),
    (None, None, None, None, None),
    (2, "Trần Thị Hoà", "+84 987.654.321", "chi bo 2", None),
    (3, "Lê Nhu Mì", None, "CHI BỘ 2", None),
)


def test_a_list_goes_from_the_file_to_people_with_posts_and_a_receipt(app, rows, work, hand_in, office):
    visitor, address = hand_in(GOOD)
    page = visitor.get(address)
    assert "3 dòng nhập được, 0 dòng cần xem, 0 dòng lỗi. Chưa có gì được ghi vào hệ thống." in page.text
    assert rows(sa.select(Person).filter_by(login="0912345678")) == []
    visitor.post(f"{address}/ghi", WHY)
    assert "Đang chờ" in visitor.get(address).text
    work()
    page = visitor.get(address)
    assert "Đã nhập 3 người" in page.text
    assert "1 người chưa có số điện thoại, cần cấp mật khẩu trực tiếp" in page.text
    assert WHY["ly-do"] in page.text
    (found,) = rows(sa.select(Person).filter_by(login="0912345678"))
    assert (found.name, found.phone, found.password_hash) == ("Nguyễn Văn Tí", "0912345678", None)
    (post,) = rows(sa.select(Post).filter_by(person_id=found.id))
    assert (post.body_id, post.title, post.from_on) == (office["chi-bo-1"], "Bí thư", today())
    assert rows(sa.select(Person.name).filter_by(login="0987654321")) == ["Trần Thị Hoà"]
    assert rows(sa.select(Person.login).filter_by(name="Lê Nhu Mì")) == ["miln"]
    (line,) = rows(sa.select(Audit).filter_by(act="import_people"))
    assert (line.actor_id, line.reason, line.detail["people"]) == (office["quantri"], WHY["ly-do"], 3)
    assert len(rows(sa.select(Audit).filter_by(act="add_person"))) == 3
    visitor.post(f"{address}/ghi", WHY, status=409)
    work()
    assert len(rows(sa.select(Person).filter_by(name="Nguyễn Văn Tí"))) == 1
    assert "danh-sach.xlsx" in visitor.get(START).text


def test_the_same_file_again_changes_nothing(rows, work, hand_in):
    visitor, address = hand_in(GOOD)
    visitor.post(f"{address}/ghi", WHY)
    work()
    before = len(rows(sa.select(Person)))
    again, other = hand_in(GOOD)
    assert "không làm thay đổi gì" in again.page.text
    assert "Nguyễn Văn Tí" in again.get(f"{other}?xem=khong-doi").text
    assert len(rows(sa.select(Person))) == before


def test_each_problem_is_said_with_its_row_and_the_right_lines_come_in_alone(rows, work, hand_in):
    visitor, address = hand_in(
        people(
            (1, "Nguyễn văn  Tí", "0912345678", "CB Văn phòng", None),
            (2, "Lê Thị Hoà", "0912000001", "Chi bộ 1", None),
            (3, "Lê Thị Hòa", "0912000001", "Chi bộ 1", None),
            (4, "Trần Văn Sáu", "12345", "Chi bộ 2", None),
            (5, None, "0912000002", "Chi bộ 2", None),
            (6, "NguyÔn V¨n A", "0912000003", "Chi bộ 2", None),
            (7, "Phạm Văn Đúng", "0912000004", "Chi bộ 2", None),
            (8, "Võ Thị Đơn", "0912000005", None, None),
        )
    )
    text = visitor.page.text
    assert "2 dòng nhập được, 1 dòng cần xem, 5 dòng lỗi." in text
    assert "Dòng 2: không tìm thấy đơn vị “CB Văn phòng”" in text
    assert "Dòng 4: trùng với dòng 3 (cùng họ tên và số điện thoại)." in text
    assert "Dòng 5: số điện thoại “12345” chưa đủ 10 chữ số." in text
    assert "Dòng 6: thiếu họ và tên." in text
    assert "ký tự lạ “Ô”" in text.replace("ký tự lạ “¨”", "ký tự lạ “Ô”")
    assert "Dòng 9: thiếu đơn vị." in text
    visitor.post(f"{address}/ghi", WHY)
    work()
    assert sorted(rows(sa.select(Person.name).where(Person.login.startswith("0912")))) == [
        "Lê Thị Hoà",
        "Phạm Văn Đúng",
    ]


def test_a_body_chosen_once_holds_for_every_line_that_says_the_same(app, rows, work, hand_in, office):
    visitor, address = hand_in(
        people(
            (1, "Nguyễn Văn Tí", "0912345678", "CB 1", None),
            (2, "Trần Văn Tèo", "0912345679", "CB 1", None),
            (3, "Bỏ Dòng Này", "0912345670", "không đâu cả", None),
        )
    )
    page = visitor.page
    assert "Gần giống nhất: Chi bộ 1 · Đảng ủy cơ quan Thử Nghiệm" in page.text
    visitor.post(f"{address}/chon", {"dong-2-0-0": "place:chi-bo-1", "dong-4-0-0": "skip"})
    work()
    page = visitor.get(address)
    assert "2 dòng nhập được, 0 dòng cần xem, 0 dòng lỗi." in page.text
    visitor.post(f"{address}/ghi", WHY)
    work()
    made = rows(
        sa.select(Post.body_id).join(Person, Person.id == Post.person_id).where(Person.login.startswith("0912"))
    )
    assert made == [office["chi-bo-1"]] * 2
    assert "Bỏ Dòng Này" in visitor.get(f"{address}?xem=bo").text


def test_who_is_there_is_changed_moved_or_left_alone_and_the_counts_stay_right(app, rows, work, hand_in, office):
    with app.app_context():
        db.session.get_one(Person, office["hocvien"]).phone = "0912345678"
        db.session.commit()
    visitor, address = hand_in(
        people(
            (1, "Nguyễn Thị Hồng Thắm", "0912345678", "Chi bộ 2", "Phó bí thư"),
            (2, "Trần Quốc An", "0977777777", "Chi bộ 2", None),
        )
    )
    text = visitor.page.text
    assert "0 người mới" in text.replace("thêm 0 người mới", "0 người mới")
    assert "Chuyển đơn vị 1" in text
    assert "Sửa thông tin 1" in text
    assert "Không có trong tệp" not in text
    visitor.post(f"{address}/ghi", WHY)
    work()
    posts = rows(sa.select(Post).filter_by(person_id=office["hocvien"]).order_by(Post.from_on))
    assert [(post.body_id, post.to_on) for post in posts] == [(office["chi-bo-1"], today()), (office["chi-bo-2"], None)]
    assert rows(sa.select(Enrolment.body_id).filter_by(person_id=office["hocvien"])) == [office["chi-bo-2"]]
    assert rows(sa.select(Person.phone).filter_by(login="hocvien3")) == ["0977777777"]
    assert "Số điện thoại: chưa ghi → 0977777777" in visitor.get(f"{address}?xem=sua").text
    with app.app_context():
        assert counts.differences(now()) == []
        assert counts.states_differ() == []


def test_absence_never_removes_anyone(rows, work, hand_in, office):
    visitor, address = hand_in(people((1, "Người Mới Đến", "0912345678", "Chi bộ 1", None)))
    assert "Không ai bị xóa" in visitor.get(f"{address}?xem=vang").text
    assert "Danh Sóc Kha" in visitor.page.text
    visitor.post(f"{address}/ghi", WHY)
    work()
    assert rows(sa.select(Post.to_on).where(Post.person_id == office["hocvien2"])) == [None]
    assert rows(sa.select(Person.ended_on).where(Person.id == office["hocvien2"])) == [None]


def test_a_changed_number_and_a_namesake_are_for_somebody_to_decide(app, rows, work, hand_in, office):
    with app.app_context():
        db.session.get_one(Person, office["hocvien"]).phone = "0912345678"
        db.session.commit()
    data = people((1, "NGUYỄN THỊ HỒNG THẮM", "0988888888", "Chi bộ 1", None))
    visitor, address = hand_in(data)
    assert "đơn vị đã có đồng chí Nguyễn Thị Hồng Thắm, số 0912345678; tệp ghi số 0988888888" in visitor.page.text
    visitor.post(f"{address}/chon", {"dong-2-0-0": "same"})
    work()
    visitor.post(f"{address}/ghi", WHY)
    work()
    assert rows(sa.select(Person.phone).filter_by(id=office["hocvien"])) == ["0988888888"]
    visitor, address = hand_in(people((1, "Nguyễn Thị Hồng Thắm", "0900000001", "Chi bộ 1", None)))
    visitor.post(f"{address}/chon", {"dong-2-0-0": "new"})
    work()
    visitor.post(f"{address}/ghi", WHY)
    work()
    assert len(rows(sa.select(Person).filter_by(name="Nguyễn Thị Hồng Thắm"))) == 2


def test_a_second_post_of_one_person_comes_in_by_choice(rows, work, hand_in, office):
    visitor, address = hand_in(
        people(
            (1, "Nguyễn Văn Tí", "0912345678", "Chi bộ 1", None),
            (2, "Nguyễn Văn Tí", "0912345678", "Chi bộ 2", "Ủy viên"),
        )
    )
    visitor.post(f"{address}/chon", {"dong-3-0-0": "second"})
    work()
    visitor.post(f"{address}/ghi", WHY)
    work()
    (person,) = rows(sa.select(Person.id).filter_by(login="0912345678"))
    held = rows(sa.select(Post.body_id).filter_by(person_id=person).order_by(Post.body_id))
    assert held == sorted([office["chi-bo-1"], office["chi-bo-2"]])


# --- the file as offices send it -------------------------------------------------------------------------------


def test_titles_merged_headings_sections_and_sums_are_understood(rows, work, hand_in, office):
    data = workbook(
        (
            "Trang tính 1",
            [
                ["ĐẢNG BỘ TỈNH THỬ NGHIỆM"],
                ["DANH SÁCH CÁN BỘ NĂM 2026"],
                [],
                [None, None, None, None, "Chức vụ", "Ngày về đơn vị"],
                [None, None, "Điện thoại", "Email", None, None],
                ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)"],
                ["I", "CHI BỘ 1"],
                [1, "NGUYỄN VĂN TÍ", 912345678, "ti@vd.vn", "Bí thư", 45900],
                ["II", "CHI BỘ 2"],
                [1, "TRẦN VĂN TÈO", "0912.345.679", None, None, "01/09/2025"],
                ["Tổng cộng: 2 người"],
                [None, "NGƯỜI LẬP BIỂU"],
            ],
        ),
        merged=[(3, 0, 4, 0, "STT"), (3, 1, 4, 1, "Họ và tên"), (3, 2, 3, 3, "Liên hệ")],
    )
    visitor, address = hand_in(data)
    assert "2 dòng nhập được, 0 dòng cần xem, 0 dòng lỗi." in visitor.page.text
    visitor.post(f"{address}/ghi", WHY)
    work()
    posts = rows(
        sa.select(Post)
        .join(Person, Person.id == Post.person_id)
        .where(Person.login.startswith("0912"))
        .order_by(Person.login)
    )
    assert [(post.body_id, post.from_on) for post in posts] == [
        (office["chi-bo-1"], date(2025, 8, 31)),
        (office["chi-bo-2"], date(2025, 9, 1)),
    ]


def test_names_in_nfd_are_kept_in_nfc(rows, work, hand_in):
    import unicodedata

    name = unicodedata.normalize("NFD", "Nguyễn Thị Hồng Gấm")
    visitor, address = hand_in(people((1, name, "0912345678", unicodedata.normalize("NFD", "Chi bộ 1"), None)))
    visitor.post(f"{address}/ghi", WHY)
    work()
    assert rows(sa.select(Person.name).filter_by(login="0912345678")) == ["Nguyễn Thị Hồng Gấm"]


def test_csv_of_the_vietnamese_windows_is_read(rows, work, hand_in):
    data = "Họ và tên;SĐT;Chi bộ\nNguyễn Văn Tí;0912345678;Chi bộ 1\n".encode("utf-16")
    visitor, _ = hand_in(data, "danh sach.csv")
    assert "1 dòng nhập được" in visitor.page.text


def test_a_formula_without_a_value_is_said_and_one_with_a_value_is_taken(hand_in):
    visitor, address = hand_in(
        people(
            (1, Formula("=A1&B1"), "0912345678", "Chi bộ 1", None),
            (2, Formula("=UPPER(B9)", "TRẦN VĂN TÈO"), "0912345679", "Chi bộ 1", None),
            (3, Formula("=VLOOKUP(1,A:B,2)", "#N/A"), "0912345670", "Chi bộ 1", None),
        )
    )
    text = visitor.page.text
    assert "Dòng 2: cột Họ và tên là công thức chưa ra giá trị." in text
    assert "Dòng 4: cột Họ và tên là công thức chưa ra giá trị." in text
    assert "3 ô là công thức" in text
    assert "Trần Văn Tèo" in visitor.get(f"{address}?xem=moi").text


def test_formulas_of_an_old_workbook_are_said(hand_in):
    row = [1, Formula("=UPPER(B9)", "TRẦN VĂN TÈO"), "0912345679", "Chi bộ 1", None]
    data = old_workbook(("Danh sách", [["STT", "Họ và tên", "Số điện thoại", "Đơn vị", "Chức vụ"], row]))
    visitor, address = hand_in(data, "danh-sach.xls")
    assert "1 ô là công thức" in visitor.page.text
    assert "Trần Văn Tèo" in visitor.get(f"{address}?xem=moi").text


def test_new_bodies_come_with_their_people_and_a_cycle_is_refused(rows, work, hand_in, office):
    bodies = [
        ("Mã đơn vị", "Tên đơn vị", "Cấp trên"),
        ("db-moi", "Đảng bộ mới", "tinh"),
        (None, "Chi bộ Văn phòng", "Đảng bộ mới"),
        ("a", "Chi bộ A", "b"),
        ("b", "Chi bộ B", "a"),
        ("chi-bo-1", "Tên khác hẳn", "tinh"),
        ("mồ-côi", "Chi bộ mồ côi", "không có"),
    ]
    data = workbook(
        ("Đơn vị", bodies),
        ("Người", [("Họ và tên", "Số điện thoại", "Đơn vị"), ("Nguyễn Văn Tí", "0912345678", "Chi bộ Văn phòng")]),
    )
    visitor, address = hand_in(data)
    text = visitor.page.text
    assert "cấp trên thành vòng lặp" in text
    assert "Dòng 6: mã “chi-bo-1” đã là của Chi bộ 1" in text
    assert "không tìm thấy cấp trên “không có”" in text or "mã “mồ-côi”" in text
    visitor.post(f"{address}/ghi", WHY)
    work()
    (made,) = rows(sa.select(Body).filter_by(code="chi-bo-van-phong"))
    (above,) = rows(sa.select(Body).filter_by(code="db-moi"))
    assert made.path == f"{office['tinh']}/{above.id}/{made.id}/"
    assert rows(sa.select(BodyPeriod.path).filter_by(body_id=made.id)) == [made.path]
    assert rows(
        sa.select(Post.body_id).join(Person, Person.id == Post.person_id).where(Person.login == "0912345678")
    ) == [made.id]
    assert rows(sa.select(Body.name).filter_by(code="chi-bo-1")) == ["Chi bộ 1"]


def test_days_and_names_of_new_bodies_are_told_with_their_row_and_hold_nothing_up(rows, work, hand_in):
    bodies = [
        ("Mã đơn vị", "Tên đơn vị", "Cấp trên", "Từ ngày"),
        ("som", "Chi bộ Sớm", "co-quan", "01/01/1990"),
        ("khong-ngay", "Chi bộ Không Ngày", "co-quan", "31/02/2026"),
        ("dup-1", "Chi bộ Đúp", "co-quan", None),
        ("dup-2", "CHI BỘ ĐÚP", "co-quan", None),
        ("cu", "Chi bộ 1", "co-quan", None),
        ("tot", "Chi bộ Tốt", "co-quan", None),
    ]
    visitor, address = hand_in(workbook(("Đơn vị", bodies)))
    text = visitor.page.text
    assert "Dòng 2: từ ngày 01/01/1990 sớm hơn ngày có cấp trên" in text
    assert "Dòng 3: từ ngày “31/02/2026” không phải là ngày." in text
    assert "Dòng 5: trùng tên và cấp trên với dòng 4." in text
    assert "Dòng 6: cấp trên này đã có Chi bộ 1 (mã chi-bo-1)." in text
    visitor.post(f"{address}/ghi", WHY)
    work()
    codes = ("som", "khong-ngay", "dup-1", "dup-2", "cu", "tot")
    assert rows(sa.select(Body.code).where(Body.code.in_(codes)).order_by(Body.code)) == ["dup-1", "tot"]


@pytest.mark.parametrize(
    ("data", "name", "words"),
    [
        (b"", "a.xlsx", "Tệp trống"),
        (b"%PDF-1.7 abc", "a.pdf", "không phải bảng tính"),
        (b"%PDF-1.7 abc", "a.csv", "không phải bảng tính"),
        (b"\x89PNG\r\n\x1a\n\0\0", "anh.csv", "không phải bảng tính"),
        (b"PK\x03\x04 hong", "a.xlsx", "bị hỏng"),
        (bomb, "bom.xlsx", "bung ra quá lớn"),
    ],
    ids=["trong", "pdf", "pdf-csv", "anh", "hong", "bom"],
)
def test_what_is_no_sheet_is_refused_at_once_in_words(visit, rows, data, name, words):
    data = data() if callable(data) else data
    page = visit("quantri").post(START, {"tep": (io.BytesIO(data), name)}, status=409)
    assert words in page.text
    assert rows(sa.select(PeopleImport)) == []


def test_nothing_chosen_and_too_much_are_refused(visit):
    visitor = visit("quantri")
    assert "chưa chọn tệp" in visitor.post(START, {}, status=409).text
    large = {"data": b"x" * (sheets.MOST_BYTES + 100_000), "content_type": "multipart/form-data; boundary=b"}
    assert visitor.client.post(START, **large).status_code == 413
    assert visit("lanhdao").client.post(START, **large).status_code == 403
    assert visit("quantri").client.post("/quan-tri/them-nguoi", **large).status_code == 413


def test_a_cell_far_out_does_not_make_room_for_all_before_it(visit, work):
    data = workbook(("A", [["Họ và tên", "Đơn vị"]]))
    import zipfile

    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.namelist():
            told = old.read(part)
            if part == "xl/worksheets/sheet1.xml":
                told = told.replace(
                    b"</sheetData>", b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
                )
            new.writestr(part, told)
    visitor = visit("quantri")
    visitor.post(START, {"tep": (io.BytesIO(out.getvalue()), "xa.xlsx")})
    address = visitor.page.location
    work()
    assert "nhiều nhất 100.000 dòng" in visitor.get(address).text


def test_a_sheet_without_a_heading_is_matched_by_hand(visit, work, rows):
    data = workbook(("A", [["Nguyễn Văn Tí", "0912345678", "Chi bộ 1"], ["Trần Văn Tèo", "0912345679", "Chi bộ 2"]]))
    visitor = visit("quantri")
    visitor.post(START, {"tep": (io.BytesIO(data), "a.xlsx")})
    address = visitor.page.location
    work()
    assert "Không tự tìm được dòng tiêu đề" in visitor.get(address).text
    assert "Chọn cột họ và tên" in visitor.post(f"{address}/cot", {}, status=409).text
    twice = {"cot-name": "0", "cot-title": "0"}
    assert "chỉ ghép với một mục" in visitor.post(f"{address}/cot", twice, status=409).text
    visitor.post(f"{address}/cot", {"doc-lai": "1", "trang": "A", "dong": "1"})
    work()
    visitor.post(f"{address}/cot", {"cot-name": "0", "cot-phone": "1", "cot-body": "2"})
    work()
    assert "1 dòng nhập được" in visitor.get(address).text


# --- scope -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("below")
def test_an_administrator_of_a_part_imports_only_into_it(rows, work, hand_in, visit, office):
    visitor, address = hand_in(
        people(
            (1, "Nguyễn Văn Tí", "0912345678", "Chi bộ 1", None),
            (2, "Trần Văn Ngoài Vùng", "0912345679", "Đảng bộ tỉnh Thử Nghiệm", None),
            (3, "Đặng Văn Ngoài", "0911111111", "Chi bộ 1", None),
            (4, "Người Khác Hẳn", "0911111111", "Chi bộ 1", None),
        ),
        login="quantri2",
    )
    text = visitor.page.text
    assert "không tìm thấy đơn vị “Đảng bộ tỉnh Thử Nghiệm”" in text
    assert "Dòng 4: đồng chí Đặng Văn Ngoài đang ở đơn vị ngoài phạm vi" in text
    visitor.post(f"{address}/chon", {"dong-3-0-0": "place:tinh"})
    work()
    assert "không tìm thấy đơn vị “Đảng bộ tỉnh Thử Nghiệm”" in visitor.get(address).text
    visitor.post(f"{address}/ghi", WHY)
    work()
    assert rows(sa.select(Person.name).where(Person.login.startswith("09123"))) == ["Nguyễn Văn Tí"]
    visit("quantri").get(address)
    _, elsewhere = hand_in(GOOD, login="quantri")
    visitor = visit("quantri2")
    visitor.get(elsewhere, status=404)
    visitor.get(f"{elsewhere}/dong-loi.xlsx", status=404)
    visitor.post(f"{elsewhere}/ghi", WHY, status=404)


def test_what_changed_since_the_check_is_looked_at_again(app, rows, work, hand_in, office):
    visitor, address = hand_in(GOOD)
    with app.app_context():
        add_person("0912345678", "Người Đến Trước", office["tinh"])
        db.session.commit()
    visitor.post(f"{address}/ghi", WHY)
    work()
    page = visitor.get(address)
    assert "đã thay đổi từ lúc kiểm tra" in page.text
    assert rows(sa.select(Person).filter_by(name="Lê Nhu Mì")) == []


def test_a_role_lost_meanwhile_stops_the_import(app, rows, work, visit, hand_in, office):
    from quizapp.accounts.models import Grant

    visitor, address = hand_in(GOOD)
    visitor.post(f"{address}/ghi", WHY)
    with app.app_context():
        db.session.execute(sa.update(Grant).where(Grant.person_id == office["quantri"]).values(to_on=today()))
        db.session.commit()
    work()
    assert rows(sa.select(Person).filter_by(name="Lê Nhu Mì")) == []


def test_the_problem_file_holds_text_alone_and_can_be_handed_in_again(hand_in, work):
    visitor, address = hand_in(
        people((1, "Nguyễn Văn Tí", "12345", '=HYPERLINK("x")', None), (2, "@Hà My", "0912345671", "Chi bộ 9", None))
    )
    data = visitor.client.get(f"{address}/dong-loi.xlsx").get_data()
    (sheet,) = sheets.read(data, "loi.xlsx")
    assert sheet.formulas == frozenset()
    assert sheet.rows[0][:3] == ["Dòng", "Họ và tên", "Số điện thoại"]
    assert sheet.rows[1][1] == "Nguyễn Văn Tí"
    assert "chưa đủ 10 chữ số" in sheet.rows[1][10]
    again, _ = hand_in(data, "loi.xlsx")
    assert "0 dòng nhập được" in again.page.text


def test_the_sample_file_is_read_as_meant(visit):
    data = visit("quantri").client.get(f"{START}/mau.xlsx").get_data()
    (sheet,) = sheets.read(data, "mau.xlsx")
    from quizapp.domain.people_sheet import find_heading

    assert set(find_heading(sheet).columns) == {"name", "phone", "body", "parent", "title", "from_on"}


def test_future_and_senseless_days_are_said(hand_in):
    head = ("Họ và tên", "Số điện thoại", "Đơn vị", "Từ ngày")
    future = today() + timedelta(days=30)
    visitor, _ = hand_in(
        people(
            ("Nguyễn Văn Tí", "0912345678", "Chi bộ 1", f"{future:%d/%m/%Y}"),
            ("Trần Văn Tèo", "0912345679", "Chi bộ 1", "hôm qua"),
            ("Lê Văn Sáu", "0912345670", "Chi bộ 1", "01/01/2020"),
            head=head,
        )
    )
    text = visitor.page.text
    assert f"Dòng 2: từ ngày {future:%d/%m/%Y} chưa đến." in text
    assert "Dòng 3: từ ngày “hôm qua” không phải là ngày" in text
    assert f"Dòng 4: từ ngày 01/01/2020 sớm hơn ngày có đơn vị, {SINCE:%d/%m/%Y}." in text


def test_lines_are_counted_in_few_statements(app, statements, hand_in, work, visit):
    def told(n):
        data = people(
            *((k, f"Nguyễn Văn {'ABCDEGHIKL'[k % 10]}nh", f"09{10_000_000 + k}", "Chi bộ 1", None) for k in range(n))
        )
        visitor, address = hand_in(data)
        with statements() as listed:
            visitor.post(f"{address}/ghi", WHY)
            work()
        return len(listed)

    assert told(600) <= told(3) + 4


@pytest.mark.parametrize("kind", ["moi", "sua", "chuyen", "vi-tri", "khong-doi", "don-vi", "vang", "bo", "van-de"])
def test_every_list_of_a_check_opens(hand_in, kind):
    visitor, address = hand_in(GOOD)
    visitor.get(f"{address}?xem={kind}")
    visitor.get(f"{address}?xem=khong-co", status=404)


def test_lines_are_kept_for_the_receipt(rows, work, hand_in):
    visitor, address = hand_in(GOOD)
    visitor.post(f"{address}/ghi", WHY)
    work()
    kept = rows(sa.select(PeopleImportLine).filter_by(deed="new"))
    assert len(kept) == 3
    assert all(line.person_id and line.body_id for line in kept)


def test_a_forgotten_file_is_asked_for_again_and_unfinished_imports_are_forgotten(app, rows, work, hand_in, visit):
    visitor, address = hand_in(GOOD)
    done, receipt = hand_in(people((1, "Nguyễn Văn Xong", "0912345600", "Chi bộ 1", None)))
    done.post(f"{receipt}/ghi", WHY)
    work()
    with app.app_context():
        long_ago = now() - timedelta(days=8)
        db.session.execute(sa.update(Job).values(ended_at=long_ago))
        db.session.execute(sa.update(StoredFile).values(kept_at=long_ago))
        db.session.execute(sa.update(PeopleImport).values(made_at=long_ago))
        db.session.commit()
        sweep_jobs()
    assert rows(sa.select(StoredFile.sha256)) == []
    visitor.get(address)
    assert "gửi lại tệp" in visitor.post(f"{address}/ghi", WHY, status=409).text
    with app.app_context():
        sweep_imports()
    visitor.get(address, status=404)
    assert "Nguyễn Văn Xong" in visitor.get(receipt).text
    assert {line.import_id for line in rows(sa.select(PeopleImportLine))} == set(rows(sa.select(PeopleImport.id)))


def test_the_address_of_a_step_that_is_reloaded_or_sent_on_leads_to_the_import(visit, hand_in):
    visitor, address = hand_in(GOOD)
    text = visitor.get(address).text
    for step in ("chon", "ghi"):
        assert visitor.get(f"{address}/{step}", 303).location == address
        assert visitor.follow().text == text
    assert visitor.get(f"{address}/cot", 303).location == f"{address}?cot=1"
    assert "Ghép cột" in visitor.follow().text
    visitor.post(f"{address}/ghi", {}, status=200)  # without the reason: the form under the step's own address
    assert visitor.get(f"{address}/ghi", 303).location == address
    for who in ("quantri", "lanhdao"):
        visit(who).get("/quan-tri/nguoi-dung/nhap/khong-co/ghi", 404 if who == "quantri" else 403)
    visitor.get(f"{address}/khac", 404)


def test_a_number_that_was_mended_is_told_in_its_row(rows, work, hand_in):
    visitor, address = hand_in(
        people(
            (1, "Nguyễn Văn Tí", "0912345685.0", "Chi bộ 1", None),
            (2, "Trần Văn Sáu", 912345686.0, "Chi bộ 1", None),
            (3, "Phạm Văn Đúng", "0912 345 687", "Chi bộ 1", None),
        )
    )
    text = visitor.get(f"{address}?xem=moi").text
    assert "số điện thoại 0912345685 (trong tệp: 0912345685.0)" in text
    assert "số điện thoại 0912345686 (trong tệp: 912345686)" in text
    assert "0912 345 687" not in text, "only set apart"
    visitor.post(f"{address}/ghi", WHY)
    work()
    wanted = sa.select(Person.login).where(Person.login.startswith("09123456")).order_by(Person.login)
    assert rows(wanted) == ["0912345685", "0912345686", "0912345687"]


def test_a_code_that_is_there_twice_names_the_other_row(hand_in):
    bodies = [
        ("Mã đơn vị", "Tên đơn vị", "Cấp trên"),
        ("db-moi", "Đảng bộ mới", "tinh"),
        ("db-moi", "Đảng bộ khác", "tinh"),
    ]
    data = workbook(
        ("Đơn vị", bodies),
        ("Người", [("Họ và tên", "Số điện thoại", "Đơn vị"), ("Nguyễn Văn Tí", "0912345678", "Đảng bộ mới")]),
    )
    assert "Dòng 3: mã “db-moi” trùng với dòng 2." in hand_in(data)[0].page.text
