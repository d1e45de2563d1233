"""A job's effect and its done mark are one; what fails is tried again, and given up in the end."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from hep_api.foundation.database import transaction
from hep_api.foundation.jobs import claims, pruning, work
from hep_api.foundation.jobs.deadlines import TookTooLong, at_most
from hep_api.foundation.jobs.models import Outcome
from tests.foundation.conftest import Jobs
from tests.foundation.jobs_app import note

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_job_runs_once_and_is_done(jobs: Jobs) -> None:
    job = jobs.add("test.note", "hello")
    assert work.run_due_jobs() == 1
    assert work.run_due_jobs() == 0
    assert jobs.effects() == ["hello"]
    assert jobs.one(job).outcome is Outcome.DONE
    assert jobs.one(job).finished_at is not None


def test_a_job_that_fails_leaves_no_effect_and_waits_longer_each_time(jobs: Jobs) -> None:
    job = jobs.add("test.fail", "half done")
    pauses = []
    for _ in range(3):
        before = datetime.now(UTC)
        assert work.run_due_jobs() == 1
        pauses.append((jobs.one(job).run_at - before).total_seconds())
        jobs.change(job, run_at=before)
    assert jobs.effects() == []
    assert jobs.one(job).outcome is None
    assert jobs.one(job).error_type == "ValueError"
    assert 1.5 <= pauses[0] < 3 <= pauses[1] < 6 <= pauses[2] < 11


def test_a_job_that_always_fails_ends_as_a_dead_letter(jobs: Jobs) -> None:
    job = jobs.add("test.fail")
    for _ in range(claims.MOST_ATTEMPTS):
        assert work.run_due_jobs() == 1
        jobs.change(job, run_at=NOW)
    assert work.run_due_jobs() == 0
    assert jobs.one(job).outcome is Outcome.DEAD
    assert jobs.one(job).error_type == "ValueError"


def test_an_unknown_kind_is_tried_again_as_a_newer_worker_may_know_it_then_given_up(jobs: Jobs) -> None:
    job = jobs.add("tomorrow.do_something")
    assert work.run_due_jobs() == 1
    assert jobs.one(job).outcome is None
    jobs.change(job, run_at=NOW, attempts=claims.MOST_ATTEMPTS - 1)
    assert work.run_due_jobs() == 1
    assert jobs.one(job).outcome is Outcome.DEAD
    assert jobs.one(job).error_type == "UnknownKind"


def test_a_job_that_killed_its_worker_every_time_is_given_up_unrun(jobs: Jobs) -> None:
    job = jobs.add("test.note")
    jobs.change(job, attempts=claims.MOST_ATTEMPTS, leased_until=NOW)
    assert work.run_due_jobs() == 1
    assert jobs.one(job).outcome is Outcome.DEAD
    assert jobs.one(job).error_type == "WorkerLost"
    assert jobs.effects() == []


def test_logs_of_a_failure_name_kind_and_error_but_not_what_the_job_was_about(
    jobs: Jobs, logged: Callable[[], str]
) -> None:
    jobs.add("test.fail", "knee pain 8 of 10")
    work.run_due_jobs()
    said = logged()
    assert "test.fail" in said
    assert "ValueError" in said
    assert "knee" not in said


def test_the_victim_of_a_deadlock_runs_again_at_once(jobs: Jobs, module_app: Flask) -> None:
    tries: list[int] = []

    def unlucky(*_: object) -> None:
        tries.append(1)
        if len(tries) == 1:
            raise OperationalError("", {}, psycopg.errors.DeadlockDetected())

    module_app.extensions["hep_jobs"]["test.unlucky"] = unlucky
    job = jobs.add("test.unlucky")
    assert work.run_due_jobs() == 1
    assert len(tries) == 2
    assert jobs.one(job).outcome is Outcome.DONE
    assert jobs.one(job).attempts == 1


def assert_is_stopped(jobs: Jobs, module_app: Flask, job: UUID) -> None:
    """Run a job that would take half a minute under a lease of half a second."""
    began = time.monotonic()
    settings = module_app.extensions["hep_settings"]
    try:
        module_app.extensions["hep_settings"] = type("Short", (), {"job_lease_seconds": 0.5})
        work.run_due_jobs()
    finally:
        module_app.extensions["hep_settings"] = settings
    assert time.monotonic() - began < 5
    assert jobs.one(job).error_type == "TookTooLong"


def test_a_job_that_hangs_is_stopped_before_its_lease_ends(jobs: Jobs, module_app: Flask) -> None:
    module_app.extensions["hep_jobs"]["test.hang"] = lambda *_: time.sleep(30)
    job = jobs.add("test.hang")
    assert_is_stopped(jobs, module_app, job)


def test_a_limit_within_a_job_ends_what_it_is_for_and_leaves_the_job_its_own(jobs: Jobs, module_app: Flask) -> None:
    def call_twice(*_: object) -> None:
        with pytest.raises(TookTooLong), at_most(timedelta(seconds=0.05)):
            time.sleep(30)
        # A longer limit within does not lengthen the job's own.
        with at_most(timedelta(seconds=30)):
            time.sleep(30)

    module_app.extensions["hep_jobs"]["test.call_twice"] = call_twice
    job = jobs.add("test.call_twice")
    assert_is_stopped(jobs, module_app, job)


def test_what_is_done_in_pieces_stays_done_when_a_later_piece_fails(jobs: Jobs, module_app: Flask) -> None:
    def in_pieces(claim: claims.Claim) -> None:
        for word in ("first", "second"):
            with transaction() as session:
                assert claims.hold(session, claim)
                note(session, {"word": f"{word} of {claim.attempts}"}, NOW)
        if claim.attempts == 1:
            raise ValueError

    module_app.extensions["hep_jobs"]["test.in_pieces"] = work.InPieces(in_pieces)
    job = jobs.add("test.in_pieces")
    assert work.run_due_jobs() == 1
    assert jobs.effects() == ["first of 1", "second of 1"]
    assert jobs.one(job).error_type == "ValueError"
    jobs.change(job, run_at=NOW)
    assert work.run_due_jobs() == 1
    assert jobs.one(job).outcome is Outcome.DONE
    assert jobs.effects()[2:] == ["first of 2", "second of 2"]


def test_a_job_in_hand_is_taken_over_when_its_lease_has_run_out_and_not_before(jobs: Jobs) -> None:
    jobs.add("test.note", now=NOW)
    with transaction() as session:
        first = claims.claim_next(session, NOW, MINUTE)
    with transaction() as session:
        assert claims.claim_next(session, NOW + MINUTE / 2, MINUTE) is None
    with transaction() as session:
        second = claims.claim_next(session, NOW + MINUTE, MINUTE)
    assert first
    assert second
    with transaction() as session:
        assert not claims.hold(session, first)
        assert claims.hold(session, second)


def test_a_worker_that_is_slow_but_alive_keeps_its_job(jobs: Jobs) -> None:
    jobs.add("test.note", now=NOW)
    with transaction() as session:
        claim = claims.claim_next(session, NOW, MINUTE)
    assert claim
    with transaction() as at_work:
        assert claims.hold(at_work, claim)
        with transaction() as other:
            assert claims.claim_next(other, NOW + 10 * MINUTE, MINUTE) is None


def test_an_overtaken_worker_cannot_spoil_what_the_next_one_does(jobs: Jobs) -> None:
    job = jobs.add("test.note", now=NOW)
    with transaction() as session:
        first = claims.claim_next(session, NOW, MINUTE)
    with transaction() as session:
        second = claims.claim_next(session, NOW + MINUTE, MINUTE)
    assert first
    assert second
    with transaction() as session:
        claims.put_back(session, first, NOW, "ValueError", MINUTE)
        claims.give_up(session, first, NOW, "ValueError")
        claims.finish(session, first, NOW)
    assert jobs.one(job).outcome is None
    assert jobs.one(job).leased_until == NOW + 2 * MINUTE


def test_finished_jobs_are_kept_for_a_while_and_unfinished_ones_for_ever(jobs: Jobs) -> None:
    long_ago = NOW - timedelta(days=1000)
    ages = {Outcome.DONE: pruning.DONE_KEPT_FOR, Outcome.DEAD: pruning.DEAD_KEPT_FOR}
    kept = [jobs.add("test.note", now=long_ago)]
    for outcome, age in ages.items():
        old, fresh = jobs.add("test.note"), jobs.add("test.note")
        jobs.change(old, outcome=outcome, finished_at=NOW - age - MINUTE)
        jobs.change(fresh, outcome=outcome, finished_at=NOW - age + MINUTE)
        kept.append(fresh)
    with transaction() as session:
        pruning.prune_finished_jobs(session, {}, NOW)
    assert {job.id for job in jobs.all()} == set(kept)
