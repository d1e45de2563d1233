"""docs/self-hosting.md says what is so: what it names is there, and what runs without root is run."""

import re
import subprocess
import sys
from pathlib import Path

import click
import pytest
from flask import Flask

from hep_api.foundation.settings import Settings
from tests.deploy import walking
from tests.deploy.units import ROOT, UNITS
from tests.security.named import LINK, SETTING, settings

TEXT = walking.DOCUMENT.read_text()
SCRIPT = walking.script()
# What the commands are of, by Debian's packages; the rest every Debian has.
OF_PACKAGES = {
    "certbot": "certbot",
    "curl": "curl",
    "git": "git",
    "jq": "jq",
    "nft": "nftables",
    "nginx": "nginx",
    "oathtool": "oathtool",
    "openssl": "openssl",
    "python3 -m venv": "python3-venv",
    "runuser -u postgres": "postgresql",
    "redis-server": "redis-server",
    "promtool": "prometheus",
    "node-exporter": "prometheus-node-exporter",
    "logrotate": "logrotate",
}


@pytest.mark.parametrize("name", ["self-hosting.md", "backup.md", "upgrading.md"])
def test_each_command_of_the_product_and_its_options_are_there(app: Flask, name: str) -> None:
    called = walking.commands((ROOT / "docs" / name).read_text())
    assert called or name == "upgrading.md"
    for words in called:
        command: click.Command = app.cli
        while isinstance(command, click.Group):
            command = command.commands[words.pop(0)]
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in words if word.startswith("--")} <= known, command.name


def test_each_file_that_it_takes_from_the_release_is_there() -> None:
    taken = set(re.findall(r"(?<![\w/.])(?:/opt/hep-api/current/)?(deploy/[\w./-]+|requirements[\w-]*\.txt)", SCRIPT))
    assert {"deploy/nginx.conf", "deploy/systemd/", "deploy/settings.example", "requirements-extras.txt"} <= taken
    assert [path for path in taken if not (ROOT / path).exists()] == []


def test_each_document_that_it_leads_to_is_there() -> None:
    assert [link for link in LINK.findall(TEXT) if not (walking.DOCUMENT.parent / link).exists()] == []


def test_each_setting_that_it_names_is_one() -> None:
    named = set(SETTING.findall(TEXT)) | set(re.findall(r"\b(HEP_[A-Z_]+)", SCRIPT))
    assert len(named) > 5
    of_backups = set(re.findall(r"HEP_BACKUP_[A-Z_]+", (ROOT / "deploy" / "backup.sh").read_text()))
    assert named <= settings() | of_backups


def test_each_unit_that_it_starts_is_shipped() -> None:
    units = {name for line in re.findall(r"systemctl (.*)", SCRIPT) for name in re.findall(r"hep-[\w@.]+", line)}
    shipped = {unit.name for unit in UNITS}
    named = {re.sub(r"@.*", "@", name) + ("" if "." in name else ".service") for name in units}
    assert "hep-web@.service" in named
    assert named <= shipped


def test_each_program_that_it_runs_is_among_the_packages_that_it_installs() -> None:
    installing = re.findall(r"apt-get install(.*)", SCRIPT.replace("\\\n", " "))
    installed = {package for packages in installing for package in packages.split()}
    rest = SCRIPT.replace(walking.section("2"), "")
    assert {package for program, package in OF_PACKAGES.items() if program in rest} <= installed


def test_each_block_is_a_script() -> None:
    blocks = walking.BLOCK.findall(TEXT)
    assert len(blocks) > 12
    for block in blocks:
        assert subprocess.run(["bash", "-n"], input=block, text=True, capture_output=True).stderr == ""


def test_what_it_writes_down_is_enough_to_start_with(tmp_path: Path) -> None:
    for folder in ("deploy", "hep_api"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    (tmp_path / ".venv" / "bin" / "python").chmod(0o700)
    (tmp_path / "etc" / "redis").mkdir(parents=True)
    (tmp_path / "etc" / "redis" / "redis.conf").touch()
    walking.run(
        walking.section("1") + walking.section("5") + walking.section("6"), tmp_path, APP="a" * 48, MIGRATOR="b"
    )
    own = tmp_path / "etc" / "hep-api"
    lines = [line for line in (own / "hep-api.env").read_text().splitlines() if line and not line.startswith("#")]
    said = Settings.from_environment(dict(line.split("=", 1) for line in lines))
    assert f"hep_app:{'a' * 48}@" in said.database_url
    redis = (tmp_path / "etc" / "redis" / "hep-api.conf").read_text()
    [password] = re.findall(r"user hep on >(\w{48}) ", redis)
    assert said.redis_url == f"redis://hep:{password}@127.0.0.1:6379"
    assert len(list((own / "keys").glob("*.pem"))) == 1
    assert (own / "migrator.env").read_text().startswith("HEP_DATABASE_MIGRATOR_URL=postgresql://hep_migrator:b@")
    assert "/etc/redis/hep-api.conf" in (tmp_path / "etc" / "redis" / "redis.conf").read_text()
