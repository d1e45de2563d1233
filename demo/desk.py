"""The practitioner's desk, live: python-socketio's client."""

import queue
from typing import Any

import socketio

from demo.phone import PATIENCE_SECONDS, acknowledged, wait_for
from demo.telling import Mismatch

Json = dict[str, Any]


class Desk:
    """One Socket.IO connection of the practitioner."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._heard: queue.Queue[Json] = queue.Queue()
        self._client = socketio.Client(reconnection=False, request_timeout=PATIENCE_SECONDS)
        self._client.on("*", lambda event, payload=None: self._heard.put({"heard": event, "payload": payload}))

    def connect(self, token: str) -> None:
        try:
            self._client.connect(
                self._url, auth={"token": token}, transports=["websocket"], wait_timeout=PATIENCE_SECONDS
            )
        except socketio.exceptions.ConnectionError as error:
            raise Mismatch(f"The desk could not connect: {error}") from None

    def say(self, event: str, body: Json) -> Json:
        """Send a command and return what its acknowledgement holds; raise Mismatch when it is refused."""
        try:
            return acknowledged(event, self._client.call(event, body, timeout=PATIENCE_SECONDS))
        except socketio.exceptions.TimeoutError:
            raise Mismatch(f"`{event}` was not acknowledged within {PATIENCE_SECONDS} s.") from None

    def hears(self, event: str) -> Json:
        """Wait for an event and return its payload; others that came before it are passed over."""
        return wait_for(self._heard, event, "the desk")

    def close(self) -> None:
        self._client.disconnect()
