"""What goes over the line, as the browser counts it: the journey of tests/attempts/test_statements.py, cold and warm."""

import gzip
import re
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from demo_site import COURSE, answer, begin, fill_in, sign_in
from places import QUESTIONS, hand_in

from quizapp.web.static_files import SOURCE

pytestmark = pytest.mark.browser

KIB = 1024
COLD, WARM, SIGN_IN, SAVED_ANSWER, SCRIPTS = 150 * KIB, 70 * KIB, 16 * KIB, 1.5 * KIB, 10 * KIB
OTHERS = {
    "asking.js",
    "copy.js",
    "documents.js",
    "editor.js",
    "picker.js",
}  # of trainers and leaders: no page of a learner asks for them


class Meter:
    """Bytes received (headers included), and the hosts that were asked."""

    def __init__(self, page):
        self.received, self.hosts, self.answers = 0, set(), []
        session = page.context.new_cdp_session(page)
        session.on("Network.loadingFinished", self._finished)
        session.on("Network.requestWillBeSent", self._sent)
        session.send("Network.enable")

    def _finished(self, event):
        self.received += event["encodedDataLength"]

    def _sent(self, event):
        self.hosts.add(urlsplit(event["request"]["url"]).netloc)
        if "redirectResponse" in event:
            self.received += event["redirectResponse"]["encodedDataLength"]
            self.answers.append(event["redirectResponse"]["encodedDataLength"])

    @contextmanager
    def measure(self):
        before = self.received
        told = {}
        yield told
        told["bytes"] = self.received - before


def walk(page, login):
    """The journey: sign-in to result."""
    sign_in(page, login)
    page.goto(f"{COURSE}/bai-8/1")
    attempt = begin(page)  # at the first question
    for n in range(1, QUESTIONS + 1):
        if n > 1:
            page.goto(f"{attempt}/{n}")
        answer(page)
    page.wait_for_load_state("networkidle")
    hand_in(page, attempt)
    page.wait_for_load_state("networkidle")


def test_the_journey_is_light_cold_and_warm_and_asks_nobody_else(demo, visit, record_property):
    login = demo.somebody()
    context = visit()
    page = context.new_page()
    meter = Meter(page)
    with meter.measure() as cold:
        walk(page, login)
    context.clear_cookies()
    with meter.measure() as warm:
        walk(page, login)
    record_property("cold", cold["bytes"])
    record_property("warm", warm["bytes"])
    assert meter.hosts == {urlsplit(demo.base).netloc}
    assert cold["bytes"] <= COLD
    assert warm["bytes"] <= WARM


def test_the_sign_in_page_is_light(visit, record_property):
    page = visit().new_page()
    meter = Meter(page)
    with meter.measure() as told:
        page.goto("/dang-nhap")
        page.wait_for_load_state("networkidle")
    record_property("sign-in", told["bytes"])
    assert told["bytes"] <= SIGN_IN


def test_a_saved_answer_is_light_both_ways(demo, visit, record_property):
    page = visit(demo.somebody()).new_page()
    begin(page)
    fill_in(page)
    meter = Meter(page)
    sent = []
    page.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    page.get_by_role("button", name="Trả lời").click()
    page.locator(".fb").wait_for()
    request = sent[0]
    lines = sum(len(name) + len(value) + 4 for name, value in request.all_headers().items() if name[0] != ":")
    asked = len(f"POST {urlsplit(request.url).path} HTTP/1.1\r\n\r\n") + lines + len(request.post_data or "")
    record_property("asked", asked)
    record_property("answered", meter.answers[0])
    assert asked + meter.answers[0] <= SAVED_ANSWER, (asked, meter.answers, request.all_headers())


def test_scripts_of_learners_are_few():
    rooms = [SOURCE.parents[1] / room for room in ("web", "accounts", "library", "learning", "attempts", "desk")]
    asked = {
        name for room in rooms for page in room.rglob("*.html") for name in re.findall(r"[\w-]+\.js", page.read_text())
    }
    learners = [path for path in SOURCE.glob("*.js") if path.name not in OTHERS]
    assert not asked & OTHERS
    assert asked <= {path.name for path in learners}
    assert sum(len(gzip.compress(path.read_bytes(), 9)) for path in learners) <= SCRIPTS
