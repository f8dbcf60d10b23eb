"""Câu hỏi in the browser: every kind typed, saved whole or not, changed by two people; who may; nothing typed is run."""

import re
from html.parser import HTMLParser

import pytest
from pages import Visitor
from shipped import shipped

from quizapp.accounts import actions as accounts
from quizapp.accounts.models import Person
from quizapp.clock import now
from quizapp.courses import drafting, drafts, queries
from quizapp.courses.exchange.writing import question_of
from quizapp.courses.models import Draft, Unit
from quizapp.database import db
from quizapp.library import queries as library
from quizapp.studio.question_fields import read


class Fields(HTMLParser):
    """What a browser without script would send of the form with that id."""

    def __init__(self, html, form="cau-hoi"):
        super().__init__(convert_charrefs=True)
        self.wanted, self.inside = form, False
        self.found, self.area, self.select = [], None, None
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if tag == "form":
            self.inside = a.get("id") == self.wanted
        if not self.inside:
            return
        if tag == "input" and a.get("name"):
            if a.get("type") in ("radio", "checkbox"):
                if "checked" in a:
                    self.found.append((a["name"], a.get("value") or ""))
            else:
                self.found.append((a["name"], a.get("value") or ""))
        if tag == "textarea":
            self.area = (a["name"], "")
        if tag == "select":
            self.select = [a["name"], None, None]
        if tag == "option" and self.select:
            if self.select[1] is None:
                self.select[1] = a.get("value")
            if "selected" in a:
                self.select[2] = a.get("value")

    def handle_endtag(self, tag):
        if tag == "form":
            self.inside = False
        if tag == "textarea" and self.area:
            name, text = self.area  # a browser drops the first line's end and sends CRLF
            self.found.append((name, text.removeprefix("\n").replace("\n", "\r\n")))
            self.area = None
        if tag == "select" and self.select:
            name, first, chosen = self.select
            self.found.append((name, (first if chosen is None else chosen) or ""))
            self.select = None

    def handle_data(self, data):
        if self.area:
            self.area = (self.area[0], self.area[1] + data)

    @property
    def many(self):
        told = {}
        for name, value in self.found:
            told.setdefault(name, []).append(value)
        return told


def fields(page, **changes):
    """The form as shown, with changes by field name ("_" for "-"), and a button pressed."""
    told = Fields(page.html).many
    for name, value in changes.items():
        told[name.replace("_", "-")] = value if isinstance(value, list) else [value]
    return told


@pytest.fixture
def unit(app):
    """Id of bài 8."""
    with app.app_context():
        return db.session.scalars(db.select(Unit.id).filter_by(key="bai-8")).one()


def value(app, unit_id):
    """The unit that is in use."""
    with app.app_context():
        return queries.taught(db.session.get(Unit, unit_id).revision_id).unit


def first_single(app, unit_id):
    return next(q.key for q in value(app, unit_id).questions if q.kind == "single")


def body_of(app, unit_id):
    return drafting.of_unit(value(app, unit_id))


def draft_question(app, unit_id, key):
    with app.app_context():
        draft = db.session.get(Draft, unit_id)
        return next((q for q in drafts.body_of(draft)["questions"] if q["key"] == key), None) if draft else None


def units_of(app):
    with app.app_context():
        return dict(db.session.execute(db.select(Unit.key, Unit.id)).all())


def test_a_question_of_every_kind_opened_and_saved_unchanged_stays_the_same(app, visit, contents):
    me, ids = visit("baocaovien"), units_of(app)
    kinds = {item.kind: (key, item) for key, unit in contents.units.items() for item in unit.questions}
    assert len(kinds) == 9
    for key, item in kinds.values():
        me.get(f"/soan/bai/{ids[key]}/cau")
        page = me.get(f"/soan/bai/{ids[key]}/cau/{item.key}")
        assert read(fields(page), item.key) == question_of(item)


def test_all_352_shipped_questions_survive_the_form(sites, contents):
    """Every unit of the whole course as the draft of one unit; the database makes no difference to a form."""
    site = sites["sqlite"]
    site.store.renew()
    visitor = sign_in(site.app)
    whole = shipped()
    seen = 0
    for unit in whole.units.values():
        with site.app.app_context():
            row = db.session.scalars(db.select(Unit).filter_by(key="bai-8")).one()
            drafts.give_up(row.id)
            drafts.begin(row.id, 1, now()).body = drafting.of_unit(unit)
            unit_id = row.id
            db.session.commit()
        for item in unit.questions:
            page = visitor.get(f"/soan/bai/{unit_id}/cau/{item.key}")
            assert read(fields(page), item.key) == question_of(item)
            assert "Còn thiếu" not in page.text
            seen += len(getattr(item, "questions", (item,)))
    site.close()
    assert seen == 352


def sign_in(app):
    """A trainer's visitor, where there is no fixture for it."""
    visitor = Visitor(app)
    with app.app_context():
        person_id = db.session.scalars(db.select(Person.id).filter_by(login="baocaovien")).one()
        token = accounts.open_session(person_id, True, "test", "127.0.0.0/24", now())
        db.session.commit()
    with visitor.client.session_transaction() as session:
        session["_user_id"], session["_fresh"], session["seen"] = token, True, int(now().timestamp())
    return visitor


ASKED = {"muc": "hieu", "de-bai": "Việc nào nên làm trước khi ký hồ sơ?", "giai-thich": "Làm đúng thứ tự thì khỏi sai."}
SAID = {"level": "hieu", "prompt": ASKED["de-bai"], "explanation": ASKED["giai-thich"]}
ROWS = {"pa": ("chu", "vi-sao"), "cap": ("trai", "phai", "vi-sao"), "dong": ("chu",)}


def rows(letter, *texts):
    """The fields of some rows."""
    names = ROWS[letter]
    return {f"{letter}-{n}-{c}": t for n, row in enumerate(texts) for c, t in zip(names, row, strict=True)}


OPTIONS = (
    ("Đọc hồ sơ", "Đọc rồi mới biết thiếu gì"),
    ("Ký ngay", "Ký trước là bỏ bước"),
    ("Để đó", "Để đó là trễ hẹn"),
)
OPTIONS_SAID = [{"key": key, "text": text, "why": why} for key, (text, why) in zip("abc", OPTIONS, strict=True)]
RIGHT = [OPTIONS_SAID[0] | {"right": True}, *OPTIONS_SAID[1:]]
TYPED = {
    "single": (rows("pa", *OPTIONS) | {"dung": "a", "giu-thu-tu": "1"}, {"options": RIGHT, "ordered": True}, ["pa-3"]),
    "multiple": (rows("pa", *OPTIONS) | {"dung": ["a"]}, {"options": RIGHT}, ["pa-3"]),
    "true_false": ({"dap-an": "false", "vi-sao": "Vì chưa đọc"}, {"answer": False, "why": "Vì chưa đọc"}, []),
    "matching": (
        rows("cap", ("Một", "Mot", "vì 1"), ("Hai", "Hải", "vì 2")) | {"nhieu": "Ba\r\nBốn\r\n"},
        {
            "pairs": [
                {"key": "p1", "left": "Một", "right": "Mot", "why": "vì 1"},
                {"key": "p2", "left": "Hai", "right": "Hải", "why": "vì 2"},
            ],
            "extra": ["Ba", "Bốn"],
        },
        ["cap-2"],
    ),
    "ordering": (
        rows("dong", ("Đọc",), ("Ký",), ("Gửi",)),
        {"items": [{"key": f"i{n}", "text": text} for n, text in enumerate(("Đọc", "Ký", "Gửi"), 1)]},
        ["dong-3"],
    ),
    "short": ({"nhan": "liêm\r\nthanh  liêm", "khong-dau": "1"}, {"accepted": ["liêm", "thanh liêm"], "without_marks": True}, []),
    "number": ({"gia-tri": "2,5", "sai-so": "0,1", "don-vi": "ngày"}, {"value": 2.5, "tolerance": 0.1, "unit": "ngày"}, []),
    "gaps": (
        {f"o-0-{name}": value for name, value in rows("pa", *OPTIONS).items()}
        | {"o-0-dung": "a", "van-ban": "Trước tiên phải {g1} cho kỹ."},
        {"text": "Trước tiên phải {g1} cho kỹ.", "gaps": [{"key": "g1", "options": RIGHT}]},
        [],
    ),
}  # fmt: skip


def provision(me, unit_id):
    """A reference that the unit may rest on, as the page offers it."""
    return re.search(
        r'optgroup label="Bài này đã dẫn"><option value="([^"]+)"', me.get(f"/soan/bai/{unit_id}/cau/moi").html
    )[1]


def objective(me, unit_id):
    return re.search(
        r'Chọn mục tiêu của bài</option><option value="([^"]+)"', me.get(f"/soan/bai/{unit_id}/cau/moi").html
    )[1]


def new_key(me):
    return me.page.location.split("/cau/")[1].split("#")[0].split("?")[0]


@pytest.mark.parametrize("kind", TYPED)
def test_what_is_typed_becomes_the_very_question(app, visit, unit, kind):
    me = visit("baocaovien")
    ground, aim = provision(me, unit), objective(me, unit)
    typed, said, spare = TYPED[kind]
    form = fields(me.get(f"/soan/bai/{unit}/cau/moi?loai={kind}"))
    for row in spare:  # an empty row that is not wanted: its fields are not sent
        form = {name: value for name, value in form.items() if not name.startswith(row)}
    page = me.post(
        f"/soan/bai/{unit}/cau/moi", form | ASKED | typed | {"can-cu": ground, "muc-tieu": aim, "lam": "luu"}
    )
    assert page.location
    key = new_key(me)
    want = {"key": key, "kind": kind, "provision": ground, "objective": aim} | SAID | said
    assert draft_question(app, unit, key) == want
    assert "Còn thiếu" not in me.follow().text
    with app.app_context():
        reading = drafts.reading(db.session.get(Draft, unit))
        assert not [lack for lack in reading.lacks if lack.part == f"cau/{key}"]
    assert read(fields(me.page), key) == want


def test_a_case_with_its_questions_is_typed_and_grows(app, visit, unit):
    me = visit("baocaovien")
    ground, aim = provision(me, unit), objective(me, unit)
    form = fields(me.get(f"/soan/bai/{unit}/cau/moi?loai=case"))
    parts = {f"phan-{n}-{name}": value for n in (0, 1) for name, value in (ASKED | rows("pa", *OPTIONS)).items()}
    parts |= {f"phan-{n}-can-cu": ground for n in (0, 1)} | {"phan-0-dung": "a", "phan-1-dung": "b"}
    form = {name: value for name, value in form.items() if "-pa-3" not in name}
    told = {"tinh-huong": "Một công chức nhận hồ sơ thiếu giấy.", "muc-tieu": aim, "lam": "luu"}
    me.post(f"/soan/bai/{unit}/cau/moi", form | parts | told)
    key = new_key(me)
    page = me.follow()
    assert "Còn thiếu" not in page.text
    saved = draft_question(app, unit, key)
    assert [part["key"] for part in saved["questions"]] == [f"{key}-1", f"{key}-2"]
    assert saved["questions"][1]["options"][1]["right"] is True
    me.post(f"/soan/bai/{unit}/cau/{key}", fields(page, lam="them:phan"))
    grown = draft_question(app, unit, key)
    assert [part["key"] for part in grown["questions"]] == [f"{key}-1", f"{key}-2", f"{key}-3"]
    page = me.follow()
    assert "Còn thiếu" in page.text
    me.post(f"/soan/bai/{unit}/cau/{key}", fields(page, lam="bo:phan-2"))
    assert draft_question(app, unit, key) == saved


def test_an_incomplete_question_is_saved_and_says_beside_the_field_what_it_lacks(app, visit, unit):
    me = visit("baocaovien")
    me.post(f"/soan/bai/{unit}/cau/moi", fields(me.get(f"/soan/bai/{unit}/cau/moi"), de_bai="Việc nào?", lam="luu"))
    key = new_key(me)
    page = me.follow()
    assert draft_question(app, unit, key)["prompt"] == "Việc nào?"
    lacks = {"muc": "Chưa chọn mức.", "can-cu": "Chưa chọn căn cứ.", "muc-tieu": "Chưa chọn mục tiêu."}
    lacks |= {"pa": "Chưa chọn đáp án đúng.", "pa-0-chu": "Chưa có chữ.", "pa-0-vi-sao": "Chưa có “vì sao”."}
    for where, words in lacks.items():
        beside = re.search(rf'id="o-{where}-dieu" data-dieu="{where}">(.*?)</div>', page.html)[1]
        assert words in beside, where
        assert f'href="#o-{where}"' in page.html
    assert '<a href="#o-pa-0-vi-sao">Phương án A: Chưa có “vì sao”.</a>' in page.html  # which one, in the summary
    listed = me.get(f"/soan/bai/{unit}/cau")
    assert re.search(rf"{key} Việc nào\? Chọn một còn thiếu \d+ mới", listed.text)


def test_empty_rows_that_nobody_needed_are_not_missing(app, visit, unit):
    me = visit("baocaovien")
    page = me.get(f"/soan/bai/{unit}/cau/moi")
    three = {f"pa-{n}-{what}": f"{what} {n}" for n in range(3) for what in ("chu", "vi-sao")}
    sent = fields(page, de_bai="Việc nào đúng?", lam="luu") | three
    me.post(f"/soan/bai/{unit}/cau/moi", sent)
    key = new_key(me)
    assert [option["key"] for option in draft_question(app, unit, key)["options"]] == ["a", "b", "c"]
    page = me.follow()
    me.post(f"/soan/bai/{unit}/cau/{key}", fields(page, lam="them:pa"))  # asked for: it is there to be filled
    assert [option["key"] for option in draft_question(app, unit, key)["options"]] == ["a", "b", "c", "d"]
    assert "phương án D, vì sao : chưa có" in me.get(f"/soan/bai/{unit}").text
    me.post(f"/soan/bai/{unit}/cau/{key}", fields(me.get(f"/soan/bai/{unit}/cau/{key}"), lam="luu"))
    assert len(draft_question(app, unit, key)["options"]) == 3


def test_rows_are_added_moved_and_removed_and_keys_of_revisions_are_not_given_again(app, visit, unit):
    me = visit("baocaovien")
    body = body_of(app, unit)
    before = next(q for q in body["questions"] if q["kind"] == "single" and len(q["options"]) == 3)
    key, address = before["key"], f"/soan/bai/{unit}/cau/{before['key']}"
    me.post(address, fields(me.get(address), lam="bo:pa-2"))
    assert [o["key"] for o in draft_question(app, unit, key)["options"]] == ["a", "b"]
    me.post(address, fields(me.follow(), lam="them:pa"))
    assert [o["key"] for o in draft_question(app, unit, key)["options"]] == ["a", "b", "d"]  # c was in a revision
    me.post(address, fields(me.follow(), lam="len:pa-2"))
    assert [o["key"] for o in draft_question(app, unit, key)["options"]] == ["a", "d", "b"]
    for wrong in ("bo:pa-9", "bo:../x", "them:khong", "len:pa"):
        me.post(address, fields(me.get(address), lam=wrong), status=400)


def test_two_trainers_are_shown_both_and_the_later_one_chooses(app, visit, unit):
    me, other = visit("baocaovien"), visit("nguoiduyet")
    key = first_single(app, unit)
    address = f"/soan/bai/{unit}/cau/{key}"
    mine, theirs = fields(me.get(address)), fields(other.get(address))
    other.post(address, theirs | {"de-bai": "Bản của người kia", "lam": "luu"})
    page = me.post(address, mine | {"de-bai": "Bản của tôi", "lam": "luu"}, status=409)
    assert "Bản của người kia" in page.text
    assert "Bản của tôi" in page.text
    assert "Phạm Văn Đức" in page.text
    assert draft_question(app, unit, key)["prompt"] == "Bản của người kia"
    told = page.response  # "Giữ bản của tôi" sends what was typed again, from what stands now
    again = Fields(
        page.html.replace('<form method="post" action="/soan', '<form id="cau-hoi" method="post" action="/soan')
    ).many
    assert told.status_code == 409
    me.post(address, again)
    assert draft_question(app, unit, key)["prompt"] == "Bản của tôi"
    alone = me.post(address, mine | {"de-bai": "Lần nữa"}, status=409, headers={"X-Luu": "1"})
    assert "người khác" in alone.response.get_json()["loi"]


def test_saving_alone_tells_the_script_where_it_stands_now(app, visit, unit):
    me = visit("baocaovien")
    key = first_single(app, unit)
    address = f"/soan/bai/{unit}/cau/{key}"
    form = fields(me.get(address))
    first = me.post(address, form | {"de-bai": "Một"}, status=200, headers={"X-Luu": "1"}).response.get_json()
    me.post(address, form | {"de-bai": "Hai", "tu": first["tu"]}, status=200, headers={"X-Luu": "1"})
    assert draft_question(app, unit, key)["prompt"] == "Hai"


def test_while_one_types_remarks_come_beside_the_field_and_nothing_is_written(app, visit, unit, statements):
    me = visit("baocaovien")
    body = body_of(app, unit)
    one, two = [q for q in body["questions"] if q["kind"] == "single"][:2]
    form = fields(me.get(f"/soan/bai/{unit}/cau/{one['key']}"))
    typed = form | {
        "de-bai": two["prompt"] + " Việc nào không đúng?",
        "tinh-huong": two.get("situation", ""),
        "pa-0-chu": "Tất cả đều đúng",
    }
    token = me.token()
    with statements() as told:
        answer = me.post(f"/soan/bai/{unit}/cau/{one['key']}/soat", typed, status=200, token=token).response.get_json()
    assert re.search(r'data-cho="de-bai">.*hỏi ngược', answer["dieu"])
    assert re.search(r'data-cho="pa-0-chu">.*Không dùng “tất cả', answer["dieu"])
    assert f"/cau/{two['key']}" in answer["ben"]  # the near-duplicate
    assert not [words for words in told if words.split()[0] in ("INSERT", "UPDATE", "DELETE")]
    assert len(told) <= 10
    with app.app_context():
        assert db.session.get(Draft, unit) is None


def test_another_kind_keeps_what_it_can_and_asks_before_it_drops(app, visit, unit):
    me = visit("baocaovien")
    body = body_of(app, unit)
    before = next(q for q in body["questions"] if q["kind"] == "single")
    key, address = before["key"], f"/soan/bai/{unit}/cau/{before['key']}"
    me.post(address, fields(me.get(address), loai_moi="multiple", lam="doi:"))
    assert draft_question(app, unit, key) == before | {"kind": "multiple"}
    me.post(address, fields(me.follow(), loai_moi="ordering", lam="doi:"))
    page = me.follow()
    assert f"“vì sao” của {len(before['options'])} dòng" in page.text
    assert draft_question(app, unit, key)["kind"] == "multiple"
    me.post(address, fields(page, loai_moi="ordering", lam="doi-han:"))
    after = draft_question(app, unit, key)
    assert [item["text"] for item in after["items"]] == [option["text"] for option in before["options"]]
    assert after["prompt"] == before["prompt"]
    assert "Đã bỏ: " in me.follow().text


def test_an_unverified_provision_is_found_but_cannot_be_chosen(app, visit, unit):
    me = visit("baocaovien")
    with app.app_context():
        one = next(p for d in library.documents() for p in d.walk() if not p.verified)
    key = re.search(r"/cau/(b8-\d+)", me.get(f"/soan/bai/{unit}/cau").html)[1]
    page = me.get(f"/soan/bai/{unit}/cau/{key}?tim={one.label} {one.title or ''}")
    assert re.search(r"<option value=\"[^\"]+\" disabled>[^<]*chưa đối chiếu, chưa được hỏi", page.html)
    with app.app_context():
        code = next(d.code for d in library.documents() if one in list(d.walk()))
    me.post(f"/soan/bai/{unit}/cau/{key}", fields(page, can_cu=f"{code}#{one.anchor}", lam="luu"))
    assert "chưa đối chiếu: chưa được dạy, chưa được hỏi" in me.follow().text


def test_the_list_copies_retires_takes_back_and_moves(app, visit, unit):
    me, address = visit("baocaovien"), f"/soan/bai/{unit}/cau"
    body = body_of(app, unit)
    first, second = body["questions"][:2]
    other = next(one["key"] for one in body["head"]["objectives"] if one["key"] != first["objective"])
    me.post(address, {"lam": "bo", "cau": first["key"]})
    page = me.follow()
    assert draft_question(app, unit, first["key"]) is None
    assert "Bị bỏ trong bản nháp" in page.text
    me.post(address, {"lam": "chep", "cau": second["key"]})
    last = max(body["questions"], key=lambda q: q["key"])["key"]
    made = re.search(r"Đã chép thêm: (b8-\d+)", me.follow().text)[1]
    assert made > last  # the retired key is not given again
    assert draft_question(app, unit, made) == second | {"key": made}
    me.post(address, {"lam": f"lay-lai:{first['key']}"})
    assert draft_question(app, unit, first["key"]) == first
    me.post(address, {"lam": "chuyen", "cau": first["key"], "muc-tieu": other})
    assert draft_question(app, unit, first["key"])["objective"] == other
    me.post(address, {"lam": f"xuong:{second['key']}"})
    with app.app_context():
        keys = [q["key"] for q in drafts.body_of(db.session.get(Draft, unit))["questions"]]
    assert keys.index(second["key"]) > 0
    assert "Chưa chọn câu nào" in (me.post(address, {"lam": "bo"}), me.follow())[1].text
    me.post(address, {"lam": "khong-co", "cau": first["key"]}, status=400)


def test_the_preview_is_the_learners_page_without_the_key_and_answers_are_explained(app, visit, unit):
    me = visit("baocaovien")
    one = next(q for q in value(app, unit).questions if q.kind == "single")
    address = f"/soan/bai/{unit}/cau/{one.key}/xem-thu"
    page = me.get(address)
    assert one.prompt in page.text
    for option in one.options:
        assert option.text in page.text
        assert option.why not in page.text
        assert f'value="{option.key}"' not in page.html
    told = [me.get(f"{address}?tra=1&chon={n}").text for n in range(1, len(one.options) + 1)]
    right = next(option for option in one.options if option.right)
    assert all(right.why in text for text in told)
    assert sum("Đồng chí chọn, đúng" in text for text in told) == 1
    assert "Chọn một phương án" in me.get(f"{address}?tra=1").text
    me.get(f"{address}?tra=1&chon=99")
    me.get(f"{address}?may=dien-thoai")


EVIL = ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "<svg><style><img src=x onerror=alert(1)></style></svg>",
        "\"><input autofocus onfocus=alert(1)>", "</textarea><script>alert(1)</script>", "[a](javascript:alert(1))",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">"]  # fmt: skip


@pytest.mark.parametrize("payload", EVIL)
def test_what_is_typed_is_never_run(visit, unit, payload):
    me = visit("baocaovien")
    kind = "multiple"
    form = fields(me.get(f"/soan/bai/{unit}/cau/moi?loai={kind}"))
    told = {"de-bai": payload, "tinh-huong": payload, "giai-thich": payload} | rows(
        "pa", (payload, payload), ("B", payload)
    )
    me.post(f"/soan/bai/{unit}/cau/moi", form | told | {"dung": "a", "lam": "luu"})
    key = new_key(me)
    for page in (me.follow(), me.get(f"/soan/bai/{unit}/cau/{key}/xem-thu"), me.get(f"/soan/bai/{unit}/cau"),
                 me.get("/soan/cau-hoi?trang-thai=nhap"), me.get(f"/soan/bai/{unit}/cau/{key}/noi-dung")):  # fmt: skip
        assert not page.reader.offences
        assert page.reader.tags["img"] == 0
        assert "javascript:" not in page.html.replace("(javascript:alert(1))", "")


def test_who_may_come_in(visit, unit):
    for login, status in (("nguoiduyet", 200), ("hocvien", 403), ("lanhdao", 403), ("quantri", 403)):
        for address in ("/soan/cau-hoi", f"/soan/bai/{unit}/cau", f"/soan/bai/{unit}/cau/moi"):
            visit(login).get(address, status)
    me = visit("baocaovien")
    for address in ("/soan/bai/99999/cau", f"/soan/bai/{unit}/cau/khong-co", "/soan/bai/99999/cau/moi"):
        me.get(address, 404)
    me.post(f"/soan/bai/{unit}/cau/la-hoac", {"loai": "single", "lam": "luu"}, status=404)
