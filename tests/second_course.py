"""Khóa học thứ hai beside the one that ships: two units and a final of its own, in a campaign that is due later."""

from dataclasses import replace
from datetime import timedelta

import sqlalchemy as sa

from quizapp.clock import now, today
from quizapp.courses import actions as courses
from quizapp.courses.exchange.files import Contents
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain import content
from quizapp.learning import actions as learning

KEY, TITLE = "dao-duc", "Chuẩn mực đạo đức"
CAMPAIGN = "Đợt đạo đức"
TASKS = ("nam-la", "sau-la", "hai-la")


def second_course(contents: Contents) -> Contents:
    """Bài 1 of a task, bài 2 of the whole course, and the final, which has the number 3."""
    one, two, final = (contents.units[key] for key in ("bai-8", "bai-6", "bai-11"))
    kept = tuple(objective for objective in final.objectives if objective.key in TASKS)
    quiz = final.quiz.model_copy(update={"draw": {key: n for key, n in final.quiz.draw.items() if key in TASKS}})
    asked = tuple(item for item in final.questions if item.objective in TASKS)
    units = [
        one.model_copy(update={"key": "bai-1", "number": 1, "title": "Yêu nước, đoàn kết"}),
        two.model_copy(update={"key": "bai-2", "number": 2, "task": None, "title": "Cần, kiệm, liêm, chính"}),
        final.model_copy(update={"key": "bai-3", "number": 3, "objectives": kept, "quiz": quiz, "questions": asked}),
    ]
    course = content.Course(
        key=KEY,
        title=TITLE,
        document="144-qd-tw",
        tasks=tuple(task for task in contents.course.tasks if task.key in TASKS),
        units=("bai-1", "bai-2", "bai-3"),
        paths=(content.LearningPath(key="toan-khoa", title="Toàn khóa", units=("bai-1", "bai-2", "bai-3")),),
    )
    return replace(contents, course=course, units={unit.key: unit for unit in units})


def add_second_course(contents: Contents, office: dict[str, int], *logins: str) -> int:
    """The course, and a campaign on it in which these people are; the id of the campaign."""
    courses.take_in(second_course(contents), now())
    course = db.session.scalars(sa.select(Course).filter_by(key=KEY)).one()
    due = today() + timedelta(days=30)
    campaign = learning.open_campaign(CAMPAIGN, course, "toan-khoa", today(), due, [office["tinh"]], 95, now())
    learning.enrol(campaign, [(office[login], office["co-quan"]) for login in logins], now())
    db.session.flush()
    return campaign.id
