"""Starts other programs as children that never outlive this process, not even when it is killed.

How a child is kept and ended is the keeper's matter; what to start stands in `postgres`, `valkey` and `run`.
"""

import json
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from development.places import User

KEEPER = Path(__file__).with_name("keeper.py")


@dataclass(slots=True)
class Child:
    """A program under its keeper; it ends when it is stopped, and when this process ends."""

    name: str
    keeper: "subprocess.Popen[bytes]"

    def exit_code(self) -> int | None:
        """Return its exit code, or None while it runs."""
        return self.keeper.poll()

    def wait(self) -> int:
        """Wait for its end; return its exit code."""
        code = self.keeper.wait()
        self._let_go()
        return code

    def stop(self) -> int:
        """Ask it to end, wait until it and what it left behind are gone; return its exit code."""
        self._let_go()
        return self.keeper.wait()

    def _let_go(self) -> None:
        assert self.keeper.stdin is not None, "a keeper is started with a pipe"
        self.keeper.stdin.close()


def start(
    name: str,
    command: Sequence[str | Path],
    *,
    user: User | None = None,
    stop_signal: signal.Signals = signal.SIGTERM,
    patience_seconds: float = 20,
    folder: Path | None = None,
    environment: Mapping[str, str] | None = None,
    log: Path | None = None,
    answer: Path | None = None,
    remove: Sequence[Path] = (),
) -> Child:
    """Start a command whose output goes to ours, or to the file `log`; `answer` takes its standard output alone.

    `remove` are folders to delete after its end.
    """
    order = {
        "command": [str(part) for part in command],
        "user": None if user is None else [user.uid, user.gid],
        "stop_signal": int(stop_signal),
        "patience_seconds": patience_seconds,
        "folder": None if folder is None else str(folder),
        "remove": [str(each) for each in remove],
    }
    with ExitStack() as files:
        errors = None if log is None else files.enter_context(log.open("ab"))
        output = errors if answer is None else files.enter_context(answer.open("wb"))
        keeper = subprocess.Popen(
            [sys.executable, "-I", "-S", str(KEEPER), json.dumps(order)],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=errors,
            env=environment,
            start_new_session=True,
        )
    return Child(name, keeper)


def first_to_end(running: Sequence[Child]) -> Child:
    """Wait until one of them has ended, and return it."""
    ended: queue.SimpleQueue[Child] = queue.SimpleQueue()

    def wait(child: Child) -> None:
        child.wait()
        ended.put(child)

    for child in running:
        threading.Thread(target=wait, args=(child,), daemon=True).start()
    return ended.get()
