"""The bare application that ours is measured against: Flask, a row and a commit for a POST, a row and a page for a GET."""

import os
import sqlite3
import threading

import psycopg
from flask import Flask, redirect, render_template, request

PAGE = "<!doctype html><title>{{ row[0] }}</title><h1>{{ row[0] }}</h1><p>{{ row[1] }}</p>"
MAKE = "CREATE TABLE IF NOT EXISTS kept (attempt BIGINT, question BIGINT, fields TEXT, PRIMARY KEY (attempt, question))"


def connect(url):
    """A plain connection that commits each statement, as durable as ours."""
    if not url.startswith("sqlite"):
        return psycopg.connect(url, autocommit=True), "%s"
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), timeout=30, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")
    return connection, "?"


def create_app():
    app = Flask(__name__)
    app.jinja_env.loader = None
    page = app.jinja_env.from_string(PAGE)
    mine = threading.local()

    def execute(statement, values):
        if not hasattr(mine, "connection"):
            mine.connection, mine.mark = connect(os.environ["BARE_DATABASE"])
        return mine.connection.execute(statement.replace("?", mine.mark), values)

    @app.post("/lam/<int:attempt>/<int:n>")
    def save(attempt, n):
        fields = request.form["csrf"]
        execute("INSERT INTO kept VALUES (?, ?, ?)", (attempt, n, fields))
        return redirect(f"/lam/{attempt}/{n}", 303)

    @app.get("/lam/<int:attempt>/<int:n>")
    def show(attempt, n):
        row = execute("SELECT question, fields FROM kept WHERE attempt = ? AND question = ?", (attempt, n)).fetchone()
        return render_template(page, row=row)

    return app
