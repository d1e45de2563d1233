"""Two doors for whoever runs the server: is the process alive, and may it be given requests.

Ready means: the database answers, its tables are of this version, and the process is not about to stop.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from flask import Flask, current_app
from marshmallow import fields
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from hep_api.foundation.database import transaction
from hep_api.foundation.errors import Problem
from hep_api.foundation.limits.rates import BY_PROGRAM
from hep_api.foundation.web.doors import Routes, open_to_anyone, returns
from hep_api.foundation.web.schemas import Out

routes = Routes("health", "For load balancers and monitors.", prefix="")

FOR_MONITORS = "Load balancers and monitors have no account, and the answer says nothing of anyone."


@dataclass(frozen=True, slots=True)
class Health:
    """What the app knows of itself: the tables' revisions of this version, oldest last, and whether it is stopping."""

    revisions: Callable[[], tuple[str, ...]]
    draining: threading.Event = field(default_factory=threading.Event)


class StatusOut(Out):
    status = fields.String()


def begin_draining(app: Flask) -> None:
    """Ask load balancers to send nothing more; what runs is finished."""
    health: Health = app.extensions["hep_health"]
    health.draining.set()


@routes.get("/healthz")
@open_to_anyone(FOR_MONITORS, pace=BY_PROGRAM)
@returns(StatusOut)
def say_alive() -> dict[str, str]:
    """Say that the process is alive; it asks nothing of the database."""
    return {"status": "alive"}


@routes.get("/readyz")
@open_to_anyone(FOR_MONITORS, pace=BY_PROGRAM)
@returns(StatusOut)
def say_ready() -> dict[str, str]:
    """Say whether requests are welcome; 503 while they are not."""
    health: Health = current_app.extensions["hep_health"]
    if health.draining.is_set():
        raise _not_ready("This process is stopping; others answer.")
    _refuse_older_tables(health.revisions())
    return {"status": "ready"}


def _refuse_older_tables(revisions: tuple[str, ...]) -> None:
    """Tables of a revision that we do not know are newer: during an update old processes work beside new ones."""
    try:
        with transaction() as session:
            present = session.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    except ProgrammingError:
        present = None
    if present is None or present in revisions[1:]:
        raise _not_ready("The database's tables are older than this version: run `flask database upgrade`.")


def _not_ready(detail: str) -> Problem:
    return Problem("not_ready", 503, detail, headers={"Retry-After": "2"})
