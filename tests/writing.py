"""Questions, units, documents and courses of few words, for the rules of writing."""

from quizapp.courses import inspection
from quizapp.courses.linter import findings
from quizapp.domain.content import read_course, read_document, read_unit

ASKED = {"level": "nho", "provision": "144-qd-tw#dieu-1", "objective": "ke"}


def options(*texts):
    """Options of which the first is right."""
    return [{"key": f"p{n}", "text": text, "right": n == 0, "why": "Vì thế."} for n, text in enumerate(texts)]


def single(key, prompt="Câu hỏi nào?", texts=("Năm", "Sáu", "Bảy"), **fields):
    return {**ASKED, "kind": "single", "key": key, "prompt": prompt, "options": options(*texts), **fields}


def judged(key, prompt, **fields):
    return {**ASKED, "kind": "true_false", "key": key, "prompt": prompt, "answer": True, "why": "Vì thế.", **fields}


def part(question):
    return {name: value for name, value in question.items() if name != "objective"}


def case(key, situation, *parts):
    return {"kind": "case", "key": key, "objective": "ke", "situation": situation, "questions": [*map(part, parts)]}


def unit(*questions, text="Chữ.", title="Bài một", draw=1, kind="muc", number=1, task=None):
    """A unit of one section with the questions, and two more that nobody objects to."""
    head = {"key": f"bai-{number}", "number": number, "task": task, "title": title, "minutes": 7, "graded": True}
    others = [judged(f"dung-{number}-1", "Trời xanh."), judged(f"dung-{number}-2", "Biển rộng mênh mông.")]
    data = head | {
        "why": "Vì sao.",
        "objectives": [{"key": "ke", "text": "Kể được"}],
        "sections": [{"key": "mot", "title": "Mục một", "kind": kind, "cite": "144-qd-tw#dieu-1", "text": text}],
        "quiz": {"feedback": "at_once", "pass_percent": 80, "draw": {"ke": draw}},
        "questions": [*questions, *(others if number == 1 else ())],
    }
    return read_unit(data)


def lint(*questions, rule=None, **fields):
    """The findings on a unit with the questions; those of one rule only where it is named."""
    return [finding for finding in findings(unit(*questions, **fields)) if rule in (None, finding.rule)]


def document(state="in_force", **provision):
    """Quy định 144-QĐ/TW with one provision."""
    one = {"anchor": "dieu-1", "label": "Điều 1", "summary": "Tóm tắt.", "verified": True, "sources": ["bản ký"]}
    validity = {"state": state, "as_of": "2026-11-22", "note": "Đã xem.", "source": "bản ký"}
    data = {"code": "144-qd-tw", "number": "144-QĐ/TW", "kind": "Quy định", "issued_on": None, "issuer": "Bộ Chính trị"}
    return read_document(
        data | {"title": "Chuẩn mực", "about": "Năm chuẩn mực.", "validity": validity, "provisions": [one | provision]}
    )


def course(*units):
    """A course of those units and one task."""
    keys = [unit.key for unit in units]
    task = {"key": "nam-la", "name": "Năm là", "title": "Nêu gương"}
    path = {"key": "day-du", "title": "Toàn khóa", "units": keys}
    return read_course(
        {"key": "thu", "title": "Thử", "document": "144-qd-tw", "tasks": [task], "units": keys, "paths": [path]}
    )


def inspect(*units, library=None):
    """The findings on a course of those units over one document."""
    library = library or document()
    named = {unit.key: unit for unit in units}
    return list(inspection.findings(course(*units), {library.code: library}, named, {"so-do.png"}))
