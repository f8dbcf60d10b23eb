"""Ảnh nhỏ: a PNG or JPEG that a person gives, read strictly and written again with nothing but the picture in it."""

import struct
import zlib
from dataclasses import dataclass

MOST_BYTES = 100_000
MOST_PIXELS = 1024  # each way
LEAST_PIXELS = 16
PNG = b"\x89PNG\r\n\x1a\n"
_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"gAMA", b"sRGB", b"IDAT", b"IEND"}
_CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}
_DEPTHS = {0: {1, 2, 4, 8, 16}, 2: {8, 16}, 3: {1, 2, 4, 8}, 4: {8, 16}, 6: {8, 16}}


class BadImage(Exception):
    """It cannot be used; the message says why."""


@dataclass(frozen=True)
class Image:
    """``kind`` is its media type; ``data`` what may be served."""

    kind: str
    width: int
    height: int
    data: bytes


def read(data: bytes) -> Image:
    """The picture. BadImage: too large, of another kind, broken, or with anything behind its end."""
    if len(data) > MOST_BYTES:
        raise BadImage(f"Ảnh nặng quá {MOST_BYTES // 1000} kB. Đồng chí chọn ảnh nhỏ hơn.")
    try:
        if data.startswith(PNG):
            return _png(data)
        if data.startswith(b"\xff\xd8\xff"):
            return _jpeg(data)
    except (struct.error, IndexError, zlib.error):
        raise BadImage("Tệp ảnh bị hỏng hoặc bị cắt ngang.") from None
    raise BadImage("Chỉ nhận ảnh PNG hoặc JPEG.")


def _check_size(width: int, height: int) -> None:
    if not (LEAST_PIXELS <= width <= MOST_PIXELS and LEAST_PIXELS <= height <= MOST_PIXELS):
        raise BadImage(f"Mỗi chiều của ảnh phải từ {LEAST_PIXELS} đến {MOST_PIXELS} điểm ảnh.")


def _png(data: bytes) -> Image:
    """Every chunk's checksum is right, the pixels are as many as the header says, text and the like are left out."""
    out, at, pixels, header = [PNG], len(PNG), b"", b""
    name = b""
    while name != b"IEND":
        (size,) = struct.unpack_from(">I", data, at)
        name, body = data[at + 4 : at + 8], data[at + 8 : at + 8 + size]
        (crc,) = struct.unpack_from(">I", data, at + 8 + size)
        if len(body) != size or zlib.crc32(name + body) != crc or (not header) != (name == b"IHDR"):
            raise BadImage("Tệp ảnh bị hỏng hoặc bị cắt ngang.")
        if name == b"IHDR":
            header = body
        if name == b"IDAT":
            pixels += body
        if name in _KEPT:
            out.append(data[at : at + 12 + size])
        elif not name[:1].islower():
            raise BadImage("Ảnh PNG có phần lạ.")
        at += 12 + size
    if at != len(data):
        raise BadImage("Tệp ảnh có phần thừa phía sau.")
    width, height = _check_pixels(header, pixels)
    return Image("image/png", width, height, b"".join(out))


def _check_pixels(header: bytes, pixels: bytes) -> tuple[int, int]:
    width, height, depth, colour, packing, filtering, lacing = struct.unpack(">IIBBBBB", header)
    _check_size(width, height)
    if depth not in _DEPTHS.get(colour, ()) or packing or filtering or lacing:
        raise BadImage("Ảnh PNG lưu theo cách không dùng được. Lưu lại không đan xen (interlace) rồi thử lần nữa.")
    wanted = height * (1 + -(-width * _CHANNELS[colour] * depth // 8))
    reader = zlib.decompressobj()
    got = reader.decompress(pixels, wanted + 1)
    if len(got) != wanted or not reader.eof or reader.unused_data:
        raise BadImage("Tệp ảnh bị hỏng hoặc bị cắt ngang.")
    return width, height


def _jpeg(data: bytes) -> Image:
    """Segment by segment; comments, camera data and the like are left out."""
    out, at, size = [data[:2]], 2, None
    while True:
        if data[at] != 0xFF:
            raise BadImage("Tệp ảnh bị hỏng hoặc bị cắt ngang.")
        marker = data[at + 1]
        if marker == 0xD9:
            break
        (length,) = struct.unpack_from(">H", data, at + 2)
        part = data[at : at + 2 + length]
        if length < 2 or len(part) != 2 + length:
            raise BadImage("Tệp ảnh bị hỏng hoặc bị cắt ngang.")
        at += 2 + length
        if marker in (0xC0, 0xC1, 0xC2):
            height, width = struct.unpack_from(">HH", part, 5)
            _check_size(width, height)
            size = width, height
        if marker == 0xE0 or marker in (0xC0, 0xC1, 0xC2, 0xC4, 0xDB, 0xDD, 0xDA, 0xEE):
            out.append(part)
        elif not (0xE1 <= marker <= 0xEF or marker == 0xFE):
            raise BadImage("Ảnh JPEG lưu theo cách không dùng được.")
        if marker == 0xDA:
            end = _scan_end(data, at)
            out.append(data[at:end])
            at = end
    if at + 2 != len(data) or size is None:
        raise BadImage("Tệp ảnh có phần thừa phía sau.")
    return Image("image/jpeg", *size, b"".join([*out, b"\xff\xd9"]))


def _scan_end(data: bytes, at: int) -> int:
    """Where the coded picture ends: at the next marker that is neither a stuffed byte nor a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0:
            raise BadImage("Tệp ảnh bị hỏng hoặc bị cắt ngang.")
        if data[at + 1] != 0 and not 0xD0 <= data[at + 1] <= 0xD7:
            return at
        at += 2
