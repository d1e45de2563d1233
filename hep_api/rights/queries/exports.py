"""Exports as the one who asked sees them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import not_found
from hep_api.foundation.jobs.models import Job, Outcome
from hep_api.rights import access
from hep_api.rights.models import PatientExport

KEPT_FOR = timedelta(hours=24)


class ExportStatus(StrEnum):
    """How far an export is. `failed`: ask again. `deleted`: its time is over."""

    WAITING = "waiting"
    READY = "ready"
    FAILED = "failed"
    DELETED = "deleted"


@dataclass(frozen=True, slots=True)
class ExportShown:
    """An export; `deleted_at` is when its file is deleted, or was."""

    id: UUID
    patient_id: UUID
    status: ExportStatus
    asked_at: datetime
    ready_at: datetime | None
    deleted_at: datetime | None
    size_bytes: int | None
    sha256: str | None


def get_export_for(session: Session, viewer: Viewer, patient_id: UUID, export_id: UUID) -> ExportShown:
    """Return an export that the viewer asked for, of a patient whom they may still export; 404 otherwise."""
    access.patient_to_export(session, viewer, patient_id, "export")
    row = session.execute(
        select(PatientExport, Job.outcome)
        .outerjoin(Job, Job.id == PatientExport.job_id)
        .where(
            PatientExport.clinic_id == viewer.clinic_id,
            PatientExport.id == export_id,
            PatientExport.patient_id == patient_id,
            PatientExport.asked_by == viewer.member_id,
        )
    ).one_or_none()
    if row is None:
        raise not_found("export")
    export: PatientExport = row.PatientExport
    return ExportShown(
        id=export.id,
        patient_id=export.patient_id,
        status=_status(export, row.outcome),
        asked_at=export.asked_at,
        ready_at=export.ready_at,
        deleted_at=export.removed_at or (export.ready_at + KEPT_FOR if export.ready_at else None),
        size_bytes=export.size_bytes,
        sha256=export.sha256,
    )


def path_of(clinic_id: UUID, patient_id: UUID, export_id: UUID) -> str:
    """Return where in the file store an export's package lies."""
    return f"{folder_of_exports(clinic_id, patient_id)}/{export_id}.zip"


def folder_of_exports(clinic_id: UUID, patient_id: UUID) -> str:
    """Return the prefix of a patient's exports; apart from the patient's files, so that none is put into the next."""
    return f"exports/{clinic_id}/{patient_id}"


def _status(export: PatientExport, outcome: Outcome | None) -> ExportStatus:
    if export.removed_at is not None:
        return ExportStatus.DELETED
    if export.ready_at is not None:
        return ExportStatus.READY
    return ExportStatus.FAILED if outcome is Outcome.DEAD else ExportStatus.WAITING
