"""Processes that are forked in place of being started: they are what was ordered, and none outlives its asker."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from torture.broken import taking
from torture.forking.asking import ROOT, Forked, Forks

SAYS = """
import os, subprocess, sys
left = subprocess.Popen(["sleep", "60"])
print(sys.argv[1], os.environ["SAID"], os.environ.get("OUTER"), left.pid, input(), flush=True)
if sys.argv[1] == "stays":
    import time
    time.sleep(60)
sys.exit(7)
"""
ASKS = """
import os, sys
from pathlib import Path
from torture.forking.asking import Forks
forked = Forks(Path(sys.argv[1])).fork("plain", None, ["module", "says", "stays"], {"SAID": "x"})
print(forked.pid, flush=True)
input()
"""


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    folder = tmp_path_factory.mktemp("forks")
    (folder / "says.py").write_text(SAYS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(folder))
        patch.setenv("OUTER", "not for those who are forked")
        forks = Forks(folder)
        yield forks
        forks.stop()


def told(forks: Forks, word: str) -> tuple[Forked, list[str]]:
    """Have a process forked that says what it is; return it, and what it says."""
    given, taken = os.pipe(), os.pipe()
    forked = forks.fork("plain", None, ["module", "says", word], {"SAID": "a b"}, pipes=(given[0], taken[1]))
    os.write(given[1], b"heard\n")
    for descriptor in (*given, taken[1]):
        os.close(descriptor)
    with os.fdopen(taken[0]) as said:
        return forked, said.readline().split()


def is_gone(pid: int) -> bool:
    for _ in range(500):
        if not Path(f"/proc/{pid}").exists() or "(sleep) Z" in Path(f"/proc/{pid}/stat").read_text():
            return True
        time.sleep(0.01)
    return False


def test_a_fork_has_its_own_words_environment_and_pipes_and_its_end_is_told(forks: Forks) -> None:
    forked, said = told(forks, "ends")
    assert said[:4] == ["ends", "a", "b", "None"]
    assert said[5] == "heard"
    assert forked.wait() == 7
    assert is_gone(int(said[4]))


def test_who_is_stopped_is_gone_with_all_that_it_started(forks: Forks) -> None:
    forked, said = told(forks, "stays")
    assert forked.exit_code() is None
    assert forked.stop() == 128 + signal.SIGTERM
    assert is_gone(forked.pid)
    assert is_gone(int(said[4]))


def test_nothing_outlives_who_asked_for_it_and_was_killed(tmp_path: Path) -> None:
    (tmp_path / "says.py").write_text(SAYS)
    environment = {**os.environ, "PYTHONPATH": f"{tmp_path}{os.pathsep}{ROOT}"}
    pipe = subprocess.PIPE
    with subprocess.Popen(
        [sys.executable, "-c", ASKS, str(tmp_path)], cwd=ROOT, env=environment, text=True, stdin=pipe, stdout=pipe
    ) as asker:
        assert asker.stdout is not None
        forked = int(asker.stdout.readline())
        asker.kill()
    assert is_gone(forked)


def test_a_broken_build_says_what_each_of_its_processes_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(taking, "_set", {})
    monkeypatch.setenv("SAID", "before")
    taking.setting("SAID", "after")
    assert os.environ["SAID"] == "before"
    taking.settle()
    assert os.environ["SAID"] == "after"
