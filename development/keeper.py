"""Runs one program exactly as long as whoever asked for it lives, however that one ends.

The asker holds the other end of our standard input: when it closes it, or is killed, the pipe ends and the program
is stopped, its whole process group after it, and the folders named as its own are removed. It stands in a session
of its own, so a Ctrl-C at the terminal reaches the asker alone. Standard library only, run by path: see `children`.
"""

import contextlib
import ctypes
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from typing import Any

PR_SET_PDEATHSIG = 1


def main(order: dict[str, Any]) -> int:
    """Run the program of the order (see `children.start`) to its end; return its exit code as a shell would."""
    try:
        program = subprocess.Popen(
            order["command"],
            stdin=subprocess.DEVNULL,
            cwd=order["folder"],
            process_group=0,
            preexec_fn=functools.partial(die_with_parent, order["stop_signal"]),
            **_as_user(order["user"]),
        )
    except OSError as error:
        print(f"{order['command'][0]} cannot be started: {error}", file=sys.stderr)
        return 127
    stop = _stopper(program, order["stop_signal"], order["patience_seconds"])
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, lambda *_: stop())
    threading.Thread(target=_call_when_asker_is_gone, args=(stop,), daemon=True).start()
    code = program.wait()
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(program.pid, signal.SIGKILL)
    for folder in order["remove"]:
        shutil.rmtree(folder, ignore_errors=True)
    return code if code >= 0 else 128 - code


def _stopper(program: "subprocess.Popen[bytes]", stop_signal: int, patience_seconds: float) -> Callable[[], None]:
    """Return a function that asks the program to end and, once patience has run out, ends it."""

    def stop() -> None:
        program.send_signal(stop_signal)
        impatience = threading.Timer(patience_seconds, program.kill)
        impatience.daemon = True
        impatience.start()

    return stop


def _call_when_asker_is_gone(stop: Callable[[], None]) -> None:
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop()


def die_with_parent(number: int) -> None:
    """Let this process be sent a signal when whoever started it ends, be it by SIGKILL. Linux alone does so."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)


def _as_user(ids: list[int] | None) -> dict[str, Any]:
    return {} if ids is None else {"user": ids[0], "group": ids[1], "extra_groups": []}


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
