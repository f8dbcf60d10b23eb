"""Chỗ của đoạn trích: in which điều, khoản, điểm of the official text a passage stands, and whether that is the cited one.

Said only where it is sure. A text that quotes articles of another (their numbers do not rise), an annex, a provision
that has no number in the library: there nothing is said.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from quizapp.domain.official import Part
from quizapp.domain.quoting import matched, plain
from quizapp.domain.vietnamese import fold

Path = tuple[str, ...]  # ("3", "2", "đ"): Điều 3, khoản 2, điểm đ; (): before the first article
GENERAL = "chung"  # the anchor of what a library's sheet tells of the document as a whole
_LEVELS = (r"điều (\d+[a-zđ]?)", r"khoản (\d+[a-zđ]?)", r"điểm ([a-zđ])")
_NAMED = tuple(re.compile(rf"(?i)(?<!\w){level}(?!\w)") for level in _LEVELS)
_FROM_TO = re.compile(r"(?i)(?<!\w)(?:từ )?điều (\d+) (?:đến|[-–]) (?:điều )?(\d+)(?!\w)")
_ALPHABET = "aăâbcdđeêfghijklmnoôơpqrstuưvwxyz"
_ANNEX = re.compile(r"(?i)(?:phụ lục|mẫu số|biểu mẫu)\b")
_CALLED = ("Điều", "khoản", "điểm")


@dataclass(frozen=True)
class Cited:
    """What a section cites, by number: one provision, or a few articles. Empty: what stands before the first article."""

    paths: tuple[Path, ...]
    label: str

    @property
    def name(self) -> str:
        return _words(self.paths[0]) if len(self.paths) == 1 else f"“{self.label}”"


def cited(anchor: str, labels: Sequence[str]) -> Cited | None:
    """What a provision is by number; ``labels``: its own, after those of the provisions around it. None: it has none."""
    if anchor == GENERAL:
        return Cited((), labels[-1])
    found: tuple[Path, ...] = ()
    for label in labels:
        if several := _articles(label):
            found = several
        found = tuple(_narrowed(path, label) for path in found) if len(found) == 1 else found
    return Cited(found, labels[-1]) if found else None


def _articles(label: str) -> tuple[Path, ...]:
    if (span := _FROM_TO.search(label)) and int(span[1]) < int(span[2]) < int(span[1]) + 500:
        return tuple((str(n),) for n in range(int(span[1]), int(span[2]) + 1))
    return tuple((number.lower(),) for number in dict.fromkeys(_NAMED[0].findall(label)))


def _narrowed(path: Path, label: str) -> Path:
    """With the khoản and the điểm that a label names, where it names one."""
    for level in (1, 2):
        named = {number.lower() for number in _NAMED[level].findall(label)}
        if len(named) == 1 and len(path) >= level:
            path = (*path[:level], *named)
        elif named:
            break
    return path


def elsewhere(passage: str, parts: Sequence[Part], wanted: Cited) -> str | None:
    """Where a passage stands, if that is in another provision than the cited one; None where nobody can tell."""
    paths, unsure = _paths(parts)
    if () in unsure or not any(paths):
        return None
    ours = _known(wanted.paths, [path for path in paths if path], unsure)
    if ours is None and any(_looks_like(part.text, wanted.paths) for part in parts):
        return None  # an article whose heading is not made out
    texts = [plain(part.text if part.title in part.text else f"{part.text} {part.title}") for part in parts]
    mine = [text for text, path in zip(texts, paths, strict=True) if path is None or _belongs(path, ours, wanted)]
    quoted = plain(passage)
    if matched(quoted, " \0 ".join(_adjoining(mine, texts))):
        return None
    if (found := matched(quoted, " ".join(texts))) is None:
        return None
    return _told(_standing(found.spans, texts, paths), max((len(path) for path in ours or ()), default=1))


def _known(paths: Sequence[Path], there: Sequence[Path], unsure: set[Path]) -> tuple[Path, ...] | None:
    """The cited provisions as deep as the text tells them apart; None where it has no such article."""
    found = []
    for path in paths:
        path = _sure(path, unsure)
        while path and not any(one[: len(path)] == path for one in there):
            path = path[:-1]
        if path:
            found.append(path)
    return tuple(found) if found or not paths else None


def _looks_like(line: str, paths: Sequence[Path]) -> bool:
    bare = re.sub(r"[^a-z0-9]", "", fold(line.replace("Ð", "Đ"))[:20])
    return any(re.match(rf"dieu{fold(path[0])}(?!\d)", bare) for path in paths)


def _belongs(path: Path, ours: Sequence[Path] | None, wanted: Cited) -> bool:
    """Whether a paragraph is of the cited provision, or begins what that stands in: "Cán bộ không được: […] b) …"."""
    if not wanted.paths:
        return not path
    return any(path[: len(one)] == one or (path and one[: len(path)] == path) for one in ours or ())


def _adjoining(mine: Sequence[str], texts: Sequence[str]) -> list[str]:
    """Paragraphs that follow each other in the text as one, so that a passage may run over their end."""
    kept: list[str] = []
    rest, last = iter(enumerate(texts)), -2
    for text in mine:
        n = next(n for n, one in rest if one is text)
        if n == last + 1:
            kept[-1] += f" {text}"
        else:
            kept.append(text)
        last = n
    return kept


def _standing(
    spans: Sequence[tuple[int, int]], texts: Sequence[str], paths: Sequence[Path | None]
) -> list[Path | None]:
    """The provisions over which the parts of a passage go."""
    found, begin = [], 0
    for text, path in zip(texts, paths, strict=True):
        if any(a < begin + len(text) and b > begin for a, b in spans):
            found.append(path)
        begin += len(text) + 1
    return found


def _told(found: Sequence[Path | None], depth: int) -> str | None:
    if None in found:
        return None
    return " và ".join(dict.fromkeys(_words((path or ())[:depth]) for path in found)) or None


def _words(path: Path) -> str:
    return ", ".join(f"{called} {number}" for called, number in zip(_CALLED, path, strict=False)) or "phần mở đầu"


# --- the places of a text --------------------------------------------------------------------------------------


def _paths(parts: Sequence[Part]) -> tuple[list[Path | None], set[Path]]:
    """The place of each paragraph, None where it belongs to no article; and what holds numbers that do not rise."""
    here: Path | None = ()
    paths: list[Path | None] = []
    last: dict[Path, tuple[int, int]] = {}
    unsure: set[Path] = set()
    for part in parts:
        level = ("article", "clause", "point").index(part.kind) if part.kind in ("article", "clause", "point") else -1
        if level >= 0 and (level == 0 or here):
            number = (part.label.split()[1] if level == 0 else part.text.split()[0].rstrip(".)")).lower()
            around = (here or ())[:level]
            order = _order(number)
            if order <= last.get(around, (0, 0)) and not (level == 0 and order == (1, 0)):  # a second one begins anew
                unsure.add(around)
            here = (*around, number)
            last = {path: at for path, at in last.items() if path[: len(here)] != here} | {around: order}
        elif here and _ends_article(part):
            here = None
        paths.append(here)
    return [_sure(path, unsure) if path else path for path in paths], unsure


def _ends_article(part: Part) -> bool:
    """Whether what follows is of no article, until the next begins."""
    headed = part.kind in ("part", "chapter", "group")
    return headed or part.look in ("caps", "to", "motto", "date") or bool(_ANNEX.match(part.text))


def _order(number: str) -> tuple[int, int]:
    digits = re.match(r"\d*", number)
    letters = number[digits.end() :] if digits else number
    return int(number[: len(number) - len(letters)] or 0), _ALPHABET.find(letters) + 1 if letters else 0


def _sure(path: Path, unsure: set[Path]) -> Path:
    """As deep as the numbers can be trusted."""
    return next((path[:n] for n in range(1, len(path)) if path[:n] in unsure), path)
