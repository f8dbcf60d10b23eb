"""The queue: a message is only a wake-up. The truth is in our rows, so a lost or doubled message does no harm."""

from huey import SqliteHuey

from quizapp.config import Settings


def make(settings: Settings) -> SqliteHuey:
    """The queue of this installation: a SQLite file of its own, never the application's."""
    return SqliteHuey("quizapp", filename=str(settings.data / "jobs.db"), utc=True, results=False)
