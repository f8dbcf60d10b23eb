"""The whole way of a learner: without scripts, by keyboard alone, and over a closed browser."""

import re

import pytest
from demo_site import COURSE, DESK, PASSWORD, answer, begin, fill_in, sign_in
from places import QUESTIONS
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement"
RINGED = """() => {
  const at = document.activeElement;
  const shown = at.matches(".opt input") ? at.nextElementSibling : at;
  const style = getComputedStyle(shown);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
}"""


def go_on(page):
    """To the next page, and until it is there: a click gives back before the browser has left."""
    left = page.url
    page.locator("[data-next]").click()
    page.wait_for_url(lambda address: address != left)


def test_the_whole_way_without_scripts(demo, visit):
    page = visit(java_script_enabled=False).new_page()
    sign_in(page, demo.somebody())
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chào đồng chí")
    page.goto(f"{COURSE}/bai-8/1")
    page.get_by_role("button", name="Tiếp").click()
    page.wait_for_url("**/bai-8/2")
    begin(page)
    for n in range(1, QUESTIONS + 1):
        expect(page.locator(".qtop__mid")).to_contain_text(f"Câu {n} trên {QUESTIONS}")
        answer(page)
        go_on(page)
    while "xem-lai" not in page.url:  # what was wrong comes once more, unmarked
        answer(page)
        go_on(page)
    expect(page.locator("main")).to_contain_text("Đã trả lời 10/10 câu")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url("**/ket-qua")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"^(Đạt|Được) \d"))
    page.get_by_role("link", name="Kết quả", exact=True).click()
    expect(page.get_by_role("link", name="Bài 8, lượt 1")).to_be_visible()


def test_the_first_visit_without_scripts(demo, database, visit):
    login = demo.newcomer(database)
    page = visit(java_script_enabled=False).new_page()
    sign_in(page, login)
    expect(page.get_by_text("Bước 1 trên 3")).to_be_visible()
    page.get_by_role("link", name="Đúng, tiếp tục").click()
    page.get_by_role("link", name="Giữ mật khẩu này").click()
    expect(page.get_by_role("heading", name="Chúng tôi ghi lại gì")).to_be_visible()
    page.get_by_role("button", name="Bắt đầu học").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chào đồng chí")
    expect(page.get_by_role("link", name="Bắt đầu")).to_be_visible()


def test_a_password_can_be_seen_while_it_is_typed(demo, visit):
    page = visit().new_page()
    page.goto("/dang-nhap")
    password = page.get_by_label("Mật khẩu")
    password.fill(PASSWORD)
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="Hiện mật khẩu").click()
    expect(password).to_have_attribute("type", "text")
    expect(password).to_have_value(PASSWORD)
    page.get_by_role("button", name="Ẩn mật khẩu").click()
    expect(password).to_have_attribute("type", "password")
    page.get_by_role("button", name="Hiện mật khẩu").click()
    page.get_by_label("Tên đăng nhập").fill(demo.somebody())
    page.get_by_role("button", name="Đăng nhập", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Chào đồng chí")


def press_to(page, selector):
    """Tab on until the focus stands there; each stop on the way has a visible ring."""
    for _ in range(60):
        if page.evaluate(f"{FOCUSED}.matches({selector!r})"):
            return
        page.keyboard.press("Tab")
        assert page.evaluate(RINGED), page.evaluate(f"{FOCUSED}.outerHTML")
    raise AssertionError(f"{selector} is not reached by Tab")


def answer_by_keys(page):
    """Any answer, with letters where there are letters, else with Tab, arrows and typing."""
    if page.locator("form#cau input[name=chon]").count():
        page.keyboard.press("b")
        assert page.evaluate(RINGED)
        page.keyboard.press("Enter")
        return
    if page.locator("form#cau input[name=tra-loi]").count():
        press_to(page, "input[name=tra-loi]")
        page.keyboard.type("12")
        page.keyboard.press("Enter")
        return
    for n, select in enumerate(page.locator("form#cau select").all(), 1):
        press_to(page, f"#{select.get_attribute('id')}")
        for _ in range(min(n, select.locator("option").count() - 1)):
            page.keyboard.press("ArrowDown")
    press_to(page, ".dock button")
    page.keyboard.press("Space")


def test_the_questions_by_keyboard_alone(demo, visit):
    page = visit(demo.somebody(), DESK).new_page()
    page.goto(f"{COURSE}/bai-8")
    press_to(page, "#cuoi-bai button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/lam/*/1")
    for n in range(1, QUESTIONS + 1):
        expect(page).to_have_title(re.compile(f"Câu {n} trên"))
        answer_by_keys(page)
        page.locator(".fb").wait_for()
        page.wait_for_load_state()  # the script that listens to keys comes last
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address, n=n: not address.endswith(f"/{n}"))
    while "xem-lai" not in page.url:
        here = page.url
        answer_by_keys(page)
        page.locator(".fb").wait_for()
        page.wait_for_load_state()  # the script that listens to keys comes last
        page.keyboard.press("Enter")
        page.wait_for_url(lambda address, here=here: address != here)
    press_to(page, "form.go button")
    page.keyboard.press("Enter")
    page.wait_for_url("**/ket-qua")


def test_space_and_arrows_choose_and_the_skip_link_comes_first(demo, visit):
    page = visit(demo.somebody(), DESK).new_page()
    attempt = begin(page)
    for n in range(1, QUESTIONS + 1):
        page.goto(f"{attempt}/{n}")
        if page.locator("input[type=radio]").count() >= 2:
            break
    page.keyboard.press("Tab")
    assert page.evaluate(f"{FOCUSED}.className") == "skip"
    press_to(page, "input[type=radio]")
    page.keyboard.press("Space")
    expect(page.locator("input[type=radio]").first).to_be_checked()
    page.keyboard.press("ArrowDown")
    expect(page.locator("input[type=radio]").nth(1)).to_be_checked()
    assert page.evaluate(RINGED)


def test_the_focus_goes_to_what_is_wrong(demo, visit):
    page = visit(demo.somebody()).new_page()
    begin(page)
    page.get_by_role("button", name="Trả lời").click()
    expect(page.locator("#loi")).to_be_focused()
    expect(page).to_have_title(re.compile("^Lỗi: "))
    page.locator("#loi a").click()
    assert page.evaluate("document.querySelector(location.hash) !== null")


def test_a_closed_browser_goes_on_where_it_was(demo, visit):
    login = demo.somebody()
    first = visit()
    page = first.new_page()
    sign_in(page, login)
    begin(page)
    for _ in range(3):
        answer(page)
        go_on(page)
    fill_in(page)  # chosen but not sent: nothing of it was promised
    first.close()
    page = visit().new_page()
    sign_in(page, login)
    page.get_by_role("link", name="Học tiếp").click()
    expect(page.locator(".qtop__mid")).to_contain_text("Câu 4 trên 10")
