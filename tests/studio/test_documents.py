"""Writing a document of the library: from nothing, by correcting one, two writers at once, reviewed and published."""

import re

import pytest
from factories import add_grant, add_person

from quizapp.courses import contents as course_contents
from quizapp.database import db
from quizapp.library import drafting, drafts, queries
from quizapp.library.models import DocumentDraft, DocumentRevision
from quizapp.web.access import Role

HEAD = {"loai": "Quy định", "so": "999-QĐ/TU", "ten": "Việc nêu gương ở cơ sở", "co-quan": "Tỉnh ủy", "ngay": "2026-01-15",
        "nhiem-vu": "nam-la", "noi-ve": "Ai nêu gương, nêu gương việc gì.", "hieu-luc": "in_force",
        "den-ngay": "2026-11-20", "ghi-chu": "Chưa thấy văn bản thay thế.", "can-cu": "bản ký số"}  # fmt: skip
ARTICLE = {"muc": "Điều 1", "tieu-de": "Người nêu gương", "tom-tat": "Người đứng đầu nêu gương trước.",
           "doi-chieu": "y", "nguon": "bản ký số\r\n\r\n  trang 2 của   công báo "}  # fmt: skip
CITED = "144-qd-tw"


@pytest.fixture
def me(visit):
    return visit("baocaovien")


@pytest.fixture
def reviewer(visit):
    return visit("nguoiduyet")


def hidden(page, name="tu"):
    return re.search(rf'name="{name}" value="([^"]*)"', page.html)[1]


def draft(app, code):
    with app.app_context():
        found = drafts.draft_of(code)
        return found and found.body


def new(me, **head):
    me.post("/soan/van-ban/moi", HEAD | head)
    return me.page.location.rsplit("/", 1)[1]


def add(me, code, where="", **said):
    me.post(f"/soan/van-ban/{code}/them{where}", ARTICLE | said)
    return me.page.location.partition("#m-")[2]


def publish(me, reviewer, code):
    me.post(f"/soan/van-ban/{code}/gui-duyet", {"loi-nhan": "Xem giúp tôi"})
    page = reviewer.get(f"/duyet/van-ban/{code}")
    reviewer.post(f"/duyet/van-ban/{code}/phat-hanh", {"ban": hidden(page, "ban"), "ly-do": "Văn bản mới"})
    return reviewer.page


def test_a_document_from_nothing_is_reviewed_published_and_found_by_everyone(app, me, reviewer, visit):
    code = new(me)
    assert code == "999-qd-tu"
    assert "chưa có điều, khoản nào" in me.follow().text
    assert add(me, code) == "dieu-1"
    assert add(me, code, "?trong=dieu-1", muc="Khoản 2") == "dieu-1.khoan-2"
    assert add(me, code, "?sau=dieu-1", muc="Điều 2", **{"doi-chieu": ""}) == "dieu-2"
    visit("hocvien").get(f"/van-ban/{code}", 404)
    assert "Quy định 999-QĐ/TU" in reviewer.get("/soan/van-ban").text
    publish(me, reviewer, code)
    assert "Đã phát hành Quy định 999-QĐ/TU" in reviewer.follow().text
    page = visit("hocvien").get(f"/van-ban/{code}")
    assert "Người đứng đầu nêu gương trước." in page.text
    assert "Chưa đối chiếu" in page.text
    assert "999-QĐ/TU" in visit("hocvien").get("/van-ban").text
    assert "999-QĐ/TU" in visit("hocvien").get("/van-ban?tim=neu+guong+co+so").text
    with app.app_context():
        document = queries.document(code)
        assert document.provisions[0].sources == ("bản ký số", "trang 2 của công báo")
        made = db.session.scalars(db.select(DocumentRevision).order_by(DocumentRevision.id.desc())).first()
        assert (made.number, made.why, made.made_by is None, made.approved_by is None) == (1, "Văn bản mới", False, False)
    assert draft(app, code) is None


def test_what_is_called_verified_names_a_source(app, me):
    code = new(me)
    page = me.post(f"/soan/van-ban/{code}/them", ARTICLE | {"nguon": " \n "}, status=200)
    assert "phải nêu ít nhất một nguồn" in page.text
    assert "Người đứng đầu nêu gương trước." in page.text
    assert drafting.anchors(draft(app, code)) == []
