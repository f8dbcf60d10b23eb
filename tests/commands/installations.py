"""Installations of their own: data folder, database, commands, a server and a browser."""

import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from click.testing import CliRunner, Result

from quizapp.attempts import queries as attempt_queries
from quizapp.clock import now
from quizapp.commands import main
from quizapp.config import Settings, read_settings
from quizapp.courses import queries as course_queries
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning
from quizapp.library import queries as library_queries


def forget():
    """What this process remembers of one database is wrong in the next."""
    for module in (course_queries, attempt_queries, library_queries):
        module.forget_cached()


class Place:
    """A data folder with its database: the environment of one installation."""

    def __init__(self, folder: Path, url: str = ""):
        self.folder = folder
        self.env = {
            "QUIZAPP_DATA": str(folder),
            "QUIZAPP_DATABASE_URL": url,
            "QUIZAPP_SECRET": "",
            "QUIZAPP_PUBLIC_URL": "http://127.0.0.1:8000",
            "QUIZAPP_DEMO_PASSWORD": "",
        }

    @property
    def settings(self) -> Settings:
        return read_settings(self.env)

    def quizapp(self, *arguments: object) -> Result:
        """A command to its end, in this process."""
        forget()
        result = CliRunner().invoke(main, [str(a) for a in arguments], env=self.env)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def start(self, *arguments: object, **env: str) -> "Running":
        """A command that goes on, as a process of its own."""
        return Running([str(a) for a in arguments], os.environ | self.env | env)


STARTED: list["Running"] = []


def end_what_is_left() -> None:
    """Servers of a test that failed before it stopped them."""
    while STARTED:
        running = STARTED.pop()
        if running.process.poll() is None:
            running.stop(signal.SIGKILL)


class Running:
    """A process with all that it has printed so far."""

    def __init__(self, arguments: list[str], env: dict[str, str]):
        command = [sys.executable, "-m", "quizapp.commands", *arguments]
        both = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
        self.process = subprocess.Popen(command, env=env, **both)
        self.lines: list[str] = []
        STARTED.append(self)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._said = threading.Event()
        self._reader.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self.lines.append(line)
            print(line, end="")  # pytest shows it where a test fails
            if "Ctrl-C" in line:
                self._said.set()

    @property
    def text(self) -> str:
        return "".join(self.lines)

    def wait_until_it_says_how_to_stop(self, seconds: float) -> None:
        if not self._said.wait(seconds):
            self.stop(signal.SIGKILL)
            raise AssertionError(self.text)

    def stop(self, number: int) -> int:
        """The exit code; fails where it never ends."""
        self.process.send_signal(number)
        try:
            code = self.process.wait(60)
        finally:
            self.process.kill()
            self.process.wait()
            self._reader.join(5)
            self.process.stdout.close()
        return code


def form(**fields: str) -> bytes:
    return urlencode(fields).encode()


class Browser:
    """A person's browser, without scripts."""

    def __init__(self, address):
        self.address, self.at = address, ""
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def open(self, path, data=None, seconds=60):
        """The page's text; tries again while the server is still starting."""
        until = time.monotonic() + seconds
        while True:
            try:
                with self.opener.open(self.address + path, data, timeout=60) as answer:
                    self.at = answer.geturl().removeprefix(self.address)
                    return answer.read().decode()
            except urllib.error.HTTPError:
                raise
            except OSError:
                if time.monotonic() > until:
                    raise
                time.sleep(0.1)

    def send(self, path, **fields):
        token = re.search(r'name="csrf" value="([^"]+)"', self.open(path))[1]
        return self.open(path, form(csrf=token, **fields))


def started(place, port, *arguments, seconds=300, **env):
    running = place.start("run", "--port", port, *arguments, **env)
    running.wait_until_it_says_how_to_stop(seconds)
    return running


def assert_one_sentence(result, told):
    assert result.exit_code == 2, result.output
    assert told in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert "Traceback" not in result.output


def place_of(site):
    place = Place(site.settings.data, site.store.url)
    place.env["QUIZAPP_SECRET"] = site.settings.secret
    return place


def begin_a_unit(office):
    course = db.session.scalars(sa.select(Course)).one()
    unit = course_queries.unit_rows(course.id)[0]
    fact = learning.NewFact(FactKind.STARTED, unit.key, "web", unit.revision_id)
    learning.record(office["hocvien"], course.id, [fact], now())
    db.session.commit()
