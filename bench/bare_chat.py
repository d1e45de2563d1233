"""B0, what the chat is held beside: stock Flask-SocketIO that relays a message after one INSERT by psycopg.

No sign-in, no rights, no numbers, no dedupe, no unread counts, no record. Served as the product is, with the product's
settings for Socket.IO; with REDIS_URL its processes share a stock message queue. `GET /readyz` answers when it serves.

    connect       auth {"room": <conversation id>}
    message.send  {"conversation_id", "client_id", "body"}: INSERT and commit, emit `message.created`, acknowledge
    message.send_at_once  the same without a transaction around the INSERT: one round trip in place of three
    echo          what comes goes back, nothing else
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from queue import LifoQueue
from typing import Any
from uuid import uuid4

import psycopg
from flask import Flask
from flask_socketio import SocketIO, emit, join_room

from bench.standing_in import stand_in

CONNECTIONS = 10
TABLE = """
CREATE TABLE IF NOT EXISTS bare_message (
    id uuid PRIMARY KEY, conversation_id uuid NOT NULL, sender_id uuid NOT NULL, client_id uuid NOT NULL,
    body text NOT NULL, sent_at timestamptz NOT NULL
)"""
INSERT = """
INSERT INTO bare_message (id, conversation_id, sender_id, client_id, body, sent_at)
VALUES (%(id)s, %(conversation_id)s, %(sender_id)s, %(client_id)s, %(body)s, %(sent_at)s)"""
SENDER = str(uuid4())


class Pool:
    """A few connections that are lent out, the one that came back last first."""

    def __init__(self, url: str, *, autocommit: bool) -> None:
        self._url = url.replace("postgresql+psycopg://", "postgresql://", 1)
        self._autocommit = autocommit
        self._idle: LifoQueue[psycopg.Connection[Any] | None] = LifoQueue()
        for _ in range(CONNECTIONS):
            self._idle.put(None)

    @contextmanager
    def lent(self) -> Iterator[psycopg.Connection[Any]]:
        connection = self._idle.get() or psycopg.connect(self._url, autocommit=self._autocommit)
        try:
            yield connection
        finally:
            self._idle.put(connection)


app = stand_in(Flask("bare_chat"))
sockets = SocketIO(
    app,
    async_mode="gevent",
    transports=["websocket"],
    async_handlers=False,
    manage_session=False,
    always_connect=False,
    ping_interval=25,
    ping_timeout=20,
    max_http_buffer_size=65536,
    message_queue=os.environ.get("REDIS_URL") or None,
)
in_transactions = Pool(os.environ["DATABASE_URL"], autocommit=False)
at_once = Pool(os.environ["DATABASE_URL"], autocommit=True)


@app.get("/readyz")
def ready() -> dict[str, str]:
    """Answer that it serves, with its table."""
    with in_transactions.lent() as connection, connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        connection.execute(TABLE)
    return {"status": "ready"}


def connect(auth: dict[str, Any]) -> None:
    """Let in whoever comes."""
    join_room(auth["room"])


def send(said: dict[str, Any]) -> dict[str, Any]:
    """Keep a message in a transaction, as psycopg's documentation shows it, tell it, acknowledge it."""
    message = _message(said)
    with in_transactions.lent() as connection, connection.transaction():
        connection.execute(INSERT, message)
    return _told(message)


def send_at_once(said: dict[str, Any]) -> dict[str, Any]:
    """Keep a message by one statement that commits itself, tell it, acknowledge it."""
    message = _message(said)
    with at_once.lent() as connection:
        connection.execute(INSERT, message)
    return _told(message)


def echo(said: Any) -> Any:
    """Give back what comes."""
    return said


def _message(said: dict[str, Any]) -> dict[str, Any]:
    return {**said, "id": str(uuid4()), "sender_id": SENDER, "sent_at": datetime.now(UTC).isoformat()}


def _told(message: dict[str, Any]) -> dict[str, Any]:
    emit("message.created", message, to=message["conversation_id"])
    return {"ok": True, "data": message}


for name, handler in {
    "connect": connect,
    "message.send": send,
    "message.send_at_once": send_at_once,
    "echo": echo,
}.items():
    sockets.on_event(name, handler)
