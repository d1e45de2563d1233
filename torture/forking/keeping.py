"""The fork server's one loop: takes orders, forks, and ends whatever it has forked when its asker is gone.

An order is one datagram with two descriptors: `held` is a pipe that its asker keeps open for as long as the process is
to run, `told` is written to when it has started and when it has ended. What gevent has replaced is not used here: the
server itself must have no event loop, which nobody could share with those who are forked from it.
"""

import _socket
import contextlib
import gc
import json
import os
import select
import signal
import socket
import struct
import sys
import time
import traceback
from dataclasses import dataclass
from typing import Any, NoReturn

from gevent import monkey
from gevent._hub_local import get_hub_if_exists

from development.keeper import die_with_parent
from torture.forking.becoming import become

LONGEST_ORDER = 1 << 18
MOST_DESCRIPTORS = 8
MOST_OPEN = 1024
DEFAULT_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)

fork = monkey.get_original("os", "fork")
waitpid = monkey.get_original("os", "waitpid")
new_poll = monkey.get_original("select", "poll")


@dataclass(slots=True)
class Kept:
    """One process that was forked; `kill_at` is when patience with it ends."""

    pid: int
    ended: int
    held: int
    told: int
    patience_seconds: float
    kill_at: float | None = None


def serve(address: str) -> None:
    """Serve until told to end; then everything that was forked is killed."""
    _end_loop()
    listener = _socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    listener.bind(address)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    server = Server(listener)
    try:
        server.work()
    finally:
        # A fork that comes here by an exception must not kill the others.
        if os.getpid() == server.pid:
            for each in server.kept.values():
                _kill(each.pid)


class Server:
    """Whom it keeps, by the descriptor that tells of their end."""

    def __init__(self, listener: "_socket.socket") -> None:
        self.pid = os.getpid()
        self.kept: dict[int, Kept] = {}
        self._listener = listener
        self._held: dict[int, Kept] = {}
        self._poll = new_poll()
        self._poll.register(listener.fileno(), select.POLLIN)

    def work(self) -> NoReturn:
        """Wait for orders, for askers who let go, and for ends."""
        while True:
            for descriptor, _ in self._poll.poll(self._patience()):
                if descriptor == self._listener.fileno():
                    self._take()
                elif descriptor in self._held:
                    self._let_go(self._held[descriptor])
                elif descriptor in self.kept:
                    self._bury(self.kept[descriptor])
            for each in self.kept.values():
                if each.kill_at is not None and time.monotonic() >= each.kill_at:
                    _kill(each.pid)

    def _patience(self) -> float | None:
        """Return for how many milliseconds to wait at most."""
        ends = [each.kill_at for each in self.kept.values() if each.kill_at is not None]
        return max(10.0, (min(ends) - time.monotonic()) * 1000) if ends else None

    def _take(self) -> None:
        size = socket.CMSG_SPACE(MOST_DESCRIPTORS * struct.calcsize("i"))
        read, passed, _, _ = self._listener.recvmsg(LONGEST_ORDER, size)
        order: dict[str, Any] = json.loads(read)
        held, told, *own = _descriptors(passed)
        pid = fork()
        if not pid:
            self._listener.detach()
            _run(order, own, self.pid)
        kept = Kept(pid, os.pidfd_open(pid), held, told, order["patience_seconds"])
        for descriptor in own:
            os.close(descriptor)
        self.kept[kept.ended], self._held[held] = kept, kept
        for descriptor in (kept.ended, held):
            self._poll.register(descriptor, select.POLLIN)
        _tell(told, {"pid": pid})

    def _let_go(self, kept: Kept) -> None:
        """Its asker is gone, or wants it to end: ask it to."""
        self._close_held(kept)
        signal.pidfd_send_signal(kept.ended, signal.SIGTERM)
        kept.kill_at = time.monotonic() + kept.patience_seconds

    def _bury(self, kept: Kept) -> None:
        """It has ended: end what it has left behind, and tell its asker."""
        _, status = waitpid(kept.pid, 0)
        _kill_group(kept.pid)
        self._poll.unregister(kept.ended)
        os.close(kept.ended)
        del self.kept[kept.ended]
        if kept.held in self._held:
            self._close_held(kept)
        code = os.waitstatus_to_exitcode(status)
        _tell(kept.told, {"code": code if code >= 0 else 128 - code})
        os.close(kept.told)

    def _close_held(self, kept: Kept) -> None:
        self._poll.unregister(kept.held)
        del self._held[kept.held]
        os.close(kept.held)


def _end_loop() -> None:
    """End the event loop that an import may have begun: who is forked begins one of their own."""
    hub = get_hub_if_exists()
    if hub is not None:
        hub.destroy(destroy_loop=True)


def _descriptors(passed: Any) -> list[int]:
    return [number for _, _, data in passed for (number,) in struct.iter_unpack("i", data)]


def _tell(told: int, said: dict[str, int]) -> None:
    with contextlib.suppress(BrokenPipeError):
        os.write(told, json.dumps(said).encode() + b"\n")


def _kill(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
    _kill_group(pid)


def _kill_group(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, signal.SIGKILL)


def _run(order: dict[str, Any], own: list[int], server: int) -> NoReturn:
    """In the fork: become what was ordered, and never return."""
    code = 1
    try:
        _settle(order, own, server)
        become(order["words"])
        code = 0
    except SystemExit as ending:
        code = ending.code if isinstance(ending.code, int) else int(ending.code is not None)
    except BaseException:  # noqa: BLE001 - whatever it is, it ends here
        traceback.print_exc()
    finally:
        with contextlib.suppress(OSError, ValueError):
            sys.stdout.flush()
            sys.stderr.flush()
        os._exit(code)


def _settle(order: dict[str, Any], own: list[int], server: int) -> None:
    """Be a process of its own: signals, descriptors, environment; and end with the server, however that ends."""
    os.setpgid(0, 0)
    die_with_parent(signal.SIGTERM)
    for number in DEFAULT_SIGNALS:
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
    if os.getppid() != server:
        sys.exit(1)
    _redirect(order["log"], own)
    os.closerange(3, MOST_OPEN)
    os.environ.clear()
    os.environ.update(order["environment"])
    gc.enable()


def _redirect(log: str, own: list[int]) -> None:
    """Input and output are those that came with the order; else nothing is read, and all goes to the log."""
    nothing = os.open(os.devnull, os.O_RDWR)
    errors = os.open(log, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600) if log else nothing
    given, taken = own or (nothing, errors)
    for number, descriptor in enumerate((given, taken, errors)):
        os.dup2(descriptor, number)
