"""Processes of this machine: whose children they are, and what they have spent."""

import contextlib
from pathlib import Path

import psutil

from development import children


def children_of(parent: int) -> list[int]:
    """Return the process ids of its children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name of a program may hold blanks and brackets.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found


def cpu_seconds(child: children.Child) -> float:
    """Return the processor time of all that runs under a keeper."""
    return cpu_seconds_under(child.keeper.pid)


def cpu_seconds_under(pid: int) -> float:
    """Return the processor time of all that runs under a process."""
    spent = 0.0
    for process in psutil.Process(pid).children(recursive=True):
        # One that has ended meanwhile, as another's connection, is asked no more.
        with contextlib.suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            spent += times.user + times.system
    return spent
