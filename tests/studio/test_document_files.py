"""What a trainer may type of a document in the browser, whatever it is, is read from a file as it was written."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML
from werkzeug.datastructures import MultiDict

from quizapp.courses.exchange.writing import document_text
from quizapp.domain.content import read_document
from quizapp.library import drafting
from quizapp.studio.document_forms import HeadForm, ProvisionForm, head_said, provision_said

AWKWARD = [
    "a: b",
    "- x",
    "# y",
    "yes",
    "null",
    "12:30",
    "2024-05-09",
    "1_000",
    "=",
    "<<",
    "*a",
    "%YAML",
    "'",
    '"',
    "\\n",
]
AWKWARD += [
    "",
    " ",
    "?",
    "|",
    ">",
    "~",
    "0x1F",
    "[a]",
    "{a}",
    "@a",
    "`a`",
    "!x",
    "…",
    "“Liêm”",
    "đ:",
    "a\r\n\r\n b",
    "…\t",
]
typed = st.one_of(st.sampled_from(AWKWARD), st.text(max_size=30), st.lists(st.sampled_from(AWKWARD)).map("\r\n".join))
HEAD = {"hieu-luc": "in_force", "den-ngay": "2026-11-20", "ngay": "2026-01-15", "nhiem-vu": ""}
FIELDS = ["loai", "so", "ten", "co-quan", "noi-ve", "ghi-chu", "can-cu"]
PART = ["muc", "tieu-de", "tom-tat", "nguon", "ghi-chu"]


def sent(app, form, fields):
    """The form's value as it was sent; None where it is refused."""
    with app.test_request_context(method="POST", data=MultiDict(fields)):
        made = form()
        if form is HeadForm:
            made.task.choices = [("", "")]
        return made.value() if made.sent() else None


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    head=st.fixed_dictionaries(dict.fromkeys(FIELDS, typed)),
    parts=st.lists(
        st.tuples(st.booleans(), st.booleans(), st.fixed_dictionaries(dict.fromkeys(PART, typed))),
        min_size=1,
        max_size=4,
    ),
)
def test_whatever_is_typed_and_taken_is_the_same_when_its_file_is_read(app, head, parts):
    said = sent(app, HeadForm, {name: f"a{text}" for name, text in head.items()} | HEAD)
    if said is None:
        return
    body = drafting.blank({"code": "1-qd-tu", **said})
    for inside, verified, fields in parts:
        one = sent(app, ProvisionForm, fields | ({"doi-chieu": "y"} if verified else {}))
        names = drafting.anchors(body)
        if one is not None:
            body, _ = drafting.added(body, one, names[0] if names and inside else "", "", ())
    if not drafting.anchors(body):
        return
    assert drafting.problems(body) == []
    value = drafting.read(body)
    written = document_text(value)
    back = read_document(YAML(typ="safe", pure=True).load(written))
    assert back == value
    assert document_text(back) == written
    with app.test_request_context():
        told = head_said(drafting.part(drafting.of_document(back), drafting.HEAD))
        assert HeadForm(told).about.data == said["about"]
        first = drafting.nodes(drafting.of_document(back))[0].data
        assert ProvisionForm(provision_said(first)).summary.data == first["summary"]


@pytest.mark.parametrize("text", ["\x00", "\x0b", "\ufffe", "\u2028"])
def test_letters_that_no_file_holds_do_not_get_in(app, text):
    one = sent(app, ProvisionForm, {"muc": f"Điều{text} 1", "tom-tat": f"a{text}b"})
    assert one is None or text not in one["summary"] + one["label"]
