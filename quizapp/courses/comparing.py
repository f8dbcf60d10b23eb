"""So sánh hai bản: what a draft changes, part by part, in the words of whoever reads it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.courses.drafting import LESSON, QUESTION, Body
from quizapp.courses.exchange.lesson import read_sections
from quizapp.domain import difference
from quizapp.domain.difference import Line, Span, paragraphs
from quizapp.domain.pictures import PICTURE

KINDS = {
    "single": "chọn một phương án",
    "multiple": "chọn các phương án đúng",
    "true_false": "đúng hay sai",
    "matching": "ghép đôi",
    "ordering": "xếp thứ tự",
    "short": "trả lời ngắn",
    "number": "trả lời bằng số",
    "gaps": "điền chỗ trống",
    "case": "tình huống",
}
LEVELS = {"nho": "nhớ", "hieu": "hiểu", "van_dung": "vận dụng"}
CHOSEN = {
    "Nhiệm vụ",
    "Trích dẫn",
    "Điều khoản",
    "Loại",
    "Mức",
    "Mục tiêu",
    "Đáp án",
}  # as a whole, not letter by letter


Names = Callable[[str | None], str | None]
NAMELESS: Names = lambda cited: cited  # noqa: E731


@dataclass(frozen=True)
class Change:
    """A part of a unit that is not as it was: ``state`` is "new", "gone" or "changed"."""

    part: str
    title: str
    state: str
    lines: tuple[Line, ...]

    @property
    def words(self) -> tuple[int, int]:
        """Words that are new, words that are gone."""
        told = [line.words for line in self.lines]
        return sum(new for new, _ in told), sum(gone for _, gone in told)


def compare(
    old: Body | None, new: Body, names: Names = NAMELESS, tasks: Mapping[str, str] | None = None
) -> list[Change]:
    """What the new body changes; without an old one, everything is new.

    ``names``: citation -> what people call it; ``tasks``: key -> the task's name.
    """
    tasks = tasks or {}
    before = old or {"head": {}, LESSON: "", "quiz": {}, "questions": []}
    found = [
        _part("head", "Thông tin bài", fields(_head(before["head"], tasks), _head(new["head"], tasks)), old is None)
    ]
    found += _sections(before[LESSON], new[LESSON], names)
    goals = _goals(before, new)
    quizzes = fields(_quiz(before["quiz"], goals), _quiz(new["quiz"], goals))
    found.append(_part("quiz", "Phần kiểm tra", quizzes, old is None))
    found += _questions(before, new, names)
    return [change for change in found if change is not None]


def fields(old: Mapping[str, str], new: Mapping[str, str]) -> list[Line]:
    """Label -> text of two versions; what is chosen from a list is another as a whole."""
    lines = difference.fields(old, new)
    return [_whole(line.label, old, new) if line.changed and _chosen(line.label) else line for line in lines]


def _chosen(label: str) -> bool:
    return label.rpartition(" · ")[2] in CHOSEN


def _whole(label: str, old: Mapping[str, str], new: Mapping[str, str]) -> Line:
    gone, fresh = old.get(label, ""), new.get(label, "")
    between = Span("same", " " if gone and fresh else "")
    return Line(label, tuple(one for one in (Span("gone", gone), between, Span("new", fresh)) if one.text))


def _part(part: str, title: str, lines: Sequence[Line], fresh: bool) -> Change | None:
    if not any(line.changed for line in lines):
        return None
    return Change(part, title, "new" if fresh else "changed", tuple(lines))


def _head(head: Mapping[str, Any], tasks: Mapping[str, str]) -> dict[str, str]:
    task = tasks.get(head.get("task") or "", head.get("task")) if head.get("task") else "Cả khóa học" if head else None
    told = {"Tên bài": head.get("title"), "Số bài": head.get("number"), "Nhiệm vụ": task}
    told |= {"Số phút": head.get("minutes"), "Vì sao học": head.get("why")}
    if head:
        told["Tính điểm"] = "có" if head.get("graded", True) else "không"
    for n, objective in enumerate(head.get("objectives") or (), 1):
        told[f"Mục tiêu {n}"] = objective.get("text")
    return _texts(told)


def _goals(*bodies: Body) -> dict[str, str]:
    """An objective's key -> its words."""
    return {
        str(one.get("key")): str(one.get("text")) for body in bodies for one in body["head"].get("objectives") or ()
    }


def _quiz(quiz: Mapping[str, Any], goals: Mapping[str, str]) -> dict[str, str]:
    told = {"Điểm đạt (%)": quiz.get("pass_percent"), "Thời gian (phút)": quiz.get("minutes")}
    told |= {"Làm lại sau (giờ)": quiz.get("retry_hours")}
    if quiz:
        told["Giải thích"] = "ngay sau mỗi câu" if quiz.get("feedback") == "at_once" else "sau khi nộp bài"
    told |= {f"Số câu rút, mục tiêu “{goals.get(key, key)}”": count for key, count in (quiz.get("draw") or {}).items()}
    return _texts(told)


def _texts(told: Mapping[str, Any]) -> dict[str, str]:
    return {label: str(value) for label, value in told.items() if value not in (None, "")}


def _sections(old: str, new: str, names: Names) -> Iterator[Change | None]:
    before = {one["key"]: one for one in read_sections(old, "").data["sections"]}
    after = {one["key"]: one for one in read_sections(new, "").data["sections"]}
    for n, (key, section) in enumerate(after.items(), 1):
        was = before.get(key, {})
        lines = fields(_heading(was, names), _heading(section, names))
        lines += paragraphs(_flowing(was.get("text", "")), _flowing(section["text"]))
        yield _part(LESSON, f"Mục {n}. {section['title']}", lines, not was)
    for key, section in before.items():
        if key not in after:
            gone = [*fields(_heading(section, names), {}), *paragraphs(_flowing(section["text"]), "")]
            yield Change(LESSON, f"Mục “{section['title']}”", "gone", tuple(gone))
    order = [key for key in before if key in after]
    if order != [key for key in after if key in before]:
        yield Change(LESSON, "Thứ tự các mục", "changed", (Line("", _order(before, after)),))


def _order(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Span, ...]:
    old = ", ".join(one["title"] for key, one in before.items() if key in after)
    return Span("gone", old), Span("new", ", ".join(one["title"] for key, one in after.items() if key in before))


def _heading(section: Mapping[str, Any], names: Names) -> dict[str, str]:
    return _texts({"Tên mục": section.get("title"), "Trích dẫn": names(section.get("cite"))})


_BLOCKS = {"::: loi-giai": "Lời giải:", "::: tu-hoi": "Dừng lại, tự hỏi:", ":::": ""}


def _flowing(text: str) -> str:
    """The text with its blocks by their names on the page."""
    lines = (PICTURE.sub(r"Hình: \1", _BLOCKS.get(line.rstrip(), line)) for line in text.split("\n"))
    return "\n".join(lines).strip()


def _questions(old: Body, new: Body, names: Names) -> Iterator[Change | None]:
    before, after = _by_key(old), _by_key(new)
    goals = _goals(old, new)

    def in_words(question: Mapping[str, Any]) -> dict[str, str]:
        lines = told(question, names=names)
        return lines | {"Mục tiêu": goals.get(lines["Mục tiêu"]) or lines["Mục tiêu"]} if "Mục tiêu" in lines else lines

    for key, question in after.items():
        was = before.get(key)
        lines = fields(in_words(was) if was else {}, in_words(question))
        yield _part(f"{QUESTION}{key}", f"Câu {key}", lines, was is None)
    for key, question in before.items():
        if key not in after:
            yield Change(f"{QUESTION}{key}", f"Câu {key}", "gone", tuple(fields(in_words(question), {})))


def _by_key(body: Body) -> dict[str, Mapping[str, Any]]:
    return {str(one.get("key")): one for one in body["questions"]}


def told(question: Mapping[str, Any], prefix: str = "", names: Names = NAMELESS) -> dict[str, str]:
    """A question's fields by their names on the page, whole or not."""
    lines: dict[str, Any] = {
        "Loại": KINDS.get(str(question.get("kind"))),
        "Mục tiêu": question.get("objective"),
        "Mức": LEVELS.get(str(question.get("level"))),
        "Điều khoản": names(question.get("provision")),
        "Tình huống": question.get("situation"),
        "Đề bài": question.get("prompt"),
        "Nội dung": question.get("text"),
    }
    lines |= _answers(question)
    lines["Giải thích"] = question.get("explanation")
    found = _texts({prefix + label: value for label, value in lines.items()})
    for n, part in enumerate(question.get("questions") or (), 1):
        found |= told(part, f"{prefix}Ý {n} · ", names)
    return found


def _answers(question: Mapping[str, Any]) -> dict[str, Any]:
    lines: dict[str, Any] = dict(_options("Phương án", question.get("options") or ()))
    if isinstance(question.get("answer"), bool):
        lines["Đáp án"] = "Đúng" if question["answer"] else "Sai"
    lines["Vì sao"] = question.get("why")
    for n, pair in enumerate(question.get("pairs") or (), 1):
        lines[f"Cặp {n}"] = f"{pair.get('left', '')} ↔ {pair.get('right', '')}"
        lines[f"Cặp {n}, vì sao"] = pair.get("why")
    lines["Vế phải gây nhiễu"] = "; ".join(question.get("extra") or ())
    lines |= {f"Bước {n}": item.get("text") for n, item in enumerate(question.get("items") or (), 1)}
    lines["Chấp nhận"] = "; ".join(question.get("accepted") or ())
    if question.get("kind") == "short":
        lines["Không xét dấu"] = "có" if question.get("without_marks") else "không"
    if question.get("value") is not None:
        near = f" ± {question['tolerance']:g}" if question.get("tolerance") else ""
        lines["Đáp án"] = f"{question['value']:g}{near} {question.get('unit') or ''}".strip()
    for n, gap in enumerate(question.get("gaps") or (), 1):
        lines |= dict(_options(f"Chỗ trống {n}, phương án", gap.get("options") or ()))
    return lines


def _options(label: str, options: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Any]]:
    for option in options:
        name = f"{label} {str(option.get('key')).upper()}"
        yield name, f"{option.get('text', '')}{' (đáp án đúng)' if option.get('right') else ''}"
        yield f"{name}, vì sao", option.get("why")
