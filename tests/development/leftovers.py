"""Which processes and folders a server left behind."""

import time
from collections.abc import Callable
from pathlib import Path

import psutil

PATIENCE_SECONDS = 60


def processes_about(*words: str | Path) -> list[str]:
    """Return the command lines, of processes that live, in which one of the words stands."""
    found = []
    for process in psutil.process_iter(["cmdline", "status"]):
        line = " ".join(process.info["cmdline"] or ())
        if process.info["status"] != psutil.STATUS_ZOMBIE and any(str(word) in line for word in words):
            found.append(line)
    return found


def soon(condition: Callable[[], bool]) -> bool:
    """Tell whether the condition comes true within a patience that is generous on a busy machine."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def processes_told(name: str, value: str) -> list[str]:
    """Return the command lines of the processes, of ours, that have this variable in their environment."""
    found = []
    for process in psutil.process_iter(["cmdline", "environ", "status"]):
        environment = process.info["environ"] or {}
        if environment.get(name) == value and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(" ".join(process.info["cmdline"] or ()))
    return found
