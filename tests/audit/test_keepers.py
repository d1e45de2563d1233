"""The command line leaves its traces in the installation's own record."""

from uuid import uuid4

from click.testing import Result
from flask import Flask

from hep_api.audit.keepers import COMMAND_RUN
from hep_api.audit.models import AuditEntry, Outcome
from hep_api.foundation.tenancy import NOBODYS
from tests.audit.reading import record_of
from tests.world import World


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=arguments)


def left_of(world: World, command: str) -> list[AuditEntry]:
    entries = record_of(world, NOBODYS)
    return [each for each in entries if each.action == COMMAND_RUN and (each.subject or {})["command"] == command]


def test_a_command_that_changes_something_is_kept_with_the_login_that_ran_it(app: Flask, world: World) -> None:
    terms = [f"--slug=clinic-{uuid4()}", "--zone=Europe/Vienna", "--owner-email=o@example.org", "--owner-name=Olga"]
    before = len(left_of(world, "clinics create"))
    assert run(app, "clinics", "create", "Praxis am Rhein", *terms).exit_code == 0
    [entry] = left_of(world, "clinics create")[before:]
    assert entry.outcome is Outcome.ALLOWED
    assert set(entry.subject or {}) == {"command", "login"}


def test_one_that_failed_is_kept_as_such(app: Flask, world: World) -> None:
    before = len(left_of(world, "jobs retry"))
    assert run(app, "jobs", "retry", str(uuid4())).exit_code == 1
    assert [entry.outcome for entry in left_of(world, "jobs retry")[before:]] == [Outcome.FAILED]


def test_one_that_only_reads_leaves_nothing(app: Flask, world: World) -> None:
    assert run(app, "jobs", "dead").exit_code == 0
    assert left_of(world, "jobs dead") == []


def test_the_installations_own_record_is_proven_like_a_clinics(app: Flask, world: World) -> None:
    run(app, "jobs", "retry", str(uuid4()))
    verified = run(app, "audit", "verify", "--clinic", "-")
    assert verified.exit_code == 0, verified.output
