"""Near-duplicates by an index find what comparing each with each would."""

from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.courses.nearness import near, near_pairs

SETS = st.lists(st.frozensets(st.sampled_from("abcdefghijklmnop"), max_size=12), max_size=12)


@settings(max_examples=500, deadline=None)
@given(SETS)
def test_the_index_finds_every_set_that_has_an_earlier_near_one(sets):
    found = dict(near_pairs(sets))
    assert all(m < n and near(sets[n], sets[m]) for n, m in found.items())
    expected = {n for n, one in enumerate(sets) if one and any(near(one, sets[m]) for m in range(n) if sets[m])}
    assert {n for n in found if sets[n]} == expected


def test_of_many_alike_each_is_told_and_few_are_compared():
    sets = [frozenset(f"câu hỏi về liêm chính nội dung này số {n}".split()) for n in range(3000)]
    compared = []
    found = dict(near_pairs(sets, lambda n, m: compared.append((n, m)) is None))
    assert len(found) == 2999
    assert len(compared) == 2999
