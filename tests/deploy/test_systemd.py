"""The units: what they start is there, what they may do is little, and systemd itself finds nothing wrong with them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.deploy.units import DEPLOY, ROOT, SERVICES, UNITS, read

# Of 10, by `systemd-analyze security`: what is left is that they talk to the network, as they are there to do.
MOST_EXPOSED = 2.0
# A backup reads everybody's files, as a user that is not theirs.
CAPABILITIES = {"hep-backup.service": "CAP_DAC_READ_SEARCH"}
ANALYZE = shutil.which("systemd-analyze")
needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="this machine has no systemd")


def test_what_the_units_start_is_in_the_release() -> None:
    started = [
        line
        for unit in SERVICES
        for name in ("ExecStart", "ExecStartPost")
        for line in read(unit)["Service"][name]
        if line.startswith("/opt/hep-api/current/")
    ]
    assert len(started) >= 4
    for line in started:
        program = ROOT / line.split()[0].removeprefix("/opt/hep-api/current/")
        assert program.stat().st_mode & 0o111, line


@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_a_process_may_do_little_on_its_machine(unit: Path) -> None:
    service = read(unit)["Service"]
    [user] = service["User"]
    assert user != "root"
    for name, said in {
        "NoNewPrivileges": "yes",
        "ProtectSystem": "strict",
        "ProtectHome": "yes",
        "PrivateTmp": "yes",
        "CapabilityBoundingSet": CAPABILITIES.get(unit.name, ""),
        "RestrictNamespaces": "yes",
        "LockPersonality": "yes",
    }.items():
        assert service[name] == [said], name


@pytest.mark.parametrize("name", ["hep-web@.service", "hep-worker@.service"])
def test_a_process_comes_back_by_itself_however_often_and_is_given_time_to_end(name: str) -> None:
    unit = read(DEPLOY / "systemd" / name)
    assert unit["Service"]["Restart"] == ["always"]
    assert unit["Unit"]["StartLimitIntervalSec"] == ["0"]
    # The master of gunicorn tells its worker; FFmpeg is the worker's to end.
    assert unit["Service"]["KillMode"] == ["mixed"]
    assert int(unit["Service"]["TimeoutStopSec"][0]) > graceful_timeout()
    assert unit["Service"]["LimitNOFILE"] == ["20000"]


def test_only_a_command_knows_who_may_change_the_tables() -> None:
    knowing = [unit.name for unit in SERVICES if "migrator.env" in str(read(unit)["Service"]["EnvironmentFile"])]
    assert not {"hep-web@.service", "hep-worker@.service"} & set(knowing)


@needs_systemd
def test_systemd_finds_nothing_wrong(installed: Path) -> None:
    said = subprocess.run(
        [ANALYZE, "verify", *(str(unit) for unit in sorted(installed.iterdir()) if "@." not in unit.name)],
        capture_output=True,
        text=True,
        env={"SYSTEMD_UNIT_PATH": f"{installed}:"},
    )
    ours = [line for line in said.stderr.splitlines() if "hep-" in line]
    assert (ours, said.returncode) == ([], 0)


@needs_systemd
@pytest.mark.parametrize("unit", SERVICES, ids=lambda unit: unit.name)
def test_systemd_calls_little_of_it_exposed(unit: Path, installed: Path) -> None:
    said = subprocess.run(
        [ANALYZE, "security", "--offline=yes", "--no-pager", str(installed / unit.name.replace("@.", "@1."))],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    [exposed] = re.findall(r"Overall exposure level for \S+: ([\d.]+)", said)
    assert float(exposed) <= MOST_EXPOSED


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """Return a folder with the units, which start what is in this checkout; templates as instances too."""
    for unit in UNITS:
        here = unit.read_text().replace("/opt/hep-api/current", str(ROOT)).replace("/usr/bin/curl", "/bin/sh")
        for name in {unit.name, unit.name.replace("@.", "@1.")}:
            (tmp_path / name).write_text(here)
    return tmp_path


def graceful_timeout() -> int:
    [seconds] = re.findall(r"^graceful_timeout = (\d+)$", (DEPLOY / "gunicorn.conf.py").read_text(), re.MULTILINE)
    return int(seconds)
