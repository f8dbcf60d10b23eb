"""Pictures of the main pages: `python tests/browser/pictures.py FOLDER [--base URL] [--only NAME ...]`, or `... --readme`.

Without --base a demo is started for them. Each page is taken as a phone and as a desk shows it, light and dark;
NAME-390.png, NAME-390-toi.png, NAME-1366.png, NAME-1366-toi.png. With --readme only those of the README are taken.
"""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from demo_site import DESK, PHONE, Demo, launch, serve
from places import PLACES, WALKERS, Place, address_of, go_to, make_places
from playwright.sync_api import sync_playwright

SHOWN = {"phone": PHONE, "desk": DESK}


@contextmanager
def at(base: str | None) -> Iterator[tuple[str, Path | None]]:
    """A running site and, where it is our own, its database."""
    if base:
        yield base, None
        return
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder)) as address:
        yield address, Path(folder) / "data" / "quizapp.db"


def take(demo: Demo, place: Place, found: dict[str, str], folder: Path) -> None:
    """The four pictures of a page."""
    login, address = address_of(place, found)
    for size in SHOWN.values():
        with closing(demo.open(login, size)) as context:
            page = context.new_page()
            for scheme, suffix in (("light", ""), ("dark", "-toi")):
                page.emulate_media(color_scheme=scheme)
                go_to(page, place, address)
                page.evaluate("document.fonts.ready")
                page.screenshot(path=folder / f"{place.name}-{size['width']}{suffix}.png")


def take_for_readme(demo: Demo, found: dict[str, str], folder: Path) -> None:
    """The learner's home, a leader's page and a lesson being written at a desk; a question on a phone."""
    desk = {"width": 1366, "height": 740}
    places = {place.name: place for place in PLACES}
    shown = [(name, *address_of(places[name], found), desk) for name in ("trang-chu", "theo-doi", "soan-viet-thu")]
    for name, login, address, size in [*shown, ("cau-hoi", found["walker"], found["cau-hoi-radio"], PHONE)]:
        with closing(demo.open(login, size)) as context:
            page = context.new_page()
            page.goto(address)
            page.evaluate("document.fonts.ready")
            page.screenshot(path=folder / f"{name}.png")


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    words.add_argument("folder", type=Path)
    words.add_argument("--base", help="a running demo whose password is the tests' one")
    words.add_argument("--only", nargs="*", default=[], help="names of pages")
    words.add_argument("--readme", action="store_true", help="only those for .readme")
    given = words.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with at(given.base) as (base, database), sync_playwright() as playwright, launch(playwright) as browser:
        demo = Demo(base, browser)
        if database is None:
            demo.fresh = ["hocvien"]
        else:
            demo.take_learners(database)
        found = make_places(demo, database)
        if given.readme:
            take_for_readme(demo, found, given.folder)
            return
        kinds = [Place(name, "walker", at) for name, at in found.items() if name.startswith("cau-hoi-")]
        for place in [*PLACES, *kinds]:
            reached = place.login not in WALKERS or place.login in found
            if reached and (not given.only or place.name in given.only):
                take(demo, place, found, given.folder)
                print(place.name)


if __name__ == "__main__":
    main()
