"""Pictures: decoded and made anew, kept once, named by a revision, shown with words in their place to who is signed in."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa
from drawn import bomb, drawn, moving, photograph, read

from quizapp.clock import now
from quizapp.courses import actions as courses
from quizapp.courses import contents as written
from quizapp.courses import queries as course_queries
from quizapp.courses.exchange.files import read_folder
from quizapp.courses.exchange.writing import write_folder
from quizapp.courses.models import Unit, UnitRevision
from quizapp.database import db
from quizapp.domain import pictures as texts
from quizapp.domain.content import ContentProblems, read_unit
from quizapp.files import actions, pictures, queries
from quizapp.files.models import Picture, StoredFile
from quizapp.web import markdown
from quizapp.web.refused import Refused

LESSON = "/hoc/cv-1248/bai-8/1"
ALT = "Ba bước: tiếp nhận, kiểm tra, trả kết quả"


# --- what is taken in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_pictures_of_each_kind_are_written_anew_as_the_smallest(kind):
    data = drawn(kind)
    made = pictures.prepared(data)
    assert (made.width, made.height) == (300, 200)
    assert len(made.data) <= max(len(data), 1000)
    assert made.extension in ("webp", "png", "jpg")
    red, white = read(made.data).getpixel((5, 5)), read(made.data).getpixel((290, 190))
    assert red[0] > 200 > 60 > red[1]
    assert min(white) > 240


def test_what_a_camera_writes_is_gone_and_the_picture_stands_upright_and_small():
    made = pictures.prepared(photograph())
    assert (made.width, made.height) == (1200, 1600)
    for secret in (b"MAY-ANH", b"Exif", b"EXIF", b"bi mat", b"GPS"):
        assert secret not in made.data
    assert read(made.data).getpixel((1190, 10))[1] < 60  # its red corner came from the top left to the top right


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_what_moves_the_first_picture_is_taken(kind):
    made = pictures.prepared(moving(kind))
    assert read(made.data).getpixel((20, 15))[0] > 200


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "1", "L", "CMYK", "I;16"])
def test_any_colours_and_clear_grounds_are_taken(mode):
    kind = "JPEG" if mode == "CMYK" else "PNG"
    data = drawn(kind, mode="L" if mode == "I;16" else mode) if mode != "LA" else drawn()
    assert pictures.prepared(data).width == 300


SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
BAD = {
    "nothing": (b"", "trống"),
    "svg": (SVG, "SVG"),
    "svg without a head": (b"<svg onload=alert(1)>", "SVG"),
    "a page": (b"<html><script>alert(1)</script>", "không phải hình"),
    "a page after a picture's name": (b"GIF89a<script>alert(1)</script>", "không phải hình"),
    "half a picture": (drawn("JPEG", (900, 900))[:600], "không phải hình"),
    "half a png": (drawn()[:-40], "không phải hình"),
    "a bomb": (bomb(), "20 triệu điểm"),
    "a lying head": (bomb(4000, 4000), "không phải hình"),
    "heic": (b"\0\0\0\x18ftypheic\0\0\0\0", "HEIC"),
    "tiff": (drawn("TIFF"), "không phải hình"),
    "too large": (b"\x89PNG" + b"0" * pictures.MOST_BYTES, "5 MB"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_picture_or_may_do_harm_is_refused(name):
    data, word = BAD[name]
    with pytest.raises(Refused) as refused:
        pictures.prepared(data)
    assert word in refused.value.sentence


# --- keeping and serving ---------------------------------------------------------------------------------------


def test_the_same_picture_is_kept_once_also_when_it_comes_back_as_it_was_made(app):
    with app.app_context():
        first = actions.keep_picture(drawn(), now())
        assert actions.keep_picture(drawn(), now()) == first
        kept = queries.picture(*first.file.split("."))
        assert actions.keep_picture(kept, now()) == first
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Picture)) == 1
        db.session.rollback()


def test_a_picture_is_served_for_ever_to_who_is_signed_in_and_nothing_else_is(app, visit):
    with app.app_context():
        kept = actions.keep_picture(drawn(), now())
        other = actions.keep(b"bi mat", now())
        db.session.execute(sa.update(StoredFile).values(kept_at=now() - actions.KEEP - timedelta(days=1)))
        actions.sweep(now())
        db.session.commit()
        again = actions.keep(b"bi mat", now())
        db.session.commit()
    assert other == again
    me = visit("hocvien")
    response = me.get(f"/anh/{kept.file}").response
    assert response.mimetype == f"image/{kept.file.split('.')[1]}"
    assert "immutable" in response.headers["Cache-Control"]
    assert "private" in response.headers["Cache-Control"]
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    wrong = "jpg" if not kept.file.endswith("jpg") else "png"
    for name in (f"{other}.webp", f"{kept.file.split('.')[0]}.{wrong}", kept.file.upper(), "x.webp", f"{'0' * 64}.svg"):
        me.get(f"/anh/{name}", 404)
    assert visit().get(f"/anh/{kept.file}", 303).location.startswith("/dang-nhap")


# --- in lessons and questions ----------------------------------------------------------------------------------


@pytest.fixture
def illustrated(contents, tmp_path):
    """``illustrated(data)``: the content with a picture in the first section of bài 8 and in each question's prompt."""

    def make(data, alt=ALT):
        file = tmp_path / "so-do.png"
        file.write_bytes(data)
        told = contents.units["bai-8"].model_dump(mode="json")
        told["sections"][0]["text"] += f"\n\n![{alt}](anh:so-do.png)"
        for question in told["questions"]:
            if "prompt" in question:
                question["prompt"] += f" ![{alt}](anh:so-do.png)"
        unit = read_unit(told)
        return replace(contents, units=contents.units | {"bai-8": unit}, media={"so-do.png": file})

    return make


def take_in(app, contents):
    with app.app_context():
        done = courses.take_in(contents, now())
        db.session.commit()
        course_queries.forget_cached()
        return done


def bodies(app):
    with app.app_context():
        mine = sa.select(UnitRevision.body).join(Unit, Unit.id == UnitRevision.unit_id)
        return db.session.scalars(mine.where(Unit.key == "bai-8").order_by(UnitRevision.number)).all()


def test_a_revision_names_its_pictures_and_stays_closed(app, illustrated):
    assert "media" not in bodies(app)[-1]
    assert take_in(app, illustrated(drawn())).units == ["bai-8"]
    assert take_in(app, illustrated(drawn())).units == []
    first = bodies(app)[-1]["media"]
    assert set(first) == {"so-do.png"}
    assert take_in(app, illustrated(drawn(size=(80, 60)))).units == ["bai-8"]
    assert bodies(app)[-2]["media"] == first != bodies(app)[-1]["media"]
    with app.app_context():
        assert all(queries.picture(*body["media"]["so-do.png"]["file"].split(".")) for body in bodies(app)[-2:])


def test_lessons_questions_and_the_trainers_page_show_the_picture_with_its_words(app, visit, illustrated):
    take_in(app, illustrated(drawn()))
    me = visit("hocvien")
    page = me.get(LESSON)
    (shown,) = re.findall(r'<img class="pic" src="(/anh/[^"]+)" alt="([^"]+)" width="300" height="200"', page.html)
    assert shown[1] == ALT
    me.get(shown[0])
    with app.app_context():
        unit_id = db.session.scalars(sa.select(Unit.id).filter_by(key="bai-8")).one()
    assert visit("baocaovien").get(f"/soan/bai/{unit_id}/ban-dang-dung").html.count('<img class="pic"') > 5
    found = me.get("/van-ban?tim=tiếp+nhận+kiểm+tra+trả+kết+quả")
    assert LESSON in found.html
    attempt = me.post("/hoc/cv-1248/bai-8/lam").location
    asked = "".join(me.get(f"{attempt}/{n}").html for n in range(1, 11))
    assert asked.count(f'src="{shown[0]}"') >= 5


def test_a_picture_without_words_or_from_elsewhere_is_a_problem_of_the_content(contents):
    for text, word in [
        ("![](anh:so-do.png)", "chữ thay ảnh"),
        ("![ … ](anh:so-do.png)", "chữ thay ảnh"),
        ("![Sơ đồ](so-do.png)", "tệp trong media"),
        ("![Sơ đồ](https://example.org/x.png)", "tệp trong media"),
        ("![Sơ đồ](anh:../x.png)", "tệp trong media"),
        ("![Sơ đồ](anh:x.svg)", "tệp trong media"),
    ]:
        told = contents.units["bai-8"].model_dump(mode="json")
        told["sections"][0]["text"] += text
        with pytest.raises(ContentProblems) as caught:
            read_unit(told)
        assert [(one.path, word in one.message) for one in caught.value.problems] == [(("sections", 0, "text"), True)]


@pytest.mark.parametrize(
    "text",
    [
        "![x](javascript:alert(1))",
        "![x](data:image/svg+xml;base64,PHN2Zz4=)",
        "![x](https://example.org/x.png)",
        "![x](//example.org/x.png)",
        "![x](/anh/../toi)",
        '![" onerror="alert(1)](anh:x.png)',
        "![x](/anh/" + "0" * 64 + '.webp?1x1" onload="alert(1)")',
        "<img src=x onerror=alert(1)>",
        "![<script>alert(1)</script>](anh:x.png)",
    ],
)
def test_nothing_but_our_own_pictures_is_shown(text):
    for made in (markdown.html(text), markdown.inline(text)):
        assert "<img" not in made or re.fullmatch(
            r'.*<img class="pic" src="/anh/0{64}\.webp"[^<>]*>.*\n?', made, re.DOTALL
        )
        assert "<script" not in made
        assert not re.search(r"<[^>]*\son\w+=", made)


def test_a_picture_that_is_not_there_leaves_its_words():
    assert "[Hình: Sơ đồ ba bước]" in markdown.html("![Sơ đồ ba bước](anh:x.png)")
    assert markdown.bare("Xem ![Sơ đồ ba bước](anh:x.png) này.") == "Xem Sơ đồ ba bước này."


def test_names_become_addresses_and_others_stay():
    kept = {"a.png": texts.Kept("0" * 64 + ".webp", 3, 2)}
    data = {"t": ["![x](anh:a.png) ![y](anh:b.png)", 5, None]}
    assert texts.placed(data, kept) == {"t": [f"![x](/anh/{'0' * 64}.webp?3x2) ![y](anh:b.png)", 5, None]}
    assert texts.used(data) == {"a.png", "b.png"}


def test_what_is_written_as_files_is_taken_in_again_without_a_change(app, illustrated, contents, tmp_path):
    take_in(app, illustrated(drawn()))
    folder = tmp_path / "ra"
    with app.app_context():
        write_folder(folder, written.files())
    assert (folder / "cv-1248" / "media" / "so-do.png").exists()
    assert take_in(app, read_folder(folder / "cv-1248")).units == []


def test_two_units_that_call_two_pictures_the_same_are_written_with_two_names(app, illustrated, tmp_path):
    both = illustrated(drawn())
    told = both.units["bai-6"].model_dump(mode="json")
    told["sections"][0]["text"] += f"\n\n![{ALT}](anh:so-do.png)"
    take_in(app, replace(both, units=both.units | {"bai-6": read_unit(told)}))
    other = tmp_path / "hai.png"
    other.write_bytes(drawn(size=(50, 40)))
    only = replace(both, units=both.units | {"bai-6": read_unit(told)}, media={"so-do.png": other})
    with app.app_context():
        before = course_queries.taught(db.session.scalars(sa.select(Unit.revision_id).filter_by(key="bai-8")).one())
        courses.take_in(replace(only, units=only.units | {"bai-8": both.units["bai-8"]}), now())
        db.session.execute(sa.update(Unit).where(Unit.key == "bai-8").values(revision_id=before.revision_id))
        db.session.commit()
        course_queries.forget_cached()
        found = written.files()
    assert {name for name in found if "/media/" in name} == {
        "cv-1248/media/so-do.png",
        "cv-1248/media/bai-8-so-do.png",
    }
