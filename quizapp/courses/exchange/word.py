"""Câu hỏi trong Word, as people really write them: "Câu 1: … A. … B. … Đáp án: B"; the key marked in the text, after the
question or in a table at the end; options typed or numbered by Word, below or beside each other, in tables or not.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from quizapp.courses.exchange import sheet
from quizapp.courses.exchange.bounds import within
from quizapp.courses.exchange.sheet_columns import kind_of, level_of
from quizapp.courses.exchange.word_keys import (
    END,
    KEYS_HEAD,
    LOOSE,
    PAIR,
    PAIRS,
    STAR,
    WHYS_HEAD,
    Keys,
    beside,
    follows,
    key_with_why,
    keys_in,
    with_commas,
)
from quizapp.courses.exchange.word_lines import Document, Line, Rows, Run
from quizapp.courses.exchange.word_out import losses, unwritable, write
from quizapp.courses.exchange.word_question import SAID, Choice, Question, offered
from quizapp.domain.interchange import Offered, Remark, Unreadable
from quizapp.domain.people_sheet import Sheet
from quizapp.domain.vietnamese import fold, plain

__all__ = ["losses", "read", "unwritable", "write"]

_SAID = re.compile(
    r"(?:Câu hỏi|Câu|Question)\s*(?:số\s*)?(\d+)\s*((?:[(\[][^)\]]{1,60}[)\]]\s*)*)([.:)/–-]*)\s*", re.IGNORECASE
)
_NUMBERED = re.compile(r"(\d{1,4})\s*[.)/:](?!\d)\s*")
_OPTION = re.compile(r"([*#✓✔√☑☒☐□]?)\s*([A-Ha-hĐđ])\s*(?:[.):/]|-(?=\s))\s*")
_KEY = re.compile(
    r"(?:=>|⇒|→|\*)?\s*(?:(?:Đáp án|ĐA|Đ/A|Answer|Key|Trả lời)(?:\s+đúng)?(?:\s+là)?\s*[:.–-]\s*"
    r"|(?:Đáp án(?: đúng)?|Chọn)(?: là)?\s+(?=[(\[]?[A-HĐ]\b))(.*)",
    re.IGNORECASE | re.DOTALL,
)
_KEY_BESIDE = re.compile(
    r"(?:\t|\s{2,}|\s?[(\[])(?=(?:Đáp án|ĐA)(?:\s+đúng)?\s*:)"
    r"|\s(?=(?:Đáp án|ĐA)(?:\s+đúng)?\s*:\s*[A-HĐ](?:\s*[,;]\s*[A-HĐ])*\W*$)",
    re.IGNORECASE,
)
_FIELDS = (
    ("why", re.compile(r"(?:Vì sao|Giải thích|Phản hồi)\s+(?:phương án |đáp án )?([A-HĐ])\s*[:.]\s*(.*)", re.I | re.S)),
    (
        "feedback",
        re.compile(
            r"(?:Giải thích(?: chung| đáp án)?|Lời giải|Hướng dẫn(?: giải)?|HD|Vì sao|Gợi ý)()\s*[:.]\s*(.*)",
            re.I | re.S,
        ),
    ),
    ("provision", re.compile(r"(?:Điều khoản|Căn cứ|Dẫn chiếu|Viện dẫn)()\s*:\s*(.*)", re.I | re.S)),
    ("level", re.compile(r"(?:Mức(?: độ)?)()\s*:\s*(.*)", re.I | re.S)),
    ("objective", re.compile(r"Mục tiêu()\s*:\s*(.*)", re.I | re.S)),
    ("tags", re.compile(r"Thẻ()\s*:\s*(.*)", re.I | re.S)),
    ("tolerance", re.compile(r"Sai số()\s*:\s*(.*)", re.I | re.S)),
    ("unit", re.compile(r"Đơn vị tính()\s*:\s*(.*)", re.I | re.S)),
)
_SITUATION = re.compile(r"(?:\()?Tình huống\)?\s*[:.]\s*", re.IGNORECASE)
_ASKED = re.compile(r"(?:Hỏi|Câu hỏi)\s*:\s*", re.IGNORECASE)
_SHARED = re.compile(r"Tình huống chung cho (\d) câu sau(?: \(([^)]*)\))?\s*:\s*", re.IGNORECASE)
_PART = re.compile(
    r"(?:PHẦN|CHƯƠNG|CHỦ ĐỀ|MỤC|BÀI|Phần|Chương|Chủ đề|Bài)\s+(?:[IVX]+|\d+)\b\s*[.:–-]?|(?:Chủ đề|CHỦ ĐỀ)\s*:"
    r"|[A-D]\s*[.)]\s*(?:PHẦN|CÂU HỎI|TRẮC NGHIỆM|TỰ LUẬN)\b"
)
_ROMAN = re.compile(r"[IVX]+\s*[.:)–-]\s*\S")


def read(data: bytes, name: str = "", encoding: str | None = None) -> list[Offered]:
    """Every question of a .docx; Unreadable where it is none, or no question can be made out in it."""
    try:
        document = Document(data, encoding)
    except RecursionError:
        raise Unreadable("Tệp Word có các phần lồng nhau quá sâu nên không được đọc.") from None
    reader = _Reader(document)
    found = reader.questions()
    if not found:
        raise Unreadable(
            "Không thấy câu hỏi nào trong tệp Word: mỗi câu bắt đầu bằng “Câu 1:”, phương án bằng “A.”, “B.”."
        )
    return within(found)


@dataclass
class _Shared:
    """Tình huống chung: before which question it stands, for how many, and what it says."""

    at: int
    count: int
    id: str | None
    told: Question


class _Reader:
    """Goes through the lines of a document and gathers questions."""

    def __init__(self, document: Document):
        self.document = document
        self.open: list[Question] = []  # all, the last still takes lines
        self.numbered: dict[int, list[Question]] = {}
        self.tables: list[tuple[int, list[Offered]]] = []  # questions that stand in tables, by how many came before
        self.keys: Keys = []
        self.shared: list[_Shared] = []
        self.category: str | None = None
        self.at_keys = self.over = False
        self.explained: Question | None = None  # whose key, among those at the end, was read last
        lines = [line for block in document.blocks for line in _flat(block)]
        self.said = any(_SAID.match(f"{line.label} {line.text.lstrip()}".lstrip()) for line in lines)
        self.commas = {id(lines[n]): found for n, found in with_commas([line.text for line in lines]).items()}
        self.before: list[Remark] = []

    def questions(self) -> list[Offered]:
        for block in self.document.blocks:
            if block and isinstance(block[0], list):
                self._table(block)
            else:
                for line in block:
                    self._line(line)  # type: ignore[arg-type]
        self._apply_keys()
        done = [offered(one, n) for n, one in enumerate(self.open, 1)]
        found = list(_grouped(done, self.tables, self.shared))
        return list(map(self.document.pictures.placed, found)) if self.document.pictures.letters else found

    # --- tables

    def _table(self, rows: Rows) -> None:
        texts = [
            [" ".join(" ".join(line.label + " " + line.text for line in cell).split()) for cell in row] for row in rows
        ]
        if keys := keys_in(texts):
            self.keys += keys
            return
        sheeted = [["\n".join(line.text for line in cell) for cell in row] for row in rows]
        if found := sheet.of_rows(Sheet("bảng", sheeted)):
            self.tables.append((len(self.open), found))
            return
        for row in rows:
            for cell in row:
                for line in cell:
                    self._line(line)

    # --- lines

    def _line(self, line: Line) -> None:
        text = line.text.strip()
        one = self.explained or (self.open[-1] if self.open else None)
        for lost in line.lost:
            told = Remark(message=f"Đã bỏ {lost}: phần này không được nhận vào câu hỏi.", code="lost_media")
            (one.remarks if one else self.before).append(told)
        if not text and not line.label:
            return
        folded = fold(text) if len(text) < 80 else ""
        if KEYS_HEAD.fullmatch(folded):
            self.at_keys = True
        elif one is not None and WHYS_HEAD.fullmatch(folded):
            self.at_keys = one.ended = True
            one.field = "feedback"
        elif END.fullmatch(text):
            self.over = True
        elif self._is_keys(text):
            self.keys += [(int(number), letters) for number, letters in PAIR.findall(text)]
        elif (start := self._start(line)) is not None:
            if not self._explain(line.text[start[1] :], start[0]):
                self._begin(line, *start)
        elif found := _SHARED.match(text):
            self._share(line, found)
        elif (_PART.match(text) or (text.isupper() and _ROMAN.match(text))) and (
            line.heading or one is None or one.ended or len(one.choices) > 1
        ):
            self.category = " ".join(text.split())[:200]
        elif self.shared and self.shared[-1].at == len(self.open):
            self.shared[-1].told.add(line.runs)
        elif one is not None and not self._aside(one, text):
            self._continue(one, line)

    def _aside(self, one: Question, text: str) -> bool:
        """Behind the end, or among the keys, words that belong to no question: “Mỗi câu đúng 0,5 điểm”."""
        return self.over or (self.at_keys and one.field == "choice" and not _KEY.fullmatch(text))

    def _explain(self, text: str, number: int) -> bool:
        """A question's key among those at the end, "Câu 1: B. Vì Điều 3 …"; False where a question begins."""
        known = [one for one in self.numbered.get(number, ()) if one.choices]
        found = key_with_why(text, self.at_keys) if known else None
        if found is None:
            return False
        one = next((one for one in known if one.key is None), known[-1])
        one.key, one.field, one.ended = found[0], "feedback", True
        one.add([Run(found[1])])
        self.explained, self.over = one, False
        return True

    def _is_keys(self, text: str) -> bool:
        if PAIRS.fullmatch(text) is None:
            return False
        return self.at_keys or len(PAIR.findall(text)) >= 3

    def _start(self, line: Line) -> tuple[int, int, str] | None:
        """(number, where the text begins, what stands in brackets) of a line that begins a question."""
        label = line.label.strip()
        if label:
            if (found := _SAID.fullmatch(label)) or (not self.said and (found := _NUMBERED.fullmatch(label))):
                return int(found[1]), 0, ""
            return None
        lead = len(line.text) - len(line.text.lstrip())
        text = line.text[lead:]
        if found := _SAID.match(text):
            expected = int(found[1]) == (self.open[-1].number or 0) + 1 if self.open else True
            if found[2] or found[3] or found.end() == len(text) or expected:
                return int(found[1]), lead + found.end(), found[2]
        elif not self.said and (found := _NUMBERED.match(text)) and self._may_number(int(found[1])):
            return int(found[1]), lead + found.end(), ""
        return None

    def _may_number(self, number: int) -> bool:
        """ "2." begins a question only behind the first, or where that has got what it needs."""
        if not self.open:
            return True
        last = self.open[-1]
        return number == (last.number or 0) + 1 or (number == 1 and bool(last.choices))

    def _begin(self, line: Line, number: int, at: int, brackets: str) -> None:
        self.at_keys = self.over = False
        self.explained = None
        one = Question(number=number, category=self.category, remarks=self.before, by_word=self.said)
        self.before = []
        self.open.append(one)
        self.numbered.setdefault(number, []).append(one)
        for told in re.findall(r"[(\[]([^)\]]*)[)\]]", brackets):
            for word in re.split(r"\s*[,;]\s*", told):
                self._bracketed(one, word)
        self._text(one, line, at)

    def _bracketed(self, one: Question, word: str) -> None:
        if kind := kind_of(word):
            one.kind = kind
        elif level := level_of(word):
            one.level = level
        elif said := [name for name, words in SAID.items() if fold(word) == words]:
            one.said += said
        elif fold(word) == "tinh huong":
            one.field = "situation"
        elif re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", word):
            one.id = word
        elif not re.fullmatch(r"[\d.,]+\s*(?:điểm|đ)", word):
            one.tags.append(word)

    def _share(self, line: Line, found: re.Match[str]) -> None:
        told = Question(number=0)
        told.add(_cut(line, len(line.text) - len(line.text.lstrip()) + found.end()))
        self.shared.append(_Shared(len(self.open), int(found[1]), found[2], told))

    def _text(self, one: Question, line: Line, at: int) -> None:
        """The text of a question, with options that stand in the same line."""
        text = line.text[at:]
        if found := _SITUATION.match(text):
            one.field, at = "situation", at + found.end()
            text = line.text[at:]
        starts = beside(text, 0, whole=True)
        end = starts[0][0] if starts else len(text)
        cut = _KEY_BESIDE.search(text[:end])
        one.add(_cut(line, at, at + (cut.start() if cut else end)))
        if cut:
            self._key(one, text[cut.end() :].rstrip(")] "))
        elif starts:
            self._choices(one, line, [(at + a, at + b, letter, star) for a, b, letter, star in starts])

    def _continue(self, one: Question, line: Line) -> None:
        lead = len(line.text) - len(line.text.lstrip())
        text = line.text[lead:]
        if found := _ASKED.match(text):
            one.field = "text"
            return one.add(_cut(line, lead + found.end()))
        if self._field(one, text, line, lead):
            return None
        if not line.label and (found := _KEY.fullmatch(text.strip())) and not one.choices_open(text):
            if len(PAIR.findall(found[1])) > 1 and PAIRS.fullmatch(found[1].strip()):  # “Đáp án: 1-A, 2-B”
                self.keys += [(int(number), letters) for number, letters in PAIR.findall(found[1])]
                return None
            return self._key(one, found[1])
        if line.label and self._labelled(one, line):
            return None
        if (found := _OPTION.fullmatch(text.strip())) and follows(found[2], len(one.choices), one.letters):
            return self._choices(
                one, line, [(lead, len(line.text), found[2], found[1] in set(STAR))]
            )  # its text: next cell
        if (found := LOOSE.match(text)) and not one.ended:
            letter = found[2] or found[3] or found[4]
            if follows(letter, len(one.choices), one.letters):
                starts = [(lead, lead + found.end(), letter, found[1] in set(STAR))]
                return self._choices(one, line, starts)
        if (comma := self.commas.get(id(line))) and not one.ended and follows(comma[2], len(one.choices), one.letters):
            return self._choices(one, line, [(lead, comma.end(), comma[2], comma[1] in set(STAR))])
        if starts := beside(text, len(one.choices), False, one.letters):
            if starts[0][0] > 0:
                one.add(_cut(line, lead, lead + starts[0][0]))
            return self._choices(one, line, [(lead + a, lead + b, letter, star) for a, b, letter, star in starts])
        return one.add(_cut(line, lead))

    def _field(self, one: Question, text: str, line: Line, lead: int) -> bool:
        for name, pattern in _FIELDS:
            if found := pattern.fullmatch(text.rstrip()):
                one.ended, one.field = True, f"why {found[1].lower()}" if name == "why" else name
                one.add(_cut(line, lead + found.start(2)))
                return True
        return False

    def _labelled(self, one: Question, line: Line) -> bool:
        """A line that Word has numbered: with a letter it is an option, whatever letter the list has come to."""
        label = line.label.strip()
        option = line.lettered or _OPTION.fullmatch(label) or (len(label) == 1 and label.isalpha())
        bullet = label == "•" and bool(one.text) and not one.ended
        if not (
            option or bullet or (self.said and _NUMBERED.fullmatch(label) and not one.ended and one.field == "text")
        ):
            return False
        runs = _cut(line, 0)
        starts = beside(line.text, len(one.choices) + 1, False, one.letters)
        if starts:
            runs = _cut(line, 0, starts[0][0])
        one.choose(Choice(runs, line.label_marks, auto=True))
        if starts:
            self._choices(one, line, starts)
        return True

    def _choices(self, one: Question, line: Line, starts: Sequence[tuple[int, int, str, bool]]) -> None:
        """The options of a line: each from where its text begins to where the next letter stands."""
        ends = [start for start, *_ in starts[1:]] + [len(line.text)]
        for (start, begin, letter, star), end in zip(starts, ends, strict=True):
            if not follows(letter, len(one.choices), one.letters):
                told = f"Phương án {letter} đứng ở chỗ của phương án {one.capitals[len(one.choices) % 8]}."
                one.remarks.append(Remark(message=told, fix="Đánh lại chữ A, B, C … theo thứ tự.", code="letters"))
            cut = _KEY_BESIDE.search(line.text[begin:end])
            labels = _cut(line, start, begin)
            marks = frozenset().union(*(run.marks for run in labels if run.text.strip())) if labels else frozenset()
            made = Choice(_cut(line, begin, begin + cut.start() if cut else end), marks, starred=star)
            one.choose(made, letter)
            if cut:
                self._key(one, line.text[begin + cut.end() : end].rstrip(")] "))

    def _key(self, one: Question, told: str) -> None:
        told = _KEY.sub(r"\1", told.strip(), count=1)
        one.ended = True
        letters = r"[A-HĐ](?:\s*(?:,|;|và|&|\+|/)\s*[A-HĐ])*"
        found = re.match(rf"\W*({letters})(?![\w])[.):]?\s*(.*)", told, re.DOTALL | re.IGNORECASE)
        if one.choices and found and not (found[2] and told[:1].islower()):
            one.key, one.field = found[1].strip(), "feedback"
            rest = found[2].strip().lstrip("-–.;: ")
            rest = rest[1:-1] if rest[:1] == "(" and rest[-1:] == ")" else rest
            if rest and plain(rest) not in {plain(choice.text) for choice in one.choices}:  # “Đáp án: B. Trả lại”
                one.add([Run(rest)])
        else:
            one.key, one.field = told.strip().rstrip("."), "key"

    # --- keys at the end

    def _apply_keys(self) -> None:
        waiting: dict[int, list[str]] = {}
        for number, letters in self.keys:
            waiting.setdefault(number, []).append(letters)
        for one in self.open:
            if one.key is None and waiting.get(one.number or 0):
                one.key = waiting[one.number or 0].pop(0)
        for number, rest in waiting.items():
            if rest and self.open and not any(one.number == number for one in self.open):
                told = f"Bảng đáp án có câu {number}, nhưng không thấy câu {number} trong tệp."
                self.open[-1].remarks.append(
                    Remark(message=told, fix="Kiểm tra số thứ tự các câu.", code="key_without_question")
                )


def _grouped(
    done: Sequence[Offered], tables: Sequence[tuple[int, list[Offered]]], shared: Sequence[_Shared]
) -> Iterator[Offered]:
    """All in the order of the document: questions of tables at their place, those of one situation as a case."""
    begun = {one.at: one for one in shared}
    n = 0
    while n <= len(done):
        for at, found in tables:
            if at == n:
                yield from found
        if (one := begun.get(n)) is not None and done[n : n + one.count]:
            yield _case(one, done[n : n + one.count], n + 1)
            n += one.count
        elif n < len(done):
            yield done[n]
            n += 1
        else:
            return


def _case(shared: _Shared, parts: Sequence[Offered], n: int) -> Offered:
    told, first = offered(shared.told, n), parts[0]
    problems = tuple(problem for part in parts for problem in part.problems)
    more = {"objective": first.objective, "category": first.category, "place": first.place}
    return Offered(kind="case", id=shared.id, situation=told.text, parts=tuple(parts), problems=problems, **more)  # type: ignore[arg-type]


def _flat(block: list[Line] | Rows) -> Iterator[Line]:
    for one in block:
        if isinstance(one, Line):
            yield one
        else:
            for cell in one:
                yield from cell


def _cut(line: Line, start: int, end: int | None = None) -> list[Run]:
    """The runs between two places of a line."""
    found, at = [], 0
    end = len(line.text) if end is None else end
    for run in line.runs:
        piece = run.text[max(0, start - at) : max(0, end - at)]
        if piece:
            found.append(Run(piece, run.marks))
        at += len(run.text)
    return found
