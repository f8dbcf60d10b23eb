"""Liêm Chính: học tập và kiểm tra nhận thức."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from flask import Flask

    from quizapp.config import Settings


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The site with all its rooms; only who serves pages waits for them to be loaded."""
    from quizapp import rooms

    return rooms.create_app(settings)
