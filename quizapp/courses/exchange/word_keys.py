"""Chữ cái trong tệp Word: where options begin in a line, and the keys of many questions in one place."""

import re
from collections.abc import Sequence

from quizapp.domain.vietnamese import fold

STAR, BOX = "*#✓✔√☑☒", "☐□"  # before a letter: the right option; a box left empty
_BESIDE = re.compile(
    r"(?P<gap>^|\t\s*|\s{2,}|\s)(?P<star>[*#✓✔√☑☒☐□]?)\s*(?P<letter>[A-Ha-h])\s*(?P<sign>[.)/:])\s*(?=\S)"
)
PAIR = re.compile(r"(?:câu\s*)?(\d{1,4})\s*[.:)–-]?\s*([A-H](?:\s*[,;]\s*[A-H])*)(?![\w])", re.IGNORECASE)
PAIRS = re.compile(r"(?:(?:câu\s*)?\d{1,4}\s*[.:)–-]?\s*[A-H](?:\s*[,;]\s*[A-H])*(?!\w)[\s,;|/]*)+", re.IGNORECASE)
_KEY_HEADING = re.compile(r"(?:stt|tt|cau(?: so)?|cau hoi|dap an|da|d/a)\W*")
Keys = list[tuple[int, str]]
# “(B) …”, “[B] …”, “B - …”: begins an option only where a line does and that letter is the next.
LOOSE = re.compile(r"([*#✓✔√☑☒☐□]?)\s*(?:\(([A-Ha-h])\)|\[([A-Ha-h])\]|([A-H])\s+[–-](?=\s))\s*(?=\S)")
KEYS_HEAD = re.compile(
    r"(?:bang |phan )?(?:dap an|huong dan cham)(?: (?:de|bo|cac|chi|tham|trac|thi|va|cau|de so).*)?\W*"
)
WHYS_HEAD = re.compile(r"(?:phan )?(?:huong dan (?:giai|tra loi)|(?:loi|bai) giai|goi y tra loi)(?: chi tiet)?\W*")
END = re.compile(r"[\W_]{2,}(?:hết|the end|end)[\W_]{2,}|\W*HẾT\W*", re.IGNORECASE)
_WHY = re.compile(
    r"(?P<said>(?:(?:chọn|đáp án|ĐA)\s*+(?:đúng\s*+)?+(?:là\s*+)?+(?:[:.–-]\s*+)?+){0,3}+)(?P<key>[A-H](?:\s*[,;&]\s*[A-H])*)"
    r"(?:\s*[.:)–-]+\s*|\s+(?=\()|\s*$)(?P<why>.*)",
    re.IGNORECASE | re.DOTALL,
)


def key_with_why(text: str, expected: bool) -> tuple[str, str] | None:
    """(letters, what follows) of “B. Vì Điều 3 …” behind a question's number; not ``expected``, it must say that it is a key."""
    found = _WHY.fullmatch(text.strip())
    return (found["key"], found["why"].strip()) if found and (found["said"] or expected) else None


def beside(text: str, count: int, whole: bool) -> list[tuple[int, int, str, bool]]:
    """Where options begin in a line, of which ``count`` came before: (from, text from, letter, starred).

    ``whole``: the line begins a question, so that one letter alone is no option.
    """
    found: list[tuple[int, int, str, bool, str]] = []
    for match in _BESIDE.finditer(text):
        letter = match["letter"]
        if match["sign"] in "/:" and match["gap"].strip(" ") == "" and match.start() > 0:
            continue  # “A/” and “A:” begin an option only where a line or a column does
        wanted = "abcdefgh"[(count + len(found)) % 8]
        first = not found and match.start() == 0 and not whole
        if letter.lower() == wanted or (first and letter.lower() > wanted):
            if found and letter.isupper() != found[0][2].isupper():
                continue
            found.append((match.start(), match.end(), letter, match["star"] in set(STAR), match["gap"]))
            if first and letter.lower() != wanted:
                count = "abcdefgh".index(letter.lower()) - len(found) + 1
    if not found or (found[0][0] > 0 and count and not whole):
        return []
    wide = [one[4] == "" or "\t" in one[4] or len(one[4]) > 1 for one in found]
    kept = [found[0]] if wide[0] or len(found) > 2 or (whole and len(found) > 1) else []
    for one, far in zip(found[1:], wide[1:], strict=True):
        if kept and (far or len(found) > 2 or (one[2].isupper() and whole)):
            kept.append(one)
    if whole and not (any(wide) or re.search(r"[?:.!…”\")]\s*$", text[: found[0][0]])):
        return []  # “Ông Nguyễn Văn A. và bà B. nên làm gì?”
    return [] if whole and len(kept) < 2 else [one[:4] for one in kept]


def keys_in(texts: Sequence[Sequence[str]]) -> Keys:
    """The keys of a table of nothing else: "1.B" in each cell, a row of numbers over one of letters, or such columns."""
    named = [[cell for cell in row if cell and not _KEY_HEADING.fullmatch(fold(cell))] for row in texts]
    cells = [cell for row in named for cell in row]
    if len(cells) < 2:
        return []
    if all(PAIR.fullmatch(cell) for cell in cells):
        return [(int(found[1]), found[2]) for cell in cells if (found := PAIR.fullmatch(cell))]
    numbers = [bool(re.fullmatch(r"(?:câu\s*)?\d{1,4}\W*", cell, re.I)) for cell in cells]
    letters = [bool(re.fullmatch(r"[A-H](?:\s*[,;]\s*[A-H])*\W*", cell)) for cell in cells]
    if not all(a or b for a, b in zip(numbers, letters, strict=True)) or not any(letters):
        return []
    rows = [row for row in named if row]
    pairs: list[tuple[str, str]] = []
    if all(len({bool(re.search(r"\d", cell)) for cell in row}) == 1 for row in rows):
        for above, below in zip(rows[::2], rows[1::2], strict=False):
            pairs += zip(above, below, strict=False)
    else:
        for row in rows:
            pairs += zip(row[::2], row[1::2], strict=False)
    told = [(re.search(r"\d+", number), letter.strip(" .")) for number, letter in pairs]
    return [(int(number[0]), letter) for number, letter in told if number]
