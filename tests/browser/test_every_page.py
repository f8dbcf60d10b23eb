"""What every page owes, on a phone and on a desk, by day and by night."""

from contextlib import closing

import pytest
from axe_playwright_python.sync_playwright import Axe
from demo_site import DESK, PHONE
from places import PLACES, Place, address_of, go_to

pytestmark = pytest.mark.browser

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
COLOURS = {"runOnly": ["color-contrast", "link-in-text-block"], "resultTypes": ["violations"]}  # all that night changes
NARROW = {"width": 320, "height": 640}
KINDS = "every kind of question"
STATUS = {"khong-co": 404, "theo-doi-khong-ten": 403}

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


@pytest.fixture(scope="module", params=[place.name for place in PLACES] + [KINDS])
def pages(request, demo, places):
    """The pages of a place, open; of the kinds, one after the other."""
    place = next((one for one in PLACES if one.name == request.param), None)
    if place is None:
        login, addresses = places["walker"], [at for name, at in places.items() if name.startswith("cau-hoi-")]
    else:
        login, address = address_of(place, places)
        addresses = [address]
    with closing(demo.open(login)) as browser:
        opened = [browser.new_page() for _ in addresses]
        for page, address in zip(opened, addresses, strict=True):
            expected = 409 if place and place.clash else STATUS.get(request.param, 200)
            assert go_to(page, place or Place(KINDS, login, address), address) == expected, address
        yield opened


def violations(page, options):
    """What axe, which is in the page by now, finds."""
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [(one["id"], [(n["target"], n["failureSummary"]) for n in one["nodes"][:4]]) for one in found]


def test_nothing_to_complain_about_for_axe(pages):
    for page in pages:
        page.evaluate(Axe().axe_script)
        for size in (PHONE, DESK):
            page.set_viewport_size(size)
            for scheme, rules in (("light", AXE), ("dark", COLOURS)):
                page.emulate_media(color_scheme=scheme)
                assert violations(page, rules) == [], (page.url, size["width"], scheme)


def test_a_narrow_phone_never_scrolls_sideways(pages):
    for page in pages:
        page.set_viewport_size(NARROW)
        assert page.evaluate(TOO_WIDE) == [], page.url


def test_a_thumb_hits_every_target(pages):
    for page in pages:
        page.set_viewport_size(PHONE)
        assert page.evaluate(SMALL, 24) == [], page.url
        assert page.evaluate(SMALL, 44) == [], page.url
