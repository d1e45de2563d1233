"""`make demo` against a real server: it tells the story to its end, any number of times, and fails when an answer is
not the story's.
"""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from flask import Flask
from sqlalchemy import Engine

from development import children
from development.push_service import server as push_server
from development.push_service.server import PushService
from hep_api.foundation.settings import Settings
from tests import servers

CHECKOUT = Path(__file__).parent.parent.parent
START_SECONDS = 30
STORY_SECONDS = 120
# `make run` of whoever tests has a push service of its own.
NOWHERE = "/nonexistent"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="module")
def database(demo_app: Flask) -> Iterator[str]:
    """URL of a copy of the database with the demo clinic: the story adds a patient each time."""
    engine: Engine = demo_app.extensions["hep_database"].engine
    # Only a database that nobody is connected to can be copied.
    engine.dispose()
    with servers.new_database(template=str(engine.url.database)) as url:
        yield url


@pytest.fixture(scope="module")
def pushes() -> Iterator[PushService]:
    """Where phones ring."""
    with push_server.started() as service:
        yield service


@pytest.fixture(scope="module")
def server(
    demo_app: Flask, database: str, pushes: PushService, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """URL of a development server of its own, beside which a worker runs."""
    settings: Settings = demo_app.extensions["hep_settings"]
    port, here = free_port(), tmp_path_factory.mktemp("server")
    environment = os.environ | {
        "DATABASE_URL": database,
        "REDIS_URL": "",
        "HEP_TOKEN_KEYS_FOLDER": str(settings.token_keys_folder),
        "HEP_ENVIRONMENT": "development",
        "HEP_PASSWORD_HASH_MEMORY_KIB": "64",
        "HEP_PASSWORD_HASH_PASSES": "1",
        "HEP_MAIL_FOLDER": str(here / "mail"),
        "PORT": str(port),
        **{f"HEP_{name.upper()}": value for name, value in pushes.settings(here).items()},
    }
    url = f"http://127.0.0.1:{port}"
    programs = {"web": ["development.serve"], "worker": ["flask", "--app", "wsgi", "worker"]}
    with ExitStack() as running:
        for name, words in programs.items():
            command = [sys.executable, "-m", *words]
            child = children.start(name, command, folder=CHECKOUT, environment=environment, log=here / name)
            running.callback(child.stop)
        await_ready(url, here / "web")
        yield url


def await_ready(url: str, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        try:
            if httpx.get(f"{url}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError(f"The server did not start:\n{log.read_text()}")


def play(url: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run `python -m demo` as `make demo` does."""
    return subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=CHECKOUT,
        env=os.environ | {"HEP_URL": url, "HEP_DEVELOPMENT_FOLDER": NOWHERE, "HEP_DEMO_HURRY": "yes"} | environment,
        capture_output=True,
        text=True,
        timeout=STORY_SECONDS,
        check=False,
    )


def test_the_story_is_told_to_its_end_and_once_more(server: str, pushes: PushService) -> None:
    for where in ("", pushes.url):
        told = play(server, HEP_PUSH_URL=where)
        assert told.returncode == 0, told.stdout + told.stderr
        assert "The story is told" in told.stdout
        assert "17 / 24 = 0.7083" in told.stdout
        assert re.search(r"^ *ok  is_open +False$", told.stdout, re.MULTILINE)
        # A count and a share, not the whole answer.
        assert re.search(r"^ *ok  answers of 28 days +\d+, [01](\.\d+)?$", told.stdout, re.MULTILINE)
        assert told.stderr == ""
        assert ("only with `make run`" in told.stdout) is not bool(where)
    assert {push.data["type"] for push in pushes.accepted} >= {"test", "message", "red_flag"}
    assert all(push.data.keys() == {"type", "id"} for push in pushes.accepted)


def test_a_refused_sign_in_breaks_the_story_at_its_step(server: str) -> None:
    told = play(server, HEP_DEMO_PASSWORD="not the password")
    assert told.returncode == 1
    assert "The story broke at step 1" in told.stderr
    assert "401" in told.stderr
    assert "The story is told" not in told.stdout


def test_an_answer_that_is_not_the_storys_breaks_it(server: str) -> None:
    told = play(server, HEP_DEMO_PRACTITIONER="grace.holloway@riverside.example")
    assert told.returncode == 1
    assert "the story says 'practitioner', the answer was 'manager'" in told.stderr


def test_without_a_server_it_says_so_in_one_sentence() -> None:
    told = play(f"http://127.0.0.1:{free_port()}")
    assert told.returncode == 1
    assert "make run" in told.stderr
    assert len(told.stderr.strip().splitlines()) == 1
