"""How the people of the sample answer: so many wrong as were asked for, the hard questions rather, by who knows less."""

import random

from hypothesis import given
from hypothesis import strategies as st

from quizapp.sample_skill import missed

KEYS = [f"b{n}-{m:02}" for n in range(1, 11) for m in range(1, 11)]


@given(
    count=st.integers(0, 30),
    least=st.integers(0, 30),
    more=st.integers(0, 30),
    skill=st.floats(-3, 3),
    seed=st.integers(),
)
def test_as_many_are_missed_as_were_asked_for(count, least, more, skill, seed):
    found = missed(KEYS[:count], skill, least, least + more, random.Random(seed))
    assert min(least, count) <= len(found) <= min(least + more, count)
    assert all(0 <= n < count for n in found)


def test_who_knows_less_misses_more():
    rng = random.Random(1)
    wrong = [sum(len(missed(KEYS, skill, 0, 100, rng)) for _ in range(50)) for skill in (-1.5, 0, 1.5)]
    assert wrong == sorted(wrong, reverse=True)
