"""`flask retention`, `flask erasures` and `flask clinics export`: what the keeper of an installation does about rights.

Each has its own short transactions, patient by patient.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from uuid import UUID

import click
from flask.cli import AppGroup
from sqlalchemy import select

from hep_api.audit import notes
from hep_api.clinics.commands import clinics
from hep_api.clinics.models import Clinic, Patient
from hep_api.foundation import clock, tenancy
from hep_api.foundation.database import transaction
from hep_api.rights import journal
from hep_api.rights.actions import erasures as actions
from hep_api.rights.actions import exports
from hep_api.rights.actions import retention as keeping
from hep_api.rights.journal import Entry
from hep_api.rights.packing import Package
from hep_api.rights.sources import sources

OWNER_ONLY = 0o600

erasures = AppGroup("erasures", help="Who was erased.")
retention = AppGroup("retention", help="What is kept no longer.")


class _DryRun(Exception):
    """Rolls back what was only to be counted."""


@erasures.command("reapply")
@click.option("--dry-run", is_flag=True, help="Only say who would be erased again.")
def reapply(dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Erase again, after a backup was restored, everyone whom the journal of erasures names."""
    now, again, entries = clock.now(), 0, journal.read_entries()
    for entry in entries:
        with transaction() as session:
            tenancy.act_for(session, entry.clinic_id)
            is_back = _is_back(session.get(Patient, (entry.clinic_id, entry.patient_id)))
            if is_back and not dry_run:
                actions.erase_patient(session, entry.clinic_id, entry.patient_id, now)
        if not dry_run:
            # Files may have been restored without the database.
            actions.remove_files(entry.clinic_id, entry.patient_id)
        if is_back:
            again += 1
            click.echo(_said(entry))
    click.echo(f"{len(entries)} in the journal, {again} {'to be erased' if dry_run else 'erased'} again.")


@retention.command("apply")
@click.option("--dry-run", is_flag=True, help="Only say what would be done.")
def apply(dry_run: bool) -> None:  # noqa: FBT001 - a flag of the command line
    """Erase whose record the clinic keeps no longer, and remove what has expired."""
    now, would = clock.now(), "would be " if dry_run else ""
    with transaction() as session:
        outlived = keeping.list_outlived(session, now)
    for each in outlived:
        if not dry_run:
            with transaction() as session:
                tenancy.act_for(session, each.clinic_id)
                actions.erase_patient(session, each.clinic_id, each.patient_id, now)
        click.echo(f"{each.clinic_slug}: patient {each.patient_id}, last contact {each.last_contact}: {would}erased.")
    expired = len(keeping.list_expired_exports(now))
    for table, count in sorted(_swept(dry_run=dry_run).items()):
        click.echo(f"{count} expired rows of {table}: {would}removed.")
    if not dry_run:
        with transaction() as session:
            keeping.remove_expired_exports(session, now)
    click.echo(f"{expired} expired exports: {would}deleted.")
    click.echo(f"{len(outlived)} patients: {would}erased.")


@clinics.command("export")
@click.argument("slug")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def export_clinic(slug: str, file: Path) -> None:
    """Export everything of the clinic SLUG into FILE, a ZIP with a folder for each patient."""
    now = clock.now()
    with transaction() as session:
        clinic_id = session.scalar(select(Clinic.id).where(Clinic.slug == slug))
    if clinic_id is None:
        raise click.ClickException("There is no clinic of this slug.")
    with _new_file(file) as into, Package(into, now) as package:
        patients = _add_clinic(clinic_id, package)
        for patient_id in patients:
            with transaction() as session:
                tenancy.act_for(session, clinic_id)
                exports.add_patient(session, clinic_id, patient_id, package, f"patients/{patient_id}/")
        package.finish(f"Everything of {slug}, as of {now:%Y-%m-%d %H:%M} UTC", {"clinic_id": str(clinic_id)})
    click.echo(f"{len(patients)} patients are in {file}. It holds health data: keep it as you keep records.")


def _add_clinic(clinic_id: UUID, package: Package) -> list[UUID]:
    """Add the clinic's own sections; return its patients."""
    with transaction() as session:
        tenancy.act_for(session, clinic_id)
        notes.note(session, "clinic.exported", clinic_id=clinic_id)
        for source in sources().of_clinic:
            for section in source(session, clinic_id):
                package.add_section(section)
        patients = select(Patient.id).where(Patient.clinic_id == clinic_id, Patient.erased_at.is_(None))
        return list(session.scalars(patients.order_by(Patient.id)))


def _swept(*, dry_run: bool) -> dict[str, int]:
    """Remove what has expired in the database; a dry run does it too, and takes it back."""
    removed: dict[str, int] = {}
    try:
        with transaction() as session:
            removed.update(keeping.sweep(session, clock.now()))
            if dry_run:
                _take_back()
    except _DryRun:
        pass
    return removed


def _take_back() -> None:
    raise _DryRun


@contextmanager
def _new_file(file: Path) -> Iterator[IO[bytes]]:
    """Open a new file, its owner's only; it appears under its name when it is whole."""
    if file.exists():
        raise click.ClickException(f"{file} is there already.")
    unfinished = file.with_name(f"{file.name}.part")
    descriptor = os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, OWNER_ONLY)
    try:
        with os.fdopen(descriptor, "wb") as opened:
            yield opened
        unfinished.rename(file)
    except BaseException:
        unfinished.unlink(missing_ok=True)
        raise


def _is_back(patient: Patient | None) -> bool:
    return patient is not None and patient.erased_at is None


def _said(entry: Entry) -> str:
    return f"clinic {entry.clinic_id} patient {entry.patient_id} erased {entry.erased_at:%Y-%m-%d}"
