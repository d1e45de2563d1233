"""The realtime gateway: Flask-SocketIO with our server underneath, one per app, with or without a Redis behind it.

It is what `broadcasts` tells the world through, and what the web server drains before it ends.
"""

import logging
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from time import monotonic, sleep
from typing import Any

import flask_socketio
import socketio
import structlog
from flask import Flask
from sqlalchemy import Engine

from hep_api.foundation import clock, waiting
from hep_api.foundation.limits.rates import HANDSHAKES
from hep_api.foundation.metrics.realtime import BROADCASTS, RESYNCS
from hep_api.foundation.realtime.attendance import Attendance
from hep_api.foundation.realtime.commands import Announcement, SocketDoor
from hep_api.foundation.realtime.farewells import DRAINING
from hep_api.foundation.realtime.handshake import Handshake
from hep_api.foundation.realtime.limits import Limits
from hep_api.foundation.realtime.relay import Relay, Word
from hep_api.foundation.realtime.schemas import ResyncOut
from hep_api.foundation.realtime.switchboard import Reception, Switchboard
from hep_api.foundation.realtime.through_postgres import ThroughPostgres
from hep_api.foundation.realtime.wire import Server
from hep_api.foundation.web.addresses import network_of

log = structlog.get_logger(__name__)

PATH = "socket.io"
RESYNC = Announcement(
    "resync", ResyncOut, "Something may have been missed: catch up on everything, at a random moment."
)
RESYNC_SPREAD_SECONDS = 5
LONGEST_PAUSE_BETWEEN_CLOSINGS = 0.02


class Gateway(flask_socketio.SocketIO):  # type: ignore[misc]
    """Connections of one process. `app.extensions["hep_realtime"]`."""

    def __init__(
        self,
        app: Flask,
        doors: Iterable[SocketDoor],
        reception: Reception,
        *,
        engine: Engine | None = None,
        redis_url: str = "",
        channel: str = "hep-realtime",
        origins: Sequence[str] = (),
        limits: Limits | None = None,
        listeners: Mapping[str, Callable[[Any], None]] | None = None,
    ) -> None:
        super().__init__()
        self._listeners = listeners or {}
        self.limits = limits or Limits()
        self.is_draining = False
        self.attendance = Attendance(self.limits, lambda line, why: self.server.show_out(line, why))
        self.switchboard = Switchboard(app, doors, reception, self.limits, self.attendance)
        self.relay = Relay(redis_url, channel, self._heard, self.tell_to_resync) if redis_url else None
        self._worker_line = None
        if engine is not None and not redis_url:
            self._worker_line = ThroughPostgres(engine, channel, self._heard, self.tell_to_resync)
        self._speaks_from_afar = False
        self._origins = tuple(origins)
        self.init_app(app)

    def init_app(self, app: Flask, **_: Any) -> None:
        """Put the gateway before the app's routes, in place of the library's stock server."""
        app.extensions["socketio"] = app.extensions["hep_realtime"] = self
        self.manage_session = False
        self.server = Server(
            self.limits,
            self.attendance,
            self.switchboard,
            self._begin,
            client_manager=self.relay or socketio.Manager(),
            async_mode="gevent",
            async_handlers=False,
            always_connect=False,
            transports=["websocket"],
            allow_upgrades=False,
            ping_interval=self.limits.ping_interval,
            ping_timeout=self.limits.ping_timeout,
            max_http_buffer_size=self.limits.message_bytes,
            cors_credentials=False,
            logger=_errors_only("socketio"),
            engineio_logger=_errors_only("engineio"),
        )
        rest, limits = app.wsgi_app, app.extensions["hep_limits"]
        door = Handshake(
            PATH,
            self.server.handle_request,
            rest,
            self._origins,
            closed=lambda: self.is_draining,
            count=lambda address: limits.spend(HANDSHAKES, network_of(address)),
        )
        app.wsgi_app = door  # type: ignore[method-assign]

    def broadcast(self, rooms: Sequence[str], event: str, payload: Any) -> None:
        """Send an event to every connection in `rooms`, in every process."""
        self._tell("emit", rooms, event, payload)

    def hint(self, rooms: Sequence[str], event: str, payload: Any) -> None:
        """Send an event that is kept nowhere, so that nobody needs to `resync` when it is lost."""
        self._tell("hint", rooms, event, payload)

    def _tell(self, word: str, rooms: Sequence[str], event: str, payload: Any) -> None:
        BROADCASTS.add(event)
        self.server.tell(event, payload, list(rooms))
        self._say([word, list(rooms), event, payload])

    def hang_up(self, names: Sequence[str]) -> None:
        """Close every connection known by one of `names`, in every process."""
        self.attendance.evict(names)
        self._say(["hang_up", list(names)])

    def whisper(self, topic: str, payload: Any) -> None:
        """Tell who listens to a topic, in this process and in the others; no client hears it, and it may get lost."""
        self._listen(topic, payload)
        self._say(["whisper", topic, payload])

    def speak_from_afar(self) -> None:
        """Have this process, to which nobody connects, tell the one web process through the database if need be."""
        self._speaks_from_afar = True

    def _say(self, word: Word) -> None:
        if self.relay:
            self.relay.say(word)
        elif self._worker_line and self._speaks_from_afar:
            self._worker_line.say(word)

    def tell_to_resync(self) -> None:
        """Tell the connections of this process that they may have missed something."""
        RESYNCS.add()
        payload = {"within_seconds": RESYNC_SPREAD_SECONDS}
        self.server.tell(RESYNC.event, payload)

    def drain(self) -> None:
        """Refuse new connections, and close the present ones with a word, spread so that not all come back at once."""
        self.is_draining = True
        lines = list(self.server.eio.sockets)
        random.shuffle(lines)
        for line in lines:
            self.server.show_out(line, DRAINING)
            sleep(min(self.limits.drain_seconds / len(lines), LONGEST_PAUSE_BETWEEN_CLOSINGS))

    def _heard(self, word: Word) -> None:
        match word:
            case ["emit" | "hint", rooms, event, payload]:
                self.server.tell(event, payload, rooms)
            case ["hang_up", names]:
                self.attendance.evict(names)
            case ["resync"]:
                self.tell_to_resync()
            case ["whisper", topic, payload]:
                self._listen(topic, payload)
            case _:
                # During a rolling update a newer process may say what this one does not know yet.
                log.warning("realtime_word_unknown")

    def _listen(self, topic: str, payload: Any) -> None:
        listener = self._listeners.get(topic)
        if listener is None:
            return
        try:
            listener(payload)
        except Exception as error:  # noqa: BLE001 - it may get lost, and who hears it goes on hearing
            log.warning("realtime_whisper_failed", error_type=type(error).__name__)

    def _begin(self) -> None:
        refuse_unpatched_server()
        self.server.start_background_task(self._watch_for_ever)
        self.server.start_background_task(self._call_the_roll_for_ever)
        if self._worker_line:
            self._worker_line.listen()

    def _watch_for_ever(self) -> None:
        """Now and then, show out who may not stay and ping who stays. Nothing here waits for anything."""
        while True:
            sleep(self.limits.seconds_between_looks)
            for look in (self._show_out, self._ping, self._abort_stuck):
                try:
                    look()
                except Exception as error:  # noqa: BLE001 - the watch goes on
                    log.warning("realtime_watch_failed", error_type=type(error).__name__)

    def _call_the_roll_for_ever(self) -> None:
        """Less often, ask the database about all, one call after the other.

        The database may be slow or hang, and nobody is to lose their connection for want of a ping meanwhile.
        """
        while True:
            sleep(self.limits.seconds_between_roll_calls)
            try:
                self.switchboard.call_the_roll()
            except Exception as error:  # noqa: BLE001 - while the database is away nobody is judged
                log.warning("realtime_roll_call_failed", error_type=type(error).__name__)

    def _show_out(self) -> None:
        self.attendance.show_out(clock.now())

    def _ping(self) -> None:
        self.server.eio.ping(monotonic())

    def _abort_stuck(self) -> None:
        now = monotonic()
        for transport in list(self.server.eio.websockets):
            if transport.stuck_for(now) > self.limits.seconds_without_reading:
                transport.abort()


def refuse_unpatched_server() -> None:
    """Raise RuntimeError in a web server that imported psycopg before gevent patched the standard library.

    All else would seem to work, with every query waiting for every other (4.05 s against 0.21).
    """
    if not waiting.is_patched_first():
        raise RuntimeError("gevent must patch the standard library in the first line of the server, before psycopg.")


def _errors_only(name: str) -> logging.Logger:
    """Return a logger that stays above INFO whatever happens: there the libraries write down every payload."""
    logger = logging.getLogger(f"hep_api.realtime.{name}")
    logger.setLevel(logging.ERROR)
    return logger
