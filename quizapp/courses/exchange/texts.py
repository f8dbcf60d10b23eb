"""Chữ của phần mềm khác -> our Markdown: HTML, Moodle's own format, plain text. Nothing that runs gets through.

The HTML is first read as a browser reads it and stripped to a few tags (nh3), then written anew as Markdown, whose own
signs are escaped where they would mean something. What is left behind is named in `Converted.lost`.
"""

import base64
import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from html.parser import HTMLParser
from urllib.parse import unquote

import nh3
from markdown_it import MarkdownIt

from quizapp.domain.interchange import OfferedPicture, Remark
from quizapp.domain.vietnamese import nfc

_BLOCKS = {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "dd", "dt", "section", "article"}
_LISTS = {"ul", "ol", "li"}
_TABLE = {"table", "tr", "td", "th"}
_STRONG, _EM = {"b", "strong"}, {"i", "em"}
_ALLOWED = _BLOCKS | _LISTS | _TABLE | _STRONG | _EM | {"br", "img", "sub", "sup", "a"}
_GONE = {"script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title", "textarea"}
_LOST = {
    "iframe": "khung nhúng", "object": "đối tượng nhúng", "embed": "đối tượng nhúng", "video": "video",
    "audio": "âm thanh", "svg": "hình vẽ SVG", "math": "công thức MathML", "script": "mã lệnh (script)", "form": "biểu mẫu",
}  # fmt: skip
_LOST_TAG = re.compile(rf"<\s*({'|'.join(_LOST)})\b", re.IGNORECASE)
_ON = re.compile(r"<[^<>]*\s(on\w+)\s*=", re.IGNORECASE)
# What means something in our Markdown, which knows no links and no HTML: only that is escaped, so that texts stay legible.
_RISKY = re.compile(r"[\\*_`&<]|\][(:]")
_SIGN = re.compile(
    r"`|\](?=[(:])"
    r"|\\(?=[!-/:-@\[-`{-~]|$)"
    r"|&(?=#?\w+;)|<(?=[a-zA-Z/!?])"  # the latter for the Markdown of others, which lets HTML through
    r"|(?<!\s)\*|\*(?!\s)"
    r"|(?<![\w_])_(?![_\s])|(?<=[^\s_])_(?![\w_])"  # of a word in emphasis
    r"|(?<=[^\s_])_(?=_)|(?<=_)_(?=[^\s_.,;:?!])"  # of a gap that touches a letter
)
_START = re.compile(
    r"^(?=[-+#>=~:|]|\[[^\]]*\]:|[_*](?:\s*[_*])*$)|(?<=^\d)(?=[.)](?:\s|$))|^(\d{2,9})(?=[.)](?:\s|$))"
)
_HARMLESS_START = re.compile(r"[-+][^\s+-]|#+[^\s#]|:(?!::)|~(?!~~)|\|")
SUP = dict(zip("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ", strict=True))
SUB = dict(zip("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", strict=True))
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\ufffe\uffff\ud800-\udfff]"
)
_MARKED = re.compile(r"[\\*_`&<]|^\s*(?:[-+#>]|\d+[.)])", re.MULTILINE)
BREAK = "  \n"  # a line break inside a paragraph
_reader = MarkdownIt("commonmark", {"html": False}).disable(["image", "link", "autolink"])


@dataclass
class Converted:
    """A text as our Markdown; the names of its pictures, those it carried itself, and what did not come along."""

    text: str
    names: list[str] = field(default_factory=list)
    pictures: list[OfferedPicture] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)

    def remarks(self, line: int | None = None) -> list[Remark]:
        """What was left behind, as remarks."""
        told = "Đã bỏ {}: phần này không được nhận vào câu hỏi."
        return [Remark(message=told.format(one), line=line, code="lost_media") for one in dict.fromkeys(self.lost)]


def clean(text: str) -> str:
    """Composed letters, ordinary spaces, nothing that nobody sees."""
    return nfc(_UNSEEN.sub("", text.replace("\xa0", " ").replace("\u2028", "\n").replace("\u2029", "\n")))


# --- plain text ------------------------------------------------------------------------------------------------


def from_plain(text: str) -> str:
    """Plain text as Markdown that reads the same: signs are escaped only where they would mean something."""
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in clean(text).strip().split("\n")]
    return _joined([_at_start(escaped(line)) for line in lines])


def escaped(text: str) -> str:
    """A piece of a line of plain text, as Markdown."""
    return _SIGN.sub(r"\\\g<0>", text) if _RISKY.search(text) else text


def _at_start(line: str) -> str:
    """A line of a paragraph: what would open a list, a heading or a table is escaped."""
    if _HARMLESS_START.match(line):
        return line
    return _START.sub(lambda found: f"{found[1]}\\" if found[1] else "\\", line, count=1)


def _joined(lines: list[str]) -> str:
    """Lines as lines, empty ones as the end of a paragraph."""
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return "\n\n".join(BREAK.join(one) for one in paragraphs if one)


def from_markdown(text: str) -> Converted:
    """Markdown of others as ours: of HTML in it, bold, italics and line breaks stay; other tags are left out."""
    text, pictures, lost = _without_data(clean(text).strip())
    if "<" not in text:
        return Converted(text, pictures=pictures, lost=lost)
    lost += _dropped(text) if _TAG.search(text) else []
    gone = "|".join(sorted(_GONE))
    text = re.sub(rf"(?is)(?<!\\)<({gone})\b.*?(?:</\1\s*>|$)", "", text)
    text = _TAG.sub(lambda tag: _MARKS.get((tag[1] or "").lower(), ""), text).strip()
    return Converted(text, pictures=pictures, lost=lost)


_DATA = re.compile(r"!\[([^\]\n]*)\]\(\s*(data:[^)\s]*)\s*\)")


def _without_data(text: str) -> tuple[str, list[OfferedPicture], list[str]]:
    """The text with pictures that stand in their own address under a name; the pictures; what could not be read."""
    pictures: list[OfferedPicture] = []
    lost: list[str] = []

    def named(found: re.Match[str]) -> str:
        picture = data_picture(found[2], len(pictures) + 1)
        if picture is None:
            lost.append("một hình không đọc được")
            return found[1]
        pictures.append(picture)
        return f"![{found[1]}]({picture.name})"

    return (_DATA.sub(named, text) if "(data:" in text.replace(" ", "") else text), pictures, lost


def data_picture(address: str, n: int) -> OfferedPicture | None:
    """The picture that stands in its own address; None for what is none, or not of a kind that browsers show."""
    found = re.fullmatch(r"data:image/(png|jpe?g|gif|webp);base64,(.*)", address, re.DOTALL | re.IGNORECASE)
    try:
        data = base64.b64decode("".join(unquote(found[2]).split()), validate=True) if found else b""
    except (binascii.Error, ValueError):
        return None
    if not found or not data:
        return None
    return OfferedPicture(name=f"hinh-{n}.{found[1].lower().replace('jpeg', 'jpg')}", data=data)


_TAG = re.compile(r"(?<!\\)<(?:/?([a-zA-Z][\w-]*)|[!?])[^<>]*>?")
_MARKS = {"b": "**", "strong": "**", "i": "*", "em": "*", "br": "  \n"}


def _dropped(html: str) -> list[str]:
    lost = [_LOST[name.lower()] for name in _LOST_TAG.findall(html)]
    return [*lost, "mã lệnh gắn vào thẻ (on…)"] if _ON.search(html) else lost


def to_plain(markdown: str) -> str:
    """The letters alone of our Markdown, lines kept: what `from_plain` made."""
    if not _MARKED.search(markdown):
        return re.sub(r"[ \t]*\n", "\n", markdown)
    html = re.sub(r"</p>\s*<p>", "\n\n", _reader.render(markdown).replace("<br />\n", "\n"))
    return unescape(re.sub(r"<[^>]+>", "", html)).strip()


BOLD = re.compile(r"(?<![\\*])\*\*(?=[^\s*])([^*\n]*?[^\s*\\])\*\*(?!\*)")


def from_typed(text: str) -> str:
    """What a person types into a cell: plain text in which **KHÔNG** is bold."""
    lines = [" ".join(line.split()) for line in clean(text).strip().split("\n")]
    return _joined([_typed(line) for line in lines])


def _typed(line: str) -> str:
    pieces = BOLD.split(line)
    if len(pieces) == 1:
        return _at_start(escaped(line))
    told = "".join(f"**{escaped(piece)}**" if n % 2 else escaped(piece) for n, piece in enumerate(pieces))
    return told if line.startswith("**") else _at_start(told)


def to_typed(markdown: str) -> str:
    """What a person would type for it: `from_typed` back; other marks than bold are gone, pictures stay as they are."""
    if "![" in markdown:
        shown = [found[0] for found in PICTURE.finditer(markdown)]
        told = to_typed(PICTURE.sub("\ue002", markdown).replace("![", "!\\["))
        return re.sub("\ue002", lambda _: shown.pop(0), told)
    pieces = BOLD.split(markdown)
    whole = to_plain("".join(f"\ue000{piece}\ue001" if n % 2 else piece for n, piece in enumerate(pieces)))
    return whole.replace("\ue000", "**").replace("\ue001", "**")


# --- HTML ------------------------------------------------------------------------------------------------------


def from_moodle(text: str) -> Converted:
    """Moodle's auto-format: HTML in which a line break is one."""
    if "<" not in text and "&" not in text:
        return Converted(from_plain(text))
    return from_html(text if re.search(r"<(?:p|br|div|ul|ol|table)\b", text, re.I) else text.replace("\n", "<br>"))


def from_html(html: str) -> Converted:
    """HTML as our Markdown."""
    if "<" not in html and "&" not in html:
        return Converted(_at_start(escaped(" ".join(clean(html).split()))))
    lost = _dropped(html)
    attributes = {"img": {"src", "alt"}, "a": {"href"}}
    safe = nh3.clean(
        html,
        tags=_ALLOWED,
        clean_content_tags=_GONE,
        attributes=attributes,
        url_schemes={"http", "https", "data"},
        link_rel=None,
    )
    walker = _Walker()
    walker.feed(safe)
    walker.close()
    return Converted(walker.done(), walker.names, walker.pictures, lost + walker.lost)


def plain_html(html: str) -> str:
    """The letters alone of an HTML text, for what learners have to type."""
    if "<" not in html and "&" not in html:
        return " ".join(clean(html).split())
    spaced = re.sub(r"<(?:br|p|div|li)\b", " <x", html, flags=re.I)
    return " ".join(clean(unescape(nh3.clean(spaced, tags=set(), clean_content_tags=_GONE))).split())


class _Walker(HTMLParser):
    """Well-formed HTML of few tags -> Markdown. ``runs`` holds the open pieces of text, the outermost first."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.runs: list[list[str]] = [[]]
        self.blocks: list[str] = []
        self.lists: list[int | None] = []  # the next number, None where it has dots
        self.rows: list[list[str]] | None = None
        self.names: list[str] = []
        self.pictures: list[OfferedPicture] = []
        self.lost: list[str] = []
        self.href = ""

    def done(self) -> str:
        self._block()
        return "\n\n".join(self.blocks).strip()

    # --- what comes

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in _STRONG | _EM | {"sub", "sup"}:
            self.runs.append([])
        elif tag == "br":
            self.runs[-1].append("\n")
        elif tag == "img":
            self._picture(told.get("src") or "", told.get("alt") or "")
        elif tag == "a":
            self.href = told.get("href") or ""
            self.runs.append([])
        elif tag in ("td", "th") and self.rows:
            self._flat()
            self.runs = [[]]
        elif self.rows is None:
            self._open_block(tag)
        elif tag == "tr":
            self.rows.append([])
        elif tag in _BLOCKS | _LISTS:
            self.runs[-1].append(" ")

    def _open_block(self, tag: str) -> None:
        if tag in _BLOCKS | _LISTS | {"table"}:
            self._block()
        if tag in ("ul", "ol"):
            self.lists.append(1 if tag == "ol" else None)
        elif tag == "table":
            self.rows = []

    def handle_endtag(self, tag: str) -> None:
        if tag in _STRONG | _EM | {"sub", "sup", "a"}:
            self._close_inline(tag)
        elif tag in ("td", "th") and self.rows:
            self.rows[-1].append(self._flat().replace("|", "\\|"))
        elif tag == "table":
            self._end_table()
        elif self.rows is None and tag in _BLOCKS | _LISTS:
            self._block(tag)
            if tag in ("ul", "ol") and self.lists:
                self.lists.pop()

    def handle_data(self, data: str) -> None:
        self.runs[-1].append(escaped(re.sub(r"\s+", " ", clean(data))))

    # --- what it becomes

    def _close_inline(self, tag: str) -> None:
        if len(self.runs) == 1:
            return
        text = "".join(self.runs.pop())
        bare = text.strip()
        if tag in _STRONG | _EM and bare:
            mark = "**" if tag in _STRONG else "*"
            front, back = text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]
            text = f"{front}{mark}{bare}{mark}{back}" if "*" not in bare else text
        elif tag in ("sub", "sup"):
            text = self._raised(bare, SUP if tag == "sup" else SUB)
        elif tag == "a" and self.href and self.href not in bare:
            self.lost.append(f"liên kết {self.href[:80]}")
        self.runs[-1].append(text)

    def _raised(self, text: str, letters: dict[str, str]) -> str:
        if all(letter in letters for letter in text):
            return "".join(letters[letter] for letter in text)
        self.lost.append("kiểu chữ chỉ số trên hoặc dưới")
        return text

    def _flat(self) -> str:
        """All the open runs as one line."""
        text = " ".join("".join("".join(run) for run in self.runs).split())
        self.runs = [[]]
        return text

    def _block(self, closed: str = "") -> None:
        while len(self.runs) > 1:
            self._close_inline("")
        raw = "".join(self.runs[0])
        self.runs = [[]]
        lines = [" ".join(line.split()) for line in raw.split("\n")]
        text = BREAK.join(_at_start(line) for line in lines if line)
        if not text:
            return
        if self.lists:
            text = self._item(text)
            if self.blocks and self.blocks[-1].lstrip().startswith(("- ", "1. ")):
                self.blocks[-1] += "\n" + text
                return
        elif closed[:1] == "h" and "*" not in text:
            text = f"**{text}**"
        self.blocks.append(text)

    def _item(self, text: str) -> str:
        number = self.lists[-1]
        mark = "- " if number is None else f"{number}. "
        if number is not None:
            self.lists[-1] = number + 1
        return "   " * (len(self.lists) - 1) + mark + text

    def _end_table(self) -> None:
        rows = [row for row in self.rows or () if row]
        self.rows, self.runs = None, [[]]
        if not rows:
            return
        width = max(map(len, rows))
        lines = ["| " + " | ".join(row + [""] * (width - len(row))) + " |" for row in rows]
        self.blocks.append("\n".join([lines[0], "|" + " --- |" * width, *lines[1:]]))

    def _picture(self, src: str, alt: str) -> None:
        name = unquote(src.split("?")[0].rsplit("/", 1)[-1]) if not src.startswith("data:") else self._inline(src)
        words = escaped(clean(alt))
        if not name:
            self.lost.append("một hình không đọc được")
        elif src.startswith(("http:", "https:", "//")):
            self.lost.append(f"hình ở địa chỉ ngoài {src[:80]}")
        else:
            self.names.append(name)
            words = f"![{words}]({name.replace(' ', '%20').replace(')', '%29')})"
        self.runs[-1].append(words)

    def _inline(self, src: str) -> str:
        """The name given to a picture that stands in its own address."""
        picture = data_picture(src, len(self.pictures) + 1)
        if picture is None:
            return ""
        self.pictures.append(picture)
        return picture.name


PICTURE = re.compile(r"!\[((?:\\.|[^\]\\])*)\]\(([^)\s]+)\)")


def picture_names(markdown: str) -> Iterator[str]:
    """The pictures that a text refers to."""
    for found in PICTURE.finditer(markdown) if "![" in markdown else ():
        yield unquote(found[2])
