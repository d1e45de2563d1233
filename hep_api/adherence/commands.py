"""`flask adherence ...`: proving the stored counts against the raw rows, and writing them anew."""

from collections.abc import Iterator
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from hep_api.adherence.actions import rebuild
from hep_api.adherence.actions.rebuild import Difference
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock, tenancy
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
            tenancy.act_for(session, clinic_id)
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
            tenancy.act_for(session, clinic_id)
            rebuild.rebuild_patient(session, clinic_id, patient_id, clock.now())
        patients += 1
    click.echo(f"{patients} patients counted anew.")


def _patients(clinic: UUID | None) -> Iterator[tuple[UUID, UUID]]:
    """Yield (clinic, patient) of every patient, clinic by clinic, in short transactions of their own."""
    if clinic is not None:
        yield from ((clinic, patient_id) for patient_id in _patients_of(clinic))
        return
    with transaction() as session:
        clinic_ids = session.scalars(select(Clinic.id).order_by(Clinic.id)).all()
    for clinic_id in clinic_ids:
        yield from _patients(clinic_id)


def _patients_of(clinic_id: UUID) -> Iterator[UUID]:
    after = UUID(int=0)
    while True:
        query = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.id > after).order_by(Patient.id)
        with transaction() as session:
            tenancy.act_for(session, clinic_id)
            ids = session.scalars(query.limit(PATIENTS_AT_A_TIME)).all()
        yield from ids
        if len(ids) < PATIENTS_AT_A_TIME:
            return
        after = ids[-1]


def _said(difference: Difference) -> str:
    stored, counted = difference.stored or {}, difference.counted or {}
    names = sorted(name for name in stored.keys() | counted.keys() if stored.get(name) != counted.get(name))
    what = ", ".join(names) if stored and counted else "not stored" if counted else "stored without cause"
    return f"patient {difference.patient_id} prescription {difference.prescription_id} {difference.day}: {what}"
