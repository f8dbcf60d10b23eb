"""Mở cơ sở dữ liệu cho một lệnh."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from quizapp import database
from quizapp.config import Settings
from quizapp.database import db


@contextmanager
def opened(settings: Settings) -> Iterator[None]:
    """The database alone, without the pages: what a command needs of the application."""
    app = Flask("quizapp", static_folder=None)
    app.extensions["settings"] = settings
    database.init_app(app, settings)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
