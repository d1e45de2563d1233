"""`flask adherence ...`: proving the stored counts against the raw rows, and writing them anew."""

from collections.abc import Iterator
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select, tuple_

from hep_api.adherence.actions import rebuild
from hep_api.adherence.actions.rebuild import Difference
from hep_api.clinics.models import Patient
from hep_api.foundation import clock
from hep_api.foundation.database import transaction

PATIENTS_AT_A_TIME = 200
MOST_SHOWN = 50

adherence = AppGroup("adherence", help="What is counted from the events of patients.")


@adherence.command("verify")
@click.option("--clinic", type=click.UUID, help="Only the patients of this clinic.")
def verify(clinic: UUID | None) -> None:
    """Count every patient from the raw rows and report each day that is stored otherwise; exit 1 when there is one."""
    patients, differences = 0, 0
    for clinic_id, patient_id in _patients(clinic):
        with transaction() as session:
            found = rebuild.differences_of(session, clinic_id, patient_id, clock.now())
        for difference in found[: max(0, MOST_SHOWN - differences)]:
            click.echo(_said(difference))
        patients += 1
        differences += len(found)
    click.echo(f"{patients} patients counted, {differences} days differ.")
    if differences:
        raise SystemExit(1)


@adherence.command("rebuild")
@click.option("--clinic", type=click.UUID, help="Only the patients of this clinic.")
def rebuild_counts(clinic: UUID | None) -> None:
    """Count every patient from the raw rows and store it; safe to run while phones upload."""
    patients = 0
    for clinic_id, patient_id in _patients(clinic):
        with transaction() as session:
            rebuild.rebuild_patient(session, clinic_id, patient_id, clock.now())
        patients += 1
    click.echo(f"{patients} patients counted anew.")


def _patients(clinic: UUID | None) -> Iterator[tuple[UUID, UUID]]:
    """Yield (clinic, patient) of every patient, in short transactions of their own."""
    key, after = tuple_(Patient.clinic_id, Patient.id), None
    while True:
        query = select(Patient.clinic_id, Patient.id).order_by(key).limit(PATIENTS_AT_A_TIME)
        if clinic is not None:
            query = query.where(Patient.clinic_id == clinic)
        if after is not None:
            query = query.where(key > tuple_(*after))
        with transaction() as session:
            rows = [(row.clinic_id, row.id) for row in session.execute(query)]
        yield from rows
        if len(rows) < PATIENTS_AT_A_TIME:
            return
        after = rows[-1]


def _said(difference: Difference) -> str:
    stored, counted = difference.stored or {}, difference.counted or {}
    names = sorted(name for name in stored.keys() | counted.keys() if stored.get(name) != counted.get(name))
    what = ", ".join(names) if stored and counted else "not stored" if counted else "stored without cause"
    return f"patient {difference.patient_id} prescription {difference.prescription_id} {difference.day}: {what}"
