"""Commands: run in this process where nothing is served, as processes of their own where something is."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from installations import Place, end_what_is_left, forget
from shipped import few_units

POSTGRESQL = os.environ.get("QUIZAPP_TEST_POSTGRESQL", "")


@pytest.fixture(autouse=True)
def _nothing_goes_on() -> Iterator[None]:
    yield
    end_what_is_left()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    """An empty installation on SQLite."""
    yield Place(tmp_path / "du-lieu")
    forget()


@pytest.fixture(scope="session")
def imported(tmp_path_factory: pytest.TempPathFactory) -> Place:
    """An installation with four units of the content, which no test changes."""
    made = Place(tmp_path_factory.mktemp("da-nhap") / "du-lieu")
    result = made.quizapp("import-content", few_units(tmp_path_factory.mktemp("noi-dung")))
    assert result.exit_code == 0, result.output
    forget()
    return made


@pytest.fixture
def filled(imported: Place, place: Place) -> Place:
    """An installation of one's own with four units of the content."""
    shutil.copytree(imported.folder, place.folder)
    return place


@pytest.fixture
def databases(tmp_path: Path, worker_id: str) -> Iterator[object]:
    """``databases("postgresql")``: an empty installation on that kind of database."""
    made: list[str] = []

    def make(kind: str) -> Place:
        n = len(made)
        if kind == "sqlite":
            made.append("")
            return Place(tmp_path / f"noi-{n}")
        if not POSTGRESQL:
            pytest.skip("no PostgreSQL: set QUIZAPP_TEST_POSTGRESQL to the address of a server")
        name = f"lenh_{worker_id}_{os.getpid()}_{n}"
        made.append(name)
        _server(f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}")
        return Place(tmp_path / f"noi-{n}", POSTGRESQL.rsplit("/", 1)[0] + "/" + name)

    yield make
    forget()
    for name in filter(None, made):
        _server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def _server(*statements: str) -> None:
    with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
