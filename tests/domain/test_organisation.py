"""Cây đơn vị: what an act on a day makes of periods and successions, and what cannot be."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.organisation import (
    Body,
    Impossible,
    Period,
    Succession,
    Tree,
    carried,
    close,
    merge,
    move,
    on_day,
    paths,
    rename,
    replaced,
    split,
)

D0 = date(2026, 1, 1)


def d(n):
    return D0 + timedelta(days=n)


def body(body_id, parent, from_on=D0, to_on=None, name=None):
    return Body(body_id, from_on, to_on, (Period(from_on, name or f"B{body_id}", parent),))


def office():
    """1 over 2 and 3; 4 and 5 below 2; 6 below 3; 7 below 4; 8 ended below 3."""
    bodies = [(1, None), (2, 1), (3, 1), (4, 2), (5, 2), (6, 3), (7, 4)]
    found = {one: body(one, parent) for one, parent in bodies}
    return Tree(found | {8: body(8, 3, to_on=d(5))})


def test_a_move_takes_everything_below_along_from_its_day_on():
    after = move(office(), 4, 3, d(10))
    steps = paths(after)
    assert steps[7] == ((d(0), (1, 2, 4, 7)), (d(10), (1, 3, 4, 7)))
    assert after.chain(7, d(9)) == (1, 2, 4, 7)
    assert steps[5] == ((d(0), (1, 2, 5)),)


def test_a_merge_ends_the_old_bodies_and_passes_on_what_stood_below():
    after = merge(office(), [4, 5], 6, d(10))
    assert after.bodies[4].to_on == after.bodies[5].to_on == d(10)
    assert after.successions == {Succession(4, 6, d(10)), Succession(5, 6, d(10))}
    assert paths(after)[7] == ((d(0), (1, 2, 4, 7)), (d(10), (1, 3, 6, 7)))
    assert not after.bodies[4].open_on(d(10))
    assert after.bodies[4].open_on(d(9))


def test_a_merge_of_a_body_with_one_below_it_into_a_third():
    after = merge(office(), [2, 4], 3, d(10))
    assert after.chain(7, d(10)) == (1, 3, 7)
    assert after.chain(5, d(10)) == (1, 3, 5)


def test_a_split_leaves_the_old_body_and_takes_what_was_chosen():
    tree = office()
    tree = Tree(tree.bodies | {9: body(9, 1, d(10), name="Mới")})
    after = split(tree, 2, 9, [5], d(10))
    assert after.chain(5, d(10)) == (1, 9, 5)
    assert after.chain(5, d(9)) == (1, 2, 5)
    assert after.chain(4, d(10)) == (1, 2, 4)
    assert after.successions == {Succession(2, 9, d(10))}


def test_a_name_has_its_days_and_the_day_of_the_last_one_corrects_it():
    after = rename(office(), 4, "Mới", d(10))
    assert [(p.from_on, p.name) for p in after.bodies[4].periods] == [(d(0), "B4"), (d(10), "Mới")]
    again = rename(after, 4, "Mới hơn", d(10))
    assert [p.name for p in again.bodies[4].periods] == ["B4", "Mới hơn"]
    back = rename(again, 4, "B4", d(10))
    assert [p.name for p in back.bodies[4].periods] == ["B4"]


def test_two_bodies_may_change_places_over_time():
    tree = move(office(), 4, 3, d(10))  # 4 leaves 2, then 2 goes below 4
    after = move(tree, 2, 4, d(20))
    assert after.chain(5, d(20)) == (1, 3, 4, 2, 5)
    assert after.chain(4, d(5)) == (1, 2, 4)


@pytest.mark.parametrize(
    ("act", "words"),
    [
        (lambda t: move(t, 4, 4, d(1)), "vào chính nó"),
        (lambda t: move(t, 2, 7, d(1)), "chính cấp dưới"),
        (lambda t: move(t, 1, 2, d(1)), "cao nhất"),
        (lambda t: move(t, 4, 2, d(1)), "đang trực thuộc"),
        (lambda t: move(t, 4, 3, d(-1)), "chỉ có từ ngày 01/01/2026"),
        (lambda t: move(t, 4, 8, d(6)), "đã kết thúc"),
        (lambda t: move(t, 8, 2, d(6)), "đã kết thúc"),
        (lambda t: rename(t, 4, "B4", d(1)), "giống tên hiện nay"),
        (lambda t: rename(t, 4, "X", d(-1)), "chỉ có từ ngày"),
        (lambda t: rename(rename(t, 4, "X", d(5)), 4, "Y", d(4)), "hiện nay từ ngày 06/01/2026"),
        (lambda t: merge(t, [4], 4, d(1)), "vào chính nó"),
        (lambda t: merge(t, [1], 2, d(1)), "cao nhất"),
        (lambda t: merge(t, [2], 7, d(1)), "nằm trong B2"),
        (lambda t: merge(t, [4], 8, d(6)), "đã kết thúc"),
        (lambda t: merge(t, [4], 5, d(0)), "phải sau ngày đó"),
        (lambda t: merge(rename(t, 7, "X", d(9)), [4], 5, d(8)), "X đã đổi tên hoặc cấp trên ngày 10/01/2026"),
        (lambda t: split(t, 8, 5, [], d(6)), "đã kết thúc"),
        (lambda t: split(t, 2, 3, [6], d(6)), "không trực thuộc B2"),
        (lambda t: close(t, 2, d(6)), "Còn 2 đơn vị trực thuộc"),
        (lambda t: close(t, 1, d(6)), "cao nhất"),
        (lambda t: close(t, 7, d(0)), "phải sau ngày bắt đầu"),
        (lambda t: close(t, 7, d(0), d(1)), "phải sau ngày bắt đầu"),
        (lambda t: close(split(t, 5, 6, [], d(0)), 6, d(0), d(0)), "phải sau ngày bắt đầu"),
        (lambda t: close(t, 8, d(6)), "đã kết thúc"),
    ],
)
def test_what_cannot_be_is_said_in_a_sentence(act, words):
    with pytest.raises(Impossible, match=words):
        act(office())


def test_a_body_added_by_mistake_ends_on_its_first_day_and_never_was():
    after = close(office(), 7, d(0), d(0))
    assert after.bodies[7].to_on == d(0)
    assert not any(after.bodies[7].open_on(d(n)) for n in (-1, 0, 1))
    assert close(after, 4, d(0), d(0)).bodies[4].to_on == d(0), "it does not hold up the one above"


days = st.integers(0, 30)
changes = st.dictionaries(days.map(d), st.integers(-5, 5), max_size=8)
chain = st.lists(st.tuples(days, st.sets(st.integers(1, 4))), min_size=1, max_size=5, unique_by=lambda one: one[0]).map(
    lambda steps: tuple((d(day), tuple(sorted(bodies))) for day, bodies in sorted(steps))
)


@given(changes=changes, chain=chain, day=days)
def test_the_sum_up_to_a_day_is_what_stood_below_a_body_on_that_very_day(changes, chain, day):
    found = Counter()
    for (body_id, on), n in carried(changes, chain).items():
        if on <= d(day):
            found[body_id] += n
    total = sum(n for on, n in changes.items() if on <= d(day))
    assert {one: n for one, n in found.items() if n} == (dict.fromkeys(on_day(chain, d(day)), total) if total else {})


places = st.lists(st.tuples(days, st.integers(1, 3)), min_size=1, max_size=5, unique_by=lambda one: one[0]).map(
    lambda steps: tuple((d(day), (place,)) for day, place in sorted(steps))
)


@given(steps=places, old=st.integers(1, 3), new=st.integers(1, 4), on=days, day=days)
def test_in_place_of_a_body_another_from_a_day_on(steps, old, new, on, day):
    after = replaced(steps, old, (new,), d(on))
    before = on_day(steps, d(day))
    within = d(day) >= steps[0][0]
    if within:
        assert on_day(after, d(day)) == ((new,) if before == (old,) and day >= on else before)


acts = st.lists(
    st.one_of(
        st.tuples(st.just("move"), st.integers(1, 8), st.integers(1, 8), days),
        st.tuples(st.just("merge"), st.lists(st.integers(1, 8), min_size=1, max_size=2), st.integers(1, 8), days),
        st.tuples(st.just("rename"), st.integers(1, 8), st.sampled_from("XYZ"), days),
        st.tuples(st.just("close"), st.integers(1, 8), days),
    ),
    max_size=12,
)


@given(acts=acts)
def test_no_history_makes_a_circle_or_puts_a_living_body_below_an_ended_one(acts):
    tree = office()
    by_name = {"move": move, "merge": merge, "rename": rename, "close": close}
    for name, *rest in acts:
        try:
            tree = by_name[name](tree, *rest[:-1], d(rest[-1]))
        except Impossible:
            continue
    for day in range(31):
        for one in tree.bodies.values():
            chain = tree.chain(one.id, d(day))
            assert len(set(chain)) == len(chain)
            if one.open_on(d(day)):
                assert all(tree.bodies[above].open_on(d(day)) for above in chain), (one.id, day)
