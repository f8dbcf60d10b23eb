from flask import Blueprint

from quizapp.web.access import Role, allow

bp = Blueprint("reports", __name__, template_folder="templates")


@bp.get("/theo-doi")
@allow(Role.ADMIN, Role.LEADER, Role.TRAINER)
def first():
    return ""
