"""What an operator does about jobs: look at those given up, have one tried again, work off what is due."""

from uuid import uuid4

from flask import Flask

from hep_api.foundation.jobs import claims, work
from hep_api.foundation.jobs.models import Outcome
from tests.foundation.conftest import Jobs


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    done = app.test_cli_runner().invoke(args=arguments)
    return done.exit_code, done.output


def test_a_job_that_was_given_up_is_shown_and_tried_again(jobs: Jobs, module_app: Flask) -> None:
    job = jobs.add("test.fail", "knee pain", dedupe_key="a")
    jobs.change(job, attempts=claims.MOST_ATTEMPTS - 1)
    work.run_due_jobs()
    assert jobs.one(job).outcome is Outcome.DEAD
    jobs.add("test.note", dedupe_key="a")

    code, shown = run(module_app, "jobs", "dead")
    assert code == 0
    assert f"{job}" in shown
    assert "test.fail  ValueError" in shown
    assert "knee" not in shown

    assert run(module_app, "jobs", "retry", str(job)) == (0, "It is due now.\n")
    assert jobs.one(job).outcome is None
    assert run(module_app, "worker", "--until-idle") == (0, "Ran 2 jobs.\n")
    assert jobs.one(job).error_type == "ValueError"
    assert run(module_app, "jobs", "dead") == (0, "")


def test_only_what_was_given_up_is_tried_again(jobs: Jobs, module_app: Flask) -> None:
    waiting = jobs.add("test.note")
    for identifier in (waiting, uuid4()):
        code, said = run(module_app, "jobs", "retry", str(identifier))
        assert code == 1
        assert "No job with this id was given up." in said
