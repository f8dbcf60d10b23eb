"""Pictures for tests: drawn by Pillow, with what cameras and bad people write into them."""

import io
import struct
import zlib

from PIL import Image, ImageDraw


def drawn(kind="PNG", size=(300, 200), mode="RGB", **how):
    """A picture with a red corner at the top left."""
    image, out = Image.new(mode, size, "white"), io.BytesIO()
    ImageDraw.Draw(image).rectangle((0, 0, size[0] // 4, size[1] // 4), fill="red")
    image.save(out, kind, **how)
    return out.getvalue()


def photograph(size=(2400, 1800)):
    """A JPEG lying on its side, which says where it was taken."""
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "MAY-ANH-CUA-TOI"
    exif.get_ifd(0x8825)[2] = (10.0, 0.0, 45.0)
    return drawn("JPEG", size, exif=exif, comment=b"bi mat")


def moving(kind="GIF"):
    """Two pictures, one after the other."""
    first, second, out = Image.new("RGB", (40, 30), "red"), Image.new("RGB", (40, 30), "blue"), io.BytesIO()
    first.save(out, kind, save_all=True, append_images=[second], duration=100)
    return out.getvalue()


def bomb(width=60_000, height=60_000):
    """A PNG of some hundred bytes that would unpack to gigabytes."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def read(data):
    return Image.open(io.BytesIO(data)).convert("RGB")
