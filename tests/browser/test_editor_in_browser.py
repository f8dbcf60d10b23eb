"""Writing a lesson in a real browser: typed, kept, lost and found again, two writers, a unit from nothing."""

import re

import pytest
from demo_site import DESK, PHONE, Held, leave
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SAVED = re.compile(r"Đã lưu \d\d:\d\d")


def begin(page, number):
    """Open the draft of the unit of that number; its address.

    Not 7, 9 and 10: `make_places` sends them, and what a test leaves behind may have been saved by then or not.
    """
    page.goto("/soan")
    row = page.locator("tr", has=page.locator("th", has_text=re.compile(rf"^{number}\. ")))
    row.locator(".act a, .act button").click()
    page.wait_for_url(re.compile(r"/soan/bai/\d+$"))
    return page.url


def text_of(page):
    return page.locator("#noi-dung").input_value()


def write(page, words):
    """Type at the end of the text, key by key."""
    page.locator("#noi-dung").focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)
    expect(page.locator("#da-luu")).not_to_have_text(SAVED)


def saved(page):
    """Wait until what stands in the box has arrived."""
    expect(page.locator("#da-luu")).to_have_text(SAVED)


def sent_to(page):
    """Where a save goes."""
    return page.evaluate("document.getElementById('bai').action")


def kept_here(page):
    return page.evaluate(
        "Object.entries(localStorage).filter(([key]) => /^soan:\\d+:\\d+$/.test(key)).map(([, v]) => v)"
    )


@pytest.fixture
def trainer(visit):
    """``trainer()``: a browser of the trainer's own."""
    return lambda size=DESK, **more: visit("baocaovien", size, **more)


def test_what_is_typed_is_kept_and_shown_as_a_learner_sees_it(trainer):
    context = trainer()
    page = context.new_page()
    begin(page, 1)
    write(page, "- Việc **mới** thêm.")
    expect(page.locator("#xem-thu strong", has_text="mới")).to_be_visible()  # the section at the caret
    saved(page)
    assert kept_here(page) == []
    page.reload()
    assert text_of(page).endswith("- Việc **mới** thêm.")


def test_the_toolbar_writes_at_the_caret_and_undo_takes_it_back(trainer):
    page = trainer().new_page()
    begin(page, 8)
    before = text_of(page)
    write(page, "x")
    for button, told in (
        ("Chữ đậm", "x**chữ đậm**"),
        ("Chữ nghiêng", "x*chữ nghiêng*"),
        ("Danh sách", "- x"),
        ("Tự hỏi", "x\n\n::: tu-hoi\n- Ở khâu tôi làm, …\n:::\n\n"),
    ):
        page.get_by_role("button", name=button).click()
        assert text_of(page).endswith(told), button
        page.get_by_role("button", name="Hoàn tác").click()
        assert text_of(page) == before + "x", button
    page.keyboard.press("Control+b")
    assert text_of(page).endswith("x**chữ đậm**")
    page.keyboard.type("khác")  # the words in between are chosen
    assert text_of(page).endswith("x**khác**")


def test_the_outline_changes_the_text_and_undo_takes_it_back(trainer):
    page = trainer().new_page()
    begin(page, 2)
    before = text_of(page)
    headings = re.findall(r"(?m)^## .*$", before)
    first = page.locator("#muc-luc [data-part='1']")
    first.locator("summary").click()
    first.get_by_role("button", name="Xuống").click()
    assert re.findall(r"(?m)^## .*$", text_of(page))[:2] == headings[1::-1]
    title = headings[1].removeprefix("## ").partition(" {")[0]
    expect(first.get_by_role("link").first).to_contain_text(title, timeout=5_000)
    page.get_by_role("button", name="Hoàn tác").click()
    assert text_of(page) == before
    title = headings[0].removeprefix("## ").partition(" {")[0]
    expect(first.get_by_role("link").first).to_contain_text(title, timeout=5_000)
    first.locator("summary").click()
    first.get_by_label("Tên mục").fill("Tên {mới}")
    first.get_by_role("button", name="Đổi tên").click()
    assert text_of(page).startswith("## Tên mới\n")
    page.get_by_text("Thêm mục", exact=True).click()
    page.get_by_label("Tên mục mới").fill("Mục ở giữa")
    page.get_by_role("button", name="Thêm", exact=True).click()
    headings = re.findall(r"(?m)^## .*$", text_of(page))
    assert headings[-4] == "## Mục ở giữa"
    saved(page)
    page.reload()
    assert "## Mục ở giữa" in text_of(page)


def test_a_letter_that_is_not_whole_yet_is_not_kept(trainer):
    page = trainer().new_page()
    begin(page, 2)
    compose = "([kind, on]) => document.getElementById('noi-dung').dispatchEvent(new %s)"
    page.evaluate("document.getElementById('noi-dung').value += 'nguye'")
    page.evaluate(compose % "InputEvent(kind, {isComposing: on})", ["input", True])
    page.wait_for_timeout(600)
    assert kept_here(page) == []
    held = Held(page, sent_to(page))  # it is kept here until it has arrived
    page.evaluate("document.getElementById('noi-dung').value += '̂̃n'")
    with held.next():
        page.evaluate(compose % "CompositionEvent(kind)", ["compositionend", None])
    assert len(kept_here(page)) == 1
    held.let_go()
    saved(page)
    assert kept_here(page) == []
    page.reload()
    assert text_of(page).endswith("nguyễn")  # composed, whatever the keyboard sent


def test_a_lost_line_and_a_closed_tab_lose_nothing(trainer):
    context = trainer(PHONE)
    page = context.new_page()
    address = begin(page, 3)
    before = text_of(page)
    context.set_offline(True)
    write(page, "Chữ viết lúc mất mạng.")
    expect(page.locator(".edbar .narrow [data-saved]")).to_contain_text("Mất mạng, bản soạn đang giữ trên máy này")
    leave(page)
    context.set_offline(False)
    page = context.new_page()
    page.goto(address)
    panel = page.locator("#hai-ban")
    expect(panel).to_contain_text("Máy này còn giữ bản chưa gửi lên được")
    expect(panel.locator("mark").first).to_contain_text("Chữ viết lúc mất mạng.")
    assert text_of(page) == before
    panel.get_by_role("button", name="Dùng bản trên máy này").click()
    expect(page.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    assert text_of(page) == before + "Chữ viết lúc mất mạng."
    assert kept_here(page) == []


def test_a_line_that_comes_back_sends_what_was_kept(trainer):
    context = trainer()
    page = context.new_page()
    begin(page, 3)
    context.set_offline(True)
    write(page, "Lại mất mạng.")
    expect(page.locator("#da-luu")).to_contain_text("Mất mạng")
    context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    saved(page)
    page.reload()
    assert text_of(page).endswith("Lại mất mạng.")


def test_what_is_typed_while_a_save_is_on_its_way_is_not_called_saved(trainer):
    page = trainer().new_page()
    page.clock.install()
    begin(page, 8)
    held = Held(page, sent_to(page))
    with held.next():
        write(page, "Một.")
        page.clock.run_for(2_000)
    page.keyboard.type(" Hai.")
    page.clock.run_for(3_000)  # its own time to be saved has passed, too
    with held.next():
        held.let_go()
    assert not [words for words in held.told() if SAVED.search(words)]
    assert len(kept_here(page)) == 1
    held.let_go()
    saved(page)
    page.reload()
    assert text_of(page).endswith("Một. Hai.")


def test_the_later_of_two_writers_sees_both_texts_and_merges_them(trainer):
    one, other = trainer().new_page(), trainer(PHONE).new_page()
    address = begin(one, 4)
    other.goto(address)
    write(one, "Chữ của người thứ nhất.")
    saved(one)
    write(other, "Chữ của người thứ hai.")
    panel = other.locator("#hai-ban")
    expect(panel).to_contain_text("vừa lưu bài này lúc")
    assert {"nhất.", "hai."} <= set(panel.locator("mark").all_inner_texts())
    assert text_of(other).endswith("Chữ của người thứ hai.")
    panel.get_by_text("Ghép tay").click()
    merged = panel.get_by_label("Bản ghép")
    assert merged.input_value().endswith("Chữ của người thứ hai.")
    merged.fill(merged.input_value() + "\nChữ của người thứ nhất.")
    panel.get_by_role("button", name="Lưu bản đã ghép").click()
    expect(other.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    assert text_of(other).endswith("Chữ của người thứ hai.\nChữ của người thứ nhất.")
    assert other.locator("#hai-ban").is_hidden()


def test_who_takes_the_others_text_can_still_see_ones_own(trainer):
    one, other = trainer().new_page(), trainer().new_page()
    address = begin(one, 4)
    other.goto(address)
    write(one, "Bản một.")
    saved(one)
    write(other, "Bản hai.")
    panel = other.locator("#hai-ban")
    panel.get_by_role("link", name="Lấy bản kia").click()
    expect(other.locator("#noi-dung")).to_have_value(re.compile("Bản một.$"))
    other.get_by_role("button", name="Xem lại").click()
    expect(panel.locator("mark", has_text="hai.").first).to_be_visible()


def test_without_script_the_lesson_is_written_and_two_texts_shown_by_plain_forms(trainer):
    one, other = (trainer(size, java_script_enabled=False).new_page() for size in (DESK, PHONE))
    address = begin(one, 5)
    other.goto(address)
    before = text_of(one)
    one.locator("#noi-dung").fill(before + "Người một.")
    one.get_by_role("button", name="Lưu", exact=True).click()
    expect(one.get_by_text(re.compile("Đã lưu lúc"))).to_be_visible()
    other.locator("#noi-dung").fill(before + "Người hai.")
    other.get_by_role("button", name="Lưu", exact=True).click()
    expect(other.get_by_role("heading", name=re.compile("vừa lưu bài này lúc"))).to_be_visible()
    other.get_by_role("button", name="Giữ bản của tôi").click()
    assert text_of(other) == before + "Người hai."
    other.get_by_role("link", name="Chất lượng").click()
    expect(other.get_by_role("heading", name="Chất lượng bài")).to_be_visible()
    other.get_by_role("link", name="Soạn", exact=True).click()
    section = other.locator("#muc-luc [data-part='1']")
    section.locator("summary").click()
    section.get_by_role("button", name="Xuống").click()
    assert re.findall(r"(?m)^## .*$", text_of(other))[1] == re.findall(r"(?m)^## .*$", before)[0]


def test_quality_leads_to_the_line(trainer):
    page = trainer().new_page()
    begin(page, 5)
    write(page, "\n::: lạ\n")
    line = text_of(page).split("\n").index("::: lạ") + 1
    link = page.locator(f"#chat-luong a[data-line='{line}']").first
    link.click()
    at = page.evaluate("document.getElementById('noi-dung').selectionStart")
    assert text_of(page)[:at].count("\n") == line - 1
    expect(page.locator("#chat-luong h3")).to_contain_text("Còn thiếu")


@pytest.mark.parametrize(("size", "unit"), [(DESK, 3), (PHONE, 6)], ids=["1366", "390"])
def test_what_stands_at_the_caret_is_said_in_words(trainer, size, unit):
    page = trainer(size).new_page()
    begin(page, unit)  # of its own: what is broken at the end may have been saved by then
    hint = page.locator("#o-day")
    usual = hint.inner_text()
    where = "([sign, on]) => { const box = document.getElementById('noi-dung'), at = box.value.indexOf(sign) + on; %s }"
    go = where % "box.focus(); box.setSelectionRange(at, at);"
    for sign, on, told in (
        ("## ", 4, "Tên mục"),
        ("::: loi-giai", 3, "Lời giải của tình huống"),
        ("::: loi-giai", 20, "Lời giải của tình huống"),
        ("::: tu-hoi", 3, "Dừng lại, tự hỏi"),
        ("\n:::\n", 2, "đến dòng :::"),
        ("::: trich", 5, "Căn cứ của mục: "),
    ):
        page.evaluate(go, [sign, on])
        expect(hint).to_contain_text(told)
    expect(hint).not_to_contain_text("chưa rõ")
    hint.get_by_role("link", name="Đổi trích dẫn").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    page.get_by_role("button", name="Đóng").click()
    page.evaluate(go, ["::: trich", 60])
    expect(hint).to_have_text(usual)
    text = text_of(page)
    page.evaluate(go, ["::: trich ", 10])
    page.keyboard.type("la-")
    expect(hint).to_contain_text("chưa rõ điều khoản nào. Chọn trích dẫn")
    assert text_of(page) != text


def cite(page, section):
    """Choose a provision in the dialog for the section at the caret."""
    page.locator("#muc-luc [data-part]").nth(section).get_by_role("link").first.click()
    page.get_by_role("button", name="Trích").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Tìm điều khoản").fill("không gây phiền hà")
    dialog.get_by_role("button", name="Tìm").click()
    dialog.locator("form[data-insert='144-qd-tw#dieu-3.liem'] button").click()
    expect(dialog).to_be_hidden()


def test_a_whole_unit_is_written_in_the_browser_alone(trainer):
    page = trainer().new_page()
    page.goto("/soan")
    page.get_by_role("link", name="Thêm bài").click()
    page.get_by_label("Tên bài").fill("Liêm là không phiền hà")
    place = page.get_by_label("Thuộc nhiệm vụ")
    place.select_option(place.locator("option", has_text="Năm là").get_attribute("value"))
    page.get_by_role("button", name="Bắt đầu soạn").click()
    page.get_by_label("Vì sao có bài này").fill("Người dân cần được phục vụ. Bài này nói cách làm.")
    page.get_by_label("Số phút đọc").fill("2")
    for n, aim in enumerate(("Kể được việc gây phiền hà", "Nhận ra việc gây phiền hà", "Tránh được việc ấy"), 1):
        page.get_by_label(f"Mục tiêu {n}", exact=True).fill(aim)
        page.get_by_label(f"Mỗi đề có mấy câu của mục tiêu {n}").fill("1")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("#chat-luong h3")).to_contain_text("Còn thiếu")
    for section in range(5):
        cite(page, section)
    text = text_of(page)
    assert text.count("::: trich 144-qd-tw#dieu-3.liem") == 5
    page.locator("#noi-dung").fill(re.sub(r"(?m)^(::: trich .*)$", r"\1\n\nGiữ lời hẹn với người dân.", text))
    saved(page)
    expect(page.locator("#xem-thu")).to_contain_text("Giữ lời hẹn với người dân.")
    lacks = page.locator("#chat-luong li.no").filter(has_text=re.compile(r"^\s*Mục \d"))
    expect(lacks).to_have_count(0)
    expect(page.locator("#chat-luong h3")).to_contain_text("Còn thiếu")  # what is left is the questions' business
    address = page.url.split("?")[0]
    for n in (0, 0, 1, 1, 2, 2):
        ask(page, address, n)
    page.goto(address)
    expect(page.locator("#chat-luong h3")).to_have_count(0)
    expect(page.locator("#chat-luong")).to_contain_text("Đủ để gửi duyệt")
    expect(page.locator("#muc-luc")).to_contain_text("Rút 3 trong 6 câu")


def ask(page, address, objective):
    """Thêm câu hỏi: a statement to be judged, for the objective of that place."""
    page.goto(f"{address}/cau/moi?loai=true_false")
    form = page.locator("form", has=page.locator("[name=de-bai]"))
    form.locator("[name=muc-tieu]").select_option(index=objective + 1)
    form.locator("[name=muc]").select_option("nho")
    form.locator("[name=can-cu]").select_option("144-qd-tw#dieu-3.liem")
    form.locator("[name=de-bai]").fill(f"Giữ lời hẹn với người dân là việc nên làm, cách {objective}.")
    form.locator("[name=dap-an][value=true]").check()
    form.locator("[name=vi-sao]").fill("Vì người dân không phải đi lại thêm.")
    form.get_by_role("button", name="Thêm vào bản nháp").click()
    page.wait_for_url(lambda url: "/cau/moi" not in url)
