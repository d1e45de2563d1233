"""A proxy in a process of its own, and the orders that a proof gives it."""

import json
import shutil
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from development import children, places, postgres
from development.trouble import Trouble
from torture.wire.__main__ import CONTROL
from torture.wire.proxy import Point

START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class _Answers:
    """What the proxy answers on one connection, line by line."""

    line: socket.socket

    def readline(self) -> dict[str, Any]:
        read = b""
        while not read.endswith(b"\n"):
            read += self.line.recv(1) or b"{}\n"
        found: dict[str, Any] = json.loads(read)
        return found


@dataclass(frozen=True, slots=True)
class Ordered:
    """An order that the proxy has taken."""

    answers: _Answers

    def victim(self, seconds: float) -> int | None:
        """Wait for it to be done; return the process id of who was killed, None when nobody was in time."""
        self.answers.line.settimeout(seconds)
        try:
            return self.answers.readline().get("pid")
        except TimeoutError:
            return None


@dataclass(frozen=True, slots=True)
class Wire:
    """The way to a cluster through the proxy."""

    folder: Path
    log: Path

    @classmethod
    @contextmanager
    def laid(cls, cluster: postgres.Cluster, marker: str) -> Iterator["Wire"]:
        """Lay one for the block; `marker` is an expression found in every statement that writes what is looked for."""
        folder = places.temporary_folder(None)
        wire = cls(folder, folder / "log")
        command: list[str | Path] = [sys.executable, "-m", "torture.wire", folder, cluster.socket_folder, marker]
        child = children.start("wire", command, folder=places.CHECKOUT, log=wire.log)
        try:
            wire._await()
            yield wire
        finally:
            child.stop()
            shutil.rmtree(folder, ignore_errors=True)

    def through(self, url: str) -> str:
        """Return a database's URL with the way through the proxy."""
        return url.partition("?host=")[0] + f"?host={self.folder}"

    @contextmanager
    def killing(self, point: Point, to_pass: int) -> Iterator["Ordered"]:
        """Have whoever next commits what is looked for killed, after so many that pass; until the end of the block."""
        with self._asked({"kill": point, "pass": to_pass}) as answers:
            answers.readline()  # that the order is taken
            yield Ordered(answers)

    def committed(self) -> int:
        """Return how many transactions that wrote it have committed."""
        with self._asked({}) as answers:
            return int(answers.readline()["committed"])

    @contextmanager
    def _asked(self, order: dict[str, Any]) -> Iterator["_Answers"]:
        with socket.socket(socket.AF_UNIX) as line:
            line.settimeout(START_SECONDS)
            line.connect(str(self.folder / CONTROL))
            line.sendall(json.dumps(order).encode() + b"\n")
            yield _Answers(line)

    def _await(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):
                self.committed()
                return
            time.sleep(0.02)
        raise Trouble(f"The proxy on PostgreSQL's wire did not start: {self.log.read_text()[-500:]}")
