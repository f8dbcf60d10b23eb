from flask import Blueprint

from quizapp.web.access import Role, allow

bp = Blueprint("admin", __name__, template_folder="templates")


@bp.get("/quan-tri")
@allow(Role.ADMIN, Role.LEADER, Role.TRAINER)
def index():
    return ""
