"""Các loại câu của Moodle XML -> the shape of ours; each function reads what only its type has.

Shapes: question/format/xml/format.php and the types' own export_to_xml in Moodle 2.0 to 5.0.
"""

import re
from collections.abc import Callable

from quizapp.courses.exchange import moodle_cloze
from quizapp.courses.exchange.blanks import MARK, filled, without_marks
from quizapp.courses.exchange.entries import MOST_PARTS, named, number, weight
from quizapp.courses.exchange.moodle_entry import MoodleEntry
from quizapp.domain.interchange import RIGHT, WRONG, Offered, OfferedKind, OfferedOption, OfferedPair

_CHOICES = {"single", "shuffleanswers", "answernumbering", "showstandardinstruction", "answer"}


def multichoice(entry: MoodleEntry) -> Offered:
    """Nhiều lựa chọn, one or several."""
    several = (entry.node.value("single") or "true").lower() in ("false", "0")
    options = [entry.answer(answer) for answer in entry.few(entry.node.all("answer"))]
    ordered = (entry.node.value("shuffleanswers") or "").lower() in ("false", "0")
    kind: OfferedKind = "multiple" if several else "single"
    return entry.done(kind, options=judged(entry, options, several), ordered=ordered)


def judged(entry: MoodleEntry, options: list[OfferedOption], several: bool) -> tuple[OfferedOption, ...]:
    """The options, and a word where their weights are not those of ours."""
    right = [option for option in options if option.weight > 0]
    if not right:
        entry.say("no_key", "Câu chưa có đáp án đúng (không phương án nào có điểm).", "Chọn phương án đúng.", True)
    elif not several:
        best = max(option.weight for option in right)
        if sum(option.weight == best for option in right) > 1:
            told = "Câu chọn một phương án nhưng có nhiều phương án được trọn điểm."
            entry.say("several_keys", told, "Chỉ để một phương án đúng, hoặc đổi thành câu chọn nhiều.", True)
        if len(right) > 1 or any(option.weight < 0 for option in options):
            told = "Có phương án được một phần điểm hoặc bị trừ điểm; ở đây câu chọn một chỉ có đúng hoặc sai."
            entry.say("partial_credit", told, "Kiểm tra lại phương án đúng.")
    elif len({option.weight for option in right}) > 1:
        told = "Các phương án đúng có điểm khác nhau; ở đây mỗi phương án đúng tính như nhau."
        entry.say("partial_credit", told)
    return tuple(options)


def truefalse(entry: MoodleEntry) -> Offered:
    """Đúng/Sai: by the words true and false, in old files by the order."""
    answers = entry.node.all("answer")
    told: dict[bool, OfferedOption] = {}
    for n, answer in enumerate(answers[:2]):
        word = (answer.value("text") or "").lower()
        meant = word == "true" if word in ("true", "false") else n == 0
        option = OfferedOption(
            text=RIGHT if meant else WRONG,
            weight=weight(answer.get("fraction")),
            feedback=entry.text(answer.first("feedback")) or None,
        )
        told[meant] = option
    options = [told.get(meant) or OfferedOption(text=RIGHT if meant else WRONG) for meant in (True, False)]
    return entry.done("true_false", options=judged(entry, options, False))


def matching(entry: MoodleEntry) -> Offered:
    """Ghép đôi; a subquestion without text is a right side that belongs to none."""
    pairs = []
    for pair in entry.few(entry.node.all("subquestion")):
        answer = pair.first("answer")
        right = entry.plain((answer.value("text") if answer else None) or "")
        left = entry.text(pair)
        if left or right:
            pairs.append(OfferedPair(left=left, right=right))
    if sum(bool(pair.left) for pair in pairs) < 2:
        entry.say("no_key", "Câu ghép đôi cần ít nhất hai cặp.", "Thêm cặp.", True)
    return entry.done("matching", pairs=tuple(pairs))


def ordering(entry: MoodleEntry) -> Offered:
    """Xếp thứ tự: the answers stand in the file as they should stand."""
    options = [
        OfferedOption(text=entry.text(answer, "moodle_auto_format"), weight=100, feedback=entry.feedback(answer))
        for answer in entry.few(entry.node.all("answer"))
    ]
    if (entry.node.value("selecttype") or "0") not in ("0", "ALL") and entry.node.value("selectcount") not in (
        None,
        "0",
    ):
        entry.say("lost_setting", "Moodle chỉ đưa ra một số mục của câu này; ở đây mọi mục đều được xếp.")
    if entry.node.value("gradingtype") not in (None, "0", "ABSOLUTE_POSITION", "ABSOLUTE_NEXT_EXCLUDE_LAST"):
        told = "Cách chấm xếp thứ tự của Moodle khác: ở đây mỗi mục đúng chỗ được một phần điểm."
        entry.say("grading_differs", told)
    return entry.done("ordering", options=tuple(options))


def shortanswer(entry: MoodleEntry) -> Offered:
    """Trả lời ngắn: what is typed is plain text; an asterisk stands for anything."""
    options = [entry.typed(answer) for answer in entry.few(entry.node.all("answer"))]
    if entry.node.value("usecase") == "1":
        entry.say("case_sensitive", "Moodle phân biệt chữ hoa, chữ thường ở câu này; ở đây không phân biệt.")
    found = typed_options(entry, options)
    told = [one.model_copy(update={"text": one.text.replace("\\*", "*")}) for one in found]
    return entry.done("short", options=tuple(told))


def typed_options(entry: MoodleEntry, options: list[OfferedOption]) -> tuple[OfferedOption, ...]:
    """The accepted answers, and a word about wildcards, shares and a missing key."""
    if not any(option.weight > 0 for option in options):
        entry.say("no_key", "Câu chưa có đáp án đúng.", "Thêm câu trả lời được chấp nhận.", True)
    if any(0 < option.weight < 100 for option in options):
        entry.say("partial_credit", "Có câu trả lời được một phần điểm; ở đây chỉ có đúng hoặc sai.")
    if any(re.search(r"(?<!\\)\*", option.text) and option.weight > 0 for option in options):
        told = "Dấu * trong đáp án thay cho chữ bất kỳ ở Moodle; ở đây dấu * là chính nó."
        entry.say("wildcard", told, "Viết ra từng cách trả lời được chấp nhận.")
    return tuple(options)


def numerical(entry: MoodleEntry) -> Offered:
    """Trả lời bằng số: values with their margins, units with their factors."""
    options, margins = [], []
    for answer in entry.few(entry.node.all("answer")):
        option = entry.typed(answer)
        if (share := answer.value("fraction")) is not None:
            option = option.model_copy(update={"weight": weight(share, of=1)})
        if option.text != "*" and number(option.text) is None:
            entry.say("not_a_number", f"Đáp án “{option.text}” không phải là số.", "Sửa đáp án.", option.weight > 0)
        elif option.text != "*" and "," in option.text:
            option = option.model_copy(update={"text": option.text.replace(",", ".")})
        margin = number(answer.value("tolerance")) or 0.0
        options.append(option if option.text == "*" else option.model_copy(update={"tolerance": margin}))
        if option.weight > 0:
            margins.append(margin)
    if len(set(margins)) > 1:
        entry.say("lost_tolerance", "Các đáp án có sai số khác nhau; chỉ giữ sai số của đáp án đầu tiên.")
    if sum(option.weight > 0 for option in options) > 1:
        entry.say("several_keys", "Câu có nhiều đáp số; ở đây một câu có một đáp số và sai số của nó.")
    found = typed_options(entry, options)
    return entry.done("number", options=found, tolerance=margins[0] if margins else None, unit=_unit(entry))


def _unit(entry: MoodleEntry) -> str | None:
    units = [unit for node in entry.node.all("units") for unit in node.all("unit")]
    names = [entry.plain(unit.value("unit_name") or "") for unit in units]
    if len(units) > 1 or any(number(unit.value("multiplier")) not in (None, 1.0) for unit in units):
        entry.say("lost_unit", f"Chỉ giữ một đơn vị đo; đã bỏ các đơn vị quy đổi: {named(names[1:]) or names[0]}.")
    if (entry.node.value("unitgradingtype") or "0") != "0":
        entry.say("lost_unit", "Moodle trừ điểm khi sai đơn vị đo; ở đây đơn vị đo được in sẵn cạnh ô trả lời.")
    instructions = entry.node.first("instructions")
    if instructions is not None and (told := entry.text(instructions)):
        entry.say("lost_field", f"Hướng dẫn về đơn vị đo không mang theo: “{told[:120]}”.")
    return next((name for name in names if name), None)


def cloze(entry: MoodleEntry) -> Offered:
    """Cloze: gaps, or a case where something has to be typed."""
    source = entry.node.first("questiontext")
    raw = (source.value("text") if source else None) or ""
    read = moodle_cloze.read(raw, entry.inline)
    for problem in read.problems:
        entry.say(problem.code, problem.message, problem.fix, problem.fatal)
    text = entry.text(source, instead=read.text)
    return filled(entry.done("gaps", text=text), read.parts) if read.parts else entry.done("gaps", text=text)


_PLACES = re.compile(r"\[\[([0-9]{1,6})\]\]")


def words(entry: MoodleEntry) -> Offered:
    """Chọn từ, kéo từ vào chỗ trống: [[2]] is the second choice, to be found among those of its group."""
    choices = entry.few(entry.node.all("selectoption", "dragbox"))
    told = [entry.text(choice) for choice in choices]
    groups = [choice.value("group") or "1" for choice in choices]
    source = entry.node.first("questiontext")
    raw = without_marks((source.value("text") if source else None) or "")
    gaps: list[Offered] = []

    def blank(found: re.Match[str]) -> str:
        right = int(found[1]) - 1
        if len(gaps) == MOST_PARTS:
            entry.say("too_long", f"Câu có hơn {MOST_PARTS} chỗ trống.", "Tách thành nhiều câu.", True)
            return found[0]
        if not 0 <= right < len(choices):
            entry.say("no_key", f"Chỗ trống {found[0]} chỉ tới một lựa chọn không có trong tệp.", None, True)
            return found[0]
        options = tuple(
            OfferedOption(text=text, weight=100.0 if n == right else 0.0)
            for n, text in enumerate(told)
            if groups[n] == groups[right] and (n == right or text != told[right])
        )
        gaps.append(Offered(kind="single", options=options))
        return MARK.format(len(gaps))

    text = entry.text(source, instead=_PLACES.sub(blank, raw))
    if not gaps:
        entry.say("no_gap", "Câu không có chỗ trống nào ([[1]], [[2]] …).", None, True)
    return filled(entry.done("gaps", text=text), gaps) if gaps else entry.done("gaps", text=text)


def essay(entry: MoodleEntry) -> Offered:
    """Tự luận: shown, never taken."""
    told = "Câu tự luận phải có người chấm nên không nhập được."
    entry.say("unsupported_kind", told, "Viết lại thành câu trả lời ngắn hoặc câu chọn.", True)
    for name in ("graderinfo", "responsetemplate"):
        if (node := entry.node.first(name)) is not None and (text := entry.text(node)):
            entry.say("lost_field", f"Phần “{name}” của câu tự luận: “{text[:200]}”.")
    return entry.done("essay")


def description(entry: MoodleEntry) -> Offered:
    """Đoạn dẫn: nothing is asked."""
    return entry.done("description")


ESSAY = {
    "responseformat", "responserequired", "responsefieldlines", "minwordlimit", "maxwordlimit", "attachments",
    "attachmentsrequired", "maxbytes", "filetypeslist", "graderinfo", "responsetemplate",
}  # fmt: skip
Reader = Callable[[MoodleEntry], Offered]
# Each type with its reader and the elements that it knows, or that say nothing we could lose.
KINDS: dict[str, tuple[Reader, set[str]]] = {
    "multichoice": (multichoice, _CHOICES),
    "truefalse": (truefalse, {"answer"}),
    "matching": (matching, {"subquestion", "shuffleanswers"}),
    "match": (matching, {"subquestion", "shuffleanswers"}),
    "ddmatch": (matching, {"subquestion", "shuffleanswers"}),
    "ordering": (
        ordering,
        {"answer", "layouttype", "selecttype", "selectcount", "gradingtype", "showgrading", "numberingstyle"},
    ),
    "shortanswer": (shortanswer, {"answer", "usecase"}),
    "numerical": (
        numerical,
        {"answer", "units", "unitgradingtype", "unitpenalty", "showunits", "unitsleft", "instructions"},
    ),
    "cloze": (cloze, set()),
    "multianswer": (cloze, set()),
    "gapselect": (words, {"selectoption", "shuffleanswers"}),
    "ddwtos": (words, {"dragbox", "shuffleanswers"}),
    "essay": (essay, ESSAY),
    "description": (description, set()),
}
