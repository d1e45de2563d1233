"""R8 by its parts: the rules for answers, a host that keeps a server running, a small disk, the books of events.

In full, with PostgreSQL and Redis restarted under everybody at work: `make torture-R8`.
"""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from torture.outages.reporters import Event, Reporter
from torture.outages.small_disk import IMPOSSIBLE
from torture.outages.watching import PROBLEM, Watch
from torture.stage import ROOT

RIGHT = {"Content-Type": PROBLEM, "Retry-After": "2"}
BUSY = {"status": 503, "code": "unavailable"}
PATIENCE_SECONDS = 20


class Answering(BaseHTTPRequestHandler):
    """Answers as the path says: a status, then headers and a body as JSON."""

    def do_POST(self) -> None:
        status, headers, body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        content = json.dumps(body).encode()
        self.send_response(status)
        for name, text in {**headers, "Content-Length": str(len(content))}.items():
            self.send_header(name, text)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Answering) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_port
        server.shutdown()


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ((200, {}, {}), ""),
        ((404, {}, {}), ""),
        ((503, RIGHT, BUSY), ""),
        ((503, {"Content-Type": PROBLEM}, BUSY), "without Retry-After"),
        ((503, {**RIGHT, "Retry-After": "soon"}, BUSY), "without Retry-After"),
        ((503, {**RIGHT, "Content-Type": "text/html"}, BUSY), "without a problem's words"),
        ((503, RIGHT, {"status": 500}), "without a problem's words"),
        ((500, RIGHT, {"status": 500}), "answered 500"),
        ((502, RIGHT, BUSY), "answered 502"),
    ],
)
def test_an_answer_is_right_or_says_when_to_come_again(port: int, answer: object, complaint: str) -> None:
    watch = Watch()
    said = watch.ask(port, "POST", "/v1/patients/01a204c8-2af0-7094-9e5d-a4370237ba1e/events", answer)
    assert said is not None
    assert [complaint in told for told in watch.told()] == ([True] if complaint else [])
    assert all(told.startswith("POST /v1/patients/.../events was") for told in watch.told())


def test_an_answer_has_to_come_and_in_time(port: int) -> None:
    watch = Watch(limit_seconds=0)
    assert watch.ask(port, "POST", "/late", (200, {}, {})) is not None
    assert watch.ask(1, "GET", "/nobody") is None
    assert watch.told() == [
        "POST /late took more than 0 s (1 times)",
        "GET /nobody was not answered: ConnectionRefusedError (1 times)",
    ]


def reporter() -> Reporter:
    found = Reporter((), "", "", None, random.Random(1), Watch())  # type: ignore[arg-type] - it reports nothing new here
    events: list[Event] = [{"id": "a"}, {"id": "b"}, {"id": "c"}]
    found.sent = {event["id"] for event in events}
    found._settle(events, [{"outcome": each} for each in ("applied", "duplicate", "retry")], {"applied", "duplicate"})
    return found


@pytest.mark.parametrize(
    ("pulled", "amiss"),
    [
        ((["a", "b"], [1, 2]), []),
        ((["b", "a", "c"], [1, 2, 3]), []),
        ((["a"], [1]), ["1 of 2 acknowledged events are lost"]),
        ((["a", "b", "d"], [1, 2, 3]), ["1 events are there that nobody sent"]),
        ((["a", "b", "a"], [1, 2, 3]), ["1 events are there twice"]),
        ((["a", "b"], [1, 3]), ["the numbers of events have gaps, or came in another order"]),
    ],
)
def test_what_was_acknowledged_has_to_be_there_once(pulled: tuple[list[str], list[int]], amiss: list[str]) -> None:
    assert list(reporter().amiss_in(*pulled)) == amiss


def test_a_host_starts_its_server_again_however_it_ended_until_it_is_told_to_stop(tmp_path: Path) -> None:
    note = tmp_path / "pid"
    order = {"command": ["sleep", "60"], "user": None, "note": str(note), "small": None}
    command = [sys.executable, "-m", "torture.outages.host", json.dumps(order)]
    with subprocess.Popen(command, cwd=ROOT) as host:
        seen: list[int] = []
        for number in (signal.SIGKILL, signal.SIGINT):
            seen.append(another(note, seen))
            os.kill(seen[-1], number)
        seen.append(another(note, seen))
        host.terminate()
        assert host.wait(PATIENCE_SECONDS) == 0
    assert not Path(f"/proc/{seen[-1]}").exists()


def another(note: Path, seen: Sequence[int]) -> int:
    """Wait for a process that was not seen yet."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        if note.exists() and (pid := int(note.read_text())) not in seen:
            return pid
        time.sleep(0.01)
    raise AssertionError("it was not started again")


def test_a_small_disk_is_full_when_it_is_and_nobody_elses(tmp_path: Path) -> None:
    script = 'head -c 1000000 /dev/zero > "$0/fits" && head -c 3000000 /dev/zero > "$0/does-not"'
    command = [
        sys.executable,
        "-m",
        "torture.outages.small_disk",
        str(tmp_path),
        "2000000",
        "sh",
        "-c",
        script,
        str(tmp_path),
    ]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=PATIENCE_SECONDS)
    if IMPOSSIBLE in done.stderr:  # then R8 says so and has failed
        assert done.returncode == 1
        return
    assert "No space left on device" in done.stderr
    assert list(tmp_path.iterdir()) == []
