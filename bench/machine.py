"""What a run was measured on, and whether others were at work there meanwhile."""

import os
import resource
import time
from typing import Any

import psutil

from torture.results import machine

# Of all cores together; above it the clock says more about the others than about the product.
MOST_TAKEN_BY_OTHERS = 0.10


class Watch:
    """Notes what the machine did from now on; ask it when whatever was started has ended."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._load = os.getloadavg()[0]
        self._all, self._ours = _all_cpu_seconds(), _our_cpu_seconds()

    def as_json(self) -> dict[str, Any]:
        """Return what it ran on, the load before and after, how many cores others took, and a warning or null."""
        seconds = time.monotonic() - self._began
        others = max(0.0, _all_cpu_seconds() - self._all - (_our_cpu_seconds() - self._ours)) / seconds
        cores = os.cpu_count() or 1
        return {
            **machine(),
            "seconds": round(seconds),
            "load_at_start": round(self._load, 2),
            "load_at_end": round(os.getloadavg()[0], 2),
            "cores_taken_by_others": round(others, 2),
            "warning": warning(others, cores),
        }


def warning(taken_by_others: float, cores: int) -> str | None:
    """Return what to say when others took so many of the cores; None when it was quiet."""
    if taken_by_others <= MOST_TAKEN_BY_OTHERS * cores:
        return None
    return (
        f"Others took {taken_by_others:.1f} of {cores} cores meanwhile: ratios by the clock are worth little, CPU more."
    )


def _all_cpu_seconds() -> float:
    """Return what all processes of the machine have used so far."""
    times = psutil.cpu_times()
    waiting = times.idle + getattr(times, "iowait", 0.0) + getattr(times, "guest", 0.0)
    return float(sum(times) - waiting - getattr(times, "guest_nice", 0.0))


def _our_cpu_seconds() -> float:
    """Return what this process has used so far, and whatever it started that has ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
