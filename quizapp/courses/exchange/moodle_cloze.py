"""Cloze của Moodle: {1:MULTICHOICE:=đúng#lời~%50%gần đúng} in a text, read and written.

Every subtype of qtype_multianswer: NM, MC (also _V, _H, _S), MR, SA, each with its long name. A backslash keeps # } as
they are; an entity keeps its "&#" and is decoded once. Sources: https://docs.moodle.org/en/Embedded_Answers_(Cloze)_question_type
and Moodle's own question/type/multianswer/questiontype.php
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import unescape

from quizapp.courses.exchange.blanks import MARK, without_marks
from quizapp.courses.exchange.entries import MOST_PARTS
from quizapp.domain.interchange import Offered, OfferedKind, OfferedOption, Remark

_CHOICE = "MULTICHOICE_HS|MULTICHOICE_VS|MULTICHOICE_S|MULTICHOICE_H|MULTICHOICE_V|MULTICHOICE|MCHS|MCVS|MCS|MCH|MCV|MC"
_SEVERAL = "MULTIRESPONSE_HS|MULTIRESPONSE_S|MULTIRESPONSE_H|MULTIRESPONSE|MRHS|MRS|MRH|MR"
_TYPED = "SHORTANSWER_C|SHORTANSWER|SAC|SA|MWC|MW"
_START = re.compile(
    rf"\{{(?P<marks>[0-9]*):(?:(?P<number>NUMERICAL|NM)|(?P<single>{_CHOICE})|(?P<multiple>{_SEVERAL})|(?P<short>{_TYPED})):"
)
_LIKE_ONE = re.compile(r"\{[0-9]*:[A-Z_]+:")
_BODY = re.compile(r"(?:\\}|[^}])*")
_SPLIT = re.compile(r"(?<!\\)~")
_WEIGHT = re.compile(r"\s*(?:(=)|%(-?[0-9]+(?:[.,][0-9]*)?)%)")
_FEEDBACK = re.compile(r"(?<![\\&])(?<!&amp;)#")
_ESCAPED = re.compile(r"\\([~#}{=%\"/])")
_NUMBER = r"[-+]?(?:[0-9]+[.,]?[0-9]*|[.,][0-9]+)(?:[eE][-+]?[0-9]+)?"
_WITH_MARGIN = re.compile(rf"\s*({_NUMBER})\s*(?::\s*({_NUMBER}))?\s*")
_TAG = re.compile(r"<[^<>]*>")

_KINDS: tuple[OfferedKind, ...] = ("number", "single", "multiple", "short")
Convert = Callable[[str], str]


@dataclass(frozen=True)
class Cloze:
    """A text whose parts are marked as blanks, what each of them asks, and what is wrong with the whole."""

    text: str
    parts: tuple[Offered, ...]
    problems: tuple[Remark, ...]


def read(source: str, convert: Convert) -> Cloze:
    """The parts of a raw text; ``convert`` makes Markdown of what stands in an option or its feedback."""
    pieces: list[str] = []
    parts: list[Offered] = []
    marks: list[str] = []
    at = 0
    source = without_marks(source)
    while len(parts) < MOST_PARTS and (start := _START.search(source, at)):
        body = _BODY.match(source, start.end())
        assert body is not None  # it may match nothing, but it matches
        if body.end() >= len(source):
            break
        parts.append(_part(start, body[0], convert, len(parts) + 1))
        marks.append(start["marks"] or "1")
        pieces += [source[at : start.start()], MARK.format(len(parts))]
        at = body.end() + 1
    text = "".join(pieces) + source[at:]
    if len(parts) == MOST_PARTS:
        text = _START.sub("…", text)
    return Cloze(text, tuple(parts), tuple(_problems(text, marks)))


def _problems(text: str, marks: list[str]) -> Iterator[Remark]:
    if unknown := _LIKE_ONE.search(text):
        told = f"Chỗ trống dạng {unknown[0]}…}} không đọc được."
        yield Remark(message=told, fix="Sửa chỗ trống theo mẫu {1:SA:=đáp án}.", fatal=True, code="broken_gap")
    if len(marks) == MOST_PARTS:
        yield Remark(
            message=f"Câu có từ {MOST_PARTS} chỗ trống.", fix="Tách thành nhiều câu.", fatal=True, code="too_long"
        )
    if not marks:
        yield Remark(message="Câu cloze không có chỗ trống nào.", fatal=True, code="no_gap")
    if len(set(marks)) > 1:
        told = f"Các chỗ trống có hệ số khác nhau ({', '.join(marks)}); ở đây mỗi chỗ trống tính như nhau."
        yield Remark(message=told, code="lost_weight")


def _part(start: re.Match[str], body: str, convert: Convert, n: int) -> Offered:
    kind: OfferedKind = next(one for one in _KINDS if start[one])
    typed = kind in ("number", "short")
    options = [_option(text, typed, convert) for text in _SPLIT.split(body, maxsplit=MOST_PARTS)]
    problems = []
    if not any(option.weight > 0 for option in options):
        told = f"Chỗ trống {n} chưa có đáp án."
        problems.append(Remark(message=told, fix="Đặt dấu = trước đáp án đúng.", fatal=True, code="no_key"))
    if any(0 < abs(option.weight) < 100 for option in options) and kind != "multiple":
        told = f"Chỗ trống {n} có câu trả lời được hoặc bị trừ một phần điểm; ở đây chỉ có đúng hoặc sai."
        problems.append(Remark(message=told, code="partial_credit"))
    if start["short"] in ("SAC", "MWC", "SHORTANSWER_C"):
        told = f"Chỗ trống {n} phân biệt chữ hoa, chữ thường; ở đây không phân biệt."
        problems.append(Remark(message=told, code="case_sensitive"))
    tolerance = None
    if kind == "number":
        options, tolerance = _numbers(options, problems, n)
    return Offered(kind=kind, options=tuple(options), tolerance=tolerance, problems=tuple(problems))


def _option(text: str, typed: bool, convert: Convert) -> OfferedOption:
    weight = 0.0
    if match := _WEIGHT.match(text):
        weight = 100.0 if match[1] else float(match[2].replace(",", "."))
        text = text[match.end() :]
    answer, *feedback = _FEEDBACK.split(text, maxsplit=1)
    return OfferedOption(
        text=bare(_unescaped(answer)) if typed else convert(_decoded(answer)),
        weight=max(-100.0, min(100.0, weight)),
        feedback=convert(_decoded(feedback[0])) or None if feedback else None,
    )


def _unescaped(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)


def _decoded(text: str) -> str:
    """Moodle decodes the entities of a part once before it shows it as HTML; those that we decode with the HTML stay."""
    return _unescaped(text).replace("&amp;", "&")


def bare(html: str) -> str:
    """What a learner would type: no tags, no entities, one space between words."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def _numbers(options: list[OfferedOption], problems: list[Remark], n: int) -> tuple[list[OfferedOption], float | None]:
    """The values apart from their margins: "12.5:0.1"; the margin of the key is the question's."""
    found, tolerance = [], None
    for option in options:
        match = _WITH_MARGIN.fullmatch(option.text)
        if match is None:
            if option.text.strip() != "*":
                told = f"Chỗ trống {n}: “{option.text}” không phải là số."
                problems.append(Remark(message=told, fatal=option.weight > 0, code="not_a_number"))
            found.append(option)
            continue
        margin = float((match[2] or "0").replace(",", "."))
        if tolerance is None and option.weight > 0:
            tolerance = margin
        found.append(option.model_copy(update={"text": match[1].replace(",", "."), "tolerance": margin}))
    return found, tolerance


# --- writing ---------------------------------------------------------------------------------------------------


def choice(options: tuple[OfferedOption, ...], render: Convert) -> str:
    """A gap with its list, as Moodle writes it."""
    return "{1:MULTICHOICE:" + "~".join(_written(option, render) for option in options) + "}"


def _written(option: OfferedOption, render: Convert) -> str:
    weight = "=" if option.weight == 100 else f"%{option.weight:g}%"
    feedback = "#" + escaped(render(option.feedback)) if option.feedback else ""
    return weight + escaped(render(option.text)) + feedback


def escaped(html: str) -> str:
    """HTML text for inside a part. Moodle decodes its entities once, then takes a backslash before # and } away."""
    signs = re.sub(r"[~#}]", lambda sign: f"&#{ord(sign[0])};", html.replace("&", "&amp;"))
    return signs.replace("\\", "&amp;#92;")
