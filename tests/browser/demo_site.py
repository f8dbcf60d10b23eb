"""A real `quizapp run --demo` in a folder of its own, and a Chromium that goes there as one person or another."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Locator, Page, Playwright, Route
from ports import free_port

from quizapp.accounts.models import Person
from quizapp.clock import now
from quizapp.commands import opened
from quizapp.config import Settings
from quizapp.courses.models import Unit
from quizapp.database import db
from quizapp.domain.completion import FactKind
from quizapp.learning import actions as learning

PASSWORD = "con thuyền vượt sóng"
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE, DESK = {"width": 390, "height": 844}, {"width": 1366, "height": 900}
COURSE = "/hoc/cv-1248"
START_SECONDS = 300
SIGNED_IN_SECONDS = 600  # then by the real page again: pages with power ask after half an hour
PATIENCE = 60_000  # ms until a state that is waited for counts as never coming, however busy the machine

# Who has learnt nothing yet and holds no role: each test that answers takes one of them.
FRESH = """
SELECT login FROM person p WHERE login <> 'nguoimoi'
  AND NOT EXISTS (SELECT 1 FROM fact WHERE person_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM attempt WHERE person_id = p.id)
  AND NOT EXISTS (SELECT 1 FROM "grant" WHERE person_id = p.id)
ORDER BY login
"""


def find_chromium() -> str | None:
    """The system's Chromium, or the one that QUIZAPP_TEST_CHROMIUM names."""
    return os.environ.get("QUIZAPP_TEST_CHROMIUM") or shutil.which("chromium")


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a running demo, which is stopped as Ctrl-C stops it."""
    port = free_port()
    environment = os.environ | {"QUIZAPP_DATA": str(folder / "data"), "QUIZAPP_DEMO_PASSWORD": PASSWORD}
    command = [sys.executable, "-m", "quizapp.commands", "run", "--demo", "--port", str(port)]
    log = folder / "log"
    with log.open("wb") as out:
        server = subprocess.Popen(command, env=environment, stdout=out, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait_for(address, server, log)
        yield address
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(60)


def _wait_for(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until and server.poll() is None:
        try:
            with urllib.request.urlopen(address + "/healthz", timeout=5):
                return
        except OSError:
            time.sleep(0.2)
    raise AssertionError(f"the demo did not start:\n{log.read_text(errors='replace')}")


@dataclass
class Demo:
    """The running demo and the browser; hands out people and open browsers."""

    base: str
    browser: Browser
    fresh: list[str] = field(default_factory=list)
    _signed_in: dict[str, tuple[Any, float]] = field(default_factory=dict)

    def take_learners(self, database: Path) -> None:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            self.fresh = [login for (login,) in connection.execute(FRESH)]

    def somebody(self) -> str:
        """The login of a learner who has not begun."""
        return self.fresh.pop(0)

    def ready_for_the_final(self, database: Path) -> str:
        """The login of a learner who has passed every unit before the final."""
        login = self.somebody()
        with opened(Settings(database.parent, f"sqlite:///{database}", "s" * 40)):
            person_id = db.session.scalars(sa.select(Person.id).filter_by(login=login)).one()
            course_id = db.session.scalars(sa.select(Unit.course_id)).first()
            assert course_id is not None
            for n in range(1, 11):
                passed = learning.NewFact(FactKind.QUIZ_TAKEN, f"bai-{n}", "test", None, 1000, 1000, True, True)
                learning.record(person_id, course_id, [passed], now())
            db.session.commit()
        return login

    def newcomer(self, database: Path) -> str:
        """The login of a learner who was never here."""
        login = self.somebody()
        with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
            connection.execute("UPDATE person SET welcomed_at = NULL WHERE login = ?", [login])
        return login

    def open(self, login: str | None = None, size: dict[str, int] = PHONE, **more: Any) -> BrowserContext:
        """An empty browser; with a login, signed in (now and then a person, by the real page)."""
        state = self._state_of(login) if login else None
        context = self.browser.new_context(
            base_url=self.base, viewport=size, locale="vi-VN", reduced_motion="reduce", storage_state=state, **more
        )
        context.set_default_timeout(PATIENCE)
        return context

    def _state_of(self, login: str) -> Any:
        state, until = self._signed_in.get(login, (None, 0.0))
        if time.monotonic() > until:
            with closing(self.open()) as first:
                sign_in(first.new_page(), login)
                state = first.storage_state()
            self._signed_in[login] = state, time.monotonic() + SIGNED_IN_SECONDS
        return state


class Held:
    """What a page sends to an address by POST, held until it is let go: a line as slow as a test wants it."""

    def __init__(self, page: Page, address: str):
        self.page, self.address = page, address
        self._waiting: list[Route] = []
        page.route(address, self._take)
        page.evaluate(TOLD)

    def _take(self, route: Route) -> None:
        if route.request.method == "POST":
            self._waiting.append(route)
        else:
            route.continue_()

    def next(self) -> Any:
        """``with held.next():`` goes on when what happens inside has sent something."""
        return self.page.expect_request(lambda one: one.method == "POST" and one.url == self.address)

    def let_go(self) -> None:
        while not self._waiting:  # a request is told of before it comes here
            self.page.wait_for_timeout(20)
        self._waiting.pop(0).continue_()

    def told(self) -> list[str]:
        """What the saved mark has said since."""
        return list(self.page.evaluate("window.told"))


TOLD = """() => {
  const mark = document.getElementById("da-luu");
  window.told = [];
  new MutationObserver(() => window.told.push(mark.textContent)).observe(mark, { childList: true, subtree: true });
}"""


def press(page: Page, button: Locator) -> None:
    """Click on what leads to another page, and wait for it: a click gives back before the browser has left."""
    with page.expect_navigation():
        button.click()


def leave(page: Page) -> None:
    """Close a tab that has no line: a tab that closes would see it come back, and send what it had kept."""
    page.goto("about:blank")
    page.close()


def sign_in(page: Page, login: str) -> None:
    """Đăng nhập by the page, as a person does."""
    page.goto("/dang-nhap")
    page.get_by_label("Tên đăng nhập").fill(login)
    page.get_by_label("Mật khẩu").fill(PASSWORD)
    page.get_by_role("button", name="Đăng nhập").click()
    page.wait_for_url(lambda address: "/dang-nhap" not in address)


def begin(page: Page, unit: str = "bai-8") -> str:
    """Start the questions of a unit; the address of the attempt."""
    page.goto(f"{COURSE}/{unit}")
    page.get_by_role("button", name="Làm ").click()
    page.wait_for_url("**/lam/*/*")
    return urlsplit(page.url).path.rsplit("/", 1)[0]


def fill_in(page: Page) -> None:
    """Give some answer to the question on the page; whether it is right does not matter."""
    form = page.locator("form#cau")
    boxes = form.locator("input[name=chon]")
    if boxes.count():
        boxes.first.check()
    for n, select in enumerate(form.locator("select").all(), 1):
        select.select_option(index=min(n, select.locator("option").count() - 1))
    typed = form.locator("input[name=tra-loi]")
    if typed.count():
        typed.fill("12")


def answer(page: Page) -> None:
    """Trả lời: any answer, to its feedback."""
    fill_in(page)
    page.get_by_role("button", name="Trả lời").click()
    page.locator(".fb").wait_for()
