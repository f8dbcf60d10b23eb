"""Một câu của QTI: its body as HTML with the interactions taken out, its feedback, the pictures of its package."""

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from urllib.parse import unquote

from quizapp.courses.exchange.blanks import MARK, without_marks
from quizapp.courses.exchange.entries import Entry
from quizapp.courses.exchange.pictures import NoPicture
from quizapp.courses.exchange.qti_declarations import declarations, fed_back
from quizapp.courses.exchange.xml_source import Node

Fetch = Callable[[str], bytes | None]  # a file by its address, seen from the item
INLINE = ("inlineChoiceInteraction", "textEntryInteraction", "gap")
_FEEDBACK = ("feedbackInline", "feedbackBlock", "modalFeedback")
_BARE = {"contentBody", "templateInline", "templateBlock", "itemBody", "stimulusBody", "prompt", "qh5:article"}
_MEDIA = {"object", "audio", "video", "include"}


@dataclass
class Feedback:
    """What is shown for an outcome; ``choice``: the option in which it stands."""

    name: str
    text: str
    choice: str | None = None


class QtiEntry(Entry):
    """An assessmentItem while it is read."""

    def __init__(self, node: Node, place: str, fetch: Fetch) -> None:
        super().__init__(line=None, place=place)
        self.node = node
        self.fetch = fetch
        self.declared = declarations(node)
        self.feedback: list[Feedback] = [
            Feedback(one.get("identifier"), self.markdown_of(one)) for one in node.all("modalFeedback")
        ]
        self.fed_back = fed_back(node)
        self.blanks: list[Node] = []  # the inline interactions and gaps that stand as marks in the texts
        self.choice: str | None = None

    def markdown_of(self, *nodes: Node) -> str:
        """What stands in the elements, as Markdown, inline interactions as marks."""
        return self.html("".join(self.inner(node) for node in nodes))

    def blocks(self, *nodes: Node) -> str:
        """The elements themselves as Markdown."""
        return self.html("".join(self.outer(node) for node in nodes))

    def inner(self, node: Node) -> str:
        """What stands in an element, as HTML."""
        return "".join(
            escape(without_marks(child), quote=False) if isinstance(child, str) else self.outer(child)
            for child in node.children
        )

    def outer(self, node: Node) -> str:
        """An element as HTML, as far as it is for learners."""
        name = node.name
        if name in INLINE:
            self.blanks.append(node)
            return MARK.format(len(self.blanks))
        if name.endswith("Interaction"):
            prompt = node.first("prompt") if name != "gapMatchInteraction" else None  # that reads its own
            return f"<p>{self.inner(prompt)}</p>" if prompt else ""
        if name in _FEEDBACK:
            self.feedback.append(Feedback(node.get("identifier"), self.markdown_of(node), self.choice))
            return ""
        if name == "rubricBlock":
            return self._rubric(node)
        if name == "img" or name in _MEDIA:
            return self._media(node)
        if name in ("printedVariable", "mathVariable"):
            self.say("template", "Câu có biến sinh ngẫu nhiên nên không nhập được.", "Viết số cụ thể vào đề bài.", True)
            return "…"
        if name in _BARE:
            return self.inner(node)
        attributes = "".join(f' {key}="{escape(value)}"' for key, value in node.attributes.items() if "}" not in key)
        return (
            f"<{name}{attributes}>"
            if name in ("br", "hr", "col")
            else f"<{name}{attributes}>{self.inner(node)}</{name}>"
        )

    def _rubric(self, node: Node) -> str:
        if "candidate" in (node.get("view") or "candidate").split():
            return f"<div>{self.inner(node)}</div>"
        if text := self.markdown_of(node):
            told = f"Hướng dẫn cho người chấm, người soạn không mang theo: “{text[:200]}”."
            self.say("lost_field", told)
        return ""

    def _media(self, node: Node) -> str:
        """A picture of the package under its name here; all other media by their words."""
        address = node.get("src") or node.get("data") or node.get("href")
        alt = node.get("alt") or " ".join(node.text.split())
        kind = node.get("type")
        if node.name != "img" and not kind.startswith("image/"):
            self.say("lost_media", f"Đã bỏ tệp nghe nhìn hoặc đối tượng nhúng “{address or node.name}”.")
            return escape(alt)
        if address.startswith("data:"):
            return f'<img src="{escape(address)}" alt="{escape(alt)}">'
        final = self.picture(unquote(address).rsplit("/", 1)[-1] or "hinh", lambda: self._bytes(address))
        return f'<img src="{escape(final)}" alt="{escape(alt)}">' if final else escape(alt)

    def _bytes(self, address: str) -> bytes:
        data = self.fetch(address)
        if data is None:
            raise NoPicture("không có trong gói")
        return data
