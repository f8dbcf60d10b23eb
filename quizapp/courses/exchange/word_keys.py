"""Chữ cái trong tệp Word: where options begin in a line, and the keys of many questions in one place."""

import re
from collections.abc import Sequence

from quizapp.domain.vietnamese import fold

LATIN, VIETNAMESE = "abcdefgh", "abcdđegh"  # the letters of options; which of them, the fifth tells
STAR, BOX = "*#✓✔√☑☒", "☐□"  # before a letter: the right option; a box left empty
# “5.000 đ.” is money.
_BESIDE = re.compile(
    r"(?P<gap>^|\t\s*|\s{2,}|\s)(?P<star>[*#✓✔√☑☒☐□]?)\s*(?P<letter>[A-Ha-h]|(?<!\d\s)[Đđ])\s*(?P<sign>[.)/:])\s*(?=\S)"
)
PAIR = re.compile(r"(?:câu\s*)?(\d{1,4})\s*[.:)–-]?\s*([A-HĐ](?:\s*[,;]\s*[A-HĐ])*)(?![\w])", re.IGNORECASE)
PAIRS = re.compile(r"(?:(?:câu\s*)?\d{1,4}\s*[.:)–-]?\s*[A-HĐ](?:\s*[,;]\s*[A-HĐ])*(?!\w)[\s,;|/]*)+", re.IGNORECASE)
_KEY_HEADING = re.compile(r"(?:stt|tt|cau(?: so)?|cau hoi|dap an|da|d/a)\W*")
Keys = list[tuple[int, str]]
# “(B) …”, “[B] …”, “B - …”: begins an option only where a line does and that letter is the next.
LOOSE = re.compile(r"([*#✓✔√☑☒☐□]?)\s*(?:\(([A-Ha-hĐđ])\)|\[([A-Ha-hĐđ])\]|([A-HĐ])\s+[–-](?=\s))\s*(?=\S)")
KEYS_HEAD = re.compile(
    r"(?:bang |phan )?(?:dap an|huong dan cham)(?: (?:de|bo|cac|chi|tham|trac|thi|va|cau|de so).*)?\W*"
)
WHYS_HEAD = re.compile(r"(?:phan )?(?:huong dan (?:giai|tra loi)|(?:loi|bai) giai|goi y tra loi)(?: chi tiet)?\W*")
END = re.compile(r"[\W_]{2,}(?:hết|the end|end)[\W_]{2,}|\W*HẾT\W*", re.IGNORECASE)
_WHY = re.compile(
    r"(?P<said>(?:(?:chọn|đáp án|ĐA)\s*+(?:đúng\s*+)?+(?:là\s*+)?+(?:[:.–-]\s*+)?+){0,3}+)(?P<key>[A-HĐ](?:\s*[,;&]\s*[A-HĐ])*)"
    r"(?:\s*[.:)–-]+\s*|\s+(?=\()|\s*$)(?P<why>.*)",
    re.IGNORECASE | re.DOTALL,
)


def key_with_why(text: str, expected: bool) -> tuple[str, str] | None:
    """(letters, what follows) of “B. Vì Điều 3 …” behind a question's number; not ``expected``, it must say that it is a key."""
    found = _WHY.fullmatch(text.strip())
    return (found["key"], found["why"].strip()) if found and (found["said"] or expected) else None


def follows(letter: str, count: int, letters: str = LATIN) -> bool:
    """Whether an option of that letter comes after so many others."""
    return letter.lower() == letters[count % 8] or (letter in "đĐ" and count % 8 == VIETNAMESE.index("đ"))


def beside(text: str, count: int, whole: bool, letters: str = LATIN) -> list[tuple[int, int, str, bool]]:
    """Where options begin in a line, of which ``count`` came before: (from, text from, letter, starred).

    ``whole``: the line begins a question, so that one letter alone is no option.
    """
    found: list[tuple[int, int, str, bool, str]] = []
    for match in _BESIDE.finditer(text):
        letter = match["letter"]
        if match["sign"] in "/:" and match["gap"].strip(" ") == "" and match.start() > 0:
            continue  # “A/” and “A:” begin an option only where a line or a column does
        place = count + len(found)
        first = not found and match.start() == 0 and not whole
        if follows(letter, place, letters) or (first and letters.find(letter.lower()) > place % 8):
            if found and letter.isupper() != found[0][2].isupper():
                continue
            found.append((match.start(), match.end(), letter, match["star"] in set(STAR), match["gap"]))
            if letter in "đĐ":
                letters = VIETNAMESE
            elif first and not follows(letter, place, letters):
                count = letters.index(letter.lower()) - len(found) + 1
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


_COMMA = re.compile(r"\s*([*#✓✔√☑☒☐□]?)\s*([A-Ha-hĐđ])\s*,\s+(?![A-Ha-h]\s*(?:,|và\b|\Z))(?=\S)")


def with_commas(texts: Sequence[str]) -> dict[int, re.Match[str]]:
    """The lines that begin with “A, …”, “B, …”, one after the other, two at least: one alone is no option."""
    told: dict[int, re.Match[str]] = {}
    run: list[tuple[int, re.Match[str]]] = []
    letters = LATIN
    for n, text in enumerate([*texts, "-"]):
        found = _COMMA.match(text)
        if not text.strip():
            continue
        if found is None or not follows(found[2], len(run), letters):
            told |= dict(run) if len(run) > 1 else {}
            run, letters = [], LATIN
        if found and follows(found[2], len(run), letters):
            run.append((n, found))
            letters = VIETNAMESE if found[2] in "đĐ" else letters
    return told


def keys_in(texts: Sequence[Sequence[str]]) -> Keys:
    """The keys of a table of nothing else: "1.B" in each cell, a row of numbers over one of letters, or such columns."""
    named = [[cell for cell in row if cell and not _KEY_HEADING.fullmatch(fold(cell))] for row in texts]
    cells = [cell for row in named for cell in row]
    if len(cells) < 2:
        return []
    if all(PAIR.fullmatch(cell) for cell in cells):
        return [(int(found[1]), found[2]) for cell in cells if (found := PAIR.fullmatch(cell))]
    numbers = [bool(re.fullmatch(r"(?:câu\s*)?\d{1,4}\W*", cell, re.I)) for cell in cells]
    letters = [bool(re.fullmatch(r"[A-HĐ](?:\s*[,;]\s*[A-HĐ])*\W*", cell)) for cell in cells]
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
