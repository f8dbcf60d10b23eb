"""Thông tin của bài: what a trainer may type of a unit's head and quiz, and of a unit that is new."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from wtforms import BooleanField, HiddenField, IntegerField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange, Optional, Regexp

from quizapp.courses.drafting import Body
from quizapp.domain.content import Course
from quizapp.domain.vietnamese import slug
from quizapp.web.forms import Form, choices

LEAST_OBJECTIVES, MOST_OBJECTIVES = 3, 8
WHOLE = ""  # belongs to no task
FINAL = "*"  # no unit of a task, but the course's final
_KEY = r"^[a-z0-9]+(-[a-z0-9]+)*$"


class HeadForm(Form):
    """What every unit says of itself; `head_form` adds a row for each objective."""

    title = StringField("Tên bài", [DataRequired("Ghi tên bài."), Length(max=160)], name="ten")
    number = IntegerField("Số bài", [InputRequired("Ghi số bài."), NumberRange(0, 99)], name="so")
    task = SelectField("Thuộc nhiệm vụ", name="nhiem-vu")
    why = TextAreaField(
        "Vì sao có bài này",
        [Length(max=600)],
        name="vi-sao",
        description="Hai câu, nói với người học điều họ được sau bài này.",
    )
    minutes = IntegerField("Số phút đọc", [Optional(), NumberRange(1, 240)], name="phut")
    graded = BooleanField("Tính điểm: cần đạt bài này để hoàn thành khóa học", name="tinh-diem")
    pass_percent = IntegerField("Cần đúng bao nhiêu phần trăm để đạt", [Optional(), NumberRange(0, 100)], name="dat")
    feedback = SelectField(
        "Cho biết đúng, sai",
        choices=choices(("at_once", "Ngay sau từng câu"), ("after", "Sau khi nộp bài")),
        name="bao",
    )
    quiz_minutes = IntegerField(
        "Thời gian làm bài (phút)",
        [Optional(), NumberRange(1, 300)],
        name="phut-thi",
        description="Để trống: không tính giờ.",
    )
    retry_hours = IntegerField(
        "Chờ bao nhiêu giờ mới được làm lại",
        [Optional(), NumberRange(1, 720)],
        name="gio-cho",
        description="Để trống: làm lại được ngay.",
    )

    @property
    def rows(self) -> list[tuple[Any, Any, Any]]:
        """(key, text, how many a paper draws) of each objective."""
        numbers = (name.removeprefix("aim_") for name in self._fields if name.startswith("aim_"))
        return [(self[f"key_{n}"], self[f"aim_{n}"], self[f"draw_{n}"]) for n in numbers]


def head_form(body: Body, course: Course) -> HeadForm:
    """The form of this draft, filled with what it says."""
    there = _objectives(body, course)
    final = body["head"].get("final") is True
    count = len(there) if final else min(max(LEAST_OBJECTIVES, len(there) + 1), max(MOST_OBJECTIVES, len(there)))
    fields: dict[str, Any] = {}
    what = "Nhiệm vụ" if final else "Mục tiêu"
    for n in range(1, count + 1):
        fields[f"key_{n}"] = HiddenField(name=f"ma-{n}", validators=[Optional(), Regexp(_KEY)])
        fields[f"aim_{n}"] = StringField(f"{what} {n}", [Length(max=200)], name=f"muc-tieu-{n}")
        label = f"Mỗi đề có mấy câu của {what.lower()} {n}"
        fields[f"draw_{n}"] = IntegerField(label, [Optional(), NumberRange(0, 60)], name=f"rut-{n}")
    if final:  # it stands last and unnumbered, counts always, has no reading, and tells nothing before it is handed in
        fields |= dict.fromkeys(("number", "task", "minutes", "graded", "feedback"))
        fields["quiz_minutes"] = IntegerField(
            "Thời gian làm bài (phút)",
            [InputRequired("Ghi thời gian làm bài."), NumberRange(1, 300)],
            name="phut-thi",
        )
    kind = type("ThisHeadForm", (HeadForm,), fields)
    told = said(body) | _told(there, body)
    form: HeadForm = kind({name: told[field.name] for name, field in kind()._fields.items() if field.name in told})
    if form.task is not None:
        tasks = ((task.key, f"{task.name}: {task.title}") for task in course.tasks)
        form.task.choices = choices((WHOLE, "Cả khóa học"), *tasks)
    return form


def said(body: Body) -> dict[str, Any]:
    """What a draft says, by the names of the form's fields."""
    head, quiz = body["head"], body["quiz"]
    told = {
        "ten": head.get("title") or "",
        "so": head.get("number"),
        "nhiem-vu": head.get("task") or WHOLE,
        "vi-sao": head.get("why") or "",
        "phut": head.get("minutes"),
        "tinh-diem": head.get("graded") is True,
        "dat": quiz.get("pass_percent"),
        "bao": quiz.get("feedback"),
        "phut-thi": quiz.get("minutes"),
        "gio-cho": quiz.get("retry_hours"),
    }
    return told | _told(head.get("objectives") or (), body)


def _objectives(body: Body, course: Course) -> list[dict[str, Any]]:
    """The draft's objectives; the final's with the tasks that have come into the course since."""
    there = list(body["head"].get("objectives") or ())
    if body["head"].get("final") is True:
        known = {objective.get("key") for objective in there}
        there += [{"key": task.key, "text": task.words} for task in course.tasks if task.key not in known]
    return there


def _told(objectives: Sequence[Mapping[str, Any]], body: Body) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for n, objective in enumerate(objectives, 1):
        told[f"ma-{n}"] = objective.get("key")
        told[f"muc-tieu-{n}"] = objective.get("text") or ""
        told[f"rut-{n}"] = (body["quiz"].get("draw") or {}).get(objective.get("key"))
    return told


def _aims(form: HeadForm) -> list[tuple[str, str, int]]:
    """(key, text, drawn) of each objective that has a text; one that is new gets a key that none of them has."""
    taken = {key.data for key, _, _ in form.rows if key.data}
    found: list[tuple[str, str, int]] = []
    for key, aim, draw in form.rows:
        if aim.data:
            found.append((key.data or _fresh(aim.data, taken), aim.data, draw.data or 0))
            taken.add(found[-1][0])
    return found


def _fresh(text: str, taken: set[str]) -> str:
    wanted = slug(text)[:30].strip("-") or "muc-tieu"
    return next(key for n in range(1, 99) if (key := wanted if n == 1 else f"{wanted}-{n}") not in taken)


def head_of(form: HeadForm, body: Body) -> dict[str, Any]:
    """The draft's head as the form has it."""
    aims = [{"key": key, "text": text} for key, text, _ in _aims(form)]
    head: dict[str, Any] = body["head"] | {
        "title": form.title.data,
        "why": form.why.data or "",
    }
    head |= {"objectives": aims}
    own: dict[str, Any] = {}
    if body["head"].get("final") is not True:
        own = {"graded": form.graded.data, "number": form.number.data, "task": form.task.data or None}
        own |= {"minutes": form.minutes.data}
    return head | own


def quiz_of(form: HeadForm, body: Body) -> dict[str, Any]:
    """The draft's quiz as the form has it."""
    draw = {key: count for key, _, count in _aims(form) if count}
    quiz = body["quiz"] | {"pass_percent": form.pass_percent.data, "draw": draw}
    quiz |= {"minutes": form.quiz_minutes.data, "retry_hours": form.retry_hours.data}
    if body["head"].get("final") is not True:
        quiz |= {"feedback": form.feedback.data}
    return {name: value for name, value in quiz.items() if value is not None}


class NewUnitForm(Form):
    title = StringField("Tên bài", [DataRequired("Ghi tên bài."), Length(max=160)], name="ten")
    place = SelectField("Thuộc nhiệm vụ", name="noi")
    same = BooleanField("Vẫn mở một bài cùng tên", name="cung-ten")

    def __init__(self, courses: Sequence[tuple[int, Course]], without_final: Collection[int]):
        """``without_final``: the courses that have no final yet."""
        super().__init__()
        self.place.choices = []
        for course_id, course in courses:
            told = [(task.key, f"{task.name}: {task.title}") for task in course.tasks] + [(WHOLE, "Cả khóa học")]
            if course_id in without_final:
                told.append((FINAL, "Bài kiểm tra tổng hợp, mở khi các bài khác đã đạt"))
            group = course.title if len(courses) > 1 else None
            self.place.choices += [SelectChoice(f"{course_id}/{key}", label, optgroup=group) for key, label in told]

    def chosen(self) -> tuple[int, str | None, bool]:
        """The course's id, the task's key or None, and whether it is the final."""
        course_id, _, task = self.place.data.partition("/")
        return int(course_id), None if task == FINAL else task or None, task == FINAL
