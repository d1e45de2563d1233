"""Lines of everyone in a scene over real sockets, to one web process after the other."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from queue import Empty, SimpleQueue
from time import monotonic, sleep
from typing import Any

from tests.contract.scene import Scene
from tests.realtime.raw import Closed, RawSocket

PATIENCE_SECONDS = 10.0
QUIET_SECONDS = 0.5


class SocketLine:
    """One connection: what it was answered, and what it was told besides."""

    def __init__(self, port: int, token: str | None) -> None:
        self._socket = RawSocket(port)
        said = self._socket.introduce(token or "")
        while said.startswith("42"):  # a call to all, from before we were let in
            said = self._socket.receive_but_pings()
        self.refused = None if said.startswith("40") else json.loads(said[2:])["data"]
        self.told: list[tuple[float, str]] = []
        self.is_open = True
        self._socket.socket.settimeout(None)
        self._answers: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def ask(self, command: str, body: Any) -> dict[str, Any]:
        if self.refused is not None:
            return {"ok": False, **self.refused}
        self._socket.text("421" + json.dumps([command, body]))
        try:
            return self._answers.get(timeout=PATIENCE_SECONDS)
        except Empty:
            return {"ok": False, "status": 0, "code": "no_acknowledgement"}

    def close(self) -> None:
        with suppress(OSError):
            self._socket.socket.shutdown(socket.SHUT_RDWR)
        self._reader.join(PATIENCE_SECONDS)
        self._socket.socket.close()

    def _read(self) -> None:
        with suppress(Closed, OSError, ValueError):
            while True:
                text = self._socket.receive_but_pings()
                if text.startswith("431["):
                    self._answers.put(json.loads(text[3:])[0])
                elif text.startswith("42"):
                    self.told.append((monotonic(), text[2:]))
        self.is_open = False
        self._answers.put({"ok": False, "status": 0, "code": "closed"})


class SocketLines:
    """A line for each part of a scene."""

    def __init__(self, scene: Scene, ports: Sequence[int]) -> None:
        self._lines = {
            part: SocketLine(ports[place % len(ports)], scene.phones[part].token)
            for place, part in enumerate(sorted(scene.phones))
        }
        self._opened_at = monotonic()

    def ask(self, part: str, command: str, body: Any) -> dict[str, Any]:
        return self._lines[part].ask(command, body)

    def heard(self, part: str) -> list[str]:
        """Return all that was told, once nobody has been told anything for a while."""
        until = monotonic() + PATIENCE_SECONDS
        while monotonic() < until and monotonic() - self._last_told_at() < QUIET_SECONDS:
            sleep(0.02)
        return [text for _, text in self._lines[part].told]

    def _last_told_at(self) -> float:
        return max((at for line in self._lines.values() for at, _ in line.told), default=self._opened_at)

    def close(self) -> None:
        for line in self._lines.values():
            line.close()


@contextmanager
def socket_lines(scene: Scene, ports: Sequence[int]) -> Iterator[SocketLines]:
    """Connect everyone of the scene."""
    lines = SocketLines(scene, ports)
    try:
        yield lines
    finally:
        lines.close()
