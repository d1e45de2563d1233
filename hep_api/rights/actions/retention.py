"""Keeping nothing longer than it may be kept: records, exports, and whatever else expires."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import event, select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic
from hep_api.foundation import tenancy
from hep_api.foundation.files.store import StoredFile, files
from hep_api.rights.actions import exports
from hep_api.rights.models import PatientExport
from hep_api.rights.queries import holds
from hep_api.rights.queries.exports import KEPT_FOR
from hep_api.rights.sources import sources


@dataclass(frozen=True, slots=True)
class Outlived:
    """A patient whose record the clinic keeps no longer."""

    clinic_id: UUID
    clinic_slug: str
    patient_id: UUID
    last_contact: date


def list_outlived(session: Session, now: datetime) -> list[Outlived]:
    """Return the patients of all clinics whose records have been kept long enough, and on whom there is no hold."""
    found: list[Outlived] = []
    for clinic_id in tenancy.each_clinic(session):
        clinic = session.get_one(Clinic, clinic_id)
        outlived = holds.list_outlived(session, clinic, now)
        found += [Outlived(clinic_id, clinic.slug, patient_id, contact) for patient_id, contact in outlived]
    return found


def sweep(session: Session, now: datetime) -> Counter[str]:
    """Run every daily job that removes what has expired; return how many rows went, by table."""
    with _counting_deletions(session) as removed:
        for remove in sources().sweeps.values():
            remove(session, {}, now)
        session.flush()
    return removed


def list_expired_exports(now: datetime) -> list[StoredFile]:
    """Return the files of exports whose day is over, whether or not a row knows them."""
    return [file for file in files().list_under("exports") if file.changed_at < now - KEPT_FOR]


def remove_expired_exports(session: Session, now: datetime) -> None:
    """Delete the exports whose day is over, and what killed processes left half written."""
    for clinic_id in tenancy.each_clinic(session):
        for export_id in _expired(session, clinic_id, now):
            exports.remove_export(session, clinic_id, export_id, now)
    for file in list_expired_exports(now):
        files().delete(file.path)
    files().delete_unfinished(now - KEPT_FOR)


def _expired(session: Session, clinic_id: UUID, now: datetime) -> Sequence[UUID]:
    query = select(PatientExport.id).where(
        PatientExport.clinic_id == clinic_id,
        PatientExport.removed_at.is_(None),
        PatientExport.ready_at < now - KEPT_FOR,
    )
    return session.scalars(query).all()


@contextmanager
def _counting_deletions(session: Session) -> Iterator[Counter[str]]:
    removed: Counter[str] = Counter()
    connection = session.connection()

    def note(_: Any, cursor: Any, statement: str, *__: Any) -> None:
        words = statement.split(maxsplit=3)
        if words[:2] == ["DELETE", "FROM"] and cursor.rowcount > 0:
            removed[words[2]] += cursor.rowcount

    event.listen(connection, "after_cursor_execute", note)
    try:
        yield removed
    finally:
        event.remove(connection, "after_cursor_execute", note)
