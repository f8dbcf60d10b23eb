"""Documents, lessons, quizzes and the nine kinds of question, as values.

One shape whoever wrote it: a file, an import or the editor. ``read_*`` takes plain data (dicts, lists, strings)
and gives a value or raises `ContentProblems` with everything that is wrong, each with the path to the field.
A stored body (`Unit.stored`) carries ``format`` and is read back by `read_stored_unit`, which forgives unknown fields.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Annotated, Any, Literal, Protocol, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from quizapp.domain import pictures
from quizapp.domain.vietnamese import is_nfc, plain

FORMAT = 1

Path = tuple[str | int, ...]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Anchor = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+([-.][a-z0-9]+)*$", max_length=80)]
Citation = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]+#[a-z0-9.-]+$", max_length=140)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class Problem(BaseModel):
    """What is wrong, and where: ``path`` leads through the data, e.g. ("questions", 3, "options", 0, "why")."""

    model_config = ConfigDict(frozen=True)
    path: Path
    message: str


class ContentProblems(Exception):
    """Every problem of one piece of content, at once."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = list(problems)
        super().__init__("; ".join(f"{'.'.join(map(str, p.path))}: {p.message}" for p in self.problems))


class Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


# --- documents -------------------------------------------------------------------------------------------------


class Validity(Frozen):
    """Tình trạng hiệu lực, as known on a day."""

    state: Literal["in_force", "amended", "replaced", "unknown"]
    as_of: date
    note: Text
    source: Text


class Provision(Frozen):
    """Điều, khoản, điểm or a named part; the summary is in our own words, never a quotation."""

    anchor: Anchor
    label: Text
    title: Text | None = None
    summary: Text
    verified: bool
    sources: tuple[Text, ...] = ()
    note: Text | None = None
    children: tuple["Provision", ...] = ()

    @model_validator(mode="after")
    def _verified_against_something(self) -> Self:
        if self.verified and not self.sources:
            raise ValueError("ghi là đã đối chiếu nhưng không nêu nguồn (sources)")
        return self

    def walk(self) -> Iterator["Provision"]:
        """The provision and all below it, in reading order."""
        yield self
        for child in self.children:
            yield from child.walk()


class Document(Frozen):
    """Văn bản: a rule as a tree of provisions."""

    code: Slug
    number: Text
    kind: Text
    issued_on: date | None
    issuer: Text
    title: Text
    task: Slug | None = None
    about: Text
    validity: Validity
    provisions: tuple[Provision, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        return self.number if self.number.startswith(self.kind) else f"{self.kind} {self.number}"

    def walk(self) -> Iterator[Provision]:
        """Every provision, in reading order."""
        for provision in self.provisions:
            yield from provision.walk()

    @model_validator(mode="after")
    def _anchors_unique(self) -> Self:
        _refuse_twins((p.anchor for p in self.walk()), "neo")
        return self


# --- questions -------------------------------------------------------------------------------------------------

Level = Literal["nho", "hieu", "van_dung"]


class Option(Frozen):
    """Phương án: ``why`` says why it is right or wrong in this question."""

    key: Slug
    text: Text
    right: bool = False
    why: Text


class Asked(Frozen):
    """What every question has. A case's parts leave ``objective`` and ``situation`` to the case."""

    key: Slug
    objective: Slug | None = None
    level: Level
    provision: Citation
    situation: Text | None = None
    prompt: Text
    explanation: Text | None = None


class Single(Asked):
    """Chọn một phương án."""

    kind: Literal["single"]
    options: tuple[Option, ...] = Field(min_length=2, max_length=6)
    ordered: bool = False

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        _check_options(self.options)
        if sum(option.right for option in self.options) != 1:
            raise ValueError("phải có đúng một phương án đúng (right: true)")
        return self


class Multiple(Asked):
    """Chọn các phương án đúng."""

    kind: Literal["multiple"]
    options: tuple[Option, ...] = Field(min_length=3, max_length=8)
    ordered: bool = False

    @model_validator(mode="after")
    def _some_right(self) -> Self:
        _check_options(self.options)
        right = sum(option.right for option in self.options)
        if right == 0 or right == len(self.options):
            raise ValueError("phải có ít nhất một phương án đúng và một phương án chưa đúng")
        return self


class TrueFalse(Asked):
    """Nhận định đúng hay sai."""

    kind: Literal["true_false"]
    answer: bool
    why: Text


class Pair(Frozen):
    key: Slug
    left: Text
    right: Text
    why: Text


class Matching(Asked):
    """Ghép đôi."""

    kind: Literal["matching"]
    pairs: tuple[Pair, ...] = Field(min_length=2, max_length=8)
    extra: tuple[Text, ...] = ()
    explanation: Text

    @model_validator(mode="after")
    def _unique(self) -> Self:
        extra_keys = [f"x{n}" for n, _ in enumerate(self.extra, 1)]
        _refuse_twins([*(pair.key for pair in self.pairs), *extra_keys], "khóa")
        _refuse_twins((plain(pair.left) for pair in self.pairs), "vế trái")
        rights = {plain(pair.right) for pair in self.pairs}
        if twins := [text for text in self.extra if plain(text) in rights]:
            raise ValueError(f"vế phải gây nhiễu trùng với vế đúng: {twins[0]}")
        _refuse_twins((plain(text) for text in self.extra), "vế phải gây nhiễu")
        return self


class Item(Frozen):
    key: Slug
    text: Text


class Ordering(Asked):
    """Xếp thứ tự: items stand in the right order."""

    kind: Literal["ordering"]
    items: tuple[Item, ...] = Field(min_length=3, max_length=8)
    explanation: Text

    @model_validator(mode="after")
    def _unique(self) -> Self:
        _refuse_twins((item.key for item in self.items), "khóa")
        _refuse_twins((plain(item.text) for item in self.items), "mục")
        return self


class Short(Asked):
    """Trả lời ngắn."""

    kind: Literal["short"]
    accepted: tuple[Text, ...] = Field(min_length=1)
    without_marks: bool = False
    explanation: Text


class Number(Asked):
    """Trả lời bằng số."""

    kind: Literal["number"]
    value: float = Field(allow_inf_nan=False)
    tolerance: float = Field(default=0, ge=0, allow_inf_nan=False)
    unit: Text | None = None
    explanation: Text


class Gap(Frozen):
    key: Slug
    options: tuple[Option, ...] = Field(min_length=2, max_length=6)

    @model_validator(mode="after")
    def _one_right(self) -> Self:
        _check_options(self.options)
        if sum(option.right for option in self.options) != 1:
            raise ValueError("mỗi chỗ trống phải có đúng một phương án đúng")
        return self


class Gaps(Asked):
    """Điền chỗ trống: the text holds ``{key}`` once for each gap."""

    kind: Literal["gaps"]
    text: Text
    gaps: tuple[Gap, ...] = Field(min_length=1, max_length=6)
    explanation: Text

    @model_validator(mode="after")
    def _gaps_in_text(self) -> Self:
        _refuse_twins((gap.key for gap in self.gaps), "khóa")
        for gap in self.gaps:
            if self.text.count("{" + gap.key + "}") != 1:
                raise ValueError(f"chỗ trống {gap.key} phải xuất hiện đúng một lần trong text, dạng {{{gap.key}}}")
        if self.text.count("{") != len(self.gaps):
            raise ValueError("text có chỗ trống không được khai báo trong gaps")
        return self


Question = Annotated[
    Single | Multiple | TrueFalse | Matching | Ordering | Short | Number | Gaps, Field(discriminator="kind")
]
AnyQuestion = Single | Multiple | TrueFalse | Matching | Ordering | Short | Number | Gaps


class Case(Frozen):
    """Tình huống: one situation, several questions, drawn together; each counts as one."""

    kind: Literal["case"]
    key: Slug
    objective: Slug
    situation: Text
    questions: tuple[Question, ...] = Field(min_length=2, max_length=5)

    @model_validator(mode="after")
    def _parts_are_bare(self) -> Self:
        for question in self.questions:
            if question.objective or question.situation:
                raise ValueError(f"câu {question.key} trong tình huống không khai riêng objective, situation")
        return self


BankItem = Annotated[
    Single | Multiple | TrueFalse | Matching | Ordering | Short | Number | Gaps | Case, Field(discriminator="kind")
]


# --- lessons and units -----------------------------------------------------------------------------------------

SectionKind = Literal["muc", "tinh-huong", "tu-lam", "viec-can-lam"]


class Section(Frozen):
    """Mục: one page of reading with one citation. Markdown; ``loi-giai`` and ``tu-hoi`` are containers."""

    key: Slug
    title: Text
    kind: SectionKind = "muc"
    cite: Citation
    text: Text


class Objective(Frozen):
    key: Slug
    text: Text


class Quiz(Frozen):
    """Phần kiểm tra: ``draw`` says how many questions each objective gives to a paper."""

    feedback: Literal["at_once", "after"]
    pass_percent: int = Field(ge=0, le=100)
    draw: dict[Slug, Annotated[int, Field(ge=1)]] = Field(min_length=1)
    minutes: int | None = Field(default=None, ge=1)
    retry_hours: int | None = Field(default=None, ge=1)  # from the end of one attempt to the start of the next

    @property
    def size(self) -> int:
        return sum(self.draw.values())


class _Numbered(Protocol):
    @property
    def number(self) -> object: ...
    @property
    def title(self) -> str: ...
    @property
    def final(self) -> bool: ...


class Titled:
    """How pages call a unit, whether it is whole, only begun or a line of a list. The final has no number: it stands last."""

    @property
    def listed(self: _Numbered) -> str:
        """As lists name it: "3. Tên bài"."""
        return self.title if self.final else f"{self.number}. {self.title}"

    @property
    def short(self: _Numbered) -> str:
        """What stands after "bài" where there is no room for more: its number alone."""
        return self.title if self.final else str(self.number)


class Unit(Titled, Frozen):
    """Bài: a lesson and the bank of its quiz; or the final (kiểm tra tổng hợp), which has nothing to read.

    The final's objectives are the course's tasks: its paper is drawn over them.
    """

    key: Slug
    number: int = Field(ge=0)
    task: Slug | None
    title: Text
    minutes: int = Field(ge=1)
    graded: bool
    final: bool = False
    why: Text
    objectives: tuple[Objective, ...] = Field(min_length=1)
    sections: tuple[Section, ...] = ()
    quiz: Quiz
    questions: tuple[BankItem, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        _refuse_twins((objective.key for objective in self.objectives), "mục tiêu")
        _refuse_twins((section.key for section in self.sections), "mục")
        _refuse_twins((question.key for question in self.each_question()), "câu")
        _refuse_twins((item.key for item in self.questions), "câu")
        self._check_final()
        if told := list(self._strange_objectives()) or list(self._short_banks()):
            raise ValueError("\n".join(told))
        return self

    def _strange_objectives(self) -> Iterator[str]:
        known = {objective.key for objective in self.objectives}
        for item in self.questions:
            if item.objective is None:
                yield f"câu {item.key}: chưa khai mục tiêu (objective)"
            elif item.objective not in known:
                yield f"câu {item.key}: mục tiêu “{item.objective}” không có trong bài"
        for objective in self.quiz.draw:
            if objective not in known:
                yield f"draw: mục tiêu “{objective}” không có trong bài"

    def _short_banks(self) -> Iterator[str]:
        for objective, count in self.quiz.draw.items():
            sizes = [item_size(item) for item in self.questions if item.objective == objective]
            if not can_fill(sizes, count):
                yield f"không rút được đúng {count} câu cho mục tiêu “{objective}”: ngân hàng có {sum(sizes)}"

    def _check_final(self) -> None:
        if not self.final and not self.sections:
            raise ValueError("bài phải có ít nhất một mục để đọc")
        if self.final and (self.sections or not self.graded):
            raise ValueError("bài kiểm tra tổng hợp có tính điểm và không có mục để đọc")
        if self.final and (self.quiz.minutes is None or self.quiz.feedback != "after"):
            raise ValueError("bài kiểm tra tổng hợp phải có thời gian (minutes) và feedback: after")

    def each_question(self) -> Iterator[AnyQuestion]:
        """Every single question, those of cases one by one."""
        for item in self.questions:
            if isinstance(item, Case):
                yield from item.questions
            else:
                yield item

    def citations(self) -> Iterator[tuple[Path, str]]:
        """Every provision that the unit rests on, with the path to where it says so."""
        for n, section in enumerate(self.sections):
            yield ("sections", n, "cite"), section.cite
        for n, item in enumerate(self.questions):
            if isinstance(item, Case):
                for m, part in enumerate(item.questions):
                    yield ("questions", n, "questions", m, "provision"), part.provision
            else:
                yield ("questions", n, "provision"), item.provision

    def stored(self) -> dict[str, Any]:
        """The body of a revision: plain JSON, complete for ever."""
        return {"format": FORMAT, "unit": self.model_dump(mode="json")}


def item_size(item: AnyQuestion | Case) -> int:
    """How many questions of a paper an item of the bank gives."""
    return len(item.questions) if isinstance(item, Case) else 1


def can_fill(sizes: Iterable[int], count: int) -> bool:
    """Whether some of the items give exactly ``count`` questions together."""
    reachable = {0}
    for size in sizes:
        reachable |= {total + size for total in reachable if total + size <= count}
    return count in reachable


# --- courses ---------------------------------------------------------------------------------------------------


class Task(Frozen):
    """Nhiệm vụ: one of the directive's six, the spine of every screen."""

    key: Slug
    name: Text
    title: Text

    @property
    def words(self) -> str:
        """As the library and the final name it: "Năm là: nêu gương"."""
        return f"{self.name}: {self.title[:1].lower()}{self.title[1:]}"


class LearningPath(Frozen):
    """Lộ trình: the units that some people take, in order."""

    key: Slug
    title: Text
    units: tuple[Slug, ...] = Field(min_length=1)


def path_again(unit: str, number: int) -> str:
    """Lộ trình học lại: the key of the path that has that unit alone, for whom its revision of that number concerns."""
    return f"hoc-lai-{unit}-ban-{number}"


def unit_again(path: str) -> str | None:
    """The unit that such a path studies again; None for any other path."""
    found = re.fullmatch(r"hoc-lai-(.+)-ban-\d+", path)
    return found[1] if found else None


class Course(Frozen):
    """Khóa học. One that has just been begun has no units yet, and no paths."""

    key: Slug
    title: Text
    document: Slug
    tasks: tuple[Task, ...] = Field(min_length=1)
    units: tuple[Slug, ...]
    paths: tuple[LearningPath, ...]

    ungraded: tuple[Slug, ...] = ()  # units that count nowhere, e.g. a pre-test
    final: Slug | None = None  # the unit that opens when the others of a path have been passed

    @model_validator(mode="after")
    def _holds_together(self) -> Self:
        _refuse_twins(self.units, "bài")
        _refuse_twins((task.key for task in self.tasks), "nhiệm vụ")
        _refuse_twins((path.key for path in self.paths), "lộ trình")
        for path in self.paths:
            _refuse_twins(path.units, "bài trong lộ trình")
            if strangers := [unit for unit in path.units if unit not in self.units]:
                raise ValueError(f"lộ trình “{path.key}” có bài “{strangers[0]}” không thuộc khóa học")
        if self.units and not self.paths:
            raise ValueError("khóa học đã có bài thì cần ít nhất một lộ trình (paths)")
        return self

    def task_words(self) -> dict[str, str]:
        """The words of its tasks by key."""
        return {task.key: task.words for task in self.tasks}

    def graded(self, path: str) -> tuple[str, ...]:
        """The units of a path that have to be passed."""
        return tuple(unit for unit in self.path(path).units if unit not in self.ungraded)

    def before_final(self, path: str) -> tuple[str, ...]:
        """The units of a path that have to be done before its final opens."""
        return tuple(unit for unit in self.graded(path) if unit != self.final)

    def path(self, key: str) -> LearningPath:
        """The path of that key; KeyError where there is none. One that studies a unit again stands in no list."""
        for path in self.paths:
            if path.key == key:
                return path
        if unit := unit_again(key):
            return LearningPath.model_construct(key=key, title="Học lại một bài", units=(unit,))
        raise KeyError(key)


Value = TypeVar("Value", bound=Frozen)

# --- reading ---------------------------------------------------------------------------------------------------


def read_document(data: Any) -> Document:
    """The document, or `ContentProblems`."""
    return _read(Document, data)


def read_unit(data: Any) -> Unit:
    """The unit with its bank, or `ContentProblems`."""
    return _read(Unit, data)


def read_course(data: Any) -> Course:
    """The course, or `ContentProblems`."""
    return _read(Course, data)


def read_stored_unit(body: Mapping[str, Any]) -> Unit:
    """The unit of a stored revision. ValueError for a format newer than ours."""
    if body["format"] > FORMAT:
        raise ValueError(f"format {body['format']} is newer than {FORMAT}")
    return Unit.model_validate(body["unit"], extra="ignore")


def _read(kind: type[Value], data: Any) -> Value:
    problems = list(_text_problems(data, ()))
    try:
        value = kind.model_validate(data)
    except ValidationError as error:
        errors = [e for e in _all_errors(kind, data, error) if not _is_echo(e)]
        problems += [Problem(path=_clean(e["loc"]), message=told) for e in errors for told in _in_words(e).split("\n")]
        raise ContentProblems(problems) from None
    if problems:
        raise ContentProblems(problems)
    return value


def _all_errors(kind: type[BaseModel], data: Any, error: ValidationError) -> list[Any]:
    """With those that a field too many hides: pydantic asks no rule over a value that has one."""
    errors: list[Any] = list(error.errors(include_url=False))
    if all(one["type"] != "extra_forbidden" for one in errors):
        return errors
    known = {(one["loc"], one["type"], one["msg"]) for one in errors}
    try:
        kind.model_validate(data, extra="ignore")
    except ValidationError as more:
        errors += [e for e in more.errors(include_url=False) if (e["loc"], e["type"], e["msg"]) not in known]
    return errors


_KINDS = {"single", "multiple", "true_false", "matching", "ordering", "short", "number", "gaps", "case"}


def _clean(loc: tuple[str | int, ...]) -> Path:
    """The path through the data: without the tags that pydantic adds for a union."""
    return tuple(part for n, part in enumerate(loc) if not (part in _KINDS and n and isinstance(loc[n - 1], int)))


def _is_echo(error: Any) -> bool:
    """Whether a list is called too short only since pydantic does not count the broken ones in it."""
    return bool(error["type"] == "too_short" and len(error["input"]) >= error["ctx"]["min_length"])


_MESSAGES = {
    "missing": "thiếu trường này",
    "extra_forbidden": "trường này không có trong định dạng",
    "union_tag_not_found": "thiếu loại câu hỏi (kind)",
    "string_too_short": "không được để trống",
    "bool_parsing": "phải là true hoặc false",
    "bool_type": "phải là true hoặc false",
    "int_parsing": "phải là số nguyên",
    "int_type": "phải là số nguyên",
    "int_from_float": "phải là số nguyên",
    "float_parsing": "phải là số",
    "float_type": "phải là số",
    "finite_number": "phải là số hữu hạn",
    "date_type": "phải là ngày, dạng 2026-11-30",
    "date_parsing": "phải là ngày, dạng 2026-11-30",
    "date_from_datetime_parsing": "phải là ngày, dạng 2026-11-30",
    "string_type": "phải là chữ (thêm dấu ngoặc kép nếu là số)",
    "list_type": "phải là danh sách",
    "tuple_type": "phải là danh sách",
    "dict_type": "phải là nhóm các trường",
    "model_type": "phải là nhóm các trường",
    "model_attributes_type": "phải là nhóm các trường",
}


def _in_words(error: Any) -> str:
    kind = error["type"]
    context = error.get("ctx", {})
    if kind == "value_error":
        return str(context["error"])
    if kind == "string_pattern_mismatch":
        return f"“{error['input']}” không đúng dạng mã (chữ thường không dấu, số, gạch nối)"
    if kind == "union_tag_invalid":
        return f"loại câu hỏi “{context['tag']}” không có"
    if kind == "literal_error":
        return f"phải là một trong: {context['expected']}"
    if kind == "too_short":
        return f"phải có ít nhất {context['min_length']} mục"
    if kind == "too_long":
        return f"nhiều nhất {context['max_length']} mục"
    if kind == "string_too_long":
        return f"nhiều nhất {context['max_length']} chữ"
    if kind == "greater_than_equal":
        return f"phải từ {context['ge']:g} trở lên"
    if kind == "less_than_equal":
        return f"nhiều nhất là {context['le']:g}"
    return _MESSAGES.get(kind, str(error["msg"]))


def _text_problems(data: Any, path: Path) -> Iterator[Problem]:
    if isinstance(data, str):
        if not is_nfc(data):
            yield Problem(path=path, message="chữ chưa ở dạng dựng sẵn (NFC): gõ lại hoặc chuyển mã Unicode dựng sẵn")
        yield from (Problem(path=path, message=message) for message in pictures.problems(data))
    elif isinstance(data, Mapping):
        for key, value in data.items():
            yield from _text_problems(value, (*path, str(key)))
    elif isinstance(data, Sequence) and not isinstance(data, bytes):
        for n, value in enumerate(data):
            yield from _text_problems(value, (*path, n))


def _refuse_twins(values: Iterable[str], noun: str) -> None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            raise ValueError(f"{noun} “{value}” bị trùng")
        seen.add(value)


def _check_options(options: Sequence[Option]) -> None:
    _refuse_twins((option.key for option in options), "khóa phương án")
    _refuse_twins((plain(option.text) for option in options), "phương án")
