"""The app with job handlers that tests can watch; real worker processes run it by `flask --app` of this module.

What a handler did is a row of the table `effect`, which `make_effects` makes.
"""

import os
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import text
from sqlalchemy.orm import Session

from hep_api.app import create_app
from hep_api.foundation.settings import Settings

NOTHING = "nothing"


def make_effects(session: Session) -> None:
    session.execute(text("CREATE TABLE effect (number serial PRIMARY KEY, word text NOT NULL)"))
    session.execute(text("GRANT ALL ON effect, effect_number_seq TO hep_app"))


def effects(session: Session) -> list[str]:
    return list(session.execute(text("SELECT word FROM effect ORDER BY number")).scalars())


def note(session: Session, payload: Mapping[str, Any], _: datetime) -> None:
    session.execute(text("INSERT INTO effect (word) VALUES (:word)"), {"word": payload.get("word", NOTHING)})


def note_slowly(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    note(session, payload, now)
    session.flush()
    # Tells the test, which holds the other end of the lock, that the effect is written and not committed.
    session.execute(text("SELECT pg_advisory_xact_lock_shared(:gate)"), {"gate": payload["gate"]})
    time.sleep(payload["seconds"])


def fail(session: Session, payload: Mapping[str, Any], now: datetime) -> None:
    note(session, payload, now)
    raise ValueError(payload["word"])


def make_jobs_app(settings: Settings) -> Flask:
    app = create_app(settings)
    app.extensions["hep_jobs"] = {
        "test.note": note,
        "test.note_slowly": note_slowly,
        "test.fail": fail,
        "test.tick": note,
    }
    app.extensions["hep_recurring"] = {"test.tick": timedelta(days=1)}
    return app


def __getattr__(name: str) -> Flask:
    """Make `app` for `flask --app`, and not when a test imports this module."""
    if name != "app":
        raise AttributeError(name)
    return make_jobs_app(Settings.from_environment(os.environ))
