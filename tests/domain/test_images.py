"""Ảnh nhỏ: what is a picture and nothing else."""

import struct
import zlib
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quizapp.domain.images import MOST_BYTES, PNG, BadImage, read


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width=32, height=32, *, extra=b"", pixels=None, depth=8, colour=2, lacing=0):
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, lacing)
    rows = b"".join(b"\0" + b"\x8e\x1b\x1f" * width for _ in range(height)) if pixels is None else pixels
    return PNG + chunk(b"IHDR", header) + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width=32, height=32, *, extra=b""):
    frame = segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\x00")
    scan = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"\x12\xff\x00\x34\xff\xd0\x56"
    return b"\xff\xd8" + segment(0xE0, b"JFIF\0") + extra + segment(0xDB, b"\0" * 65) + frame + scan + b"\xff\xd9"


def test_a_picture_comes_back_and_what_else_was_in_it_does_not():
    found = read(png(extra=chunk(b"tEXt", b"Comment\0<script>alert(1)</script>")))
    assert (found.kind, found.width, found.height) == ("image/png", 32, 32)
    assert b"script" not in found.data
    assert read(found.data) == found
    photo = read(jpeg(extra=segment(0xE1, b"Exif\0\0 vi tri: 10.01N 105.08E") + segment(0xFE, b"ghi chu")))
    assert (photo.kind, photo.width, photo.height) == ("image/jpeg", 32, 32)
    assert b"Exif" not in photo.data
    assert b"ghi chu" not in photo.data
    assert read(photo.data) == photo


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>",
        b"GIF89a" + b"\0" * 40,
        png()[:-4],
        png() + b"<html>",
        jpeg() + b"<html>",
        jpeg()[:-10],
        png(4000, 16),
        png(8, 8),
        jpeg(4000, 4000),
        png(pixels=b"\0" * 10),
        png(pixels=b"\0" * 10_000_000),  # small on the wire, large once unpacked
        png(lacing=1),
        png(depth=3),
        png(extra=chunk(b"ABCD", b"")),
        png().replace(b"IDAT", b"IDAX", 1),
        png() + b"\0" * MOST_BYTES,
        PNG,
        b"\xff\xd8\xff",
    ],
)
def test_what_is_none_is_refused_in_words(data):
    with pytest.raises(BadImage, match=r"ảnh|Ảnh"):
        read(data)


@given(st.binary(max_size=400), st.sampled_from([b"", PNG, PNG + png()[8:33], b"\xff\xd8\xff", jpeg()[:40]]))
def test_no_bytes_are_more_than_refused(rest, begin):
    with suppress(BadImage):
        read(begin + rest)


@given(st.integers(0, 10_000), st.integers(1, 255), st.sampled_from([png(), jpeg()]))
def test_a_flipped_byte_is_refused_or_still_a_picture(at, flip, whole):
    data = bytearray(whole)
    data[at % len(data)] ^= flip
    try:
        found = read(bytes(data))
    except BadImage:
        return
    assert read(found.data).data == found.data
