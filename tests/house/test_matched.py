"""An address leads where Werkzeug's own map leads it, also where others that differ by numbers were asked for before."""

import pytest
from werkzeug.exceptions import HTTPException

ALIKE = [
    ("/lam/1/2", "/lam/77/3", "/lam/007/1", "/lam/999999999999999/1", "/lam/1000000000000000/1"),
    ("/lam/5", "/lam/6", "/lam/٣", "/lam/-1", "/lam/", "/lam/7/"),
    ("/hoc/cv-1248/bai-8/1", "/hoc/cv-1248/bai-9/12", "/hoc/5/6/7", "/hoc/5/7/8", "/hoc/5/lam/8"),
    ("/soan/bai/3/cau/12", "/soan/bai/4/cau/13", "/soan/bai/4/cau/moi", "/soan/bai/4/cau/a"),
    ("/van-ban/12", "/van-ban/13", "/van-ban/a", "/van-ban/a/ban-chinh-thuc/3", "/van-ban/4/ban-chinh-thuc/3"),
    ("/", "/1", "/khong-co", "/khong-co/1"),
]


def led(adapter):
    try:
        rule, values = adapter.match(return_rule=True)
    except HTTPException as error:
        return type(error), getattr(error, "new_url", None)
    return rule, values, [type(value) for value in values.values()]


@pytest.mark.parametrize("paths", ALIKE)
def test_an_address_leads_where_the_map_says(site, paths):
    app = site.app
    for method in ("GET", "POST", "HEAD"):
        for path in (*paths, *reversed(paths)):
            context = app.test_request_context(path, method=method)
            own = context.url_adapter
            plain = app.url_map.bind_to_environ(context.request.environ)
            assert led(own) == led(plain), (method, path)
