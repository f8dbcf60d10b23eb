"""QR: what is printed and shown reads back as the address that it stands for, whole and without repair."""

import re
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import segno
import typst
from qr_reader import decoded, read_qr

from quizapp.learning import confirmations
from quizapp.reports import urging
from quizapp.reports.paper import qr

SAYS = {"name": "Nguyễn Thị Hồng Thắm", "body": "Chi bộ 1", "above": None, "course": "Công văn 1248", "campaign": "Đợt"}
AT = datetime(2026, 3, 4, 18, 30, tzinfo=UTC)
CODE = "7f3k22abcdmnpqrs"
ADDRESSES = [
    "http://127.0.0.1:8000/",
    f"https://hoc.angiang.gov.vn/xac-nhan/{CODE}",
    f"https://dao-tao.ban-noi-chinh.tinh-uy.angiang.dcs.vn/{'hoc-tap/' * 9}xac-nhan/{CODE}",
]


def drawn(data, kind, ppi=144):
    """A PDF or SVG as a picture, as a camera sees it."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / f"it.{kind}").write_bytes(data)
        page = Path(folder) / "page.typ"
        page.write_text(f'#set page(width: auto, height: auto, margin: 8mm, fill: white)\n#image("it.{kind}")')
        return typst.compile(page, root=folder, format="png", ppi=ppi)


@pytest.mark.parametrize("address", ["https://a.vn/" + "x" * n for n in (1, 7, 15, 22, 40, 55, 70, 90, 110, 150)])
@pytest.mark.parametrize("level", "lmqh")
def test_the_reader_reads_every_size_and_level(address, level):
    code = segno.make_qr(address, error=level, boost_error=False)
    if code.version <= 10:
        assert decoded([[bool(one) for one in row] for row in code.matrix]) == address


def test_the_reader_says_where_a_symbol_is_damaged():
    matrix = [[bool(one) for one in row] for row in segno.make_qr(ADDRESSES[1], error="m").matrix]
    matrix[12][12] = not matrix[12][12]
    with pytest.raises(AssertionError, match="repair"):
        decoded(matrix)


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_code_on_a_confirmation_leads_to_its_check(address):
    assert read_qr(drawn(confirmations.pdf(SAYS, CODE, AT, address), "pdf")) == address


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_codes_for_zalo_and_on_drafts_read_as_their_address(address):
    assert read_qr(drawn(str(urging.qr(address)).encode(), "svg")) == address
    assert read_qr(drawn(qr.svg(address).encode(), "svg", 432)) == address
    assert read_qr(qr.png(address)) == address


def test_what_a_leader_sees_and_takes_leads_where_it_says(visit, app):
    me = visit("lanhdao")
    page = me.get("/theo-doi/co-quan/nhac").html
    svg = re.search(r'<svg role="img".*?</svg>', page, re.S)[0]
    assert read_qr(drawn(svg.encode(), "svg")) == app.extensions["settings"].public_url + "/"
