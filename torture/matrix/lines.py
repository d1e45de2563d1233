"""Live connections of everyone in a scene: to send commands on, and to hear what is told.

Here over the switchboard of the app in this process; `make torture` has the same over real sockets.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol
from uuid import uuid4

from hep_api.foundation.errors import Problem
from hep_api.foundation.realtime.gateway import Gateway
from hep_api.foundation.realtime.packets import HOME, Kind, Packet
from tests.contract.scene import Scene


class Lines(Protocol):
    """A connection for each part of a scene."""

    def ask(self, part: str, command: str, body: Any) -> dict[str, Any]:
        """Send a command; return its acknowledgement, or the problem with which the connection was refused."""

    def heard(self, part: str) -> list[str]:
        """Return all that was told to the part, as text."""


class InnerLines:
    """Lines to the switchboard in this process."""

    def __init__(self, scene: Scene, gateway: Gateway) -> None:
        self._gateway = gateway
        self._refused: dict[str, Problem] = {}
        self._heard: dict[str, list[str]] = defaultdict(list)
        self._lines = {part: f"{part}-{uuid4()}" for part in scene.phones}
        for part, line in self._lines.items():
            gateway.attendance.opened(line)
            packet = Packet(Kind.CONNECT, HOME, None, json.dumps({"token": scene.phones[part].token}))
            let_in = gateway.switchboard.introduce(line, packet, lambda _: False)
            if isinstance(let_in, Problem):
                self._refused[part] = let_in

    def ask(self, part: str, command: str, body: Any) -> dict[str, Any]:
        if part in self._refused:
            return {"ok": False, **self._refused[part].as_json()}
        packet = Packet(Kind.EVENT, HOME, 1, json.dumps([command, body]))
        return self._gateway.switchboard.answer(self._lines[part], packet)

    def heard(self, part: str) -> list[str]:
        return self._heard[part]

    def tell(self, rooms: Any, event: str, payload: Any) -> None:
        """Stand in for the sockets: whoever is in one of the rooms has heard it."""
        for part, line in self._lines.items():
            caller = self._gateway.attendance.caller(line)
            if caller is not None and not set(caller.names).isdisjoint(rooms):
                self._heard[part].append(json.dumps([event, payload]))

    def close(self) -> None:
        for line in self._lines.values():
            self._gateway.attendance.closed(line)


@contextmanager
def inner_lines(scene: Scene) -> Iterator[InnerLines]:
    """Connect everyone of the scene to the app in this process."""
    gateway: Gateway = scene.world.app.extensions["hep_realtime"]
    lines = InnerLines(scene, gateway)
    gateway.broadcast = gateway.hint = lines.tell  # type: ignore[method-assign]
    try:
        yield lines
    finally:
        del gateway.broadcast, gateway.hint
        lines.close()
