"""Writing a document: what is moved elsewhere, what is saved by itself, how it will look, its official text before it is in
use.
"""

import json
import re

import pytest

from quizapp.database import db
from quizapp.library import drafting, drafts, queries
from quizapp.library.models import Document, OfficialText

HEAD = {"loai": "Quy định", "so": "999-QĐ/TU", "ten": "Việc nêu gương ở cơ sở", "co-quan": "Tỉnh ủy", "ngay": "2026-01-15",
        "nhiem-vu": "nam-la", "noi-ve": "Ai nêu gương, nêu gương việc gì.", "hieu-luc": "in_force",
        "den-ngay": "2026-11-20", "ghi-chu": "Chưa thấy văn bản thay thế.", "can-cu": "bản ký số"}  # fmt: skip
ARTICLE = {"muc": "Điều 1", "tieu-de": "Người nêu gương", "tom-tat": "Người đứng đầu nêu gương trước.",
           "doi-chieu": "y", "nguon": "bản ký số"}  # fmt: skip
WORDS = "Điều 1. Người nêu gương\nNgười đứng đầu nêu gương trước, làm trước.\nĐiều 2. Hiệu lực\nTừ ngày ký."
WHERE = {"nguon": "Bản ký số nhận ngày 10/10/2026", "ly-do": "Để trích dẫn"}
ALONE = {"X-Luu": "1"}


@pytest.fixture
def me(visit):
    return visit("baocaovien")


@pytest.fixture
def code(me):
    """A new document of three điều, the first with a khoản."""
    me.post("/soan/van-ban/moi", HEAD)
    code = me.page.location.rsplit("/", 1)[1]
    for where, label in (("", "Điều 1"), ("?trong=dieu-1", "Khoản 1"), ("", "Điều 2"), ("", "Điều 3")):
        me.post(f"/soan/van-ban/{code}/them{where}", ARTICLE | {"muc": label})
    return code


def body(app, code):
    with app.app_context():
        return drafts.draft_of(code).body


def tree(app, code):
    return [(node.depth, node.anchor) for node in drafting.nodes(body(app, code))]


def hidden(page, name="tu"):
    return re.search(rf'name="{name}" value="([^"]*)"', page.html)[1]


def json_of(page):
    return json.loads(page.html)


# --- elsewhere -------------------------------------------------------------------------------------------------


def move(me, code, anchor, how, to, **more):
    return me.post(f"/soan/van-ban/{code}/muc/{anchor}/cho-khac", {"cach": how, "moc": to}, **more)


def test_a_provision_goes_elsewhere_with_all_below_it_and_keeps_its_name(app, me, code):
    page = me.get(f"/soan/van-ban/{code}/muc/dieu-1/cho-khac")
    assert 'value="dieu-1.khoan-1"' not in page.html  # nothing goes into itself
    move(me, code, "dieu-1", "sau", "dieu-3")
    assert me.page.location == f"/soan/van-ban/{code}#m-dieu-1"
    assert tree(app, code) == [(0, "dieu-2"), (0, "dieu-3"), (0, "dieu-1"), (1, "dieu-1.khoan-1")]
    move(me, code, "dieu-1", "trong", "dieu-2")
    assert tree(app, code) == [(0, "dieu-2"), (1, "dieu-1"), (2, "dieu-1.khoan-1"), (0, "dieu-3")]
    move(me, code, "dieu-1.khoan-1", "sau", "dieu-2")
    assert tree(app, code) == [(0, "dieu-2"), (1, "dieu-1"), (0, "dieu-1.khoan-1"), (0, "dieu-3")]


def test_what_would_stand_too_deep_or_nowhere_stays_where_it_was(app, me, code):
    move(me, code, "dieu-2", "trong", "dieu-1.khoan-1")
    move(me, code, "dieu-3", "trong", "dieu-2")
    before = tree(app, code)
    assert before == [(0, "dieu-1"), (1, "dieu-1.khoan-1"), (2, "dieu-2"), (3, "dieu-3")]
    me.post(f"/soan/van-ban/{code}/them", ARTICLE | {"muc": "Điều 4"})
    page = move(me, code, "dieu-4", "trong", "dieu-3", status=409)
    assert "nhiều nhất 4 cấp" in page.text
    assert "Chọn một mục trong danh sách" in move(me, code, "dieu-1", "trong", "dieu-2", status=200).text
    me.get(f"/soan/van-ban/{code}/muc/khong-co/cho-khac", 409)
    assert tree(app, code) == [*before, (0, "dieu-4")]


def test_one_after_the_other_is_added_without_going_back_to_the_tree(app, me, code):
    me.post(f"/soan/van-ban/{code}/them?sau=dieu-1", ARTICLE | {"muc": "Điều 1a", "tiep": "1"})
    assert me.page.location == f"/soan/van-ban/{code}/them?sau=dieu-1a"
    assert "Ngay sau Điều 1a" in me.follow().text


# --- saved by itself -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("part", "field"), [("muc/dieu-1", "tom-tat"), ("thong-tin", "noi-ve")])
def test_what_the_script_sends_is_saved_and_it_goes_on_from_there(app, me, visit, code, part, field):
    address, said = f"/soan/van-ban/{code}/{part}", HEAD if part == "thong-tin" else ARTICLE
    first = hidden(me.get(address))
    told = json_of(me.post(address, said | {field: "Gõ lần một.", "tu": first}, status=200, headers=ALONE))
    assert told["tu"] != first
    again = json_of(me.post(address, said | {field: "Gõ lần hai.", "tu": told["tu"]}, status=200, headers=ALONE))
    assert hidden(me.get(address)) == again["tu"]
    assert "Gõ lần hai." in me.page.html
    page = me.post(address, said | {field: "Gõ ở thẻ khác.", "tu": first}, status=422, headers=ALONE)
    assert "Có người khác vừa lưu" in json_of(page)["loi"]
    page = me.post(address, said | {field: "", "tu": again["tu"]}, status=422, headers=ALONE)
    assert "Chưa tự lưu được" in json_of(page)["loi"]
    assert "Gõ lần hai." in str(body(app, code))


# --- as it will be seen ----------------------------------------------------------------------------------------


def test_a_draft_is_looked_at_by_the_learners_own_page(me, visit, code):
    page = me.get(f"/soan/van-ban/{code}/xem-thu")
    assert "Xem thử bản nháp" in page.text
    assert "Người đứng đầu nêu gương trước." in page.text
    assert "Năm là" in page.text
    assert 'id="dieu-1.khoan-1"' in page.html
    visit("hocvien").get(f"/soan/van-ban/{code}/xem-thu", 403)
    me.post("/soan/van-ban/moi", HEAD | {"so": "1000-QĐ/TU"})
    page = me.get(f"{me.page.location}/xem-thu", 409)
    assert "chưa có điều, khoản nào" in page.text


# --- its official text -----------------------------------------------------------------------------------------


def text_added(me, code):
    """The official text, pasted; the version's own address."""
    there = me.post(f"/van-ban/{code}/ban-chinh-thuc", {"dan": "1"}, content_type="multipart/form-data").location
    me.post(there, {"toan-van": WORDS, **WHERE}, content_type="multipart/form-data")
    return there.removesuffix("/doc-lai")


def test_the_official_text_may_be_given_before_anything_is_published(app, me, visit, code):
    reviewer, learner = visit("nguoiduyet"), visit("hocvien")
    assert "trước khi văn bản được phát hành" in me.get(f"/soan/van-ban/{code}").text
    there = text_added(me, code)
    assert "1 bản chờ người khác đối chiếu" in me.get(f"/soan/van-ban/{code}").text
    assert f'href="/soan/van-ban/{code}"' in reviewer.get(there).html  # no way to a page that is not there yet
    reviewer.post(f"{there}/doi-chieu", {"doi-chieu": "Đọc từng điều"})
    assert "khi văn bản được phát hành" in reviewer.follow().text
    assert "Đã có, đối chiếu với bản ký" in me.get(f"/soan/van-ban/{code}").text
    page = me.get(f"/soan/van-ban/{code}/xem-thu")
    assert f'href="{there}#dieu-1"' in page.html
    for address in (f"/van-ban/{code}", f"/van-ban/{code}/toan-van"):
        learner.get(address, 404)
    assert "làm trước" not in learner.get("/van-ban?tim=neu+guong+truoc").text
    me.post(f"/soan/van-ban/{code}/gui-duyet", {"loi-nhan": ""})
    page = reviewer.get(f"/duyet/van-ban/{code}")
    reviewer.post(f"/duyet/van-ban/{code}/phat-hanh", {"ban": hidden(page, "ban"), "ly-do": "Văn bản mới"})
    assert "Người đứng đầu nêu gương trước, làm trước." in learner.get(f"/van-ban/{code}/toan-van").text
    assert "làm trước" in learner.get("/van-ban?tim=neu+guong+truoc+lam+truoc").text
    with app.app_context():
        assert "làm trước" in queries.official_text(code)


def test_a_document_with_an_official_text_is_not_given_up_before_that_is_taken_down(app, me, code):
    there = text_added(me, code)
    assert "Gỡ bản ấy trước" in me.get(f"/soan/van-ban/{code}/bo").text
    me.post(f"/soan/van-ban/{code}/bo", {"ly-do": "Nhầm"}, status=409)
    assert tree(app, code)
    me.post(f"{there}/go", {"ly-do-go": "Nhầm văn bản"})
    me.post(f"/soan/van-ban/{code}/bo", {"ly-do": "Nhầm"})
    with app.app_context():
        assert db.session.scalar(db.select(Document).filter_by(code=code)) is None
        assert db.session.scalars(db.select(OfficialText)).all() == []
