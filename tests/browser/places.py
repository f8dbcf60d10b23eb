"""The pages of the site: who opens them, and where they are. The tests and the pictures go through this one list."""

from contextlib import closing
from dataclasses import dataclass
from urllib.parse import urlsplit

from demo_site import Demo, answer, begin
from playwright.sync_api import Page

QUESTIONS = 10


@dataclass(frozen=True)
class Place:
    """A page; ``{name}`` in its address is filled in by ``make_places``. ``login`` None: nobody is signed in."""

    name: str
    login: str | None
    address: str


PLACES = [
    Place("dang-nhap", None, "/dang-nhap"),
    Place("quen-mat-khau", None, "/quen-mat-khau"),
    Place("ma", None, "/ma"),
    Place("kiem-tra-giay", None, "/xac-nhan"),
    Place("lan-dau", "nguoimoi", "/lan-dau"),
    Place("lan-dau-3", "nguoimoi", "/lan-dau?buoc=3"),
    Place("trang-chu", "hocvien", "/"),
    Place("bai-hoc", "hocvien", "/hoc"),
    Place("bai", "hocvien", "/hoc/cv-1248/bai-8"),
    Place("muc", "hocvien", "/hoc/cv-1248/bai-8/1"),
    Place("cau-hoi", "walker", "{cau-hoi}"),
    Place("phan-hoi", "walker", "{phan-hoi}"),
    Place("phan-hoi-dung", "walker", "{phan-hoi-dung}"),
    Place("xem-lai", "walker", "{xem-lai}"),
    Place("bao-cau", "walker", "{bao-cau}"),
    Place("ket-qua-luot", "walker", "{ket-qua-luot}"),
    Place("ket-qua", "hocvien", "/ket-qua"),
    Place("vi-sao", "hocvien", "/vi-sao"),
    Place("van-ban", "hocvien", "/van-ban"),
    Place("tim", "hocvien", "/van-ban?tim=nhung+nhieu"),
    Place("mot-van-ban", "hocvien", "/van-ban/144-qd-tw"),
    Place("toi", "hocvien", "/toi"),
    Place("mat-khau", "hocvien", "/mat-khau"),
    Place("tro-giup", "hocvien", "/tro-giup"),
    Place("toi-thu", "hocvien", "/toi/thu"),
    Place("de-nghi-xoa", "hocvien", "/toi/de-nghi-xoa"),
    Place("thong-bao", "hocvien", "/thong-bao"),
    Place("khong-co", "hocvien", "/khong-co-trang-nay"),
    Place("theo-doi", "lanhdao", "/theo-doi"),
    Place("theo-doi-chi-bo", "lanhdaochibo", "/theo-doi"),
    Place("nhac", "lanhdaochibo", "{nhac}"),
    Place("soan", "baocaovien", "/soan"),
    Place("ban-in", "baocaovien", "{soan-bai}/in?de=7"),
    Place("dap-an", "baocaovien", "{soan-bai}/in/dap-an?de=7"),
    Place("soan-bai", "baocaovien", "{soan-bai}"),
    Place("quan-tri", "quantri", "/quan-tri"),
    Place("quan-tri-don-vi", "quantri", "/quan-tri/don-vi"),
    Place("quan-tri-nguoi-dung", "quantri", "/quan-tri/nguoi-dung"),
    Place("quan-tri-dot-hoc", "quantri", "/quan-tri/dot-hoc"),
    Place("quan-tri-thu", "quantri", "/quan-tri/thu"),
    Place("cau-hinh", "quantri", "/quan-tri/cau-hinh"),
    Place("cau-hinh-chung", "quantri", "/quan-tri/cau-hinh/chung"),
    Place("cau-hinh-dau-hieu", "quantri", "/quan-tri/cau-hinh/dau-hieu"),
    Place("cau-hinh-thong-bao", "quantri", "/quan-tri/cau-hinh/thong-bao"),
    Place("quan-tri-nhat-ky", "quantri", "/quan-tri/nhat-ky"),
]
LEARNERS = [place for place in PLACES if place.login in (None, "nguoimoi", "hocvien", "walker")]


def make_places(demo: Demo) -> dict[str, str]:
    """Let a learner answer until there is a page of every kind; name -> address, and "walker" -> the learner's login."""
    login = demo.somebody()
    found = {"walker": login}
    with closing(demo.open(login)) as context:
        page = context.new_page()
        found["ket-qua-luot"] = hand_in(page, begin(page))  # with nothing answered: every question is explained
        found |= _answers(page, begin(page))
        while not {"phan-hoi", "phan-hoi-dung"} <= found.keys():  # all were right, or none: other questions
            hand_in(page, str(found["xem-lai"]).removesuffix("/xem-lai"))
            found |= _answers(page, begin(page))
        found |= _kinds(page, begin(page, "bai-6"))
    with closing(demo.open("baocaovien")) as context:
        page = context.new_page()
        page.goto("/soan")
        found["soan-bai"] = str(page.locator("a[href*='/soan/bai/']").first.get_attribute("href"))
    with closing(demo.open("lanhdaochibo")) as context:
        page = context.new_page()
        page.goto("/theo-doi")
        found["nhac"] = urlsplit(page.url).path + "/nhac"
    return found


def hand_in(page: Page, attempt: str) -> str:
    """Nộp bài; the address of the result."""
    page.goto(f"{attempt}/xem-lai")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/ket-qua")
    return f"{attempt}/ket-qua"


def _answers(page: Page, attempt: str) -> dict[str, str]:
    """Answer all of a new attempt but one question; where its feedback and its report stand."""
    found = {"xem-lai": f"{attempt}/xem-lai", "cau-hoi": f"{attempt}/{QUESTIONS}"}
    for n in range(1, QUESTIONS):
        page.goto(f"{attempt}/{n}")
        answer(page)
        found["phan-hoi-dung" if page.locator(".fb--ok").count() else "phan-hoi"] = f"{attempt}/{n}"
        found["bao-cau"] = f"{attempt}/{n}/bao-cau"
    return found


def _kinds(page: Page, attempt: str) -> dict[str, str]:
    """Where a question of each kind stands, as far as this attempt has drawn it."""
    found = {}
    for n in range(1, QUESTIONS + 1):
        page.goto(f"{attempt}/{n}")
        fields = page.locator("form#cau :is(input:not([type=hidden]), select)").first
        name, type_ = fields.get_attribute("name"), fields.get_attribute("type")
        kind = {"chon": type_, "tra-loi": "typed"}.get(str(name)) or str(name).split("-")[0]
        found[f"cau-hoi-{kind}"] = f"{attempt}/{n}"
    return found


def address_of(place: Place, found: dict[str, str]) -> tuple[str | None, str]:
    """Who opens a place, and where."""
    login = found["walker"] if place.login == "walker" else place.login
    return login, place.address.format_map(found)
