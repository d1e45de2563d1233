"""A client's driver as a process: one JSON object a line in, one a line out; it can be killed at any moment."""

import json
import queue
import subprocess
import threading
from collections.abc import Sequence
from typing import Any

from hep_api.sync.conformance.verdicts import Broken

SECONDS = 60.0


class Killed(Exception):
    """The driver ended before it answered."""


class Driver:
    """A running driver. Its errors go where ours go."""

    def __init__(self, command: Sequence[str]) -> None:
        try:
            self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        except OSError as error:
            raise Broken(f"the driver cannot be started: {error}") from None
        self._lines: queue.Queue[bytes] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()

    def ask(self, do: str, **fields: Any) -> dict[str, Any]:
        """Ask for something and return the answer; Broken when it is not done, Killed when the driver is gone."""
        request = json.dumps({"do": do, **fields}).encode() + b"\n"
        assert self._process.stdin is not None, "it was opened as a pipe"
        try:
            self._process.stdin.write(request)
            self._process.stdin.flush()
            told = self._lines.get(timeout=SECONDS)
        except OSError:
            raise Killed(do) from None
        except queue.Empty:
            # What it may yet say would be taken for the answer to something else.
            self.kill()
            raise Broken(f"the driver did not answer {do} within {SECONDS:.0f} s") from None
        if not told:
            raise Killed(do)
        answer: dict[str, Any] = json.loads(told)
        if not answer.get("ok"):
            raise Broken(f"the driver answered {do} with {told.decode('utf-8', 'replace').strip()}")
        return answer

    def kill(self) -> None:
        """End it at once, as a crash or an empty battery does."""
        self._process.kill()

    def end(self) -> None:
        """Kill it and wait until it is gone."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def _listen(self) -> None:
        assert self._process.stdout is not None, "it was opened as a pipe"
        try:
            for line in self._process.stdout:
                self._lines.put(line)
        except ValueError:
            pass  # closed while we listened
        self._lines.put(b"")
