"""Questions of other tools, made by hypothesis: what a format that can hold them must give back."""

from hypothesis import strategies as st

from quizapp.courses.exchange.texts import from_plain
from quizapp.domain.interchange import RIGHT, WRONG, Offered, OfferedOption, OfferedPair

LETTERS = "abcđưởạ Câu hỏi 12.,?!-+*_`[]()<>&#|~:={}\\%\"'/"


def plain(most: int = 30, marks: str = LETTERS) -> st.SearchStrategy[str]:
    """A line of plain text with something to read in it."""
    lines = st.text(alphabet=st.sampled_from(marks), min_size=1, max_size=most)
    return lines.map(lambda line: "a" + " ".join(line.split()))


def texts(marks: str = LETTERS) -> st.SearchStrategy[str]:
    """Our Markdown as plain text of one to three lines comes to be."""
    return st.lists(plain(marks=marks), min_size=1, max_size=3).map(lambda lines: from_plain("\n".join(lines)))


def line(marks: str = LETTERS) -> st.SearchStrategy[str]:
    return plain(marks=marks).map(from_plain)


NOTES = st.none() | line()
WEIGHTS = st.sampled_from([-100.0, -50.0, -33.33333, 0.0, 25.0, 33.33333, 50.0])


def _choices(right: float, weights: st.SearchStrategy[float]) -> st.SearchStrategy[tuple[OfferedOption, ...]]:
    others = st.builds(OfferedOption, text=line(), weight=weights, feedback=NOTES)
    first = st.builds(OfferedOption, text=line(), weight=st.just(right), feedback=NOTES)
    return st.tuples(first, st.lists(others, min_size=1, max_size=5)).map(lambda pair: (*pair[1], pair[0]))


@st.composite
def questions(draw: st.DrawFn) -> Offered:
    """One question of any kind that GIFT and Moodle know by that name."""
    kind = draw(st.sampled_from("single multiple true_false short number matching ordering essay description".split()))
    told: dict[str, object] = {"kind": kind, "text": draw(texts()), "title": draw(st.just("") | plain())}
    if kind != "description":
        told["feedback"] = draw(NOTES)
    told["id"] = draw(st.none() | plain(8))
    told["tags"] = tuple(draw(st.lists(plain(8), max_size=2, unique=True)))
    if kind in ("single", "multiple"):
        told["options"] = draw(_choices(100.0 if kind == "single" else 50.0, WEIGHTS))
    elif kind == "true_false":
        right = draw(st.booleans())
        options = ((RIGHT, right), (WRONG, not right))
        told["options"] = tuple(
            OfferedOption(text=text, weight=100 * yes, feedback=draw(NOTES)) for text, yes in options
        )
    elif kind == "short":
        accepted = st.builds(
            OfferedOption, text=plain(marks="abcđưởạ #={}~:\\%*"), weight=st.sampled_from([100.0, 50.0])
        )
        told["options"] = tuple(draw(st.lists(accepted, min_size=1, max_size=3)))
    elif kind == "number":
        tolerance = draw(st.sampled_from([0.0, 0.5, 2.0]))
        text = draw(st.sampled_from(["0", "12", "-3.5", "1822"]))
        told["options"] = (OfferedOption(text=text, weight=100, tolerance=tolerance, feedback=draw(NOTES)),)
        told["tolerance"] = tolerance
    elif kind == "matching":
        pairs = st.builds(OfferedPair, left=line("abcđ #={}~:\\"), right=line("abcđ #={}~:\\"))
        told["pairs"] = tuple(draw(st.lists(pairs, min_size=2, max_size=4)))
    elif kind == "ordering":
        items = draw(st.lists(line(), min_size=2, max_size=4))
        told["options"] = tuple(OfferedOption(text=item, weight=100) for item in items)
    return Offered(**told)


def bare(item: Offered) -> Offered:
    """Without what only the file knows."""
    return item.model_copy(update={"place": "", "problems": ()})
