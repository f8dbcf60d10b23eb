"""Một câu của Moodle XML: what every type has, its texts in any of Moodle's formats with the files inside them."""

from typing import Any

from quizapp.courses.exchange import texts
from quizapp.courses.exchange.entries import Entry, named, number, relocated, weight
from quizapp.courses.exchange.pictures import decoded
from quizapp.courses.exchange.xml_source import Node
from quizapp.domain.interchange import Offered, OfferedKind, OfferedOption

FILES = "@@PLUGINFILE@@/"
_OVERALL = {
    "correctfeedback": "khi đúng",
    "partiallycorrectfeedback": "khi đúng một phần",
    "incorrectfeedback": "khi sai",
}
# What every type has, or what only says how Moodle shows the question.
COMMON = {
    "name", "questiontext", "generalfeedback", "defaultgrade", "penalty", "hidden", "idnumber", "tags", "coursetags",
    "hint", "shownumcorrect", "correctresponsesfeedback", "image", "image_base64", "image_url", "version", *_OVERALL,
}  # fmt: skip


class MoodleEntry(Entry):
    """A <question> while it is read."""

    def __init__(self, node: Node, n: int, category: str | None) -> None:
        super().__init__(line=node.line, place=f"câu {n}")
        self.node = node
        self.category = category
        source = node.first("questiontext")
        self.format = (source.get("format") if source else "") or "html"

    def text(self, node: Node | None, default: str = "", instead: str | None = None) -> str:
        """The <text> of an element as Markdown, its files taken along; ``instead``: that text, with its files."""
        if node is None:
            return ""
        source = (node.value("text") or "") if instead is None else instead.strip()
        names = {}
        for file in node.all("file"):
            name = file.get("name") or "hinh"
            final = self.picture(name, lambda file=file: decoded(file.text))  # type: ignore[misc]
            if final is not None:
                names[name] = final
        if not source:
            return "".join(f"![]({final})" for final in names.values())
        if FILES in source:
            source = relocated(source, FILES, names)
        return self._converted(source, node.get("format") or default or self.format)

    def _converted(self, source: str, form: str) -> str:
        match form.strip():
            case "plain_text":
                return texts.from_plain(source)
            case "moodle_auto_format":
                return self.moodle(source)
            case "markdown":
                return self.markdown(source.replace(FILES, ""))
            case "wiki_like":
                self.say("lost_format", "Chữ theo kiểu wiki cũ của Moodle được đọc như chữ thường.")
                return texts.from_plain(source)
            case _:
                return self.html(source)

    def inline(self, source: str) -> str:
        """A piece of the question's text, in its format."""
        return self._converted(source, self.format) if source.strip() else ""

    def plain(self, source: str) -> str:
        """Letters alone as Markdown: what Moodle keeps as plain text may hold tags all the same."""
        return self.html(source) if "<" in source or "&" in source else texts.from_plain(source)

    def feedback(self, node: Node) -> str | None:
        return self.text(node.first("feedback")) or None

    def answer(self, node: Node) -> OfferedOption:
        """An <answer> that is shown."""
        return OfferedOption(text=self.text(node), weight=weight(node.get("fraction")), feedback=self.feedback(node))

    def typed(self, node: Node) -> OfferedOption:
        """An <answer> that is typed: its text is no markup. Very old files have it outside <text>."""
        source = node.value("text")
        if source is None:
            source = "".join(child for child in node.children if isinstance(child, str))
        text = " ".join(texts.clean(source).split())
        return OfferedOption(text=text, weight=weight(node.get("fraction")), feedback=self.feedback(node))

    def done(self, kind: OfferedKind, text: str | None = None, **fields: Any) -> Offered:
        """The question with all that every type has."""
        node = self.node
        name = node.first("name")
        old = self._old_image()
        told = self.text(node.first("questiontext")) if text is None else text
        common = {
            "title": " ".join(texts.plain_html((name.value("text") if name else None) or "").split()),
            "text": "\n\n".join(part for part in (told, old) if part),
            "category": self.category,
            "id": node.value("idnumber") or None,
            "feedback": self.text(node.first("generalfeedback")) or None,
            "tags": tuple(dict.fromkeys(tag for tag in self._tags() if tag)),
        }
        self._say_lost()
        return self.offered(kind, common | fields)

    def _tags(self) -> list[str]:
        tags = [tag for held in self.node.all("tags", "coursetags") for tag in held.all("tag")]
        return [" ".join(texts.clean(tag.value("text") or tag.text).split()) for tag in tags]

    def _old_image(self) -> str:
        """The picture of files before Moodle 2: <image> with its name, <image_base64> with its bytes."""
        name, data = self.node.value("image"), self.node.value("image_base64")
        if not name or not data:
            return ""
        final = self.picture(name, lambda: decoded(data))
        return f"![]({final})" if final else ""

    def _say_lost(self) -> None:
        """Whatever Moodle has and we do not."""
        overall = [
            f"{when}: “{text[:120]}”"
            for child, when in _OVERALL.items()
            if (found := self.node.first(child)) is not None and (text := self.text(found))
        ]
        if overall:
            told = f"Nhận xét chung của Moodle không mang theo ({'; '.join(overall)})."
            self.say("lost_feedback", told, "Chép vào phần giải thích nếu cần.")
        hints = [
            text for hint in self.node.all("hint") if (text := self.text(hint) or self.text(hint.first("hintcontent")))
        ]
        if hints:
            self.say("lost_hint", f"Gợi ý giữa các lần trả lời không mang theo: “{named(hints)[:200]}”.")
        if (number(self.node.value("defaultgrade")) or 1) != 1 and self.node.get("type") not in (
            "description",
            "cloze",
        ):
            told = f"Câu có hệ số {number(self.node.value('defaultgrade')):g} ở Moodle; ở đây mỗi câu tính như nhau."
            self.say("lost_weight", told)
        if self.node.value("hidden") == "1":
            self.say("hidden", "Câu đang bị ẩn ở Moodle.", "Chỉ nhập nếu đồng chí vẫn muốn dùng.")
