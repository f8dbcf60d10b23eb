"""Chất lượng bài: what a draft lacks, what the linter says of it, and the few facts that a writer looks for first."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.courses import linter
from quizapp.courses.drafting import LESSON, QUESTION, Body, Lack, Reading
from quizapp.domain.content import Case, Document, Path, Unit
from quizapp.domain.quoting import Piece
from quizapp.library.queries import validity_words
from quizapp.studio import quotes
from quizapp.studio.outline import Part, parts

WORDS_A_MINUTE = 230
LEAST, MOST = 5, 8  # minutes of reading that suit a unit
PAPERS = 2  # as many questions as two papers draw, so that a second try meets others


@dataclass(frozen=True)
class Told:
    """A line of the column. ``state``: "ok", "no" (look again) or "lack"; it leads to a line of the text or to a part."""

    state: str
    text: str
    place: str = ""
    line: int | None = None
    part: str | None = None
    pieces: tuple[Piece, ...] = ()  # of a quotation that is not exact
    section: int | None = None  # of the lesson, from 1


@dataclass(frozen=True)
class Quality:
    """The column: what is missing first, then what should be looked at, then what is well."""

    lines: Sequence[Told]

    @property
    def count(self) -> int:
        return sum(one.state != "ok" for one in self.lines)

    def of(self, state: str) -> list[Told]:
        return [one for one in self.lines if one.state == state]


def of(body: Body, reading: Reading, documents: Mapping[str, Document]) -> Quality:
    """What the column says of a draft."""
    sections = parts(body[LESSON])
    told = [_lack(lack, body, sections) for lack in reading.lacks]
    if reading.unit is not None:
        noted = linter.findings(reading.unit, body.get("media") or {})
        found = (one for one in noted if one.rule != "bank-size")  # `_objectives` says it
        told += [_finding(one, reading.unit, sections) for one in found]
    if body["head"].get("final") is not True:
        told += _reading_time(body, sections)
    quoted = quotes.of(sections, documents)
    told += _quotations(quoted, documents)
    told += _citations(reading.data, documents, bool(reading.lacks), sum(one.exact for one in quoted))
    told += _objectives(body)
    return Quality(sorted(told, key=lambda one: ("lack", "no", "ok").index(one.state)))


# --- where -----------------------------------------------------------------------------------------------------

_FIELDS = {
    "accepted": "đáp án chấp nhận", "answer": "đáp án", "cite": "trích dẫn", "draw": "số câu mỗi đề rút",
    "explanation": "giải thích", "extra": "vế gây nhiễu", "gaps": "chỗ trống", "items": "mục", "key": "mã",
    "kind": "loại", "left": "vế trái", "level": "mức", "minutes": "số phút", "objective": "mục tiêu",
    "objectives": "mục tiêu", "options": "phương án", "pairs": "cặp", "pass_percent": "tỷ lệ đạt", "prompt": "đề bài",
    "provision": "điều khoản", "questions": "câu hỏi", "retry_hours": "giờ chờ làm lại", "right": "vế phải",
    "situation": "tình huống", "task": "nhiệm vụ", "text": "nội dung", "title": "tên", "unit": "đơn vị đo",
    "value": "số", "why": "vì sao",
}  # fmt: skip
_OF_FILES = re.compile(r" \((?:objective|kind|minutes|sources|right: true)\)|^draw: ")
_WORDS = (
    ("thiếu trường này", "chưa có"),
    ("feedback: after", "phản hồi sau khi nộp"),
    ("“## Tên mục {#ma-muc}” hoặc “{#ma-muc .tinh-huong}”", "“## Tên mục”"),
    ("“## Tên mục {#ma-muc}”", "“## Tên mục”"),
    (".tinh-huong", "“Tình huống”"),
    (".tu-lam", "“Đồng chí tự làm”"),
    (".viec-can-lam", "“Việc cần làm”"),
    ("thêm dòng “::: trich mã-văn-bản#điều” ngay dưới tiêu đề", "bấm “Trích văn bản” để chọn điều, khoản"),
)
_EMPTY: Mapping[Path, str] = {
    ("questions",): "chưa có câu nào",
    ("quiz", "draw"): "ghi mỗi đề rút bao nhiêu câu của từng mục tiêu",
}


def lacks(body: Body, reading: Reading, documents: Mapping[str, Document]) -> list[Told]:
    """What keeps a draft from being published, a quotation that is not exact among it."""
    sections = parts(body[LESSON])
    found = [_lack(lack, body, sections) for lack in reading.lacks]
    return [*found, *_quotations(quotes.of(sections, documents), documents)]


def _lack(lack: Lack, body: Body, sections: Sequence[Part]) -> Told:
    """In a writer's words: a file's names of fields mean nothing on a screen."""
    message = _OF_FILES.sub("", lack.message)
    if message.startswith("phải có ít nhất"):
        message = _EMPTY.get(lack.path, message)
    part = "order" if lack.path == ("questions",) else lack.part
    for written, said in _WORDS:
        message = message.replace(written, said)
    for objective in body["head"].get("objectives") or ():
        message = message.replace(f"“{objective.get('key')}”", f"“{objective.get('text')}”")
    line = (lack.line or _line(lack.path, sections)) if part == LESSON else None
    section = next((n for n, one in reversed([*enumerate(sections, 1)]) if line and one.line <= line), None)
    return Told("lack", message, _place(part, lack.path, sections), line, part, section=section)


def _line(path: Path, sections: Sequence[Part]) -> int | None:
    match path:
        case ("sections", int(n), *_) if n < len(sections):
            return sections[n].line
    return sections[0].line if sections else 1


def _place(part: str, path: Path, sections: Sequence[Part]) -> str:
    rest: Sequence[str | int] = path
    match part, path:
        case "lesson", ("sections", int(n), *rest) if n < len(sections):
            where = f"Mục {n + 1}"
        case "lesson", _:
            where, rest = "Bài đọc", ()
        case _, ("questions", int(_), *rest):
            where = f"Câu {part.removeprefix(QUESTION)}"
        case _ if part.startswith(QUESTION):
            where, rest = f"Câu {part.removeprefix(QUESTION)}", ()
        case "quiz", _:
            where, rest = "Cuối bài", path[1:]
        case "order", _:
            where, rest = "Câu hỏi", ()
        case _:
            where = "Đầu bài"
    return ", ".join([where, *_fields(rest)])


def _fields(path: Sequence[str | int]) -> Iterator[str]:
    """("options", 1, "why") -> "phương án 2", "vì sao"."""
    for n, step in enumerate(path):
        if isinstance(step, str) and step in _FIELDS:
            number = path[n + 1] if n + 1 < len(path) else None
            if not isinstance(number, int):
                yield _FIELDS[step]
            else:  # options have letters on every page
                yield f"{_FIELDS[step]} {'ABCDEFGH'[number : number + 1] if step == 'options' else number + 1}"


def _finding(found: linter.Finding, unit: Unit, sections: Sequence[Part]) -> Told:
    match found.where:
        case ("sections", int(n), *_) if n < len(sections):
            return Told("no", found.message, f"Mục {n + 1}", sections[n].line, LESSON)
        case ("questions", int(n), *_):
            item = unit.questions[n]
            inner = found.where[3] if len(found.where) > 3 and found.where[2] == "questions" else None
            asked = item.questions[inner] if isinstance(item, Case) and isinstance(inner, int) else item
            return Told("no", found.message, f"Câu {asked.key}", None, f"{QUESTION}{item.key}")
        case ("questions", *_):
            return Told("no", found.message, "Câu hỏi", None, "order")
    return Told("no", found.message, "Đầu bài", None, "head")


# --- facts -----------------------------------------------------------------------------------------------------


def minutes_of(sections: Sequence[Part]) -> int:
    """Minutes of reading, rounded up."""
    return -(-sum(part.words for part in sections) // WORDS_A_MINUTE)


def _reading_time(body: Body, sections: Sequence[Part]) -> Iterator[Told]:
    took = minutes_of(sections)
    said = body["head"].get("minutes")
    if not took:
        return
    if LEAST <= took <= MOST:
        yield Told("ok", f"Đọc khoảng {took} phút, đúng mức {LEAST}–{MOST} phút")
    elif took > MOST:
        yield Told("no", f"đọc khoảng {took} phút, quá mức {LEAST}–{MOST} phút: rút gọn", "Bài đọc", 1, LESSON)
    else:
        yield Told("ok", f"Đọc khoảng {took} phút, bài ngắn")
    if isinstance(said, int) and abs(said - took) > 2:
        yield Told("no", f"ghi {said} phút mà đọc khoảng {took} phút: sửa số phút", "Đầu bài", None, "head")


def _quotations(quoted: Sequence[quotes.Quotation], documents: Mapping[str, Document]) -> Iterator[Told]:
    for one in quoted:
        name = documents[one.code].name if one.code in documents else "văn bản này"
        if wrong := quotes.told(one, name):
            yield Told("lack", wrong, f"Mục {one.section}, đoạn trích", one.line, LESSON, one.pieces, one.section)


def _citations(data: Mapping[str, Any], documents: Mapping[str, Document], lacking: bool, exact: int) -> Iterator[Told]:
    """How many provisions the lesson rests on, and which documents are not in force any more."""
    cited = [str(section["cite"]) for section in data["sections"] if section.get("cite")]
    if exact:
        yield Told("ok", f"{exact} đoạn trích khớp nguyên văn")
    if cited and not lacking:
        yield Told("ok", f"{len(cited)} trích dẫn, diễn giải theo điều khoản đã đối chiếu")
    asked = [str(item["provision"]) for item in _each(data["questions"]) if item.get("provision")]
    for code in dict.fromkeys(one.partition("#")[0] for one in (*cited, *asked)):
        document = documents.get(code)
        if document is not None and document.validity.state == "replaced":
            count = sum(one.startswith(f"{code}#") for one in asked)
            told = f"{document.name} {validity_words(document.validity)}. {document.validity.note.rstrip('.')}. "
            yield Told("no", told + f"Kiểm tra lại bài và {count} câu hỏi liên quan.", "Văn bản")


def _each(questions: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    for item in questions:
        yield from item.get("questions") or (item,)


def stock(body: Body) -> dict[str, int]:
    """How many questions each objective has; a case's count one by one."""
    found: dict[str, int] = {}
    for item in body["questions"]:
        objective = str(item.get("objective"))
        found[objective] = found.get(objective, 0) + len(item.get("questions") or (item,))
    return found


def _objectives(body: Body) -> Iterator[Told]:
    """Questions for each objective against what a paper draws."""
    there, drawn = stock(body), body["quiz"].get("draw") or {}
    short = 0
    for objective in body["head"].get("objectives") or ():
        have, wanted = there.get(str(objective.get("key")), 0), drawn.get(objective.get("key"), 0)
        if isinstance(wanted, int) and have < max(1, PAPERS * wanted):
            short += 1
            told = f"mục tiêu “{objective.get('text')}” có {have} câu, mỗi đề rút {wanted}: cần ít nhất {max(1, PAPERS * wanted)}"
            yield Told("no", told, "Câu hỏi", None, "order")
    if drawn and not short:
        yield Told("ok", f"Mỗi mục tiêu có ít nhất {PAPERS} lần số câu mỗi đề rút")
