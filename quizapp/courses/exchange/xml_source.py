"""Tệp XML của nơi khác: a tree with text in its place and the line of every element; no DTD, no entities, no depths."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import escape
from xml.parsers import expat

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
        found, ahead = [], [self]
        while ahead:
            node = ahead.pop()
            if node.name in names:
                found.append(node)
            if node.children:  # not by `walk`: a package of two thousand items has a quarter of a million elements
                ahead += [child for child in reversed(node.children) if child.__class__ is Node]
        return found


class _Declares(Exception):
    """A document type or an entity: none is read, so none is resolved."""


class _Builder:
    """What the parser tells, put together."""

    def __init__(self) -> None:
        self.root: Node | None = None
        self.open: list[Node] = []
        self.count = 0
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler, self.parser.EndElementHandler = self.start, self.end
        self.parser.CharacterDataHandler = self.data
        self.parser.StartDoctypeDeclHandler = self.parser.EntityDeclHandler = self.refuse

    def refuse(self, *declared: object) -> None:
        raise _Declares

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.count += 1
        if self.count > MOST_ELEMENTS or len(self.open) > MOST_DEPTH:
            raise Unreadable("Tệp XML có quá nhiều phần tử hoặc lồng nhau quá sâu nên không được đọc.")
        space, _, name = tag.rpartition("}")
        node = Node(name, space, attributes, self.parser.CurrentLineNumber)
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


def parse(text: str, noun: str) -> Node:
    """The root of a decoded file; Unreadable where it is no XML, or declares what could do harm."""
    builder = _Builder()
    try:
        builder.parser.Parse(text.lstrip(), True)  # letters, whatever encoding the first line names
    except _Declares as error:
        told = "Tệp khai kiểu tài liệu hoặc thực thể XML (DOCTYPE, ENTITY), có thể gây hại nên không được đọc."
        raise Unreadable(f"{told} Bỏ dòng khai đó rồi gửi lại.") from error
    except expat.ExpatError as error:
        told = f"Tệp không phải {noun} đúng cú pháp: lỗi ở dòng {error.lineno}, cột {error.offset + 1}."
        raise Unreadable(f"{told} Xuất lại tệp từ phần mềm đã tạo ra nó.") from error
    except (ValueError, UnicodeError) as error:
        raise Unreadable(f"Tệp không phải {noun}. Kiểm tra lại tệp và định dạng đã chọn.") from error
    finally:
        del builder.parser  # each holds the other: else the tree would wait for the collector of garbage
    if builder.root is None:
        raise Unreadable(f"Tệp không phải {noun}. Kiểm tra lại tệp và định dạng đã chọn.")
    return builder.root


_EMPTY = {"br", "img", "hr", "col", "source", "track"}


def inner_html(node: Node) -> str:
    """What stands in an element, as HTML text."""
    return "".join(
        escape(child, quote=False) if isinstance(child, str) else outer_html(child) for child in node.children
    )


def outer_html(node: Node) -> str:
    """The element itself as HTML text, for a converter that knows HTML and trusts nothing."""
    attributes = "".join(f' {key}="{escape(value)}"' for key, value in node.attributes.items() if "}" not in key)
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
