"""What keeping the record costs: `python -m tests.audit.measure`. The figures in docs/audit.md come from here.

One process does the same requests with and without the record, in turns, against a PostgreSQL of its own that waits for
the disk as in production. Beside the time it takes it prints the processor time of our process and of PostgreSQL.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any
from uuid import uuid4

from alembic import command
from flask import Flask

from development import places, postgres
from hep_api.accounts.keys import create_key
from hep_api.app import create_app
from hep_api.audit import actions
from hep_api.commands import migrations_config
from hep_api.foundation.settings import Settings
from tests.plans import making
from tests.world import World

ROUNDS, REQUESTS = 15, 100
TICK = os.sysconf("SC_CLK_TCK")
WITHOUT, LIGHTLY, DURABLY = "without the record", "as it is", "always waiting for the disk"


@dataclass(frozen=True)
class Cost:
    """Of one request, in microseconds."""

    elapsed: float
    ours: float
    database: float


def main() -> None:
    """Print a table."""
    data = places.temporary_folder(places.server_user())
    cluster = postgres.start_kept(data)
    try:
        with tempfile.TemporaryDirectory() as folder:
            app = _app(cluster.url(), Path(folder))
            postmaster = int((data / "data" / "postmaster.pid").read_text().split()[0])
            for name, request in _requests(app).items():
                _print(name, _measure(app, request, postmaster))
    finally:
        cluster.stop()
        shutil.rmtree(data)


def _app(url: str, folder: Path) -> Flask:
    command.upgrade(migrations_config(url), "head")
    create_key(folder / "keys", datetime.now(UTC))
    return create_app(
        Settings(
            database_url=url, token_keys_folder=folder / "keys", files_folder=folder / "files", limits_enabled=False
        )
    )


def _requests(app: Flask) -> dict[str, Callable[[], Any]]:
    world = World(app)
    lead = world.practitioner(world.clinic())
    patient = world.patient(lead)
    plan = making.start(lead, patient)
    making.publish(plan, *[making.new_item(making.exercise(lead, name=f"Exercise {n}")) for n in range(8)])
    [conversation] = patient.http.get("/v1/conversations").json["items"]
    today, messages = f"/v1/patients/{patient.patient_id}/today", f"/v1/conversations/{conversation['id']}/messages"
    return {
        "a patient reads today": lambda: _plainly(patient).get(today),
        "a practitioner reads today": lambda: _plainly(lead).get(today),
        "a message is sent": lambda: _plainly(lead).post(
            messages, json={"client_id": str(uuid4()), "body": "Well done!"}
        ),
    }


def _plainly(person: Any) -> Any:
    """Return a client that holds no answer against the contract: that costs more than the request."""
    client = person.http._client
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {person.token}"
    return client


def _measure(app: Flask, request: Callable[[], Any], postmaster: int) -> dict[str, list[Cost]]:
    costs: dict[str, list[Cost]] = {WITHOUT: [], LIGHTLY: [], DURABLY: []}
    for number in range(ROUNDS + 1):
        for mode in (WITHOUT, LIGHTLY, DURABLY):
            with _as(app, mode):
                cost = _of_many(request, postmaster)
            if number:  # the first round warms up
                costs[mode].append(cost)
    return costs


@contextmanager
def _as(app: Flask, mode: str) -> Iterator[None]:
    database, append = app.extensions["hep_database"], actions.append
    before = database._before_commit
    if mode == WITHOUT:
        database._before_commit = ()
    if mode == DURABLY:
        actions.append = lambda session, entries, **_: append(session, entries, lightly=False)  # type: ignore[assignment]
    yield
    database._before_commit, actions.append = before, append


def _of_many(request: Callable[[], Any], postmaster: int) -> Cost:
    elapsed, ours, database = time.perf_counter(), time.process_time(), _seconds_of_postgres(postmaster)
    for _ in range(REQUESTS):
        answer = request()
        assert answer.status_code < 300, answer.text
    parts = (time.perf_counter() - elapsed, time.process_time() - ours, _seconds_of_postgres(postmaster) - database)
    return Cost(*(part / REQUESTS * 1e6 for part in parts))


def _seconds_of_postgres(postmaster: int) -> float:
    """Return the processor time of all processes of the cluster."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(fields[1]) == postmaster:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / TICK


def _print(name: str, costs: dict[str, list[Cost]]) -> None:
    print(name)
    for mode, each in costs.items():
        figures = [median(getattr(cost, part) for cost in each) for part in ("elapsed", "ours", "database")]
        ratios = [
            median(getattr(a, part) / getattr(b, part) for a, b in zip(each, costs[WITHOUT], strict=True))
            for part in ("elapsed", "ours")
        ]
        print(
            f"  {mode:28} {figures[0]:8.0f} us  ours {figures[1]:6.0f}  PostgreSQL {figures[2]:6.0f}  "
            f"ratio {ratios[0]:.2f} {ratios[1]:.2f}"
        )


if __name__ == "__main__":
    main()
