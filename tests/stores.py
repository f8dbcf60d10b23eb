"""The databases that the tests run on: filled once in every process, and as they were then for each test."""

import os
import shutil
from pathlib import Path
from typing import LiteralString

import psycopg

POSTGRESQL = os.environ.get("QUIZAPP_TEST_POSTGRESQL", "")


class Sqlite:
    """A database in a file; a copy of the prepared one for each test."""

    name = "sqlite"
    stays = False  # whether what undoes a test leaves its connections alone

    def __init__(self, folder: Path, worker: str):
        self.file, self.ready = folder / "quizapp.db", folder / "ready.db"
        self.url = f"sqlite:///{self.file}"

    def keep(self) -> None:
        shutil.copy(self.file, self.ready)

    def undo(self) -> bool:
        return False

    def renew(self) -> None:
        for leftover in self.file.parent.glob("quizapp.db*"):
            leftover.unlink()
        shutil.copy(self.ready, self.file)

    def end(self) -> None:
        pass


# Beside the tables: a copy of each, and which of them somebody has written to since. So a test is undone where it wrote,
# which takes a tenth of what it takes to make the database anew, and nobody has to connect again.
WATCH: LiteralString = """
CREATE SCHEMA ready;
CREATE TABLE ready.touched (name text);
CREATE FUNCTION ready.touch() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO ready.touched VALUES (TG_TABLE_NAME);
  RETURN NULL;
END $$;
CREATE FUNCTION ready.shape() RETURNS text LANGUAGE sql AS $$
  SELECT concat_ws(' ', count(*), sum(oid::bigint), sum(relnatts), sum(relchecks))
  FROM pg_class WHERE relnamespace = 'public'::regnamespace
$$;
DO $$
DECLARE t text;
BEGIN
  FOR t IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP
    EXECUTE format('CREATE TABLE ready.%1$I AS TABLE public.%1$I', t);
    EXECUTE format('CREATE TRIGGER ready_touch AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON public.%I '
                   'EXECUTE FUNCTION ready.touch()', t);
    EXECUTE format('ALTER TABLE public.%I ENABLE ALWAYS TRIGGER ready_touch', t);
  END LOOP;
END $$;
CREATE TABLE ready."(counters)" AS
  SELECT oid, pg_sequence_last_value(oid) AS last FROM pg_class
  WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace;
CREATE TABLE ready."(shape)" AS SELECT ready.shape() AS shape;
CREATE FUNCTION ready.undo() RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE t text;
BEGIN
  IF ready.shape() <> (SELECT shape FROM ready."(shape)") THEN RETURN false; END IF;
  PERFORM set_config('session_replication_role', 'replica', true);  -- what refers to a row finds it again at the end
  FOR t IN SELECT DISTINCT name FROM ready.touched LOOP
    EXECUTE format('DELETE FROM public.%I', t);
    EXECUTE format('INSERT INTO public.%1$I OVERRIDING SYSTEM VALUE SELECT * FROM ready.%1$I', t);
  END LOOP;
  DELETE FROM ready.touched;
  PERFORM setval(oid::regclass, coalesce(last, 1), last IS NOT NULL) FROM ready."(counters)"
    WHERE pg_sequence_last_value(oid) IS DISTINCT FROM last;
  RETURN true;
END $$;
"""


class Postgresql:
    """A database on the server that the environment names, made from a template; then each test is undone in it."""

    name = "postgresql"
    stays = True

    def __init__(self, folder: Path, worker: str):
        self.base, self.database = f"ready_{worker}_{os.getpid()}", f"test_{worker}_{os.getpid()}"
        self.url = POSTGRESQL.rsplit("/", 1)[0] + "/" + self.database
        self.own: psycopg.Connection | None = None
        self._server(f"DROP DATABASE IF EXISTS {self.database}", f"CREATE DATABASE {self.database}")

    def _server(self, *statements: str) -> None:
        with psycopg.connect(POSTGRESQL, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())

    def keep(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(WATCH)
        self._server(f"DROP DATABASE IF EXISTS {self.base}", f"ALTER DATABASE {self.database} RENAME TO {self.base}")

    def undo(self) -> bool:
        """Whether the test was undone; not where it changed tables, holds a lock, or the server's user may not."""
        if self.own is None:
            return False
        try:
            row = self.own.execute("SELECT ready.undo()").fetchone()
        except psycopg.Error:
            return False
        return row is not None and row[0]

    def renew(self) -> None:
        self.let_go()
        self._server(
            f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)",
            f"CREATE DATABASE {self.database} TEMPLATE {self.base} STRATEGY FILE_COPY",
        )
        self.own = psycopg.connect(self.url, autocommit=True, options="-c lock_timeout=2000")

    def let_go(self) -> None:
        if self.own is not None:
            self.own.close()
            self.own = None

    def end(self) -> None:
        self.let_go()
        self._server(f"DROP DATABASE IF EXISTS {self.database} WITH (FORCE)", f"DROP DATABASE IF EXISTS {self.base}")
