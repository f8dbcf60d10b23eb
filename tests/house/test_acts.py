"""Nhật ký: whatever somebody with power did is named there in Vietnamese, not by our word for it."""

import ast
from pathlib import Path

import quizapp
from quizapp.administration.actions import ACTS

PLACE = {"note_act": 1, "note": 0}  # where a call names the act


def noted():
    """Every act that a call names, with the file: ``note_act(who, "act", …)``, ``by.note("act", …)``, ``Audit(act="act")``."""
    for path in Path(quizapp.__file__).parent.rglob("*.py"):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(call, ast.Call):
                continue
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            told = [call.args[PLACE[name]]] if name in PLACE and len(call.args) > PLACE[name] else []
            told += [one.value for one in call.keywords if name == "Audit" and one.arg == "act"]
            for word in (word for one in told for word in ast.walk(one) if isinstance(word, ast.Constant)):
                if isinstance(word.value, str):
                    yield word.value, path.name


def test_every_act_has_its_words():
    found = dict(noted())
    assert {"arrange_course", "take_back", "open_campaign"} <= found.keys()  # of each of the three shapes of a call
    assert {act: file for act, file in found.items() if act not in ACTS} == {}
