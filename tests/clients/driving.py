"""The programs of the TypeScript client, told what to do by lines of JSON."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from development import node


class Driver:
    """A program in a Node process of its own."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [node.find_node(), program],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=node.environment(),
        )

    def ask(self, what: str, **words: Any) -> Any:
        self.say(what, **words)
        assert self._process.stdout is not None
        return json.loads(self._process.stdout.readline())

    def say(self, what: str, **words: Any) -> None:
        """Tell it to do something, and do not wait for its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": what, **words}) + "\n")
        self._process.stdin.flush()

    def kill(self) -> None:
        self._process.kill()
        self.close()

    def close(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()


@contextmanager
def driving(program: Path, **opening: Any) -> Iterator[Driver]:
    """Run a program that has opened its store, until the end of the block."""
    driver = Driver(program)
    try:
        driver.ask("open", **{name: str(value) for name, value in opening.items()})
        yield driver
    finally:
        driver.kill()
