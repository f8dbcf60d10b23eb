"""One line of rooms, no circles: a file uses only what stands to its left."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2] / "quizapp"
LINE = (
    "domain clock config prepared database opening mail site web organisation accounts files library courses learning "
    "attempts jobs analysis studio reports administration desk migrating question_check backup sample_skill "
    "content_command demo crowd preparing tasks serving rooms commands start __init__"
).split()
SHELVES = ("models", "queries", "actions", "forms", "views")
FILES = sorted(ROOT.rglob("*.py"))


def room_of(path: Path) -> str:
    return path.relative_to(ROOT).parts[0].removesuffix(".py")


def imports(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {node.module}
    return found


def ours(path: Path) -> set[str]:
    names = {name for name in imports(path) if name.startswith("quizapp.")}
    return {name.split(".")[1] for name in names}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_a_file_uses_only_what_stands_to_its_left(path):
    here = LINE.index(room_of(path))
    used = ours(path) - {room_of(path)}
    strangers = used - set(LINE)
    assert not strangers or strangers <= {"create_app"}, strangers
    right = {room for room in used & set(LINE) if LINE.index(room) > here}
    assert not right, f"uses rooms on its right: {sorted(right)}"


@pytest.mark.parametrize("path", sorted((ROOT / "domain").glob("*.py")), ids=lambda path: path.name)
def test_the_domain_knows_no_web_database_clock_or_file(path):
    allowed = {"quizapp", "pydantic"}
    for name in imports(path):
        top = name.split(".")[0]
        assert top in allowed or top in __import__("sys").stdlib_module_names, name
        assert top not in {"os", "pathlib", "sqlite3", "time", "socket", "io"}, name


PAGES = sorted([*ROOT.glob("*/views.py"), *ROOT.glob("*/*pages.py")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_views_never_import_the_database(path):
    assert "quizapp.database" not in imports(path)


@pytest.mark.parametrize("shelf", SHELVES)
def test_shelves_stand_in_order_inside_a_room(shelf):
    later = SHELVES[SHELVES.index(shelf) + 1 :]
    for path in ROOT.glob(f"*/{shelf}.py"):
        room = f"quizapp.{path.parent.name}"
        used = {name for name in imports(path) if name.startswith(room + ".")}
        wrong = {name for name in used for other in later if name.startswith(f"{room}.{other}")}
        assert not wrong, f"{path.parent.name}/{shelf} uses {wrong}"
