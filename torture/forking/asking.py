"""The asker's side: has processes forked by a fork server, and holds them."""

import contextlib
import json
import os
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from development import children
from development.trouble import Trouble
from torture.forking.becoming import SERVING

ROOT = Path(__file__).resolve().parent.parent.parent
START_SECONDS = 60
SERVER_PATIENCE_SECONDS = 2.0
A_READ = 4096


@dataclass
class Forked:
    """A process that was forked; it ends when it is stopped, and when this process ends."""

    name: str
    held: int
    told: int
    pid: int = 0
    _code: int | None = None
    _heard: bytes = b""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def exit_code(self) -> int | None:
        """Return its exit code, or None while it runs."""
        with self._lock:
            while self._code is None and select.select([self.told], [], [], 0)[0]:
                self._hear()
            return self._code

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        with self._lock:
            while self._code is None:
                self._hear()
            return self._code

    def stop(self) -> int:
        """Ask it to end, wait until it and what it left behind are gone; return its exit code."""
        with self._lock:
            if self.held >= 0:
                os.close(self.held)
                self.held = -1
        return self.wait()

    def await_start(self) -> None:
        """Wait until it has a process id."""
        with self._lock:
            while not self.pid and self._code is None:
                self._hear()
        if self._code is not None and not self.pid:
            raise Trouble(f"{self.name} could not be forked.")

    def _hear(self) -> None:
        read = os.read(self.told, A_READ)
        self._heard += read
        *lines, self._heard = self._heard.split(b"\n")
        for line in lines:
            said: dict[str, int] = json.loads(line)
            self.pid = said.get("pid", self.pid)
            self._code = said.get("code", self._code)
        if not read and self._code is None:
            # Who forked it is gone, and so is it.
            self._code = 128 + signal.SIGKILL
        if self._code is not None:
            os.close(self.told)


@dataclass(frozen=True, slots=True)
class _Order:
    words: list[str]
    environment: dict[str, str]
    patience_seconds: float
    log: str


class Forks:
    """All fork servers of a run, each made when something is first asked of it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._roots: dict[str, children.Child] = {}
        self._servers: dict[tuple[str, str], Forked] = {}
        self._lock = threading.RLock()

    def fork(
        self,
        kind: str,
        build: str | None,
        words: Sequence[str],
        environment: Mapping[str, str],
        *,
        log: Path | None = None,
        patience_seconds: float = 1,
        pipes: Sequence[int] = (),
    ) -> Forked:
        """Have a process of a build forked; `pipes` are its input and output, else it has none but the log.

        The build None is none at all: a process that has imported nothing of the product.
        """
        self.prepare(kind, build)
        order = _Order(list(words), dict(environment), patience_seconds, str(log or ""))
        return _ask(self._address(kind, build), order, pipes)

    def prepare(self, kind: str, build: str | None) -> None:
        """Have a fork server of a build ready."""
        with self._lock:
            if kind not in self._roots:
                self._roots[kind] = self._start_root(kind)
            if build is None or (kind, build) in self._servers:
                return
            address = self._address(kind, build)
            log, words = self._log(kind, build), [SERVING, build, str(address)]
            order = _Order(words, dict(os.environ), SERVER_PATIENCE_SECONDS, str(log))
            server = self._servers[kind, build] = _ask(self._address(kind, None), order, ())
            _await(address, server.exit_code, log)

    def forget(self) -> None:
        """End the fork servers of broken builds: the next one tried is another."""
        with self._lock:
            for kind, build in [each for each in self._servers if each[1]]:
                self._servers.pop((kind, build)).stop()
                self._address(kind, build).unlink(missing_ok=True)

    def stop(self) -> None:
        """End all fork servers, and whatever they have forked."""
        with self._lock:
            for server in self._servers.values():
                server.stop()
            for root in self._roots.values():
                root.stop()
            self._servers.clear()
            self._roots.clear()

    def _start_root(self, kind: str) -> children.Child:
        address = self._address(kind, None)
        command: list[str | Path] = [sys.executable, "-m", "torture.forking", kind, address]
        root = children.start("fork server", command, folder=ROOT, log=self._log(kind, None))
        _await(address, root.exit_code, self._log(kind, None))
        return root

    def _address(self, kind: str, build: str | None) -> Path:
        """Return where a server listens; None stands for the one that has imported no product yet."""
        name = {None: "root", "": "whole"}.get(build, f"{build}-{os.getpid()}")
        return self._folder / f"{kind}-{name}"

    def _log(self, kind: str, build: str | None) -> Path:
        return self._address(kind, build).with_suffix(".log")


def _ask(address: Path, order: _Order, pipes: Sequence[int]) -> Forked:
    held_there, held = os.pipe()
    told, told_there = os.pipe()
    forked = Forked(" ".join(order.words), held, told)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gate:
            gate.connect(str(address))
            socket.send_fds(gate, [json.dumps(asdict(order)).encode()], [held_there, told_there, *pipes])
    finally:
        os.close(held_there)
        os.close(told_there)
    forked.await_start()
    return forked


def _await(address: Path, exit_code: Any, log: Path) -> None:
    """Wait until a server listens."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and exit_code() is None:
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as gate:
            gate.connect(str(address))
            return
        time.sleep(0.01)
    raise Trouble(f"A fork server did not start: {log.read_text(errors='replace')[-2000:]}")
