"""Cấu hình: what is set holds on every page; only the highest administrator sets it; old records go, facts stay."""

import io
import re
import sys
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from factories import add_grant, add_person

from quizapp import mail, site
from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Audit, NameSeen, NoticeReading, Person, UserSession
from quizapp.administration import settings
from quizapp.clock import now, today
from quizapp.database import db
from quizapp.learning.models import FactRow
from quizapp.mail import Letter, Outbox
from quizapp.site import Notice, Setting
from quizapp.web.access import Role

sys.path.insert(0, str(Path(__file__).parents[1] / "domain"))
from test_images import jpeg, png

WHY = {"ly-do": "Quyết định số 12 ngày 20/11/2026"}
COMMON = {
    "ten": "Học liêm chính An Giang",
    "xung-ho": "đồng chí",
    "chi-tieu": "90",
    "sat-han": "5",
    "giu-dang-nhap": "180",
    "giu-xem": "400",
    "giu-thu": "60",
    "giu-nhap": "365",
    "ngay-nghi": "17/02/2026, 18/02/2026",
} | WHY


@pytest.fixture
def rows(app):
    def read(statement):
        with app.app_context():
            return db.session.scalars(statement).all()

    return read


def test_what_is_set_stands_on_every_page_at_once(visit, rows):
    admin = visit("quantri")
    assert "Liêm Chính" in visit("hocvien").get("/toi").title
    admin.post("/quan-tri/cau-hinh/chung", COMMON)
    page = admin.follow()
    assert "chậm không quá 5 điểm" in page.text
    assert "17/02/2026, 18/02/2026" in page.text
    assert visit("hocvien").get("/toi").title.endswith("Học liêm chính An Giang")
    assert 'value="90"' in admin.get("/quan-tri/mo-dot-hoc").html
    (line,) = rows(sa.select(Audit).filter_by(act="set_config"))
    assert "chỉ tiêu: 90" in line.detail["changed"]
    assert "giu-thu" not in line.detail["changed"]
    assert "Chưa có mục nào thay đổi" in admin.post("/quan-tri/cau-hinh/chung", COMMON, status=409).text


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"ten": ""}, "Nhập tên hệ thống"),
        ({"xung-ho": "mày tao"}, "Chọn"),
        ({"chi-tieu": "101"}, "từ 1 đến 100"),
        ({"giu-xem": "3"}, "từ 180 đến 3650"),
        ({"ngay-nghi": "32/01/2026"}, "mỗi dòng một ngày"),
        ({"ly-do": ""}, "Ghi lý do"),
    ],
)
def test_what_makes_no_sense_is_said_and_not_kept(visit, rows, changed, words):
    page = visit("quantri").post("/quan-tri/cau-hinh/chung", COMMON | changed, status=200)
    assert words in page.text
    assert rows(sa.select(Setting)) == []


def test_an_administrator_of_a_part_sees_it_and_changes_nothing(app, visit, office, rows):
    with app.app_context():
        add_grant(add_person("quantri2", "Ngô Thị Hạnh", office["co-quan"]), Role.ADMIN, office["co-quan"])
        db.session.commit()
    other = visit("quantri2")
    assert "không đổi được" in other.get("/quan-tri/cau-hinh").text
    for page in ("chung", "dau-hieu", "thong-bao", "thu-thu"):
        other.post(f"/quan-tri/cau-hinh/{page}", COMMON, status=403)
    other.get("/quan-tri/cau-hinh/thong-bao/1", 403)
    assert rows(sa.select(Setting)) == []


def test_where_anh_chi_is_set_no_page_says_dong_chi(visit):
    admin = visit("quantri")
    admin.post("/quan-tri/cau-hinh/chung", COMMON | {"xung-ho": "anh/chị"})
    for who, addresses in {
        "hocvien": ("/", "/toi", "/toi/thu", "/tro-giup", "/thong-bao", "/khong-co", "/ket-qua"),
        "lanhdao": ("/theo-doi/co-quan", "/theo-doi/co-quan/nhac"),
        "quantri": ("/quan-tri", "/quan-tri/thu"),
    }.items():
        me = visit(who)
        for address in addresses:
            page = me.get(address, 404 if address == "/khong-co" else 200)
            assert not re.search("đồng chí", page.text, re.I), (address, page.text)
    page = visit("lanhdao").get("/theo-doi/co-quan")
    assert "trên 6 người" in page.text
    wrong = visit().post("/dang-nhap", {"ten": "x", "mat-khau": "y"}, status=200)
    assert "Anh/chị kiểm tra lại" in wrong.text


# --- the mark --------------------------------------------------------------------------------------------------


def give(visitor, data, what="doi", status=303):
    body = {"tep": (io.BytesIO(data), "dau.png"), "viec": what} | WHY
    return visitor.post("/quan-tri/cau-hinh/dau-hieu", body, status=status, content_type="multipart/form-data")


@pytest.mark.parametrize(("made", "kind"), [(png, "image/png"), (jpeg, "image/jpeg")])
def test_the_agencys_mark_stands_on_top_and_is_served_by_its_hash(visit, made, kind):
    admin = visit("quantri")
    give(admin, made())
    page = visit("hocvien").get("/toi")
    address = re.search(r'<img class="brand__mark" src="(/dau-hieu/[0-9a-f]{64})"', page.html)[1]
    answer = visit().get(address).response
    assert answer.mimetype == kind
    assert "immutable" in answer.headers["Cache-Control"]
    give(admin, b"", "bo")
    assert "brand__mark" not in visit("hocvien").get("/toi").html
    visit().get(address, 404)


@pytest.mark.parametrize("data", [b"", b"<svg/>", png(4000, 16), png() + b"<script>", b"\x89PNG" + b"\0" * 150_000])
def test_anything_but_a_small_picture_is_refused(visit, rows, data):
    page = give(visit("quantri"), data, status=409)
    assert "ảnh" in page.text
    assert rows(sa.select(Setting)) == []


# --- the notice ------------------------------------------------------------------------------------------------

TEXT = "Hệ thống ghi lại bài đã học và điểm.\n\nBản này thêm: địa chỉ thư của đồng chí được giữ một năm."


@pytest.fixture
def password(app, office):
    with app.app_context():
        accounts.set_password(office["hocvien"], accounts.passwords.hash_password("con thuyen vuot song"))
        db.session.commit()


def test_a_new_version_is_read_once_at_the_next_sign_in(app, visit, office, rows, password):
    admin, me = visit("quantri"), visit("hocvien")
    admin.post("/quan-tri/cau-hinh/thong-bao", {"noi-dung": TEXT, "ban": "1"} | WHY)
    assert "Bản 2" in admin.follow().text
    me.get("/")  # whoever is at work is not disturbed
    new = visit()
    new.post("/dang-nhap", {"ten": "hocvien", "mat-khau": "con thuyen vuot song", "tiep": "/hoc"})
    assert new.get("/hoc", 303).location == "/thong-bao?tiep=/hoc"
    page = new.get("/thong-bao?tiep=/hoc")
    assert "địa chỉ thư của đồng chí được giữ một năm" in page.text
    new.get("/tro-giup")
    new.post("/thong-bao?tiep=/hoc")
    assert new.page.location == "/hoc"
    new.get("/hoc")
    assert [(row.person_id, row.number) for row in rows(sa.select(NoticeReading))] == [(office["hocvien"], 2)]
    again = visit()
    again.post("/dang-nhap", {"ten": "hocvien", "mat-khau": "con thuyen vuot song"})
    again.get("/")
    readers = admin.get("/quan-tri/cau-hinh/thong-bao/2")
    assert "Nguyễn Thị Hồng Thắm" in readers.text
    assert "Danh Sóc Kha" not in readers.text
    assert "Thủ trưởng trực tiếp" in admin.get("/quan-tri/cau-hinh/thong-bao/1").text


def test_of_two_new_versions_at_once_the_second_is_refused(visit, rows):
    admin = visit("quantri")
    admin.post("/quan-tri/cau-hinh/thong-bao", {"noi-dung": TEXT, "ban": "1"} | WHY)
    late = admin.post("/quan-tri/cau-hinh/thong-bao", {"noi-dung": TEXT + " Khác.", "ban": "1"} | WHY, status=409)
    assert "người khác phát hành" in late.text
    same = admin.post("/quan-tri/cau-hinh/thong-bao", {"noi-dung": TEXT, "ban": "2"} | WHY, status=409)
    assert "giống bản đang dùng" in same.text
    assert [row.number for row in rows(sa.select(Notice))] == [2]


def test_a_first_visit_reads_the_current_version(app, visit, office, rows):
    visit("quantri").post("/quan-tri/cau-hinh/thong-bao", {"noi-dung": TEXT, "ban": "1"} | WHY)
    with app.app_context():
        db.session.get_one(Person, office["hocvien"]).welcomed_at = None
        db.session.commit()
    me = visit("hocvien")
    assert "Bản này thêm" in me.get("/lan-dau?buoc=3").text
    me.post("/lan-dau")
    assert [row.number for row in rows(sa.select(NoticeReading))] == [2]


# --- mail test, what is kept no longer -------------------------------------------------------------------------


def test_a_test_mail_goes_to_ones_own_address(visit, rows):
    admin = visit("quantri")
    assert "chưa ghi địa chỉ thư" in admin.post("/quan-tri/cau-hinh/thu-thu", status=409).text
    admin.post("/toi/thu", {"thu": "tam@example.gov.vn"})
    admin.post("/quan-tri/cau-hinh/thu-thu")
    assert "Thư thử" in admin.follow().text
    assert [row.address for row in rows(sa.select(Outbox))] == ["tam@example.gov.vn"]


def test_old_sign_ins_looks_and_mail_go_and_facts_and_acts_stay(app, office):
    long_ago = now() - timedelta(days=800)
    with app.app_context():
        for at in (long_ago, now()):
            accounts.note_look(office["lanhdao"], "Theo dõi", [office["hocvien"]], None, at)
            accounts.open_session(office["hocvien"], False, "máy", "10.0.0.0/24", at)
            accounts.note_act(office["lanhdao"], "look_at_names", at)
            accounts.note_act(office["quantri"], "waive", at)
            mail.put([Letter("reminder", f"{at}", None, "a@b.vn", "x", "y")], today(), at)
            db.session.commit()
        db.session.execute(sa.update(Outbox).values(state="sent"))
        facts = db.session.scalar(sa.select(sa.func.count()).select_from(FactRow))
        db.session.commit()
        assert settings.forget_old() == 5  # a session, a letter, two looks, of which one says whom was seen
        assert settings.forget_old() == 0
        kept = [
            db.session.scalar(sa.select(sa.func.count()).select_from(one)) for one in (UserSession, Outbox, FactRow)
        ]
        assert kept == [1, 1, facts]
        acts = sorted(db.session.scalars(sa.select(Audit.act)))
        assert acts == ["look_at_names", "look_at_names", "waive", "waive"]
        assert len(db.session.scalars(sa.select(NameSeen)).all()) == 1
        assert site.current().look_days == 730
