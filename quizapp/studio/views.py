from flask import Blueprint

from quizapp.web.access import Role, allow

bp = Blueprint("studio", __name__, template_folder="templates")


@bp.get("/soan")
@allow(Role.ADMIN, Role.LEADER, Role.TRAINER)
def desk():
    return ""
