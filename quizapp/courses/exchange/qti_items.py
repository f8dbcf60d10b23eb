"""QTI 2.1, 2.2, 3.0: an assessmentItem -> a question; several interactions in one item become gaps or a case."""

import re
from collections.abc import Iterator
from html import escape
from typing import Any

from quizapp.courses.exchange import qti_interactions
from quizapp.courses.exchange.blanks import filled
from quizapp.courses.exchange.carried import parts_told, reasons_apart
from quizapp.courses.exchange.entries import named
from quizapp.courses.exchange.qti_declarations import template, unusual
from quizapp.courses.exchange.qti_entry import INLINE, Fetch, QtiEntry
from quizapp.courses.exchange.qti_source import beside, parsed
from quizapp.courses.exchange.xml_source import Node
from quizapp.domain.interchange import Offered, Remark, told_by_tags

TOOL = "Liêm Chính"
SITUATION, PART = "tinh-huong", "cau"  # the classes of what our own writing sets apart
_KNOWN = {
    "responseDeclaration", "outcomeDeclaration", "templateDeclaration", "templateProcessing", "itemBody",
    "responseProcessing", "modalFeedback", "stylesheet", "assessmentStimulusRef", "contextDeclaration",
}  # fmt: skip


def read_item(item: Node, place: str, fetch: Fetch, about: dict[str, Any]) -> Offered:
    """The question of an item, 3.0's names already those of 2.x; ``about``: category and tags of its package."""
    entry = QtiEntry(item, place, fetch)
    body = item.first("itemBody") or Node("itemBody")
    situation, blocks = _situation(entry, _unwrapped(body))
    question = _question(entry, blocks)
    _say_lost(entry)
    situation = "\n\n".join(part for part in (*_stimuli(entry), situation) if part)
    text = question.text
    if question.kind == "case":
        text, situation = "\n\n".join(part for part in (situation, text) if part), ""
    fields = {
        "title": " ".join(item.get("title").split()),
        "text": text,
        "id": _id(item),
        "feedback": _general(entry),
        "situation": situation or None,
        "tags": tuple(dict.fromkeys(about.get("tags", ()))),
        "category": about.get("category"),
        "place": place,
        "pictures": tuple(entry.pictures.values()),
        "problems": (*entry.problems, *question.problems),
    }
    return parts_told(reasons_apart(told_by_tags(question.model_copy(update=fields))))


def _id(item: Node) -> str | None:
    """The item's name; ours keep the question's own as label, since it may be no name of XML."""
    return (item.get("label") if item.get("toolName") == TOOL else item.get("identifier")) or None


def _unwrapped(node: Node) -> list[Node]:
    """The blocks of a body, out of the one <div> that some tools put around everything; bare words as a paragraph."""
    blocks = [Node("p", children=[one]) if isinstance(one, str) else one for one in node.children if _says(one)]
    while len(blocks) == 1 and blocks[0].name in ("div", "section") and blocks[0].get("class") != SITUATION:
        inside = [one for one in blocks[0].children if _says(one)]
        if any(isinstance(one, str) or _is_inline(one) for one in inside):
            break
        blocks = [one for one in inside if isinstance(one, Node)]
    return blocks


def _says(child: Node | str) -> bool:
    return isinstance(child, Node) or bool(child.strip())


def _is_inline(node: Node) -> bool:
    return node.name in ("b", "strong", "i", "em", "span", "a", "img", "br", "sub", "sup", *INLINE)


def _interactions(*nodes: Node) -> list[Node]:
    return [one for node in nodes for one in node.walk() if one.name.endswith("Interaction")]


def _situation(entry: QtiEntry, blocks: list[Node]) -> tuple[str, list[Node]]:
    """What our own writing has set apart as the situation, and the other blocks."""
    if blocks and blocks[0].get("class") == SITUATION:
        return entry.markdown_of(blocks[0]), blocks[1:]
    return "", blocks


def _question(entry: QtiEntry, blocks: list[Node]) -> Offered:
    """What the blocks ask: its kind, its text, its answers."""
    asked = entry.few(_interactions(*blocks))
    if not asked:
        return Offered(kind="description", text=entry.blocks(*blocks))
    ours = any(block.get("class") == PART for block in blocks)
    if not ours and (len(asked) == 1 or all(one.name in INLINE for one in asked)):
        return _one(entry, blocks, asked)
    return _case(entry, blocks)


def _one(entry: QtiEntry, blocks: list[Node], asked: list[Node]) -> Offered:
    """A text with blanks in it, or a text with one interaction after it."""
    before = len(entry.blanks)
    text = entry.blocks(*blocks)
    if asked[0].name in INLINE:
        for n in range(len(asked)):
            text = text.replace(f"⟦{before + n + 1}⟧", f"⟦{n + 1}⟧")
        blanks = [qti_interactions.inline(entry, one) for one in asked]
        return filled(Offered(kind="gaps", text=text), blanks)
    question = qti_interactions.question(entry, asked[0])
    return question.model_copy(update={"text": "\n\n".join(part for part in (text, question.text) if part)})


def _case(entry: QtiEntry, blocks: list[Node]) -> Offered:
    """Several interactions: each with the words nearest before it, what is left is the situation."""
    situation: list[str] = []
    pending: list[str] = []
    parts: list[Offered] = []
    problems: list[Remark] = []
    for block, asked in _pieces(blocks):
        if not asked:
            pending.append(entry.blocks(block))
            continue
        part = _one(entry, [block], asked)
        problems += part.problems
        if part.kind == "case":
            situation += [*pending, part.text]
            parts += part.parts
        else:
            text = part.text or (pending.pop() if pending else f"Câu {len(parts) + 1}")
            situation += pending
            solution = _solution(entry, len(parts) + 1) if block.get("class") == PART else None
            told = {"text": text, "problems": (), "feedback": solution}
            parts.append(reasons_apart(part.model_copy(update=told)))
        pending = []
    text = "\n\n".join(part for part in (*situation, *pending) if part)
    return Offered(kind="case", text=text, parts=tuple(parts), problems=tuple(problems))


def _solution(entry: QtiEntry, n: int) -> str | None:
    """The general feedback of a question of our own situations."""
    mine = [one for one in entry.feedback if one.name == f"solution{n}"]
    entry.feedback = [one for one in entry.feedback if one not in mine]
    return "\n\n".join(one.text for one in mine) or None


def _pieces(blocks: list[Node]) -> Iterator[tuple[Node, list[Node]]]:
    """The blocks, cut until each holds at most one interaction, or blanks alone."""
    for block in blocks:
        asked = _interactions(block)
        if len(asked) > 1 and not all(one.name in INLINE for one in asked):
            yield from _pieces(_unwrapped(block))
        else:
            yield block, asked


def _stimuli(entry: QtiEntry) -> Iterator[str]:
    """The texts that several items share, as this item's situation."""
    for node in entry.node.all("assessmentStimulusRef"):
        data = entry.fetch(node.get("href"))
        if data is None:
            entry.say("lost_media", f"Thiếu đoạn dẫn “{node.get('href')}” mà câu nhắc đến.", "Thêm lại sau khi nhập.")
        else:
            yield _stimulus(entry, data, node.get("href"))


def _stimulus(entry: QtiEntry, data: bytes, href: str) -> str:
    root = parsed(data)
    body = root.first("stimulusBody") if root else None
    if body is None:
        entry.say("lost_media", f"Đoạn dẫn “{href}” không đọc được.", "Thêm lại sau khi nhập.")
        return ""
    fetch = entry.fetch
    entry.fetch = lambda address: fetch(beside(href, address))  # its pictures lie where it lies
    text = entry.markdown_of(body)
    entry.fetch = fetch
    return text


def _general(entry: QtiEntry) -> str | None:
    """The feedback that belongs to no single option."""
    found = list(dict.fromkeys(one.text for one in entry.feedback if one.text))
    if len(found) > 1:
        told = "Các nhận xét theo từng kết quả được gộp vào phần giải thích."
        entry.say("conditional_feedback", told, "Đọc lại phần giải thích.")
    return "\n\n".join(found) or None


def _say_lost(entry: QtiEntry) -> None:
    item = entry.node
    if item.all("templateDeclaration", "templateProcessing"):
        entry.say("template", "Câu có biến sinh ngẫu nhiên nên không nhập được.", "Viết số cụ thể vào đề bài.", True)
    if item.get("adaptive") == "true":
        entry.say("adaptive", "Câu nhiều bước (adaptive) của QTI: chỉ giữ lần trả lời đầu.", "Kiểm tra lại câu.")
    if unusual(item):
        processing = item.first("responseProcessing")
        name = template(processing) if processing else ""
        told = f"Cách chấm riêng của câu{f' ({escape(name)})' if name else ''} không mang theo; đáp án lấy theo phần khai đáp án."
        entry.say("custom_scoring", told, "Kiểm tra lại đáp án.")
    strange = [child.name for child in item.elements if child.name not in _KNOWN]
    if strange:
        entry.say("lost_field", f"Phần không có chỗ ở đây nên không mang theo: {named(strange)}.")
    lost = {re.sub(r"Interaction$", "", one.name) for one in item.find("endAttemptInteraction", "infoControl")}
    if lost:
        entry.say("lost_field", f"Nút và hộp gợi ý không mang theo: {named(sorted(lost))}.")
