"""The pages of the site: who opens them, and where they are. The tests and the pictures go through this one list."""

import re
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from demo_site import Demo, answer, begin, press
from playwright.sync_api import Page

QUESTIONS = 10


@dataclass(frozen=True)
class Place:
    """A page; ``{name}`` in its address is filled in by ``make_places``. ``login`` None: nobody is signed in.

    ``clash``: the page that answers a form which somebody else was quicker with.
    """

    name: str
    login: str | None
    address: str
    clash: bool = False


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
    Place("tong-hop-chua-mo", "hocvien", "/hoc/cv-1248/bai-11/truoc-khi-lam"),
    Place("tong-hop-cau", "finalist", "{tong-hop-cau}"),
    Place("tong-hop-xem-lai", "finalist", "{tong-hop-xem-lai}"),
    Place("tong-hop-ket-qua", "finalist2", "{tong-hop-ket-qua}"),
    Place("viec-toi-se-lam", "finalist2", "/hoc/cv-1248/viec-toi-se-lam"),
    Place("ket-qua", "hocvien", "/ket-qua"),
    Place("vi-sao", "hocvien", "/vi-sao"),
    Place("van-ban", "hocvien", "/van-ban"),
    Place("tim", "hocvien", "/van-ban?tim=nhung+nhieu"),
    Place("mot-van-ban", "hocvien", "/van-ban/144-qd-tw"),
    Place("van-ban-chinh-thuc", "hocvien", "/van-ban/59-2019-nd-cp"),
    Place("toan-van", "hocvien", "/van-ban/59-2019-nd-cp/toan-van"),
    Place("toi", "hocvien", "/toi"),
    Place("mat-khau", "hocvien", "/mat-khau"),
    Place("tro-giup", "hocvien", "/tro-giup"),
    Place("toi-thu", "hocvien", "/toi/thu"),
    Place("de-nghi-xoa", "hocvien", "/toi/de-nghi-xoa"),
    Place("thong-bao", "hocvien", "/thong-bao"),
    Place("khong-co", "hocvien", "/khong-co-trang-nay"),
    Place("theo-doi", "lanhdao", "/theo-doi"),
    Place("theo-doi-chi-bo", "lanhdaochibo", "/theo-doi"),
    Place("theo-doi-tinh", "quantri", "/theo-doi/mau?mo=mau-04"),
    Place("theo-doi-don-vi", "quantri", "/theo-doi/mau/don-vi?loc=tre"),
    Place("theo-doi-noi-dung", "quantri", "/theo-doi/mau/noi-dung"),
    Place("theo-doi-bai", "quantri", "/theo-doi/mau/bai/bai-6"),
    Place("theo-doi-nguoi", "lanhdaochibo", "/theo-doi/mau-04-4/nguoi"),
    Place("theo-doi-khong-ten", "lanhdao", "/theo-doi/mau-04-4/nguoi"),
    Place("theo-doi-chep", "lanhdao", "/theo-doi/mau-04/chep"),
    Place("theo-doi-ngay-qua", "lanhdao", "{ngay-qua}"),
    Place("uy-quyen", "lanhdao", "/uy-quyen"),
    Place("uy-quyen-cho", "lanhdaochibo", "{uy-quyen-cho}"),
    Place("nhac", "lanhdaochibo", "/theo-doi/mau-04-4/nhac"),
    Place("nhac-tinh", "quantri", "/theo-doi/mau/nhac"),
    Place("hoc-truc-tiep", "thuky", "/theo-doi/mau-04-4/hoc-truc-tiep"),
    Place("ban-in-thu-ky", "thuky", "{ban-in}?de=7"),
    Place("tai-so-lieu", "lanhdao", "{tai-so-lieu}"),
    Place("bao-cao", "lanhdao", "/bao-cao"),
    Place("bao-cao-moi", "lanhdao", "/bao-cao/moi"),
    Place("mot-bao-cao", "lanhdao", "{mot-bao-cao}"),
    Place("dinh-chinh", "lanhdao", "{mot-bao-cao}/dinh-chinh"),
    Place("so-lieu", "lanhdao", "{so-lieu}"),
    Place("soan", "baocaovien", "/soan"),
    Place("ban-in", "baocaovien", "{ban-in}?de=7"),
    Place("dap-an", "baocaovien", "{ban-in}/dap-an?de=7"),
    Place("soan-bai", "baocaovien", "{soan-bai}"),
    Place("soan-viet", "baocaovien", "{soan-viet}"),
    Place("soan-viet-thu", "baocaovien", "{soan-viet}?muc=2&xem=xem-thu"),
    Place("soan-viet-chat-luong", "baocaovien", "{soan-viet}?xem=chat-luong"),
    Place("soan-thong-tin", "baocaovien", "{soan-viet}/thong-tin"),
    Place("soan-hai-ban", "baocaovien", "{soan-viet}", clash=True),
    Place("soan-thong-tin-hai-ban", "baocaovien", "{soan-viet}/thong-tin", clash=True),
    Place("soan-cau-hai-ban", "baocaovien", "{soan-cau-single}", clash=True),
    Place("soan-anh", "baocaovien", "{soan-viet}/anh?muc=2"),
    Place("soan-bo", "baocaovien", "{soan-viet}/bo"),
    Place("soan-bai-moi", "baocaovien", "/soan/bai-moi"),
    Place("soan-trich", "baocaovien", "/soan/trich?bai={soan-viet-id}&muc=2"),
    Place("soan-trich-van-ban", "baocaovien", "/soan/trich?bai={soan-viet-id}&muc=2&vb=144-qd-tw"),
    Place("soan-so-sanh", "baocaovien", "{soan-viet}/so-sanh"),
    Place("soan-phien-ban", "baocaovien", "{soan-viet}/phien-ban/1"),
    Place("duyet", "nguoiduyet", "/duyet"),
    Place("duyet-bai", "nguoiduyet", "{duyet-bai}"),
    Place("duyet-ngung", "nguoiduyet", "{duyet-bai}/ngung"),
    Place("soan-ban-hoc-lai", "nguoiduyet", "{ban-hoc-lai}"),
    Place("soan-phu", "baocaovien", "/soan/phu"),
    Place("soan-van-ban", "baocaovien", "/soan/van-ban"),
    Place("soan-van-ban-moi", "baocaovien", "/soan/van-ban/moi"),
    Place("soan-van-ban-viet", "baocaovien", "{soan-van-ban-viet}"),
    Place("soan-van-ban-thong-tin", "baocaovien", "{soan-van-ban-viet}/thong-tin"),
    Place("soan-van-ban-them", "baocaovien", "{soan-van-ban-viet}/them?trong=chung"),
    Place("soan-van-ban-sua", "baocaovien", "{soan-van-ban-viet}/muc/chung"),
    Place("soan-van-ban-cho-khac", "baocaovien", "{soan-van-ban-viet}/muc/noi-dung/cho-khac"),
    Place("soan-van-ban-xem-thu", "baocaovien", "{soan-van-ban-viet}/xem-thu"),
    Place("soan-van-ban-bo-muc", "baocaovien", "{soan-van-ban-viet}/muc/noi-dung/bo"),
    Place("soan-van-ban-gui", "baocaovien", "{soan-van-ban-viet}/gui-duyet"),
    Place("soan-van-ban-bo", "baocaovien", "{soan-van-ban-viet}/bo"),
    Place("duyet-van-ban", "nguoiduyet", "{duyet-van-ban}"),
    Place("soan-khoa-hoc", "baocaovien", "/soan/khoa-hoc/cv-1248"),
    Place("duyet-khoa-hoc", "nguoiduyet", "/duyet/khoa-hoc/cv-1248"),
    Place("soan-khoa-moi", "baocaovien", "/soan/khoa-hoc-moi"),
    Place("soan-khoa-trong", "baocaovien", "{soan-khoa-trong}"),
    Place("soan-khoa-trong-sua", "baocaovien", "{duyet-khoa-trong}"),
    Place("soan-khoa-bo", "baocaovien", "{soan-khoa-trong}/bo"),
    Place("soan-nhap", "baocaovien", "/soan/nhap"),
    Place("soan-nhap-xem", "baocaovien", "{soan-nhap-xem}"),
    Place("soan-nhap-sua", "baocaovien", "{soan-nhap-xem}/cau/1"),
    Place("soan-nhap-sua-tinh-huong", "baocaovien", "{soan-nhap-xem}/cau/4"),
    Place("soan-nhap-hong", "baocaovien", "{soan-nhap-hong}"),
    Place("soan-xuat", "baocaovien", "/soan/xuat"),
    Place("ban-chinh-thuc", "baocaovien", "/van-ban/59-2019-nd-cp/ban-chinh-thuc"),
    Place("ban-chinh-thuc-doc-lai", "baocaovien", "{ban-chinh-thuc-doc-lai}"),
    Place("ban-chinh-thuc-mot", "nguoiduyet", "{ban-chinh-thuc-mot}"),
    Place("soan-phan-tich", "baocaovien", "/soan/phan-tich"),
    Place("soan-phan-tich-bai", "baocaovien", "{phan-tich-bai}"),
    Place("soan-phan-tich-cau", "baocaovien", "{phan-tich-cau}"),
    Place("soan-phan-tich-in", "baocaovien", "/soan/phan-tich/in?tinh-trang=can-sua"),
    Place("soan-ngan-hang", "baocaovien", "/soan/cau-hoi"),
    Place("soan-ngan-hang-khong-co", "baocaovien", "/soan/cau-hoi?tim=khongcocaunao"),
    Place("soan-cac-cau", "baocaovien", "{soan-viet}/cau"),
    Place("soan-cau-moi", "baocaovien", "{soan-viet}/cau/moi?loai=case"),
    *(
        Place(f"soan-cau-{kind}", "baocaovien", f"{{soan-cau-{kind}}}")
        for kind in ("single", "matching", "ordering", "number", "gaps")
    ),
    Place("soan-cau-xem-thu", "baocaovien", "{soan-cau-single}/xem-thu"),
    Place("soan-cau-tra-loi", "baocaovien", "{soan-cau-single}/xem-thu?may=dien-thoai&tra=1&chon=1"),
    Place("soan-cau-noi-dung", "baocaovien", "{soan-cau-single}/noi-dung"),
    Place("quan-tri", "quantri", "/quan-tri"),
    Place("quan-tri-don-vi", "quantri", "/quan-tri/don-vi"),
    Place("quan-tri-mot-don-vi", "quantri", "/quan-tri/don-vi/mau-04"),
    Place("quan-tri-gop", "quantri", "/quan-tri/don-vi/mau-04-1/gop"),
    Place("quan-tri-tach", "quantri", "/quan-tri/don-vi/mau-04/tach"),
    Place("quan-tri-chuyen", "quantri", "/quan-tri/don-vi/mau-04-1/chuyen"),
    Place("quan-tri-nguoi-dung", "quantri", "/quan-tri/nguoi-dung"),
    Place("nhap-tep", "quantri", "/quan-tri/nguoi-dung/nhap"),
    Place("nhap-cot", "quantri", "{nhap-cot}"),
    Place("nhap-kiem-tra", "quantri", "{nhap-kiem-tra}"),
    Place("nhap-moi", "quantri", "{nhap-kiem-tra}?xem=moi"),
    Place("nhap-bien-nhan", "quantri", "{nhap-bien-nhan}"),
    Place("nhap-phieu", "quantri", "{nhap-bien-nhan}/phieu"),
    Place("nhap-hong", "quantri", "{nhap-hong}"),
    Place("can-xu-ly", "quantri", "/quan-tri/can-xu-ly"),
    Place("gop", "quantri", "{gop}"),
    Place("quan-tri-dot-hoc", "quantri", "/quan-tri/dot-hoc"),
    Place("quan-tri-mo-dot-hoc", "quantri", "/quan-tri/mo-dot-hoc"),
    Place("quan-tri-mot-dot-hoc", "quantri", "{mot-dot-hoc}"),
    Place("quan-tri-gia-han", "quantri", "{mot-dot-hoc}/gia-han"),
    Place("quan-tri-them-nguoi", "quantri", "/quan-tri/them-nguoi"),
    Place("quan-tri-hoc-lai", "quantri", "{hoc-lai}"),
    Place("quan-tri-hoc-lai-khong", "quantri", "{hoc-lai}/khong-mo"),
    Place("quan-tri-thu", "quantri", "/quan-tri/thu"),
    Place("cau-hinh", "quantri", "/quan-tri/cau-hinh"),
    Place("cau-hinh-chung", "quantri", "/quan-tri/cau-hinh/chung"),
    Place("cau-hinh-dau-hieu", "quantri", "/quan-tri/cau-hinh/dau-hieu"),
    Place("cau-hinh-thong-bao", "quantri", "/quan-tri/cau-hinh/thong-bao"),
    Place("cau-hinh-ban-1", "quantri", "/quan-tri/cau-hinh/thong-bao/1"),
    Place("xoa-nguoi", "quantri", "{xoa-nguoi}"),
    Place("ghi-thu", "quantri", "{ghi-thu}"),
    Place("quan-tri-nhat-ky", "quantri", "/quan-tri/nhat-ky"),
]
WALKERS = ("walker", "finalist", "finalist2")  # learners that `make_places` chooses
LEARNERS = [place for place in PLACES if place.login in (None, "nguoimoi", "hocvien", *WALKERS)]


def make_places(demo: Demo, database: Path | None) -> dict[str, str]:
    """Let learners answer until there is a page of every kind; name -> address, and each of WALKERS -> a login.

    Without its database nobody can be brought to the final: its pages are left out.
    """
    login = demo.somebody()
    found = {"walker": login} | (_finals(demo, database) if database else {})
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
        found |= _question_imports(context.new_page())
        found["soan-bai"] = str(page.locator("a[href*='/ban-dang-dung']").first.get_attribute("href"))
        page.locator("tr", has=page.locator("th", has_text=re.compile(r"^10\. "))).locator(".act").locator(
            "a, button"
        ).click()
        page.wait_for_url(re.compile(r"/soan/bai/\d+$"))
        found |= {"soan-viet": urlsplit(page.url).path, "soan-viet-id": page.url.rsplit("/", 1)[1]}
        found["duyet-bai"] = _sent_for_review(page, 9)
        found |= _documents(page)
        found |= _course(page)
        again = _sent_for_review(page, 7)
        page.goto("/soan/phan-tich?xep=luot")
        found["phan-tich-cau"] = str(page.locator("tbody th a").first.get_attribute("href"))
        found["phan-tich-bai"] = "/soan/phan-tich?bai=" + str(page.locator("#bai option").nth(2).get_attribute("value"))
        for kind in ("single", "matching", "ordering", "number", "gaps"):
            page.goto(f"/soan/cau-hoi?loai={kind}")
            address = str(page.locator("tbody th a[href*='/cau/']").first.get_attribute("href"))
            found[f"soan-cau-{kind}"] = address.split("#")[0]
    found |= _study_again(demo, again)
    with closing(demo.open("thuky")) as context:
        page = context.new_page()
        page.goto("/hoc-truc-tiep")
        found["ban-in"] = str(page.get_by_role("link", name="Bài 6.").first.get_attribute("href"))
    with closing(demo.open("quantri")) as context:
        found |= _imports(context.new_page())
    with closing(demo.open("lanhdao")) as context:
        found |= _report(context.new_page())
    return found | _leaders(demo) | _official_texts(demo)


LAW = """Chương I
QUY ĐỊNH CHUNG
Điều 1. Phạm vi điều chỉnh
1. Văn bản này nêu trách nhiệm của cán bộ, công chức khi thử nghiệm phần mềm.
2. Không áp dụng cho các việc sau:
a) Việc thứ nhất;
b) Việc thứ hai.
Điều 2. Hiệu lực
Văn bản này có hiệu lực từ ngày ký."""


def _official_texts(demo: Demo) -> dict[str, str]:
    """An official text that everyone sees, one that waits to be compared, and one that is being read."""
    listed, made = "/van-ban/59-2019-nd-cp/ban-chinh-thuc", []
    with closing(demo.open("baocaovien")) as trainer, closing(demo.open("nguoiduyet")) as reviewer:
        page = trainer.new_page()
        for _ in range(3):
            page.goto(listed)
            page.get_by_role("button", name="Chỉ dán chữ").click()
            page.wait_for_url("**/doc-lai")
            made.append(urlsplit(page.url).path)
        for there in made[:2]:
            page.goto(there)
            for label, words in (("Toàn văn", LAW), ("Nguồn", "Bản ký số"), ("Lý do", "Để trích dẫn")):
                page.get_by_label(label).fill(words)
            page.get_by_role("button", name="Giữ bản này").click()
            page.get_by_role("heading", name="Các bản đã thêm").wait_for()
        page = reviewer.new_page()
        page.goto(made[0].removesuffix("/doc-lai"))
        page.get_by_label("Đã đối chiếu thế nào").fill("Đọc từng điều")
        page.get_by_role("button", name="Xác nhận").click()
        page.get_by_text("Người đối chiếu").wait_for()
    return {"ban-chinh-thuc-mot": made[1].removesuffix("/doc-lai"), "ban-chinh-thuc-doc-lai": made[2]}


def go_to(page: Page, place: Place, address: str) -> int:
    """Open a place; the status with which it answered."""
    answer = page.goto(address)
    if place.clash:
        with page.expect_navigation() as going:
            page.evaluate(CLASH)
        answer = going.value
    assert answer is not None
    return answer.status


# As if the form had been opened before somebody else saved it: sent by the browser alone, past our scripts.
CLASH = """() => {
  const form = [...document.forms].find((one) => one.querySelector("textarea, input[name^=tu-]"));
  for (const field of form.querySelectorAll("input[name^=tu]")) field.value = "mot-ban-cu";
  const text = form.querySelector("textarea[name=noi-dung], textarea[name=de-bai], [name=ten]");
  text.value = text.value.replace("một", "hai") + " Thêm một ý.";
  const button = Object.assign(document.createElement("input"), { type: "hidden", name: "lam", value: "luu" });
  form.append(button);
  HTMLFormElement.prototype.submit.call(form);
}"""


def _study_again(demo: Demo, draft: str) -> dict[str, str]:
    """Publish a change of substance and ask for a campaign; where it is read, and where an administrator opens it."""
    with closing(demo.open("nguoiduyet")) as reviewer, closing(demo.open("quantri")) as admin:
        page = reviewer.new_page()
        page.goto(draft)
        page.get_by_label("Đổi nội dung được dạy").check()
        page.get_by_label("Đề nghị những người đã đạt").check()
        page.get_by_label("Vì sao phát hành").fill("Văn bản đã được sửa đổi")
        page.get_by_role("button", name="Phát hành").click()
        page.get_by_text("Đã đề nghị quản trị mở đợt học lại").wait_for()
        shown = admin.new_page()
        shown.goto("/quan-tri/dot-hoc")
        opened = str(shown.locator("a[href*='/hoc-lai/']").first.get_attribute("href"))
        return {"hoc-lai": opened, "ban-hoc-lai": draft.replace("/duyet/", "/soan/") + "/phien-ban/2"}


def _documents(page: Page) -> dict[str, str]:
    """A document that is being written, and one that waits for its reviewer."""
    for code in ("199-qd-tw", "191-qd-tw"):
        page.goto(f"/soan/van-ban/{code}")
        press(page, page.get_by_role("button", name="Soạn bản mới"))
    page.goto("/soan/van-ban/199-qd-tw/muc/chung")
    page.fill("#o-ghi-chu", "Đọc lại ngày 20/11/2026.")
    press(page, page.get_by_role("button", name="Lưu"))
    page.goto("/soan/van-ban/199-qd-tw/gui-duyet")
    press(page, page.get_by_role("button", name="Gửi duyệt"))
    return {"soan-van-ban-viet": "/soan/van-ban/191-qd-tw", "duyet-van-ban": "/duyet/van-ban/199-qd-tw"}


def _course(page: Page) -> dict[str, str]:
    """Where a course stands that has no unit yet, and where its writer changes it."""
    page.goto("/soan/khoa-hoc-moi")
    page.get_by_label("Tên khóa học").fill("Chuẩn mực đạo đức cách mạng")
    page.get_by_label("Văn bản gốc").select_option(label="Quy định 144-QĐ/TW")
    page.get_by_label("Các nhiệm vụ").fill(
        "Điều 1: Yêu nước, tôn trọng Nhân dân\nĐiều 2: Đoàn kết, kỷ cương, trách nhiệm"
    )
    page.get_by_role("button", name="Mở khóa học").click()
    page.wait_for_url(re.compile(r"/soan/khoa-hoc/[a-z-]+$"))
    there = urlsplit(page.url).path
    return {"soan-khoa-trong": there, "duyet-khoa-trong": there.replace("/soan/", "/duyet/")}


def _sent_for_review(page: Page, number: int) -> str:
    """Change the wording of a unit and send it; where its reviewer reads it."""
    page.goto("/soan")
    row = page.locator("tr", has=page.locator("th", has_text=re.compile(rf"^{number}\. ")))
    row.locator(".act").locator("a, button").click()
    page.wait_for_url(re.compile(r"/soan/bai/\d+$"))
    unit = urlsplit(page.url).path
    page.goto(f"{unit}/thong-tin")
    page.locator("main textarea").first.fill("Viết lại cho gọn, để người đứng đầu đọc nhanh.")
    press(page, page.locator("main form button[type=submit], main form button:not([type])").last)
    page.goto(f"{unit}/so-sanh")
    page.locator("main form button", has_text="Gửi duyệt").click()
    page.wait_for_url("**/soan")
    return unit.replace("/soan/bai/", "/duyet/bai/")


def _leaders(demo: Demo) -> dict[str, str]:
    """Where a past day, a delegation and a campaign stand."""
    found = {}
    for login, address, name, link in (
        ("lanhdaochibo", "/uy-quyen", "uy-quyen-cho", "main a[href*='/uy-quyen/']"),
        ("quantri", "/quan-tri/dot-hoc", "mot-dot-hoc", "main a[href*='/dot-hoc/']"),
    ):
        with closing(demo.open(login)) as context:
            page = context.new_page()
            page.goto(address)
            found[name] = str(page.locator(link).first.get_attribute("href"))
    with closing(demo.open("lanhdao")) as context:
        page = context.new_page()
        page.goto("/theo-doi")
        day = date.fromisoformat(page.locator("#ngay").input_value()) - timedelta(days=7)
        found["ngay-qua"] = f"{page.url.split('?')[0].replace(demo.base, '')}?ngay={day.isoformat()}"
    return found


def _report(page: Page) -> dict[str, str]:
    """Make a report; where it and its frozen figures stand, and the page of downloads."""
    page.goto("/theo-doi")
    found = {"tai-so-lieu": urlsplit(page.url).path + "/tai"}
    page.goto("/bao-cao/moi")
    page.fill("[name=dia-danh]", "Tràm Xanh")
    page.get_by_role("button", name="Lập dự thảo").click()
    page.wait_for_url(re.compile(r"/bao-cao/(?!moi)\w+$"))
    found["mot-bao-cao"] = urlsplit(page.url).path
    found["so-lieu"] = str(page.locator("a[href*='/so-lieu/']").first.get_attribute("href"))
    return found


def _finals(demo: Demo, database: Path) -> dict[str, str]:
    """One final under way, with a question to be looked at again, and one that is over."""
    found = {}
    for name in ("finalist", "finalist2"):
        found[name] = demo.ready_for_the_final(database)
        with closing(demo.open(found[name])) as context:
            page = context.new_page()
            page.goto("/hoc/cv-1248/bai-11/truoc-khi-lam")
            page.get_by_role("button", name="Bắt đầu").click()
            page.wait_for_url("**/lam/*/*")
            attempt = urlsplit(page.url).path.rsplit("/", 1)[0]
            press(page, page.get_by_role("button", name="Xem lại sau"))
            if name == "finalist":
                found |= {"tong-hop-cau": f"{attempt}/2", "tong-hop-xem-lai": f"{attempt}/xem-lai"}
            else:
                found["tong-hop-ket-qua"] = hand_in(page, attempt)
    return found


LISTED = """Họ và tên;Số điện thoại;Đơn vị;Chức vụ
NGUYỄN VĂN TÍ;912345678;{body};Bí thư
Nguyễn văn  Tám;0912000001;CB {short};
Lê Thị Hoà;0912000002;{body};
Lê Thị Hòa;0912000002;{body};
Trần Văn Sáu;12345;{body};
Phạm Thị Không Số;;{body};Đảng viên
Phạm Thị Không Số;;Không có đâu;
Phạm Thị Hai Nơi;0912000009;{body};
"""


DOT = (
    r"iVBORw0KGgoAAAANSUhEUgAAABgAAAAQCAIAAACDRijCAAAAGklEQVR42mO4YGBAFcQwatCoQaMGjRpEGQIAcY/IEPXVND8AAAAASUVORK5CYII\="
)
# A good question, a broken one, a twin, one with a picture that nobody has described, and a situation of two.
GIFT = (
    "Hỏi một?{=a#đúng ~b}\n\nHỏng { =a\n\nHỏi một?{=a#đúng ~c}\n\n"
    f'[html]Hình gì? <img src\\="data\\:image/png;base64,{DOT}">{{=đỏ ~xanh}}\n\n'
    "// [tag:tình huống: 1 đoạn, th-1]\nNgười dân để lại quà.\\n\\nLàm gì trước?{=trả lại ~cất đi}\n\n"
    "// [tag:tình huống: 1 đoạn, th-1]\nNgười dân để lại quà.\\n\\nBáo cho ai?{=người đứng đầu ~không ai}\n"
)


def _question_imports(page: Page) -> dict[str, str]:
    """A file of questions that has been read, and one that could not be."""
    found = {}
    for name, text, heading in (
        ("soan-nhap-xem", GIFT.encode(), "Xem câu hỏi trước khi nhập"),
        ("soan-nhap-hong", "C©u hái cña c¸n bé lµ g×{T}".encode("latin-1"), "Chưa đọc được tệp"),
    ):
        page.goto("/soan/nhap")
        page.set_input_files("#tep", {"name": "cau-hoi.gift", "mimeType": "text/plain", "buffer": text})
        page.select_option("#bai", index=2)
        page.get_by_role("button", name="Đọc tệp").click()
        page.get_by_role("heading", name=heading).wait_for()
        found[name] = urlsplit(page.url).path
    return found


def _imports(page: Page) -> dict[str, str]:
    """An import at each of its steps, one that failed, and two accounts that look like one person's."""
    page.goto("/quan-tri/don-vi/mau-04-4")
    body = page.get_by_role("heading", level=1).inner_text()
    text = LISTED.format(body=body, short=body.removeprefix("Chi bộ "))
    found = {"nhap-hong": _handed_in(page, "\n\n\n;\n"), "nhap-cot": _handed_in(page, text)}
    for name in ("nhap-kiem-tra", "nhap-bien-nhan"):
        found[name] = _handed_in(page, text)
        page.get_by_role("button", name="Kiểm tra dữ liệu").click()
        page.get_by_role("heading", name="Kiểm tra dữ liệu:").wait_for()
    page.get_by_label("Lý do").fill("Danh sách kèm Công văn 45")
    page.get_by_role("button", name="dòng đúng").click()
    page.get_by_role("heading", name="Đã nhập").wait_for()
    page.goto("/quan-tri/nguoi-dung?tim=Phạm+Thị+Không+Số")
    press(page, page.get_by_role("link", name="Phạm Thị Không Số").first)
    person = page.url.split("?")[0]
    found |= {"gop": person + "/gop?voi=0912345678", "xoa-nguoi": person + "/xoa"}
    found["ghi-thu"] = str(page.get_by_role("link", name="sửa địa chỉ thư").get_attribute("href"))
    return found


def _handed_in(page: Page, text: str) -> str:
    """The address of an import whose file has been read."""
    page.goto("/quan-tri/nguoi-dung/nhap")
    page.set_input_files("#tep", {"name": "danh-sach.csv", "mimeType": "text/csv", "buffer": text.encode()})
    page.get_by_role("button", name="Đọc tệp").click()
    page.get_by_role("heading", name=re.compile("Ghép cột|Chưa đọc")).wait_for()
    return page.url


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
    login = found[place.login] if place.login in WALKERS else place.login
    return login, place.address.format_map(found)
