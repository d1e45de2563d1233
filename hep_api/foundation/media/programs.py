"""Programs of the host's that look at strangers' files, in the worker: with limits of time, memory and written bytes.

The command is the host's own, from the settings; there is no shell, and no word of the file's sender in it.
"""

import resource
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

_NOTHING_OF_OURS = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LC_ALL": "C"}


class TookTooLong(Exception):
    """The program was stopped, because its time was over."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may use; memory and written bytes are not limited where they are None."""

    seconds: int
    most_memory_bytes: int | None = None
    most_written_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, and what it said of errors."""

    exit_code: int
    said: str


def run_program(command: Sequence[str], bounds: Bounds, reads: Path | None = None) -> Ran:
    """Run a program to its end, with a file as its input or none; raise TookTooLong, OSError when it cannot start."""
    with (reads or Path("/dev/null")).open("rb") as source:
        try:
            # One program of the host's, named by a setting; no shell, and no word of the file's sender.
            done = subprocess.run(  # noqa: S603
                list(command),
                stdin=source,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                timeout=bounds.seconds,
                env=_NOTHING_OF_OURS,
                preexec_fn=_binding(bounds),
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TookTooLong from None
    return Ran(done.returncode, done.stderr.decode("utf-8", "replace"))


def _binding(bounds: Bounds) -> Callable[[], None]:
    limits = [
        (resource.RLIMIT_CPU, bounds.seconds),
        (resource.RLIMIT_AS, bounds.most_memory_bytes),
        (resource.RLIMIT_FSIZE, bounds.most_written_bytes),
        (resource.RLIMIT_CORE, 0),
    ]

    def bind() -> None:
        """Limit the program before it begins."""
        for what, most in limits:
            if most is not None:
                resource.setrlimit(what, (most, most))

    return bind
