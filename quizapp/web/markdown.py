"""Markdown -> safe HTML, with the lesson's containers: a worked solution and questions to oneself."""

import re
from functools import lru_cache
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup
from mdit_py_plugins.container import container_plugin

TAGS = {
    "p",
    "ul",
    "ol",
    "li",
    "strong",
    "em",
    "blockquote",
    "br",
    "h3",
    "h4",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
}
TAGS |= {"details", "summary", "aside", "div"}

# The preset "commonmark" lets raw HTML through unless told otherwise; nh3 stands behind it all the same.
_reader = (
    MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable(["image", "link", "autolink"])
)


def _container(name: str, opening: str, closing: str) -> None:
    def render(self: object, tokens: list[object], index: int, options: object, env: object) -> str:
        return opening if tokens[index].nesting == 1 else closing  # type: ignore[attr-defined]

    container_plugin(_reader, name, render=render)


_container("loi-giai", '<details class="loigiai"><summary>Xem lời giải</summary><div>', "</div></details>\n")
_container("tu-hoi", '<aside class="tuhoi"><h3>Dừng lại, tự hỏi</h3>', "</aside>\n")


@lru_cache(maxsize=2048)
def html(text: str) -> Markup:
    """Safe HTML of a Markdown text; cached, since revisions never change."""
    raw = _reader.render(text)
    allowed = {"details": {"class"}, "aside": {"class"}, "div": {"class"}}
    return Markup(nh3.clean(raw, tags=TAGS, attributes=allowed))  # noqa: S704 - cleaned on this line


@lru_cache(maxsize=8192)
def inline(text: str) -> Markup:
    """One line: **KHÔNG** and *nghiêng* only."""
    return Markup(nh3.clean(_reader.renderInline(text), tags={"strong", "em", "br"}, attributes={}))  # noqa: S704


_FENCE = re.compile(r"(?m)^:::.*$")


def bare(text: str) -> str:
    """The words of a Markdown text alone, for search: no marks, no containers, one space between words."""
    raw = _reader.render(_FENCE.sub("", text))
    return " ".join(unescape(nh3.clean(raw, tags=set())).split())
