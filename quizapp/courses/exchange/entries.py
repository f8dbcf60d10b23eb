"""Một câu khi đang đọc: its pictures, its remarks, and its texts as Markdown; shared by Moodle XML and QTI."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from quizapp.courses.exchange import texts
from quizapp.courses.exchange.pictures import NoPicture, checked
from quizapp.courses.exchange.texts import Converted
from quizapp.courses.exchange.xml_source import Node
from quizapp.domain.interchange import Offered, OfferedKind, OfferedPicture, Remark

# What editors write around nearly every text, a word or two in bold: read without the long way through a parser.
_BOLD = r"<(b|strong|i|em)>([^<>&*_`\s](?:[^<>&*_`]*[^<>&*_`\s])?)</\{}>"
_LIGHT = re.compile(
    r'\s*<p(?: (?:dir|style|class|id|lang)="[^"<>&]*")*+>'
    rf"((?:[^<>&]++|{_BOLD.format(2)})*+)(?:<br ?/?>)?</p>\s*"
)
_BOLD_INSIDE = re.compile(_BOLD.format(1))
MOST_PARTS = 100
_STYLE = re.compile(r"url|expression|javascript", re.IGNORECASE)


def lightly(source: str) -> str | None:
    """A paragraph with nothing but bold and italics as Markdown; None for all else."""
    found = _LIGHT.fullmatch(source)
    if found is None or _STYLE.search(source[: found.start(1)]):
        return None
    pieces = _BOLD_INSIDE.split(found[1])
    start = texts.from_html(pieces[0]).text
    told = [start, " " if start and pieces[0][-1:].isspace() else ""]
    for tag, bold, after in zip(pieces[1::3], pieces[2::3], pieces[3::3], strict=True):
        mark = "**" if tag in ("b", "strong") else "*"
        told += [mark, texts.escaped(texts.clean(bold)), mark, texts.escaped(texts.clean(after))]
    return " ".join("".join(told).split())


@dataclass
class Entry:
    """One question of a file while it is read."""

    line: int | None = None
    place: str = ""
    problems: list[Remark] = field(default_factory=list)
    pictures: dict[str, OfferedPicture] = field(default_factory=dict)
    _said: set[tuple[str, str]] = field(default_factory=set)

    def say(self, code: str, message: str, fix: str | None = None, fatal: bool = False) -> None:
        """One more remark; the same is said once."""
        if (code, message) not in self._said:
            self._said.add((code, message))
            self.problems.append(Remark(message=message, line=self.line, fix=fix, fatal=fatal, code=code))

    def few(self, parts: list[Node], most: int = MOST_PARTS) -> list[Node]:
        """The choices, pairs or blanks of a question, of which nobody writes hundreds."""
        if len(parts) > most:
            told = f"Câu có {len(parts)} phần (phương án, vế hoặc chỗ trống), nhiều nhất {most}."
            self.say("too_long", told, "Tách thành nhiều câu.", True)
        return parts[:most]

    def picture(self, name: str, read: Callable[[], bytes]) -> str | None:
        """The name under which the file now stands among the pictures; None, and a remark, where it is none."""
        try:
            picture = checked(name, read())
        except NoPicture as why:
            self.say("not_picture", f"Tệp “{name}” {why}: đã bỏ ra.", "Thêm lại hình sau khi nhập.")
            return None
        final, n = picture.name, 1
        while final in self.pictures and self.pictures[final].data != picture.data:
            n += 1
            stem, dot, ending = picture.name.rpartition(".")
            final = f"{stem}-{n}{dot}{ending}"
        self.pictures[final] = picture.model_copy(update={"name": final})
        return final

    def html(self, source: str) -> str:
        """HTML as Markdown; what is lost is said."""
        light = lightly(source)
        return self._taken(texts.from_html(source)) if light is None else light

    def moodle(self, source: str) -> str:
        """Moodle's auto-format as Markdown."""
        return self._taken(texts.from_moodle(source))

    def markdown(self, source: str) -> str:
        """Markdown of others as ours."""
        converted = texts.from_markdown(source)
        converted.names += texts.picture_names(converted.text)
        return self._taken(converted)

    def _taken(self, converted: Converted) -> str:
        text = converted.text
        for problem in converted.remarks(self.line):
            self.say(problem.code, problem.message)
        for inline in converted.pictures:
            final = self.picture(inline.name, lambda data=inline.data: data)  # type: ignore[misc]
            text = _renamed(text, inline.name, final)
        inside = {picture.name for picture in converted.pictures}
        for name in converted.names:
            if name not in inside and name not in self.pictures:
                self.say("lost_media", f"Thiếu tệp hình “{name}” mà câu nhắc đến.", "Thêm lại hình sau khi nhập.")
                text = _renamed(text, name, None)
        return text.strip()

    def offered(self, kind: OfferedKind, fields: dict[str, Any]) -> Offered:
        """The question as read."""
        update = {"problems": tuple(self.problems), "pictures": tuple(self.pictures.values()), "place": self.place}
        return Offered(kind=kind, **fields | update)


def _renamed(text: str, name: str, final: str | None) -> str:
    """The text with a picture under its final name, or with its words alone where it is gone."""
    written = re.escape(name.replace(" ", "%20").replace(")", "%29"))
    quoted = re.escape(quote(name))
    put = (lambda found: f"![{found[1]}]({final})") if final else (lambda found: str(found[1]))
    return re.sub(rf"!\[((?:\\.|[^\]\\])*)\]\((?:{written}|{quoted})\)", put, text)


def relocated(source: str, prefix: str, names: dict[str, str]) -> str:
    """An HTML text whose pictures stand under their final names: ``prefix`` + old, percent-escaped or not."""

    def final(found: re.Match[str]) -> str:
        name = unquote(found[1].split("?")[0]).rsplit("/", 1)[-1]
        return prefix + names.get(name, name if "%" not in found[1] else found[1])

    return re.sub(re.escape(prefix) + r"([^\"'<>\s)]+)", final, source)


def weight(text: str | None, of: float = 100.0) -> float:
    """A share of the mark in percent, from a number whose whole is ``of``; 0 where there is none to read."""
    try:
        share = float((text or "0").strip().replace(",", ".")) * 100 / of
    except ValueError:
        return 0.0
    return max(-100.0, min(100.0, round(share, 5))) if share == share else 0.0


def number(text: str | None) -> float | None:
    """A finite number, with a comma or a point; None for all else."""
    try:
        value = float((text or "").strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def named(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(names))
