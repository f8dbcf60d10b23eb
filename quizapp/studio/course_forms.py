"""Khóa học: what may be typed of its name, its tasks, the order of its units and its paths."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from wtforms import (
    BooleanField,
    Field,
    HiddenField,
    IntegerField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    widgets,
)
from wtforms.validators import DataRequired, Length, NumberRange

from quizapp.courses.arranging import Plan
from quizapp.domain.content import Course, LearningPath, Task
from quizapp.domain.vietnamese import plain
from quizapp.studio.document_forms import TextForm
from quizapp.web.forms import choices

_NAME = "Ghi tên lộ trình."
_CALLED = "Ghi gọi là gì."
_SAYS = "Ghi nội dung nhiệm vụ."


class Row(NamedTuple):
    """The fields of a path or a task that there is: its key, its name, its units or its title, whether it is taken out."""

    key: str
    name: Field
    rest: Field
    out: Field


class CourseForm(TextForm):
    """`course_form` adds the course and its rows."""

    course: Course

    seen = HiddenField(validators=[DataRequired()], name="ban")
    title = StringField("Tên khóa học", [DataRequired("Ghi tên khóa học."), Length(max=200)], name="ten")
    why = TextAreaField(
        "Vì sao sửa?",
        [DataRequired("Ghi lý do sửa."), Length(max=500)],
        name="ly-do",
        render_kw={"rows": "2"},
        description="Được ghi vào danh sách các bản và nhật ký, cùng tên đồng chí và giờ.",
    )
    new_title = StringField("Tên lộ trình mới", [Length(max=120)], name="lo-trinh-moi")
    new_task_name = StringField("Nhiệm vụ mới", [Length(max=40)], name="nv-moi", description="Ví dụ: Bảy là.")
    new_task_title = StringField("Nội dung nhiệm vụ mới", [Length(max=200)], name="nv-moi-ten")

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine = bool(super().validate(*args, **kwargs))
        found = [*self._missing(), *self._twins()]
        for field, words in found:
            field.errors = [words]
        return fine and not found

    def _missing(self) -> Iterator[tuple[Field, str]]:
        """What a new row lacks; one that is left empty lacks nothing."""
        if self["new_units"].data and not self.new_title.data:
            yield self.new_title, _NAME
        if self.new_task_title.data and not self.new_task_name.data:
            yield self.new_task_name, _CALLED
        if self.new_task_name.data and not self.new_task_title.data:
            yield self.new_task_title, _SAYS

    def _twins(self) -> Iterator[tuple[Field, str]]:
        """Names that are new and stand there already."""
        paths, tasks = ([row for row in rows if not row.out.data] for rows in (self.path_rows, self.task_rows))
        yield from _twins("Đã có lộ trình tên", [*(row.name for row in paths), self.new_title])
        yield from _twins("Đã có nhiệm vụ gọi là", [*(row.name for row in tasks), self.new_task_name])
        yield from _twins("Đã có nhiệm vụ", [*(row.rest for row in tasks), self.new_task_title])

    def several(self, what: str) -> list[Any]:
        """The fields of that name, in order."""
        return [field for name, field in self._fields.items() if name.startswith(what)]

    def _rows(self, what: str, rest: str, there: Iterable[LearningPath | Task]) -> list[Row]:
        fields = self.several(f"{what}_name_"), self.several(f"{what}_{rest}_"), self.several(f"{what}_out_")
        return [Row(one.key, *row) for one, *row in zip(there, *fields, strict=True)]

    @property
    def path_rows(self) -> list[Row]:
        return self._rows("path", "units", self.course.paths)

    @property
    def task_rows(self) -> list[Row]:
        return self._rows("task", "title", self.course.tasks)

    def plan(self) -> Plan:
        """What is wanted of the course; units of one place stay as they stood."""
        wanted = zip(self.several("place_"), _movable(self.course), strict=True)
        order = [key for _, key in sorted(wanted, key=lambda pair: pair[0].data)]
        paths = [(row.key, row.name.data, row.rest.data or ()) for row in self.path_rows if not row.out.data]
        if self.new_title.data:
            paths.append(("", self.new_title.data, self["new_units"].data or ()))
        tasks = [(row.key, row.name.data, row.rest.data) for row in self.task_rows if not row.out.data]
        if self.new_task_name.data:
            tasks.append(("", self.new_task_name.data, self.new_task_title.data))
        return Plan(self.title.data, tasks, order, paths)


def _twins(words: str, fields: Sequence[Field]) -> Iterator[tuple[Field, str]]:
    """Of the fields, those that were changed to what another says. Twins that files have brought may stay."""
    said = [plain(field.data or "") for field in fields]
    for field, told in zip(fields, said, strict=True):
        if told and field.data != field.object_data and said.count(told) > 1:
            yield field, f"{words} “{field.data}”. Ghi khác đi."


def _movable(course: Course) -> list[str]:
    return [key for key in course.units if key != course.final]


def _ticks(label: str, name: str) -> SelectMultipleField:
    box = {"widget": widgets.ListWidget(prefix_label=False), "option_widget": widgets.CheckboxInput()}
    return SelectMultipleField(label, name=name, **box)


def course_form(course: Course, named: Mapping[str, str], seen: str) -> CourseForm:
    """The form of this course, filled with how it is; ``named``: units by key, as lists call them."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"seen": seen, "title": course.title}
    for n, key in enumerate(_movable(course), 1):
        check = [DataRequired("Ghi thứ tự."), NumberRange(1, 999, "Ghi thứ tự từ 1 đến 999.")]
        fields[f"place_{n}"] = IntegerField(named[key], check, name=f"thu-tu-{n}")
        data[f"place_{n}"] = n
    for n, path in enumerate(course.paths, 1):
        check = [DataRequired(_NAME), Length(max=120)]
        fields[f"path_name_{n}"] = StringField(f"Tên lộ trình {n}", check, name=f"lt-{n}")
        fields[f"path_units_{n}"] = _ticks(f"Các bài của lộ trình {n}", f"lt-{n}-bai")
        fields[f"path_out_{n}"] = BooleanField(f"Bỏ lộ trình {n}", name=f"lt-{n}-bo")
        data |= {f"path_name_{n}": path.title, f"path_units_{n}": list(path.units)}
    fields["new_units"] = _ticks("Các bài của lộ trình mới", "lo-trinh-moi-bai")
    for n, task in enumerate(course.tasks, 1):
        fields[f"task_name_{n}"] = StringField(f"Nhiệm vụ {n}", [DataRequired(_CALLED), Length(max=40)], name=f"nv-{n}")
        check = [DataRequired(_SAYS), Length(max=200)]
        fields[f"task_title_{n}"] = StringField(f"Nội dung nhiệm vụ {n}", check, name=f"nv-{n}-ten")
        fields[f"task_out_{n}"] = BooleanField(f"Bỏ nhiệm vụ {n}", name=f"nv-{n}-bo")
        data |= {f"task_name_{n}": task.name, f"task_title_{n}": task.title}
    form: CourseForm = type("ThisCourseForm", (CourseForm,), fields | {"course": course})(data)
    for field in [*form.several("path_units_"), form["new_units"]]:
        field.choices = choices(*((key, named[key]) for key in course.units))
    return form


def grid(course: Course) -> Sequence[tuple[str, Sequence[bool]]]:
    """(unit, whether it is in each path), in the course's order."""
    return [(key, [key in path.units for path in course.paths]) for key in course.units]
