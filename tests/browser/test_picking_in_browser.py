"""Chọn đơn vị in a real browser: with script by typing, without it by the key Enter; nothing typed or ticked is lost."""

import pytest
from demo_site import DESK, PHONE
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
OPEN = "/quan-tri/mo-dot-hoc"
OFFICE = "Chi bộ Văn phòng Tỉnh ủy"


def choices(page: Page) -> list[str]:
    return [text.split(" · ")[0] for text in page.locator(".pick__ul label").all_inner_texts()]


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["390", "1366"])
def test_typing_finds_and_what_is_ticked_stays(visit, size):
    page = visit("quantri", size).new_page()
    page.goto(OPEN)
    page.fill("[name=ten]", "Đợt thử")
    page.get_by_label("Tìm đơn vị").press_sequentially("van phong tinh uy")
    page.locator(".pick__ul label", has_text=OFFICE).click()
    page.get_by_label("Tìm đơn vị").fill("")
    expect(page.locator(".pick__got label", has_text=OFFICE)).to_be_visible()
    expect(page.locator(".pick__got input")).to_be_checked()
    page.locator(".pick__ul button").nth(1).click()
    expect(page.locator(".pick [role=status]")).to_contain_text("Trực thuộc")
    expect(page.locator(".pick__got input")).to_be_checked()
    expect(page.get_by_role("button", name="Lên một cấp")).to_be_focused()
    assert page.input_value("[name=ten]") == "Đợt thử"
    assert page.url.endswith(OPEN)


@pytest.mark.parametrize("key", [True, False], ids=["enter", "button"])
def test_without_script_a_search_keeps_what_was_typed(visit, key):
    page = visit("quantri", java_script_enabled=False).new_page()
    page.goto(OPEN)
    page.fill("[name=ten]", "Đợt thử")
    page.get_by_label("Tìm đơn vị").fill("vp tinh uy")
    with page.expect_navigation():
        page.keyboard.press("Enter") if key else page.get_by_role("button", name="Tìm", exact=True).click()
    assert OFFICE in choices(page)
    assert page.input_value("[name=ten]") == "Đợt thử"
    assert not page.title().startswith("Lỗi")
