"""`flask audit verify` names whatever the superuser did to the record; the app itself can do nothing to it.

The record is made by requests. What is done to it is taken back, so that all tests have the same one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import delete, text, update
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.orm import Session

from hep_api.audit.chain import Link
from hep_api.audit.models import AuditEntry
from hep_api.audit.verifying import Verification
from hep_api.clinics.models import Clinic
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

    @contextmanager
    def tampered(self, *statements: str) -> Iterator[Session]:
        """Do something to the rows as somebody who may do anything; it is taken back at the end of the block."""
        with self.world.transaction() as session:
            for statement in statements:
                done = session.execute(text(statement), {"clinic": self.owner.clinic_id})
                assert done.rowcount, statement  # type: ignore[attr-defined]
            yield session
            session.rollback()

    def named(self, session: Session, *heads: str) -> set[int]:
        """Return the numbers that are named as wrong."""
        kept = [Link(int(seq), bytes.fromhex(digest)) for seq, _, digest in (head.partition(":") for head in heads)]
        return {found.seq for found in Verification(session, self.owner.clinic_id, kept).findings()}

    def named_after(self, *statements: str) -> set[int]:
        with self.tampered(*statements) as session:
            return self.named(session)


def run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["audit", *arguments])


@pytest.fixture(scope="module")
def record(app: Flask) -> Record:
    world = World(app)
    clinic_id = world.clinic()
    owner, lead = world.owner(clinic_id), world.practitioner(clinic_id)
    patient = world.patient(lead)
    for person in (patient, lead, patient, lead, owner):
        person.http.get(f"/v1/patients/{patient.patient_id}")
    head = run(world.app, "head", "--clinic", f"clinic-{clinic_id}").output.split()[1]
    for person in (patient, lead):
        person.http.get(f"/v1/patients/{patient.patient_id}/today")
    return Record(world, owner, patient, head)


@contextmanager
def as_the_app(record: Record) -> Iterator[Session]:
    """Open a transaction of the product that acts for the clinic, and see that it is one."""
    with record.world.app.app_context(), transaction() as session:
        tenancy.act_for(session, record.owner.clinic_id)
        assert len(session.execute(text("SELECT seq FROM audit_entry")).all()) == 7
        yield session
        session.rollback()


def test_what_nobody_touched_is_in_order(record: Record) -> None:
    verified = run(record.world.app, "verify", "--clinic", record.slug, "--head", record.head)
    assert verified.exit_code == 0
    assert "7 rows, nothing wrong" in verified.output
    assert record.head.startswith("5:")


@pytest.mark.parametrize("column", [name for name in COLUMNS if name != "seq"])
def test_a_changed_column_is_named(record: Record, column: str) -> None:
    value = OTHERWISE[str(AuditEntry.__table__.columns[column].type)]
    for other in (value, "NULL") if AuditEntry.__table__.columns[column].nullable else (value,):
        changed = f"UPDATE audit_entry SET {column} = {other} WHERE clinic_id = :clinic AND seq = 3"  # noqa: S608
        is_so_already = other == "NULL" and getattr(record_of(record.world, record.owner.clinic_id)[2], column) is None
        named = record.named_after(changed)
        assert named == set() if is_so_already else 3 in named and named <= {3, 4}


def test_removed_rows_are_named(record: Record) -> None:
    assert record.named_after("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq IN (2, 4)") == {2, 4}


def test_rows_that_changed_places_are_named(record: Record) -> None:
    named = record.named_after(
        "UPDATE audit_entry SET seq = CASE seq WHEN 3 THEN -5 ELSE -3 END WHERE clinic_id = :clinic AND seq IN (3, 5)",
        "UPDATE audit_entry SET seq = -seq WHERE clinic_id = :clinic AND seq < 0",
    )
    assert named == {3, 4, 5, 6}


COPY = """
    INSERT INTO audit_entry SELECT (jsonb_populate_record(a, jsonb_build_object('seq', {}))).* FROM audit_entry a
     WHERE a.clinic_id = :clinic AND a.seq = 3
"""


def test_an_inserted_row_is_named(record: Record) -> None:
    named = record.named_after(
        "UPDATE audit_entry SET seq = seq + 100 WHERE clinic_id = :clinic AND seq > 3",
        COPY.format(4),
        "UPDATE audit_entry SET seq = seq - 99 WHERE clinic_id = :clinic AND seq > 100",
    )
    assert named == {4, 5, 6, 7, 8}


def test_a_row_before_the_first_is_named(record: Record) -> None:
    assert record.named_after(COPY.format(0))


def test_a_row_added_at_the_end_is_named(record: Record) -> None:
    assert record.named_after(COPY.format(8)) == {8}


def test_a_beginning_that_was_cut_off_is_named(record: Record) -> None:
    assert record.named_after("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq <= 3") == {1}


@pytest.mark.parametrize("kept_to", [0, 3, 4])
def test_an_end_that_was_cut_off_is_named_by_a_head_that_was_kept(record: Record, kept_to: int) -> None:
    with record.tampered(f"DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq > {kept_to}") as session:  # noqa: S608
        assert record.named(session) == set()
        assert record.named(session, record.head) == {5}


def test_a_chain_that_was_forged_anew_is_named_by_a_head_that_was_kept(record: Record) -> None:
    """Whoever may do anything can compute hashes too: nothing in the database speaks against it."""
    entries = record_of(record.world, record.owner.clinic_id)
    with record.tampered() as session:
        forge(session, entries[2:], action="get_nothing")
        session.flush()
        assert record.named(session) == set()
        assert record.named(session, record.head) == {5}


def test_the_command_names_what_is_wrong_and_exits_1(world: World, tmp_path: Path) -> None:
    owner, kept = world.owner(world.clinic()), tmp_path / "heads"
    slug = f"clinic-{owner.clinic_id}"
    for _ in range(4):
        owner.http.get("/v1/patients")
    kept.write_text(run(world.app, "head").output)
    assert f"{slug} 4:" in kept.read_text()
    assert run(world.app, "verify", "--clinic", slug, "--heads", str(kept)).exit_code == 0
    with world.transaction() as session:
        session.execute(delete(AuditEntry).where(AuditEntry.clinic_id == owner.clinic_id, AuditEntry.seq.in_((2, 4))))
    without = run(world.app, "verify", "--clinic", slug)
    assert (without.exit_code, f"{slug} 2: is missing\n{slug} 2 rows, 1 wrong" in without.output) == (1, True)
    against = run(world.app, "verify", "--clinic", slug, "--heads", str(kept))
    assert (against.exit_code, f"{slug} 4: is missing: a head was kept of it" in against.output) == (1, True)


def test_a_clinic_whose_heads_were_kept_cannot_be_lost_or_renamed_away(world: World, tmp_path: Path) -> None:
    owner, kept = world.owner(world.clinic()), tmp_path / "heads"
    owner.http.get("/v1/patients")
    kept.write_text(run(world.app, "head", "--clinic", f"clinic-{owner.clinic_id}").output)
    with world.transaction() as session:
        session.execute(update(Clinic).where(Clinic.id == owner.clinic_id).values(slug=f"other-{owner.clinic_id}"))
    verified = run(world.app, "verify", "--heads", str(kept))
    assert verified.exit_code == 1
    assert f"clinic-{owner.clinic_id} is missing: heads were kept of it" in verified.output


@pytest.mark.parametrize("head", ["7", "7:xyz", "x:00", ""])
def test_a_head_that_is_none_is_refused(record: Record, head: str) -> None:
    assert run(record.world.app, "verify", "--clinic", record.slug, "--head", head).exit_code == 2
    assert run(record.world.app, "verify", "--head", record.head).exit_code == 2
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
    with record.tampered() as session:
        assert record.named(session, record.head) == set()
    assert record.named_after("DELETE FROM audit_entry WHERE clinic_id = :clinic AND seq IN (3, 5)") == {3, 5}
