"""Real worker processes: killed in the middle, two at a time, woken, stopped, and cut off from the database."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
import requests
from flask import Flask
from sqlalchemy import text

from hep_api.foundation.database import transaction
from hep_api.foundation.jobs.models import Outcome
from hep_api.foundation.settings import Settings
from tests.everything import everything
from tests.foundation.conftest import Jobs
from tests.realtime.conftest import free_port

ROOT = Path(__file__).parent.parent.parent
GATE = 4711
METRICS = f"127.0.0.1:{free_port()}"
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(jobs: Jobs, own_settings: Settings) -> Iterator[Start]:
    """Start a worker process; whatever is left of them is killed at the end."""
    started: list[subprocess.Popen[bytes]] = []

    def start_one(**changes: float) -> subprocess.Popen[bytes]:
        settings = replace(own_settings, **changes)
        environment = {
            **os.environ,
            "DATABASE_URL": settings.database_url,
            "HEP_TOKEN_KEYS_FOLDER": str(settings.token_keys_folder),
            "HEP_WORKER_POLL_SECONDS": str(settings.worker_poll_seconds),
            "HEP_JOB_LEASE_SECONDS": str(settings.job_lease_seconds),
            "HEP_METRICS_BIND": METRICS,
        }
        command = [sys.executable, "-m", "flask", "--app", "tests.foundation.jobs_app:app", "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE)
        started.append(worker)
        return worker

    yield start_one
    for worker in started:
        worker.kill()
        worker.communicate()


def eventually(holds: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, "did not happen in time"
        time.sleep(0.05)


@contextmanager
def gate_closed() -> Iterator[None]:
    """Hold back `test.note_slowly` in the middle: its effect is written, its transaction open."""
    with transaction() as session:
        session.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))
        session.execute(text("SELECT pg_advisory_xact_lock(:gate)"), {"gate": GATE})
        yield


def how_many_wait_at_the_gate() -> int:
    with transaction() as session:
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted AND objid = :gate"
        return int(session.execute(text(waiting), {"gate": GATE}).scalar_one())


def is_done(jobs: Jobs) -> bool:
    return all(job.outcome is Outcome.DONE for job in jobs.all())


def test_a_killed_worker_loses_nothing_and_its_half_done_job_is_done_once(jobs: Jobs, start: Start) -> None:
    job = jobs.add("test.note_slowly", "hello", payload={"gate": GATE, "seconds": 0})
    with gate_closed():
        killed = start(job_lease_seconds=2)
        eventually(lambda: how_many_wait_at_the_gate() == 1)
        killed.kill()
        killed.wait()
        start(job_lease_seconds=2)
        eventually(lambda: jobs.one(job).attempts >= 2)
    eventually(lambda: jobs.one(job).outcome is Outcome.DONE)
    assert jobs.effects().count("hello") == 1


def test_two_workers_share_the_work_never_do_a_job_twice_and_stop_at_once_when_idle(jobs: Jobs, start: Start) -> None:
    words = [f"job {number}" for number in range(60)]
    for word in words:
        jobs.add("test.note_slowly", word, payload={"gate": GATE, "seconds": 0.01})
    # Both are at work before either is stopped: one that is only starting does not listen to signals yet.
    with gate_closed():
        workers = [start(worker_poll_seconds=600) for _ in range(2)]
        eventually(lambda: how_many_wait_at_the_gate() == 2)
    eventually(lambda: len(jobs.all()) == 61 and is_done(jobs))
    # The sixty-first is the recurring one: two workers, one job for the period.
    assert sorted(jobs.effects()) == sorted([*words, "nothing"])
    for worker in workers:
        worker.send_signal(signal.SIGINT)
        assert worker.wait(20) == 0


def test_a_new_job_wakes_a_sleeping_worker_and_a_stopped_one_finishes_the_job_in_hand(jobs: Jobs, start: Start) -> None:
    worker = start(worker_poll_seconds=30)
    eventually(lambda: jobs.effects() == ["nothing"])
    job = jobs.add("test.note_slowly", "woken", payload={"gate": GATE, "seconds": 0.3})
    began = time.monotonic()
    eventually(lambda: jobs.one(job).attempts == 1)
    assert time.monotonic() - began < 10
    waiting = jobs.add("test.note", "left for another")
    jobs.change(waiting, priority=-1)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(20) == 0
    assert jobs.one(job).outcome is Outcome.DONE
    assert jobs.one(waiting).attempts == 0


def test_a_worker_outlives_cut_connections(jobs: Jobs, start: Start, module_app: Flask) -> None:
    worker = start(worker_poll_seconds=0.1)
    eventually(lambda: jobs.effects() == ["nothing"])
    with everything(module_app) as session:
        others = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        for other in list(session.execute(text(others)).scalars()):
            session.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": other})
    module_app.extensions["hep_database"].engine.dispose()
    jobs.add("test.note", "after the cut")
    eventually(lambda: "after the cut" in jobs.effects())
    # Its metrics, too, which ask the database only now.
    told = requests.get(f"http://{METRICS}/metrics", timeout=10).text
    assert 'hep_jobs_run_total{kind="test.note",outcome="done"} 1.0' in told
    assert "hep_red_flags_open 0.0" in told
    assert worker.poll() is None
