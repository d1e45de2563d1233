"""Hears what the app in this process tells connected clients: in which rooms, by which name, with what."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask

from hep_api.clinics.connections import sign_in_room
from tests.world import Person


class Told:
    """What was told, in order."""

    def __init__(self) -> None:
        self.all: list[tuple[set[str], str, Any]] = []

    def to(self, person: Person) -> list[tuple[str, Any]]:
        """Return what a person's sign-in was told, by name and payload."""
        return [(name, payload) for rooms, name, payload in self.all if sign_in_room(person.sign_in_id) in rooms]

    def names_to(self, person: Person) -> list[str]:
        return [name for name, _ in self.to(person)]


@contextmanager
def told(app: Flask) -> Iterator[Told]:
    """Collect the broadcasts of a block."""
    heard, gateway = Told(), app.extensions["hep_realtime"]
    gateway.broadcast = lambda rooms, name, payload, **_: heard.all.append((set(rooms), name, payload))
    try:
        yield heard
    finally:
        del gateway.broadcast
