"""Một câu đọc từ Word: what has been gathered of it, which option its looks mark as right, and the question that it is."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quizapp.courses.exchange.sheet_columns import gap_options, level_of
from quizapp.courses.exchange.texts import clean, escaped, from_plain
from quizapp.courses.exchange.word_keys import LATIN, VIETNAMESE
from quizapp.courses.exchange.word_lines import MARKS, Run
from quizapp.domain.interchange import (
    RIGHT,
    WRONG,
    Offered,
    OfferedKind,
    OfferedOption,
    OfferedPair,
    Remark,
)
from quizapp.domain.vietnamese import fold, plain

LETTERS = LATIN.upper()
SAID = {"ordered": "giu thu tu", "without_marks": "khong can dau"}
_TAIL = re.compile(r"\s*(?:\*+|[✓✔√]|\((?:đúng|đ|x|\*|đáp án(?: đúng)?)\)|\[(?:đúng|x|\*)\])\s*$", re.IGNORECASE)
_HEAD = re.compile(r"^\s*(?:\*+|[✓✔√])\s*")
_NAMES = {
    "highlight": "tô nền", "color": "tô màu chữ", "underline": "gạch chân", "bold": "in đậm", "italic": "in nghiêng",
}  # fmt: skip


@dataclass
class Choice:
    """An option as it stands in the document; ``marks``: how its letter looks."""

    runs: list[Run]
    marks: frozenset[str]
    starred: bool = False
    auto: bool = False

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs).strip()

    def looks(self) -> set[str]:
        """What marks most of the text."""
        if not any(run.marks for run in self.runs):
            return set()
        whole = sum(len(run.text.strip()) for run in self.runs)
        told = {mark: sum(len(run.text.strip()) for run in self.runs if mark in run.marks) for mark in MARKS}
        return {mark for mark, count in told.items() if whole and count > 0.6 * whole}


@dataclass
class Question:
    """What has been gathered of a question; ``field`` is what the next line belongs to."""

    number: int | None
    category: str | None = None
    remarks: list[Remark] = field(default_factory=list)
    text: list[list[Run]] = field(default_factory=list)
    situation: list[list[Run]] = field(default_factory=list)
    choices: list[Choice] = field(default_factory=list)
    told: dict[str, list[str]] = field(default_factory=dict)
    tags: list[str] = field(default_factory=list)
    kind: OfferedKind | None = None
    said: list[str] = field(default_factory=list)  # of `SAID`
    level: str | None = None
    id: str | None = None
    key: str | None = None
    field: str = "text"
    ended: bool = False  # a line with a key or an explanation has come
    letters: str = LATIN  # of its options
    by_word: bool = False  # it begins with “Câu 1”, so that a number alone may begin an option

    def choose(self, choice: Choice, letter: str = "") -> None:
        """Another option, which begins with that letter."""
        self.choices.append(choice)
        self.field = "choice"
        if letter in ("đ", "Đ"):
            self.letters = VIETNAMESE

    @property
    def capitals(self) -> str:
        return self.letters.upper()

    def add(self, runs: Sequence[Run]) -> None:
        """One more line of what is being read."""
        text = "".join(run.text for run in runs).strip()
        if not text:
            return
        if self.field in ("text", "situation"):
            getattr(self, self.field).append(list(runs))
        elif self.field == "choice":
            self.choices[-1].runs += [Run("\n" if self.choices[-1].text else ""), *runs]
        elif self.field == "key":
            self.told.setdefault("feedback", []).append(text)
        else:
            self.told.setdefault(self.field, []).append(text)

    def choices_open(self, text: str) -> bool:
        """Whether a line that looks like a key may be an option's text: “Chọn A” while options are being read."""
        return self.field == "choice" and not self.ended and fold(text).startswith("chon ") and len(self.choices) < 2


def offered(one: Question, n: int) -> Offered:
    """The question; ``n`` says which of the document it is."""
    _take_numbered(one)
    remarks = list(one.remarks)
    told: dict[str, Any] = {"category": one.category, "id": one.id, "tags": tuple(one.tags)}
    told |= {"place": f"câu {one.number}" if one.number else f"câu thứ {n}", "level": one.level}
    told |= {name: name in one.said for name in SAID}
    told |= {"text": _markdown(one.text), "situation": _markdown(one.situation) or None}
    for name in ("provision", "objective", "unit"):
        told[name] = " ".join(" ".join(one.told.get(name, [])).split()) or None
    if said := " ".join(one.told.get("level", [])):
        told["level"] = level_of(said) or one.level
    told["tags"] += tuple(tag for tag in re.split(r"\s*[;,]\s*", " ".join(one.told.get("tags", []))) if tag)
    told["feedback"] = from_plain("\n".join(one.told.get("feedback", []))) or None
    told |= _answers(one, remarks)
    return Offered(**told, problems=tuple(remarks))


def _markdown(lines: Sequence[Sequence[Run]]) -> str:
    """Lines as Markdown; bold stays where it marks some words, not where it is the look of the whole."""
    runs = [run for line in lines for run in line if run.text.strip()]
    some = len({"bold" in run.marks for run in runs}) == 2
    if not some:
        return from_plain("\n".join("".join(run.text for run in line) for line in lines))
    return "  \n".join(filter(None, (_line(line) for line in lines)))


def _line(runs: Sequence[Run]) -> str:
    told = ""
    for run in runs:
        text = re.sub(r"\s+", " ", clean(run.text))
        bare = text.strip()
        if "bold" in run.marks and bare and any(letter.isalnum() for letter in bare):
            lead, tail = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
            told += f"{lead}**{escaped(bare)}**{tail}"
        else:
            told += escaped(text)
    return " ".join(told.replace("****", "").split())


# --- answers ---------------------------------------------------------------------------------------------------


def _answers(one: Question, remarks: list[Remark]) -> dict[str, Any]:
    texts = [" ".join(clean(choice.text).split()) for choice in one.choices]
    if one.kind in ("matching", "ordering", "gaps", "short"):
        return {"kind": one.kind} | _listed(one.kind, texts, one.key, remarks, one.told)
    if not texts:
        return _typed(one, remarks)
    bare = [_bare(text) for text in texts]
    right = _right(one, texts, bare, remarks)
    if len(bare) == 2 and [fold(text).rstrip(".") for text in bare] in (["dung", "sai"], ["sai", "dung"]):
        return {"kind": "true_false", "options": _true_false(one, {fold(bare[n]).rstrip(".") for n in right})}
    weight = round(100 / len(right), 5) if right else 0
    options = tuple(
        OfferedOption(
            text=from_plain(text), weight=weight if n in right else 0, key=LETTERS[n % 8].lower(), feedback=_why(one, n)
        )
        for n, text in enumerate(bare)
    )
    kind = "multiple" if len(right) > 1 or (one.kind == "multiple" and len(right) == 1) else "single"
    return {"kind": kind, "options": options}


def _bare(text: str) -> str:
    """An option without the star or tick at its ends."""
    return _HEAD.sub("", _TAIL.sub("", text))


def _why(one: Question, n: int) -> str | None:
    return from_plain("\n".join(one.told.get(f"why {one.letters[n % 8]}", []))) or None


def _right(one: Question, texts: Sequence[str], bare: Sequence[str], remarks: list[Remark]) -> set[int]:
    """The places of the right options: as the key says, else as stars, else as their looks do."""
    looks, how = _by_looks(one.choices, texts, bare)
    if one.key:
        named = _named(one.key, bare, one.capitals)
        if not named:
            told = f"Đáp án “{one.key[:40]}” không chỉ phương án nào."
            letters = ", ".join(one.capitals[: len(texts)])
            remarks.append(Remark(message=told, fix=f"Ghi một trong: {letters}.", fatal=True, code="no_key"))
        elif looks and looks != named and how != "in nghiêng":
            told = f"Đáp án ghi là {_letters(named, one)}, nhưng phương án {_letters(looks, one)} được {how}; "
            told += f"đã lấy {_letters(named, one)}."
            remarks.append(Remark(message=told, fix="Kiểm tra lại đáp án.", code="two_keys"))
        return named
    if not looks:
        told = "Câu chưa có đáp án."
        fix = "Thêm dòng “Đáp án: A”, in đậm phương án đúng, hoặc thêm bảng đáp án ở cuối tệp."
        remarks.append(Remark(message=told, fix=fix, fatal=True, code="no_key"))
    return looks


def _named(key: str, bare: Sequence[str], capitals: str) -> set[int]:
    alone = re.fullmatch(r"(?i)[\s,;.&+/()]*(?:(?:và|[A-HĐ])[\s,;.&+/()]*)+", key)
    if letters := re.findall(r"[A-HĐ]", key.upper()) if alone else []:
        found = {capitals.find(letter) for letter in letters}
        return found if min(found) >= 0 and max(found) < len(bare) else set()
    return {n for n, text in enumerate(bare) if plain(text).rstrip(".") == plain(key).rstrip(".")}


def _letters(places: set[int], one: Question) -> str:
    return ", ".join(one.capitals[n % 8] for n in sorted(places))


def _by_looks(choices: Sequence[Choice], texts: Sequence[str], bare: Sequence[str]) -> tuple[set[int], str]:
    """The options that stars or looks set apart from the others, and how; nothing where all or none are."""
    starred = {n for n, choice in enumerate(choices) if choice.starred or texts[n] != bare[n]}
    if starred and len(starred) < len(texts):
        return starred, "đánh dấu"
    looks = [choice.looks() for choice in choices]
    for mark in MARKS:
        for found in (
            {n for n, told in enumerate(looks) if mark in told},
            {n for n, choice in enumerate(choices) if mark in choice.marks},
        ):
            if found and len(found) < len(texts):
                return found, _NAMES[mark]
    return set(), ""


def _true_false(one: Question, right: set[str]) -> tuple[OfferedOption, ...]:
    return (
        OfferedOption(text=RIGHT, weight=100 if right == {"dung"} else 0, feedback=_why(one, 0)),
        OfferedOption(text=WRONG, weight=100 if right == {"sai"} else 0, feedback=_why(one, 1)),
    )


def _typed(one: Question, remarks: list[Remark]) -> dict[str, Any]:
    """A question without options: what its key is says what it is."""
    key = (one.key or "").strip()
    if fold(key) in ("dung", "sai", "d", "s"):
        return {"kind": "true_false", "options": _true_false(one, {"dung" if fold(key) in ("dung", "d") else "sai"})}
    if not key:
        kind: OfferedKind = one.kind if one.kind in ("description", "essay") else "essay"
        return {"kind": kind}
    if re.fullmatch(r"[A-H](?:\s*[,;&]\s*[A-H])*\W*", key) and one.kind is None:
        told = f"Đáp án là “{key}”, nhưng không thấy phương án nào."
        fix = "Viết mỗi phương án ở một dòng, bắt đầu bằng “A.”, “B.”, …"
        remarks.append(Remark(message=told, fix=fix, fatal=True, code="no_options"))
        return {"kind": "single"}
    if re.fullmatch(r"-?\d+([.,]\d+)?", key) and one.kind in (None, "number"):
        margin = " ".join(one.told.get("tolerance", ["0"])).replace(",", ".").strip()
        _perhaps_options(one, remarks)
        tolerance = float(margin) if re.fullmatch(r"\d+(\.\d+)?", margin) else 0.0
        option = OfferedOption(text=key.replace(",", "."), weight=100, tolerance=tolerance)
        return {"kind": "number", "options": (option,), "tolerance": tolerance}
    return {"kind": "short"} | _listed("short", [], key, remarks, {})


_COUNTED = re.compile(r"(?i)\b(?:bao nhiêu|mấy)\b")
_NUMBER = re.compile(r"\s*(\d)\s*[.)/](?!\d)\s*")


def _take_numbered(one: Question) -> None:
    """Lines "1. …", "2. …" to the end of a question are its options where its key, or their looks, choose among them.

    "Có mấy phát biểu đúng?" asks for a number.
    """
    if (
        one.choices
        or not one.by_word
        or one.kind not in (None, "single", "multiple")
        or {"tolerance", "unit"} & {*one.told}
    ):
        return
    said = ["".join(run.text for run in line) for line in one.text]
    starts = [_NUMBER.match(text) for text in said]
    first = next((n for n, found in enumerate(starts) if n and found and found[1] == "1"), len(said))
    ends = [found for found in starts[first:] if found]
    numbers = [found[1] for found in ends]
    whole = len(ends) == len(said) - first > 1 and numbers == list("123456789"[: len(numbers)])
    if not whole or len(numbers) > len(LETTERS) or _COUNTED.search(" ".join(said[:first])):
        return
    made = [Choice(*_behind(line, found.end())) for line, found in zip(one.text[first:], ends, strict=True)]
    texts = [choice.text for choice in made]
    key = _by_number(one.key or "", texts)
    if key is None and (one.key or not _by_looks(made, texts, [_bare(text) for text in texts])[0]):
        return
    one.key, one.choices, one.text = key, made, one.text[:first]


def _behind(line: Sequence[Run], at: int) -> tuple[list[Run], frozenset[str]]:
    """The runs of a line behind its number, and how that looks."""
    found, marks = [], line[0].marks
    for run in line:
        if run.text[at:]:
            found.append(Run(run.text[at:], run.marks))
        at = max(0, at - len(run.text))
    return found, marks


def _by_number(key: str, texts: Sequence[str]) -> str | None:
    """The letters of a key that names options by number, “2” or “1, 3” or “2. Hà Nội”; None where it does not."""
    if re.fullmatch(r"\W*\d(?:(?:\s*[;&]\s*|,\s+|\s+và\s+)\d)*\W*", key):
        numbers = [int(one) for one in re.findall(r"\d", key)]
    elif (found := re.fullmatch(r"\W*(\d)\s*[.):]\s*(\D.*)", key, re.DOTALL)) is not None:
        numbers = [int(found[1])]
        if not 0 < numbers[0] <= len(texts) or plain(found[2]).rstrip(".") != plain(texts[numbers[0] - 1]).rstrip("."):
            return None
    else:
        return None
    return ", ".join(LETTERS[n - 1] for n in numbers) if all(0 < n <= len(texts) for n in numbers) else None


def _perhaps_options(one: Question, remarks: list[Remark]) -> None:
    """Lines with numbers below a question whose key is a number may be its options."""
    starts = [re.match(r"\s*(\d)\s*[.)/]", "".join(run.text for run in line)) for line in one.text[1:]]
    numbers = [found[1] for found in starts if found]
    if len(numbers) > 1 and starts[-1] and numbers == list("123456789"[: len(numbers)]):
        told = (
            f"Đáp án là số {(one.key or '').strip()}, và câu có các dòng đánh số: câu này được hiểu là trả lời bằng số."
        )
        remarks.append(Remark(message=told, fix="Nếu đó là phương án, đánh lại bằng A, B, C.", code="perhaps_options"))


def _listed(
    kind: str, texts: Sequence[str], key: str | None, remarks: list[Remark], told: Mapping[str, list[str]]
) -> dict[str, Any]:
    if kind == "short":
        accepted = list(texts) or [one.strip() for one in re.split(r"\s*;\s*", key or "") if one.strip()]
        return {"options": tuple(OfferedOption(text=one, weight=100) for one in accepted)}
    if kind == "ordering":
        return {"options": tuple(OfferedOption(text=from_plain(one), weight=100) for one in texts)}
    if kind == "gaps":
        whys = ["\n".join(told.get(f"why {letter.lower()}", [])) for letter in LETTERS]
        return {"gaps": tuple(gap_options(text, why) for text, why in zip(texts, whys, strict=False))}
    pairs: list[OfferedPair] = []
    for text in texts:
        left, arrow, right = re.sub(r"\s*(?:->|→|=>)\s*", "→", text, count=1).partition("→")
        if not arrow:
            fix = "Viết: vế trái → vế phải."
            remarks.append(Remark(message=f"“{text[:40]}” thiếu dấu → giữa hai vế.", fix=fix, fatal=True, code="pair"))
        why = from_plain("\n".join(told.get(f"why {LETTERS[len(pairs) % 8].lower()}", []))) or None
        pairs.append(OfferedPair(left=from_plain(left), right=from_plain(right), feedback=why))
    return {"pairs": tuple(pairs)}
