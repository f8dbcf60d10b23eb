"""Đơn vị: body, period and path stay right; what cannot be is refused."""

from datetime import date, timedelta

import pytest
from factories import SINCE

from quizapp.clock import today
from quizapp.database import db
from quizapp.organisation import actions, picking, queries
from quizapp.organisation.models import Body, BodyKind, BodyPeriod, BodySuccession
from quizapp.web.refused import Refused

EVERY = Body.id > 0


def named(code):
    found = queries.body(EVERY, code)
    assert found is not None
    return found


@pytest.fixture
def inside(app):
    with app.app_context():
        yield
        db.session.rollback()


@pytest.mark.usefixtures("inside", "office")
def test_a_new_body_has_its_place_and_its_first_period():
    parent = named("co-quan")
    made = actions.add("CHI-BO-9", "  Chi  bộ 9 ", BodyKind.PARTY, parent, SINCE, today())
    assert (made.code, made.name, made.folded) == ("chi-bo-9", "Chi bộ 9", "chi bo 9")
    assert made.path == f"{parent.path}{made.id}/"
    period = db.session.get_one(BodyPeriod, (made.id, SINCE))
    assert (period.name, period.parent_id, period.path) == (made.name, parent.id, made.path)


@pytest.mark.usefixtures("inside", "office")
@pytest.mark.parametrize(
    ("code", "from_on", "words"),
    [
        ("chi-bo-1", SINCE, "đã có đơn vị khác dùng"),
        ("chi bộ", SINCE, "chữ thường không dấu"),
        ("-x", SINCE, "chữ thường không dấu"),
        ("moi", SINCE - timedelta(days=1), "không thể có trước"),
        ("moi", date(2099, 1, 1), "chưa đến"),
    ],
)
def test_a_body_that_cannot_be_is_refused(code, from_on, words):
    with pytest.raises(Refused, match=words):
        actions.add(code, "Tên", BodyKind.PARTY, named("co-quan"), from_on, today())


@pytest.mark.usefixtures("inside", "office")
def test_a_parent_that_has_ended_takes_no_body():
    empty = actions.add("trong", "Chi bộ trống", BodyKind.PARTY, named("co-quan"), SINCE, today())
    actions.close(empty, today(), 0, today())
    with pytest.raises(Refused, match="đã kết thúc"):
        actions.add("moi", "Tên", BodyKind.PARTY, empty, today(), today())
    with pytest.raises(Refused, match="đã kết thúc"):
        actions.rename(empty, "Tên khác", today(), today())
    with pytest.raises(Refused, match="đã kết thúc"):
        actions.close(empty, today(), 0, today())


@pytest.mark.usefixtures("inside", "office")
def test_a_new_name_leaves_the_old_one_readable():
    one = named("chi-bo-1")
    actions.rename(one, "Chi bộ Văn phòng", today(), today())
    assert (one.name, one.folded) == ("Chi bộ Văn phòng", "chi bo van phong")
    assert [(day, name) for day, name, _ in queries.periods(one)] == [
        (today(), "Chi bộ Văn phòng"),
        (SINCE, "Chi bộ 1"),
    ]
    actions.rename(one, "Chi bộ Văn phòng Đảng ủy", today(), today())
    assert [name for _, name, _ in queries.periods(one)] == ["Chi bộ Văn phòng Đảng ủy", "Chi bộ 1"], (
        "corrected, not doubled"
    )


@pytest.mark.usefixtures("inside", "office")
@pytest.mark.parametrize(
    ("name", "on", "words"),
    [
        ("Khác", SINCE - timedelta(days=1), "chỉ có từ ngày"),
        ("Chi bộ 1", SINCE, "giống tên hiện nay"),
    ],
)
def test_a_name_that_cannot_be_is_refused(name, on, words):
    with pytest.raises(Refused, match=words):
        actions.rename(named("chi-bo-1"), name, on, today())


@pytest.mark.usefixtures("inside", "office")
def test_a_name_cannot_begin_before_the_last_one_began():
    one = named("chi-bo-1")
    actions.rename(one, "Khác", today(), today())
    with pytest.raises(Refused, match="hiện nay từ ngày"):
        actions.rename(one, "Khác nữa", today() - timedelta(days=1), today())


@pytest.mark.usefixtures("inside", "office")
@pytest.mark.parametrize(
    ("code", "people", "words"),
    [("co-quan", 0, "2 đơn vị trực thuộc"), ("chi-bo-1", 3, "3 người"), ("tinh", 0, "cao nhất")],
)
def test_a_body_in_use_is_not_closed(code, people, words):
    with pytest.raises(Refused, match=words):
        actions.close(named(code), today(), people, today())


@pytest.mark.usefixtures("inside", "office")
def test_the_tree_shows_what_is_opened_and_says_when_there_is_more(monkeypatch):
    rows, more = queries.tree(EVERY, today(), queries.tops(EVERY, today()))
    assert [(row.code, row.level, row.below, row.opened) for row in rows] == [
        ("tinh", 1, 1, True),
        ("co-quan", 2, 2, False),
    ]
    assert not more
    rows, _ = queries.tree(EVERY, today(), {"tinh", "co-quan", "chi-bo-1"})
    assert [(row.code, row.level, row.opened) for row in rows][2:] == [("chi-bo-1", 3, False), ("chi-bo-2", 3, False)]
    rows, _ = queries.tree(EVERY, today(), {"co-quan"})
    assert [row.code for row in rows] == ["tinh"], "closed above"
    part = Body.path.startswith(named("co-quan").path)
    rows, _ = queries.tree(part, today(), {"co-quan"})
    assert [(row.code, row.level) for row in rows] == [("co-quan", 1), ("chi-bo-1", 2), ("chi-bo-2", 2)]
    monkeypatch.setattr(queries, "TREE_LIMIT", 2)
    rows, more = queries.tree(EVERY, today(), {"tinh", "co-quan"})
    assert more


@pytest.mark.usefixtures("inside", "office")
def test_a_body_is_found_without_diacritics_and_named_with_those_above_it():
    assert [one.label for one in queries.found(EVERY, "chi bo 1")] == [
        "Chi bộ 1 · Đảng ủy cơ quan Thử Nghiệm · Đảng bộ tỉnh Thử Nghiệm"
    ]
    assert queries.found(EVERY, "%") == []


# --- old names -------------------------------------------------------------------------------------------------


def found(typed):
    return {one.code: one.label.split(" · ")[0] for one in queries.found(EVERY, typed)}


@pytest.mark.usefixtures("inside", "office")
@pytest.mark.parametrize("typed", ["Đường Sắt", "duong sat", "ĐƯỜNG  SẮT"])
def test_a_body_is_found_by_a_name_that_it_had(typed):
    one = named("chi-bo-1")
    actions.rename(one, "Chi bộ Đường Sắt", SINCE + timedelta(days=1), today())
    actions.rename(one, "Chi bộ Văn phòng", today(), today())
    assert found(typed) == {"chi-bo-1": "Chi bộ Văn phòng (trước đây: Chi bộ Đường Sắt, Chi bộ 1)"}


@pytest.mark.usefixtures("inside", "office")
def test_the_name_of_a_body_that_is_no_more_finds_what_came_out_of_it():
    old = actions.add("huyen-uy", "Huyện ủy Đảo Xa", BodyKind.PARTY, named("co-quan"), SINCE, today())
    mid = actions.add("dang-uy-a", "Đảng ủy đặc khu Sóng", BodyKind.PARTY, named("co-quan"), SINCE, today())
    new = actions.add("dang-uy-b", "Đảng ủy đặc khu Gió", BodyKind.PARTY, named("co-quan"), SINCE, today())
    for one, other in ((old, mid), (mid, new), (new, mid)):  # a circle ends the search, too
        db.session.add(BodySuccession(old_id=one.id, new_id=other.id, on=today()))
    db.session.flush()
    actions.close(old, today(), 0, today())
    assert set(found("dao xa")) == {"huyen-uy", "dang-uy-a", "dang-uy-b"}
    assert found("đảo xa")["dang-uy-a"] == "Đảng ủy đặc khu Sóng (trước đây: Huyện ủy Đảo Xa, Đảng ủy đặc khu Gió)"
    assert [one.code for one in queries.found(Body.id == new.id, "đảo xa")] == ["dang-uy-b"], "within the scope alone"
    assert set(found("%")) == set()


@pytest.mark.usefixtures("inside", "office")
def test_the_list_to_choose_from_says_the_old_name_too():
    actions.rename(named("chi-bo-1"), "Chi bộ Văn phòng", today(), today())
    listed = {one.id: one.label for one in picking.first(EVERY, today()).choices}
    assert listed[named("chi-bo-1").id].startswith("Chi bộ Văn phòng (trước đây: Chi bộ 1) · ")
    assert "trước đây" not in listed[named("chi-bo-2").id]


@pytest.mark.usefixtures("inside", "office")
@pytest.mark.parametrize("many", [True, False], ids=["import", "form"])
def test_a_body_added_for_a_past_day_stood_where_the_one_above_stood_then(many):
    parent, moved = named("co-quan"), today() - timedelta(days=30)
    other = actions.add("khac", "Đảng ủy Khác", BodyKind.PARTY, named("tinh"), SINCE, today())
    before = parent.path
    actions.move(parent, other, moved, today())
    db.session.flush()
    db.session.refresh(parent)
    since = {"cu": today() - timedelta(days=60), "moi": today() - timedelta(days=10)}
    for code, from_on in since.items():
        if many:
            actions.add_many([actions.NewBody(code, f"Chi bộ {code}", BodyKind.PARTY, "co-quan", from_on)])
        else:
            actions.add(code, f"Chi bộ {code}", BodyKind.PARTY, parent, from_on, today())
    db.session.flush()
    told = {}
    for code in since:
        periods = db.session.scalars(
            db.select(BodyPeriod).filter_by(body_id=named(code).id).order_by(BodyPeriod.from_on)
        )
        told[code] = [(row.from_on, row.path.removesuffix(f"{row.body_id}/")) for row in periods]
    assert told == {
        "cu": [(since["cu"], before), (moved, f"{other.path}{parent.id}/")],
        "moi": [(since["moi"], f"{other.path}{parent.id}/")],
    }
