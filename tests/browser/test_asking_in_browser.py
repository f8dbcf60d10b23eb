"""Soạn câu hỏi in a browser: with script and without, with the line cut, with two writers; on a phone and on a desk."""

import re

import pytest
from demo_site import DESK, PHONE, Held, leave
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
SAVED = re.compile("Tự lưu lúc")


def a_question(page: Page, nth: int) -> str:
    """The address of a question with one right answer that no other test takes."""
    page.goto("/soan/cau-hoi?loai=single")
    return str(page.locator("tbody th a:not([href*='#'])").nth(nth).get_attribute("href"))


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1366"])
def test_typing_is_saved_remarked_and_previewed_and_rows_grow_in_place(visit, size):
    page = visit("baocaovien", size).new_page()
    page.goto(a_question(page, 3 if size is PHONE else 4))
    page.locator("#o-de-bai").fill("Việc nào không đúng trong các việc sau?")
    expect(page.locator('[data-dieu="de-bai"]')).to_contain_text("hỏi ngược")
    expect(page.locator(".askphone__q")).to_have_text("Việc nào không đúng trong các việc sau?")
    expect(page.locator("#da-luu")).to_have_text(SAVED)
    rows = page.locator(".askrow").count()
    page.get_by_role("button", name="Thêm phương án").click()
    expect(page.locator(".askrow")).to_have_count(rows + 1)
    expect(page.locator(f"#o-pa-{rows}-chu")).to_be_focused()
    page.keyboard.type("Một phương án mới")
    expect(page.locator("#da-luu")).to_have_text(SAVED)
    page.reload()
    expect(page.locator(f"#o-pa-{rows}-chu")).to_have_value("Một phương án mới")
    expect(page.get_by_text("Còn thiếu").first).to_be_visible()


def test_what_was_typed_with_the_line_cut_is_kept_on_the_device(visit):
    context = visit("baocaovien", DESK)
    page = context.new_page()
    page.goto(a_question(page, 5))
    address = page.url
    context.set_offline(True)
    page.locator("#o-giai-thich").fill("Gõ lúc mất mạng")
    expect(page.locator("#da-luu")).to_contain_text("Mất mạng")
    leave(page)
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Lấy lại bản ấy").click()
    expect(page.locator("#da-luu")).to_have_text(SAVED)
    page.reload()
    expect(page.locator("#o-giai-thich")).to_have_value("Gõ lúc mất mạng")


def test_nothing_is_typed_into_a_form_that_another_is_about_to_replace(visit):
    page = visit("baocaovien", DESK).new_page()
    page.goto(a_question(page, 9))
    rows, form = page.locator(".askrow").count(), page.locator("#cau-hoi")
    why = page.locator("#o-giai-thich")
    before = why.input_value()
    held = Held(page, page.url)
    why.focus()
    with held.next():
        page.get_by_role("button", name="Thêm phương án").click()
    expect(form).to_have_attribute("inert", "")
    expect(page.locator("#da-luu")).to_have_text("Đang sửa các dòng…")
    page.keyboard.type("Gõ vào đâu?")  # nowhere, and one sees that
    assert why.input_value() == before
    held.let_go()
    expect(page.locator(".askrow")).to_have_count(rows + 1)
    expect(form).not_to_have_attribute("inert", "")
    why.fill("Gõ được rồi.")
    held.let_go()
    expect(page.locator("#da-luu")).to_have_text(SAVED)
    page.reload()
    expect(why).to_have_value("Gõ được rồi.")


def test_what_is_typed_while_a_save_is_on_its_way_is_not_called_saved(visit):
    page = visit("baocaovien", DESK).new_page()
    page.clock.install()
    page.goto(a_question(page, 8))
    held, why = Held(page, page.url), page.locator("#o-giai-thich")
    with held.next():
        why.fill("Một.")
        page.clock.run_for(2_000)
    why.fill("Một. Hai.")
    page.clock.run_for(3_000)  # its own time to be saved has passed, too
    with held.next():
        held.let_go()
    assert not [words for words in held.told() if SAVED.search(words)]
    held.let_go()
    expect(page.locator("#da-luu")).to_have_text(SAVED)
    page.reload()
    expect(why).to_have_value("Một. Hai.")
    expect(page.locator("#con-giu")).to_be_hidden()


def test_a_line_that_only_said_to_be_back_is_tried_again(visit):
    page = visit("baocaovien", DESK).new_page()
    page.clock.install()
    page.goto(a_question(page, 9))
    page.route(page.url, lambda route: route.abort(), times=1)
    page.locator("#o-giai-thich").fill("Gõ lúc mạng chập chờn")
    page.clock.run_for(2_000)
    expect(page.locator("#da-luu")).to_contain_text("Mất mạng")
    page.clock.run_for(20_000)
    expect(page.locator("#da-luu")).to_have_text(SAVED)


def test_of_two_writers_the_later_is_shown_both_and_chooses(visit):
    mine, other = visit("baocaovien", DESK).new_page(), visit("nguoiduyet", DESK).new_page()
    address = a_question(mine, 6)
    mine.goto(address)
    other.goto(address)
    other.locator("#o-de-bai").fill("Người khác viết")
    expect(other.locator("#da-luu")).to_have_text(SAVED)
    mine.locator("#o-de-bai").fill("Tôi viết")
    expect(mine.locator("#da-luu")).to_contain_text("người khác vừa lưu")
    mine.get_by_role("button", name="Lưu", exact=True).last.click()
    expect(mine.get_by_role("heading", name="Hai người cùng sửa")).to_be_visible()
    expect(mine.get_by_text("Người khác viết")).to_be_visible()
    mine.get_by_role("button", name="Giữ bản của tôi").click()
    expect(mine.locator("#o-de-bai")).to_have_value("Tôi viết")


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1366"])
def test_without_script_a_question_is_made_step_by_step(visit, size):
    page = visit("baocaovien", size, java_script_enabled=False).new_page()
    page.goto("/soan/cau-hoi")
    page.goto(a_question(page, 7).rsplit("/", 1)[0])
    page.get_by_label("Thêm câu loại").select_option("multiple")
    page.get_by_role("button", name="Thêm câu hỏi").click()
    page.locator("#o-de-bai").fill("Những việc nào nên làm?")
    page.get_by_label("Phương án A", exact=True).fill("Đọc hồ sơ")
    page.get_by_role("checkbox", name="A đúng").check()
    page.get_by_role("button", name="Thêm phương án").click()
    expect(page.get_by_label("Phương án A", exact=True)).to_have_value("Đọc hồ sơ")
    expect(page.locator(".askrow")).to_have_count(5)
    page.get_by_role("button", name="Đưa xuống: phương án A").click()
    expect(page.get_by_label("Phương án B", exact=True)).to_have_value("Đọc hồ sơ")
    expect(page.get_by_role("checkbox", name="B đúng")).to_be_checked()
    page.get_by_role("link", name="Thử trả lời").click()
    expect(page.get_by_role("heading", name="Những việc nào nên làm?")).to_be_visible()
