"""One toy process per module, with the waits made short."""

import json
import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from development import children
from tests.realtime.raw import RawSocket

SHORT = {
    "seconds_to_introduce_oneself": 1.0,
    "seconds_to_renew": 3.0,
    "seconds_without_reading": 1.0,
    "seconds_between_looks": 0.1,
    "seconds_between_roll_calls": 0.5,
    "drain_seconds": 0.5,
    "connections_of_one_holder": 3,
}


@dataclass
class Toy:
    """A running toy process."""

    port: int
    log_file: Path
    child: children.Child

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def log(self) -> str:
        return self.log_file.read_text()

    def socket(self, path: str | None = None, **headers: str | None) -> RawSocket:
        return RawSocket(self.port, **({"path": path} if path else {}), **headers)

    def signed_in(self, token: str = "alice/user/600") -> RawSocket:
        """Return an introduced connection."""
        opened = self.socket()
        assert opened.introduce(token).startswith('40{"sid":')
        return opened

    def counts(self) -> dict[str, Any]:
        with self.signed_in("counter/admin/600") as admin:
            found: dict[str, Any] = admin.ask("admin.count", {})["data"]
            return found


@contextmanager
def toy_process(folder: Path, **options: Any) -> Iterator[Toy]:
    """Run a toy process with the gateway's options; `limits` are added to the short ones."""
    options["limits"] = {**SHORT, **options.get("limits", {})}
    port, log = free_port(), folder / f"toy-{time.monotonic_ns()}.log"
    command = [sys.executable, "-m", "tests.realtime.toy_server", str(port), json.dumps(options)]
    child = children.start("toy", command, log=log, patience_seconds=2)
    try:
        wait_for_port(port, log)
        yield Toy(port, log, child)
    finally:
        child.stop()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for_port(port: int, log: Path) -> None:
    for _ in range(1500):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.01)
    raise AssertionError(log.read_text())


@pytest.fixture(scope="module")
def toy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Toy]:
    with toy_process(tmp_path_factory.mktemp("toy")) as running:
        yield running
        assert _only_planned(running.log), running.log


@pytest.fixture
def toy_alone(tmp_path: Path) -> Iterator[Toy]:
    """A process of the test's own, for tests that count what is held or leave something behind."""
    with toy_process(tmp_path) as running:
        yield running


def _only_planned(log: str) -> bool:
    """Tell whether each traceback in the log is one that a test raised on purpose."""
    return all("SECRET-IN-AN-EXCEPTION" in line for line in log.splitlines() if "Traceback" in line)
