"""What the proofs run against, as child processes with data of their own: PostgreSQL, the queue, web servers, workers.

All of it ends with this process, however it ends; nothing is left behind but build/torture.json.
"""

import os
import re
import secrets
import socket
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import requests
from alembic import command

from development import children, postgres
from development.trouble import Trouble
from hep_api.accounts.keys import create_key
from hep_api.commands import migrations_config
from hep_api.foundation.settings import Settings, variable_name
from torture.broken import BROKEN
from torture.forking.asking import Forked, Forks
from torture.processes import children_of
from torture.queue import Queue
from torture.wire.line import Wire

ROOT = Path(__file__).resolve().parent.parent
ENTRY = "torture.entry:app"
CONFIGURED = ("-c", str(ROOT / "deploy" / "gunicorn.conf.py"))
START_SECONDS = 60
# A web server that is asked to end tells the load balancer and waits; nobody is there to be told, and nobody waits.
PATIENCE_WITH_WEB_SECONDS, PATIENCE_SECONDS = 0.1, 1
TEMPLATE = "hep_torture_template"
# A traceback, or the line that the product writes for whatever it did not foresee.
UNFORESEEN = re.compile(r"^Traceback|unexpected_error|after_commit_failed|job_failed_unexpectedly", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Process:
    """A web server or a worker that runs."""

    port: int
    log_file: Path
    child: children.Child | Forked

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def pid(self) -> int:
        """Return the process id of the program itself: a web server's master, a worker."""
        if isinstance(self.child, Forked):
            return self.child.pid
        [program] = children_of(self.child.keeper.pid)
        return program

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def unforeseen(self) -> list[str]:
        """Return the lines of its log that should not be there."""
        return [line for line in self.log.splitlines() if UNFORESEEN.search(line)]


@dataclass(frozen=True, slots=True)
class Done:
    """What a command of the product said, and the code with which it ended."""

    code: int
    said: str
    errors: str


class Stage:
    """Starts what a proof asks for; all of it goes away at the end of the proof's block."""

    def __init__(self, folder: Path, cluster: postgres.Cluster) -> None:
        self.folder = folder
        self.cluster = cluster
        self.forks = Forks(folder)
        self._running = ExitStack()

    @contextmanager
    def cleared(self) -> Iterator["Stage"]:
        """Stop at the end of the block whatever was started in it."""
        with ExitStack() as self._running:
            yield self

    def settings(self) -> Settings:
        """Make a new migrated database; return the settings that lead to it, as in production, but for cheap hashes."""
        name = f"hep_torture_{secrets.token_hex(6)}"
        self.execute(f'CREATE DATABASE "{name}" TEMPLATE {TEMPLATE}')
        self._running.callback(self.execute, f'DROP DATABASE "{name}" WITH (FORCE)')
        data = self.folder / name
        create_key(data / "keys", datetime.now(UTC))
        return Settings(
            database_url=self.cluster.url(name),
            token_keys_folder=data / "keys",
            mail_folder=data / "mail",
            files_folder=data / "files",
            password_hash_memory_kib=64,
            password_hash_passes=1,
            limits_enabled=False,
            access_token_seconds=7200,  # a proof may take longer than a token lives
            passkey_domain="clinic.example",
        )

    def queue(self) -> Queue:
        """Start a Redis protocol server that can be taken away and brought back."""
        return self._running.enter_context(Queue.started())

    def wire(self, marker: str) -> Wire:
        """Lay a proxy before PostgreSQL that kills whoever commits what the marker finds."""
        return self._running.enter_context(Wire.laid(self.cluster, marker))

    def web(self, settings: Settings, broken: str = "", *words: str) -> Process:
        """Start a web server with the production configuration and what else gunicorn is told."""
        port = free_port()
        process = self._fork("web", ["gunicorn", *CONFIGURED, *words, ENTRY], settings, broken, port)
        await_ready(port, process.child, process.log_file)
        return process

    def web_as_deployed(self, settings: Settings, broken: str = "", app: str = ENTRY) -> Process:
        """Start a web server that shares nothing with others, as what it holds is measured; or another app's."""
        port, log = free_port(), self._log("web")
        child = children.start(
            "web",
            [sys.executable, "-m", "gunicorn", *CONFIGURED, app],
            folder=ROOT,
            environment=_given("web", settings, broken, port),
            log=log,
            patience_seconds=PATIENCE_SECONDS,
        )
        self._running.callback(child.stop)
        process = Process(port, log, child)
        await_ready(port, process.child, process.log_file)
        return process

    def worker(self, settings: Settings, broken: str = "") -> Process:
        """Start a job worker."""
        return self._fork("worker", ["flask", "worker"], settings, broken, 0)

    def crew(self, settings: Settings, broken: str, count: int) -> Process:
        """Start so many job workers, each of which is back at once when it was killed."""
        return self._fork("crew", ["module", "torture.pushes.crew", str(count)], settings, broken, 0)

    def flask(self, settings: Settings, broken: str, *words: str) -> Done:
        """Run a command of the product to its end."""
        return self._run("plain", settings, broken, "flask", *words)

    def module(self, settings: Settings, broken: str, *words: str) -> Done:
        """Run a module that makes the app by torture.entry to its end, as web servers do, which are started anyhow."""
        return self._run("web", settings, broken, "module", *words)

    def _run(self, kind: str, settings: Settings, broken: str, *words: str) -> Done:
        said, errors = self._log("said"), self._log("errors")
        with said.open("ab") as output, Path(os.devnull).open("rb") as nothing:
            pipes = (nothing.fileno(), output.fileno())
            given = _given("command", settings, broken, 0)
            child = self.forks.fork(kind, broken, words, given, log=errors, pipes=pipes)
        return Done(child.wait(), said.read_text(), errors.read_text(errors="replace"))

    def _fork(self, name: str, words: list[str], settings: Settings, broken: str, port: int) -> Process:
        log, kind = self._log(name), "web" if name == "web" else "plain"
        given = _given(name, settings, broken, port)
        patience = PATIENCE_WITH_WEB_SECONDS if name == "web" else PATIENCE_SECONDS
        child = self.forks.fork(kind, broken, words, given, log=log, patience_seconds=patience)
        self._running.callback(child.stop)
        return Process(port, log, child)

    def _log(self, name: str) -> Path:
        return self.folder / f"{name}-{os.getpid()}-{time.monotonic_ns()}.log"

    def execute(self, statement: str) -> None:
        """Run a statement as the superuser, in no proof's database."""
        with psycopg.connect(plain(self.cluster.url()), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def opened() -> Iterator[Stage]:
    """Start PostgreSQL with a template of all tables, for one run."""
    with tempfile.TemporaryDirectory(prefix="hep-torture-") as folder:
        cluster = postgres.start_throwaway()
        try:
            stage = Stage(Path(folder), cluster)
            stage.execute(f"CREATE DATABASE {TEMPLATE} TEMPLATE template0")
            command.upgrade(migrations_config(cluster.url(TEMPLATE)), "head")
            try:
                yield stage
            finally:
                stage.forks.stop()
        finally:
            cluster.stop()


@contextmanager
def ready() -> Iterator[Stage]:
    """Open a stage on which the product is imported already, for all whole builds that are to come."""
    with opened() as stage:
        for kind in ("web", "plain"):
            stage.forks.prepare(kind, "")
        yield stage


def environment(settings: Settings) -> dict[str, str]:
    """Return the variables of a process with these settings."""
    default = Settings(database_url="", token_keys_folder=Path())
    given = {
        variable_name(each.name): _as_text(getattr(settings, each.name))
        for each in fields(Settings)
        if getattr(settings, each.name) != getattr(default, each.name)
    }
    outer = {name: value for name, value in os.environ.items() if not name.startswith(("HEP_", "DATABASE_", "REDIS_"))}
    return outer | given


def _given(name: str, settings: Settings, broken: str, port: int) -> dict[str, str]:
    own = {BROKEN: broken, "HEP_BIND": f"127.0.0.1:{port}", "HEP_METRICS_AND_LOGS_NAME": name}
    return environment(settings) | own


def _as_text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def plain(url: str) -> str:
    """Return the URL as libpq takes it, without SQLAlchemy's driver name."""
    return url.replace("postgresql+psycopg://", "postgresql://", 1)


def await_ready(port: int, child: children.Child | Forked, log_file: Path, name: str = "A web server") -> None:
    """Wait until a web server is ready; raise Trouble, with the end of its log, when it ends or takes too long."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.exit_code() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.05)
    raise Trouble(f"{name} did not start: {log_file.read_text(errors='replace')[-2000:]}")


def free_port() -> int:
    """Return a port of this machine's own address that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
