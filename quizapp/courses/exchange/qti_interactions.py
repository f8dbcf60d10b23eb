"""QTI: each interaction that we know, as one of our kinds; all others are named."""

from collections import Counter
from collections.abc import Callable

from quizapp.courses.exchange import texts
from quizapp.courses.exchange.blanks import filled
from quizapp.courses.exchange.entries import number
from quizapp.courses.exchange.qti_declarations import Declaration, tolerance
from quizapp.courses.exchange.qti_entry import QtiEntry
from quizapp.courses.exchange.xml_source import Node
from quizapp.domain.interchange import RIGHT, WRONG, Offered, OfferedKind, OfferedOption, OfferedPair
from quizapp.domain.vietnamese import plain

_TRUE, _FALSE = {"true", "đúng", "right", "correct"}, {"false", "sai", "wrong", "incorrect"}
_NAMES = {
    "associateInteraction": "ghép cặp tự do", "graphicAssociateInteraction": "ghép cặp trên hình",
    "graphicGapMatchInteraction": "kéo vào hình", "graphicOrderInteraction": "xếp thứ tự trên hình",
    "hotspotInteraction": "chọn vùng trên hình", "selectPointInteraction": "chọn điểm trên hình",
    "positionObjectInteraction": "đặt vật trên hình", "sliderInteraction": "thanh trượt", "hottextInteraction": "chọn chữ",
    "drawingInteraction": "vẽ", "uploadInteraction": "nộp tệp", "mediaInteraction": "nghe nhìn",
    "customInteraction": "loại riêng của phần mềm", "portableCustomInteraction": "loại riêng của phần mềm",
    "endAttemptInteraction": "nút kết thúc",
}  # fmt: skip


def declared(entry: QtiEntry, node: Node) -> Declaration:
    """The answer that an interaction asks for."""
    name = node.get("responseIdentifier")
    return entry.declared.get(name) or Declaration(name)


def question(entry: QtiEntry, node: Node) -> Offered:
    """A block interaction as a question without a text; what it cannot be is said."""
    read = _READERS.get(node.name)
    if read is not None:
        return read(entry, node)
    noun = _NAMES.get(node.name, node.name)
    told = f"Kiểu trả lời “{noun}” của QTI chưa được hỗ trợ."
    entry.say("unsupported_kind", told, "Viết lại thành một loại câu khác trước khi nhập.", True)
    return Offered(kind="description")


def _own(entry: QtiEntry, node: Node, inline: bool = False) -> str:
    """The text of a choice; feedback in it belongs to it."""
    entry.choice = node.get("identifier")
    text = entry.markdown_of(node)
    entry.choice = None
    return texts.from_plain(" ".join(texts.to_plain(text).split())) if inline else text


def _feedback(entry: QtiEntry, name: str) -> str | None:
    """What is shown for a choice; taken out of what is shown for the question."""
    mine = [one for one in entry.feedback if name in (one.choice, one.name) or entry.fed_back.get(one.name) == name]
    entry.feedback = [one for one in entry.feedback if one not in mine]
    return "\n\n".join(one.text for one in mine if one.text) or None


def _options(
    entry: QtiEntry, told: Declaration, choices: list[Node], single: bool, inline: bool = False
) -> tuple[OfferedOption, ...]:
    found = []
    for choice in choices:
        name = choice.get("identifier")
        text = _own(entry, choice, inline)
        found.append(OfferedOption(text=text, weight=told.share(name, single), feedback=_feedback(entry, name)))
    _judge(entry, told, found, single)
    return tuple(found)


def _judge(entry: QtiEntry, told: Declaration, options: list[OfferedOption], single: bool) -> None:
    right = [option for option in options if option.weight > 0]
    if not right:
        entry.say("no_key", "Câu chưa có đáp án đúng.", "Chọn phương án đúng.", True)
    elif single and (len(right) > 1 or any(option.weight < 0 for option in options)):
        told_ = "Có phương án được một phần điểm hoặc bị trừ điểm; ở đây câu chọn một chỉ có đúng hoặc sai."
        entry.say("partial_credit", told_, "Kiểm tra lại phương án đúng.", sum(one.weight == 100 for one in right) > 1)
    elif not single and not told.mapped and len(right) > 1:
        told_ = "Ở phần mềm cũ phải chọn đúng tất cả mới được điểm; ở đây mỗi phương án đúng được một phần điểm."
        entry.say("grading_differs", told_)
    elif not single and len({option.weight for option in right}) > 1:
        entry.say("partial_credit", "Các phương án đúng có điểm khác nhau; ở đây mỗi phương án đúng tính như nhau.")
    positive = {value for value, mark in told.marks.items() if mark > 0}
    if told.mapped and told.correct and not set(told.correct) & positive:
        entry.say("key_differs", "Đáp án khai và điểm của các phương án không khớp nhau.", "Kiểm tra lại đáp án.")


def choice(entry: QtiEntry, node: Node) -> Offered:
    """Chọn một, chọn nhiều; two choices that say true and false are an Đúng/Sai."""
    told = declared(entry, node)
    single = told.single and node.get("maxChoices", "1") in ("1", "")
    if not told.name or told.name not in entry.declared:
        single = node.get("maxChoices", "1") == "1"
    options = _options(entry, told, entry.few(node.all("simpleChoice")), single)
    words = [plain(option.text).rstrip(".") for option in options]
    if single and len(words) == 2:
        if words[0] in _TRUE and words[1] in _FALSE:
            return _true_false(options[0], options[1])
        if words[1] in _TRUE and words[0] in _FALSE:
            return _true_false(options[1], options[0])
    ordered = node.get("shuffle") != "true"
    if not ordered and any(one.get("fixed") == "true" for one in node.all("simpleChoice")):
        entry.say("fixed_order", "Trong QTI có phương án đứng yên một chỗ; ở đây mọi phương án được xáo.")
    return Offered(kind="single" if single else "multiple", options=options, ordered=ordered)


def _true_false(right: OfferedOption, wrong: OfferedOption) -> Offered:
    options = (right.model_copy(update={"text": RIGHT}), wrong.model_copy(update={"text": WRONG}))
    return Offered(kind="true_false", options=options)


def order(entry: QtiEntry, node: Node) -> Offered:
    """Xếp thứ tự."""
    told = declared(entry, node)
    found = {one.get("identifier"): _own(entry, one) for one in entry.few(node.all("simpleChoice"))}
    known = [name for name in told.correct if name in found]
    if not known:
        entry.say("no_key", "Câu xếp thứ tự chưa có thứ tự đúng.", "Khai thứ tự đúng.", True)
        known = list(found)
    if left := [text for name, text in found.items() if name not in known]:
        entry.say("lost_option", f"Mục không có trong thứ tự đúng đã bỏ ra: {'; '.join(left)}.")
    return Offered(kind="ordering", options=tuple(OfferedOption(text=found[name], weight=100) for name in known))


def match(entry: QtiEntry, node: Node) -> Offered:
    """Ghép đôi: the left side is the set of which each belongs to one of the other."""
    told = declared(entry, node)
    sets = [
        {one.get("identifier"): _own(entry, one) for one in entry.few(side.all("simpleAssociableChoice"))}
        for side in node.all("simpleMatchSet")
    ]
    if len(sets) != 2:
        entry.say("no_key", "Câu ghép đôi thiếu một vế.", None, True)
        return Offered(kind="matching")
    joined = _pairs(told.right(), *sets)
    if max(Counter(left for left, _ in joined).values(), default=0) > 1:
        joined, sets = [(right, left) for left, right in joined], [sets[1], sets[0]]
        if max(Counter(left for left, _ in joined).values(), default=0) > 1:
            told_ = "Câu ghép nhiều với nhiều; ở đây mỗi vế trái ghép với một vế phải."
            entry.say("many_to_many", told_, "Tách thành các câu chọn nhiều.", True)
    if not joined:
        entry.say("no_key", "Câu ghép đôi chưa có cặp đúng.", "Khai các cặp đúng.", True)
    pairs = [OfferedPair(left=sets[0][left], right=sets[1][right]) for left, right in joined]
    used = {right for _, right in joined}
    if alone := [text for name, text in sets[0].items() if name not in {left for left, _ in joined}]:
        entry.say("lost_option", f"Vế trái không ghép với vế nào đã bỏ ra: {'; '.join(alone)}.")
    extra = [OfferedPair(left="", right=text) for name, text in sets[1].items() if name not in used]
    return Offered(kind="matching", pairs=(*pairs, *extra))


def _pairs(values: list[str], lefts: dict[str, str], rights: dict[str, str]) -> list[tuple[str, str]]:
    """The pairs that are right, by names, in the order of the left side."""
    found = []
    for value in values:
        left, _, right = value.partition(" ")
        if left in lefts and right in rights:
            found.append((left, right))
        elif right in lefts and left in rights:
            found.append((right, left))
    order_ = list(lefts)
    return sorted(found, key=lambda pair: order_.index(pair[0]))


def gap_match(entry: QtiEntry, node: Node) -> Offered:
    """Kéo từ vào chỗ trống: every gap offers all the words."""
    told = declared(entry, node)
    choices = entry.few(node.all("gapText", "gapImg"))
    if any(one.name == "gapImg" for one in choices):
        entry.say("lost_media", "Hình để kéo vào chỗ trống được thay bằng lời tả của nó.")
    before = len(entry.blanks)
    content = Node("div", children=[
        one for one in node.children if isinstance(one, str) or one.name not in ("prompt", "gapText", "gapImg")
    ])  # fmt: skip
    prompt = node.first("prompt")
    text = entry.markdown_of(*([Node("p", children=[Node("p", children=prompt.children)])] if prompt else []), content)
    gaps = entry.few(entry.blanks[before:])
    shares = {one: told.share(one, False) for one in [*told.marks, *told.correct]}
    blanks = [_gap(entry, gap, choices, shares) for gap in gaps]
    for n in range(len(gaps)):
        text = text.replace(f"⟦{before + n + 1}⟧", f"⟦{n + 1}⟧")
    if not gaps:
        entry.say("no_gap", "Câu không có chỗ trống nào.", None, True)
        return Offered(kind="gaps", text=text)
    return filled(Offered(kind="gaps", text=text), blanks)


def _gap(entry: QtiEntry, gap: Node, choices: list[Node], shares: dict[str, float]) -> Offered:
    name = gap.get("identifier")
    options = []
    for one in choices:
        word = one.get("identifier")
        right = max(shares.get(f"{word} {name}", 0.0), shares.get(f"{name} {word}", 0.0)) > 0
        options.append(OfferedOption(text=_own(entry, one, True), weight=100.0 if right else 0.0))
    if not any(option.weight for option in options):
        entry.say("no_key", f"Chỗ trống {name} chưa có đáp án.", "Khai từ đúng của chỗ trống.", True)
    return Offered(kind="single", options=tuple(options))


def extended_text(entry: QtiEntry, node: Node) -> Offered:
    """Tự luận: shown, never taken."""
    told = "Câu tự luận phải có người chấm nên không nhập được."
    entry.say("unsupported_kind", told, "Viết lại thành câu trả lời ngắn hoặc câu chọn.", True)
    return Offered(kind="essay")


def inline(entry: QtiEntry, node: Node) -> Offered:
    """A blank in a text: a list to choose from, or a field to type into."""
    told = declared(entry, node)
    if node.name == "inlineChoiceInteraction":
        options = _options(entry, told, entry.few(node.all("inlineChoice")), True, inline=True)
        return Offered(kind="single", options=options)
    return _typed(entry, node, told)


def _typed(entry: QtiEntry, node: Node, told: Declaration) -> Offered:
    values = list(dict.fromkeys([*told.correct, *(value for value, mark in told.marks.items() if mark > 0)]))
    kind: OfferedKind = "number" if told.base in ("float", "integer") else "short"
    whole = max([mark for mark in told.marks.values() if mark > 0], default=1.0)
    options = [
        OfferedOption(text=value, weight=_typed_share(told, value, whole), feedback=_feedback(entry, value))
        for value in values
    ]
    if not options:
        entry.say("no_key", "Câu chưa có đáp án đúng.", "Thêm câu trả lời được chấp nhận.", True)
    if any(0 < option.weight < 100 for option in options):
        entry.say("partial_credit", "Có câu trả lời được một phần điểm; ở đây chỉ có đúng hoặc sai.")
    if told.case_sensitive and kind == "short" and any(value != value.lower() for value in values):
        entry.say("case_sensitive", "QTI phân biệt chữ hoa, chữ thường ở câu này; ở đây không phân biệt.")
    if node.get("patternMask"):
        entry.say("lost_setting", f"Khuôn mẫu câu trả lời không mang theo: {node.get('patternMask')[:100]}.")
    if kind == "short":
        return Offered(kind=kind, options=tuple(options))
    margin = _margin(entry, told, values)
    within = tuple(option.model_copy(update={"tolerance": margin}) for option in options)
    return Offered(kind=kind, options=within, tolerance=margin)


def _typed_share(told: Declaration, value: str, whole: float) -> float:
    mark = told.marks.get(value)
    return 100.0 if mark is None or mark <= 0 else max(0.0, min(100.0, round(mark * 100 / whole, 5)))


def _margin(entry: QtiEntry, told: Declaration, values: list[str]) -> float:
    value = number(values[0]) if values else None
    if values and value is None:
        entry.say("not_a_number", f"Đáp án “{values[0]}” không phải là số.", "Sửa đáp án.", True)
    if len(values) > 1:
        entry.say("several_keys", "Câu có nhiều đáp số; ở đây một câu có một đáp số và sai số của nó.")
    margin, near = tolerance(entry.node, told.name, value or 0.0)
    if near:
        entry.say("lost_tolerance", "Sai số của QTI không có dạng tương ứng ở đây.", "Kiểm tra lại sai số.")
    return margin


_READERS: dict[str, Callable[[QtiEntry, Node], Offered]] = {
    "choiceInteraction": choice,
    "orderInteraction": order,
    "matchInteraction": match,
    "gapMatchInteraction": gap_match,
    "extendedTextInteraction": extended_text,
}
