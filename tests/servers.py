"""The servers that tests run against: one PostgreSQL a test run, in it one database of its own for each worker.

Under xdist the controller starts PostgreSQL while the workers still collect; a run without workers starts it when the
first test asks. DATABASE_URL and REDIS_URL come before both: then only databases are made, and dropped at the end.
No server outlives the run, not even a killed one.
"""

import fcntl
import os
import secrets
import shutil
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from development import postgres, valkey
from development.trouble import Trouble

RUN_FOLDER = "HEP_TEST_RUN_FOLDER"
START_SECONDS = 90

_clusters: list[postgres.Cluster] = []


def open_run(config: pytest.Config) -> None:
    """Called when pytest is configured; opens the run in the process whose children the workers, if any, will be."""
    if hasattr(config, "workerinput"):
        return
    folder = Path(tempfile.mkdtemp(prefix="hep-run-"))
    os.environ[RUN_FOLDER] = str(folder)
    starter = threading.Thread(target=_start_postgres, args=(folder,))
    if config.getoption("numprocesses", None) and "DATABASE_URL" not in os.environ:
        starter.start()

    def close_run() -> None:
        if starter.ident is not None:
            starter.join()
        _close_run(folder)

    config.add_cleanup(close_run)


def postgres_url() -> str:
    """Return the SQLAlchemy URL of the run's PostgreSQL, as somebody who may make databases."""
    if url := os.environ.get("DATABASE_URL"):
        return make_url(url).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
    folder = Path(os.environ[RUN_FOLDER])
    if "PYTEST_XDIST_WORKER" not in os.environ and not _clusters:
        _start_postgres(folder)
    return _await_postgres(folder)


@contextmanager
def migrated_database(migrate: Callable[[str], None]) -> Iterator[str]:
    """Yield the URL of a new database with all tables; `migrate(url)` runs once a run, every further one is a copy."""
    with new_database(template=_template(migrate)) as url:
        yield url


@contextmanager
def new_database(template: str = "template0") -> Iterator[str]:
    """Yield the URL of a new database, empty unless a template is named; it is dropped afterwards."""
    name = f"hep_test_{secrets.token_hex(6)}"
    # Two copies of one template at a time are refused by PostgreSQL.
    with _one_at_a_time():
        # Where nothing waits for the disk, copying files takes two thirds of what writing them into the WAL does.
        _execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY FILE_COPY')
    try:
        yield database_url(name)
    finally:
        _execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def redis_server() -> Iterator[str]:
    """Yield the URL of a Redis protocol server of the caller's own, unless REDIS_URL names one."""
    if url := os.environ.get("REDIS_URL"):
        yield url
        return
    server = valkey.start()
    try:
        yield server.url
    finally:
        server.stop()


def database_url(name: str) -> str:
    """Return the URL of a database of the run's PostgreSQL."""
    return make_url(postgres_url()).set(database=name).render_as_string(hide_password=False)


def _template(migrate: Callable[[str], None]) -> str:
    """Return the name of the run's migrated template, made by whoever asks first."""
    folder = Path(os.environ[RUN_FOLDER])
    name, made = f"hep_template_{folder.name[-8:]}", folder / "template"
    with _one_at_a_time():
        if not made.exists():
            _execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
            _execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
            migrate(database_url(name))
            made.touch()
    return name


def _execute(statement: str) -> None:
    url = make_url(postgres_url()).set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Hold the run's lock, which all its workers share."""
    with (Path(os.environ[RUN_FOLDER]) / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _start_postgres(folder: Path) -> None:
    """Start PostgreSQL and leave its URL, or what went wrong, where the workers look."""
    try:
        cluster = postgres.start_throwaway()
    except Trouble as trouble:
        name, text = "trouble", str(trouble)
    else:
        _clusters.append(cluster)
        name, text = "url", cluster.url()
    unfinished = folder / "unfinished"
    unfinished.write_text(text)
    unfinished.rename(folder / name)


def _await_postgres(folder: Path) -> str:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (folder / "url").exists():
            return (folder / "url").read_text()
        if (folder / "trouble").exists():
            raise Trouble((folder / "trouble").read_text())
        time.sleep(0.02)
    raise Trouble(f"PostgreSQL for the tests did not start within {START_SECONDS} s.")


def _close_run(folder: Path) -> None:
    if (folder / "template").exists() and not _clusters:
        _execute(f'DROP DATABASE "hep_template_{folder.name[-8:]}" WITH (FORCE)')
    while _clusters:
        _clusters.pop().stop()
    shutil.rmtree(folder, ignore_errors=True)
    os.environ.pop(RUN_FOLDER, None)
