"""Hình: seeing that a file is a picture, and making it small, without what a camera writes into it."""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from quizapp.web.refused import Refused

MOST_BYTES = 5 * 1024 * 1024
MOST_PIXELS = 20_000_000
LONGEST = 1600  # pixels of the longer side
LOSSLESS = 250 * 1024  # bytes; what is larger without loss is a photograph, and may lose a little
QUALITY = 82
TYPES = ".png,.jpg,.jpeg,.webp,.gif"
MEDIA_TYPES = {"webp": "image/webp", "png": "image/png", "jpg": "image/jpeg"}
_FORMATS = ("PNG", "JPEG", "WEBP", "GIF")
_TOO_LARGE = "Hình có quá 20 triệu điểm. Thu nhỏ hình rồi gửi."
_NO_PICTURE = "Tệp này không phải hình, hoặc hình bị hỏng. Nhận hình PNG, JPEG, WebP hoặc GIF."


@dataclass(frozen=True)
class Prepared:
    """A picture as it will be kept."""

    source_sha256: str  # of what was sent
    data: bytes
    extension: str
    width: int
    height: int


def prepared(data: bytes) -> Prepared:
    """The picture decoded and written anew; Refused for anything else. Takes up to a second or two: not in a transaction."""
    from PIL import Image

    image, kind = _decoded(data)
    image.thumbnail((LONGEST, LONGEST), Image.Resampling.LANCZOS)
    clean = Image.new(image.mode, image.size)  # the points alone: no place, no camera, no comment
    clean.paste(image)
    made, extension = min(_written(clean, kind), key=lambda one: len(one[0]))
    return Prepared(hashlib.sha256(data).hexdigest(), made, extension, *clean.size)


def refuse_wrong(data: bytes) -> None:
    """Refused where this is no picture that could be kept."""
    _decoded(data)


def _decoded(data: bytes) -> tuple[Any, str]:
    """All points of the picture, upright, and which format it came in."""
    _refuse_at_sight(data)
    from PIL import Image, ImageOps  # only who takes in a picture needs it

    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:  # said by the header, before anything is decoded
                raise Refused(_TOO_LARGE)
            opened.seek(0)  # of what moves, the first picture
            image = ImageOps.exif_transpose(opened)
            image.load()
            return image.convert("RGBA" if image.has_transparency_data else "RGB"), str(opened.format)
    except Refused:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_TOO_LARGE) from error
    except Exception as error:  # Pillow raises whatever a broken file makes it stumble over
        raise Refused(_NO_PICTURE) from error


def _refuse_at_sight(data: bytes) -> None:
    if not data:
        raise Refused("Tệp trống. Đồng chí chọn lại hình.")
    if len(data) > MOST_BYTES:
        raise Refused(f"Hình lớn hơn {MOST_BYTES // 1024 // 1024} MB. Thu nhỏ hình rồi gửi.")
    head = data[:1024].lstrip(b"\xef\xbb\xbf \r\n\t").lower()
    if head.startswith((b"<svg", b"<?xml", b"<!doctype svg")) or b"<svg" in head:
        raise Refused("Không nhận hình SVG vì có thể chứa mã lệnh. Lưu hình thành PNG rồi gửi.")
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif"):
        raise Refused("Chưa nhận hình HEIC, AVIF của điện thoại. Lưu hình thành JPEG rồi gửi.")


def _written(image: Any, kind: str) -> Iterator[tuple[bytes, str]]:
    """The picture as WebP and as what it was; a drawing without loss as long as that is small."""
    if kind == "JPEG":
        yield _as(image, "WEBP", quality=QUALITY, method=4), "webp"
        yield _as(image, "JPEG", quality=QUALITY, optimize=True), "jpg"
        return
    lossless = _as(image, "WEBP", lossless=True, method=4)
    yield lossless, "webp"
    if len(lossless) > LOSSLESS:
        yield _as(image, "WEBP", quality=QUALITY, method=4), "webp"
    elif kind == "PNG":
        yield _as(image, "PNG", optimize=True), "png"


def _as(image: Any, kind: str, **how: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **how)
    return out.getvalue()
