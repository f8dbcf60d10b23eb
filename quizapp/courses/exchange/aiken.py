"""Aiken: a question, lettered options, "ANSWER: B"; in and, for questions with one right option, out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain

from quizapp.courses.exchange.bounds import within
from quizapp.courses.exchange.encoding import decode
from quizapp.courses.exchange.entries import MOST_PARTS
from quizapp.courses.exchange.lost import in_words, picture_losses
from quizapp.courses.exchange.texts import clean, from_plain, to_plain
from quizapp.domain.interchange import Offered, OfferedKind, OfferedOption, Remark, Unreadable, alone

_OPTION = re.compile(r"([A-Za-z])[.)]\s+(.*)")
_TIGHT = re.compile(r"([A-Z])[.)](\S.*)")
_KEY = re.compile(r"([A-Za-z])\s*[.):]\s*\S")  # “ANSWER: B) …”
_ANSWER = re.compile(r"(?:ANSWER|Đáp án(?: đúng)?|ĐÁP ÁN)\s*[:：]\s*(.*)", re.IGNORECASE)
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass
class _Question:
    line: int
    text: list[str] = field(default_factory=list)
    options: list[tuple[str, str]] = field(default_factory=list)
    key: str | None = None
    remarks: list[Remark] = field(default_factory=list)

    def say(self, told: str, line: int, code: str, fix: str, fatal: bool = True) -> None:
        self.remarks.append(Remark(message=told, line=line, fix=fix, fatal=fatal, code=code))


def read(data: bytes, name: str = "", encoding: str | None = None) -> list[Offered]:
    """Every question of a file; Unreadable where none has lettered options."""
    found = _questions(clean(decode(data, encoding)))
    if not any(one.options for one in found):
        raise Unreadable("Không thấy câu hỏi Aiken nào: mỗi câu có các dòng “A. …”, “B. …” và dòng “ANSWER: B”.")
    return within(map(_offered, found))


def _questions(text: str) -> list[_Question]:
    found: list[_Question] = []
    open_, gap = False, False  # whether the last question still takes lines; whether an empty line came before
    for number, line in enumerate(text.split("\n"), 1):
        line = line.strip()
        one = found[-1] if open_ else None
        option, answer = _OPTION.match(line) or _tight(line, one, number), _ANSWER.match(line)
        if not line:
            gap = True
            continue
        if one is None or (gap and one.options and not option and not answer):
            one, open_ = _Question(number), True
            found.append(one)
        if answer:
            one.key, open_ = answer[1].strip(), False
            if not one.options:
                one.say("Dòng đáp án đứng trước các phương án.", number, "no_options", "Thêm các dòng “A. …”, “B. …”.")
        elif option and one.text:
            _take(one, option[1].upper(), option[2], number)
        elif one.options:
            letter, before = one.options[-1]
            one.options[-1] = letter, f"{before} {line}"
        else:
            one.text.append(line)
        gap = False
    return found


def _tight(line: str, one: _Question | None, number: int) -> re.Match[str] | None:
    """An option whose letter touches its text, where it is the next one's."""
    found = _TIGHT.match(line) if one and one.text else None
    if found is None or one is None or found[1] != _LETTERS[len(one.options) % 26]:
        return None
    told = f"Phương án {found[1]} thiếu dấu cách sau chữ cái."
    one.say(told, number, "no_space", "Viết “A. …”.", fatal=False)
    return found


def _take(one: _Question, letter: str, text: str, number: int) -> None:
    if len(one.options) >= MOST_PARTS:
        if len(one.options) == MOST_PARTS:
            one.say(f"Câu có hơn {MOST_PARTS} phương án.", number, "too_long", "Tách thành nhiều câu.")
            one.options.append((letter, text))
        return
    if letter != _LETTERS[len(one.options) % 26]:
        told = f"Phương án {letter} đứng ở chỗ của phương án {_LETTERS[len(one.options) % 26]}."
        one.say(told, number, "letters", "Đánh lại chữ A, B, C … theo thứ tự.", fatal=False)
    one.options.append((letter, text))


def _offered(one: _Question) -> Offered:
    letters = [letter for letter, _ in one.options]
    if found := _KEY.match(one.key or ""):
        one.key = found[1]
    keys = [key for key in re.split(r"[\s,;&+./]+|(?:và|and)", (one.key or "").upper().replace("VÀ", " ")) if key]
    if len(keys) == 1 and len(keys[0]) > 1 and set(keys[0]) <= set(letters):
        keys = list(keys[0])
    if one.key is None:
        one.say("Câu chưa có dòng đáp án.", one.line, "no_key", "Thêm dòng “ANSWER: A” dưới các phương án.")
    elif strangers := [key for key in keys if key not in letters] or ([one.key] if not keys else []):
        told = f"Đáp án “{strangers[0][:20]}” không có trong các phương án {', '.join(letters)}."
        one.say(told, one.line, "no_key", "Sửa chữ của đáp án.")
    right = [key for key in dict.fromkeys(keys) if key in letters]
    weight = round(100 / len(right), 5) if right else 0
    options = tuple(
        OfferedOption(text=from_plain(text), weight=weight if letter in right else 0, key=letter.lower())
        for letter, text in one.options
    )
    kind: OfferedKind = "multiple" if len(right) > 1 else "single"
    text = from_plain("\n".join(one.text))
    return Offered(kind=kind, text=text, options=options, problems=tuple(one.remarks), place=f"dòng {one.line}")


# --- writing ---------------------------------------------------------------------------------------------------


def unwritable(item: Offered) -> str | None:
    """Why the format cannot hold a question; None where it can."""
    if item.kind not in ("single", "true_false"):
        return "Aiken chỉ ghi được câu chọn một phương án"
    if sum(option.weight == 100 for option in item.options) != 1 or len(item.options) > 26:
        return "câu không có đúng một phương án đúng"
    (back,) = map(_offered, _questions(_written(item))[:1])
    wanted = _flat(item.text), [_flat(option.text) for option in item.options]
    if (_flat(back.text), [_flat(option.text) for option in back.options]) != wanted:
        return "câu có dòng giống dòng phương án hoặc dòng đáp án"
    return None


def losses(item: Offered) -> list[str]:
    """What of a question that it can hold is left out."""
    told = {
        "phần giải thích": item.feedback or any(option.feedback for option in item.options),
        "điều khoản, mục tiêu, mức": item.provision or item.objective or item.level,
        "thẻ, chủ đề": item.tags or item.category,
        "hình": picture_losses("Aiken", item),
        "việc giữ thứ tự phương án": item.ordered,
    }
    lost = [name for name, there in told.items() if there]
    return [f"Aiken không ghi được {', '.join(lost)}"] if lost else []


def write(items: Iterable[Offered]) -> bytes:
    """The questions that the format can hold, as one file."""
    blocks = [_written(one) for one in chain.from_iterable(map(alone, map(in_words, items))) if unwritable(one) is None]
    return ("\n".join(blocks)).encode()


def _written(item: Offered) -> str:
    lines = [f"{_LETTERS[n % 26]}. {_flat(option.text)}" for n, option in enumerate(item.options)]
    key = next((n for n, option in enumerate(item.options) if option.weight == 100), 0)
    return "\n".join([_flat(item.text), *lines, f"ANSWER: {_LETTERS[key % 26]}", ""])


def _flat(text: str) -> str:
    return " ".join(to_plain(text).split())
