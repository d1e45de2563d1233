"""PostgreSQL as in production, nothing left out: every commit waits for the disk. It can be stopped in every way, comes
back by itself, and can move, between two starts, to a small disk that is then filled.
"""

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psycopg

from development import binaries, children, places, postgres
from development.trouble import Trouble
from torture.processes import children_of
from torture.stage import ROOT, plain

START_SECONDS = 60.0
LOOK_SECONDS = 0.03
# Segments of one megabyte: with those of sixteen a disk would have to be large to be small.
SEGMENT = "--wal-segsize=1"
OPTIONS = (
    "fsync=on",
    "synchronous_commit=on",
    "full_page_writes=on",
    "max_connections=80",
    "min_wal_size=2MB",
    "max_wal_size=12MB",
    # In place of a second, as there are many to be made.
    "deadlock_timeout=500ms",
)
# What it may write before its small disk is full.
ROOM_BYTES = 24 * 1024 * 1024
WAYS = {"fast": signal.SIGINT, "immediate": signal.SIGQUIT, "killed": signal.SIGKILL}


class OwnCluster:
    """One server with its data, under a host that keeps it running."""

    def __init__(self, folder: Path, log: Path) -> None:
        self.folder = folder
        self.log_file = log
        self._user = places.server_user()
        self._found = binaries.find_postgres(self._user)
        self._data = folder / "data"
        self._note = folder / "pid"
        self._host: children.Child | None = None

    @classmethod
    @contextmanager
    def started(cls, log: Path) -> Iterator["OwnCluster"]:
        """Make one and start it, for the block."""
        folder = places.temporary_folder(places.server_user())
        cluster = cls(folder, log)
        try:
            postgres.initialise(cluster._found, cluster._data, cluster._user, "--auth=trust", "--no-sync", SEGMENT)
            cluster._start(None)
            yield cluster
        finally:
            cluster.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def url(self) -> str:
        return postgres.socket_url(self.folder, "postgres", None)

    def restart(self, way: str) -> float:
        """End the server in one of the ways, wait until it takes connections again, and return the seconds it took."""
        began = time.monotonic()
        before = self._pid()
        os.kill(before, WAYS[way])
        self._await(lambda: self._pid() != before)
        self.await_ready()
        return time.monotonic() - began

    def move_to_a_small_disk(self) -> None:
        """Stop, copy all data to a disk that has little room beside it, and go on there."""
        self.stop()
        size = sum(file.stat().st_size for file in self._data.rglob("*") if file.is_file())
        at = self.folder / "small"
        at.mkdir()
        self._start({"at": str(at), "bytes": size + ROOM_BYTES, "from": str(self._data)})

    def fill_disk(self) -> None:
        """Take all the room there is, and whatever becomes free."""
        self._tell(signal.SIGUSR1)

    def free_disk(self) -> None:
        """Give the room back."""
        self._tell(signal.SIGUSR2)

    def await_ready(self) -> None:
        """Wait until it takes connections."""

        def answers() -> bool:
            with suppress(psycopg.OperationalError), self.connected():
                return True
            return False

        self._await(answers)

    def connected(self) -> psycopg.Connection[Any]:
        """Connect as the superuser."""
        return psycopg.connect(plain(self.url), autocommit=True, connect_timeout=5)

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def stop(self) -> None:
        """Stop it for good, in good order."""
        if self._host is not None:
            self._host.stop()
            self._host = None

    def _start(self, small: dict[str, Any] | None) -> None:
        data = self._data if small is None else Path(small["at"]) / "data"
        command = postgres.command(self._found, data, self.folder, (*postgres.SERVER_OPTIONS, *OPTIONS))
        user = None if self._user is None else [self._user.uid, self._user.gid]
        order = {"command": [str(each) for each in command], "user": user, "note": str(self._note), "small": small}
        self._note.unlink(missing_ok=True)
        words = [sys.executable, "-m", "torture.outages.host", json.dumps(order)]
        self._host = children.start("PostgreSQL's host", words, folder=ROOT, log=self.log_file)
        self._await(self._note.exists)
        self.await_ready()

    def _pid(self) -> int:
        return int(self._note.read_text())

    def _tell(self, number: signal.Signals) -> None:
        assert self._host is not None, "it was stopped"
        [host] = children_of(self._host.keeper.pid)
        os.kill(host, number)

    def _await(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not condition():
            if self._host is None or self._host.exit_code() is not None or time.monotonic() > deadline:
                raise Trouble(f"PostgreSQL did not come back: {self.log[-1000:]}")
            time.sleep(LOOK_SECONDS)
