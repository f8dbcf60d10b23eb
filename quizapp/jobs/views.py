"""Việc nền: how far a job is, and its file. Only its owner opens it; to anybody else it is a 404."""

from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, abort, redirect, render_template, request

from quizapp.jobs import queries
from quizapp.jobs.models import Job, JobState
from quizapp.web.access import Role, allow
from quizapp.web.asked import current_user

bp = Blueprint("jobs", __name__, template_folder="templates", url_prefix="/viec")
REFRESH = "3"  # seconds; a header, so that a page without script goes on by itself


def _own(code: str) -> Job:
    return queries.own(current_user.id, code) or abort(404)


@bp.get("/<code>")
@allow(Role.TRAINER, Role.REVIEWER, Role.LEADER, Role.ADMIN)
def show(code: str) -> Any:
    """Một việc nền: its progress; where it leads, once it is done."""
    job = _own(code)
    address = job.result.get("address") if job.state == JobState.DONE.value else None
    if address and job.result_sha256 is None:
        return redirect(address, 303)
    return waiting(job, render_template("jobs/show.html", job=job, address=address, still="dung" in request.args))


def waiting(job: Job, page: str) -> Response:
    """A page about a job, which comes again by itself while there is something to wait for and nobody has stopped it."""
    response = Response(page)
    if queries.is_open(job) and "dung" not in request.args:
        response.headers["Refresh"] = REFRESH
    return response


@bp.get("/<code>/tep")
@allow(Role.TRAINER, Role.REVIEWER, Role.LEADER, Role.ADMIN)
def download(code: str) -> Any:
    """Tệp kết quả."""
    made = queries.download(_own(code)) or abort(404)
    named = f"attachment; filename*=UTF-8''{quote(made.name)}"
    return Response(made.data, mimetype=made.media_type, headers={"Content-Disposition": named})
