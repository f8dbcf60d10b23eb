"""Moodle XML: the question bank of Moodle, read; writing stands in `moodle_writing`.

Nothing is dropped in silence: a type or an element that we do not know is named in the question's problems.
"""

import re
from collections.abc import Iterator

from quizapp.courses.exchange.bounds import within
from quizapp.courses.exchange.carried import reasons_apart
from quizapp.courses.exchange.encoding import decode
from quizapp.courses.exchange.entries import named
from quizapp.courses.exchange.moodle_entry import COMMON, MoodleEntry
from quizapp.courses.exchange.moodle_kinds import KINDS
from quizapp.courses.exchange.moodle_writing import CASE, SITUATION, losses, unwritable, write
from quizapp.courses.exchange.texts import clean
from quizapp.courses.exchange.xml_source import Node, parse
from quizapp.domain.interchange import Offered, Unreadable, told_by_tags

__all__ = ["losses", "read", "unwritable", "write"]

_CONTEXT = re.compile(r"^\$\w+\$/?|^(?:top)(?:/|$)")
_CASE_TAG = f"{CASE}: "


def read(data: bytes, name: str = "", encoding: str | None = None) -> list[Offered]:
    """The questions of a Moodle XML file; `Unreadable` where it is none."""
    root = parse(decode(data, encoding), "XML của Moodle")
    if root.name == "question":
        root = Node("quiz", children=[root])
    if root.name != "quiz":
        other = "QTI" if "ssessment" in root.name or root.name in ("manifest", "questestinterop") else f"<{root.name}>"
        raise Unreadable(f"Tệp không phải Moodle XML (không có thẻ <quiz>) mà là {other}. Chọn lại định dạng.")
    found = [told_by_tags(item) for item in _cases(within(_questions(root)))]
    if not found:
        raise Unreadable("Tệp Moodle XML này không có câu hỏi nào. Kiểm tra lại tệp đã xuất.")
    return found


def _questions(root: Node) -> Iterator[Offered]:
    """Each question, under the category that stands before it."""
    category, about, n = None, "", 0
    for node in root.all("question"):
        if node.get("type") == "category":
            category, about = _category(node)
            continue
        n += 1
        entry = MoodleEntry(node, n, category)
        if about:
            entry.say("lost_field", f"Lời giới thiệu của chuyên mục không mang theo: “{about[:200]}”.")
            about = ""
        yield _question(entry)


def _category(node: Node) -> tuple[str | None, str]:
    """The path of a category without Moodle's own beginnings, and what is said about it."""
    path = node.first("category")
    told = clean((path.value("text") if path else None) or "").strip()
    while shorter := _CONTEXT.match(told):
        told = told[shorter.end() :]
    info = node.first("info")
    return told or None, MoodleEntry(node, 0, None).text(info) if info else ""


def _question(entry: MoodleEntry) -> Offered:
    kind = entry.node.get("type")
    reader, known = KINDS.get(kind, (None, set()))
    if reader is None:
        told = f"Loại câu “{kind}” của Moodle chưa được hỗ trợ."
        entry.say("unsupported_kind", told, "Viết lại thành một loại câu khác trước khi nhập.", True)
        return entry.done("description")
    strange = [child.name for child in entry.node.elements if child.name not in COMMON | known]
    if strange:
        entry.say("lost_field", f"Phần không có chỗ ở đây nên không mang theo: {named(strange)}.")
    return _with_situation(reasons_apart(reader(entry)), entry)


def _with_situation(item: Offered, entry: MoodleEntry) -> Offered:
    """A situation that our own writing has set before the text, where it belongs again."""
    source = entry.node.first("questiontext")
    raw = (source.value("text") if source else None) or ""
    if source is None or not (found := SITUATION.match(raw)) or "<div" in found[1]:
        return item
    situation = entry.text(source, instead=found[1])
    rest = item.text.removeprefix(situation).strip()
    return item.model_copy(update={"situation": situation, "text": rest}) if situation and rest else item


def _cases(items: list[Offered]) -> list[Offered]:
    """A description and the questions after it that carry its tag, as one case: so ours are written."""
    found: list[Offered] = []
    open_tag = None
    for item in items:
        tag = next((tag for tag in item.tags if tag.startswith(_CASE_TAG)), None)
        if tag is not None:
            item = item.model_copy(update={"tags": tuple(one for one in item.tags if one != tag)})
        if tag is not None and item.kind == "description":
            found.append(item.model_copy(update={"kind": "case"}))
            open_tag = tag
        elif tag is not None and tag == open_tag:
            found[-1] = _joined(found[-1], item)
        else:
            found.append(item)
            open_tag = None
    return [
        item if item.kind != "case" or item.parts else item.model_copy(update={"kind": "description"}) for item in found
    ]


def _joined(case: Offered, part: Offered) -> Offered:
    update = {
        "parts": (*case.parts, told_by_tags(part).model_copy(update={"category": None, "place": ""})),
        "problems": (*case.problems, *part.problems),
    }
    return case.model_copy(update=update)
