"""QTI 2.2, viết: what each kind of question declares as its answer, and how it is asked in a body."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from quizapp.courses.exchange.blanks import without_marks
from quizapp.courses.exchange.markup import bare_tags, rendered, rendered_inline
from quizapp.courses.exchange.qti_items import PART, SITUATION
from quizapp.courses.exchange.texts import to_plain
from quizapp.courses.exchange.xml_source import tag, words
from quizapp.domain.interchange import Offered, OfferedOption

_MARK = re.compile(r"\{([0-9]+)\}")


@dataclass
class Answer:
    """A response of an item: the question, or the gap, that asks for it; its options by name."""

    item: Offered
    name: str
    options: tuple[OfferedOption, ...] = ()
    gap: int | None = None
    keys: dict[str, OfferedOption] = field(default_factory=dict)  # of what is shown to choose from
    lefts: dict[str, str] = field(default_factory=dict)
    rights: dict[str, str] = field(default_factory=dict)
    pairs: list[str] = field(default_factory=list)

    @property
    def kind(self) -> str:
        return "inline" if self.gap is not None else self.item.kind

    @property
    def prefix(self) -> str:
        return self.name.removeprefix("RESPONSE")

    @property
    def outcome(self) -> str:
        return f"FEEDBACK{self.prefix}"

    @property
    def shown(self) -> str:
        """The cardinality of its feedback."""
        return "multiple" if self.kind == "multiple" else "single"

    @property
    def fed_back(self) -> dict[str, str]:
        return {key: one.feedback for key, one in self.keys.items() if one.feedback}

    @property
    def margin(self) -> float:
        return self.item.tolerance or 0.0 if self.kind == "number" else 0.0

    @property
    def base(self) -> str:
        bases = {"matching": "directedPair", "short": "string", "number": "float"}
        return bases.get(self.kind, "identifier")

    @property
    def cardinality(self) -> str:
        return {"multiple": "multiple", "matching": "multiple", "ordering": "ordered"}.get(self.kind, "single")

    @property
    def correct(self) -> list[str]:
        if self.kind == "ordering":
            return list(self.keys)
        if self.kind == "matching":
            return self.pairs
        right = [key for key, one in self.keys.items() if one.weight > 0]
        if self.base in ("string", "float"):
            right = [one.text for one in self.keys.values() if one.weight > 0]
        return right if self.kind == "multiple" else right[:1]

    @property
    def marks(self) -> dict[str, float]:
        """What each value is worth, where right or wrong does not say it all."""
        if self.kind == "matching":
            return {pair: round(1 / len(self.pairs), 7) for pair in self.pairs}
        if self.kind == "multiple":
            return {key: round(one.weight / 100, 7) for key, one in self.keys.items() if one.weight}
        if self.kind == "short" or (self.kind == "number" and len(self.keys) > 1):
            return {one.text: round(one.weight / 100, 7) for one in self.keys.values()}
        if any(one.weight not in (0, 100) for one in self.keys.values()) and self.kind in ("single", "inline"):
            return {key: round(one.weight / 100, 7) for key, one in self.keys.items() if one.weight}
        return {}

    def declaration(self) -> str:
        correct = [tag("value", words(value)) for value in self.correct]
        inside = [tag("correctResponse", *correct)] if correct else []
        if self.marks:
            strict = {"case_sensitive": "false"} if self.base == "string" else {}
            entries = [
                tag("mapEntry", map_key=key, mapped_value=f"{mark:g}", **strict) for key, mark in self.marks.items()
            ]
            inside.append(tag("mapping", *entries, lower_bound="0", upper_bound="1", default_value="0"))
        attributes = {"identifier": self.name, "cardinality": self.cardinality, "base_type": self.base}
        return tag("responseDeclaration", *inside, **attributes)

    def steps(self) -> Iterator[str]:
        """How it is judged, where no template says it: its mark on top of the others', then what is shown."""
        variable = tag("variable", identifier=self.name)
        total = tag("variable", identifier="SCORE")
        if self.marks:
            worth = tag("sum", total, tag("mapResponse", identifier=self.name))
            yield tag("setOutcomeValue", worth, identifier="SCORE")
        else:
            worth = tag("sum", total, tag("baseValue", "1", base_type="float"))
            earned = tag("setOutcomeValue", worth, identifier="SCORE")
            yield tag("responseCondition", tag("responseIf", self._test(variable), earned))
        if self.fed_back and self.base == "identifier":
            yield tag("setOutcomeValue", variable, identifier=self.outcome)
        elif self.fed_back:
            yield from self._typed_feedback(variable)

    def _test(self, variable: str) -> str:
        correct = tag("correct", identifier=self.name)
        if self.margin:
            told = f"{self.margin:.15g} {self.margin:.15g}"
            return tag("equal", variable, correct, tolerance_mode="absolute", tolerance=told)
        return tag("match", variable, correct)

    def _typed_feedback(self, variable: str) -> Iterator[str]:
        for key in self.fed_back:
            value = tag("baseValue", words(self.keys[key].text), base_type=self.base)
            shown_ = tag("setOutcomeValue", tag("baseValue", key, base_type="identifier"), identifier=self.outcome)
            yield tag("responseCondition", tag("responseIf", tag("match", variable, value), shown_))


def answers(item: Offered) -> list[Answer]:
    """The responses of an item; of a case those of its parts, one after another."""
    if item.kind == "case":
        return [one for n, part in enumerate(item.parts, 1) for one in _answers(part, f"RESPONSE{n}")]
    return _answers(item, "RESPONSE")


def _answers(item: Offered, name: str) -> list[Answer]:
    if item.kind in ("description", "case"):
        return []
    if item.kind == "gaps":
        return [_named(Answer(item, f"{name}_{n}", options, n)) for n, options in enumerate(item.gaps, 1)]
    return [_named(Answer(item, name, item.options))]


def _named(answer: Answer) -> Answer:
    for n, option in enumerate(answer.options, 1):
        answer.keys[f"A{answer.prefix}_{n}"] = option
    for n, pair in enumerate(answer.item.pairs if answer.kind == "matching" else (), 1):
        right = next((key for key, text in answer.rights.items() if text == pair.right), f"R{answer.prefix}_{n}")
        answer.rights[right] = pair.right
        if pair.left:
            answer.lefts[f"L{answer.prefix}_{n}"] = pair.left
            answer.pairs.append(f"L{answer.prefix}_{n} {right}")
    return answer


# --- bodies ----------------------------------------------------------------------------------------------------


def shown(markdown: str, media: str) -> str:
    """A text as blocks, with the tags and attributes that QTI knows."""
    html = bare_tags(rendered(markdown, lambda name: media + name))
    return html.replace("</thead>\n</table>", "</thead><tbody><tr><td></td></tr></tbody></table>")


def _inline(markdown: str, media: str) -> str:
    return bare_tags(rendered_inline(markdown, lambda name: media + name))


def body(item: Offered, found: list[Answer], media: str) -> Iterator[str]:
    """The blocks of the item's body."""
    if item.kind == "case":
        if situation := item.text or item.situation:
            yield tag("div", shown(situation, media), class_=SITUATION)
        for part in item.parts:
            mine = [one for one in found if one.item is part]
            yield tag("div", *_asked(part, mine, media), class_=PART)
        return
    if item.situation:
        yield tag("div", shown(item.situation, media), class_=SITUATION)
    yield from _asked(item, found, media)


def _asked(item: Offered, found: list[Answer], media: str) -> Iterator[str]:
    if item.kind == "gaps":
        text = shown(_MARK.sub(r"⟦\1⟧", without_marks(item.text)), media)
        for one in found:
            text = text.replace(f"⟦{one.gap}⟧", _list(one))
        yield text
        return
    yield shown(item.text, media)
    for one in found:
        yield _interaction(one, media)


def _list(one: Answer) -> str:
    choices = [tag("inlineChoice", words(to_plain(option.text)), identifier=key) for key, option in one.keys.items()]
    return tag("inlineChoiceInteraction", *choices, response_identifier=one.name, shuffle="true")


def _interaction(one: Answer, media: str) -> str:
    asked = {"response_identifier": one.name}
    choices = [tag("simpleChoice", _inline(option.text, media), identifier=key) for key, option in one.keys.items()]
    match one.kind:
        case "single":
            return tag("choiceInteraction", *choices, **asked, shuffle=_shuffled(one), max_choices="1")
        case "true_false":
            return tag("choiceInteraction", *choices, **asked, shuffle="false", max_choices="1")
        case "multiple":
            return tag("choiceInteraction", *choices, **asked, shuffle=_shuffled(one), max_choices="0")
        case "ordering":
            return tag("orderInteraction", *choices, **asked, shuffle="true")
        case "matching":
            return _match(one, media)
        case "essay":
            return tag("extendedTextInteraction", **asked)
    unit = f" {words(one.item.unit)}" if one.item.unit else ""
    return tag("p", tag("textEntryInteraction", **asked) + unit)


def _shuffled(one: Answer) -> str:
    return "false" if one.item.ordered else "true"


def _match(one: Answer, media: str) -> str:
    sides = []
    for texts, most in ((one.lefts, "1"), (one.rights, "0")):
        choices = [
            tag("simpleAssociableChoice", _inline(text, media), identifier=key, match_max=most)
            for key, text in texts.items()
        ]
        sides.append(tag("simpleMatchSet", *choices))
    most = str(len(one.lefts))
    return tag("matchInteraction", *sides, response_identifier=one.name, shuffle="true", max_associations=most)
