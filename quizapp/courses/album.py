"""Hình của câu hỏi vào và ra: taken out of what a file carried, kept with a draft, and sent along when exported.

In an `Offered` a picture stands as ``![…](name)`` beside its bytes; in our own texts as ``![…](anh:name)``, its bytes kept
by their hash (`domain.pictures`).
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from urllib.parse import unquote

from quizapp.courses.exchange.texts import PICTURE
from quizapp.domain.interchange import Offered, OfferedPicture, Remark, each_text, retold
from quizapp.domain.pictures import MOST_ALT, SCHEME, Kept
from quizapp.domain.vietnamese import slug
from quizapp.files import queries as files
from quizapp.files.pictures import Prepared, prepared
from quizapp.web.refused import Refused

_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")
_NO_ALT = Remark(
    message="Có hình chưa có chữ thay hình.", code="no_alt", fix="Ghi điều hình cho thấy vào ô “Chữ thay hình”."
)
Album = dict[str, Prepared]
Tell = Callable[[int, int], None]


# --- in --------------------------------------------------------------------------------------------------------


def gathered(items: Sequence[Offered], tell: Tell = lambda done, whole: None) -> tuple[list[Offered], Album]:
    """The questions, their pictures under names of our own, and the pictures as they will be kept.

    Takes up to a second a picture: not inside a transaction.
    """
    album, made = Album(), dict[bytes, str]()
    found = []
    for n, item in enumerate(items):
        tell(n, len(items))
        found.append(_gathered(item, (), album, made))
    return found, album


def _gathered(item: Offered, around: Sequence[OfferedPicture], album: Album, made: dict[bytes, str]) -> Offered:
    pictures = {one.name: one for one in (*around, *item.pictures)}
    parts = tuple(_gathered(part, tuple(pictures.values()), album, made) for part in item.parts)
    item = item.model_copy(update={"parts": ()})
    names: dict[str, str] = {}
    lost: list[Remark] = []
    for name in dict.fromkeys(names_in(item)):
        try:
            if name in pictures:
                names[name] = _kept(pictures[name], album, made)
        except Refused as no:
            lost.append(Remark(message=f"Hình “{name}” đã bỏ ra. {no.sentence}", code="not_picture"))
    item = _renamed(item, names).model_copy(update={"parts": parts, "pictures": ()})
    return marked(item.with_problems(lost))


def _kept(picture: OfferedPicture, album: Album, made: dict[bytes, str]) -> str:
    """The name under which the picture stands in the album; the same bytes stand there once."""
    if picture.data not in made:
        one = prepared(picture.data)
        stem = slug(picture.name.rpartition(".")[0])[:40].strip("-") or "hinh"
        names = (f"{stem}{f'-{n}' if n > 1 else ''}.{one.extension}" for n in range(1, len(album) + 2))
        made[picture.data] = next(name for name in names if name not in album)
        album[made[picture.data]] = one
    return made[picture.data]


def names_in(item: Offered) -> Iterator[str]:
    """The pictures that the texts of a question name, one after another."""
    for text in each_text(item):
        for found in PICTURE.finditer(text) if "![" in text else ():
            yield unquote(found[2])


def _renamed(item: Offered, names: Mapping[str, str]) -> Offered:
    """Pictures by their new names; of those that have none the words in their place."""

    def told(found: re.Match[str]) -> str:
        alt, name = plain_alt(found[1]), names.get(unquote(found[2]))
        return f"![{alt}]({name})" if name else alt

    return retold(item, lambda text: PICTURE.sub(told, text) if "![" in text else text)


def plain_alt(alt: str) -> str:
    """Words in the place of a picture, as our texts may hold them."""
    bare = _ESCAPED.sub(r"\1", alt).replace("[", "(").replace("]", ")").replace("\\", "/")
    return " ".join(bare.split())[:MOST_ALT].strip()


# --- the words in their place ----------------------------------------------------------------------------------


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


# --- into a draft ----------------------------------------------------------------------------------------------


def aimed(item: Offered) -> Offered:
    """The question with its pictures as our own texts name them."""
    return retold(item, lambda text: PICTURE.sub(rf"![\1]({SCHEME}\2)", text) if "![" in text else text)


# --- out -------------------------------------------------------------------------------------------------------


def with_pictures(item: Offered, media: Mapping[str, Kept]) -> Offered:
    """A question of ours as other tools know it: pictures by name alone, with their bytes."""
    bare = retold(item, lambda text: text.replace(f"]({SCHEME}", "](") if SCHEME in text else text)
    return _attached(bare, media)


def _attached(item: Offered, media: Mapping[str, Kept]) -> Offered:
    parts = tuple(_attached(part, media) for part in item.parts)
    own = item.model_copy(update={"parts": ()})
    found = [
        OfferedPicture(name=name, data=data) for name in dict.fromkeys(names_in(own)) if (data := _bytes(media, name))
    ]
    return item.model_copy(update={"parts": parts, "pictures": tuple(found)})


def _bytes(media: Mapping[str, Kept], name: str) -> bytes | None:
    return files.picture(*media[name].file.split(".")) if name in media else None
