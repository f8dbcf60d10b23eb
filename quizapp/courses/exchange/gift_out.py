"""GIFT, out: questions as Moodle writes them, their texts as Markdown."""

import re
from collections.abc import Iterable

from quizapp.courses.exchange.carried import apart
from quizapp.courses.exchange.lost import moodle_losses, picture_losses
from quizapp.courses.exchange.markup import rendered_inline
from quizapp.courses.exchange.texts import to_plain
from quizapp.domain.interchange import RIGHT, Offered, OfferedOption, tags_of


def digits(value: float) -> str:
    """A number without needless zeros."""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def unwritable(item: Offered) -> str | None:
    """Why the format cannot hold a question; None where it can."""
    if item.kind == "gaps" and len(item.gaps) != 1:
        return "GIFT chỉ ghi được câu có một chỗ trống"
    if item.kind == "short" and any("->" in option.text for option in item.options):
        return "Moodle coi câu trả lời ngắn có “->” là câu ghép đôi"
    return None


def losses(item: Offered) -> list[str]:
    """What of a question that it can hold is left out."""
    return [*picture_losses("GIFT", item), *moodle_losses(item)]


def write(items: Iterable[Offered]) -> bytes:
    """The questions as one file; those that it cannot hold are named in comments."""
    written, category = ["// Bộ câu hỏi ở định dạng GIFT, bảng mã UTF-8."], None
    for item in apart(items):
        if item.category != category:
            category = item.category
            written.append(f"$CATEGORY: {category or '$course$/top'}")  # as it is: Moodle undoes no escapes there
        why = unwritable(item)
        written.append(f"// Không ghi được câu {item.id or item.title}: {why}." if why else _written(item))
    return ("\n\n".join(written) + "\n").encode()


def _written(item: Offered) -> str:
    tokens = [f"[id:{_token(item.id)}]"] if item.id else []
    tokens += [f"[tag:{_token(tag)}]" for tag in tags_of(item)]
    lines = [f"// {' '.join(tokens)}"] if tokens else []
    title = f"::{_escape(item.title)}::" if item.title else ""
    general = f"####{_escape(item.feedback)}" if item.feedback else ""
    text = item.text
    if item.kind == "gaps":
        before, _, after = text.partition("{1}")
        inside = _options(item.gaps[0], True)
        return "\n".join([*lines, f"{title}[markdown]{_escape(before)}{{{inside}{general}}}{_escape(after)}"])
    body = "" if item.kind == "description" else "{" + _inside(item) + general + "}"
    return "\n".join([*lines, f"{title}[markdown]{_escape(text)}{body}"])


def _inside(item: Offered) -> str:
    match item.kind:
        case "single" | "multiple":
            return _options(item.options, item.kind == "single")
        case "true_false":
            right = next((option for option in item.options if option.weight > 0), item.options[0])
            wrong = next(option for option in item.options if option is not right)
            told = "TRUE" if right.text == RIGHT else "FALSE"
            if right.feedback or wrong.feedback:
                told += f"#{_escape(wrong.feedback or '')}"
            return told + (f"#{_escape(right.feedback)}" if right.feedback else "")
        case "matching":
            return "".join(f"\n\t={_arrowless(one.left)} -> {_right(one.right)}" for one in item.pairs) + "\n"
        case "ordering":
            head = f">{len(item.options)} ALL VERTICAL ABSOLUTE_POSITION SHOW none"
            return "\n".join([head, *(_line(option.text) for option in item.options)]) + "\n"
        case "short":
            return "".join(f"\n\t=%{digits(one.weight)}%{_typed(one)}" for one in item.options) + "\n"
        case "number":
            return "#" + "".join(_number(one, item.tolerance) for one in item.options) + "\n"
    return ""


def _options(options: Iterable[OfferedOption], single: bool) -> str:
    told = ""
    for one in options:
        share = one.weight or one.text.startswith("%")  # a text that begins like a share has one before it
        sign = "=" if single and one.weight == 100 else f"~%{digits(one.weight)}%" if share else "~"
        told += f"\n\t{sign}{_escape(one.text)}{_note(one)}"
    return told + "\n"


def _number(one: OfferedOption, tolerance: float | None) -> str:
    if one.text == "*":
        return f"\n\t~{_note(one)}"
    margin = one.tolerance if one.tolerance is not None else tolerance or 0.0
    return f"\n\t=%{digits(one.weight)}%{one.text}:{digits(margin)}{_note(one)}"


def _typed(one: OfferedOption) -> str:
    """A short answer: an asterisk would stand for anything; an arrow would make pairs of the answers."""
    feedback = f"#{_arrowless(one.feedback)}" if one.feedback else ""
    return _escape(one.text.replace("*", "\\*")) + feedback


def _arrowless(markdown: str) -> str:
    return _escape(markdown.replace("->", "-\\>"))


def _right(markdown: str) -> str:
    """A right side is no Markdown, whatever the question's format."""
    return _escape(" ".join(to_plain(markdown).split()))


def _line(markdown: str) -> str:
    """An item to be ordered: HTML in a line of its own, in which Moodle undoes no escapes."""
    html = " ".join(rendered_inline(markdown, lambda name: name).split())
    return re.sub(r"[{}#\\]|^/", lambda sign: f"&#{ord(sign[0])};", html)


def _note(one: OfferedOption) -> str:
    return f"#{_escape(one.feedback)}" if one.feedback else ""


def _escape(text: str) -> str:
    text = re.sub(r"[\\:#={}~]", r"\\\g<0>", text.strip())
    return text.replace("\n", "\\n")


def _token(text: str) -> str:
    told = re.sub(r"[\x00-\x1f]", " ", text).replace("]", "\\]")
    return f"{told} " if told.endswith("\\") else told  # a backslash must not take the bracket's place
