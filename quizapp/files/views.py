"""Hình: the pictures of lessons and questions, for whoever is signed in."""

import re
from typing import Any

from flask import Blueprint, Response, abort

from quizapp.files import queries
from quizapp.files.pictures import MEDIA_TYPES
from quizapp.web.access import Role, allow

bp = Blueprint("pictures", __name__)
_NAME = re.compile(r"([0-9a-f]{64})\.(webp|png|jpg)")


@bp.get("/anh/<name>")
@allow(Role.LEARNER)
def picture(name: str) -> Any:
    """Một hình; its name says its bytes, so it never changes."""
    found = _NAME.fullmatch(name)
    data = queries.picture(found[1], found[2]) if found else None
    if found is None or data is None:
        abort(404)
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(data, mimetype=MEDIA_TYPES[found[2]], headers=headers)
