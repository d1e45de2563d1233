"""What the measurements run on: a PostgreSQL of their own, and one web process each, as in production."""

import io
import socket
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import requests
from flask import Flask

from development import children, postgres
from development.trouble import Trouble
from hep_api.app import create_app
from hep_api.foundation.database import transaction
from hep_api.foundation.settings import Settings
from hep_api.library.starter_set import load_starter_set
from tests.world import World
from torture import stage
from torture.processes import cpu_seconds

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Server:
    """A web process that runs, with its address."""

    port: int
    child: children.Child

    def cpu_seconds(self) -> float:
        """Return the processor time that it has used so far, with its children."""
        return cpu_seconds(self.child)


def own_cpu_seconds() -> float:
    """Return the processor time that this process has used so far."""
    return time.process_time()


def quiet_app(settings: Settings) -> tuple[Flask, World]:
    """Make the product in this process, with the starter set; its log is of no interest here."""
    with redirect_stderr(io.StringIO()):
        app = create_app(settings)
    with app.app_context(), transaction() as session:
        load_starter_set(session, datetime.now(UTC))
    return app, World(app)


@contextmanager
def opened() -> Iterator[tuple[stage.Stage, Settings]]:
    """Start PostgreSQL with the product's tables; yield what starts more and the settings of a product on it."""
    with stage.opened() as opened_stage, opened_stage.cleared():
        yield opened_stage, opened_stage.settings()


@contextmanager
def serving(settings: Settings, app: str, folder: Path, more: Mapping[str, str]) -> Iterator[Server]:
    """Serve an app from one process with the production configuration."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = folder / f"{app.partition(':')[0]}.log"
    command = [sys.executable, "-m", "gunicorn", "-c", str(ROOT / "deploy" / "gunicorn.conf.py"), app]
    own = {"HEP_BIND": f"127.0.0.1:{port}", "HEP_METRICS_AND_LOGS_NAME": "web", **more}
    environment = stage.environment(settings) | own
    child = children.start(app, command, folder=ROOT, environment=environment, log=log, patience_seconds=5)
    try:
        _await_ready(port, child, log)
        yield Server(port, child)
    finally:
        child.stop()


def cluster_cpu_seconds(cluster: postgres.Cluster) -> float:
    """Return the processor time that PostgreSQL has used so far, in all its processes."""
    return cpu_seconds(cluster.child)


def _await_ready(port: int, child: children.Child, log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and child.exit_code() is None:
        try:
            if requests.get(f"http://127.0.0.1:{port}/readyz", timeout=10).status_code == 200:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.05)
    raise Trouble(f"A web server did not start: {log.read_text(errors='replace')[-2000:]}")
