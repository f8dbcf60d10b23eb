"""Khóa học: what may be typed of its name, its tasks, the order of its units and its paths."""

from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import HiddenField, IntegerField, SelectMultipleField, StringField, TextAreaField, widgets
from wtforms.validators import DataRequired, Length, NumberRange

from quizapp.courses.arranging import Plan
from quizapp.domain.content import Course
from quizapp.studio.document_forms import TextForm
from quizapp.web.forms import choices

_NAME = "Ghi tên lộ trình."


class CourseForm(TextForm):
    """`course_form` adds the rows of this course."""

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

    def validate(self, *args: Any, **kwargs: Any) -> bool:
        fine = bool(super().validate(*args, **kwargs))
        if self["new_units"].data and not self.new_title.data:
            self.new_title.errors = [_NAME]
            return False
        return fine

    def several(self, what: str) -> list[Any]:
        """The fields of that name, in order."""
        return [field for name, field in self._fields.items() if name.startswith(what)]

    def plan(self, course: Course) -> Plan:
        """What is wanted of the course; units of one place stay as they stood."""
        tasks = zip(self.several("task_name_"), self.several("task_title_"), strict=True)
        wanted = zip(self.several("place_"), _movable(course), strict=True)
        paths = zip(course.paths, self.several("path_title_"), self.several("path_units_"), strict=True)
        told = [(path.key, title.data, units.data or ()) for path, title, units in paths]
        if self.new_title.data:
            told.append(("", self.new_title.data, self["new_units"].data or ()))
        order = [key for _, key in sorted(wanted, key=lambda pair: pair[0].data)]
        return Plan(self.title.data, [(name.data, title.data) for name, title in tasks], order, told)


def _movable(course: Course) -> list[str]:
    return [key for key in course.units if key != course.final]


def _ticks(label: str, name: str) -> SelectMultipleField:
    box = {"widget": widgets.ListWidget(prefix_label=False), "option_widget": widgets.CheckboxInput()}
    return SelectMultipleField(label, name=name, **box)


def course_form(course: Course, named: Mapping[str, str], seen: str) -> CourseForm:
    """The form of this course, filled with how it is; ``named``: units by key, as lists call them."""
    fields: dict[str, Any] = {}
    data: dict[str, Any] = {"seen": seen, "title": course.title}
    for n, task in enumerate(course.tasks, 1):
        fields[f"task_name_{n}"] = StringField(
            f"Nhiệm vụ {n}", [DataRequired("Ghi gọi là gì."), Length(max=40)], name=f"nv-{n}"
        )
        check = [DataRequired("Ghi nội dung nhiệm vụ."), Length(max=200)]
        fields[f"task_title_{n}"] = StringField(f"Nội dung nhiệm vụ {n}", check, name=f"nv-{n}-ten")
        data |= {f"task_name_{n}": task.name, f"task_title_{n}": task.title}
    for n, key in enumerate(_movable(course), 1):
        check = [DataRequired("Ghi thứ tự."), NumberRange(1, 999, "Ghi thứ tự từ 1 đến 999.")]
        fields[f"place_{n}"] = IntegerField(named[key], check, name=f"thu-tu-{n}")
        data[f"place_{n}"] = n
    for n, path in enumerate(course.paths, 1):
        fields[f"path_title_{n}"] = StringField(
            f"Tên lộ trình {n}", [DataRequired(_NAME), Length(max=120)], name=f"lt-{n}"
        )
        fields[f"path_units_{n}"] = _ticks(f"Các bài của lộ trình {n}", f"lt-{n}-bai")
        data |= {f"path_title_{n}": path.title, f"path_units_{n}": list(path.units)}
    fields["new_units"] = _ticks("Các bài của lộ trình mới", "lo-trinh-moi-bai")
    form: CourseForm = type("ThisCourseForm", (CourseForm,), fields)(data)
    for field in [*form.several("path_units_"), form["new_units"]]:
        field.choices = choices(*((key, named[key]) for key in course.units))
    return form


def grid(course: Course) -> Sequence[tuple[str, Sequence[bool]]]:
    """(unit, whether it is in each path), in the course's order."""
    return [(key, [key in path.units for path in course.paths]) for key in course.units]
