"""Markdown -> safe HTML, with the lesson's containers (a worked solution, questions to oneself) and our own pictures."""

import re
from functools import lru_cache
from html import unescape
from typing import Any

import nh3
from markdown_it import MarkdownIt
from markdown_it.common.utils import escapeHtml
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
TAGS |= {"details", "summary", "aside", "div", "img"}

# The preset "commonmark" lets raw HTML through unless told otherwise; nh3 stands behind it all the same.
_reader = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table").disable(["link", "autolink"])


def _container(name: str, opening: str, closing: str) -> None:
    def render(self: object, tokens: list[object], index: int, options: object, env: object) -> str:
        return opening if tokens[index].nesting == 1 else closing  # type: ignore[attr-defined]

    container_plugin(_reader, name, render=render)


_container("loi-giai", '<details class="loigiai"><summary>Xem lời giải</summary><div>', "</div></details>\n")
_container("tu-hoi", '<aside class="tuhoi"><h3>Dừng lại, tự hỏi</h3>', "</aside>\n")


_OURS = re.compile(r"(/anh/[0-9a-f]{64}\.(?:webp|png|jpg))\?(\d{1,5})x(\d{1,5})")
_IMG = {"src", "alt", "width", "height", "loading", "class"}


def _picture(self: object, tokens: list[object], index: int, options: object, env: dict[str, bool]) -> str:
    """A picture of ours; where it is none, or only words are wanted, the words in its place."""
    token: Any = tokens[index]
    alt, found = escapeHtml(token.content), _OURS.fullmatch(token.attrs["src"])
    if env.get("bare"):
        return alt
    if not found:
        return f"[Hình: {alt}]" if alt else "[Hình]"
    size = f'width="{found[2]}" height="{found[3]}"'
    return f'<img class="pic" src="{found[1]}" alt="{alt}" {size} loading="lazy">'


_reader.add_render_rule("image", _picture)


@lru_cache(maxsize=2048)
def html(text: str) -> Markup:
    """Safe HTML of a Markdown text; cached, since revisions never change."""
    raw = _reader.render(text)
    allowed = {"details": {"class"}, "aside": {"class"}, "div": {"class"}, "img": _IMG}
    return Markup(nh3.clean(raw, tags=TAGS, attributes=allowed))  # noqa: S704 - cleaned on this line


@lru_cache(maxsize=8192)
def inline(text: str) -> Markup:
    """One line: **KHÔNG**, *nghiêng* and pictures only."""
    raw = _reader.renderInline(text)
    return Markup(nh3.clean(raw, tags={"strong", "em", "br", "img"}, attributes={"img": _IMG}))  # noqa: S704


_FENCE = re.compile(r"(?m)^:::.*$")


def bare(text: str) -> str:
    """The words of a Markdown text alone, for search: no marks, no containers, one space between words."""
    raw = _reader.render(_FENCE.sub("", text), {"bare": True})
    return " ".join(unescape(nh3.clean(raw, tags=set())).split())
