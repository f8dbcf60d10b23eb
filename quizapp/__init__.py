"""Liêm Chính: học tập và kiểm tra nhận thức."""

import gc
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from quizapp.config import Settings

# Objects made before garbage is looked for. With Python's 700 the whole heap is searched too often: a fifth of every start.
gc.set_threshold(10_000)


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The site with all its rooms; only who serves pages waits for them to be loaded."""
    from quizapp import rooms

    return rooms.create_app(settings)
