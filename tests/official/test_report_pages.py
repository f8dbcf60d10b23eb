"""Báo cáo: from the leader's page to a file, inside the scope, logged, and the same figures for ever."""

import re
from datetime import timedelta

import pytest
from factories import add_body, add_grant, add_person
from papers import fill, take
from readers import pdf_text, word_text, workbook

from quizapp.accounts.models import Audit, Grant, NameSeen, Person
from quizapp.clock import now, today
from quizapp.commands import HANDLERS
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.jobs.models import Job
from quizapp.jobs.tasks import do_jobs
from quizapp.learning import actions as learning
from quizapp.learning import moves
from quizapp.learning.models import Campaign, Enrolment
from quizapp.organisation import actions as organisation
from quizapp.organisation.models import Body
from quizapp.reports.official import roll
from quizapp.reports.official.models import OfficialReport, Snapshot
from quizapp.web.access import Role


def finish(app, *people):
    with app.app_context():
        course = db.session.scalars(db.select(Course.id)).one()
        for person_id in people:
            for unit in ("bai-0", "bai-6", "bai-8"):
                fact = learning.NewFact(FactKind.QUIZ_TAKEN, unit, f"test:{unit}", None, 1000, 1000, True, True)
                learning.record(person_id, course, [fact], now())
        db.session.commit()


def fetch(me, code, table="tat-ca", ending="xlsx", **more):
    """Tải: the response of the file that the button leads to."""
    made = me.post(f"/theo-doi/{code}/tai", {"bieu": table, "dang": ending, **more})
    return me.get(made.location).response


def rows_of(data, tab):
    """The rows of a sheet by their second cell (the name), without the lines above and below."""
    return {row[1]: row for row in workbook(data)[tab].rows if len(row) > 3 and isinstance(row[1], str)}


LETTER = {
    "trich-yeu": "kết quả học tập & kiểm tra <nhận thức>",
    "can-cu": "",
    "the-thuc": "party",
    "cap-tren": "TỈNH ỦY THỬ NGHIỆM",
    "co-quan": "ĐẢNG ỦY CƠ QUAN\r\nTHỬ NGHIỆM",
    "ten-goi": "Đảng ủy cơ quan Thử Nghiệm",
    "ky-hieu": "BC/ĐUCQ",
    "dia-danh": "Tràm Xanh",
    "ngay-ky": "",
    "noi-nhan": "Thường trực Tỉnh ủy (để báo cáo)\nLưu Văn phòng",
    "nguoi-ky": "",
}


def make(me, body="co-quan", **changed):
    """Lập báo cáo; its address."""
    address = f"/bao-cao/moi?don-vi={body}"
    return me.post(address, LETTER | {"den-ngay": today().isoformat()} | changed).location


# --- who ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("login", "statuses"),
    [
        ("lanhdao", {"co-quan": 200, "chi-bo-1": 200, "tinh": 404, "khong-co": 404}),
        ("quantri", {"tinh": 200, "co-quan": 200, "khong-co": 404}),
        ("hocvien", {"co-quan": 403}),
        ("baocaovien", {"co-quan": 403}),
    ],
)
def test_files_and_reports_stop_at_the_edge_of_the_scope(visit, login, statuses):
    me = visit(login)
    for code, status in statuses.items():
        me.get(f"/theo-doi/{code}/tai", status)
        me.get(f"/bao-cao/moi?don-vi={code}", status)
        if status != 200:
            me.post(f"/theo-doi/{code}/tai", {"bieu": "tat-ca", "dang": "xlsx"}, status=status)
            me.post(f"/bao-cao/moi?don-vi={code}", LETTER, status=status)


def test_what_somebody_above_has_made_is_a_404_below_and_the_other_way_round_it_opens(visit, app, office):
    with app.app_context():
        low = add_person("lanhdaochibo", "Võ Hoàng Nam", office["chi-bo-1"])
        add_grant(low, Role.LEADER, office["chi-bo-1"])
        db.session.commit()
    above, below = visit("lanhdao"), visit("lanhdaochibo")
    theirs, ours = make(above), make(below, "chi-bo-1")
    with app.app_context():
        codes = dict(db.session.execute(db.select(OfficialReport.code, Snapshot.code).join(Snapshot)).all())
    snapshot = codes[theirs.rsplit("/", 1)[1]]
    for address in (theirs, f"{theirs}/tai/docx", f"{theirs}/tai/pdf", f"{theirs}/dinh-chinh", f"/so-lieu/{snapshot}"):
        below.get(address, 404)
        above.get(address)
    below.get(f"/so-lieu/{snapshot}/tat-ca.xlsx", 404)
    below.get(f"/so-lieu/{snapshot}/don-vi.pdf", 404)
    above.get(ours)
    assert theirs not in below.get("/bao-cao").html
    assert ours in below.page.html
    assert {theirs, ours} <= set(re.findall(r'href="(/bao-cao/[^"]+)"', above.get("/bao-cao").html))


def test_names_are_only_in_the_files_of_who_may_see_them(visit, app, office):
    with app.app_context():
        everybody = set(db.session.scalars(db.select(Person.name)))
    own = {"Lê Thị Bích", "Phạm Văn Đức", "Huỳnh Kim Liên"}
    for login, code, seen in (
        ("lanhdao", "co-quan", own),
        ("lanhdao", "chi-bo-1", set()),
        ("quantri", "tinh", everybody),
        ("quantri", "chi-bo-1", {"Nguyễn Thị Hồng Thắm", "Danh Sóc Kha"}),
    ):
        sheets = workbook(fetch(visit(login), code).data)
        assert ("Danh sách" in sheets) == bool(seen)
        told = {cell for sheet in sheets.values() for row in sheet.rows for cell in row if cell in everybody}
        assert told == seen, (login, code)
        assert (
            "Tên" in str(sheets["Ghi chú số liệu"].rows) or "tên do lãnh đạo" in str(sheets["Ghi chú số liệu"].rows)
        ) != bool(seen)


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pdf"])
def test_a_list_of_names_alone_is_a_file_too_but_not_from_above(visit, ending):
    data = fetch(visit("quantri"), "chi-bo-1", "danh-sach", ending).data
    told = {"xlsx": lambda d: str(workbook(d)), "docx": word_text, "pdf": pdf_text}[ending](data)
    assert told.index("Danh Sóc Kha") < told.index("Nguyễn Thị Hồng Thắm")
    me = visit("lanhdao")
    made = me.post("/theo-doi/chi-bo-1/tai", {"bieu": "danh-sach", "dang": ending})
    assert "Ở cấp này chỉ có số liệu tổng hợp" in me.get(made.location, 404).text


def test_every_file_is_in_the_log_and_one_with_names_is_a_look_at_them(visit, app, office):
    me = visit("lanhdao")
    fetch(me, "co-quan")
    fetch(me, "chi-bo-1")
    me.get(make(me) + "/tai/docx")
    with app.app_context():
        told = db.session.scalars(db.select(Audit).filter_by(actor_id=office["lanhdao"]).order_by(Audit.id)).all()
    assert [(one.act, one.detail["body"], one.detail.get("people")) for one in told] == [
        ("look_at_names", "co-quan", 3),
        ("take_file", "chi-bo-1", None),
        ("make_report", "co-quan", None),
        ("take_file", "co-quan", None),
    ]
    assert all(one.detail["number"].startswith("SL-") for one in told)
    assert re.fullmatch(r"BaoCao_CV1248_DangUyCoQuanThuNghiem_\d{4}-\d\d-\d\d_\d{4}\.xlsx", told[0].detail["file"])
    log = visit("quantri").get("/quan-tri/nhat-ky").text
    assert "Tải tệp số liệu" in log
    assert "Lập báo cáo" in log


# --- the same numbers --------------------------------------------------------------------------------------------


def test_page_and_file_show_the_same_numbers(visit, app, office):
    finish(app, office["hocvien3"])
    me = visit("lanhdao")
    assert "1 trên 6 đồng chí" in me.get("/theo-doi/co-quan").text
    data = fetch(me, "co-quan").data
    rows = rows_of(data, "Tổng hợp")
    assert rows["Cộng"][2:7] == [6, 1, 0, 5, pytest.approx(1 / 6)]
    assert rows["Chi bộ 2"][2:7] == [1, 1, 0, 0, 1]
    for ending, read in (("docx", word_text), ("pdf", pdf_text)):
        told = read(fetch(me, "co-quan", "don-vi", ending).data)
        assert "Cộng 6 1 0 5 16,7" in told
    page = me.get(make(me))
    assert "Hoàn thành: 1/6 đồng chí (16,7%)" in page.text
    for ending, read in (("docx", word_text), ("pdf", pdf_text)):
        assert "Hoàn thành: 1/6 đồng chí (16,7%)" in read(me.get(f"{page_address(page)}/tai/{ending}").response.data)


def page_address(page):
    return re.search(r'href="(/bao-cao/\w+)/tai/docx"', page.html)[1]


def test_a_report_opened_again_shows_the_same_figures_whatever_has_changed(visit, app, office):
    me = visit("lanhdao")
    address = make(me)
    me.get(address)  # where what was just done is said once
    before = me.get(address).text
    words = word_text(me.get(f"{address}/tai/docx").response.data)
    finish(app, office["hocvien"], office["hocvien2"])
    with app.app_context():
        db.session.get(Body, office["chi-bo-1"]).name = "Chi bộ đổi tên"
        db.session.get(Campaign, office["campaign"]).title = "Đợt đổi tên"
        db.session.commit()
    assert me.get(address).text == before
    assert word_text(me.get(f"{address}/tai/docx").response.data) == words
    link = re.search(r'href="(/so-lieu/\w+)"', me.get(address).html)[1]
    assert "0 trên 6 đồng chí đã hoàn thành" in me.get(link).text
    rows = rows_of(me.get(f"{link}/tat-ca.xlsx").response.data, "Tổng hợp")
    assert rows["Chi bộ 1"][3] == 0
    assert "Chi bộ đổi tên" in me.get("/theo-doi/co-quan").text


def test_the_final_has_a_column_of_its_name_in_the_list(app, office, visit):
    with app.app_context():
        db.session.get_one(Campaign, office["campaign"]).path = "ca-khoa"
        db.session.commit()
    rows = workbook(fetch(visit("quantri"), "tinh").data)["Danh sách"].rows
    heads = next(row for row in rows if "Họ và tên" in row)
    assert heads[-4:] == ["Bài 0", "Bài 6", "Bài 8", "Kiểm tra tổng hợp"]


def test_a_snapshot_holds_no_name_of_a_person(visit, app):
    visit_me = visit("quantri")
    fetch(visit_me, "tinh")
    make(visit("lanhdao"))
    with app.app_context():
        names = db.session.scalars(db.select(Person.name)).all()
        kept = [str(one.figures) for one in db.session.scalars(db.select(Snapshot))]
        kept += [str(one.letterhead) + one.about for one in db.session.scalars(db.select(OfficialReport))]
    assert len(kept) >= 3
    assert not [name for name in names for text in kept if name in text]


def test_the_same_figures_taken_twice_have_one_number_and_others_another(visit, app, office):
    me = visit("lanhdao")
    first = me.post("/theo-doi/co-quan/tai", {"bieu": "tat-ca", "dang": "xlsx"}).location
    assert me.post("/theo-doi/co-quan/tai", {"bieu": "tat-ca", "dang": "xlsx"}).location == first
    finish(app, office["hocvien"])
    assert me.post("/theo-doi/co-quan/tai", {"bieu": "tat-ca", "dang": "xlsx"}).location != first


def test_figures_of_a_day_that_is_over(visit, app, office):
    with app.app_context():
        db.session.execute(db.update(Campaign).values(from_on=today() - timedelta(days=10)))
        db.session.commit()
    finish(app, office["hocvien"])
    me = visit("lanhdao")
    yesterday = today() - timedelta(days=1)
    page = me.get(make(me, **{"den-ngay": f"{yesterday:%d/%m/%Y}"}))
    assert f"số liệu đến hết ngày {yesterday:%d/%m/%Y}" in page.text
    for wrong in (today() + timedelta(days=1), today() - timedelta(days=400)):
        page = me.post("/bao-cao/moi?don-vi=co-quan", LETTER | {"den-ngay": wrong.isoformat()}, status=200)
        assert "Chọn ngày từ" in page.text


@pytest.mark.parametrize("ending", ["xlsx", "docx", "pdf"])
def test_the_table_of_one_unit_and_those_of_a_past_day_are_files_too(visit, app, office, ending):
    finish(app, office["hocvien3"])
    me = visit("lanhdao")
    link = re.search(
        r'href="(/theo-doi/co-quan/tai[^"]*)"[^>]*>Tải bảng này', me.get("/theo-doi/co-quan/bai/bai-6").html
    )[1]
    link = link.replace("&amp;", "&")
    assert "Bài 6" in me.get(link).text
    made = me.get(me.post(link, {"bieu": "bai-don-vi", "dang": ending}).location).response
    if ending == "xlsx":
        assert rows_of(made.data, "Bài theo đơn vị")["Chi bộ 2"][2:4] == [1, 1]
    else:
        assert "Chi bộ 2" in {"docx": word_text, "pdf": pdf_text}[ending](made.data)
    yesterday = today() - timedelta(days=1)
    with app.app_context():
        db.session.execute(db.update(Campaign).values(from_on=yesterday))
        db.session.commit()
    past = f"/theo-doi/co-quan/tai?ngay={yesterday}"
    assert past.partition("?")[2] in me.get(f"/theo-doi/co-quan?ngay={yesterday}").html
    assert f"đến hết ngày {yesterday:%d/%m/%Y}" in me.get(past).text
    assert me.get(me.post(past, {"bieu": "don-vi", "dang": ending}).location).response.status_code == 200
    for bad, status in (("ngay=x", 404), ("ngay=1999-01-01", 409), ("bai=khong-co", 404)):
        me.get(f"/theo-doi/co-quan/tai?{bad}", status)


def test_a_report_of_a_past_day_is_in_the_tree_of_that_day(visit, app, office):
    with app.app_context():
        campaign = db.session.get_one(Campaign, office["campaign"])
        campaign.from_on = today() - timedelta(days=10)
        new = add_body("chi-bo-3", "Chi bộ 3", db.session.get_one(Body, office["co-quan"]))
        learning.enrol(campaign, [(add_person("ba", "Ngô Thị Ba", new.id), new.id)], now() - timedelta(days=8))
        organisation.rename(new, "Chi bộ Ba Mới", today() - timedelta(days=4), today())
        organisation.move(new, db.session.get_one(Body, office["tinh"]), today() - timedelta(days=3), today())
        db.session.commit()
    me, seen = visit("lanhdao"), {}
    for ago in (5, 4, 3):
        day = today() - timedelta(days=ago)
        page = me.get(make(me, **{"den-ngay": f"{day:%d/%m/%Y}"}))
        data = me.get(re.search(r'href="(/so-lieu/\w+)"', page.html)[1] + "/tat-ca.xlsx").response.data
        seen[ago] = {name: row[2] for name, row in rows_of(data, "Tổng hợp").items() if row[2]}
    assert seen[5] == {"Chi bộ 3": 1, "Cộng": 1, "Đơn vị": "Tổng số"}
    assert seen[4] == {"Chi bộ Ba Mới": 1, "Cộng": 1, "Đơn vị": "Tổng số"}
    assert "Chi bộ Ba Mới" not in seen[3]


# --- the report --------------------------------------------------------------------------------------------------


def test_a_report_has_its_form_its_blanks_and_its_annexes(visit, app, office):
    me = visit("lanhdao")
    page = me.get(make(me))
    titled = me.get(make(me, **{"trich-yeu": "kết quả theo Công văn 1248-CV/TU"}))
    assert "<title>Kết quả theo Công văn 1248-CV/TU" in titled.html
    for words in (
        "ĐẢNG CỘNG SẢN VIỆT NAM", "TỈNH ỦY THỬ NGHIỆM", "-BC/ĐUCQ", "kết quả học tập & kiểm tra <nhận thức>",
        "I- TÌNH HÌNH TRIỂN KHAI", "II- KẾT QUẢ", "III- HẠN CHẾ, KHÓ KHĂN", "IV- KIẾN NGHỊ", "- Lưu Văn phòng.",
        "PHỤ LỤC 1 Kết quả theo đơn vị", "PHỤ LỤC 2 Đơn vị chậm", "Phần này do đồng chí viết",
    ):  # fmt: skip
        assert words in page.text, words
    assert len(re.findall(r'class="trong"', page.html)) >= 5
    assert f"tháng {today().month:02d}" in page.text or f"tháng {today().month} năm" in page.text


def test_the_state_has_another_form_and_it_is_offered_by_the_kind_of_body(visit, app, office):
    with app.app_context():
        db.session.get(Body, office["co-quan"]).kind = "government"
        db.session.commit()
    me = visit("lanhdao")
    form = me.get("/bao-cao/moi?don-vi=co-quan").html
    assert re.search(r'checked[^>]*value="state"|value="state"[^>]*checked', form)
    page = me.get(make(me, **{"the-thuc": "state", "ky-hieu": "BC-UBND", "ngay-ky": "2026-03-05"}))
    for words in ("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc", "/BC-UBND", "I. TÌNH HÌNH"):
        assert words in page.text
    assert "Tràm Xanh , ngày 05 tháng 3 năm 2026" in page.text.replace("Xanh,", "Xanh ,")
    assert "ĐẢNG CỘNG SẢN" not in page.text


def test_what_was_typed_is_found_again_the_next_time(visit):
    me = visit("lanhdao")
    make(me, **{"nguoi-ky": "K/T BÍ THƯ\nPHÓ BÍ THƯ", "can-cu": "Kế hoạch số 1", "ngay-ky": "2026-03-05"})
    page = me.get("/bao-cao/moi?don-vi=co-quan")
    for words in ("BC/ĐUCQ", "Tràm Xanh", "PHÓ BÍ THƯ", "TỈNH ỦY THỬ NGHIỆM"):
        assert words in page.html
    for gone in ("Kế hoạch số 1<", 'value="Kế hoạch số 1"', "2026-03-05"):
        assert gone not in page.html
    assert "BC/ĐUCQ" not in me.get("/bao-cao/moi?don-vi=chi-bo-1").html


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"dia-danh": " "}, "Nhập địa danh."),
        ({"co-quan": ""}, "Nhập tên cơ quan ban hành."),
        ({"ky-hieu": "BC UBND!"}, "Ký hiệu chỉ có chữ"),
        ({"the-thuc": "khac"}, "Chọn"),
        ({"noi-nhan": "a\n" * 30}, "Nhiều nhất 15 dòng"),
        ({"den-ngay": "hôm nay"}, "Nhập ngày dạng 30/11/2026."),
        ({"trich-yeu": "x" * 300}, "Nhiều nhất 250 ký tự."),
    ],
)
def test_what_cannot_be_is_said_beside_its_field(visit, app, changed, told):
    me = visit("lanhdao")
    page = me.post("/bao-cao/moi?don-vi=co-quan", LETTER | {"den-ngay": today().isoformat()} | changed, status=200)
    assert told in page.text
    with app.app_context():
        assert not db.session.scalars(db.select(OfficialReport)).all()


def test_an_addendum_names_the_number_and_what_has_changed_and_the_report_stays(visit, app, office):
    me = visit("lanhdao")
    address = make(me)
    before = me.get(address).text
    number = re.search(r"SL-\d{4}-\d+", before)[0]
    same = me.post(f"{address}/dinh-chinh", {"ly-do": "Đếm lại cho chắc."}, status=409)
    assert "không có số liệu nào khác với báo cáo" in same.text
    assert "Đã đính chính" not in me.get(address).text
    finish(app, office["hocvien3"])
    assert "Ghi lý do." in me.post(f"{address}/dinh-chinh", {"ly-do": ""}, status=200).text
    made = me.post(f"{address}/dinh-chinh", {"ly-do": "Ghi nhận kết quả gửi muộn."}).location
    page = me.get(made)
    for words in ("PHỤ LỤC ĐÍNH CHÍNH", f"số liệu chốt số {number}", "lý do: Ghi nhận kết quả gửi muộn."):
        assert words in page.text
    assert "Chi bộ 2 Hoàn thành 0 1" in page.text
    assert "Tổng cộng Hoàn thành 0 1" in page.text
    assert "Chi bộ 1" not in page.text
    told = word_text(me.get(f"{made}/tai/docx").response.data)
    assert f"số liệu chốt số {number}" in told
    after = me.get(address).text
    assert "Đã đính chính" in after
    assert "Hoàn thành: 0/6 đồng chí" in after
    assert f"đính chính {number}" in me.get("/bao-cao").text
    me.get(f"{made}/dinh-chinh", 404)


def test_an_addendum_keeps_two_bodies_of_one_name_apart(visit, app, office):
    with app.app_context():
        db.session.get(Body, office["chi-bo-1"]).name = db.session.get(Body, office["chi-bo-2"]).name
        db.session.commit()
    me = visit("lanhdao")
    address = make(me)
    finish(app, office["hocvien3"])
    made = me.post(f"{address}/dinh-chinh", {"ly-do": "Ghi nhận kết quả gửi muộn."}).location
    text = me.get(made).text
    assert "Chi bộ 2 (mã chi-bo-2) Hoàn thành 0 1" in text
    assert "chi-bo-1" not in text


# --- small groups and large ones ---------------------------------------------------------------------------------


def test_fewer_than_five_people_show_no_marks_in_any_file(visit, app, office):
    """Six in chi bộ 1, three in chi bộ 2, five in the body itself: the three show nothing, and cannot be worked out."""
    with app.app_context():
        campaign = db.session.get_one(Campaign, office["campaign"])
        for code, many in (("chi-bo-1", 6), ("chi-bo-2", 3), ("co-quan", 5)):
            people = [add_person(f"{code}-{n}", f"Người {n}", office[code]) for n in range(many)]
            learning.enrol(campaign, [(one, office[code]) for one in people], now())
            for one in people:
                take(one, "bai-6", lambda n, question, code=code: code == "chi-bo-1" or n < 3)
        fill()
        db.session.commit()
    me = visit("lanhdao")
    heat = workbook(fetch(me, "co-quan").data)["Nội dung"]
    assert [row[1] for row in heat.rows if row and row[0] == 1] == ["Chi bộ 1"]
    assert "Chi bộ 2" not in str(heat.rows)
    provisions = workbook(fetch(me, "co-quan").data)["Điều khoản"]
    assert "Chi bộ 2" not in str(provisions.rows)
    page = me.get("/theo-doi/co-quan/noi-dung").html.split('id="dieu-khoan"')[1].split("</section>")[0]
    shown = [int(share) for share in re.findall(r"<td[^>]*>(\d+)</td>", page)]
    filed = [share for row in provisions.rows for share in row[2:] if isinstance(share, float)]
    assert shown == pytest.approx([share * 100 for share in filed], abs=0.51)
    leaf = fetch(visit("quantri"), "chi-bo-1", "noi-dung").data
    assert [row[1] for row in workbook(leaf)["Nội dung"].rows if row and row[0] == 1] == ["Chi bộ 1"]
    report = me.get(make(me))
    for words in (report.text, word_text(me.get(f"{page_address(report)}/tai/docx").response.data)):
        assert re.search(r"Chi bộ 1 8 0 (\d+ \d+ )?0,0 100,0 ", words)
        assert re.search(r"Chi bộ 2 4 0 (\d+ \d+ )?0,0 – ", words), "no first tries of a small group"
        assert re.search(r"Tổng cộng 20 0 (\d+ \d+ )?0,0 42,9", words)
    assert not {"Nội dung", "Điều khoản", "Câu hỏi", "Mức điểm"} & set(
        workbook(fetch(visit("quantri"), "chi-bo-2").data)
    )


def many_people(app, body_id, campaign_id, many):
    with app.app_context():
        campaign = db.session.get_one(Campaign, campaign_id)
        told = {
            "welcomed_at": now(),
            "theme": "sang",
            "text_size": 100,
            "letter_keys": True,
            "sort_key": "",
            "folded": "",
        }
        rows = [told | {"code": f"c{n}", "login": f"n{n}", "name": f"Người thứ {n}"} for n in range(many)]
        ids = db.session.scalars(db.insert(Person).returning(Person.id), rows).all()
        revision = db.session.scalars(db.select(Course.revision_id)).one()
        plan = {"campaign_id": campaign.id, "body_id": body_id, "course_revision_id": revision, "extended": False}
        plan |= {"began_on": today(), "due_on": today()}
        db.session.execute(db.insert(Enrolment), [plan | {"person_id": one} for one in ids])
        db.session.commit()


def test_a_large_list_is_a_job_whose_file_only_its_owner_opens(visit, app, office):
    many = roll.AT_ONCE + 1
    many_people(app, office["chi-bo-1"], office["campaign"], many)
    me = visit("quantri")
    assert "mất ít phút để lập" in me.get("/theo-doi/chi-bo-1/tai").text
    whole = fetch(me, "chi-bo-1")
    assert "Danh sách" not in workbook(whole.data)
    made = me.post("/theo-doi/chi-bo-1/tai", {"bieu": "danh-sach", "dang": "xlsx"})
    assert made.location.startswith("/viec/")
    with app.app_context():
        do_jobs(HANDLERS)
    assert f"Danh sách {many + 2} người đã xong" in me.get(made.location).text
    rows = workbook(me.get(made.location + "/tep").response.data)["Danh sách"].rows
    assert len([row for row in rows if row and isinstance(row[0], float)]) == many + 2
    assert len({row[1] for row in rows if row and isinstance(row[0], float)}) == many + 2
    visit("lanhdao").get(made.location + "/tep", 404)
    with app.app_context():
        look = db.session.scalars(db.select(Audit).filter_by(act="look_at_names").order_by(Audit.id.desc())).first()
        assert (look.detail["people"], look.actor_id) == (many + 2, office["quantri"])
        assert db.session.scalar(db.select(db.func.count()).select_from(NameSeen)) == many + 2


def test_a_large_list_asked_for_in_time_is_not_made_once_the_right_is_gone(visit, app, office):
    many_people(app, office["chi-bo-1"], office["campaign"], roll.AT_ONCE + 1)
    me = visit("quantri")
    me.post("/theo-doi/chi-bo-1/tai", {"bieu": "danh-sach", "dang": "xlsx"})
    with app.app_context():
        db.session.execute(db.delete(Grant).where(Grant.person_id == office["quantri"], Grant.role == Role.ADMIN.value))
        add_grant(office["quantri"], Role.LEADER, office["tinh"])
        db.session.commit()
        do_jobs(HANDLERS)
        job = db.session.scalars(db.select(Job)).one()
        assert (job.state, job.result_sha256) == ("failed", None)
        assert "lãnh đạo trực tiếp" in job.problem


# --- nothing there -----------------------------------------------------------------------------------------------


def test_empty_and_unknown_things_say_what_comes_next(visit, app, office):
    with app.app_context():
        elsewhere = add_body("khac", "Đảng bộ khác", None)
        add_grant(office["lanhdao"], Role.LEADER, elsewhere.id)
        db.session.commit()
    me = visit("lanhdao")
    assert "Chưa có báo cáo nào." in me.get("/bao-cao").text
    for address in ("/theo-doi/khac/tai", "/bao-cao/moi?don-vi=khac"):
        assert "Chưa có đợt học nào giao cho Đảng bộ khác" in me.get(address).text
    made = me.post("/theo-doi/co-quan/tai", {"bieu": "cau-hoi", "dang": "pdf"})
    assert "Biểu này chưa có số liệu" in me.get(made.location).text
    for bieu, dang in (("khong-co", "pdf"), ("don-vi", "exe"), ("tat-ca", "pdf")):
        me.post("/theo-doi/co-quan/tai", {"bieu": bieu, "dang": dang}, status=400)
    link = me.post("/theo-doi/co-quan/tai", {"bieu": "don-vi", "dang": "pdf"}).location.rsplit("/", 1)[0]
    for wrong in ("khong-co.pdf", "don-vi.exe", "tat-ca.docx", "cau-hoi.pdf"):
        me.get(f"{link}/{wrong}", 404)


def test_who_has_left_is_not_in_the_list(visit, app, office):
    with app.app_context():
        moves.leave(db.session.scalars(db.select(Enrolment).filter_by(person_id=office["hocvien2"])).one(), now())
        db.session.commit()
    assert "Danh Sóc Kha" not in str(workbook(fetch(visit("quantri"), "chi-bo-1").data))


def test_the_same_statements_whatever_the_number_of_people(visit, app, office, statements):
    me = visit("quantri")
    told = []
    for many in (0, 60):
        with app.app_context():
            campaign = db.session.get(Campaign, office["campaign"])
            made = [
                (add_person(f"n{many}-{n}", f"Trần Văn {n}", office["chi-bo-1"]), office["chi-bo-1"])
                for n in range(many)
            ]
            learning.enrol(campaign, made, now())
            db.session.commit()
        link = me.post("/theo-doi/chi-bo-1/tai", {"bieu": "tat-ca", "dang": "xlsx"}).location
        me.get(link)
        with statements() as one:
            data = me.get(link).response.data
        assert len(workbook(data)["Danh sách"].rows) == many + 2 + 4
        told.append(len(one))
    assert told[0] == told[1] <= 7
