"""QTI: a part of a package as a tree with 2.x's names, whatever its version; addresses that stay inside the package."""

import posixpath
import re
from collections.abc import Iterable
from urllib.parse import unquote

from quizapp.courses.exchange.encoding import decode
from quizapp.courses.exchange.xml_source import Node, parse
from quizapp.domain.interchange import Unreadable
from quizapp.domain.vietnamese import nfc

_ELSEWHERE = re.compile(r"^[a-zA-Z][a-zA-Z0-9+.-]*:|^/|\\")


def as_version_2(root: Node) -> Node:
    """The tree with 3.0's names written as in 2.x: qti-simple-choice as simpleChoice, response-identifier as …."""
    for node in root.walk() if root.name.startswith("qti-") else ():
        if node.name.startswith("qti-"):
            node.name = _camel(node.name.removeprefix("qti-"))
            node.attributes = {_camel(key): value for key, value in node.attributes.items()}
    return root


def _camel(name: str) -> str:
    first, *rest = name.split("-")
    return first + "".join(part[:1].upper() + part[1:] for part in rest)


def parsed(data: bytes) -> Node | None:
    """The root of a part of the package in 2.x's names; None where it is no XML.

    The letters of old fonts are looked for once a package (`check_letters`), not in each of two thousand parts.
    """
    try:
        text = nfc(data.decode("utf-8-sig"))
    except UnicodeDecodeError:
        text = ""
    try:
        return as_version_2(parse(text or decode(data), "QTI"))
    except Unreadable:
        return None


def check_letters(parts: Iterable[bytes]) -> None:
    """Unreadable where the parts together look as if written in an old encoding, with the guess."""
    if (data := b"\n".join(parts)) and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        decode(data)


def beside(place: str, address: str) -> str:
    """An address in a file at a place, seen from where the place is seen; "" where it points elsewhere."""
    address = unquote(address.split("#")[0].split("?")[0])
    if not address or _ELSEWHERE.search(address) or "\0" in address:
        return ""
    path = posixpath.normpath(posixpath.join(posixpath.dirname(place), address))
    return "" if path.startswith("/") else path
