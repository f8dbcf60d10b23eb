"""Deny by default: every endpoint says who opens it, and each role opens just what it should."""

import re

import pytest
from factories import add_grant, add_person

from quizapp.database import db
from quizapp.web.access import Role, allowed, may_open

PUBLIC = {
    "accounts.sign_in", "accounts.forgotten", "accounts.forgotten_asked", "accounts.code", "accounts.choose_size",
    "learning.check", "learning.check_form", "learning.deadlines", "accounts.mark", "desk.help", "desk.alive",
}  # fmt: skip
ROOM_ROLES = {
    "admin": {Role.ADMIN},
    "signed": {Role.TRAINER, Role.REVIEWER, Role.ADMIN},
    "studio": {Role.TRAINER, Role.REVIEWER, Role.ADMIN},  # who approves where no reviewer is free
    "analysis": {Role.TRAINER, Role.REVIEWER},
    "reports": {Role.LEADER, Role.ADMIN},
    "delegates": {Role.LEADER},
    "jobs": {Role.TRAINER, Role.REVIEWER, Role.LEADER, Role.ADMIN},
    "study": {Role.SECRETARY},
    "printing": {Role.TRAINER, Role.REVIEWER, Role.SECRETARY},
    "urging": {Role.LEADER, Role.ADMIN},
    "official": {Role.LEADER, Role.ADMIN},
}
PEOPLE = {"hocvien": set(), "baocaovien": {Role.TRAINER}, "nguoiduyet": {Role.REVIEWER}, "lanhdao": {Role.LEADER},
          "thuky": {Role.SECRETARY}, "quantri": {Role.ADMIN}}  # fmt: skip


def test_every_endpoint_names_its_roles(app):
    for endpoint, view in app.view_functions.items():
        roles = allowed(view)
        assert roles, f"{endpoint} opens to nobody"
        room = endpoint.split(".")[0]
        if room in ROOM_ROLES:
            assert roles <= ROOM_ROLES[room], endpoint
        elif endpoint in PUBLIC:
            assert roles == {Role.PUBLIC}, endpoint
        else:
            assert roles == {Role.LEARNER}, endpoint


def addresses(app):
    for rule in app.url_map.iter_rules():
        address = re.sub(r"<int:[^>]+>", "987654", rule.rule)
        address = re.sub(r"<[^>]+>", "khong-co", address)
        for method in sorted(rule.methods - {"HEAD", "OPTIONS"}):
            yield rule.endpoint, method, address


@pytest.fixture
def secretary(app, office):
    with app.app_context():
        add_grant(add_person("thuky", "Lâm Chí Hào", office["chi-bo-1"]), Role.SECRETARY, office["chi-bo-1"])
        db.session.commit()


@pytest.mark.parametrize("login", [None, *PEOPLE])
def test_each_role_opens_just_its_endpoints(app, secretary, visit, login):
    visitor = visit(login)
    roles = PEOPLE.get(login, set())
    token = visitor.token()
    for endpoint, method, address in addresses(app):
        if endpoint == "accounts.sign_out" or (endpoint == "accounts.code" and method == "POST"):
            continue
        who = type("Who", (), {"is_authenticated": login is not None, "roles": roles})()
        response = visitor.client.open(address, method=method, data={"csrf": token} if method == "POST" else None)
        if may_open(app.view_functions[endpoint], who):
            assert response.status_code != 403, (endpoint, method)
            if login is not None and endpoint not in PUBLIC:
                assert "/dang-nhap" not in response.headers.get("Location", ""), (endpoint, method)
        elif login is None and method == "GET":
            assert response.headers.get("Location", "").startswith("/dang-nhap"), (endpoint, method)
        elif login is None:
            assert "Đăng nhập" in response.get_data(as_text=True), (endpoint, method)
        else:
            assert response.status_code == 403, (endpoint, method, response.status_code)


def test_a_post_without_its_sessions_token_is_refused_before_any_view_runs(app, visit):
    for login in (None, "hocvien", "quantri"):
        visitor = visit(login)
        for endpoint, method, address in addresses(app):
            if method == "POST":
                response = visitor.client.post(address, data={"chon": "1"})
                text = response.get_data(as_text=True)
                told = "Trang đã mở quá lâu" in text or "Đăng nhập" in text or "Chưa được mở trang này" in text
                assert told, (endpoint, response.status_code)
                assert response.status_code in (200, 400, 403), (endpoint, response.status_code)


def test_every_page_carries_the_strict_policy_and_the_usual_headers(visit):
    for address in ("/dang-nhap", "/tro-giup"):
        headers = visit().get(address).response.headers
        policy = headers["Content-Security-Policy"]
        assert "unsafe" not in policy
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"


def test_unknown_and_malformed_addresses_give_the_way_home_and_the_search(visit):
    me = visit("hocvien")
    for address in ("/khong-co", "/lam/abc", "/lam/99999999999999999999999/1", "/hoc/cv-1248/bai-99", "/van-ban/khong"):
        page = me.get(address, 404)
        assert "Về trang chủ" in page.text
        assert "Tìm văn bản" in page.text


def test_a_body_over_the_limit_is_a_413(visit):
    me = visit("hocvien")
    page = me.post("/toi/de-nghi-sua", {"noi-dung": "x" * 400_000}, status=413)
    assert "quá lớn" in page.text
