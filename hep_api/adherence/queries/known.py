"""What of a patient's events bears on a batch: those with an id that it names, and the entries that it corrects."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import ARRAY, BindParameter, Uuid, and_, any_, bindparam, or_, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.adherence.judging import KnownEvent
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.adherence.reports import Report
from hep_api.clinics.access import may_see_patient
from hep_api.clinics.models import Patient


def known_events(
    session: Session, clinic_id: UUID, patient_id: UUID, reports: Iterable[Report]
) -> dict[UUID, KnownEvent]:
    """Return the patient's events by id that have an id or an entry of the reports, in one statement."""
    entry_ids = {report.entry_id for report in reports}
    ids = entry_ids | {report.id for report in reports}
    rows = session.execute(
        select(
            AdherenceEvent.id,
            AdherenceEvent.entry_id,
            AdherenceEvent.prescription_id,
            AdherenceEvent.performed_on,
            AdherenceEvent.digest,
        ).where(
            AdherenceEvent.clinic_id == clinic_id,
            AdherenceEvent.patient_id == patient_id,
            # One array each, not hundreds of parameters. An entry's events are its original and its corrections.
            or_(
                AdherenceEvent.id == any_(_array(ids)),
                and_(AdherenceEvent.revision > 0, AdherenceEvent.entry_id == any_(_array(entry_ids))),
            ),
        )
    )
    return {row.id: KnownEvent(row.entry_id, row.prescription_id, row.performed_on, row.digest) for row in rows}


def event_exists_for(session: Session, viewer: Viewer, patient_id: UUID, event_id: UUID) -> bool:
    """Say whether a patient whom the viewer may see has an event of this id."""
    found = session.scalar(
        select(AdherenceEvent.id)
        .join(Patient, (Patient.clinic_id == AdherenceEvent.clinic_id) & (Patient.id == AdherenceEvent.patient_id))
        .where(may_see_patient(viewer), Patient.id == patient_id, AdherenceEvent.id == event_id)
    )
    return found is not None


def _array(ids: Collection[UUID]) -> BindParameter[Sequence[UUID]]:
    return bindparam(None, list(ids), ARRAY(Uuid()), unique=True)
