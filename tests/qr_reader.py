"""A QR reader of our own, for tests: from a picture of a page to the text, as a phone does, but for upright symbols.

It finds the three corners, samples the modules, takes the mask away, puts the blocks in order, and insists that the
Reed-Solomon syndromes are all zero: what it reads needs no repair. Source: ISO/IEC 18004; versions 1 to 10.
"""

import io
from itertools import groupby

from PIL import Image

# Per level: version -> words of correction in a block, then (blocks, data words) of each group.
BLOCKS = {
    "L": ["7 1x19", "10 1x34", "15 1x55", "20 1x80", "26 1x108", "18 2x68", "20 2x78", "24 2x97", "30 2x116", "18 2x68 2x69"],
    "M": ["10 1x16", "16 1x28", "26 1x44", "18 2x32", "24 2x43", "16 4x27", "18 4x31", "22 2x38 2x39", "22 3x36 2x37",
          "26 4x43 1x44"],
    "Q": ["13 1x13", "22 1x22", "18 2x17", "26 2x24", "18 2x15 2x16", "24 4x19", "18 2x14 4x15", "22 4x18 2x19",
          "20 4x16 4x17", "24 6x19 2x20"],
    "H": ["17 1x9", "28 1x16", "22 2x13", "16 4x9", "22 2x11 2x12", "28 4x15", "26 4x13 1x14", "26 4x14 2x15",
          "24 4x12 4x13", "28 6x15 2x16"],
}  # fmt: skip
LEVELS = {1: "L", 0: "M", 3: "Q", 2: "H"}
ALIGNED = {
    1: [],
    **{v: [6, 4 * v + 10] for v in range(2, 7)},
    7: [6, 22, 38],
    8: [6, 24, 42],
    9: [6, 26, 46],
    10: [6, 28, 50],
}
MASKS = [
    lambda r, c: (r + c) % 2 == 0,
    lambda r, c: r % 2 == 0,
    lambda r, c: c % 3 == 0,
    lambda r, c: (r + c) % 3 == 0,
    lambda r, c: (r // 2 + c // 3) % 2 == 0,
    lambda r, c: r * c % 2 + r * c % 3 == 0,
    lambda r, c: (r * c % 2 + r * c % 3) % 2 == 0,
    lambda r, c: ((r + c) % 2 + r * c % 3) % 2 == 0,
]


def read_qr(picture):
    """The text of the one symbol in a picture (bytes of a PNG)."""
    return decoded(sampled(Image.open(io.BytesIO(picture)).convert("L")))


# --- from the picture to the modules ---------------------------------------------------------------------------


def sampled(image):
    """The modules, True for dark, with the quiet zone seen to be white."""
    width, height = image.size
    pixels = image.tobytes()
    corners = _corners(pixels, width, height)
    left, right = min(x for x, _, _ in corners), max(x for x, _, _ in corners)
    top, bottom = min(y for _, y, _ in corners), max(y for _, y, _ in corners)
    module = sum(size for _, _, size in corners) / len(corners)
    version = round(((right - left) / module + 7 - 17) / 4)
    n = 17 + 4 * version
    step = (right - left) / (n - 7)
    x0, y0 = left - 3.5 * step, top - 3.5 * step
    assert abs((bottom - top) - (right - left)) < 2 * step, "not upright"

    def dark(row, column):
        return pixels[int(y0 + (row + 0.5) * step) * width + int(x0 + (column + 0.5) * step)] < 128

    for k in range(-4, n + 4):  # four modules of quiet on every side
        for at in (-4, -3, -2, -1, n, n + 1, n + 2, n + 3):
            assert not dark(at, k), "no quiet zone"
            assert not dark(k, at), "no quiet zone"
    return [[dark(row, column) for column in range(n)] for row in range(n)]


def _corners(pixels, width, height):
    """(x, y, module) of the middles of the three corners: dark runs of 1:1:3:1:1, both ways."""
    found = []
    for y in range(height):
        line = pixels[y * width : (y + 1) * width]
        if min(line) >= 128:
            continue
        for x, module in _patterns(line):
            column = pixels[x::width]
            across = [at for at, size in _patterns(column) if abs(at - y) < module and abs(size - module) < module / 2]
            if across:
                found.append((x, across[0], module))
    groups = []
    for one in found:
        near = next(
            (group for group in groups if abs(group[0][0] - one[0]) + abs(group[0][1] - one[1]) < 4 * one[2]), None
        )
        groups.append([one]) if near is None else near.append(one)
    assert len(groups) >= 3, "no symbol"
    groups.sort(key=len)  # a corner is met on three modules of lines; by chance, data looks so on one
    return [tuple(sum(part) / len(group) for part in zip(*group, strict=True)) for group in groups[-3:]]


def _patterns(line):
    """(middle, module) of each run of 1:1:3:1:1 that begins with dark."""
    runs, at = [], 0
    for dark, some in groupby(line, key=lambda value: value < 128):
        length = len(list(some))
        runs.append((dark, at, length))
        at += length
    for n in range(len(runs) - 4):
        five = runs[n : n + 5]
        module = sum(length for _, _, length in five) / 7
        if five[0][0] and module >= 2:
            wanted = (1, 1, 3, 1, 1)
            if all(abs(length / module - times) < 0.6 for (_, _, length), times in zip(five, wanted, strict=True)):
                yield int(five[2][1] + five[2][2] / 2), module


# --- from the modules to the text ------------------------------------------------------------------------------


def decoded(modules):
    """The text of a symbol whose modules are all right."""
    n = len(modules)
    version = (n - 17) // 4
    places = [(8, c) for c in (0, 1, 2, 3, 4, 5, 7, 8)] + [(r, 8) for r in (7, 5, 4, 3, 2, 1, 0)]
    said = int("".join(str(int(modules[r][c])) for r, c in places), 2) ^ 0b101010000010010
    level, mask = LEVELS[said >> 13], MASKS[said >> 10 & 7]
    bits = [modules[r][c] ^ mask(r, c) for r, c in _path(n, version)]
    words = [int("".join(str(int(bit)) for bit in bits[k : k + 8]), 2) for k in range(0, len(bits) - 7, 8)]
    return _text(_in_order(words, BLOCKS[level][version - 1]), version)


def _path(n, version):
    """The data modules in their order: two columns at a time from the right, up and down by turns."""
    kept = {(r, c) for r in range(9) for c in range(9)} | {(r, c) for r in range(9) for c in range(n - 8, n)}
    kept |= (
        {(r, c) for r in range(n - 8, n) for c in range(9)} | {(6, k) for k in range(n)} | {(k, 6) for k in range(n)}
    )
    middles = ALIGNED[version]
    for r in middles:
        for c in middles:
            if (r, c) not in ((6, 6), (6, middles[-1]), (middles[-1], 6)):
                kept |= {(r + i, c + k) for i in range(-2, 3) for k in range(-2, 3)}
    if version >= 7:
        kept |= {(r, c) for r in range(6) for c in range(n - 11, n - 8)}
        kept |= {(r, c) for r in range(n - 11, n - 8) for c in range(6)}
    columns = [c for c in range(n - 1, 0, -2) if c > 6] + [5, 3, 1]
    for turn, right in enumerate(columns):
        for r in range(n - 1, -1, -1) if turn % 2 == 0 else range(n):
            yield from ((r, c) for c in (right, right - 1) if (r, c) not in kept)


def _in_order(words, layout):
    """The data words, block by block, each block without a fault."""
    correction, *groups = layout.split()
    sizes = [int(size) for times, size in (group.split("x") for group in groups) for _ in range(int(times))]
    blocks, at = [[] for _ in sizes], 0
    for place in range(max(sizes)):
        for block, size in zip(blocks, sizes, strict=True):
            if place < size:
                block.append(words[at])
                at += 1
    for _ in range(int(correction)):
        for block in blocks:
            block.append(words[at])
            at += 1
    for block in blocks:
        assert not any(_syndromes(block, int(correction))), "a scanner would have to repair this"
    return [word for block, size in zip(blocks, sizes, strict=True) for word in block[:size]]


def _syndromes(block, correction):
    powers = [1]
    while len(powers) < 255:
        powers.append(powers[-1] << 1 ^ (0x11D if powers[-1] & 0x80 else 0))
    logs = {power: n for n, power in enumerate(powers)}
    for n in range(correction):
        total = 0
        for word in block:
            total = (powers[(logs[total] + n) % 255] if total else 0) ^ word
        yield total


def _text(words, version):
    bits = "".join(f"{word:08b}" for word in words)
    mode, length = bits[:4], 8 if version < 10 else 16
    assert mode == "0100", f"mode {mode}: addresses are bytes"
    count = int(bits[4 : 4 + length], 2)
    start = 4 + length
    data = bytes(int(bits[k : k + 8], 2) for k in range(start, start + 8 * count, 8))
    return data.decode()
