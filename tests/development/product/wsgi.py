"""A small product with the doors that `make run` uses: it stands in where starting and stopping is what is tested."""

import os
import signal
import threading

import click
import psycopg
from flask import Flask
from flask.cli import AppGroup

app = Flask(__name__)
database = AppGroup("database")
demo = AppGroup("demo")
app.cli.add_command(database)
app.cli.add_command(demo)


def connect(variable: str = "DATABASE_URL") -> psycopg.Connection:
    return psycopg.connect(os.environ[variable].replace("+psycopg", ""))


@app.get("/readyz")
def ready() -> dict[str, int]:
    with connect() as connection:
        row = connection.execute("SELECT count(*) FROM start").fetchone()
    return {"starts": row[0] if row else 0, "process": os.getpid()}


@app.get("/slow")
def slow() -> dict[str, int]:
    with connect() as connection:
        connection.execute("SELECT pg_sleep(1)")
    return {"slept": 1}


@database.command("upgrade")
def upgrade() -> None:
    with connect("HEP_DATABASE_MIGRATOR_URL") as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS start (at timestamptz DEFAULT now())")
        connection.execute("GRANT SELECT, INSERT ON start TO hep_app")


@demo.command("seed")
def seed() -> None:
    with connect() as connection:
        connection.execute("INSERT INTO start DEFAULT VALUES")
        row = connection.execute("SELECT count(*) FROM start").fetchone()
    click.echo(f"ada@clinic.example signs in with: password {row[0] if row else 0}")


@demo.command("pushes")
def pushes() -> None:
    click.echo(os.environ.get("HEP_PUSH_URL", "nowhere of ours"))


@app.cli.command("worker")
def worker() -> None:
    told_to_stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: told_to_stop.set())
    told_to_stop.wait()
