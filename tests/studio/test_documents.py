"""Writing a document of the library: from nothing, by correcting one, two writers at once, reviewed and published."""

import re
from dataclasses import replace

import pytest
from factories import add_grant, add_person

from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses import contents as course_contents
from quizapp.courses.exchange import writing
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.models import UnitRevision
from quizapp.database import db
from quizapp.library import drafting, drafts, queries
from quizapp.library.models import DocumentRevision
from quizapp.studio import documents
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
        assert (made.number, made.why, made.made_by is None, made.approved_by is None) == (
            1,
            "Văn bản mới",
            False,
            False,
        )
    assert draft(app, code) is None


def test_what_is_called_verified_names_a_source(app, me):
    code = new(me)
    page = me.post(f"/soan/van-ban/{code}/them", ARTICLE | {"nguon": " \n "}, status=200)
    assert "phải nêu ít nhất một nguồn" in page.text
    assert "Người đứng đầu nêu gương trước." in page.text
    assert drafting.anchors(draft(app, code)) == []


# --- correcting ------------------------------------------------------------------------------------------------


@pytest.fixture
def begun(me):
    """A trainer who has begun a draft of Quy định 144."""
    me.post(f"/soan/van-ban/{CITED}/soan")
    assert me.page.location == f"/soan/van-ban/{CITED}"
    return me


@pytest.fixture
def other(app, office, visit):
    """A second trainer."""
    with app.app_context():
        add_grant(add_person("baocaovien2", "Trần Văn Hai", office["co-quan"]), Role.TRAINER, office["tinh"])
        db.session.commit()
    return visit("baocaovien2")


def said(app, anchor, code=CITED):
    """What the form of a provision would send unchanged."""
    one = drafting.part(draft(app, code), anchor)
    told = {"muc": one["label"], "tieu-de": one["title"] or "", "tom-tat": one["summary"], "ghi-chu": one["note"] or ""}
    return told | {"nguon": "\r\n".join(one["sources"])} | ({"doi-chieu": "y"} if one["verified"] else {})


def test_a_correction_keeps_the_anchor_and_leaves_published_units_as_they_are(app, begun, reviewer, visit):
    anchor = "chung.doi-tuong"
    page = begun.get(f"/soan/van-ban/{CITED}/muc/{anchor}")
    begun.post(
        f"/soan/van-ban/{CITED}/muc/{anchor}",
        said(app, anchor) | {"muc": "Ai áp dụng", "tom-tat": "Lời mới.", "tu": hidden(page)},
    )
    assert begun.page.location == f"/soan/van-ban/{CITED}#m-{anchor}"
    with app.app_context():
        before = [made.body for made in course_revisions()]
    page = publish(begun, reviewer, CITED)
    assert page.location == f"/soan/van-ban/{CITED}"
    page = visit("hocvien").get(f"/van-ban/{CITED}")
    assert f'id="{anchor}"' in page.html
    assert "Lời mới." in page.text
    with app.app_context():
        assert [made.body for made in course_revisions()] == before


def course_revisions():
    return db.session.scalars(db.select(UnitRevision).order_by(UnitRevision.id)).all()


def test_nothing_typed_anew_is_no_change_and_is_not_sent_for_review(app, begun):
    for anchor in drafting.anchors(draft(app, CITED)):
        page = begun.get(f"/soan/van-ban/{CITED}/muc/{anchor}")
        begun.post(f"/soan/van-ban/{CITED}/muc/{anchor}", said(app, anchor) | {"tu": hidden(page)})
    page = begun.post(f"/soan/van-ban/{CITED}/gui-duyet", {"loi-nhan": ""}, status=409)
    assert "không khác bản đang dùng" in page.text
    with app.app_context():
        assert drafting.read(drafts.draft_of(CITED).body) == queries.document(CITED)


def cited(app):
    """An anchor of Quy định 144 that a unit in use rests on."""
    with app.app_context():
        return next(one.partition("#")[2] for one in documents.citing() if one.startswith(f"{CITED}#"))


def test_what_a_unit_rests_on_is_neither_taken_out_nor_left_unverified(app, begun):
    anchor = cited(app)
    begun.get(f"/soan/van-ban/{CITED}/muc/{anchor}/bo")
    assert "nên không bỏ được" in begun.page.text
    begun.post(f"/soan/van-ban/{CITED}/muc/{anchor}/bo", {"tu": "x"}, status=409)
    assert anchor in drafting.anchors(draft(app, CITED))
    page, fields = begun.get(f"/soan/van-ban/{CITED}/muc/{anchor}"), said(app, anchor)
    del fields["doi-chieu"]
    begun.post(f"/soan/van-ban/{CITED}/muc/{anchor}", fields | {"tu": hidden(page)})
    assert "nên phải đã đối chiếu" in begun.get(f"/soan/van-ban/{CITED}").text
    begun.post(f"/soan/van-ban/{CITED}/gui-duyet", {"loi-nhan": ""}, status=409)


def test_provisions_move_among_their_like_and_an_anchor_is_never_used_again(app, me, reviewer):
    code = new(me)
    for label in ("Điều 1", "Điều 2", "Điều 3"):
        add(me, code, muc=label)
    me.post(f"/soan/van-ban/{code}/muc/dieu-3/chuyen", {"viec": "len"})
    me.post(f"/soan/van-ban/{code}/muc/dieu-1/chuyen", {"viec": "len"})
    assert drafting.anchors(draft(app, code)) == ["dieu-1", "dieu-3", "dieu-2"]
    publish(me, reviewer, code)
    me.post(f"/soan/van-ban/{code}/soan")
    me.post(f"/soan/van-ban/{code}/muc/dieu-3/bo", {"tu": hidden(me.get(f"/soan/van-ban/{code}/muc/dieu-3/bo"))})
    assert drafting.anchors(draft(app, code)) == ["dieu-1", "dieu-2"]
    assert add(me, code, muc="Điều 3") == "dieu-3-2"
    me.post(f"/soan/van-ban/{code}/muc/khong-co/chuyen", {"viec": "len"}, status=409)


def test_sent_twice_is_added_once(app, me):
    code = new(me)
    for _ in range(2):
        add(me, code)
        add(me, code, "?trong=dieu-1", muc="Khoản 1")
    assert drafting.anchors(draft(app, code)) == ["dieu-1", "dieu-1.khoan-1"]


def test_a_document_of_the_same_number_is_told_before_there_are_two(me):
    new(me)
    page = me.post("/soan/van-ban/moi", HEAD | {"so": " 999-qđ/tu "}, status=409)
    assert "Thư viện đã có văn bản này" in page.text
    assert "/soan/van-ban/999-qd-tu" in page.html


# --- two writers -----------------------------------------------------------------------------------------------


def test_the_later_of_two_writers_sees_both_texts_and_may_keep_the_own(app, begun, other):
    anchor, address = "chung.doi-tuong", f"/soan/van-ban/{CITED}/muc/chung.doi-tuong"
    mine, theirs, fields = begun.get(address), other.get(address), said(app, anchor)
    begun.post(address, fields | {"tom-tat": "Lời của Bích.", "tu": hidden(mine)})
    page = other.post(address, fields | {"tom-tat": "Lời của Hai.", "tu": hidden(theirs)}, status=409)
    assert "Đồng chí Lê Thị Bích vừa lưu phần này" in page.text
    assert "Bản đang lưu ghi: “Lời của Bích.”" in page.text
    assert "Lời của Hai." in page.html
    assert drafting.part(draft(app, CITED), anchor)["summary"] == "Lời của Bích."
    other.post(address, fields | {"tom-tat": "Lời của Hai.", "tu": hidden(page)})
    assert drafting.part(draft(app, CITED), anchor)["summary"] == "Lời của Hai."


def test_the_head_clashes_like_a_provision_and_two_parts_do_not_clash(app, me, other):
    code = new(me)
    add(me, code)
    head, part = f"/soan/van-ban/{code}/thong-tin", f"/soan/van-ban/{code}/muc/dieu-1"
    mine, theirs, article = me.get(head), other.get(head), other.get(part)
    me.post(head, HEAD | {"ten": "Tên của Bích", "tu": hidden(mine)})
    other.post(part, ARTICLE | {"tom-tat": "Lời của Hai.", "tu": hidden(article)})
    page = other.post(head, HEAD | {"ten": "Tên của Hai", "hieu-luc": "amended", "tu": hidden(theirs)}, status=409)
    assert "Bản đang lưu ghi: “Tên của Bích”" in page.text
    assert "Bản đang lưu ghi: “Còn hiệu lực”" in page.text
    assert page.text.count("Bản đang lưu ghi") == 2


def test_what_was_typed_for_a_provision_that_another_took_out_is_kept(app, me, other):
    code = new(me)
    add(me, code)
    address = f"/soan/van-ban/{code}/muc/dieu-1"
    theirs = other.get(address)
    me.post(f"{address}/bo", {"tu": hidden(me.get(f"{address}/bo"))})
    page = other.post(address, ARTICLE | {"tom-tat": "Lời của Hai.", "tu": hidden(theirs)}, status=409)
    assert "Người khác vừa bỏ mục này" in page.text
    assert "Lời của Hai." in page.html
    assert f'action="/soan/van-ban/{code}/them"' in page.html


def test_a_provision_changed_meanwhile_is_not_taken_out_unread(app, me, other):
    code = new(me)
    add(me, code)
    address = f"/soan/van-ban/{code}/muc/dieu-1"
    mine = me.get(f"{address}/bo")
    other.post(address, ARTICLE | {"tom-tat": "Lời của Hai.", "tu": hidden(other.get(address))})
    assert "vừa được người khác sửa" in me.post(f"{address}/bo", {"tu": hidden(mine)}, status=409).text
    assert drafting.anchors(draft(app, code)) == ["dieu-1"]


# --- review ----------------------------------------------------------------------------------------------------


def sent(me, code):
    me.post(f"/soan/van-ban/{code}/gui-duyet", {"loi-nhan": "Xem giúp tôi"})


def test_whoever_wrote_it_does_not_publish_it(app, office, me):
    with app.app_context():
        add_grant(office["baocaovien"], Role.REVIEWER, office["tinh"])
        db.session.commit()
    code = new(me)
    add(me, code)
    sent(me, code)
    page = me.get(f"/duyet/van-ban/{code}")
    assert "Đồng chí đã soạn bản này nên không tự duyệt" in page.text
    me.post(f"/duyet/van-ban/{code}/phat-hanh", {"ban": drafting.digest(draft(app, code)), "ly-do": "x"}, status=409)
    assert draft(app, code) is not None


def test_what_the_reviewer_has_not_seen_is_not_published(app, me, reviewer):
    code = new(me)
    add(me, code)
    sent(me, code)
    page = reviewer.get(f"/duyet/van-ban/{code}")
    assert "Người soạn nhắn: Xem giúp tôi" in page.text
    add(me, code, muc="Điều 2")  # which takes it back
    reviewer.post(f"/duyet/van-ban/{code}/phat-hanh", {"ban": hidden(page, "ban"), "ly-do": "x"}, status=409)
    sent(me, code)
    page = reviewer.post(f"/duyet/van-ban/{code}/phat-hanh", {"ban": hidden(page, "ban"), "ly-do": "x"}, status=409)
    assert "Bản nháp vừa được sửa" in page.text
    assert "Điều 2" in page.text
    reviewer.post(f"/duyet/van-ban/{code}/phat-hanh", {"ban": hidden(page, "ban"), "ly-do": "x"})
    reviewer.get(f"/duyet/van-ban/{code}", 409)  # there is nothing to review any more


def test_given_back_it_says_why_and_waits_no_more(app, me, reviewer):
    code = new(me)
    add(me, code)
    sent(me, code)
    assert "Quy định 999-QĐ/TU" in reviewer.get("/duyet").text
    reviewer.post(f"/duyet/van-ban/{code}/tra-lai", {"vi-sao": "Thiếu Điều 2."})
    assert "Thiếu Điều 2." in me.get(f"/soan/van-ban/{code}").text
    assert "Quy định 999-QĐ/TU" not in reviewer.get("/duyet").text


def test_giving_up_takes_a_new_document_away_and_leaves_one_in_use(app, begun, visit):
    code = new(begun)
    for one in (code, CITED):
        begun.post(f"/soan/van-ban/{one}/bo", {"ly-do": ""}, status=200)
        begun.post(f"/soan/van-ban/{one}/bo", {"ly-do": "Mở nhầm"})
    begun.get(f"/soan/van-ban/{code}", 404)
    assert "Soạn bản mới" in begun.get(f"/soan/van-ban/{CITED}").text
    visit("hocvien").get(f"/van-ban/{CITED}")


# --- files -----------------------------------------------------------------------------------------------------


def test_what_was_written_is_exported_and_read_again_without_any_change(app, me, reviewer, tmp_path):
    code = new(me, ten="“Nêu gương”: việc của ai?", **{"ghi-chu": "Dòng một.\r\nDòng hai: có dấu # và “ngoặc”."})
    add(me, code, **{"tom-tat": "- Mở đầu bằng gạch.\r\n\r\n  Dòng hai. "})
    add(me, code, "?trong=dieu-1", muc="Khoản 2", **{"doi-chieu": "", "nguon": "", "ghi-chu": "true"})
    publish(me, reviewer, code)
    with app.app_context():
        first = course_contents.files()
        writing.write_folder(tmp_path, first)
        done = courses.take_in(read_folder(tmp_path / "cv-1248"), now())
        assert (done.documents, done.units, done.waiting) == ([], [], [])
        assert course_contents.files() == first
    assert f"cv-1248/library/{code}.yaml" in first


def test_files_do_not_publish_over_what_a_trainer_wrote(app, contents, begun, reviewer):
    anchor = "chung.doi-tuong"
    page = begun.get(f"/soan/van-ban/{CITED}/muc/{anchor}")
    begun.post(f"/soan/van-ban/{CITED}/muc/{anchor}", said(app, anchor) | {"tom-tat": "Lời mới.", "tu": hidden(page)})
    publish(begun, reviewer, CITED)
    with app.app_context():
        assert courses.take_in(contents, now()).waiting == []  # the trainer has read and changed that very text
        one = contents.documents[CITED]
        other = contents.documents | {CITED: one.model_copy(update={"about": "Có bản khác."})}
        done = courses.take_in(replace(contents, documents=other), now())
        db.session.commit()
        assert done.waiting == [one.name]
        assert "Lời mới." in queries.document(CITED).model_dump_json()
        assert drafts.draft_of(CITED).note == "Có bản mới từ bộ nội dung"
