"""One demo and one Chromium for all tests in the browser; the pages that every promise is tried on."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from demo_site import PATIENCE, Demo, find_chromium, launch, serve
from places import make_places
from playwright.sync_api import BrowserContext, expect, sync_playwright

expect.set_options(timeout=PATIENCE)
WHY_NOT = "no browser: install Chromium, or set QUIZAPP_TEST_CHROMIUM to the path of one"


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo's own data."""
    return tmp_path_factory.mktemp("demo") / "data" / "quizapp.db"


@pytest.fixture(scope="session")
def demo(database: Path) -> Iterator[Demo]:
    """The running demo; skips where there is no browser, unless QUIZAPP_TEST_REQUIRED says that there must be one."""
    if find_chromium() is None:
        if "browser" in os.environ.get("QUIZAPP_TEST_REQUIRED", ""):
            pytest.fail(WHY_NOT)
        pytest.skip(WHY_NOT)
    folder = database.parent.parent
    with serve(folder) as base, sync_playwright() as playwright:
        browser = launch(playwright)
        made = Demo(base, browser)
        made.take_learners(database)
        yield made
        browser.close()


@pytest.fixture
def visit(demo: Demo) -> Iterator[Callable[..., BrowserContext]]:
    """``visit(login, size, ...)``: an empty browser of a person's own; closed after the test."""
    opened: list[BrowserContext] = []

    def open_browser(*args: object, **kwargs: object) -> BrowserContext:
        opened.append(demo.open(*args, **kwargs))  # type: ignore[arg-type]
        return opened[-1]

    yield open_browser
    for context in opened:
        context.close()


@pytest.fixture(scope="session")
def places(demo: Demo, database: Path) -> dict[str, str]:
    """The addresses of the pages that only come to be by answering: name -> address."""
    return make_places(demo, database)
