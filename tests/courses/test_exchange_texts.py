"""Texts of other tools: encodings that are not Unicode, HTML that would run something, Markdown that reads the same."""

import unicodedata

import pytest
from courses.offered import LETTERS
from hypothesis import given, settings
from hypothesis import strategies as st

from quizapp.courses.exchange import encoding, texts
from quizapp.domain.interchange import MOST_BYTES, Unreadable
from quizapp.domain.old_fonts import back
from quizapp.web import markdown

SENTENCE = "Câu 1: Cán bộ, công chức phải làm gì khi được tặng quà? Đáp án: Báo cáo người đứng đầu cơ quan, đơn vị."
LOWER = "aáàảãạăắằẳẵặâấầẩẫậbcdđeéèẻẽẹêếềểễệghiíìỉĩịklmnoóòỏõọôốồổỗộơớờởỡợpqrstuúùủũụưứừửữựvxyýỳỷỹỵ 0123456789.,?"


def windows_1258(text: str) -> bytes:
    """As Windows keeps it: letters with their hats, tones apart."""
    done = b""
    for letter in text:
        loose = unicodedata.normalize("NFD", letter)
        tones = "".join(mark for mark in loose if mark in "\u0300\u0309\u0303\u0301\u0323")
        base = unicodedata.normalize("NFC", "".join(mark for mark in loose if mark not in tones))
        done += (base + tones).encode("cp1258")
    return done


def twice(text: str) -> bytes:
    """UTF-8 that somebody has read as Windows-1252 and saved as UTF-8 again."""
    letters = (bytes([one]) for one in text.encode())
    return "".join(one.decode("cp1252", "ignore") or one.decode("latin-1") for one in letters).encode()


@pytest.mark.parametrize(
    ("data", "name", "mended"),
    [
        (back(SENTENCE, "tcvn3").encode("latin-1"), "tcvn3", SENTENCE.replace("Đáp", "Đáp")),
        (back(SENTENCE, "tcvn3").encode(), "tcvn3", SENTENCE),
        (back(SENTENCE, "vni").encode("latin-1"), "vni", SENTENCE),
        (back(SENTENCE, "vni").encode("utf-16"), "vni", SENTENCE),
        (windows_1258(SENTENCE), "windows-1258", SENTENCE),
        (twice(SENTENCE), "windows-1252", SENTENCE),
        ("Quiz – “one”".encode("cp1252"), "windows-1252", "Quiz – “one”"),
    ],
)
def test_an_old_encoding_is_named_and_can_be_converted(data, name, mended):
    if data[:2] == b"\xff\xfe":  # UTF-16 is read as it says
        assert encoding.suspected(data.decode("utf-16")) == name
    else:
        with pytest.raises(Unreadable) as refused:
            encoding.decode(data)
        assert refused.value.encoding == name
        assert encoding.NAMES[name] in refused.value.sentence
    assert encoding.decode(data, name) == mended


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("text", [SENTENCE, "Qu'est-ce que c'est, l'été à Noël?", "plain ASCII", "© 2024 ® ½"])
def test_unicode_is_read_as_it_is(codec, text):
    assert encoding.decode(text.encode(codec)) == text


@pytest.mark.parametrize("name", ["tcvn3", "vni"])
@given(text=st.text(alphabet=LOWER, max_size=40))
def test_what_an_old_font_showed_comes_back(name, text):
    assert encoding.convert(back(text, name), name) == text


@given(text=st.text(alphabet=LOWER.upper(), max_size=40))
def test_vni_has_capitals_too(text):
    assert encoding.convert(back(text, "vni"), "vni") == text


def test_letters_are_composed_and_line_ends_are_one():
    assert encoding.decode(unicodedata.normalize("NFD", "Đảng\r\nviên\r").encode()) == "Đảng\nviên\n"


@pytest.mark.parametrize(
    "data", [b"", b"\0\0\0", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0", b"MZ\0\0" * 50, b"\xff\xfe\xff"]
)
def test_what_is_no_text_is_refused(data):
    with pytest.raises(Unreadable):
        encoding.decode(data)


def test_a_large_file_is_refused():
    with pytest.raises(Unreadable, match="20 MB"):
        encoding.decode(b"a" * (MOST_BYTES + 1))


@settings(max_examples=500, deadline=None)
@given(st.text(alphabet=st.sampled_from(LETTERS + "\n"), max_size=30))
def test_plain_text_reads_the_same_as_markdown(text):
    lines = [" ".join(line.split()) for line in text.split("\n")]
    wanted = "\n\n".join(
        part.strip("\n")
        for part in "\n".join(lines).replace("\n\n", "\0").strip("\0\n").split("\0")
        if part.strip("\n")
    )
    assert texts.to_plain(texts.from_plain(text)) == wanted


@pytest.mark.parametrize(
    ("html", "told"),
    [
        ("<p>Ai <b>đứng đầu</b>?</p><p>Hai</p>", "Ai **đứng đầu**?\n\nHai"),
        ("một<br>hai&nbsp;ba", "một  \nhai ba"),
        ("<ul><li>x</li><li>y</li></ul>", "- x\n- y"),
        ("<ol><li>x</li><li>y</li></ol>", "1. x\n2. y"),
        ("2<sup>3</sup>, H<sub>2</sub>O, a &lt; b &amp; c", "2³, H₂O, a < b & c"),
        (
            "<table><tr><th>A</th><th>B</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "| A | B |\n| --- | --- |\n| 1 | 2 |",
        ),
        ('<img src="@@PLUGINFILE@@/so%20do.png" alt="Sơ đồ">', "![Sơ đồ](so%20do.png)"),
    ],
)
def test_html_becomes_markdown(html, told):
    assert texts.from_html(html).text == told


# After the lists of DOMPurify's and Google's mutation-XSS tests.
PAYLOADS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><p><style><!--</style><img src=x onerror=alert(1)>--></style>",
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<template><s><template><s><img src=x onerror=alert(1)>@shafigullin</s></template></s></template>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<a href=\"jav&#x09;ascript:alert(1)\">x</a>",
    "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
    "<iframe srcdoc=\"<script>alert(1)</script>\"></iframe>",
    "<object data=\"javascript:alert(1)\"></object>",
    "<embed src=\"javascript:alert(1)\">",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<input autofocus onfocus=alert(1)>",
    "<textarea><img title=\"</textarea><img src=x onerror=alert(1)>\"></textarea>",
    "<title><img title=\"</title><img src=x onerror=alert(1)>\"></title>",
    "<xmp><p title=\"</xmp><svg/onload=alert(1)>\">",
    "<style>@import'javascript:alert(1)';</style>",
    "<div style=\"background:url(javascript:alert(1))\">x</div>",
    "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>",
    "<base href=\"javascript:/a/+alert(1)//\">",
    "<b <script>alert(1)</script>0",
    "<<script>alert(1)//<</script>",
    "<img src=\"data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+\">",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "![x](javascript:alert(1))",
    "[x](javascript:alert(1))",
    "<javascript:alert(1)>",
    "**<img src=x onerror=alert(1)>**",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "\u2028<script\u2029>alert(1)</script>",
]  # fmt: skip


@pytest.mark.parametrize("payload", PAYLOADS)
@pytest.mark.parametrize("wrap", ["{}", "<p>a {} b</p>", "<table><td>{}"])
def test_nothing_that_runs_survives(payload, wrap):
    html = wrap.format(payload)
    for told in (
        texts.from_html(html).text,
        texts.from_moodle(html).text,
        texts.from_markdown(html).text,
        texts.from_plain(html),
        texts.plain_html(html),
    ):
        for shown in (str(markdown.html(told)), str(markdown.inline(told))):
            for sign in ("<script", "<img", "<svg", "<a ", "<iframe", "<style", "<object", " on", "href="):
                tags = [part.split(">")[0] for part in shown.lower().split("<")[1:]]
                assert not any(sign in f"<{tag}" for tag in tags), (sign, shown)


def test_what_is_left_out_is_named():
    lost = texts.from_html('<script>1</script><video src="a.mp4"></video><a href="https://a.vn/x">đây</a>').lost
    assert lost == ["mã lệnh (script)", "video", "liên kết https://a.vn/x"]
