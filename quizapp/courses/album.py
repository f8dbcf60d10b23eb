"""Hình của câu hỏi vào và ra: taken out of what a file carried, kept with a draft, and sent along when exported.

In an `Offered` a picture stands as ``![…](name)`` beside its bytes; in our own texts as ``![…](anh:name)``, its bytes kept
by their hash (`domain.pictures`).
"""

import re
from collections.abc import Callable, Mapping, Sequence
from urllib.parse import unquote

from quizapp.courses.exchange.shown import bare, marked, names_in, plain_alt
from quizapp.courses.exchange.texts import PICTURE
from quizapp.domain.interchange import Offered, OfferedPicture, Remark, retold
from quizapp.domain.pictures import Kept
from quizapp.domain.vietnamese import slug
from quizapp.files import queries as files
from quizapp.files.pictures import Prepared, prepared
from quizapp.web.refused import Refused

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


def _renamed(item: Offered, names: Mapping[str, str]) -> Offered:
    """Pictures by their new names; of those that have none the words in their place."""

    def told(found: re.Match[str]) -> str:
        alt, name = plain_alt(found[1]), names.get(unquote(found[2]))
        return f"![{alt}]({name})" if name else alt

    return retold(item, lambda text: PICTURE.sub(told, text) if "![" in text else text)


# --- out -------------------------------------------------------------------------------------------------------


def with_pictures(item: Offered, media: Mapping[str, Kept]) -> Offered:
    """A question of ours as other tools know it: pictures by name alone, with their bytes."""
    return _attached(bare(item), media)


def _attached(item: Offered, media: Mapping[str, Kept]) -> Offered:
    parts = tuple(_attached(part, media) for part in item.parts)
    own = item.model_copy(update={"parts": ()})
    found = [
        OfferedPicture(name=name, data=data) for name in dict.fromkeys(names_in(own)) if (data := _bytes(media, name))
    ]
    return item.model_copy(update={"parts": parts, "pictures": tuple(found)})


def _bytes(media: Mapping[str, Kept], name: str) -> bytes | None:
    return files.picture(*media[name].file.split(".")) if name in media else None
