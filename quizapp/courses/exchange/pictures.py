"""Hình trong tệp câu hỏi: only what Pillow decodes as a picture of a kind that browsers show is taken along."""

import base64
import binascii
import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from quizapp.domain.interchange import OfferedPicture

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 20_000_000
MOST_PICTURES, MOST_PIXELS_IN_ALL = 500, 200_000_000  # of a file: decoding takes a second for every fifty million
_ENDINGS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "GIF": (".gif",), "WEBP": (".webp",)}


@dataclass
class _Left:
    """How much a file may still hold of pictures, and those seen before."""

    pictures: int = MOST_PICTURES
    pixels: int = MOST_PIXELS_IN_ALL
    seen: dict[bytes, str] = field(default_factory=dict)  # bytes -> the ending that is true to them


_left: ContextVar[_Left | None] = ContextVar("pictures left", default=None)


@contextmanager
def bounded() -> Iterator[None]:
    """While one file is read: not more pictures than a file may hold, and none decoded twice."""
    token = _left.set(_Left())
    try:
        yield
    finally:
        _left.reset(token)


class NoPicture(Exception):
    """Why it was left behind, in words that follow the name of the file."""


def decoded(text: str) -> bytes:
    """The bytes of a base64 text."""
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        raise NoPicture("không giải mã được (base64 sai)") from None


def checked(name: str, data: bytes) -> OfferedPicture:
    """The picture, its name fit for a text and true to what it is; `NoPicture` for all else."""
    if not data:
        raise NoPicture("trống")
    if len(data) > MOST_BYTES:
        raise NoPicture(f"lớn hơn {MOST_BYTES // 1024 // 1024} MB")
    left = _left.get() or _Left()
    if data not in left.seen:
        left.seen[data] = _kind(data, left)
    return OfferedPicture(name=_named(name, _ENDINGS[left.seen[data]]), data=data)


def _kind(data: bytes, left: _Left) -> str:
    """What Pillow decodes it as."""
    from PIL import Image  # only who reads a picture needs it

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata that nobody reads; a bomb is refused by its size below
            with Image.open(io.BytesIO(data), formats=list(_ENDINGS)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise NoPicture("có quá 20 triệu điểm ảnh")
                left.pictures -= 1
                left.pixels -= image.width * image.height
                if left.pictures < 0 or left.pixels < 0:
                    raise NoPicture(f"là hình thứ {MOST_PICTURES + 1} trở đi, hoặc các hình cộng lại quá lớn")
                image.load()
                return str(image.format)
    except NoPicture:
        raise
    except Image.DecompressionBombError:
        raise NoPicture("có quá 20 triệu điểm ảnh") from None
    except Exception:  # Pillow's decoders raise what they like
        raise NoPicture("không phải là hình PNG, JPEG, GIF hoặc WebP") from None


def _named(name: str, endings: tuple[str, ...]) -> str:
    stem = re.sub(r"[^\w.-]+", "-", re.split(r"[/\\]", name)[-1]).strip("-.")[-80:] or "hinh"
    return stem if stem.lower().endswith(endings) else stem + endings[0]
