"""QTI: what an item declares: its answers, their marks, how they are judged; the names are those of 2.x (`qti_source`)."""

import re
from dataclasses import dataclass, field

from quizapp.courses.exchange.entries import number
from quizapp.courses.exchange.xml_source import Node

_TEMPLATE = re.compile(
    r"(match_correct|map_response_point|map_response|CC2_match_basic|CC2_match|CC2_map_response)\w*(?:\.xml)?$"
)


MOST_VALUES = 1000  # pairs of a match, at most


@dataclass
class Declaration:
    """A response: its right values in order, and the marks of each where they are mapped."""

    name: str
    single: bool = True
    base: str = "identifier"
    correct: list[str] = field(default_factory=list)
    marks: dict[str, float] = field(default_factory=dict)
    default: float = 0.0
    mapped: bool = False  # the marks decide, not the right values
    case_sensitive: bool = False

    def share(self, value: str, single: bool) -> float:
        """The percent of the mark that a value gives; below 0 where it takes some away."""
        if not self.mapped:
            right = self.correct[:1] if single else self.correct
            return 0.0 if value not in right else 100.0 if single else round(100 / len(right), 5)
        positive = [mark for mark in self.marks.values() if mark > 0]
        whole = (max(positive) if single else sum(positive)) if positive else 1.0
        share = self.marks.get(value, self.default) * 100 / whole
        return max(-100.0, min(100.0, round(share, 5)))

    def right(self) -> list[str]:
        """The values that are right, in order; of a mapping alone those with marks."""
        return self.correct or [value for value, mark in self.marks.items() if mark > 0]


def declarations(item: Node) -> dict[str, Declaration]:
    """The responses that an item declares, by name."""
    mapped = _mapped(item)
    found = {}
    for node in item.all("responseDeclaration"):
        told = Declaration(node.get("identifier"), node.get("cardinality", "single") == "single", node.get("baseType"))
        correct = node.first("correctResponse")
        told.correct = [" ".join(value.text.split()) for value in correct.all("value")[:MOST_VALUES]] if correct else []
        if (mapping := node.first("mapping")) is not None:
            told.default = number(mapping.get("defaultValue")) or 0.0
            entries = mapping.all("mapEntry")[:MOST_VALUES]
            told.marks = {" ".join(one.get("mapKey").split()): number(one.get("mappedValue")) or 0.0 for one in entries}
            told.case_sensitive = any(one.get("caseSensitive") == "true" for one in entries)
        told.mapped = bool(told.marks) and (not told.correct or told.name in mapped or "*" in mapped)
        found[told.name] = told
    return found


def _mapped(item: Node) -> set[str]:
    """The responses that are judged by their mapping; "*" for all."""
    processing = item.first("responseProcessing")
    if processing is None:
        return set()
    if not processing.elements:
        return {"*"} if "map_response" in template(processing) else set()
    return {node.get("identifier") for node in processing.find("mapResponse")}


def template(processing: Node) -> str:
    """The name of the standard template that judges the item; "" for none, the address for one that is not standard."""
    address = processing.get("template") or processing.get("templateLocation")
    found = _TEMPLATE.search(address)
    return found[1] if found else address


_JUDGES = {"correct", "mapResponse"}


def unusual(item: Node) -> bool:
    """Whether the item is judged in a way that its right values and their marks do not tell."""
    processing = item.first("responseProcessing")
    if processing is None:
        return False
    if not processing.elements:
        name = template(processing)
        return bool(name) and (_TEMPLATE.fullmatch(name) is None or name == "map_response_point")
    judged = {node.get("identifier") for node in processing.walk() if node.name in _JUDGES}
    declared = {node.get("identifier") for node in item.all("responseDeclaration")}
    return not declared <= judged


def tolerance(item: Node, response: str, value: float) -> tuple[float, bool]:
    """How far a number may be from the right one, and whether the item says it in a way that we only come near to."""
    processing = item.first("responseProcessing")
    for equal in processing.find("equal") if processing else []:
        if not any(one.get("identifier") == response for one in equal.find("variable", "correct")):
            continue
        mode, told = equal.get("toleranceMode", "exact"), equal.get("tolerance").split()
        margins = [margin for one in told if (margin := number(one)) is not None]
        if mode == "exact" or not margins:
            return 0.0, False
        widest = max(margins) if mode == "absolute" else max(margins) * abs(value) / 100
        return round(widest, 12), len(set(margins)) > 1
    if processing and any(node.find("variable") for node in processing.find("equalRounded")):
        return 0.0, True
    return 0.0, False


def fed_back(item: Node) -> dict[str, str]:
    """Which value of the answer brings which feedback, where the processing says it value by value."""
    found = {}
    processing = item.first("responseProcessing")
    for branch in processing.find("responseIf", "responseElseIf") if processing else []:
        test = next(iter(branch.all("match", "member", "equal", "stringMatch")), None)
        value = next(iter(test.find("baseValue")), None) if test else None
        for outcome in branch.all("setOutcomeValue"):
            shown = outcome.first("baseValue")
            if value is not None and shown is not None and shown.get("baseType") == "identifier":
                found[shown.text.strip()] = value.text.strip()
    return found
