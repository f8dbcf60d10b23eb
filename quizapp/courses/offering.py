"""Câu hỏi nhập vào, câu hỏi xuất ra: an `Offered` as plain data of our own kinds and back, and what keeps it out.

What our model asks and a file lacks (why an option is right, a provision, an objective, a level) is left out of the plain
data and remarked upon: the question goes into a draft, where it is completed.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quizapp.courses.exchange.shown import aimed, marked
from quizapp.courses.exchange.texts import escaped
from quizapp.domain.interchange import KINDS, RIGHT, WRONG, Offered, OfferedOption, OfferedPair, Remark
from quizapp.domain.vietnamese import plain

LEVELS = ("nho", "hieu", "van_dung")
_ODD = 0.02  # percent, that weights may be apart and still be equal
_REFERENCE = re.compile(r"[a-z0-9-]+#[a-z0-9.-]+")
_KEYS = "abcdefgh"


@dataclass(frozen=True)
class Defaults:
    """What a question gets that does not say so itself."""

    objective: str | None = None
    provision: str | None = None
    level: str | None = None


# --- what keeps a question out ---------------------------------------------------------------------------------


def judged(items: Iterable[Offered]) -> list[Offered]:
    """The questions, with everything that keeps one from being taken in as it is among its problems."""
    return [marked(item.with_problems([one for one in _faults(item) if one.code not in _told(item)])) for item in items]


def _told(item: Offered) -> set[str]:
    return {problem.code for problem in item.problems if problem.fatal}


def _fatal(message: str, code: str, fix: str) -> Remark:
    return Remark(message=message, code=code, fix=fix, fatal=True)


def _faults(item: Offered) -> Iterator[Remark]:
    if item.kind in ("essay", "description") and item.fatal:
        return  # it only looks like one: what is wrong with it has been said
    if item.kind in ("essay", "description"):
        told = f"Loại “{KINDS[item.kind]}” không chấm tự động được nên không nhận vào ngân hàng."
        yield _fatal(told, "unsupported_kind", "Đổi thành câu có đáp án, hoặc bỏ câu này.")
        return
    if not item.text.strip() and item.kind != "case":
        yield _fatal("Câu không có phần hỏi.", "no_text", "Viết nội dung câu hỏi.")
    match item.kind:
        case "single" | "multiple":
            yield from _choice_faults(item)
        case "true_false" if sum(option.weight == 100 for option in item.options) != 1:
            yield _fatal("Câu chưa nói nhận định đúng hay sai.", "no_key", "Chọn “Đúng” hoặc “Sai”.")
        case "matching":
            yield from _pair_faults(item)
        case "ordering" if not 3 <= len(item.options) <= 8:
            yield _fatal(f"Câu có {len(item.options)} mục để xếp; cần từ 3 đến 8.", "options", "Thêm hoặc bớt mục.")
        case "short" if not any(option.text.strip() and option.weight == 100 for option in item.options):
            yield _fatal("Câu chưa có câu trả lời được chấp nhận trọn điểm.", "no_key", "Thêm câu trả lời đúng.")
        case "number" if _value(item) is None:
            yield _fatal("Câu chưa có đáp số.", "no_key", "Thêm đáp số, ví dụ 12,5.")
        case "gaps":
            yield from _gap_faults(item)
        case "case":
            yield from _case_faults(item)


def _choice_faults(item: Offered) -> Iterator[Remark]:
    least, most = (2, 6) if item.kind == "single" else (3, 8)
    right = _right(item)
    if not right:
        yield _fatal("Câu chưa có đáp án.", "no_key", "Đánh dấu phương án đúng.")
    elif item.kind == "single" and len(right) > 1:
        told = f"Câu chọn một có {len(right)} phương án trọn điểm."
        yield _fatal(told, "two_keys", "Đổi sang loại chọn nhiều, hoặc chỉ giữ một đáp án.")
    elif len(right) == len(item.options):
        yield _fatal("Mọi phương án đều đúng.", "no_wrong", "Thêm ít nhất một phương án chưa đúng.")
    if not least <= len(item.options) <= most:
        told = f"Câu có {len(item.options)} phương án; loại “{KINDS[item.kind]}” cần từ {least} đến {most}."
        yield _fatal(told, "options", "Thêm hoặc bớt phương án.")
    yield from _twin_options(item.options)


def _twin_options(options: Sequence[OfferedOption]) -> Iterator[Remark]:
    texts = [plain(option.text) for option in options]
    if any(not text for text in texts):
        yield _fatal("Có phương án để trống.", "empty_option", "Viết nội dung hoặc xóa phương án.")
    elif twins := [options[n].text for n, text in enumerate(texts) if text in texts[:n]]:
        yield _fatal(f"Phương án “{twins[0][:40]}” bị trùng.", "twin_option", "Sửa hoặc xóa một phương án.")


def _pair_faults(item: Offered) -> Iterator[Remark]:
    pairs = [pair for pair in item.pairs if pair.left]
    if not 2 <= len(pairs) <= 8:
        yield _fatal(f"Câu có {len(pairs)} cặp; cần từ 2 đến 8.", "options", "Thêm hoặc bớt cặp.")
    elif len({plain(pair.left) for pair in pairs}) < len(pairs):
        yield _fatal("Có hai vế trái giống nhau.", "twin_option", "Sửa một vế.")
    if any(not pair.right.strip() for pair in item.pairs):
        yield _fatal("Có vế trái không có vế phải.", "pair", "Viết vế phải.")


def _gap_faults(item: Offered) -> Iterator[Remark]:
    for n, gap in enumerate(item.gaps, 1):
        right = [option for option in gap if option.weight == 100]
        if len(right) != 1 or not 2 <= len(gap) <= 6:
            told = f"Chỗ trống {n} cần từ 2 đến 6 phương án, đúng một phương án đúng."
            yield _fatal(told, "gap", "Sửa các phương án của chỗ trống.")
        if item.text.count(f"{{{n}}}") != 1:
            yield _fatal(f"Chỗ trống {{{n}}} phải có đúng một lần trong câu.", "gap", f"Đặt {{{n}}} vào chỗ cần điền.")
    if not 1 <= len(item.gaps) <= 6:
        yield _fatal(f"Câu có {len(item.gaps)} chỗ trống; cần từ 1 đến 6.", "gap", "Tách câu.")


def _case_faults(item: Offered) -> Iterator[Remark]:
    if not 2 <= len(item.parts) <= 5:
        yield _fatal(f"Tình huống có {len(item.parts)} câu; cần từ 2 đến 5.", "options", "Thêm hoặc bớt câu.")
    for n, part in enumerate(item.parts, 1):
        for fault in _faults(part):
            yield fault.model_copy(update={"message": f"Câu {n} của tình huống: {fault.message}"})


def _right(item: Offered) -> list[int]:
    if item.kind == "single":
        return [n for n, option in enumerate(item.options) if option.weight >= 100 - _ODD]
    return [n for n, option in enumerate(item.options) if option.weight > 0]


def _value(item: Offered) -> tuple[float, float] | None:
    """The number and its tolerance."""
    for option in item.options:
        if option.weight == 100 and re.fullmatch(r"-?\d+(\.\d+)?([eE][-+]?\d+)?", option.text):
            tolerance = option.tolerance if option.tolerance is not None else item.tolerance
            return float(option.text), abs(tolerance or 0.0)
    return None


# --- into our own kinds ----------------------------------------------------------------------------------------


def to_question(item: Offered, defaults: Defaults | None = None) -> tuple[dict[str, Any], list[Remark]]:
    """The plain data of a question, as far as the file tells it, and what it lacks; for one that is not `fatal`."""
    remarks: list[Remark] = []
    return _question(aimed(item), defaults or Defaults(), remarks), remarks


def _lacks(remarks: list[Remark], message: str, code: str) -> None:
    remarks.append(Remark(message=message, code=f"missing_{code}", fix="Bổ sung ở bản nháp."))


def _question(item: Offered, defaults: Defaults, remarks: list[Remark], part: bool = False) -> dict[str, Any]:
    if item.kind == "case":
        head = {
            "kind": "case",
            "objective": item.objective or defaults.objective,
            "situation": item.situation or item.text,
        }
        parts = [_question(one, defaults, remarks, part=True) for one in item.parts]
        return {name: value for name, value in head.items() if value} | {"questions": parts}
    told: dict[str, Any] = {"kind": item.kind}
    if not part:
        told["objective"] = item.objective or defaults.objective
    told |= {
        "level": item.level if item.level in LEVELS else defaults.level,
        "provision": _provision(item, defaults, remarks),
    }
    for name, words in (("objective", "mục tiêu"), ("level", "mức"), ("provision", "điều khoản")):
        if name in told and not told[name]:
            _lacks(remarks, f"Câu chưa có {words}.", name)
    if not part:
        told["situation"] = item.situation
    told |= {"prompt": flat(item.text)} | _answers(item, remarks)
    return {name: value for name, value in told.items() if value is not None}


def _provision(item: Offered, defaults: Defaults, remarks: list[Remark]) -> str | None:
    if item.provision and not _REFERENCE.fullmatch(item.provision):
        told = f"Điều khoản “{item.provision[:60]}” chưa phải mã trong thư viện văn bản."
        remarks.append(Remark(message=told, code="provision", fix="Chọn lại điều khoản ở bản nháp."))
        return defaults.provision
    return item.provision or defaults.provision


def flat(text: str) -> str:
    """A text of several paragraphs as the one paragraph that a prompt is."""
    return re.sub(r"\s*\n\s*\n\s*", "  \n", text).strip()


def _answers(item: Offered, remarks: list[Remark]) -> dict[str, Any]:
    match item.kind:
        case "single" | "multiple":
            _name_weights(item, remarks)
            chosen = {"options": _options(item.options, _right(item), remarks)} | _explained(item, remarks, False)
            return chosen | ({"ordered": True} if item.ordered else {})
        case "true_false":
            return _judgement(item, remarks)
        case "matching":
            pairs = [pair for pair in item.pairs if pair.left]
            told = [
                {"key": f"p{n}", "left": flat(one.left), "right": flat(one.right)}
                | ({"why": flat(one.feedback)} if one.feedback else {})
                for n, one in enumerate(pairs, 1)
            ]
            if any(one.feedback is None for one in pairs):
                _lacks(remarks, "Có cặp chưa có lời giải thích vì sao.", "why")
            extra = {"extra": [flat(pair.right) for pair in item.pairs if not pair.left]}
            return {"pairs": told} | (extra if extra["extra"] else {}) | _explained(item, remarks)
        case "ordering":
            items = [{"key": f"i{n}", "text": flat(one.text)} for n, one in enumerate(item.options, 1)]
            return {"items": items} | _explained(item, remarks)
        case "short":
            return _accepted(item, remarks) | _explained(item, remarks)
        case "number":
            value, tolerance = _value(item) or (0.0, 0.0)
            unit = {"unit": item.unit} if item.unit else {}
            return {"value": value, "tolerance": tolerance} | unit | _explained(item, remarks)
        case "gaps":
            return _gaps(item, remarks) | _explained(item, remarks)
    return {}


def _explained(item: Offered, remarks: list[Remark], asked: bool = True) -> dict[str, Any]:
    if told := "\n\n".join(filter(None, (item.feedback, *_about_answers(item)))):
        return {"explanation": flat(told)}
    if asked:
        _lacks(remarks, "Câu chưa có lời giải thích.", "explanation")
    return {}


def _about_answers(item: Offered) -> Iterator[str]:
    """What a file says of single answers where ours say it of the question as a whole."""
    if item.kind not in ("short", "number", "ordering"):
        return
    told = dict.fromkeys(one.feedback for one in item.options if one.feedback and one.weight == 100)
    yield from (one for one in told if one != item.feedback)
    for one in item.options:
        if one.feedback and one.weight != 100:
            yield f"{'Câu trả lời khác' if one.text == '*' else f'“{escaped(one.text)}”'}: {one.feedback}"


def _name_weights(item: Offered, remarks: list[Remark]) -> None:
    """Weights that our way of marking does not keep are named."""
    right = [option.weight for option in item.options if option.weight > 0]
    uneven = item.kind == "multiple" and right and max(right) - min(right) > _ODD
    partly = item.kind == "single" and any(0 < option.weight < 100 - _ODD for option in item.options)
    if uneven or partly:
        told = "Trọng số riêng của từng phương án không giữ: mỗi phương án đúng được phần điểm như nhau."
        remarks.append(Remark(message=told, code="weights", fix="Xem lại cách tính điểm của câu."))


def _options(options: Sequence[OfferedOption], right: Sequence[int], remarks: list[Remark]) -> list[dict[str, Any]]:
    found = []
    for n, option in enumerate(options):
        told: dict[str, Any] = {"key": _KEYS[n], "text": flat(option.text)}
        told |= {"right": True} if n in right else {}
        found.append(told | ({"why": flat(option.feedback)} if option.feedback else {}))
    if missing := [one["key"].upper() for one in found if "why" not in one]:
        _lacks(remarks, f"Phương án {', '.join(missing)} chưa có lời giải thích vì sao.", "why")
    return found


def _judgement(item: Offered, remarks: list[Remark]) -> dict[str, Any]:
    answer = any(option.text == RIGHT and option.weight == 100 for option in item.options)
    whys = [option.feedback for option in item.options if option.feedback]
    more = _explained(item, remarks, False) if whys else {}
    if not (whys := whys or ([item.feedback] if item.feedback else [])):
        _lacks(remarks, "Câu chưa có lời giải thích vì sao.", "why")
    return {"answer": answer} | ({"why": flat(" ".join(dict.fromkeys(whys)))} if whys else {}) | more


def _accepted(item: Offered, remarks: list[Remark]) -> dict[str, Any]:
    full = [option.text.strip() for option in item.options if option.weight == 100 and option.text.strip()]
    if rest := [
        option.text for option in item.options if option.weight != 100 and option.text.strip() not in ("", "*")
    ]:
        told = f"Câu trả lời được một phần điểm không giữ: {', '.join(rest)[:80]}."
        remarks.append(Remark(message=told, code="weights", fix="Thêm vào câu trả lời đúng, nếu cần."))
    if any("*" in text for text in full):
        told = "Dấu * trong câu trả lời được hiểu là chính dấu ấy, không phải “chữ bất kỳ”."
        remarks.append(Remark(message=told, code="wildcard", fix="Viết các câu trả lời cụ thể."))
    return {"accepted": list(dict.fromkeys(full))} | ({"without_marks": True} if item.without_marks else {})


def _gaps(item: Offered, remarks: list[Remark]) -> dict[str, Any]:
    """Our gaps have a sentence of their own beside the prompt."""
    text, gaps = flat(item.text), []
    for n, gap in enumerate(item.gaps, 1):
        text = text.replace(f"{{{n}}}", f"{{g{n}}}")
        right = [m for m, option in enumerate(gap) if option.weight == 100]
        gaps.append({"key": f"g{n}", "options": _options(gap, right, remarks)})
    before, mark, after = text.rpartition("  \n")
    split = mark and "{" not in before
    return {
        "prompt": before if split else "Chọn từ đúng cho mỗi chỗ trống.",
        "text": after if split else text,
        "gaps": gaps,
    }


# --- out of our own kinds --------------------------------------------------------------------------------------


def from_question(plain_data: Mapping[str, Any]) -> Offered:
    """A question of ours, whole or not, as other tools know it."""
    data = dict(plain_data)
    told: dict[str, Any] = {name: data.get(name) or None for name in ("situation", "provision", "objective", "level")}
    told |= {
        "kind": data["kind"],
        "id": data.get("key"),
        "title": data.get("key") or "",
        "feedback": data.get("explanation"),
    }
    told |= {"text": data.get("prompt") or "", "ordered": bool(data.get("ordered"))}
    told["without_marks"] = bool(data.get("without_marks"))
    match data["kind"]:
        case "single" | "multiple":
            told["options"] = _weighed(data.get("options") or (), data["kind"] == "multiple")
        case "true_false":
            answer, why = data.get("answer"), data.get("why") or None
            told["options"] = tuple(
                OfferedOption(text=text, weight=100 if answer is yes else 0, feedback=why)
                for text, yes in ((RIGHT, True), (WRONG, False))
            )
        case "matching":
            pairs = [
                OfferedPair(left=one.get("left", ""), right=one.get("right", ""), feedback=one.get("why") or None)
                for one in data.get("pairs") or ()
            ]
            told["pairs"] = (*pairs, *(OfferedPair(left="", right=one) for one in data.get("extra") or ()))
        case "ordering":
            told["options"] = tuple(
                OfferedOption(text=one.get("text", ""), weight=100) for one in data.get("items") or ()
            )
        case "short":
            told["options"] = tuple(OfferedOption(text=str(one), weight=100) for one in data.get("accepted") or ())
        case "number":
            told |= {"tolerance": float(data.get("tolerance") or 0), "unit": data.get("unit")}
            value = data.get("value")
            told["options"] = () if value is None else (OfferedOption(text=f"{value:.15g}", weight=100),)
        case "gaps":
            told |= _gaps_out(data)
        case "case":
            told["parts"] = tuple(map(from_question, data.get("questions") or ()))
    return Offered(**told)


def _weighed(options: Sequence[Mapping[str, Any]], several: bool = False) -> tuple[OfferedOption, ...]:
    """Of several right ones, each wrong choice takes what a right one gives, as our own marking does."""
    right = sum(bool(one.get("right")) for one in options)
    weight = round(100 / right, 5) if right else 0
    return tuple(
        OfferedOption(
            text=one.get("text", ""),
            weight=weight if one.get("right") else -weight * several,
            feedback=one.get("why"),
            key=one.get("key"),
        )
        for one in options
    )


def _gaps_out(data: Mapping[str, Any]) -> dict[str, Any]:
    text, gaps = data.get("text") or "", []
    for n, gap in enumerate(data.get("gaps") or (), 1):
        text = text.replace("{" + str(gap.get("key")) + "}", f"{{{n}}}")
        gaps.append(_weighed(gap.get("options") or ()))
    return {"text": f"{data.get('prompt') or ''}\n\n{text}".strip(), "gaps": tuple(gaps)}
