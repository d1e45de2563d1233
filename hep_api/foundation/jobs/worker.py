"""The worker: takes due jobs one after the other, sleeps when there are none, and outlives a database that is away.

NOTIFY shortens the sleep; without it (a pooler, a lost connection) the poll finds the job.
"""

import os
import select
import threading
from collections.abc import Callable, Mapping
from datetime import timedelta

import structlog
from flask import current_app
from psycopg import Error as PsycopgError
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from hep_api.foundation import clock
from hep_api.foundation.database import database, transaction
from hep_api.foundation.jobs import queue, work
from hep_api.foundation.jobs.recurring import Recurring
from hep_api.foundation.settings import Settings

log = structlog.get_logger()


class Worker:
    """One worker of this process; `stop()` may be called from a signal handler or another thread."""

    def __init__(self) -> None:
        settings: Settings = current_app.extensions["hep_settings"]
        intervals: Mapping[str, timedelta] = current_app.extensions["hep_recurring"]
        self._poll_seconds = settings.worker_poll_seconds
        self._recurring = Recurring(intervals)
        self._stopping = threading.Event()
        self._woken, self._wake = os.pipe()
        self._listening: Connection | None = None

    def stop(self) -> None:
        """Finish the job in hand, then end."""
        self._stopping.set()
        # A signal alone does not end a wait: Python resumes it.
        os.write(self._wake, b"!")

    def run(self) -> None:
        """Work until stopped."""
        log.info("worker_started")
        while not self._stopping.is_set():
            self._outliving_the_database(self._look_once)
        self._stop_listening()
        log.info("worker_stopped")

    def _look_once(self) -> None:
        self._listen()
        self._enqueue_recurring()
        worked = work.run_next()
        self._take_notifications(0 if worked or self._stopping.is_set() else self._poll_seconds)

    def _enqueue_recurring(self) -> None:
        now = clock.now()
        due = self._recurring.due(now)
        if due:
            with transaction() as session:
                self._recurring.enqueue(session, due, now)
            self._recurring.remember(due)

    def _take_notifications(self, seconds: float) -> None:
        """Wait for a notification or a stop; a busy worker takes them too, or they would pile up in the server."""
        assert self._listening is not None
        driver = self._listening.connection.driver_connection
        assert driver is not None
        select.select([driver.fileno(), self._woken], [], [], seconds)
        for _ in driver.notifies(timeout=0):
            continue

    def _listen(self) -> None:
        """Listen before looking, so that a job added in between wakes us."""
        if self._listening is None:
            connection = database().engine.connect().execution_options(isolation_level="AUTOCOMMIT")
            connection.exec_driver_sql(f"LISTEN {queue.CHANNEL}")
            self._listening = connection

    def _outliving_the_database(self, step: Callable[[], None]) -> None:
        try:
            step()
        except (SQLAlchemyError, PsycopgError) as error:
            log.warning("worker_lost_the_database", error_type=type(error).__name__)
            self._stop_listening()
            self._stopping.wait(self._poll_seconds)

    def _stop_listening(self) -> None:
        listening, self._listening = self._listening, None
        if listening is not None:
            listening.invalidate()
            listening.close()
