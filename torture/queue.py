"""A Redis protocol server that can be killed and brought back at the same address."""

import os
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import redis

from development import binaries, children, places
from development.trouble import Trouble
from torture.processes import children_of

START_SECONDS = 20
CHANNEL = "hep-api:realtime"


class Queue:
    """The server, running or taken away."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path = folder / "socket"
        self._child: children.Child | None = None

    @classmethod
    @contextmanager
    def started(cls) -> Iterator["Queue"]:
        """Start one for the block."""
        folder = places.temporary_folder(None)
        queue = cls(folder)
        try:
            queue.bring_back()
            yield queue
        finally:
            queue.take_away()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return f"unix://{self._path}"

    def bring_back(self) -> None:
        """Start it where it was; it remembers nothing."""
        options = {"port": "0", "unixsocket": str(self._path), "save": "", "appendonly": "no"}
        words: Iterator[str] = (word for name, value in options.items() for word in (f"--{name}", value))
        command = [str(binaries.find_valkey()), *words]
        self._child = children.start("Valkey", command, folder=self._folder, log=self._folder / "log")
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            with suppress(redis.ConnectionError), redis.Redis.from_url(self.url) as client:
                client.ping()
                return
            time.sleep(0.02)
        raise Trouble("The Redis protocol server did not start.")

    def take_away(self) -> None:
        """Stop it, if it runs."""
        if self._child is not None:
            self._child.stop()
            self._child = None

    def wipe(self) -> None:
        """Let it forget everything, and whoever listens."""
        with redis.Redis.from_url(self.url) as client:
            client.flushall()
            client.client_kill_filter(_type="pubsub")

    def hang(self) -> None:
        """Let it take whatever is said and answer nothing."""
        self._signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let it answer again."""
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        assert self._child is not None, "it was taken away"
        for each in children_of(self._child.keeper.pid):
            os.kill(each, number)

    def listeners(self) -> int:
        """Return how many processes listen."""
        with redis.Redis.from_url(self.url) as client:
            [(_, count)] = client.pubsub_numsub(CHANNEL)
            return int(count)
