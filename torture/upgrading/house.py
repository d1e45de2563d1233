"""What runs on the one database: two web processes and a worker, each of the version that it was last started as."""

import time
from dataclasses import replace
from pathlib import Path
from secrets import token_hex

import psycopg

from development import children
from hep_api.foundation.settings import Settings
from tests.realtime.conftest import free_port
from torture.stage import UNFORESEEN, Stage, await_ready, environment, plain
from torture.upgrading.versions import Version

WORKER = "worker"
SETTLING_SECONDS = 15


class House:
    """The processes by name: a web process is called by its port."""

    def __init__(self, stage: Stage, first: Version, redis_url: str) -> None:
        name = f"hep_upgrading_{token_hex(4)}"
        stage.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        self.settings: Settings = replace(
            stage.settings(), database_url=stage.cluster.url(name), redis_url=redis_url, environment="development"
        )
        self.ports = (free_port(), free_port())
        self.versions: dict[str, Version] = {}
        self._folder = stage.folder
        self._running: dict[str, children.Child] = {}
        self.command(first, "database", "upgrade")
        self.command(first, "demo", "seed")

    def __enter__(self) -> "House":
        return self

    def __exit__(self, *_: object) -> None:
        for child in self._running.values():
            child.stop()

    def command(self, version: Version, *words: str) -> None:
        """Run one of a version's own commands on the database."""
        version.run("flask", "--app", "wsgi", *words, environment=environment(self.settings))

    def start_web(self, port: int, version: Version) -> None:
        """Start a web process, in place of the one that is there; return when it is ready."""
        name = str(port)
        self._start(name, version, "gunicorn", "-c", "deploy/gunicorn.conf.py", "wsgi:app")
        await_ready(port, self._running[name], self._log_file(name), f"A web process of {version.name}")

    def start_worker(self, version: Version) -> None:
        """Start the worker, in place of the one that is there."""
        self._start(WORKER, version, "flask", "--app", "wsgi", "worker")

    def _start(self, name: str, version: Version, *module: str) -> None:
        if name in self._running:
            self._running[name].stop()
        own = {"HEP_BIND": f"127.0.0.1:{name}"} if name != WORKER else {}
        self._running[name] = children.start(
            name,
            [version.python, "-m", *module],
            folder=version.folder,
            environment=environment(self.settings) | own,
            log=self._log_file(name),
        )
        self.versions[name] = version

    def log(self, name: str) -> str:
        """Return all that the processes of that name have written."""
        return self._log_file(name).read_text(errors="replace")

    def _log_file(self, name: str) -> Path:
        return self._folder / f"{name}.log"

    def unforeseen(self) -> list[str]:
        """Return the lines that none of them should have written."""
        return [line for name in self._running for line in self.log(name).splitlines() if UNFORESEEN.search(line)]

    def jobs_left_due(self) -> int:
        """Return how many jobs are due and not done, once the worker had time to."""
        deadline = time.monotonic() + SETTLING_SECONDS
        with psycopg.connect(plain(self.settings.database_url), autocommit=True) as connection:
            while (left := _count_due(connection)) and time.monotonic() < deadline:
                time.sleep(0.2)
        return left


def _count_due(connection: psycopg.Connection[tuple[int]]) -> int:
    found = connection.execute("SELECT count(*) FROM job WHERE outcome IS NULL AND run_at < now()").fetchone()
    assert found is not None, "a count is one row"
    return found[0]
