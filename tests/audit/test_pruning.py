"""`flask audit prune` removes what is older than it is kept, as the migrator, and the chain still proves itself."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, text

from hep_api.audit.models import AuditEntry
from hep_api.foundation.settings import Settings
from tests.audit.reading import actions_of, forge, record_of
from tests.world import Person, World

SEVEN_YEARS_AGO = datetime.now(UTC) - timedelta(days=7 * 366)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


@pytest.fixture
def owner(world: World) -> Person:
    """An owner whose clinic has a record of five rows, of which the first three are seven years old."""
    owner = world.owner(world.clinic())
    for _ in range(5):
        owner.http.get("/v1/patients")
    for first, at in ((0, SEVEN_YEARS_AGO), (3, datetime.now(UTC))):
        entries = record_of(world, owner.clinic_id)[first:]
        with world.transaction() as session:
            forge(session, entries, at=at)
    return owner


def of(owner: Person) -> str:
    return f"clinic-{owner.clinic_id}"


def test_what_is_too_old_goes_and_the_rest_proves_itself(world: World, owner: Person) -> None:
    head = run(world.app, "head", "--clinic", of(owner)).output.split()[1]
    pruned = run(world.app, "prune", "--clinic", of(owner))
    assert (pruned.exit_code, f"{of(owner)} 3 rows from before" in pruned.output) == (0, True), pruned.output
    left = record_of(world, owner.clinic_id)
    assert [entry.seq for entry in left] == [4, 5, 6]
    assert actions_of(left)[-1] == "audit.pruned"
    verified = run(world.app, "verify", "--clinic", of(owner), "--head", head)
    assert (verified.exit_code, "3 rows, nothing wrong" in verified.output) == (0, True), verified.output


def test_a_second_time_nothing_is_left_to_go(world: World, owner: Person) -> None:
    for _ in range(2):
        pruned = run(world.app, "prune", "--clinic", of(owner))
    assert pruned.output == "Nothing was removed.\n"
    assert len(record_of(world, owner.clinic_id)) == 3


def test_a_dry_run_says_what_would_go_and_takes_nothing(world: World, owner: Person) -> None:
    pruned = run(world.app, "prune", "--clinic", of(owner), "--dry-run")
    assert f"{of(owner)} 3 rows" in pruned.output
    assert len(record_of(world, owner.clinic_id)) == 5


def test_a_head_of_what_was_pruned_accuses_nobody(world: World, owner: Person) -> None:
    third = record_of(world, owner.clinic_id)[2]
    run(world.app, "prune", "--clinic", of(owner))
    verified = run(world.app, "verify", "--clinic", of(owner), "--head", f"3:{third.hash.hex()}")
    assert verified.exit_code == 0, verified.output


def test_a_pruning_that_took_young_rows_is_accused_by_a_head_that_was_kept(
    world: World, owner: Person, tmp_path: Path
) -> None:
    kept = tmp_path / "heads"
    kept.write_text(run(world.app, "head", "--clinic", of(owner)).output)
    last = record_of(world, owner.clinic_id)[-1]
    subject = {"seq": last.seq, "hash": last.hash.hex()}
    entry = {"clinic_id": str(owner.clinic_id), "action": "audit.pruned", "outcome": "allowed", "subject": subject}
    with world.transaction() as session:
        session.execute(text("SELECT append_audit(CAST(:entries AS jsonb), false)"), {"entries": json.dumps([entry])})
        cut = (AuditEntry.clinic_id == owner.clinic_id) & (AuditEntry.seq <= last.seq)
        session.execute(delete(AuditEntry).where(cut))
    told = run(world.app, "verify", "--clinic", of(owner))
    assert f"{of(owner)} rows 1 to {last.seq} were pruned" in told.output
    accused = run(world.app, "verify", "--clinic", of(owner), "--heads", str(kept))
    assert accused.exit_code == 1
    assert f"{of(owner)} {last.seq}: was pruned before its time" in accused.output


def test_who_cuts_off_more_than_was_pruned_is_found_out(world: World, owner: Person) -> None:
    run(world.app, "prune", "--clinic", of(owner))
    with world.transaction() as session:
        session.delete(session.merge(record_of(world, owner.clinic_id)[0]))
    verified = run(world.app, "verify", "--clinic", of(owner))
    assert (verified.exit_code, f"{of(owner)} 1: is missing" in verified.output) == (1, True), verified.output


def test_the_app_itself_may_not_prune(world: World, owner: Person, settings: Settings) -> None:
    as_app = f"{settings.database_url}{'&' if '?' in settings.database_url else '?'}options=-c%20role%3Dhep_app"
    before = world.app.extensions["hep_settings"]
    world.app.extensions["hep_settings"] = replace(before, database_migrator_url=as_app)
    try:
        pruned = run(world.app, "prune", "--clinic", of(owner))
    finally:
        world.app.extensions["hep_settings"] = before
    assert (pruned.exit_code, "HEP_DATABASE_MIGRATOR_URL" in pruned.output) == (1, True), pruned.output
    assert len(record_of(world, owner.clinic_id)) == 5
