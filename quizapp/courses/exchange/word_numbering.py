"""Đánh số tự động của Word: what stands before a paragraph without being in its text."""

import re
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


class Numbering:
    """numbering.xml, and how far each list has counted."""

    def __init__(self, root: Any):
        self.levels: dict[str, dict[int, tuple[str, str, int]]] = {}  # list -> level -> (format, text, start)
        self.lists: dict[str, str] = {}  # number -> list that it counts with
        self.counts: dict[str, list[int | None]] = {}
        if root is None:
            return
        kinds = {one.get(f"{W}abstractNumId", ""): _levels(one) for one in root.findall(f"{W}abstractNum")}
        for number in root.findall(f"{W}num"):
            key, kind = number.get(f"{W}numId", ""), number.find(f"{W}abstractNumId")
            base = kind.get(f"{W}val", "") if kind is not None else ""
            self.levels[key] = dict(kinds.get(base, {}))
            overrides = number.findall(f"{W}lvlOverride")
            self.lists[key] = f"own {key}" if overrides else base
            for one in overrides:
                level, start = int(one.get(f"{W}ilvl", "0")), one.find(f"{W}startOverride")
                self.levels[key].update(_levels(one))
                told = self.levels[key].get(level, ("decimal", f"%{level + 1}.", 1))
                if start is not None:
                    self.levels[key][level] = (told[0], told[1], int(start.get(f"{W}val", "1")))

    def label(self, place: tuple[str, int] | None) -> str:
        """What Word puts before the next paragraph of that list and level; "•" for a bullet, "" for nothing."""
        if place is None or place[0] not in self.levels or place[1] not in self.levels[place[0]]:
            return ""
        number, level = place
        counts = self.counts.setdefault(self.lists[number], [None] * 9)
        for n in range(level + 1):
            start = self.levels[number].get(n, ("", "", 1))[2]
            last = counts[n]
            counts[n] = (start if last is None else last + 1) if n == level else (start if last is None else last)
        counts[level + 1 :] = [None] * (8 - level)
        kind, text, _ = self.levels[number][level]
        if kind in ("bullet", "none"):
            return "•" if kind == "bullet" else ""

        def told(found: re.Match[str]) -> str:
            of = int(found[1]) - 1
            return _formatted(counts[of] or 1, self.levels[number], of)

        return re.sub(r"%([1-9])", told, text)

    def lettered(self, place: tuple[str, int] | None) -> bool:
        """Whether that list counts with letters: they are options whatever letter it has come to, "I." of a Roman one is not."""
        number, level = place or ("", 0)
        return self.levels.get(number, {}).get(level, ("",))[0] in ("upperLetter", "lowerLetter")


def _levels(parent: Any) -> dict[int, tuple[str, str, int]]:
    found = {}
    for one in parent.findall(f"{W}lvl"):
        told = {name: one.find(f"{W}{name}") for name in ("numFmt", "lvlText", "start")}
        value = {name: node.get(f"{W}val", "") if node is not None else "" for name, node in told.items()}
        start = int(value["start"]) if value["start"].isdigit() else 1
        found[int(one.get(f"{W}ilvl", "0"))] = (value["numFmt"] or "decimal", value["lvlText"], start)
    return found


def _formatted(count: int, levels: dict[int, tuple[str, str, int]], level: int) -> str:
    match levels.get(level, ("decimal", "", 1))[0]:
        case "upperLetter":
            return chr(65 + (count - 1) % 26)
        case "lowerLetter":
            return chr(97 + (count - 1) % 26)
        case "upperRoman":
            return _roman(count)
        case "lowerRoman":
            return _roman(count).lower()
    return str(count)


def _roman(count: int) -> str:
    told = ""
    for value, letters in zip((100, 90, 50, 40, 10, 9, 5, 4, 1), "C XC L XL X IX V IV I".split(), strict=True):
        told += letters * (count // value)
        count %= value
    return told
