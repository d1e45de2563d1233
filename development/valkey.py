"""The Redis protocol server for several web processes and for tests; one process needs none.

Where the program comes from is decided in `binaries`; that REDIS_URL comes before all of this, by the callers.
"""

import os
import shutil
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from development import binaries, children, places
from development.trouble import Trouble

START_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Valkey:
    """A running server without a password: its only door is a socket in a private folder."""

    socket_path: Path
    child: children.Child

    @property
    def url(self) -> str:
        return f"unix://{self.socket_path}"

    def stop(self) -> None:
        """Stop it; what it held is gone."""
        self.child.stop()


def start() -> Valkey:
    """Start an empty server that keeps nothing on disk and ends with this process."""
    program = binaries.find_valkey()
    folder = places.temporary_folder(None)
    path, log = folder / "socket", folder / "log"
    options = {"port": "0", "unixsocket": str(path), "unixsocketperm": "700", "save": "", "appendonly": "no"}
    child = children.start(
        "Valkey",
        [program, *(part for name, value in options.items() for part in (f"--{name}", value))],
        folder=folder,
        log=log,
        remove=[folder],
    )
    _wait_until_ready(child, path, log)
    return Valkey(path, child)


def _wait_until_ready(child: children.Child, path: Path, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while child.exit_code() is None and time.monotonic() < deadline:
        with socket.socket(socket.AF_UNIX) as probe:
            if probe.connect_ex(os.fspath(path)) == 0:
                return
        time.sleep(0.01)
    said = log.read_text(errors="replace").strip().splitlines() if log.exists() else []
    child.stop()
    shutil.rmtree(path.parent, ignore_errors=True)
    raise Trouble(f"The Redis protocol server did not start: {said[-1] if said else 'it wrote no log'}")
