"""`flask rollups ...`: proving the stored counts against the raw rows, and writing them anew."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Any
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from hep_api.adherence.actions import rebuild
from hep_api.adherence.proving.differences import Difference, differences_of, snapshot_of
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction

PATIENTS_AT_A_TIME = 200
MOST_SHOWN = 50

rollups = AppGroup("rollups", help="The counts by day and by week that are kept of patients' events.")
only_clinic = click.option("--clinic", type=click.UUID, help="Only the patients of this clinic.")
only_patient = click.option("--patient", type=click.UUID, help="Only this patient.")


@rollups.command("verify")
@only_clinic
@only_patient
def verify(clinic: UUID | None, patient: UUID | None) -> None:
    """Count every patient from the raw rows by a second implementation and report each difference; exit 1 when there
    is one and 2 for a clinic or patient that is not there. Locks nothing; phones may upload meanwhile.
    """
    patients, differences = 0, 0
    for clinic_id, patient_id in _patients(clinic, patient):
        with transaction() as session:
            snapshot_of(session, clinic_id)
            found = differences_of(session, clinic_id, patient_id, clock.now())
        for difference in found[: max(0, MOST_SHOWN - differences)]:
            click.echo(_said(difference))
        patients += 1
        differences += len(found)
    if differences > MOST_SHOWN:
        click.echo(f"... and {differences - MOST_SHOWN} more.")
    click.echo(f"{patients} patients counted, {differences} differences.")
    if differences:
        raise SystemExit(1)


@rollups.command("rebuild")
@only_clinic
@only_patient
def rebuild_counts(clinic: UUID | None, patient: UUID | None) -> None:
    """Count every patient from the raw rows and store it; exit 2 for a clinic or patient that is not there. Safe to
    run while phones upload.
    """
    patients = 0
    for clinic_id, patient_id in _patients(clinic, patient):
        with transaction() as session:
            tenancy.act_for(session, clinic_id)
            rebuild.rebuild_patient(session, clinic_id, patient_id, clock.now())
        patients += 1
    click.echo(f"{patients} patients counted anew.")


def _patients(clinic: UUID | None, patient: UUID | None) -> Iterator[tuple[UUID, UUID]]:
    """Yield (clinic, patient) of every patient asked for, clinic by clinic, in short transactions of their own.

    A clinic or a patient that is not there is an error that names it: nothing counted must not look like all is well.
    """
    found = False
    for clinic_id in _clinics(clinic):
        for patient_id in _patients_of(clinic_id, patient):
            found = True
            yield clinic_id, patient_id
    if patient is not None and not found:
        where = "" if clinic is None else f" in the clinic {clinic}"
        raise click.UsageError(f"There is no patient {patient}{where}.")


def _clinics(clinic: UUID | None) -> Sequence[UUID]:
    query = select(Clinic.id).order_by(Clinic.id)
    if clinic is not None:
        query = query.where(Clinic.id == clinic)
    with transaction() as session:
        clinic_ids = session.scalars(query).all()
    if clinic is not None and not clinic_ids:
        raise click.UsageError(f"There is no clinic {clinic}.")
    return clinic_ids


def _patients_of(clinic_id: UUID, patient_id: UUID | None) -> Iterator[UUID]:
    after = UUID(int=0)
    while True:
        query = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.id > after).order_by(Patient.id)
        if patient_id is not None:
            query = query.where(Patient.id == patient_id)
        with transaction() as session:
            tenancy.act_for(session, clinic_id)
            ids = session.scalars(query.limit(PATIENTS_AT_A_TIME)).all()
        yield from ids
        if len(ids) < PATIENTS_AT_A_TIME:
            return
        after = ids[-1]


def _said(difference: Difference) -> str:
    """Say what differs, such as `patient .. prescription .. 2026-05-01: expected is 2, must be 1`."""
    what = "week from" if difference.prescription_id is None else f"prescription {difference.prescription_id}"
    where = f"patient {difference.patient_id} {what} {difference.day}"
    if difference.expected is None and difference.field == "row":
        return f"{where}: stored without cause"
    if difference.stored is None and difference.field == "row":
        return f"{where}: not stored"
    return f"{where}: {difference.field} is {_shown(difference.stored)}, must be {_shown(difference.expected)}"


def _shown(value: Any) -> str:
    """Show fractions as people write them."""
    if isinstance(value, list | tuple):
        inside = ", ".join(map(_shown, value))
        return f"({inside})" if isinstance(value, tuple) else f"[{inside}]"
    return str(value) if isinstance(value, Fraction) else repr(value)
