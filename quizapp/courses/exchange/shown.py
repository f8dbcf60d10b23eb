"""Hình trong chữ của câu hỏi: which pictures its texts name, the words in their place, and how our own texts name them."""

import re
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import unquote

from quizapp.courses.exchange.texts import PICTURE
from quizapp.domain.interchange import Offered, Remark, each_text, retold
from quizapp.domain.pictures import MOST_ALT, SCHEME

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_NO_ALT = Remark(
    message="Có hình chưa có chữ thay hình.", code="no_alt", fix="Ghi điều hình cho thấy vào ô “Chữ thay hình”."
)


def names_in(item: Offered) -> Iterator[str]:
    """The pictures that the texts of a question name, one after another."""
    for text in each_text(item):
        for found in PICTURE.finditer(text) if "![" in text else ():
            yield unquote(found[2])


def plain_alt(alt: str) -> str:
    """Words in the place of a picture, as our texts may hold them."""
    bare = _ESCAPED.sub(r"\1", alt).replace("[", "(").replace("]", ")").replace("\\", "/")
    return " ".join(bare.split())[:MOST_ALT].strip()


def shown_in(item: Offered) -> dict[str, str]:
    """Name of each picture of a question, also of its parts -> the words in its place."""
    found: dict[str, str] = {}
    for text in each_text(item):
        found |= {unquote(one[2]): one[1] for one in PICTURE.finditer(text)} if "![" in text else {}
    return found


def with_alts(item: Offered, alts: Mapping[str, str]) -> Offered:
    """The question with other words in the place of some pictures."""

    def told(found: re.Match[str]) -> str:
        return f"![{plain_alt(alts.get(found[2], found[1]))}]({found[2]})"

    return marked(retold(item, lambda text: PICTURE.sub(told, text) if "![" in text else text))


def marked(item: Offered) -> Offered:
    """The question with a remark where a picture has no words in its place, and only there."""
    rest = tuple(one for one in item.problems if one.code != _NO_ALT.code)
    return item.model_copy(update={"problems": (*rest, _NO_ALT) if lacks_alt(item) else rest})


def lacks_alt(item: Offered) -> bool:
    """Whether a picture of the question has no words in its place."""
    return any(not any(c.isalpha() for c in alt) for alt in shown_in(item).values())


def typed_back(item: Offered, names: Iterable[str]) -> Offered:
    """After somebody typed texts anew: ``![…](name)`` of the pictures there are is a picture again, not letters."""
    known = "|".join(map(re.escape, names))
    if not known:
        return item
    written = re.compile(rf"!\\?\[((?:\\.|[^\]\\])*)\\?\]\\?\(({known})\\?\)")
    return marked(retold(item, lambda text: written.sub(lambda one: f"![{plain_alt(one[1])}]({one[2]})", text)))


def aimed(item: Offered) -> Offered:
    """The question with its pictures as our own texts name them."""
    return retold(item, lambda text: PICTURE.sub(rf"![\1]({SCHEME}\2)", text) if "![" in text else text)


def bare(item: Offered) -> Offered:
    """The question with its pictures by name alone, as other tools know them."""
    return retold(item, lambda text: text.replace(f"]({SCHEME}", "](") if SCHEME in text else text)
