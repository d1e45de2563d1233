"""Watches what processes hold and spend while they work, and tells whether their memory grows."""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import psutil

from torture.processes import children_of
from torture.stage import Process

MIB = 1 << 20
# What comes first fills caches; growth is looked for in what follows.
WARM_UP_PART = 1 / 3


def serving(web: Process) -> psutil.Process:
    """Return the process that serves behind a web server's master."""
    [worker] = children_of(web.pid)
    return psutil.Process(worker)


@dataclass
class Memory:
    """Samples of one process: when, and how many bytes it held."""

    process: psutil.Process
    samples: list[tuple[float, int]] = field(default_factory=list)

    def look(self) -> int:
        """Note what it holds now, in bytes, and return it."""
        held: int = self.process.memory_info().rss
        self.samples.append((time.monotonic(), held))
        return held

    def growth(self) -> tuple[float, float]:
        """Return by which part it grew over the time watched after the warm-up, and how many MiB that is a minute.

        Both from the straight line that fits the samples best.
        """
        watched = _after_warm_up(self.samples)
        if len(watched) < 3:
            return 0.0, 0.0
        line = statistics.linear_regression([at for at, _ in watched], [held for _, held in watched])
        seconds = watched[-1][0] - watched[0][0]
        return line.slope * seconds / watched[0][1], line.slope * 60 / MIB


def _after_warm_up(samples: Sequence[tuple[float, int]]) -> Sequence[tuple[float, int]]:
    begin = samples[0][0] + (samples[-1][0] - samples[0][0]) * WARM_UP_PART if samples else 0.0
    return [sample for sample in samples if sample[0] >= begin]
