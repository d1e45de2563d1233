"""The product, looked at every few milliseconds of processor time: `bench.profiles` serves it in place of wsgi:app.

The first SIGUSR2 begins to count where the process is, the next one writes that to the file of BENCH_SAMPLES: a line
for each stack, outermost first, parted by `;`, with how often it was seen, as the programs that draw flames read it.
"""

import os
import signal
from collections import Counter
from pathlib import Path
from types import FrameType
from typing import Any

from wsgi import app as app

EACH_SECONDS = 0.004  # of processor time; the kernel counts in such steps
MOST_FRAMES = 80
TOP = str(Path(__file__).resolve().parent.parent) + "/"
_stacks: Counter[str] = Counter()
_is_counting = False


def _look(_number: int, frame: FrameType | None) -> None:
    names: list[str] = []
    while frame is not None and len(names) < MOST_FRAMES:
        names.append(f"{_module(frame.f_code.co_filename)}:{frame.f_code.co_name}")
        frame = frame.f_back
    _stacks[";".join(reversed(names))] += 1


def _module(file: str) -> str:
    """Return the path below the checkout, or below where packages or the standard library are."""
    name = file.removeprefix(TOP)
    return name.rpartition("site-packages/")[2] if "site-packages/" in name else name.rpartition("lib/")[2]


def _turn(_number: int, _frame: Any) -> None:
    global _is_counting
    signal.setitimer(signal.ITIMER_PROF, 0 if _is_counting else EACH_SECONDS, 0 if _is_counting else EACH_SECONDS)
    if _is_counting:
        file = Path(os.environ["BENCH_SAMPLES"])
        file.with_suffix(".part").write_text("".join(f"{stack} {seen}\n" for stack, seen in _stacks.items()))
        file.with_suffix(".part").rename(file)
    _is_counting = not _is_counting


signal.signal(signal.SIGPROF, _look)
signal.signal(signal.SIGUSR2, _turn)
