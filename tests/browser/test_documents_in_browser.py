"""Soạn văn bản in a browser: saved while one types, kept with the line cut, given back; nothing is offered that arrived."""

import re

import pytest
from demo_site import DESK, PHONE, Held, leave
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.browser
SAVED = re.compile("Tự lưu lúc")
HEAD = {"loai": "Quy định", "ten": "Việc nêu gương", "co-quan": "Tỉnh ủy", "noi-ve": "Ai nêu gương.",
        "ghi-chu": "Chưa thấy văn bản thay thế.", "can-cu": "bản ký"}  # fmt: skip


def a_document(page: Page, number: str) -> str:
    """A new document's address."""
    page.goto("/soan/van-ban/moi")
    for name, text in (HEAD | {"so": number}).items():
        page.fill(f"[name={name}]", text)
    page.check("[name=hieu-luc][value=in_force]")
    page.get_by_role("button", name="Thêm văn bản").click()
    page.wait_for_url(re.compile("-qd-tu"))
    return page.url


@pytest.mark.parametrize(("size", "number"), [(PHONE, "390-QĐ/TU"), (DESK, "1366-QĐ/TU")], ids=["390", "1366"])
def test_provisions_are_added_one_after_the_other_and_saved_while_one_types(visit, size, number):
    page = visit("baocaovien", size).new_page()
    address = a_document(page, number)
    page.get_by_role("link", name="Thêm điều, khoản đầu tiên").click()
    page.fill("[name=muc]", "Điều 1")
    page.fill("[name=tom-tat]", "Người đứng đầu làm trước.")
    page.get_by_role("button", name="Lưu, thêm mục nữa ngay sau").click()
    expect(page.get_by_text("Ngay sau Điều 1.")).to_be_visible()
    page.fill("[name=muc]", "Điều 2")
    page.fill("[name=tom-tat]", "Từ ngày ký.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_role("heading", name="Điều 2")).to_be_visible()
    page.goto(f"{address}/them")
    expect(page.locator("#con-giu")).to_be_hidden()  # it has arrived
    page.goto(f"{address}/muc/dieu-1")
    page.fill("[name=tom-tat]", "Người đứng đầu làm trước, làm gương.")
    expect(page.locator("#da-luu")).to_have_text(SAVED)
    page.reload()
    expect(page.locator("[name=tom-tat]")).to_have_value("Người đứng đầu làm trước, làm gương.")
    page.fill("[name=tom-tat]", "Gõ rồi bấm Xong ngay.")
    page.get_by_role("link", name="Xong").click()
    expect(page.get_by_text("Gõ rồi bấm Xong ngay.")).to_be_visible()


def test_what_was_typed_with_the_line_cut_is_kept_and_offered_again(visit):
    context = visit("baocaovien", DESK)
    page = context.new_page()
    address = a_document(page, "88-QĐ/TU")
    page.goto(f"{address}/them")
    context.set_offline(True)
    page.fill("[name=muc]", "Điều 1")
    page.fill("[name=tom-tat]", "Gõ lúc mất mạng.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.locator("#da-luu")).to_contain_text("Mất mạng")
    leave(page)
    context.set_offline(False)
    page = context.new_page()
    page.goto(f"{address}/them")
    page.get_by_role("button", name="Lấy lại").click()
    expect(page.locator("[name=tom-tat]")).to_have_value("Gõ lúc mất mạng.")
    page.get_by_role("button", name="Lưu", exact=True).click()
    expect(page.get_by_text("Gõ lúc mất mạng.")).to_be_visible()


def test_what_is_typed_while_a_save_is_on_its_way_goes_after_it_before_the_page_is_left(visit):
    page = visit("baocaovien", DESK).new_page()
    page.clock.install()
    part = f"{a_document(page, '90-QĐ/TU')}/thong-tin"
    page.goto(part)
    held = Held(page, part)
    with held.next():
        page.fill("[name=ten]", "Tên thứ nhất")
        page.clock.run_for(2_000)
    page.fill("[name=ten]", "Tên thứ hai")
    page.clock.run_for(3_000)  # its own time to be saved has passed, too
    with held.next():
        held.let_go()
    assert not [words for words in held.told() if SAVED.search(words)]
    page.fill("[name=ten]", "Tên thứ ba")
    page.get_by_role("link", name="Xong").click()
    with held.next():
        held.let_go()
    held.let_go()
    expect(page.get_by_text("Tên thứ ba").first).to_be_visible()


def test_a_line_that_only_said_to_be_back_is_tried_again(visit):
    page = visit("baocaovien", DESK).new_page()
    page.clock.install()
    part = f"{a_document(page, '91-QĐ/TU')}/thong-tin"
    page.goto(part)
    page.route(part, lambda route: route.abort(), times=1)
    page.fill("[name=ten]", "Gõ lúc mạng chập chờn")
    page.clock.run_for(2_000)
    expect(page.locator("#da-luu")).to_contain_text("Mất mạng")
    page.clock.run_for(20_000)
    expect(page.locator("#da-luu")).to_have_text(SAVED)


def test_of_two_writers_the_later_is_told_and_sees_both(visit):
    mine, other = visit("baocaovien", DESK).new_page(), visit("baocaovien", DESK).new_page()
    part = f"{a_document(mine, '89-QĐ/TU')}/thong-tin"
    mine.goto(part)
    other.goto(part)
    other.fill("[name=ten]", "Tên của thẻ khác")
    expect(other.locator("#da-luu")).to_have_text(SAVED)
    mine.fill("[name=ten]", "Tên của tôi")
    expect(mine.locator("#da-luu")).to_contain_text("người khác vừa lưu")
    mine.get_by_role("button", name="Lưu", exact=True).click()
    expect(mine.get_by_text("Bản đang lưu ghi: “Tên của thẻ khác”")).to_be_visible()
    expect(mine.locator("[name=ten]")).to_have_value("Tên của tôi")
    mine.get_by_role("button", name="Lưu", exact=True).click()
    expect(mine.get_by_text("Tên của tôi")).to_be_visible()
