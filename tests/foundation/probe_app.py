"""The app with doors that only tests know, so that the foundation is tested without any capability.

`/v1/probe/fields` takes every kind of field; the others keep a row, and fail in the way that they are asked to.
"""

import time
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from marshmallow import fields as marshmallow
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role
from hep_api.app import create_app
from hep_api.foundation.database import after_commit, transaction
from hep_api.foundation.errors import conflict
from hep_api.foundation.settings import Settings
from hep_api.foundation.web import etags, fields, pages
from hep_api.foundation.web.doors import Routes, asks, needs_if_match, open_to_anyone, returns, signed_in, takes
from hep_api.foundation.web.schemas import In, Out, PageQuery, page_of
from tests.everything import everything

# Probes stand in for every door, also for those that take large bodies.
AS_SIGNED_IN = 2 * 1024 * 1024
FOR_TESTS = "It exists in tests only."
CANARY = "canary-7f3a"


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class InnerIn(In):
    word = fields.Text(most=10, required=True)


class FieldsIn(In):
    text = fields.Text(most=10)
    lines = fields.Text(most=1000, lines=True)
    long = fields.Text(most=10_000, lines=True)
    secret = fields.Secret(most=10)
    email = fields.Email()
    whole = fields.Whole(least=0, most=10)
    decimal = fields.Decimal(least=0, most=10)
    flag = fields.Flag()
    id = fields.Id()
    day = fields.Day()
    instant = fields.Instant()
    time = fields.TimeOfDay()
    zone = fields.Zone()
    choice = fields.Choice(Colour)
    several = fields.Several(fields.Whole(least=0, most=10), most=3)
    inner = marshmallow.Nested(InnerIn)


class FieldsOut(Out):
    got = marshmallow.Dict(keys=marshmallow.String(), values=marshmallow.String())


class RowIn(In):
    word = fields.Text(most=50, required=True)
    then = fields.Text(most=50, load_default="keep")


class RowOut(Out):
    id = marshmallow.Integer()
    word = marshmallow.String()
    version = marshmallow.Integer()


class Probe:
    """What happened at the probe's doors, in order; reset by the fixture."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.attempts = 0


probe = Probe()


def _fail(session: Session, word: str) -> None:
    raise ValueError(word)


def _refuse(session: Session, word: str) -> None:
    raise conflict("/word", "taken", "No.")


def _break_a_constraint(session: Session, word: str) -> None:
    session.execute(text("INSERT INTO probe_row (word, version) VALUES (:word, -1)"), {"word": word})


def _deadlock_at_first(session: Session, word: str) -> None:
    if probe.attempts == 1:
        raise OperationalError("", {}, psycopg.errors.DeadlockDetected())


def _deadlock_always(session: Session, word: str) -> None:
    raise OperationalError("", {}, psycopg.errors.SerializationFailure())


def _idle(session: Session, word: str) -> None:
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 50"))
    time.sleep(0.3)
    session.execute(text("SELECT 1"))


def _fill_the_disk(session: Session, word: str) -> None:
    with Path("/dev/full").open("wb", buffering=0) as full:
        full.write(word.encode())


def _tell_badly(session: Session, word: str) -> None:
    after_commit(session, lambda: _fail(session, word))
    after_commit(session, lambda: probe.told.append("after a failure"))


THEN: dict[str, Callable[[Session, str], None]] = {
    "keep": lambda session, word: None,
    "fail": _fail,
    "refuse": _refuse,
    "break a constraint": _break_a_constraint,
    "deadlock at first": _deadlock_at_first,
    "deadlock always": _deadlock_always,
    "fill the disk": _fill_the_disk,
    "idle": _idle,
    "tell badly": _tell_badly,
}


def make_probe_app(settings: Settings) -> Flask:
    """Return the app with its probe doors, and its table."""
    app = create_app(settings)
    app.extensions["hep_openapi"].register_blueprint(_make_routes())
    with everything(app) as session:
        session.execute(
            text(
                "CREATE TABLE IF NOT EXISTS probe_row (id serial PRIMARY KEY, word text NOT NULL,"
                " version integer NOT NULL CHECK (version > 0))"
            )
        )
        session.execute(text("GRANT ALL ON probe_row, probe_row_id_seq TO hep_app"))
    return app


def _make_routes() -> Routes:
    routes = Routes("probes", "Doors that only tests know.")

    @routes.post("/probe/fields")
    @open_to_anyone(FOR_TESTS, most_bytes=AS_SIGNED_IN)
    @takes(FieldsIn)
    @returns(FieldsOut)
    def probe_fields(body: dict[str, Any]) -> dict[str, Any]:
        """Take every kind of field."""
        return {"got": {name: str(value) for name, value in body.items()}}

    @routes.post("/probe/rows")
    @open_to_anyone(FOR_TESTS, most_bytes=AS_SIGNED_IN)
    @takes(RowIn)
    @returns(RowOut, 201, tag=etags.by_version)
    def probe_row(body: dict[str, Any]) -> dict[str, Any]:
        """Keep a row, then do as asked."""
        probe.attempts += 1
        with transaction() as session:
            adding = text("INSERT INTO probe_row (word, version) VALUES (:word, 1) RETURNING id, word, version")
            row = session.execute(adding, {"word": body["word"]}).one()
            after_commit(session, lambda: probe.told.append(row.word))
            THEN[body["then"]](session, body["word"])
            return row._asdict()

    @routes.get("/probe/rows")
    @signed_in(*Role)
    @asks(PageQuery)
    @returns(page_of(RowOut), tag=etags.by_body)
    def probe_rows(query: dict[str, Any]) -> pages.Page[Any]:
        """List rows by word."""
        last = pages.decode(query["cursor"], str, int) or ("", 0)
        listing = text(
            "SELECT id, word, version FROM probe_row WHERE (word, id) > (:word, :id) ORDER BY word, id LIMIT :limit"
        )
        with transaction() as session:
            wanted = {"word": last[0], "id": last[1], "limit": query["limit"] + 1}
            rows = session.execute(listing, wanted).mappings().all()
        return pages.cut(rows, query["limit"], lambda row: (row["word"], row["id"]))

    @routes.post("/probe/rows/<int:row_id>/version")
    @signed_in(Role.OWNER)
    @needs_if_match
    @returns(RowOut, tag=etags.by_version)
    def probe_version(row_id: int) -> dict[str, Any]:
        """Make the row's next version."""
        with transaction() as session:
            held = text("SELECT version FROM probe_row WHERE id = :id FOR UPDATE")
            etags.require_match(row_id, session.execute(held, {"id": row_id}).scalar_one())
            growing = text("UPDATE probe_row SET version = version + 1 WHERE id = :id RETURNING id, word, version")
            return session.execute(growing, {"id": row_id}).one()._asdict()

    return routes
