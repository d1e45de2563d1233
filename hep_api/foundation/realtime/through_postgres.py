"""What a worker tells reaches the one web process also where there is no Redis: by NOTIFY, through the database.

It is for one web process; several have a Redis between them (relay.py). Only who has no connections of its own says
something here. A word too long for NOTIFY, and whatever got lost while the database was away, becomes a `resync`.
"""

import json
import random
import threading
from collections.abc import Callable
from contextlib import closing
from time import sleep
from typing import Any

import psycopg
import structlog
from psycopg import sql
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from hep_api.foundation.realtime.relay import FIRST_PAUSE, LONGEST_PAUSE, Word

log = structlog.get_logger(__name__)

# PostgreSQL takes less than 8,000 bytes.
LONGEST_WORD = 7_900
SAY = "SELECT pg_notify(%(channel)s, %(word)s)"


class ThroughPostgres:
    """Both ends of the line: the web process listens, in a thread of its own, and a worker says."""

    def __init__(
        self, engine: Engine, channel: str, heard: Callable[[Word], None], listening: Callable[[], None]
    ) -> None:
        self._engine = engine
        self._channel = channel
        self._heard = heard
        self._listening = listening

    def listen(self) -> None:
        """Begin to listen."""
        threading.Thread(target=self._listen_for_ever, name="realtime-through-postgres", daemon=True).start()

    def say(self, word: Word) -> None:
        """Say a word to who listens. What fails is lost, and logged: the work is committed, and phones ask again."""
        said = json.dumps(word, separators=(",", ":"))
        if len(said.encode()) > LONGEST_WORD:
            said = json.dumps(["resync"])
        try:
            with self._engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql(SAY, {"channel": self._channel, "word": said})
        except SQLAlchemyError as error:
            log.warning("realtime_not_said", error_type=type(error).__name__)

    def _listen_for_ever(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                with closing(self._connected()) as connection:
                    # Who was connected before may have missed something.
                    self._listening()
                    pause = FIRST_PAUSE
                    for notice in connection.notifies():
                        self._heard(json.loads(notice.payload))
            except psycopg.Error as error:
                log.warning("realtime_not_listening", error_type=type(error).__name__)
            sleep(pause * random.uniform(0.5, 1.0))  # noqa: S311 - spreads the processes, guards nothing
            pause = min(pause * 2, LONGEST_PAUSE)

    def _connected(self) -> psycopg.Connection[Any]:
        """Connect apart from the pool, whose connections are for those who ask something."""
        arguments, options = self._engine.dialect.create_connect_args(self._engine.url)
        connection = psycopg.connect(*arguments, **options, autocommit=True, connect_timeout=3)
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(self._channel)))
        return connection
