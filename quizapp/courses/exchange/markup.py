"""Markdown của ta -> HTML của phần mềm khác, pictures included; well-formed, so that it may stand in XML."""

import re
from collections.abc import Callable
from urllib.parse import quote, unquote

from markdown_it import MarkdownIt

from quizapp.courses.exchange.texts import to_plain
from quizapp.domain.interchange import Offered

_reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "autolink"])
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!</?p>).)*)</p>\s*", re.DOTALL)
_SRC = re.compile(r'(<img src=")([^"]*)(")')
_ATTRIBUTES = re.compile(r"<(th|td|ol|code) [^>]*>")


def rendered(markdown: str, address: Callable[[str], str]) -> str:
    """The text as HTML; ``address`` says where the picture of a name lies."""
    html = _reader.render(markdown)
    return _SRC.sub(lambda src: src[1] + quote(address(unquote(src[2])), safe="/@") + src[3], html).strip()


def rendered_inline(markdown: str, address: Callable[[str], str]) -> str:
    """The same for an option: a single paragraph stands without its tag."""
    html = rendered(markdown, address)
    return match[1] if (match := _ONE_PARAGRAPH.fullmatch(html)) else html


def title_of(item: Offered) -> str:
    """Its title; where it has none the beginning of its text, since the formats ask for one."""
    text = re.sub(r"\{[0-9]+\}", "…", item.text) if item.kind == "gaps" else item.text
    return item.title or " ".join(to_plain(text).split())[:80].strip() or "Câu hỏi"


def bare_tags(html: str) -> str:
    """Without the attributes that QTI does not know."""
    return _ATTRIBUTES.sub(r"<\1>", html)
