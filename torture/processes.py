"""Processes of this machine, as /proc shows them."""

import contextlib
from pathlib import Path


def children_of(parent: int) -> list[int]:
    """Return the process ids of its children."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # The name of a program may hold blanks and brackets.
            if int(stat.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(stat.parent.name))
    return found
