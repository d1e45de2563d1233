"""Exports and erasures are whole (R11): a canary in every column of words that holds something of a patient is found in
the patient's export, with none of another's; after the erasure none is left in any table, file or job.
"""

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import delete, select, text

from hep_api.accounts.models.identity import Account
from hep_api.clinics.models import Member, Patient
from hep_api.foundation.jobs.models import Job
from hep_api.rights.models import RetentionHold
from tests.rights import planting, story
from tests.rights.conftest import Place, make_place
from tests.world import Person, World

MINE, NEIGHBOURS, ABROAD = "mine", "neighbours", "abroad"
# What holds something of the patient and is not handed out.
NOT_EXPORTED = {
    "account.password_hash": "a secret",
    "member.name_folded": "the name again, for searching",
    "patient_week.skip_reasons": "sums of the days, which are exported",
    "device.value": "a secret: whoever has it may push to the phone",
    "device.p256dh": "a secret of the same kind",
    "device.auth": "a secret of the same kind",
    "sign_in_challenge.device_name": "a sign-in that has not come about; it is gone in minutes",
}


@pytest.fixture(scope="module")
def place(own_app: Flask) -> Place:
    """Two patients of one clinic and one of another, each with canaries of their own."""
    world = World(own_app)
    place, abroad = make_place(world), make_place(world)
    for where, patient in ((place, place.patient), (place, place.neighbour), (abroad, abroad.patient)):
        story.tell(where, patient)
    with world.transaction() as session:
        for whose, patient in ((MINE, place.patient), (NEIGHBOURS, place.neighbour), (ABROAD, abroad.patient)):
            counts = planting.plant(session, whose, patient.patient_id, patient.account_id)
            assert [name for name, count in counts.items() if count == 0] == [], "the story has no row there"
    return place


@pytest.fixture(scope="module")
def package(place: Place) -> zipfile.ZipFile:
    return place.exported(place.patient)


def words_of(package: zipfile.ZipFile, ending: str) -> str:
    return "\n".join(package.read(name).decode("utf-8-sig") for name in package.namelist() if name.endswith(ending))


@pytest.mark.parametrize("ending", [".json", ".csv"])
def test_the_export_finds_every_canary_of_the_patient(package: zipfile.ZipFile, ending: str) -> None:
    said = words_of(package, ending)
    missing = [name for name, *_ in planting.planted_columns() if planting.canary(MINE, name) not in said]
    assert sorted(missing) == sorted(NOT_EXPORTED)


def test_the_export_has_nothing_of_another_patient(place: Place, package: zipfile.ZipFile) -> None:
    said = "".join(package.read(name).decode(errors="replace") for name in package.namelist())
    said += "".join(package.namelist())
    for foreign in (NEIGHBOURS, ABROAD, str(place.neighbour.patient_id), str(place.neighbour.account_id)):
        assert foreign not in said


def test_the_export_of_a_clinic_has_all_of_its_patients_and_nothing_of_another_clinic(
    place: Place, tmp_path: Path
) -> None:
    slug, file = f"clinic-{place.clinic_id}", tmp_path / "clinic.zip"
    result = place.world.app.test_cli_runner().invoke(args=["clinics", "export", slug, str(file)])
    assert result.exit_code == 0, result.output
    assert file.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(file) as whole:
        said = words_of(whole, ".json")
    for name, *_ in planting.planted_columns():
        for whose in (MINE, NEIGHBOURS):
            assert (planting.canary(whose, name) in said) == (name not in NOT_EXPORTED), name
    assert ABROAD not in said
    again = place.world.app.test_cli_runner().invoke(args=["clinics", "export", slug, str(file)])
    assert (again.exit_code, "is there already" in again.output) == (1, True)
    unknown = place.world.app.test_cli_runner().invoke(args=["clinics", "export", "nowhere", str(tmp_path / "x.zip")])
    assert unknown.exit_code == 1
    assert list(tmp_path.iterdir()) == [file]


def test_after_the_erasure_nothing_is_left_and_a_restored_backup_is_erased_again(
    place: Place, package: zipfile.ZipFile
) -> None:
    """One after the other, as the second stands on the first."""
    backup = _backup(place)
    _erase(place)
    _assert_nothing_is_left(place)
    _assert_others_are_untouched(place)

    _restore(place, backup)
    with place.world.transaction() as session:
        assert len(planting.tables_with(session, MINE)) > 10
    runner = place.world.app.test_cli_runner()
    dry = runner.invoke(args=["erasures", "reapply", "--dry-run"])
    assert "1 in the journal, 1 to be erased again." in dry.output
    with place.world.transaction() as session:
        assert planting.tables_with(session, MINE)
    again = runner.invoke(args=["erasures", "reapply"])
    assert (again.exit_code, "1 in the journal, 1 erased again." in again.output) == (0, True), again.output
    place.run_jobs()
    _assert_nothing_is_left(place)
    _assert_others_are_untouched(place)
    third = runner.invoke(args=["erasures", "reapply"])
    assert "1 in the journal, 0 erased again." in third.output


def _erase(place: Place) -> None:
    with place.world.transaction() as session:
        # Its date has passed; one that has not would answer 409 (test_erasing.py).
        assert session.scalars(select(RetentionHold.held_until)).all()
    place.step_up(place.lead, place.owner)
    asked = place.lead.http.post(place.path("erasures"), json={"words": f"{MINE} words"})
    assert place.decide(asked.json["id"]).status_code == 200
    with place.world.transaction() as session:
        session.execute(text("UPDATE job SET run_at = now() WHERE kind = 'rights.carry_out_erasure'"))
    place.run_jobs()


def _assert_nothing_is_left(place: Place) -> None:
    with place.world.transaction() as session:
        assert planting.tables_with(session, MINE) == []
        member = session.get_one(Member, (place.clinic_id, place.patient.patient_id))
        assert (member.name, member.account_id) == ("Erased", None)
        patient = session.get_one(Patient, (place.clinic_id, place.patient.patient_id))
        assert (patient.birth_date, patient.erased_at is None) == (None, False)
        assert session.get(Account, place.patient.account_id) is None
        # Only tombstones, the wish, the audit, and the look back that is to come know the id.
        known = set(planting.tables_with(session, str(place.patient.patient_id)))
        assert known == {"member", "patient", "erasure", "emergency_access", "audit_entry", "job"}
        jobs = session.scalars(select(Job).where(Job.payload["patient_id"].astext == str(place.patient.patient_id)))
        assert {job.kind for job in jobs} <= {"rights.erase_again", "rights.remove_files_of_erased"}
        assert set(planting.tables_with(session, str(place.patient.account_id))) <= {"audit_entry"}
    for path, content in _kept_files(place):
        assert MINE.encode() not in content, path
        if "erasures" not in path:
            assert str(place.patient.patient_id) not in path


def _assert_others_are_untouched(place: Place) -> None:
    with place.world.transaction() as session:
        for whose in (NEIGHBOURS, ABROAD):
            assert len(planting.tables_with(session, whose)) > 15
    assert any(str(place.neighbour.patient_id) in path for path, _ in _kept_files(place))
    assert place.neighbour.http.get("/v1/me").status_code == 200


def _kept_files(place: Place) -> Iterator[tuple[str, bytes]]:
    """Yield every file of the store and of the journal, packages unpacked."""
    settings = place.world.app.extensions["hep_settings"]
    for folder in (settings.files_folder, Path(settings.erasure_journal_folder)):
        for file in folder.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                yield str(file), content
                if zipfile.is_zipfile(io.BytesIO(content)):
                    unpacked = zipfile.ZipFile(io.BytesIO(content))
                    yield from ((f"{file}/{name}", unpacked.read(name)) for name in unpacked.namelist())


Backup = dict[str, list[dict[str, object]]]


def _backup(place: Place) -> Backup:
    """Copy every row of every table, as a dump does."""
    with place.world.transaction() as session:
        return {
            table.name: [dict(row) for row in session.execute(select(table)).mappings()]
            for table in planting.metadata.sorted_tables
        }


def _restore(place: Place, backup: Backup) -> None:
    """Put the tables back as they were, whatever has happened since, and the file store too, with its old journal."""
    place.files.delete_under("erasures")
    place.files.put(f"clinics/{place.clinic_id}/patients/{place.patient.patient_id}/media/x.jpg", MINE.encode())
    with place.world.transaction() as session:
        session.execute(text("SET LOCAL session_replication_role = replica"))
        for table in planting.metadata.sorted_tables:
            session.execute(delete(table))
        for table in planting.metadata.sorted_tables:
            columns = [column.name for column in table.columns if column.computed is None]
            rows = [{name: row[name] for name in columns} for row in backup[table.name]]
            if rows:
                session.execute(table.insert(), rows)


def test_the_phone_of_an_erased_patient_is_signed_out_for_good(place: Place) -> None:
    erased: Person = place.patient
    event = story._event(place.clinic_id)
    assert erased.http.post(place.path("events"), json=event).status_code == 401
    assert erased.http.get("/v1/me").status_code == 401
    for person in (place.lead, place.owner):
        assert person.http.get(place.path("adherence")).status_code == 404
        assert person.http.get(f"/v1/patients/{erased.patient_id}").status_code == 404
    listed = place.owner.http.get("/v1/patients").json["items"]
    assert [patient["id"] for patient in listed] == [str(place.neighbour.patient_id)]
