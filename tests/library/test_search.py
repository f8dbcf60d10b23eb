"""/van-ban?tim=: documents, provisions and sections by words and numbers; the same hits in the same order on both databases."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import signed
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.domain.search import Query, bare_words
from quizapp.library import actions, queries
from quizapp.library.models import Document, OfficialText, Passage, PassageKind, TextState


@pytest.fixture
def inside(app):
    with app.app_context():
        yield
        db.session.rollback()


@pytest.fixture
def official(inside, office):
    """An official text of two documents, as if confirmed before this version could search them."""
    for code, who in (("144-qd-tw", "baocaovien"), ("1248-cv-tu", "quantri")):
        document_id = db.session.scalars(sa.select(Document.id).filter_by(code=code)).one()
        text = f"{signed.RULE}\nĐiều 5. Đảng viên\n1. Không nhũng nhiễu, phiền hà khi hoà giải.\n2. Dâng hoa đảng phí."
        told = {
            "text": text,
            "told": [],
            "source": "Bản ký",
            "reason": "Thử",
            "added_by": office[who],
            "added_at": now(),
        }
        db.session.add(OfficialText(document_id=document_id, number=1, state=TextState.CONFIRMED.value, **told))
    db.session.flush()
    actions.index_documents()


def every_hit(typed):
    """All that is found, page after page."""
    found, after = [], ""
    while True:
        page = queries.find(typed, after)
        found += page.hits
        assert len(page.hits) <= queries.PAGE
        if page.after is None:
            assert len(found) == page.total
            return found
        after = page.after


def address(hit):
    return (hit.passage.endpoint, *hit.passage.args.values())


# --- what is found ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("144", ("library.document", "144-qd-tw")),
        ("QĐ 144", ("library.document", "144-qd-tw")),
        ("qd144", ("library.document", "144-qd-tw")),
        ("Quy định số 144", ("library.document", "144-qd-tw")),
        ("144-QĐ/TW", ("library.document", "144-qd-tw")),
        ("10/ct-ttg", ("library.document", "10-ct-ttg")),
        ("chỉ thị 10", ("library.document", "10-ct-ttg")),
        ("1248", ("library.document", "1248-cv-tu")),
        ("CV 1248", ("library.document", "1248-cv-tu")),
        ("nghị định 59/2019", ("library.document", "59-2019-nd-cp")),
        ("bao chi", ("library.document", "luat-bao-chi-2025")),
        ("Ban Thường vụ Tỉnh ủy Kiên Giang", ("library.document", "1248-cv-tu")),
        ("thu tuong chinh phu", ("library.document", "1847-qd-ttg")),
        ("quy dinh 144 chu liem", ("library.document", "144-qd-tw", "dieu-3.liem")),
    ],
)
def test_a_number_or_an_issuer_leads_to_its_document_first(typed, first):
    assert address(every_hit(typed)[0])[: len(first)] == first


@pytest.mark.usefixtures("inside")
@pytest.mark.parametrize(
    ("typed", "same"),
    [("dang vien", "DANG  VIEN"), ("hoà giải", "hòa giải"), ("đảng viên", "viên đảng"), ("nhũng nhiễu", "Nhũng-nhiễu")],
)
def test_case_spaces_tone_style_and_order_do_not_change_what_is_found(typed, same):
    assert {address(hit) for hit in every_hit(typed)} == {address(hit) for hit in every_hit(same)}


@pytest.mark.usefixtures("inside")
def test_the_very_marks_come_first_and_then_whatever_the_marks():
    found = every_hit("đảng")
    exact = ["đảng" in (hit.passage.heading + hit.passage.text).lower() for hit in found]
    assert exact == sorted(exact, reverse=True)
    assert set(map(address, found)) == set(map(address, every_hit("dang")))
    assert not all(exact)


@pytest.mark.usefixtures("official")
def test_all_four_kinds_are_found():
    assert {hit.passage.kind for hit in every_hit("nhung nhieu")} == set(PassageKind)


def test_every_hit_leads_to_where_its_words_stand(visit):
    me = visit("hocvien")
    page = me.get("/van-ban", query_string={"tim": "nhũng nhiễu"})
    links = [
        link for link in re.findall(r'<li><a href="([^"]+)"', page.html) if link.startswith(("/van-ban/", "/hoc/"))
    ]
    assert any(link.startswith("/hoc/cv-1248/bai-6/") for link in links)
    for link in links:
        there = me.get(link.split("#")[0])
        assert {"nhung", "nhieu"} <= set(bare_words(there.text))
        if "#" in link:
            assert f'id="{link.split("#")[1]}"' in there.html


# --- the same on both databases --------------------------------------------------------------------------------


def reference(typed):
    """What search has to find and in which order, without a database's help."""
    query = Query.read(typed)

    def holds(stored, wanted):
        return all(f" {word} " in stored for word in wanted)

    def rank(one):
        beside, beside_bare = f" {' '.join(query.exact)} ", f" {' '.join(query.bare)} "
        typed_so, side_by_side = holds(one.exact, query.exact), beside_bare in one.bare
        ways = (beside in one.exact, *((typed_so, side_by_side) if query.marked else (side_by_side, typed_so)), True)
        return 2 * ways.index(True) + (not holds(one.bare.split("|")[0], query.bare))

    found = [one for one in db.session.scalars(sa.select(Passage)) if query.bare and holds(one.bare, query.bare)]
    return [one.id for one in sorted(found, key=lambda one: (rank(one), one.kind, one.place, one.position))]


@pytest.mark.usefixtures("official")
def test_any_words_find_the_same_in_the_same_order_on_either_database():
    known = sorted(
        {word for one in db.session.scalars(sa.select(Passage)) for word in one.heading.split() + one.text.split()}
    )
    typed = st.lists(
        st.sampled_from(known) | st.sampled_from(["đảng", "dang", "144", "hoà", "%", "_", "'"]), max_size=4
    )

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(typed.map(" ".join) | st.text(max_size=20))
    def same(words):
        assert [hit.passage.id for hit in every_hit(words)] == reference(words)

    same()


# --- the page --------------------------------------------------------------------------------------------------


def test_words_are_marked_in_the_original_letters(visit):
    page = visit("hocvien").get("/van-ban", query_string={"tim": "nhung nhieu"})
    assert "<mark>nhũng nhiễu</mark>" in page.html
    assert "<mark>nhung" not in page.html
    assert 'value="nhung nhieu"' in page.html


@pytest.mark.parametrize(
    "typed", ["không có chữ này zzz", "%", "_", "\x00", "' OR 1=1 --", "|", "<script>", "x" * 5000]
)
def test_what_is_not_there_is_said_with_a_way_on(visit, typed):
    page = visit("hocvien").get("/van-ban", query_string={"tim": typed})
    assert "Không thấy đoạn nào" in page.text
    assert "Xem tất cả văn bản" in page.text
    assert "<mark>" not in page.html


def test_nothing_typed_lists_the_documents(visit):
    page = visit("hocvien").get("/van-ban?tim=+")
    assert "144-QĐ/TW" in page.text
    assert "đoạn có" not in page.text


def test_pages_follow_one_another_and_lead_back(visit):
    me = visit("hocvien")
    page, seen = me.get("/van-ban?tim=cán+bộ"), []
    total = int(re.search(r"(\d+) đoạn có", page.text)[1])
    while True:
        hits = len(re.findall(r'<span class="meta">(?:Văn bản|Điều khoản|Bài học)', page.html))
        assert hits <= 20
        seen.append(hits)
        following = re.search(r'href="([^"]+)">Xem tiếp', page.html)
        if not following:
            break
        link = following[1].replace("&amp;", "&")
        assert parse_qs(urlsplit(link).query)["tim"] == ["cán bộ"]
        page = me.get(link)
        assert "Về đầu kết quả" in page.text
    assert sum(seen) == total > 40


@pytest.mark.parametrize("after", ["x", "1.2.3", "9.9.9.9", "999999999999999999999.1.1.1", "-1.0.0.0", "1.1.1.1' --"])
def test_a_page_that_is_not_there_breaks_nothing(visit, after):
    page = visit("hocvien").get("/van-ban", query_string={"tim": "144", "sau": after})
    assert "144" in page.text


def test_search_takes_few_statements_however_much_is_found(visit, statements):
    me = visit("hocvien")
    for typed in ("cán bộ", "144", "zzz"):
        me.get("/van-ban", query_string={"tim": typed})
        with statements() as counted:
            me.get("/van-ban", query_string={"tim": typed})
        assert len(counted) <= 6, counted


def test_who_is_not_signed_in_searches_nothing(visit):
    assert visit().get("/van-ban?tim=144", 303).location.startswith("/dang-nhap")


# --- what search knows of changes ------------------------------------------------------------------------------


@pytest.mark.usefixtures("inside")
def test_a_new_revision_is_found_and_the_old_one_no_more(contents):
    rule = contents.documents["144-qd-tw"]
    first = rule.provisions[0].model_copy(update={"summary": "Chữ độc nhất vô nhị quăng quật.", "children": ()})
    assert every_hit("quăng quật") == []
    actions.publish(rule.model_copy(update={"provisions": (first, *rule.provisions[1:])}), 3, now())
    assert [address(hit) for hit in every_hit("quang quat")] == [("library.document", "144-qd-tw", first.anchor)]
    courses.take_in(contents, now())
    assert every_hit("quăng quật") == []


@pytest.mark.usefixtures("inside")
def test_a_unit_that_leaves_the_course_is_found_no_more(contents):
    gone = "bai-8"
    keys = tuple(key for key in contents.course.units if key != gone)
    path = contents.course.paths[0].model_copy(update={"units": keys})
    less = contents.course.model_copy(update={"units": keys, "paths": (path,)})
    unit = db.session.scalars(sa.select(Unit.id).filter_by(key=gone)).one()
    assert f"unit/{unit}" in queries.indexed("unit/")
    courses.take_in(type(contents)(less, contents.documents, contents.units, {}, {}), now())
    assert f"unit/{unit}" not in queries.indexed("unit/")
    courses.take_in(contents, now())
    assert f"unit/{unit}" in queries.indexed("unit/")
