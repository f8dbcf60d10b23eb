"""What every page owes, on a phone and on a desk, by day and by night."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_site import DESK, PHONE
from places import PLACES, Place, address_of, go_to

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
NARROW = {"width": 320, "height": 640}
KINDS = "every kind of question"

# What reaches over the window's edge, outside a box that scrolls by itself.
TOO_WIDE = """() => {
  const seen = [];
  for (const box of document.querySelectorAll("body *")) {
    const at = box.getBoundingClientRect();
    if (at.right > innerWidth + 1 && at.width > 0 && !box.closest(".tblwrap, .hero, .vh, .skip")) {
      seen.push(box.outerHTML.slice(0, 120));
    }
  }
  return document.documentElement.scrollWidth > innerWidth ? seen.slice(0, 5).concat("scrolls") : [];
}"""

# Targets that a finger may miss: (height or width in px, markup). Links within a sentence are exempt (WCAG 2.5.8).
SMALL = """least => {
  const small = [];
  const wanted = least >= 44 ? ".btn, .tabs a, .iconbtn, .ava, .opt, .dock a, .dock button, .task[href], select, .check"
    : "a, button, input:not([type=hidden]), select, textarea, summary";
  for (const box of document.querySelectorAll(wanted)) {
    if (!box.checkVisibility() || box.closest(".vh, .skip") || box.matches(".skip")) continue;
    if (least < 44 && getComputedStyle(box).display === "inline" && /\\S/.test(
      [...box.parentElement.childNodes].filter(n => n !== box).map(n => n.textContent).join(""))) continue;
    const at = box.closest("label.check, label.opt")?.getBoundingClientRect() ?? box.getBoundingClientRect();
    const after = getComputedStyle(box, "::after");
    const more = after.position === "absolute" && after.content !== "none" ? 8 : 0;
    if (at.height + more < least - 0.5 || at.width + more < Math.min(least, 24) - 0.5) {
      small.push(`${Math.round(at.width)}×${Math.round(at.height)} ${box.outerHTML.slice(0, 110)}`);
    }
  }
  return small;
}"""


@pytest.fixture(params=[place.name for place in PLACES] + [KINDS])
def pages(request, demo, places, visit):
    """``pages(size)`` opens the page; for the kinds, one after the other."""
    place = next((one for one in PLACES if one.name == request.param), None)

    def go(size):
        if place is None:
            login, addresses = places["walker"], [at for name, at in places.items() if name.startswith("cau-hoi-")]
        else:
            login, address = address_of(place, places)
            addresses = [address]
        page = visit(login, size).new_page()
        for address in addresses:
            status = go_to(page, place or Place(KINDS, login, address), address)
            expected = (
                409 if place and place.clash else {"khong-co": 404, "theo-doi-khong-ten": 403}.get(request.param, 200)
            )
            assert status == expected, (address, status)
            yield page

    return go


def test_nothing_to_complain_about_for_axe(pages):
    for page in pages(PHONE):
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                found = Axe().run(page, options=AXE).response["violations"]
                told = [(one["id"], [(n["target"], n["failureSummary"]) for n in one["nodes"][:4]]) for one in found]
                assert not told, (page.url, size["width"], scheme, told)


def test_a_narrow_phone_never_scrolls_sideways(pages):
    for page in pages(NARROW):
        assert page.evaluate(TOO_WIDE) == [], page.url


def test_a_thumb_hits_every_target(pages):
    for page in pages(PHONE):
        assert page.evaluate(SMALL, 24) == [], page.url
        assert page.evaluate(SMALL, 44) == [], page.url
