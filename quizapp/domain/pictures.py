"""Hình trong bài và câu hỏi: ``![chữ thay ảnh](anh:ten-tep.png)``; the words in place of the picture are never left out.

A text names its pictures; which bytes a name stands for is kept beside the text (``media`` of a unit's body), so that a
revision stays closed. `placed` turns names into addresses where a text is going to be shown.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

SCHEME = "anh:"
MOST_ALT = 200  # letters; more belongs into the text itself
PICTURE = re.compile(r"!\[([^\]\n]*)\]\(([^()\n]*)\)")
NAME = re.compile(r"[a-z0-9]+(?:[-_.][a-z0-9]+)*\.(?:png|jpe?g|webp|gif)")


class Shown(NamedTuple):
    """A picture as a text shows it: the words in its place, and the name it gives."""

    alt: str
    name: str


class Kept(NamedTuple):
    """A picture as it is kept: the name of its bytes, and its size."""

    file: str  # <sha256>.webp
    width: int
    height: int

    @property
    def address(self) -> str:
        return f"/anh/{self.file}?{self.width}x{self.height}"


def pictures(text: str) -> Iterator[Shown]:
    """The pictures of a text, in order; what does not say "anh:" is none (see `problems`)."""
    for found in PICTURE.finditer(text):
        if (target := found[2].strip()).startswith(SCHEME):
            yield Shown(found[1].strip(), target.removeprefix(SCHEME))


def used(data: Any) -> set[str]:
    """The names of all pictures in plain data."""
    if isinstance(data, str):
        return {one.name for one in pictures(data)} if "![" in data else set()
    parts = data.values() if isinstance(data, Mapping) else data if isinstance(data, list | tuple) else ()
    return set().union(*map(used, parts))


def problems(text: str) -> Iterator[str]:
    """What is wrong with the pictures of a text, in words."""
    for found in PICTURE.finditer(text) if "![" in text else ():
        alt, target = found[1].strip(), found[2].strip()
        name = target.removeprefix(SCHEME)
        if not target.startswith(SCHEME) or not NAME.fullmatch(name) or len(name) > 80:
            yield f"hình “{target[:60]}” phải là tệp trong media, viết ![chữ thay ảnh]({SCHEME}ten-tep.png)"
        elif not any(c.isalpha() for c in alt):
            yield f"hình “{name}” chưa có chữ thay ảnh: viết trong ngoặc vuông điều hình cho thấy"


def placed(data: Any, media: Mapping[str, Kept]) -> Any:
    """Plain data with the address of each picture in the place of its name; a name that nobody knows stays."""
    return _aimed(data, {name: kept.address for name, kept in media.items()})


def renamed(data: Any, names: Mapping[str, str]) -> Any:
    """Plain data with other names for some pictures."""
    return _aimed(data, {name: SCHEME + other for name, other in names.items()})


def _aimed(data: Any, targets: Mapping[str, str]) -> Any:
    def aim(found: re.Match[str]) -> str:
        target = targets.get(found[2].strip().removeprefix(SCHEME))
        return f"![{found[1]}]({target})" if target else found[0]

    if isinstance(data, str):
        return PICTURE.sub(aim, data) if "![" in data else data
    if isinstance(data, Mapping):
        return {key: _aimed(value, targets) for key, value in data.items()}
    return [_aimed(value, targets) for value in data] if isinstance(data, list | tuple) else data


def media_of(body: Mapping[str, Any]) -> dict[str, Kept]:
    """The pictures of a stored body, by name."""
    return {name: Kept(one["file"], one["width"], one["height"]) for name, one in body.get("media", {}).items()}
