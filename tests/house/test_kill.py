"""The server killed (-9) at any moment: every answer that was acknowledged is there after the restart."""

import http.client
import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

from papers import right_fields
from ports import free_port

from quizapp.accounts import actions as accounts
from quizapp.attempts.models import Response
from quizapp.clock import now
from quizapp.courses import queries as courses
from quizapp.courses.models import Course
from quizapp.database import db

KILLS = 30
HERE = Path(__file__).parent


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args):
        return None


OPENER = urllib.request.build_opener(NoRedirect)


def ask(address, cookie, data=None):
    """(status, text) of a request."""
    body = urllib.parse.urlencode(data).encode() if data is not None else None
    request = urllib.request.Request(address, body, {"Cookie": cookie})
    try:
        with OPENER.open(request, timeout=60) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


class Mother:
    """A process that has imported everything, and forks servers to be killed without a word."""

    def __init__(self, settings):
        command = [sys.executable, str(HERE / "killed.py"), settings.database_url, str(settings.data)]
        pipe = subprocess.PIPE
        quiet = subprocess.DEVNULL
        self.process = subprocess.Popen(command, stdin=pipe, stdout=pipe, stderr=quiet, text=True, cwd=HERE.parents[1])

    def serve(self):
        """A new server that answers; its address and process id."""
        port = free_port()
        print(port, file=self.process.stdin, flush=True)
        child = int(self.process.stdout.readline())
        address = f"http://127.0.0.1:{port}"
        for _ in range(3000):
            try:
                with urllib.request.urlopen(address + "/healthz", timeout=5):
                    return address, child
            except OSError:
                time.sleep(0.02)
        raise AssertionError("the server did not start")

    def kill(self, child):
        os.kill(child, signal.SIGKILL)
        assert self.process.stdout.readline() == "dead\n"

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def cookie_of(app, office, login):
    """A signed-in cookie, made with the site's own secret."""
    with app.app_context():
        token = accounts.open_session(office[login], True, "test", "127.0.0.0/24", now())
        db.session.commit()
    with app.test_request_context():
        value = app.session_interface.get_signing_serializer(app).dumps(
            {"_user_id": token, "_fresh": True, "seen": int(now().timestamp()), "csrf": "AAAAAAAAAAAAAAAAAAAAAA=="}
        )
    return f"phien={value}"


def start_papers(app, office, person):
    """Open attempts at every unit; their ids."""
    from quizapp.attempts import actions

    with app.app_context():
        course_id = db.session.scalars(db.select(Course.id)).one()
        ids = [
            actions.start(office[person], courses.taught(row.revision_id), now())
            for row in courses.unit_rows(course_id)
            if not courses.taught(row.revision_id).unit.final  # shut until the others are passed
        ]
        db.session.commit()
    return ids


def token_of(address, cookie):
    """A form's token, good for every server: it belongs to the cookie."""
    return re.search(r'name="csrf" value="([^"]+)"', ask(address + "/tro-giup", cookie)[1])[1]


def hammer(address, cookie, token, work, acknowledged):
    """Send answers until the line breaks; what came back 303 was acknowledged."""
    for attempt, number, fields in work:
        data = [("csrf", token), *((name, value) for name, values in fields.items() for value in values)]
        try:
            status, _ = ask(f"{address}/lam/{attempt}/{number}", cookie, data)
        except (OSError, http.client.HTTPException):
            return
        if status == 303:
            acknowledged.append((attempt, number))


def wait_for(count, acknowledged, threads):
    """Until so many answers are acknowledged, however slow the machine, or nobody sends any more."""
    while len(acknowledged) < count and any(thread.is_alive() for thread in threads):
        time.sleep(0.001)


def test_every_acknowledged_answer_survives_the_server_being_killed(app, site, office):
    rng = random.Random(1248)
    people = ["hocvien", "hocvien2", "hocvien3"]
    work = []
    for login in people:
        papers = start_papers(app, office, login)
        numbers = {attempt: 6 if n == 0 else 10 for n, attempt in enumerate(papers)}
        mine = [(a, n, right_fields(app, a, n)) for a in papers for n in range(1, numbers[a] + 1)]
        work.append((cookie_of(app, office, login), mine))
    acknowledged: list[tuple[int, int]] = []
    tokens: dict[str, str] = {}
    mother = Mother(site.settings)
    for kill in range(KILLS):
        address, child = mother.serve()
        threads = []
        for cookie, mine in work:
            tokens[cookie] = tokens.get(cookie) or token_of(address, cookie)
            left = [one for one in mine if one[:2] not in acknowledged]
            part = left[: len(left) // (KILLS - kill) + 1]
            arguments = (address, cookie, tokens[cookie], part, acknowledged)
            threads.append(threading.Thread(target=hammer, args=arguments))
        enough = len(acknowledged) + rng.randrange(5)
        for thread in threads:
            thread.start()
        wait_for(enough, acknowledged, threads)
        time.sleep(rng.uniform(0.0, 0.02))
        mother.kill(child)
        for thread in threads:
            thread.join(60)
        assert_kept(app, site, acknowledged)
    mother.end()
    assert len(acknowledged) >= KILLS, f"only {len(acknowledged)} answers were acknowledged: the test kills too early"


def assert_kept(app, site, acknowledged):
    from papers import key_at

    site.close()
    with app.app_context():
        kept = {(row.attempt_id, row.question) for row in db.session.scalars(db.select(Response))}
        for attempt, number in acknowledged:
            assert (attempt, key_at(attempt, number)) in kept, f"answer {number} of attempt {attempt} is lost"
