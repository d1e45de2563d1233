"""Jobs are rows of the transaction that caused them."""

from datetime import UTC, datetime, timedelta

import pytest

from hep_api.foundation.database import transaction
from hep_api.foundation.jobs import claims, queue, work
from tests.foundation.conftest import Jobs

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


class ChangedMyMind(Exception):
    pass


def enqueue_and_regret() -> None:
    with transaction() as session:
        queue.enqueue(session, "test.note", {}, now=NOW)
        raise ChangedMyMind


def test_a_cause_that_is_rolled_back_leaves_no_job(jobs: Jobs) -> None:
    with pytest.raises(ChangedMyMind):
        enqueue_and_regret()
    assert jobs.all() == []
    kept = jobs.add("test.note")
    assert [job.id for job in jobs.all()] == [kept]


def test_one_job_of_a_key_waits_and_is_due_at_the_earliest_wish(jobs: Jobs) -> None:
    first = jobs.add("test.note", dedupe_key="a", now=NOW, run_at=NOW + timedelta(hours=2))
    second = jobs.add("test.note", dedupe_key="a", now=NOW, run_at=NOW + timedelta(hours=1))
    third = jobs.add("test.note", dedupe_key="a", now=NOW, run_at=NOW + timedelta(hours=3))
    assert first == second == third
    assert jobs.one(first).run_at == NOW + timedelta(hours=1)


def test_another_key_another_kind_and_no_key_are_other_jobs(jobs: Jobs) -> None:
    jobs.add("test.note", dedupe_key="a")
    jobs.add("test.note", dedupe_key="b")
    jobs.add("test.fail", dedupe_key="a")
    jobs.add("test.note")
    jobs.add("test.note")
    assert len(jobs.all()) == 5


def test_a_job_that_a_worker_has_taken_does_not_swallow_a_new_cause(jobs: Jobs) -> None:
    taken = jobs.add("test.note", dedupe_key="a", now=NOW)
    with transaction() as session:
        assert claims.claim_next(session, NOW, timedelta(seconds=60)) is not None
    assert jobs.add("test.note", dedupe_key="a", now=NOW) != taken


def test_a_worker_passes_by_a_waiting_job_while_its_new_cause_is_not_committed(jobs: Jobs) -> None:
    waiting = jobs.add("test.note", dedupe_key="a", now=NOW)
    with transaction() as cause:
        assert queue.enqueue(cause, "test.note", {}, dedupe_key="a", now=NOW) == waiting
        assert work.run_due_jobs() == 0
    assert work.run_due_jobs() == 1


def test_a_finished_job_frees_its_key(jobs: Jobs) -> None:
    first = jobs.add("test.note", dedupe_key="a")
    assert work.run_due_jobs() == 1
    assert jobs.add("test.note", dedupe_key="a") != first


def test_a_job_for_once_is_never_added_again_not_even_when_done(jobs: Jobs) -> None:
    for expected in (True, False):
        with transaction() as session:
            assert queue.enqueue_once(session, "test.note", {}, once_key="rule 1", now=NOW) is expected
    assert work.run_due_jobs() == 1
    with transaction() as session:
        assert not queue.enqueue_once(session, "test.note", {}, once_key="rule 1", now=NOW)


def test_urgent_jobs_come_first_then_the_longest_due(jobs: Jobs) -> None:
    jobs.add("test.note", "young", run_at=NOW)
    jobs.add("test.note", "old", run_at=NOW - timedelta(days=1))
    jobs.add("test.note", "urgent", run_at=NOW, priority=10)
    work.run_due_jobs()
    assert jobs.effects() == ["urgent", "old", "young"]


def test_a_job_waits_for_its_time(jobs: Jobs) -> None:
    now = datetime.now(UTC)
    later = jobs.add("test.note", now=now, run_at=now + timedelta(hours=1))
    assert work.run_due_jobs() == 0
    jobs.change(later, run_at=now)
    assert work.run_due_jobs() == 1
