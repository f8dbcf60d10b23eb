"""Measures the server's CPU for a saved answer and for the journey, beside a bare application under the same server.

    python tests/bench/compare.py [--only sqlite|postgresql] [--pairs 5]

Both servers run in the same minute; five pairs take turns, and the median ratio counts. PostgreSQL is measured where
QUIZAPP_TEST_POSTGRESQL names a server on which one may make databases. Prints a Markdown table, as the README shows it.
"""

import argparse
import base64
import http.client
import itertools
import os
import secrets
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE.parent.parent)]

import psycopg
import sqlalchemy as sa
from factories import add_person, build_office
from papers import candidates

from quizapp import create_app
from quizapp.accounts import actions as accounts
from quizapp.attempts import actions as attempts
from quizapp.attempts import queries as attempt_queries
from quizapp.attempts.models import Response
from quizapp.clock import now
from quizapp.config import Settings
from quizapp.courses import actions as course_actions
from quizapp.courses import queries as courses
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.models import Course
from quizapp.database import db
from quizapp.domain import grading
from quizapp.learning import actions as learning
from quizapp.learning.models import Campaign
from quizapp.migrating import migrate

CONTENT = HERE.parent.parent / "content" / "cv-1248"
POSTGRESQL = os.environ.get("QUIZAPP_TEST_POSTGRESQL", "")
SECRET = "s" * 40
USERS = 20  # at the same time
PAPERS = 4  # that each user answers in a measured round
QUESTIONS = 10  # of a paper
TIMES = 3  # as many requests to the bare application: the kernel counts CPU in hundredths of a second
TICK = os.sysconf("SC_CLK_TCK")
CSRF = bytes(range(16))
# What a phone's Chrome sends.
HEADERS = {
    "User-Agent": "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari",
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
    "Accept-Language": "vi-VN,vi;q=0.9",
    "Accept-Encoding": "gzip, deflate, br, zstd",
    "Sec-Fetch-Site": "same-origin",
}

Fields = dict[str, str]


# --- servers ---------------------------------------------------------------------------------------------------


class Server:
    """A process that serves an application as `quizapp run` serves ours, without the work process."""

    def __init__(self, target: str, port: int, environ: dict[str, str]):
        self.port = port
        code = f"from quizapp.serving import serve_alone; serve_alone({target!r}, '127.0.0.1', {port})"
        path = os.pathsep.join([str(HERE.parent.parent), str(HERE)])
        told = os.environ | environ | {"PYTHONPATH": path}
        self.process = subprocess.Popen([sys.executable, "-c", code], env=told)
        self._wait()

    def _wait(self) -> None:
        for _ in range(300):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("GET", "/khong-co")
                connection.getresponse().read()
                return
            except OSError:
                time.sleep(0.1)
            finally:
                connection.close()
        raise RuntimeError("the server did not start")

    def cpu(self) -> float:
        """Seconds of CPU that the process and all that it started have used."""
        return sum(_cpu(pid) for pid in _family(self.process.pid))

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(20)


def _stat(pid: int) -> list[str]:
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()


def _cpu(pid: int) -> float:
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICK


def _family(pid: int) -> list[int]:
    parents = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parents[int(folder.name)] = int(_stat(int(folder.name))[1])
        except (OSError, IndexError):
            continue  # it has just ended
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


# --- users -----------------------------------------------------------------------------------------------------


class Browser:
    """Keeps its connection and its cookie; every answer has to have the status that is expected."""

    def __init__(self, port: int, cookie: str):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.headers = HEADERS | {"Cookie": f"phien={cookie}"}
        self.requests = 0

    def get(self, path: str) -> None:
        self._send("GET", path, None, self.headers, 200)

    def post(self, path: str, fields: Fields) -> str:
        """Where the answer leads."""
        body = urlencode(fields | {"csrf": token()}, doseq=True)
        told = self.headers | {"Content-Type": "application/x-www-form-urlencoded"}
        return self._send("POST", path, body, told, 303)

    def _send(self, method: str, path: str, body: str | None, headers: dict[str, str], status: int) -> str:
        self.connection.request(method, path, body, headers)
        response = self.connection.getresponse()
        text = response.read()
        assert response.status == status, (method, path, response.status, text[:300])
        self.requests += 1
        return response.headers.get("Location", "")


def token() -> str:
    """A form's token, as web/csrf.py masks it."""
    pad = secrets.token_bytes(16)
    masked = bytes(a ^ b for a, b in zip(pad, CSRF, strict=True))
    return base64.urlsafe_b64encode(pad + masked).decode().rstrip("=")


@dataclass
class Learner:
    """Somebody signed in, with an open paper to answer."""

    id: int
    cookie: str
    attempt_id: int
    answers: list[Fields]


Walk = Callable[[int, Learner], int]  # port, who -> how many requests


def answer_paper(port: int, who: Learner) -> int:
    """Câu trả lời, one after the other; nothing else."""
    browser = Browser(port, who.cookie)
    for n, fields in enumerate(who.answers, 1):
        browser.post(f"/lam/{who.attempt_id}/{n}", fields)
    return browser.requests


def journey(answers_of: Callable[[int, int], list[Fields]]) -> Walk:
    """From the first page to the result, as tests/attempts/test_statements.py walks it, signed in already."""

    def walk(port: int, who: Learner) -> int:
        browser = Browser(port, who.cookie)
        browser.get("/")
        browser.get("/hoc/cv-1248/bai-8/1")
        attempt = int(browser.post("/hoc/cv-1248/bai-8/lam", {}).rsplit("/", 1)[1])
        for n, fields in enumerate(answers_of(who.id, attempt), 1):
            browser.get(f"/lam/{attempt}/{n}")
            browser.post(f"/lam/{attempt}/{n}", fields)
            browser.get(f"/lam/{attempt}/{n}")
        browser.get(f"/lam/{attempt}/xem-lai")
        browser.post(f"/lam/{attempt}/nop", {})
        browser.get(f"/lam/{attempt}/ket-qua")
        return browser.requests

    return walk


_number = itertools.count(1)


def bare_paper(port: int, who: Learner) -> int:
    """As many POSTs, with the same forms."""
    browser, paper = Browser(port, who.cookie), next(_number)
    for n, fields in enumerate(who.answers, 1):
        browser.post(f"/lam/{paper}/{n}", fields)
    return browser.requests


def bare_journey(port: int, who: Learner) -> int:
    """As many GETs and POSTs as the journey, in its order."""
    browser, paper = Browser(port, who.cookie), next(_number)
    post = lambda n, fields: browser.post(f"/lam/{paper}/{n}", fields)  # noqa: E731 - one line each
    get = lambda n: browser.get(f"/lam/1/{n}")  # noqa: E731
    get(1)
    get(2)
    post(0, {})
    for n, fields in enumerate(who.answers, 1):
        get(n)
        post(n, fields)
        get(n)
    get(3)
    post(QUESTIONS + 1, {})
    get(4)
    return browser.requests


def cost(server: Server, walk: Walk, learners: list[Learner], times: int = 1) -> float:
    """Microseconds of the server's CPU a request, with all users at the same time."""
    before = server.cpu()
    with ThreadPoolExecutor(USERS) as users:
        requests = sum(users.map(lambda who: walk(server.port, who), learners * times))
    return (server.cpu() - before) * 1e6 / requests


# --- data ------------------------------------------------------------------------------------------------------


class Prepared:
    """Our application's data: an office, and learners with an open paper each."""

    def __init__(self, folder: Path, url: str):
        self.settings = Settings(folder, url.replace("postgresql://", "postgresql+psycopg://"), SECRET)
        self.app = create_app(self.settings)
        self.environ = {"QUIZAPP_DATA": str(folder), "QUIZAPP_DATABASE_URL": url, "QUIZAPP_SECRET": SECRET}
        self._new = itertools.count(1)
        with self.app.app_context():
            migrate(self.settings)
            course_actions.take_in(read_folder(CONTENT), now())
            self.office = build_office()
            rows = courses.unit_rows(db.session.scalars(sa.select(Course.id)).one())
            self.paper_of = next(row.revision_id for row in rows if row.key == "bai-6")
            db.session.commit()

    def learners(self, count: int) -> list[Learner]:
        """New people of one branch, enrolled and signed in, with an open paper of bài 6."""
        branch = self.office["chi-bo-1"]
        with self.app.app_context():
            ids = [add_person(f"nguoi-{n}", f"Nguyễn Văn {n}", branch) for n in itertools.islice(self._new, count)]
            learning.enrol(db.session.get(Campaign, self.office["campaign"]), [(one, branch) for one in ids], now())
            made = []
            for person_id in ids:
                attempt_id = attempts.start(person_id, courses.taught(self.paper_of), now())
                made.append(Learner(person_id, self._cookie(person_id), attempt_id, fields(person_id, attempt_id)))
            db.session.commit()
        return made

    def _cookie(self, person_id: int) -> str:
        kept = {
            "_user_id": accounts.open_session(person_id, True, "bench", "127.0.0.0/24", now()),
            "_fresh": True,
            "seen": int(now().timestamp()),
            "csrf": base64.b64encode(CSRF).decode(),
            "_permanent": True,
        }
        return self.app.session_interface.get_signing_serializer(self.app).dumps(kept)

    def answers_of(self, person_id: int, attempt_id: int) -> list[Fields]:
        with self.app.app_context():
            return fields(person_id, attempt_id)

    def saved(self) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(Response))

    def close(self) -> None:
        with self.app.app_context():
            db.session.remove()
            for engine in db.engines.values():
                engine.dispose()
        for module in (courses, attempt_queries):
            module.forget_cached()


def fields(person_id: int, attempt_id: int) -> list[Fields]:
    """What a form sends for each question of a paper, answered rightly."""
    fixed = attempt_queries.own_fixed(person_id, attempt_id)
    asked = [(fixed.taught.questions[key], fixed.paper.orders(key)) for key in fixed.paper.keys]
    return [grading.chosen_fields(question, orders, candidates(question)[0]) for question, orders in asked]


@contextmanager
def databases(kind: str, folder: Path) -> Iterator[tuple[str, str]]:
    """Addresses of two empty databases: for ours and for the bare application."""
    names = [f"bench_{name}_{os.getpid()}" for name in ("ours", "bare")]
    if kind == "sqlite":
        yield tuple(f"sqlite:///{folder / name}.db" for name in names)  # type: ignore[misc]
        return
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        for name in names:
            server.execute(f"CREATE DATABASE {name}".encode())
        try:
            yield tuple(POSTGRESQL.rsplit("/", 1)[0] + "/" + name for name in names)  # type: ignore[misc]
        finally:
            for name in names:
                server.execute(f"DROP DATABASE {name} WITH (FORCE)".encode())


# --- the comparison --------------------------------------------------------------------------------------------

Pair = tuple[float, float]  # ours, the bare application's


def compare(kind: str, pairs: int) -> dict[str, list[Pair]]:
    """What each pair cost, by what was measured; the first, unmeasured pair warms both."""
    import bare

    folder = Path(tempfile.mkdtemp(prefix="quizapp-bench-"))
    try:
        with databases(kind, folder) as (url, bare_url):
            data = Prepared(folder, url)
            connection, _ = bare.connect(bare_url)
            connection.execute(bare.MAKE)
            connection.close()
            ours = Server("quizapp:create_app", 18101, data.environ)
            other = Server("bare:create_app", 18102, {"BARE_DATABASE": bare_url})
            try:
                told = [_pair(data, ours, other, bool(turn % 2)) for turn in range(pairs + 1)]
                expected = (pairs + 1) * USERS * QUESTIONS * (PAPERS + 1)
                assert data.saved() == expected, (data.saved(), expected)
            finally:
                ours.stop()
                other.stop()
                data.close()
    finally:
        shutil.rmtree(folder)
    return {name: [pair[name] for pair in told[1:]] for name in told[0]}


def _pair(data: Prepared, ours: Server, other: Server, other_first: bool) -> dict[str, Pair]:
    learners = data.learners(USERS * PAPERS)
    walks = {
        "Lưu một câu trả lời": (answer_paper, bare_paper, learners),
        "Cả chặng đường": (journey(data.answers_of), bare_journey, learners[:USERS]),
    }
    told = {}
    for name, (our_walk, bare_walk, who) in walks.items():
        sides = [(ours, our_walk, 1), (other, bare_walk, TIMES)]
        costs = [cost(server, walk, who, n) for server, walk, n in (sides[::-1] if other_first else sides)]
        told[name] = tuple(costs[::-1] if other_first else costs)
    return told


def row(kind: str, name: str, pairs: list[Pair]) -> str:
    ours, bare = (statistics.median(costs) for costs in zip(*pairs, strict=True))
    ratios = sorted(ours / bare for ours, bare in pairs)
    return (
        f"| {kind} | {name} | {ours:.0f} | {bare:.0f} | **{statistics.median(ratios):.2f}** | "
        f"{ratios[0]:.2f}–{ratios[-1]:.2f} |"
    )


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--only", choices=["sqlite", "postgresql"])
    asked.add_argument("--pairs", type=int, default=5)
    given = asked.parse_args()
    print("| Database | Measured | Ours, CPU µs a request | Bare, CPU µs a request | Ratio | Least–most |")
    print("|---|---|---:|---:|---:|---:|")
    for kind, name in (("sqlite", "SQLite"), ("postgresql", "PostgreSQL")):
        if given.only not in (None, kind) or (kind == "postgresql" and not POSTGRESQL):
            continue
        for what, pairs in compare(kind, given.pairs).items():
            print(row(name, what, pairs), flush=True)


if __name__ == "__main__":
    threading.stack_size(256 * 1024)
    main()
