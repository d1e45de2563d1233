"""A console of whoever keeps the installation: `flask ...` commands of a build, one after the other, in one process
that has imported the build once. `python -m torture.audit.console` is its other end.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hep_api.foundation.settings import Settings
from torture.broken import BROKEN
from torture.stage import ROOT, environment


class Console:
    """Commands go in as lines of JSON; what they printed and how they ended comes back as such."""

    def __init__(self, said: IO[str], printed: IO[str]) -> None:
        self._said = said
        self._printed = printed

    @classmethod
    @contextmanager
    def opened(cls, settings: Settings, broken: str, log: Path) -> Iterator["Console"]:
        """Open one for the block; it imports its build while others start."""
        with log.open("w") as complained:
            process = subprocess.Popen(
                [sys.executable, "-m", "torture.audit.console"],
                cwd=ROOT,
                env=environment(settings) | {BROKEN: broken},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=complained,
                text=True,
            )
        with process:  # which ends where there is nothing more to be read
            assert process.stdin is not None, "it was asked for"
            assert process.stdout is not None, "it was asked for"
            yield cls(process.stdin, process.stdout)

    def run(self, *words: str) -> str:
        """Run a command; return what it printed. One that fails otherwise than by exit code 1 is an error."""
        print(json.dumps(words), file=self._said, flush=True)
        answer = json.loads(self._printed.readline())
        assert answer["exit_code"] in (0, 1), answer["output"][-2000:]
        return str(answer["output"])


def main() -> None:
    """Run what is asked for until nothing more can be asked."""
    from torture.entry import app

    runner = app.test_cli_runner()
    for line in sys.stdin:
        done = runner.invoke(args=json.loads(line))
        print(json.dumps({"exit_code": done.exit_code, "output": done.output}), flush=True)


if __name__ == "__main__":
    main()
