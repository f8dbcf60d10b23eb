"""Tệp XML của nơi khác: a tree with text in its place and the line of every element; no DTD, no entities, no depths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from quizapp.domain.interchange import Unreadable

MOST_ELEMENTS = 400_000  # 5,000 questions of 80; more would take more memory than a preview may
MOST_DEPTH = 100  # what reads the tree may go down it step by step


@dataclass(slots=True)
class Node:
    """An element: its name without namespace, and between its elements the text as it stands."""

    name: str
    space: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    line: int = 0
    children: list["Node | str"] = field(default_factory=list)

    @property
    def elements(self) -> list["Node"]:
        return [child for child in self.children if isinstance(child, Node)]

    @property
    def text(self) -> str:
        """All the text in it, markup left out."""
        if len(self.children) == 1 and isinstance(self.children[0], str):
            return self.children[0]
        return "".join(child if isinstance(child, str) else child.text for child in self.children)

    def get(self, attribute: str, default: str = "") -> str:
        return self.attributes.get(attribute, default)

    def all(self, *names: str) -> list["Node"]:
        """The elements of those names directly in it."""
        return [child for child in self.elements if child.name in names]

    def first(self, *names: str) -> "Node | None":
        return next(iter(self.all(*names)), None)

    def value(self, name: str) -> str | None:
        """The trimmed text of the first element of that name; None where there is none."""
        node = self.first(name)
        return None if node is None else node.text.strip()

    def walk(self) -> Iterator["Node"]:
        """It and every element in it, in the order of the file."""
        ahead = [self]
        while ahead:
            node = ahead.pop()
            yield node
            if node.children:
                ahead += [child for child in reversed(node.children) if isinstance(child, Node)]

    def find(self, *names: str) -> list["Node"]:
        """Every element of those names in it, however deep."""
        return [node for node in self.walk() if node.name in names]


class _Builder:
    """What the parser tells, put together."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0
        self.parser: DefusedXMLParser | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) > MOST_DEPTH:
            raise Unreadable("Tệp XML có quá nhiều phần tử hoặc lồng nhau quá sâu nên không được đọc.")
        space, _, name = tag.rpartition("}")
        line = self.parser.parser.CurrentLineNumber if self.parser else 0
        node = Node(name, space.removeprefix("{"), attributes, line)
        if self.open:
            self.open[-1].children.append(node)
        else:
            self.root = node
        self.open.append(node)

    def end(self, tag: str) -> None:
        self.open.pop()

    def data(self, text: str) -> None:
        if self.open:
            self.open[-1].children.append(text)

    def close(self) -> Node | None:
        return self.root


def parse(text: str, noun: str) -> Node:
    """The root of a decoded file; Unreadable where it is no XML, or declares what could do harm."""
    builder = _Builder()
    builder.parser = DefusedXMLParser(target=builder, forbid_dtd=True)
    try:
        builder.parser.feed(text.lstrip())
        root: Node | None = builder.parser.close()
    except DefusedXmlException as error:
        told = "Tệp khai kiểu tài liệu hoặc thực thể XML (DOCTYPE, ENTITY), có thể gây hại nên không được đọc."
        raise Unreadable(f"{told} Bỏ dòng khai đó rồi gửi lại.") from error
    except ParseError as error:
        told = f"Tệp không phải {noun} đúng cú pháp: lỗi ở dòng {error.position[0]}, cột {error.position[1] + 1}."
        raise Unreadable(f"{told} Xuất lại tệp từ phần mềm đã tạo ra nó.") from error
    except (ValueError, UnicodeError) as error:
        raise Unreadable(f"Tệp không phải {noun}. Kiểm tra lại tệp và định dạng đã chọn.") from error
    if root is None:
        raise Unreadable(f"Tệp không phải {noun}. Kiểm tra lại tệp và định dạng đã chọn.")
    return root


_EMPTY = {"br", "img", "hr", "col", "source", "track"}


def inner_html(node: Node) -> str:
    """What stands in an element, as HTML text."""
    return "".join(
        escape(child, quote=False) if isinstance(child, str) else outer_html(child) for child in node.children
    )


def outer_html(node: Node) -> str:
    """The element itself as HTML text, for a converter that knows HTML and trusts nothing."""
    attributes = "".join(
        f' {key}="{escape(value)}"' for key, value in node.attributes.items() if not key.startswith("{")
    )
    if node.name in _EMPTY and not node.children:
        return f"<{node.name}{attributes}>"
    return f"<{node.name}{attributes}>{inner_html(node)}</{node.name}>"


def tag(name: str, /, *children: str, **attributes: object) -> str:
    """An element to write, its children written already; attributes given as ``base_type`` stand as ``baseType``."""
    told = "".join(f' {_camel(key)}="{escape(str(value))}"' for key, value in attributes.items() if value is not None)
    return f"<{name}{told}>{''.join(children)}</{name}>" if children else f"<{name}{told}/>"


def _camel(key: str) -> str:
    first, *rest = key.rstrip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def words(text: str) -> str:
    """A text to write: escaped."""
    return escape(holdable(text), quote=False)


def data(text: str) -> str:
    """A text to write as Moodle does: in CDATA where it holds signs of XML."""
    text = holdable(text)
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>" if re.search(r"[<>&\"']", text) else text


_NO_XML = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def holdable(text: str) -> str:
    """The text without the control characters that XML knows no way to hold."""
    return _NO_XML.sub("", text)
