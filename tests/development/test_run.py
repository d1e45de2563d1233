"""`make run` starts everything, ends all of it, keeps the data, and says in a sentence what it cannot do."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from development import places
from development.push_service import starting
from tests.development.leftovers import processes_told, soon

PRODUCT = Path(__file__).with_name("product")
FOLDER = "HEP_DEVELOPMENT_FOLDER"


@dataclass(frozen=True)
class Development:
    """A development folder and a port; every start of `make run` in it runs the small product."""

    state: Path
    port: int

    def environment(self) -> dict[str, str]:
        given = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
        return given | {FOLDER: str(self.state), "PYTHONPATH": str(places.CHECKOUT), "PORT": str(self.port)}

    @contextmanager
    def started(self, **more: str) -> "Iterator[subprocess.Popen[str]]":
        with subprocess.Popen(
            [sys.executable, "-m", "development.run"],
            cwd=PRODUCT,
            env=self.environment() | more,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                yield process
            finally:
                process.kill()

    @contextmanager
    def running(self) -> "Iterator[tuple[subprocess.Popen[str], str]]":
        """Start it and wait until it says that it runs; yield the process and what it said."""
        with self.started() as process:
            assert process.stdout is not None
            said = ""
            for line in process.stdout:
                said += line
                if "Ctrl-C" in line:
                    break
            assert self.ask("/readyz"), said
            yield process, said

    def complaint_of(self, **more: str) -> str:
        """Start what cannot work; return the one sentence that it ends with."""
        with self.started(**more) as process:
            _, complaint = process.communicate(timeout=60)
        assert process.returncode == 1
        assert len(complaint.strip().splitlines()) == 1, complaint
        return complaint.strip()

    def command(self, *words: str, **more: str) -> str:
        """Run one of the product's commands beside it; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "development.command", *words],
            cwd=PRODUCT,
            env=self.environment() | more,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    def ask(self, path: str) -> Any:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
            return json.load(answer)

    def has_left_nothing(self) -> bool:
        return not processes_told(FOLDER, str(self.state))


@pytest.fixture(scope="module")
def state() -> Iterator[Path]:
    """A development folder that the database's user can enter."""
    folder = Path(tempfile.mkdtemp(prefix="hep-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def development(state: Path) -> Iterator[Development]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        found = Development(state, probe.getsockname()[1])
    yield found
    assert soon(found.has_left_nothing)


def test_ctrl_c_ends_all_of_it_quietly_and_the_next_start_has_the_data(development: Development) -> None:
    starts = []
    for _ in range(2):
        with development.running() as (process, said):
            starts.append(development.ask("/readyz")["starts"])
            process.send_signal(signal.SIGINT)
            last_words, complaint = process.communicate(timeout=30)
        assert process.returncode == 0
        assert complaint == ""
        assert f"http://127.0.0.1:{development.port}/docs" in said
        assert "ada@clinic.example signs in with" in said
        assert "Everything is stopped" in last_words
        assert development.has_left_nothing()
    assert starts[1] == starts[0] + 1


def test_a_request_that_waits_for_the_database_holds_up_no_other_and_is_finished(development: Development) -> None:
    with development.running() as (process, _), ThreadPoolExecutor(6) as phones:
        started = time.monotonic()
        answers = [phones.submit(development.ask, "/slow") for _ in range(6)]
        time.sleep(0.3)
        process.terminate()
        assert {answer.result()["slept"] for answer in answers} == {1}
        assert time.monotonic() - started < 4, "queries waited for each other"
        assert process.wait(timeout=30) == 0


def test_a_killed_run_leaves_nothing(development: Development) -> None:
    with development.running() as (process, _):
        assert not development.has_left_nothing()
        process.kill()
        assert soon(development.has_left_nothing)


def test_when_the_web_server_ends_the_rest_ends_and_says_so(development: Development) -> None:
    with development.running() as (process, _):
        os.kill(development.ask("/readyz")["process"], signal.SIGKILL)
        _, complaint = process.communicate(timeout=30)
    assert process.returncode == 1
    assert complaint.strip().startswith("The web server ended by itself (exit code 137)")
    assert development.has_left_nothing()


def test_a_second_run_in_the_same_folder_is_refused_and_the_first_goes_on(development: Development) -> None:
    with development.running() as (process, _):
        assert development.complaint_of(PORT="0") == f"`make run` runs here already, as process {process.pid}."
        assert development.ask("/readyz")["starts"]


def test_a_command_has_the_same_database_whether_the_product_runs_or_not(development: Development) -> None:
    seed = ["flask", "--app", "wsgi", "demo", "seed"]
    with development.running():
        before = development.ask("/readyz")["starts"]
        assert development.command(*seed).endswith(f"password {before + 1}\n")
        assert development.ask("/readyz")["starts"] == before + 1
    assert soon(development.has_left_nothing)
    assert development.command(*seed).endswith(f"password {before + 2}\n")


def test_pushes_arrive_on_this_machine_unless_the_caller_has_named_where(development: Development) -> None:
    where = ["flask", "--app", "wsgi", "demo", "pushes"]
    with development.running() as (_, said):
        url = development.command(*where).strip()
        assert f"Pushes arrive   {url}/accepted" in said
        assert f"Mail arrives    {development.state / 'mail'}" in said
        assert starting.arrived(url) == []
        assert development.command(*where, HEP_FIREBASE_PROJECT_ID="named") == "nowhere of ours\n"
    assert soon(development.has_left_nothing)
    assert development.command(*where) == "nowhere of ours\n"


def test_what_cannot_work_is_said_in_one_sentence(development: Development) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        taken = str(other.getsockname()[1])
        assert development.complaint_of(PORT=taken).startswith(
            f"Port {taken} cannot be opened (Address already in use)"
        )
    assert development.complaint_of(PORT="many").startswith("PORT=many is not a port")
    nowhere = development.complaint_of(DATABASE_URL="postgresql://127.0.0.1:1/hep")
    assert nowhere.startswith("The database of DATABASE_URL cannot be reached: ")
    assert development.has_left_nothing()
