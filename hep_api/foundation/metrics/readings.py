"""What stands at a moment, read when somebody asks: of this process, and what the database knows of all the work.

The database is asked by workers only, at most every 15 seconds, in one statement that returns counts and ages and
nothing of anybody. While it is away the rest is told all the same.
"""

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic

import structlog
from flask import Flask
from psycopg import Error as PsycopgError
from sqlalchemy.exc import SQLAlchemyError

from hep_api.foundation.database import run, transaction
from hep_api.foundation.metrics.tallies import Tally

# One who looks every 15 seconds sees each number once, however many look.
SECONDS_KEPT = 15.0
MILLISECONDS_TO_ANSWER = "2000"
# The function counts across clinics as its owner, for whoever acts for none of them; who calls it sees the numbers.
ASKING = "SELECT measure, kind, value FROM measure_work()"
UNANSWERED = Tally("hep_measures_unanswered", "Times that the database did not say how the work stands.")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Reading:
    """A number as it is now, under a metric's name; `words` explain the metric, `labels` tell its readings apart."""

    name: str
    words: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


Reader = Callable[[], Iterable[Reading]]


class AskedOfDatabase:
    """How the work of all clinics stands. `measures`: what the database is known to return, and what each means."""

    def __init__(self, app: Flask, measures: Mapping[str, str]) -> None:
        self._app = app
        self._measures = measures
        self._asking = threading.Lock()
        self._asked_at = -SECONDS_KEPT
        self._known: Sequence[Reading] = ()

    def __call__(self) -> Sequence[Reading]:
        """Return what was known at most 15 seconds ago; nothing while the database does not answer."""
        with self._asking:
            if monotonic() - self._asked_at >= SECONDS_KEPT:
                self._known = self._ask()
                self._asked_at = monotonic()
            return self._known

    def _ask(self) -> Sequence[Reading]:
        try:
            with self._app.app_context(), transaction() as session:
                limit = {"name": "statement_timeout", "value": MILLISECONDS_TO_ANSWER}
                run(session, "SELECT set_config(%(name)s, %(value)s, true)", limit)
                rows = [(row.measure, row.kind, row.value) for row in run(session, ASKING, {})]
        except (SQLAlchemyError, PsycopgError) as error:
            UNANSWERED.add()
            log.warning("measures_unanswered", error_type=type(error).__name__)
            return ()
        return [
            Reading(name, self._measures[name], value, {"kind": kind} if kind else {})
            for name, kind, value in rows
            # A newer version's function may return what this one does not know yet.
            if name in self._measures
        ]
