"""Kiểm tra tổng hợp in the browser: the clock, flags, what a weak line holds up, the bell; with and without scripts."""

import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from demo_site import COURSE, PHONE, fill_in
from playwright.sync_api import expect

pytestmark = pytest.mark.browser

SHOWN = re.compile(r"^\d+:\d\d")
FORMAT = "%Y-%m-%d %H:%M:%S.%f"


def start(page):
    """Bắt đầu; the address of the attempt."""
    page.goto(f"{COURSE}/bai-11")
    page.get_by_role("button", name="Bắt đầu").click()
    page.wait_for_url("**/lam/*/1")
    return page.url.rsplit("/", 1)[0]


def ring_in(database, attempt, seconds):
    """Let the bell ring so many seconds from now."""
    until = (datetime.now(UTC) + timedelta(seconds=seconds)).strftime(FORMAT)
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        connection.execute("UPDATE attempt SET deadline = ? WHERE id = ?", [until, attempt.rsplit("/", 1)[1]])


def choose(page):
    """Answer so that the script saves it."""
    with page.expect_response(lambda response: response.request.method == "POST" and response.status == 204):
        fill_in(page)


def test_the_final_without_scripts(demo, database, visit):
    page = visit(demo.ready_for_the_final(database), java_script_enabled=False).new_page()
    attempt = start(page)
    expect(page.locator(".timer")).to_contain_text("Đến ")
    for n in range(1, 31):
        expect(page.locator(".qtop__mid")).to_contain_text(f"Câu {n} trên 30")
        if n == 2:
            page.get_by_role("button", name="Xem lại sau").click()
            expect(page.get_by_role("button", name="Bỏ dấu xem lại")).to_be_visible()
        if n != 3:
            fill_in(page)
        page.get_by_role("button", name="Câu tiếp theo" if n < 30 else "Lưu và xem lại").click()
    expect(page.locator("main")).to_contain_text("Còn 1 câu chưa trả lời: 3.")
    page.get_by_role("button", name="Nộp bài").click()
    page.wait_for_url(f"{attempt}/ket-qua")
    expect(page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"^(Đạt|Được) \d"))
    page.get_by_role("link", name="Viết một câu").click()
    page.get_by_label("Việc tôi sẽ làm").fill("Trước 15/12, tôi niêm yết lại danh mục giấy tờ ở bộ phận mình.")
    page.get_by_role("button", name="Lưu").click()
    expect(page.locator("main")).to_contain_text("niêm yết lại danh mục giấy tờ")


def test_the_clock_counts_speaks_and_can_be_hidden(demo, database, visit):
    page = visit(demo.ready_for_the_final(database), PHONE).new_page()
    attempt = start(page)
    clock, said = page.locator("#dong-ho span"), page.locator("#bao-gio")
    expect(clock).to_have_text(SHOWN)
    page.clock.install()
    for minutes, words in ((10, "Còn 10 phút"), (5, "Còn 5 phút"), (1, "Còn 1 phút. Bài sẽ tự nộp khi hết giờ")):
        ring_in(database, attempt, minutes * 60 + 50)
        page.reload()
        expect(said).to_be_empty()
        page.clock.run_for(51_000)
        expect(said).to_contain_text(words)
    page.get_by_role("button", name="Ẩn giờ").click()
    expect(clock).to_be_hidden()
    page.reload()
    expect(clock).to_be_hidden()
    page.get_by_role("button", name="Hiện giờ").click()
    expect(clock).to_have_text(SHOWN)


def test_a_minute_that_passes_between_two_pages_is_spoken_of_on_the_second_and_only_there(demo, database, visit):
    page = visit(demo.ready_for_the_final(database), PHONE).new_page()
    attempt = start(page)
    for left, words in ((650, ""), (598, "Còn 10 phút"), (590, ""), (200, "")):
        ring_in(database, attempt, left)
        page.goto(f"{attempt}/xem-lai" if left == 598 else f"{attempt}/2")
        expect(page.locator("#dong-ho span")).to_have_text(SHOWN)
        expect(page.locator("#bao-gio")).to_have_text(re.compile(f"^{words}"))
        assert bool(page.locator("#bao-gio").inner_text()) == bool(words)


def test_more_time_given_to_an_open_page_is_seen_at_its_old_bell(demo, database, visit):
    page = visit(demo.ready_for_the_final(database)).new_page()
    attempt = start(page)
    page.clock.install()
    ring_in(database, attempt, 60)
    page.goto(f"{attempt}/3")
    ring_in(database, attempt, 300)
    page.clock.run_for(61_000)
    page.wait_for_url(f"{attempt}/1")
    expect(page.locator("#dong-ho span")).to_have_text(re.compile("^4:"))


def test_at_the_bell_the_paper_goes_in_by_itself_with_what_was_chosen(demo, database, visit):
    page = visit(demo.ready_for_the_final(database)).new_page()
    attempt = start(page)
    choose(page)
    page.clock.install()
    ring_in(database, attempt, 60)
    page.reload()
    ring_in(database, attempt, 0)  # for the server; the page, which counts by itself, has a minute left
    page.clock.run_for(61_000)
    page.wait_for_url(f"{attempt}/ket-qua")
    expect(page.get_by_role("heading", level=1)).to_contain_text("cần 24")


def test_the_saved_mark_tells_the_servers_time_wherever_the_device_thinks_it_is(demo, database, visit):
    context = visit(demo.ready_for_the_final(database), timezone_id="America/Lima")
    page = context.new_page()
    page.clock.install(time=datetime.now(UTC) - timedelta(hours=5))
    start(page)
    choose(page)
    expect(page.locator("#da-luu")).to_contain_text("Đã lưu câu trả lời lúc")
    told = re.findall(r"\d\d:\d\d", page.locator("#da-luu").inner_text())
    here = datetime.now(UTC) + timedelta(hours=7)
    assert told[0] in [(here - timedelta(minutes=n)).strftime("%H:%M") for n in (0, 1)]


def test_a_choice_made_without_a_line_waits_on_the_device_and_is_sent(demo, database, visit):
    context = visit(demo.ready_for_the_final(database))
    page = context.new_page()
    attempt = start(page)
    context.set_offline(True)
    fill_in(page)
    expect(page.locator("#da-luu")).to_contain_text("câu trả lời được giữ trên máy này")
    context.set_offline(False)
    expect(page.locator("#da-luu")).to_contain_text("Đã có mạng. Đã gửi 1 câu")
    page.goto(f"{attempt}/1")
    expect(page.locator("#da-luu")).to_contain_text("Đã lưu câu trả lời lúc")


def test_a_choice_made_in_time_and_sent_after_the_bell_counts(demo, database, visit):
    context = visit(demo.ready_for_the_final(database))
    page = context.new_page()
    attempt = start(page)
    context.set_offline(True)
    fill_in(page)
    expect(page.locator("#da-luu")).to_contain_text("câu trả lời được giữ trên máy này")
    choosing = datetime.now(UTC)
    while datetime.now(UTC) < choosing + timedelta(seconds=1.5):
        page.wait_for_timeout(100)
    with closing(sqlite3.connect(database, timeout=10)) as connection, connection:
        # At once: what is only over would be closed by the work process, with a mark, at any moment.
        told = "UPDATE attempt SET deadline = ?, state = 'expired', ended_at = ? WHERE id = ?"
        bell = (choosing + timedelta(seconds=1)).strftime(FORMAT)
        connection.execute(told, [bell, bell, attempt.rsplit("/", 1)[1]])
    context.set_offline(False)
    page.wait_for_url(f"{attempt}/ket-qua")
    expect(page.locator("main")).to_contain_text("1 câu gửi muộn do mạng, chọn trước giờ kết thúc nên vẫn tính.")
