"""/van-ban?tim=: the official texts that an organisation has added, piece by piece; what was taken down is found no more."""

import re

import pytest
import signed
import sqlalchemy as sa

from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.database import db
from quizapp.library import actions, queries
from quizapp.library.models import Passage, PassageKind

RULE = "/van-ban/144-qd-tw"
OFFICIAL = f"{RULE}/ban-chinh-thuc"
WHERE = {"nguon": "Bản ký số", "ly-do": "Để trích dẫn"}
SEEN = "thử nghiệm phần mềm"  # words that no summary and no lesson has


def add(visit, text=signed.RULE, document=RULE):
    """An official text that waits to be compared; its address."""
    trainer = visit("baocaovien")
    there = trainer.post(f"{document}/ban-chinh-thuc", {"dan": "1"}, content_type="multipart/form-data").location
    trainer.post(there, {"toan-van": text, **WHERE}, content_type="multipart/form-data")
    return there.removesuffix("/doc-lai")


def confirm(visit, there):
    visit("nguoiduyet").post(f"{there}/doi-chieu", {"doi-chieu": "Đọc từng điều"})
    return there


def links(visit, typed):
    page = visit("hocvien").get("/van-ban", query_string={"tim": typed})
    return [link for link in re.findall(r'<li><a href="([^"]+)"', page.html) if link.startswith("/van-ban/")]


def test_an_official_text_is_found_once_it_is_confirmed_and_no_more_when_withdrawn(visit):
    there = add(visit)
    assert links(visit, SEEN) == []
    confirm(visit, there)
    assert links(visit, SEEN) == [f"{RULE}/toan-van#dieu-1"]
    assert links(visit, "thu nghiem phan mem") == [f"{RULE}/toan-van#dieu-1"]
    page = visit("hocvien").get("/van-ban", query_string={"tim": SEEN})
    assert "<mark>thử nghiệm phần mềm</mark>" in page.html
    assert "Nguyên văn" in page.text
    visit("quantri").post(f"{there}/go", {"ly-do-go": "Nhầm văn bản"})
    assert links(visit, SEEN) == []


def test_the_newest_confirmed_version_alone_is_found_and_an_older_one_again_when_it_is_shown_again(visit):
    confirm(visit, add(visit))
    second = confirm(visit, add(visit, signed.RULE.replace("phần mềm", "máy móc")))
    assert links(visit, SEEN) == []
    assert links(visit, "thử nghiệm máy móc") == [f"{RULE}/toan-van#dieu-1"]
    visit("quantri").post(f"{second}/go", {"ly-do-go": "Chép nhầm"})
    assert links(visit, SEEN) == [f"{RULE}/toan-van#dieu-1"]


def test_the_courses_own_passages_come_before_the_official_wording(visit):
    confirm(visit, add(visit, signed.RULE.replace("thử nghiệm phần mềm", "nhũng nhiễu")))
    found = links(visit, "nhũng nhiễu 144")
    assert f"{RULE}/toan-van#dieu-1" in found
    numbered = links(visit, "144")
    assert numbered[0] == RULE
    page = visit("hocvien").get("/van-ban", query_string={"tim": "QĐ 144 điều 4 hiệu lực"})
    assert page.text.count("Nguyên văn") == 1


@pytest.mark.parametrize("typed", ["Kính gửi", "noi nhan", "tổ chức thực hiện nghiêm"])
def test_a_letter_without_articles_is_found_by_its_paragraphs(visit, typed):
    filling = "\n".join(f"Đoạn thứ {n} của công văn nhắc các cơ quan làm tốt việc được giao. " * 5 for n in range(9))
    letter = f"Kính gửi các cơ quan.\n{filling}\nĐề nghị tổ chức thực hiện nghiêm.\nNơi nhận: như trên."
    confirm(visit, add(visit, letter, "/van-ban/1248-cv-tu"))
    (link,) = [one for one in links(visit, typed) if "toan-van" in one]
    page = visit("hocvien").get(link.split("#")[0])
    assert f'id="{link.split("#")[1]}"' in page.html


def test_a_long_law_is_found_article_by_article_and_clause_by_clause(visit, app):
    clauses = "\n".join(f"{k}. {'Cán bộ phải tận tụy với công việc. ' * 12}" for k in range(1, 6))
    law = "\n".join(f"Điều {n}. Tên điều số {n}\n{clauses}" for n in range(1, 161))
    assert 200_000 < len(law) < 400_000
    confirm(visit, add(visit, law.replace("Tên điều số 77", "Quăng quật")))
    places = ("dieu-77", "dieu-77.khoan-3", "dieu-77.khoan-5")
    assert links(visit, "quăng quật") == [f"{RULE}/toan-van#{place}" for place in places]
    with app.app_context():
        mine = db.session.scalars(sa.select(Passage).filter_by(kind=int(PassageKind.OFFICIAL))).all()
        assert 300 < len(mine) < 1000
        assert max(len(one.text) for one in mine) < 2000


def test_search_reads_no_more_statements_with_official_texts(visit, statements):
    confirm(visit, add(visit))
    me = visit("hocvien")
    me.get("/van-ban", query_string={"tim": "cán bộ"})
    with statements() as counted:
        me.get("/van-ban", query_string={"tim": "cán bộ"})
    assert len(counted) <= 6, counted


def test_a_document_of_another_name_and_an_upgrade_find_its_official_text_again(app, visit, contents):
    confirm(visit, add(visit))
    rule = contents.documents["144-qd-tw"]
    with app.app_context():
        actions.publish(rule.model_copy(update={"number": "999-QĐ/TW"}), 3, now())
        (hit,) = queries.find(f"999 {SEEN}").hits
        assert hit.passage.heading.startswith("Quy định 999-QĐ/TW, Điều 1. Phạm vi")
        db.session.rollback()
        db.session.execute(sa.delete(Passage))
        courses.take_in(contents, now())
        assert [one.passage.args["_anchor"] for one in queries.find(SEEN).hits] == ["dieu-1"]
        places = sa.select(Passage.source, Passage.place).where(Passage.source.like("%/" + source_id())).distinct()
        assert len({row.place for row in db.session.execute(places) if not row.source.startswith("unit/")}) == 1
        db.session.rollback()


def source_id():
    """The id of the document whose official text is found."""
    mine = sa.select(Passage.source).filter_by(kind=int(PassageKind.OFFICIAL))
    return db.session.scalars(mine).first().removeprefix("official/")
