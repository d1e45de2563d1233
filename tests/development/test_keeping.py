"""No server outlives the process that started it, however that one ends."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from development import children, places
from tests.development.leftovers import processes_about, soon

STARTERS = {
    "PostgreSQL": "from development import postgres; server = postgres.start_throwaway(); f = server.socket_folder",
    "Valkey": "from development import valkey; server = valkey.start(); f = server.socket_path.parent",
}


@dataclass
class Starter:
    """A process that has started a server, and the server's folder and keeper."""

    process: "subprocess.Popen[str]"
    folder: Path
    keeper: int

    def has_left_nothing(self) -> bool:
        return not processes_about(self.folder) and not self.folder.exists()


@pytest.fixture(params=STARTERS)
def starter(request: pytest.FixtureRequest) -> Iterator[Starter]:
    code = f"{STARTERS[request.param]}; print(f, server.child.keeper.pid, flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=places.CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        folder, keeper = process.stdout.readline().split()
        assert processes_about(folder)
        yield Starter(process, Path(folder), int(keeper))
        process.kill()
    shutil.rmtree(folder, ignore_errors=True)  # a killed keeper cannot


def test_a_killed_starter_leaves_no_server(starter: Starter) -> None:
    starter.process.kill()
    assert soon(starter.has_left_nothing)


def test_a_killed_process_group_leaves_no_server(starter: Starter) -> None:
    os.killpg(starter.process.pid, signal.SIGKILL)
    assert soon(starter.has_left_nothing)


def test_a_starter_that_just_ends_leaves_no_server(starter: Starter) -> None:
    starter.process.communicate("\n")
    assert soon(starter.has_left_nothing)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process that its parent was killed")
def test_even_a_killed_keeper_leaves_no_server(starter: Starter) -> None:
    os.kill(starter.keeper, signal.SIGKILL)
    assert soon(lambda: not processes_about(starter.folder))


def test_a_program_that_does_not_listen_is_ended_once_patience_runs_out() -> None:
    stubborn = [sys.executable, "-c", "import signal, time; signal.signal(15, signal.SIG_IGN); time.sleep(600)"]
    child = children.start("stubborn", stubborn, patience_seconds=0.3)
    assert child.exit_code() is None
    assert soon(lambda: bool(processes_about("signal.signal(15, signal.SIG_IGN); time")))
    assert child.stop() in {128 + signal.SIGKILL, 128 + signal.SIGTERM}


def test_what_a_program_started_ends_with_it() -> None:
    marker = f"marker-{os.getpid()}"
    parent = (
        f"import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)', '{marker}'])"
    )
    child = children.start("parent", [sys.executable, "-c", parent])
    assert soon(lambda: len(processes_about(f"time.sleep(600) {marker}")) == 1)
    child.stop()
    assert soon(lambda: processes_about(marker) == [])


def test_a_program_that_is_not_there_ends_at_once_with_a_code() -> None:
    assert children.start("nothing", ["/nowhere/nothing"]).wait() == 127


def test_the_first_child_to_end_is_told() -> None:
    lasting = children.start("lasting", ["sleep", "600"])
    brief = children.start("brief", ["sh", "-c", "exit 3"])
    try:
        assert children.first_to_end([lasting, brief]) is brief
        assert brief.wait() == 3
    finally:
        lasting.stop()
        brief.stop()
