"""deploy/upgrade.sh on folders of its own: in which order it touches what, and the way back when one is not ready.

`systemctl` and `curl` stand here for a machine with systemd, and write down what they were asked; docs/upgrading.md
says where the script was run for real.
"""

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "deploy" / "upgrade.sh"
SYSTEMCTL = """#!/bin/sh
if [ "$1" = list-units ]; then
    [ -z "${NOTHING_AT_WORK:-}" ] || exit 0
    case $5 in
        hep-web*) echo hep-web@8002.service; echo hep-web@8001.service ;;
        *) echo hep-worker@1.service ;;
    esac
    exit
fi
echo "$1 $2 as $(basename "$(readlink -f "$HEP_HOME/current")")" >> "$HEP_HOME/done"
"""
CURL = """#!/bin/sh
case "$*" in *":$NEVER_READY/"*) [ "$(basename "$(readlink -f "$HEP_HOME/current")")" = first ] ;; esac
"""
COMMAND = """#!/bin/sh
echo "$(basename "$(dirname "$(dirname "$(readlink -f "$0")")")") $*" >> "$HEP_HOME/done"
exit "${TABLES_FAIL:-0}"
"""


@dataclass(frozen=True)
class Machine:
    """The folders of a machine on which the release `first` is at work and `second` stands beside it."""

    home: Path

    def upgrade(self, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
        path = f"{self.home / 'bin'}:{os.environ['PATH']}"
        environment = {"PATH": path, "HEP_HOME": str(self.home), "NEVER_READY": "none", **given}
        return subprocess.run(["sh", SCRIPT, *words], env=environment, capture_output=True, text=True)

    @property
    def done(self) -> list[str]:
        return (self.home / "done").read_text().splitlines() if (self.home / "done").exists() else []

    @property
    def at_work(self) -> str:
        return (self.home / "current").resolve().name

    def release(self, name: str) -> str:
        return str(self.home / "releases" / name)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    programs = {"bin/systemctl": SYSTEMCTL, "bin/curl": CURL, "bin/sleep": "#!/bin/sh\n"}
    for name in ("first", "second"):
        empty = {f"releases/{name}/{part}": "#!/bin/sh\n" for part in (".venv/bin/gunicorn", "deploy/start")}
        programs |= empty | {f"releases/{name}/deploy/hep-api": COMMAND}
    for place, text in programs.items():
        file = tmp_path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        file.chmod(0o755)
    (tmp_path / "current").symlink_to("releases/first")
    return Machine(tmp_path)


def test_the_tables_come_first_and_then_one_process_after_the_other(machine: Machine) -> None:
    done = machine.upgrade(machine.release("second"))
    assert (done.returncode, machine.at_work) == (0, "second"), done.stderr
    assert machine.done == [
        "second database upgrade",
        "restart hep-web@8001.service as second",
        "restart hep-web@8002.service as second",
        "restart hep-worker@1.service as second",
    ]


def test_the_way_back_leaves_the_tables_alone(machine: Machine) -> None:
    machine.upgrade(machine.release("second"))
    before = len(machine.done)
    assert machine.upgrade("--back", machine.release("first")).returncode == 0
    assert machine.at_work == "first"
    assert [line for line in machine.done[before:] if "database" in line] == []


def test_a_process_that_is_not_ready_takes_all_that_was_touched_back(machine: Machine) -> None:
    done = machine.upgrade(machine.release("second"), NEVER_READY="8002")
    assert (done.returncode, machine.at_work) == (1, "first")
    assert machine.done[-2:] == ["restart hep-web@8002.service as first", "restart hep-web@8001.service as first"]
    assert "hep-worker@1.service" not in " ".join(machine.done)


@pytest.mark.parametrize(
    ("words", "given", "says"),
    [
        (["releases/none"], {}, "there is no"),
        (["bin"], {}, "is no release"),
        (["releases/first"], {}, "runs already; what may still be another: systemctl restart"),
        (["releases/second"], {"TABLES_FAIL": "1"}, "the tables could not be changed"),
        (["releases/second"], {"NOTHING_AT_WORK": "1"}, "no hep-web@ is at work"),
    ],
)
def test_what_cannot_work_touches_no_process(
    machine: Machine, words: list[str], given: dict[str, str], says: str
) -> None:
    done = machine.upgrade(*(str(machine.home / word) for word in words), **given)
    assert (done.returncode, machine.at_work) == (1, "first")
    assert says in done.stderr
    assert [line for line in machine.done if "restart" in line] == []
