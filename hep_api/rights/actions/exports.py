"""Asking for an export, building it, handing out a link to it, and removing it a day later."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from tempfile import TemporaryFile
from typing import IO, Any
from uuid import UUID

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.letter_texts.text import Letter
from hep_api.accounts.letters import tell
from hep_api.accounts.viewer import Viewer
from hep_api.clinics.folders import folder_of_patient
from hep_api.clinics.models import Clinic, Member
from hep_api.foundation.errors import Problem
from hep_api.foundation.files.links import Link, links
from hep_api.foundation.files.store import CHUNK_BYTES, files
from hep_api.foundation.identifiers import new_id
from hep_api.foundation.jobs import queue
from hep_api.foundation.sections import Section
from hep_api.rights import access
from hep_api.rights.models import PatientExport
from hep_api.rights.packing import Package
from hep_api.rights.queries import exports
from hep_api.rights.queries.exports import KEPT_FOR, ExportShown, ExportStatus
from hep_api.rights.sources import sources

NOT_AMONG_IT = (
    "What staff may have said among themselves about the patient is not in it; the clinic gives it on request."
)
BUILD, REMOVE = "rights.build_export", "rights.remove_export"


def ask_for_export(session: Session, viewer: Viewer, patient_id: UUID, now: datetime) -> ExportShown:
    """Have the patient's data exported; while one of the viewer's is waiting, that one is returned."""
    access.patient_to_export(session, viewer, patient_id)
    row = {
        "clinic_id": viewer.clinic_id,
        "id": new_id(),
        "patient_id": patient_id,
        "asked_by": viewer.member_id,
        "asked_at": now,
    }
    # One statement takes the waiting one and locks it: it cannot become ready between being found and being read.
    waiting = insert(PatientExport).values(row)
    waiting = waiting.on_conflict_do_update(
        index_elements=["clinic_id", "patient_id", "asked_by"],
        index_where=text("ready_at IS NULL AND removed_at IS NULL"),
        set_={"asked_by": waiting.excluded.asked_by},
    )
    export = session.scalars(waiting.returning(PatientExport), execution_options={"populate_existing": True}).one()
    shown = exports.get_export_for(session, viewer, patient_id, export.id)
    if export.job_id is None or shown.status is ExportStatus.FAILED:
        payload = {"clinic_id": str(viewer.clinic_id), "export_id": str(export.id)}
        export.job_id = queue.enqueue(session, BUILD, payload, now=now, clinic_id=viewer.clinic_id)
        session.flush()
        return exports.get_export_for(session, viewer, patient_id, export.id)
    return shown


def make_link(session: Session, viewer: Viewer, patient_id: UUID, export_id: UUID, now: datetime) -> Link:
    """Return a fresh link to a finished export; 409 while it is not ready, 410 when it was deleted."""
    export = exports.get_export_for(session, viewer, patient_id, export_id)
    if export.status is ExportStatus.DELETED:
        raise Problem("export_deleted", 410, "The export was deleted a day after it was made; ask for another.")
    if export.status is not ExportStatus.READY or export.ready_at is None:
        raise Problem("export_not_ready", 409, "The export is not ready yet.")
    name = f"export-{export.ready_at:%Y-%m-%d}.zip"
    return links().make(exports.path_of(viewer.clinic_id, patient_id, export_id), name, now)


def build_export(session: Session, clinic_id: UUID, export_id: UUID, now: datetime) -> None:
    """Build an export and put it into the file store; one that is ready, or gone with its patient, is left alone."""
    export = session.get(PatientExport, (clinic_id, export_id), with_for_update=True)
    if export is None or export.ready_at is not None or export.removed_at is not None:
        return
    # While files are copied the transaction does nothing; the job has a time limit of its own.
    session.execute(text("SET LOCAL idle_in_transaction_session_timeout = '120s'"))
    with TemporaryFile() as file, Package(file, now) as package:
        pack_patient(session, export, package, now)
        export.size_bytes, export.sha256 = file.tell(), _digest(file)
        file.seek(0)
        files().put(exports.path_of(clinic_id, export.patient_id, export_id), file, name="export.zip")
    export.ready_at = now
    session.flush()
    payload = {"clinic_id": str(clinic_id), "export_id": str(export_id)}
    queue.enqueue(session, REMOVE, payload, now=now, clinic_id=clinic_id, run_at=now + KEPT_FOR)
    _tell_asker(session, export, now)


def remove_export(session: Session, clinic_id: UUID, export_id: UUID, now: datetime) -> None:
    """Delete an export's file; what is left says that there was one."""
    patient_id = session.scalar(
        update(PatientExport)
        .where(PatientExport.clinic_id == clinic_id, PatientExport.id == export_id)
        .values(removed_at=now)
        .returning(PatientExport.patient_id)
    )
    if patient_id is not None:
        files().delete(exports.path_of(clinic_id, patient_id, export_id))


def pack_patient(session: Session, export: PatientExport, package: Package, now: datetime) -> None:
    """Fill a package with everything that names the patient, and finish it.

    To the patient it is not told what staff said among themselves: where the law gives it to them, staff ask for the
    export, look through it for what it tells of others, and hand it over.
    """
    clinic_id, patient_id = export.clinic_id, export.patient_id
    clinic = session.get_one(Clinic, clinic_id)
    title = f"What {clinic.name} holds about one patient, as of {now:%Y-%m-%d %H:%M} UTC"
    kept_back: Collection[UUID] = ()
    if export.asked_by == patient_id:
        kept_back, title = sources().kept_back(session, clinic_id, patient_id), f"{title}. {NOT_AMONG_IT}"
    add_patient(session, clinic_id, patient_id, package, kept_back=kept_back)
    package.finish(title, {"clinic_id": str(clinic_id), "patient_id": str(patient_id)})


def add_patient(
    session: Session,
    clinic_id: UUID,
    patient_id: UUID,
    package: Package,
    folder: str = "",
    kept_back: Collection[UUID] = (),
) -> None:
    """Add the sections and files of a patient under a folder of the package, but what names an id of `kept_back`."""
    for source in sources().of_patient:
        for section in source(session, clinic_id, patient_id):
            package.add_section(replace(section, rows=_without(section, frozenset(kept_back))), folder)
    prefix = folder_of_patient(clinic_id, patient_id)
    for file in files().list_under(prefix):
        if not any(str(each) in file.path for each in kept_back):
            package.add_file(f"{folder}files/{file.path.removeprefix(prefix + '/')}", files().stream(file.path))


def _without(section: Section, kept_back: frozenset[UUID]) -> Iterator[Sequence[Any]]:
    for row in section.rows:
        if kept_back.isdisjoint(value for value in row if isinstance(value, UUID)):
            yield row


def _tell_asker(session: Session, export: PatientExport, now: datetime) -> None:
    row = session.execute(
        select(Member.account_id, Clinic.name)
        .join(Clinic, Clinic.id == Member.clinic_id)
        .where(Member.clinic_id == export.clinic_id, Member.id == export.asked_by)
    ).one()
    if row.account_id is not None:
        tell(session, row.account_id, Letter.EXPORT_READY, now, clinic=row.name)


def _digest(file: IO[bytes]) -> str:
    digest = hashlib.sha256()
    file.seek(0)
    while chunk := file.read(CHUNK_BYTES):
        digest.update(chunk)
    return digest.hexdigest()
