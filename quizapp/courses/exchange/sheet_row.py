"""Một dòng của bảng tính câu hỏi, on its way to a question."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from quizapp.courses.exchange.sheet_columns import LEVELS, gap_options, kind_of, level_of
from quizapp.courses.exchange.texts import clean, from_typed
from quizapp.domain.interchange import KINDS, RIGHT, WRONG, Offered, OfferedKind, OfferedOption, OfferedPair, Remark
from quizapp.domain.vietnamese import fold, plain

_YES, _NO = {"dung", "d", "true", "t", "x", "co", "yes"}, {"sai", "s", "false", "f", "khong", "no"}
_LETTERED = re.compile(r"\n\s*([A-Ha-h])\s*[.)/:]\s*(?=\S)")


class Row:
    """A row on its way to a question."""

    def __init__(self, given: Mapping[str, str], line: int, formulas: Sequence[int]):
        self.given: Mapping[str, str] = given
        self.line = line
        self.remarks: list[Remark] = []
        if formulas:
            cells = ", ".join(f"{_letters(column)}{line}" for column in formulas)
            fix = "Chép rồi dán lại dạng giá trị (Paste Special > Values)."
            self._say(f"Ô {cells} là công thức.", "formula", fix, fatal=True)

    def _say(self, told: str, code: str, fix: str | None = None, fatal: bool = False) -> None:
        self.remarks.append(Remark(message=told, line=self.line or None, fix=fix, fatal=fatal, code=code))

    def _bare(self, field: str) -> str:
        return " ".join(clean(self.given.get(field, "")).split())

    def question(self, place: str) -> Offered:
        options = self._options()
        key = self._bare("key")
        kind = self._kind(options, key)
        told: dict[str, Any] = {"kind": kind, "place": place, "text": from_typed(self.given.get("text", ""))}
        told |= {"situation": from_typed(self.given.get("situation", "")) or None}
        told |= {name: self._bare(name) or None for name in ("id", "category", "provision", "objective", "unit")}
        told |= {"title": self._bare("title"), "unit_key": self._bare("case") or None, "level": self._level()}
        told["tags"] = tuple(tag for tag in re.split(r"\s*[;,]\s*", self._bare("tags")) if tag)
        told["feedback"] = from_typed(self.given.get("feedback", "")) or None
        told |= {name: fold(self._bare(name)) in _YES for name in ("ordered", "without_marks")}
        told |= self._answers(kind, options, key)
        return Offered(**told, problems=tuple(self.remarks))

    def _options(self) -> list[tuple[str, str]]:
        """(letter, text), from cells of their own or from the lines “A. …”, “B. …” of one cell."""
        options = [(letter, text) for letter in "abcdefgh" if (text := self.given.get(f"option_{letter}", "").strip())]
        for field in ("options", "text") if not options else ():
            pieces = _LETTERED.split("\n" + self.given.get(field, ""))
            letters = [letter.lower() for letter in pieces[1::2]]
            if len(letters) > 1 and letters == list("abcdefgh"[: len(letters)]):
                options = list(zip(letters, (text.strip() for text in pieces[2::2]), strict=True))
                self.given = {**self.given, field: pieces[0].strip()}
                break
        return options

    def _kind(self, options: Sequence[tuple[str, str]], key: str) -> OfferedKind:
        said = self._bare("kind")
        letters = _keys(key, [letter for letter, _ in options])
        if said and (kind := kind_of(said)):  # "nhiều lựa chọn" is what many call a question with one right option
            return "multiple" if kind == "single" and len(letters) > 1 else kind
        if options:
            guess: OfferedKind = "multiple" if len(letters) > 1 else "single"
        elif fold(key) in _YES | _NO:
            guess = "true_false"
        elif key:
            guess = "number" if re.fullmatch(r"-?\d+([.,]\d+)?", key) else "short"
        else:
            guess = "essay"
        if said:
            told = f"Loại câu “{said[:40]}” không có; được đọc là “{KINDS[guess]}”."
            self._say(told, "kind", f"Ghi một trong: {', '.join(KINDS.values())}.")
        return guess

    def _level(self) -> str | None:
        said = self._bare("level")
        level = level_of(said) if said else None
        if said and level is None:
            self._say(f"Mức “{said[:40]}” không có.", "level", f"Ghi một trong: {', '.join(LEVELS.values())}.")
        return level

    def _why(self, letter: str) -> str | None:
        return from_typed(self.given.get(f"why_{letter}", "")) or None

    def _answers(self, kind: str, options: Sequence[tuple[str, str]], key: str) -> dict[str, Any]:
        match kind:
            case "single" | "multiple":
                return {"options": self._choices(options, key)}
            case "true_false":
                return {"options": self._true_false(key)}
            case "matching":
                return {"pairs": tuple(self._pair(letter, text) for letter, text in options)}
            case "ordering":
                return {"options": tuple(OfferedOption(text=from_typed(text), weight=100) for _, text in options)}
            case "short":
                accepted = [text for _, text in options] or re.split(r"\s*;\s*", key)
                return {
                    "options": tuple(
                        OfferedOption(text=" ".join(clean(one).split()), weight=100) for one in accepted if one
                    )
                }
            case "number":
                return self._number(key)
            case "gaps":
                return {
                    "gaps": tuple(gap_options(text, self.given.get(f"why_{letter}", "")) for letter, text in options)
                }
        return {}

    def _choices(self, options: Sequence[tuple[str, str]], key: str) -> tuple[OfferedOption, ...]:
        letters = [letter for letter, _ in options]
        right = _keys(key, letters)
        if not right and key:  # the right option itself, instead of its letter
            right = [letter for letter, text in options if plain(text) == plain(key)]
        if not right:
            told = f"Đáp án “{key[:40]}” không chỉ phương án nào." if key else "Câu chưa có đáp án."
            self._say(told, "no_key", f"Ghi chữ của phương án đúng: {', '.join(letters).upper()}.", fatal=True)
        weight = round(100 / len(right), 5) if right else 0
        return tuple(
            OfferedOption(
                text=from_typed(text), weight=weight if letter in right else 0, feedback=self._why(letter), key=letter
            )
            for letter, text in options
        )

    def _true_false(self, key: str) -> tuple[OfferedOption, ...]:
        said = fold(key)
        if said not in _YES | _NO | {"a", "b"}:
            told = f"Đáp án “{key[:40]}” không phải Đúng hay Sai."
            self._say(told, "no_key", "Ghi “Đúng” hoặc “Sai” ở cột Đáp án.", fatal=True)
        right = said in _YES | {"a"}
        return (
            OfferedOption(text=RIGHT, weight=100 if right else 0, feedback=self._why("a")),
            OfferedOption(text=WRONG, weight=0 if right else 100, feedback=self._why("b")),
        )

    def _pair(self, letter: str, text: str) -> OfferedPair:
        left, arrow, right = re.sub(r"\s*(?:->|→|=>|\|)\s*", "→", text, count=1).partition("→")
        if not arrow:
            self._say(f"“{text[:40]}” thiếu dấu → giữa hai vế.", "pair", "Viết: vế trái -> vế phải.", fatal=True)
        return OfferedPair(left=from_typed(left), right=from_typed(right), feedback=self._why(letter))

    def _number(self, key: str) -> dict[str, Any]:
        value, _, margin = re.sub(r"\s", "", key.replace("±", ":")).partition(":")
        margin = self._bare("tolerance") or margin or "0"
        try:
            number, tolerance = (float(one.replace(",", ".").strip()) for one in (value, margin))
        except ValueError:
            self._say(
                f"Đáp án “{key[:40]}” không phải số.", "number", "Ghi số, ví dụ 12,5; sai số ở cột Sai số.", fatal=True
            )
            return {}
        text = str(int(number)) if number.is_integer() and abs(number) < 1e15 else repr(number)
        return {"options": (OfferedOption(text=text, weight=100, tolerance=tolerance),), "tolerance": tolerance}


def _keys(key: str, letters: Sequence[str]) -> list[str]:
    """The letters that a key names: "B", "A, C", "AC", "2", "Phương án B"."""
    told = re.sub(r"(?:phuong an|dap an|cau|lua chon|y)\b", " ", fold(key))
    words = [word for word in re.split(r"[\s,;.&+/)(:-]+|\bva\b|\band\b", told) if word]
    if len(words) == 1 and len(words[0]) > 1 and set(words[0]) <= set(letters):
        words = list(words[0])
    named = [letters[int(word) - 1] if word.isdigit() and 0 < int(word) <= len(letters) else word for word in words]
    return list(dict.fromkeys(named)) if named and set(named) <= set(letters) else []


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column > 25 else "") + chr(65 + column % 26)
