"""What each transaction of the writing engine put into a table: whoever writes much does it in small ones."""

from contextlib import contextmanager

import sqlalchemy as sa

from quizapp.database import db


@contextmanager
def rows_written(app, table):
    """How many rows of the table each writing transaction inserted."""
    told = []

    def begun(connection):
        told.append(0)

    def note(connection, cursor, statement, *rest):
        if f"INSERT INTO {table} " in statement:
            told[-1] += max(0, cursor.rowcount)

    with app.app_context():
        engine = db.engines[None]
    sa.event.listen(engine, "begin", begun)
    sa.event.listen(engine, "after_cursor_execute", note)
    try:
        yield told
    finally:
        sa.event.remove(engine, "begin", begun)
        sa.event.remove(engine, "after_cursor_execute", note)
