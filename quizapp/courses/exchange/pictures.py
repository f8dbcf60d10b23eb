"""Hình trong tệp câu hỏi: only what Pillow decodes as a picture of a kind that browsers show is taken along."""

import base64
import binascii
import io
import re
import warnings

from PIL import Image

from quizapp.domain.interchange import OfferedPicture

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 25_000_000
_FORMATS = {"PNG": (".png",), "JPEG": (".jpg", ".jpeg"), "GIF": (".gif",), "WEBP": (".webp",)}


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
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of metadata that nobody reads; a bomb is refused by its size below
            with Image.open(io.BytesIO(data), formats=list(_FORMATS)) as image:
                if image.width * image.height > MOST_PIXELS:
                    raise NoPicture("có quá nhiều điểm ảnh")
                image.load()
                endings = _FORMATS[str(image.format)]
    except NoPicture:
        raise
    except Exception:  # Pillow's decoders raise what they like
        raise NoPicture("không phải là hình PNG, JPEG, GIF hoặc WebP") from None
    return OfferedPicture(name=_named(name, endings), data=data)


def _named(name: str, endings: tuple[str, ...]) -> str:
    stem = re.sub(r"[^\w.-]+", "-", re.split(r"[/\\]", name)[-1]).strip("-.")[-80:] or "hinh"
    return stem if stem.lower().endswith(endings) else stem + endings[0]
