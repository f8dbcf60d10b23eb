"""Papers of the real content: starting one, and what a form sends for a right or a wrong answer."""

from datetime import timedelta

from quizapp.attempts import actions as attempts
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.models import Attempt
from quizapp.clock import now
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain import grading
from quizapp.domain.attempts import Paper
from quizapp.reports import answers

LATER = timedelta(hours=2)


def right_fields(app, attempt_id, number, wrong=False):
    """What a form sends for the right answer of a question, or for a wrong one."""
    with app.app_context():
        attempt = db.session.get(Attempt, attempt_id)
        taught = courses.taught(attempt.unit_revision_id)
        paper = Paper.read(attempt.paper)
    key = paper.keys[number - 1]
    question, orders = taught.questions[key], paper.orders(key)
    for response in candidates(question):
        if (grading.grade(question, response) == 100) != wrong:
            return grading.chosen_fields(question, orders, response)
    raise AssertionError(f"no such answer to {key}")


def candidates(question):
    match question.kind:
        case "single":
            return [option.key for option in question.options]
        case "multiple":
            keys = sorted(option.key for option in question.options)
            return [sorted(o.key for o in question.options if o.right), keys, keys[:1], keys[-1:]]
        case "true_false":
            return ["true", "false"]
        case "matching":
            rights = {pair.key: grading._right_key(question, pair.right) for pair in question.pairs}
            turned = dict(zip(rights, [*list(rights.values())[1:], next(iter(rights.values()))], strict=True))
            return [rights, turned]
        case "ordering":
            keys = [item.key for item in question.items]
            return [keys, keys[::-1]]
        case "short":
            return [question.accepted[0], "chắc chắn không phải"]
        case "number":
            return [f"{question.value:g}".replace(".", ","), "987654"]
        case "gaps":
            right = {gap.key: next(o.key for o in gap.options if o.right) for gap in question.gaps}
            wrong = {gap.key: next(o.key for o in gap.options if not o.right) for gap in question.gaps}
            return [right, wrong]
    raise AssertionError(question.kind)


def begin(visitor, unit="bai-8"):
    """Start a paper; its id."""
    page = visitor.post(f"/hoc/cv-1248/{unit}/lam")
    return int(page.location.rsplit("/", 1)[1])


def answer(visitor, attempt_id, number, wrong=False):
    fields = right_fields(visitor.app, attempt_id, number, wrong)
    visitor.post(f"/lam/{attempt_id}/{number}", fields)
    return visitor.follow()


def key_at(attempt_id, number):
    """The question on a page of an attempt."""
    return Paper.read(db.session.get(Attempt, attempt_id).paper).keys[number - 1]


def take(person_id, key, right, minutes=8):
    """The person hands in a quiz; ``right`` says of a question whether it is answered rightly."""
    course_id = db.session.scalars(db.select(Course.id)).one()
    row = next(row for row in courses.unit_rows(course_id) if row.key == key)
    at = now() - LATER
    fixed = attempt_queries.own_fixed(person_id, attempts.start(person_id, courses.taught(row.revision_id), at))
    for n, slot in enumerate(fixed.paper.keys):
        question = fixed.taught.questions[slot]
        good = right(n, question)
        said = [r for r in candidates(question) if (grading.grade(question, r) == 100) == good]
        attempts.save(fixed, slot, said[0], 1, at + timedelta(seconds=1))
    attempts.hand_in(fixed, at + timedelta(minutes=minutes))
    db.session.flush()


def fill(settled=timedelta(0)):
    """Sum over the answers, as the work process does."""
    while answers.step(now(), settled):
        db.session.flush()
