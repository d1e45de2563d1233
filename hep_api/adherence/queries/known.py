"""What of a patient's events bears on a batch: those with an id that it names, and the entries that it corrects."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.judging import KnownEvent
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.adherence.reports import Report
from hep_api.clinics.access import may_see_patient
from hep_api.clinics.models import Patient
from hep_api.foundation.database import run

# One array, not hundreds of parameters. An entry's events are its original and its corrections.
_KNOWN = """
    SELECT id, entry_id, revision, prescription_id, kind, performed_on, performed_at, pain, skip_reason, digest
      FROM adherence_event
     WHERE clinic_id = %(clinic_id)s AND patient_id = %(patient_id)s
       AND (id = ANY (cast(%(ids)s AS uuid[])) OR revision > 0 AND entry_id = ANY (cast(%(ids)s AS uuid[])))
"""


def known_events(
    session: Session, clinic_id: UUID, patient_id: UUID, reports: Iterable[Report]
) -> dict[UUID, KnownEvent]:
    """Return the patient's events by id that have an id or an entry of the reports, in one statement."""
    ids = {report.id for report in reports} | {report.entry_id for report in reports if report.is_correction}
    # Written here: of a list of ids psycopg looks at each by itself.
    asked = {"clinic_id": clinic_id, "patient_id": patient_id, "ids": f"{{{','.join([each.hex for each in ids])}}}"}
    rows = run(session, _KNOWN, asked)
    return {row["id"]: KnownEvent(**row) for row in rows.mappings()}


def event_exists_for(session: Session, viewer: Viewer, patient_id: UUID, event_id: UUID) -> bool:
    """Say whether a patient whom the viewer may see has an event of this id."""
    found = session.scalar(
        select(AdherenceEvent.id)
        .join(Patient, (Patient.clinic_id == AdherenceEvent.clinic_id) & (Patient.id == AdherenceEvent.patient_id))
        .where(may_see_patient(viewer), Patient.id == patient_id, AdherenceEvent.id == event_id)
    )
    return found is not None
