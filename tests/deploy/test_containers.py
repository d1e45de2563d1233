"""The Containerfile and the compose file agree with the project, as far as can be told without starting them."""

import os
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy import walking
from tests.deploy.units import DEPLOY, ROOT
from tests.security.named import settings

FOLDER = DEPLOY / "containers"
COMPOSE: dict[str, Any] = yaml.safe_load((FOLDER / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: one for name, one in SERVICES.items() if "build" in one}
CONTAINERFILE = (ROOT / "Containerfile").read_text().replace("\\\n", " ")
# By which the images of others make their database, and what our scripts put into the shipped files.
OF_SCRIPTS = {"HEP_NAME", "HEP_NETWORK", "HEP_APP_PASSWORD", "HEP_MIGRATOR_PASSWORD", "HEP_BACKUP_PASSWORD"}
OF_SCRIPTS |= {"HEP_REDIS_PASSWORD", "POSTGRES_PASSWORD"}
# Read by deploy/gunicorn.conf.py and deploy/start.
OF_THE_SERVER = {"HEP_BIND", "HEP_PROXY"}


def test_every_image_of_others_is_pinned_to_a_release() -> None:
    images = [one["image"] for name, one in SERVICES.items() if name not in OURS]
    images += re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    assert len(images) == 5
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?-(slim|bookworm)$", image)] == []


def test_the_image_is_of_the_debian_that_the_document_walks_through_and_has_the_same_packages() -> None:
    assert set(re.findall(r"^FROM debian:(\d+)", CONTAINERFILE, re.MULTILINE)) == {"12"}
    walked = set(walking.section("2").replace("\\\n", " ").split())
    taken = re.findall(r"install --yes --no-install-recommends(.*?)&&", CONTAINERFILE)
    assert {word for words in taken for word in words.split()} <= walked | {"python3"}


def test_what_is_copied_is_there_and_nothing_else_is_sent_along() -> None:
    copied = {
        path for line in re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.MULTILINE) for path in line.split()[:-1]
    }
    assert [path for path in copied if not (ROOT / path).exists()] == []
    lines = (ROOT / ".dockerignore").read_text().splitlines()
    assert "*" in lines
    assert {line.removeprefix("!") for line in lines if line.startswith("!")} == copied


def test_the_image_runs_as_nobody_in_particular_and_tells_whether_it_is_alive() -> None:
    last = CONTAINERFILE.rpartition("FROM ")[2]
    assert re.search(r"^USER 10001:10001$", last, re.MULTILINE)
    assert "HEALTHCHECK" in last
    assert 'ENTRYPOINT ["/opt/hep-api/deploy/start"]' in last
    assert "COPY --from=built /opt/hep-api /opt/hep-api" in last


@pytest.mark.parametrize("name", OURS)
def test_each_of_our_containers_may_write_to_its_data_only(name: str) -> None:
    service = OURS[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    writable = [volume for volume in service["volumes"] if not volume.endswith(":ro")]
    assert writable == (["keys:/etc/hep-api/keys"] if name == "keys" else ["data:/var/lib/hep"])


def test_each_variable_is_a_setting_and_only_the_tables_know_who_changes_them() -> None:
    for name, service in SERVICES.items():
        known = settings() | OF_THE_SERVER if name in OURS else OF_SCRIPTS
        assert set(service.get("environment", {})) <= known, name
    knowing = [name for name, one in SERVICES.items() if "HEP_DATABASE_MIGRATOR_URL" in one.get("environment", {})]
    assert knowing == ["tables"]
    asked = set(re.findall(r"\$\{(HEP_\w+):\?\}", (FOLDER / "compose.yaml").read_text()))
    assert asked == set(re.findall(r"^(HEP_\w+)=", (FOLDER / "settings.example").read_text(), re.MULTILINE))


def test_each_file_that_is_mounted_is_there() -> None:
    mounted = [
        volume.partition(":")[0]
        for service in SERVICES.values()
        for volume in service.get("volumes", ())
        if volume.startswith(".")
    ]
    assert len(mounted) > 5
    assert [path for path in mounted if not (FOLDER / path).exists()] == []
    assert [path.name for path in FOLDER.glob("*.sh") if not os.access(path, os.X_OK)] == []


def test_the_proxy_of_the_containers_is_the_shipped_one_before_two_web_processes(tmp_path: Path) -> None:
    config = written("proxy.sh", tmp_path, "nginx", HEP_NAME="api.riverside.example", HEP_NETWORK="172.30.81")
    servers = re.findall(r"^\s+server ([\d.:]+) max_fails=0;", config, re.MULTILINE)
    addresses = [SERVICES[name]["networks"]["front"]["ipv4_address"] for name in ("web-1", "web-2")]
    assert servers == [f"{address.replace('${HEP_NETWORK:-172.30.81}', '172.30.81')}:8001" for address in addresses]
    assert "api.clinic.example" not in config
    assert "access_log /dev/stdout hep;" in config
    assert "/var/log/hep-api" not in config


def test_the_queue_of_the_containers_is_the_shipped_one_with_its_password(tmp_path: Path) -> None:
    config = written("queue.sh", tmp_path, "valkey-server", HEP_REDIS_PASSWORD="secret")
    assert "user hep on >secret " in config
    assert re.findall(r"^bind (.*)$", config, re.MULTILINE) == ["* -::*"]
    assert "user default off" in config


def written(script: str, folder: Path, program: str, **variables: str) -> str:
    """Run a script of the containers here, its program left out; return the configuration that it has written."""
    (folder / program).write_text("#!/bin/sh\n")
    (folder / program).chmod(0o700)
    places = {"/etc/hep/": f"{DEPLOY}/", "/etc/nginx/conf.d/": f"{folder}/", "/tmp/": f"{folder}/"}  # noqa: S108 - the container's
    here = re.sub("|".join(places), lambda inside: places[inside[0]], (FOLDER / script).read_text())
    path = f"{folder}:{os.environ['PATH']}"
    subprocess.run(["sh", "-c", here], check=True, env={"PATH": path, **variables})
    [made] = folder.glob("*.conf")
    return made.read_text()
