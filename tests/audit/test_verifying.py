"""`flask audit verify` names whatever the superuser did to the record; the app itself can do nothing to it.

Each test has a clinic of its own, whose record is made by requests.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from hep_api.audit.models import AuditEntry
from hep_api.foundation import tenancy
from hep_api.foundation.database import transaction
from tests.audit.reading import forge, record_of
from tests.world import Person, World

COLUMNS = [column.name for column in AuditEntry.__table__.columns]
# Another value for a column of each type.
OTHERWISE = {
    "CHAR(32)": "'00000000-0000-7000-8000-00000000dead'",
    "BIGINT": "seq + 1000",
    "DATETIME": "at - interval '1 hour'",
    "TEXT": "'something_else'",
    "VARCHAR(40)": "'failed'",
    "JSONB": '\'{"plan_id": "another"}\'',
    "BLOB": "sha256('x')",
}


@dataclass
class Record:
    """A clinic with seven rows, and the head that its owner kept after the fifth."""

    world: World
    owner: Person
    patient: Person
    head: str

    @property
    def slug(self) -> str:
        return f"clinic-{self.owner.clinic_id}"

    def verify(self, *options: str) -> Result:
        return run(self.world.app, "verify", "--clinic", self.slug, *options)

    def named(self, *options: str) -> set[int]:
        """Return the numbers that verify names; it exits 1 exactly when it names any."""
        result = self.verify(*options)
        found = {int(seq) for seq in re.findall(rf"^{self.slug} (\d+): ", result.output, re.MULTILINE)}
        assert result.exit_code == (1 if found else 0), result.output
        return found

    def tamper(self, statement: str) -> None:
        """Do something to the clinic's rows as somebody who may do anything."""
        with self.world.transaction() as session:
            done = session.execute(text(statement), {"clinic": self.owner.clinic_id})
            assert done.rowcount  # type: ignore[attr-defined]


@contextmanager
def as_the_app(record: Record) -> Iterator[Session]:
    """Open a transaction of the product that acts for the clinic, and see that it is one."""
    with record.world.app.app_context(), transaction() as session:
        tenancy.act_for(session, record.owner.clinic_id)
        assert len(session.execute(text("SELECT seq FROM audit_entry")).all()) == 7
        yield session
        session.rollback()


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


@pytest.fixture
def record(world: World) -> Record:
    clinic_id = world.clinic()
    owner, lead = world.owner(clinic_id), world.practitioner(clinic_id)
    patient = world.patient(lead)
    for person in (patient, lead, patient, lead, owner):
        person.http.get(f"/v1/patients/{patient.patient_id}")
    head = run(world.app, "head", "--clinic", f"clinic-{clinic_id}").output.split()[1]
    for person in (patient, lead):
        person.http.get(f"/v1/patients/{patient.patient_id}/today")
    return Record(world, owner, patient, head)


def test_what_nobody_touched_is_in_order(record: Record) -> None:
    assert record.named() == set()
    assert record.named("--head", record.head) == set()
    assert "7 rows, nothing wrong" in record.verify().output
    assert record.head.startswith("5:")


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "seq"])
def test_a_changed_column_is_named(record: Record, column: str) -> None:
    value = OTHERWISE[str(AuditEntry.__table__.columns[column].type)]
    record.tamper(f"UPDATE audit_entry SET {column} = {value} WHERE clinic_id = :clinic AND seq = 3")  # noqa: S608
    assert 3 in record.named()
    assert record.named() <= {3, 4}


@pytest.mark.parametrize("column", [name for name in COLUMNS if AuditEntry.__table__.columns[name].nullable])
def test_a_column_that_was_emptied_is_named(record: Record, column: str) -> None:
    filled = [
        entry.seq for entry in record_of(record.world, record.owner.clinic_id) if getattr(entry, column) is not None
    ]
    if filled:
        record.tamper(f"UPDATE audit_entry SET {column} = NULL WHERE clinic_id = :clinic AND seq = {filled[0]}")  # noqa: S608
        assert record.named() == {filled[0]}


def test_removed_rows_are_named(record: Record) -> None:
    record.tamper("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq IN (2, 4)")
    assert record.named() == {2, 4}


def test_rows_that_changed_places_are_named(record: Record) -> None:
    record.tamper(
        "UPDATE audit_entry SET seq = CASE seq WHEN 3 THEN -5 ELSE -3 END WHERE clinic_id = :clinic AND seq IN (3, 5)"
    )
    record.tamper("UPDATE audit_entry SET seq = -seq WHERE clinic_id = :clinic AND seq < 0")
    assert record.named() >= {3, 5}


def test_an_inserted_row_is_named(record: Record) -> None:
    record.tamper("UPDATE audit_entry SET seq = seq + 100 WHERE clinic_id = :clinic AND seq > 3")
    record.tamper(
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(a, jsonb_build_object('seq', 4))).* FROM audit_entry a"
        " WHERE a.clinic_id = :clinic AND a.seq = 3"
    )
    record.tamper("UPDATE audit_entry SET seq = seq - 99 WHERE clinic_id = :clinic AND seq > 100")
    assert record.named() == {4, 5, 6, 7, 8}


def test_a_row_before_the_first_is_named(record: Record) -> None:
    record.tamper(
        "INSERT INTO audit_entry SELECT (jsonb_populate_record(a, jsonb_build_object('seq', 0))).* FROM audit_entry a"
        " WHERE a.clinic_id = :clinic AND a.seq = 3"
    )
    assert record.named()


def test_a_beginning_that_was_cut_off_is_named(record: Record) -> None:
    record.tamper("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq <= 3")
    assert record.named() == {1}


def test_an_end_that_was_cut_off_is_named_by_a_head_that_was_kept(record: Record) -> None:
    record.tamper("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq >= 4")
    assert record.named() == set()
    assert record.named("--head", record.head) == {5}


def test_a_whole_record_that_was_removed_is_named_by_a_head_that_was_kept(record: Record) -> None:
    record.tamper("DELETE FROM audit_entry WHERE clinic_id = :clinic")
    assert record.named("--head", record.head) == {5}


def test_a_chain_that_was_forged_anew_is_named_by_a_head_that_was_kept(record: Record) -> None:
    """Whoever may do anything can compute hashes too: nothing in the database speaks against it."""
    forge(record.world, record_of(record.world, record.owner.clinic_id)[2:], action="get_nothing")
    assert record.named() == set()
    assert record.named("--head", record.head) == {5}


def test_heads_are_kept_and_compared_as_a_file(record: Record, tmp_path: Path) -> None:
    kept = tmp_path / "heads"
    kept.write_text(run(record.world.app, "head").output)
    assert f"{record.slug} 7:" in kept.read_text()
    assert record.named("--heads", str(kept)) == set()
    record.tamper("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq = 7")
    assert record.named("--heads", str(kept)) == {7}


@pytest.mark.parametrize("head", ["7", "7:xyz", "x:00", ""])
def test_a_head_that_is_none_is_refused(record: Record, head: str) -> None:
    assert record.verify("--head", head).exit_code == 2
    assert run(record.world.app, "verify", "--clinic", "no such clinic").exit_code == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "INSERT INTO audit_entry SELECT * FROM audit_entry LIMIT 1",
        "ALTER TABLE audit_entry DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE audit_entry DISABLE TRIGGER ALL",
        "DROP TABLE audit_entry",
        "DROP FUNCTION append_audit(jsonb, boolean)",
        "CREATE OR REPLACE FUNCTION append_audit(jsonb, boolean) RETURNS void LANGUAGE sql AS 'SELECT'",
        "SET session_replication_role = replica",
    ],
)
def test_the_app_can_do_nothing_to_the_record(record: Record, statement: str) -> None:
    with as_the_app(record) as session, pytest.raises(ProgrammingError) as refused:
        session.execute(text(statement))
    assert getattr(refused.value.orig, "sqlstate", "") == "42501", refused.value
    assert record.named("--head", record.head) == set()


def test_the_app_is_nobody_who_could_and_cannot_become_one(record: Record) -> None:
    with as_the_app(record) as session:
        roles = "SELECT rolname FROM pg_roles WHERE pg_has_role('hep_app', oid, 'MEMBER') ORDER BY 1"
        assert session.scalars(text(roles)).all() == ["hep_app"]
        rights = "SELECT privilege_type FROM information_schema.table_privileges WHERE table_name = 'audit_entry'"
        assert session.scalars(text(f"{rights} AND grantee = 'hep_app'")).all() == ["SELECT"]


def test_a_clinic_sees_only_its_own_record(record: Record) -> None:
    stranger = record.world.owner(record.world.clinic())
    items = stranger.http.get("/v1/audit").json["items"]
    assert str(record.patient.patient_id) not in str(items)
    with record.world.app.app_context(), transaction() as session:
        tenancy.act_for(session, stranger.clinic_id)
        seen = session.scalars(text("SELECT DISTINCT clinic_id FROM audit_entry"))
        assert set(seen) <= {stranger.clinic_id}


def test_pages_make_no_difference(record: Record, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hep_api.audit.verifying.ROWS_AT_A_TIME", 2)
    assert record.named("--head", record.head) == set()
    record.tamper("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq IN (3, 5)")
    assert record.named("--head", record.head) == {3, 5}
