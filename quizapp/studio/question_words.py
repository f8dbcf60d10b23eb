"""Câu hỏi còn thiếu gì, nên sửa gì: each remark in a trainer's words, at the field of the form where it belongs."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from quizapp.courses import linter
from quizapp.courses.drafting import QUESTION, Reading
from quizapp.domain.content import Path
from quizapp.studio.question_fields import KINDS, field_at, rows_of

_CHOSEN = {"kind": "loại câu", "objective": "mục tiêu", "level": "mức", "provision": "căn cứ", "answer": "đúng hay sai"}
_TYPED = {
    "prompt": "đề bài",
    "situation": "tình huống",
    "explanation": "giải thích",
    "options": "phương án",
    "pairs": "cặp nào",
    "items": "dòng nào",
    "gaps": "chỗ trống nào",
    "questions": "câu nào trong tình huống",
    "accepted": "câu trả lời được nhận",
    "value": "số đúng",
    "why": "“vì sao”",
    "left": "vế trái",
    "right": "vế phải",
    "text": "chữ",
}
_EMPTY = ("thiếu trường này", "không được để trống")
_MISSING_RIGHT = "Chưa chọn đáp án đúng."
_BOTH = "Cần ít nhất một phương án đúng và một phương án chưa đúng."
# The domain speaks of files; what it says of a form, in the form's words.
_IN_A_FORM = (
    (re.compile(r"phải có đúng một phương án đúng.*|mỗi chỗ trống phải có đúng một phương án đúng"), _MISSING_RIGHT),
    (re.compile(r"phải có ít nhất một phương án đúng và một phương án chưa đúng"), _BOTH),
    (re.compile(r"(?:câu “?[a-z0-9-]+”?: )?chưa khai mục tiêu.*"), "Chưa chọn mục tiêu."),
    (re.compile(r"câu [a-z0-9-]+: mục tiêu “.*” không có trong bài"), "Mục tiêu này không còn trong bài."),
    (
        re.compile(r"chỗ trống (\S+) phải xuất hiện đúng một lần trong text, dạng.*"),
        r"Viết {\1} đúng một lần trong đoạn văn, ở chỗ người học phải chọn.",
    ),
    (re.compile(r"text có chỗ trống không được khai báo.*"), "Đoạn văn có dấu { không thuộc chỗ trống nào ở dưới."),
    (re.compile(r"thiếu loại câu hỏi.*|loại câu hỏi “.*” không có"), "Chưa chọn loại câu."),
    (re.compile(r"phải có ít nhất (\d+) mục"), r"Cần ít nhất \1."),
    (re.compile(r"nhiều nhất (\d+) mục"), r"Nhiều nhất \1."),
    (re.compile(r"phải là số"), "Nhập một số, ví dụ 5 hoặc 2,5."),
    (re.compile(r"trường này không có trong định dạng"), "Phần này không có ở loại câu đang chọn; lưu là bỏ."),
)
# A rule over the whole question names what breaks it.
_HOMES = (
    ("loại câu", "loai"),
    ("mục tiêu", "muc-tieu"),
    ("phương án", "pa"),
    ("đáp án đúng", "pa"),
    ("vế ", "cap"),
    ("mục “", "dong"),
    ("đoạn văn", "van-ban"),
    ("tình huống không khai", "phan"),
)


_ROW = re.compile(r"(phan|pa|cap|dong|o)-(\d+)")
_ROW_NAMES: Mapping[str, Callable[[int], str]] = {
    "phan": lambda n: f"Câu {n + 1}",
    "pa": lambda n: f"Phương án {'ABCDEFGH'[n : n + 1] or n + 1}",
    "cap": lambda n: f"Cặp {n + 1}",
    "dong": lambda n: f"Dòng {n + 1}",
    "o": lambda n: f"Chỗ trống {n + 1}",
}


@dataclass(frozen=True)
class Remark:
    """Điều còn thiếu (``lack``) hoặc nên sửa, at a field; ``where`` "" is the question as a whole."""

    where: str
    message: str
    lack: bool
    must: bool = False

    @property
    def anchor(self) -> str:
        return f"o-{self.where}" if self.where else "cau-hoi"

    @property
    def place(self) -> str:
        """The row that the field belongs to, as the form calls it: "Câu 2, phương án B"; "" outside of rows."""
        found = [words(int(n)) for name, n in _ROW.findall(self.where) if (words := _ROW_NAMES.get(name))]
        return ", ".join([found[0], *(one[0].lower() + one[1:] for one in found[1:])]) if found else ""


@dataclass
class Remarks:
    """All remarks on a question."""

    all: list[Remark] = field(default_factory=list)

    def at(self, where: str) -> list[Remark]:
        return [one for one in self.all if one.where == where]

    @property
    def lacks(self) -> list[Remark]:
        return [one for one in self.all if one.lack]

    @property
    def advice(self) -> list[Remark]:
        return [one for one in self.all if not one.lack]

    def add(self, found: Remark) -> None:
        if found not in self.all:
            self.all.append(found)


def lacks_of(data: Mapping[str, Any], reading: Reading, objectives: Sequence[str]) -> Remarks:
    """What keeps the question from being published, from a reading of the draft in which it stands."""
    told = Remarks()
    name = f"{QUESTION}{data.get('key')}"
    for lack in reading.lacks:
        if lack.part == name:
            path = lack.path[2:] if lack.path[:1] == ("questions",) else ()
            told.add(Remark(*_placed(path, lack.message), lack=True))
    for path, message in _own(data, objectives):
        told.add(Remark(*_placed(path, message), lack=True))
    return told


def with_advice(told: Remarks, data: Mapping[str, Any]) -> Remarks:
    """The remarks with the linter's of this question."""
    for found in linter.of_question(data):
        told.add(Remark(field_at(found.where), sentence(found.message), False, found.severity == "error"))
    return told


def sentence(words: str) -> str:
    """With a capital and a full stop."""
    return words[:1].upper() + words[1:] + ("" if words[-1:] in ".!?…" else ".")


def _placed(path: Path, message: str) -> tuple[str, str]:
    """The field, and the words for it."""
    words = _words(path, message)
    where = field_at(path)
    if where == "" or where.endswith("-"):
        where += next((home for sign, home in _HOMES if sign in words), "")
    if where.endswith("-khoa"):
        where = where.removesuffix("khoa") + ("trai" if "cap-" in where else "chu")
    return where, words


def _words(path: Path, message: str) -> str:
    last = next((part for part in reversed(path) if isinstance(part, str)), "")
    if message in _EMPTY:
        if last in _CHOSEN:
            return f"Chưa chọn {_CHOSEN[last]}."
        if last == "text" and path[-3:-2] not in (("options",), ("items",)):
            return "Chưa có đoạn văn."
        return f"Chưa có {_TYPED.get(last, 'phần này')}."
    for pattern, words in _IN_A_FORM:
        if pattern.fullmatch(message):
            return pattern.sub(words, message)
    return sentence(message)


def _own(data: Mapping[str, Any], objectives: Sequence[str]) -> Iterator[tuple[Path, str]]:
    """What the reading says only when all else is whole, and a writer wants to know at once."""
    if data.get("kind") not in KINDS:
        yield ("kind",), _EMPTY[0]
    if not data.get("objective"):
        yield ("objective",), _EMPTY[0]
    elif data["objective"] not in objectives:
        yield ("objective",), "Mục tiêu này không còn trong bài."
    yield from _answers(data, ())
    for n, part in enumerate(rows_of(data, "questions")):
        yield from _answers(part, ("questions", n))


def _answers(data: Mapping[str, Any], at: Path) -> Iterator[tuple[Path, str]]:
    options = rows_of(data, "options")
    if data.get("kind") == "single" and options and not any(option.get("right") for option in options):
        yield (*at, "options"), _MISSING_RIGHT
    if data.get("kind") == "multiple" and len({bool(option.get("right")) for option in options}) == 1:
        yield (*at, "options"), _BOTH
    for n, gap in enumerate(rows_of(data, "gaps")):
        if not any(option.get("right") for option in rows_of(gap, "options")):
            yield (*at, "gaps", n), _MISSING_RIGHT
        if str(data.get("text", "")).count("{" + str(gap.get("key")) + "}") != 1:
            key = gap.get("key")
            yield (*at, "text"), f"Viết {{{key}}} đúng một lần trong đoạn văn, ở chỗ người học phải chọn."
