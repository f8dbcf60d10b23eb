"""Tên tệp: BaoCao_CV1248_DangBoTinh_2026-11-22_1600.xlsx. Only letters, digits and marks that every disk takes."""

import re
from datetime import datetime

from quizapp.clock import VIETNAM
from quizapp.domain.vietnamese import fold

LONGEST = 40  # letters of a body's name


def file_name(what: str, course_key: str, body: str, at: datetime, ending: str) -> str:
    """``what``: "BaoCao", "DonVi" …; the time is that of the figures."""
    parts = (what, one_word(course_key).upper(), one_word(body)[:LONGEST], f"{at.astimezone(VIETNAM):%Y-%m-%d_%H%M}")
    return "_".join(part for part in parts if part) + f".{ending}"


def one_word(text: str) -> str:
    """ "Đảng bộ tỉnh" -> "DangBoTinh"."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"[a-z0-9]+", fold(text)))
