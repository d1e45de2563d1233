"""What adherence holds of a patient: every event as it was reported, and the days that are counted from them."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hep_api.adherence.models.days import PrescriptionDay
from hep_api.adherence.models.events import AdherenceEvent
from hep_api.adherence.models.suggestions import DoseSuggestion
from hep_api.clinics.naming import with_names
from hep_api.foundation.sections import Section, columns_of, section


def export_adherence(session: Session, clinic_id: UUID, patient_id: UUID) -> Iterator[Section]:
    """Yield the patient's events with all corrections, and the counted days."""
    events = select(*columns_of(AdherenceEvent, without=("patient_id", "recorded_by", "digest"))).where(
        AdherenceEvent.clinic_id == clinic_id, AdherenceEvent.patient_id == patient_id
    )
    events = with_names(events.order_by(AdherenceEvent.seq), AdherenceEvent.recorded_by)
    yield section(session, "events", "What was reported as done, partly done or skipped.", events)
    days = (
        select(*columns_of(PrescriptionDay, without=("patient_id",)))
        .where(PrescriptionDay.clinic_id == clinic_id, PrescriptionDay.patient_id == patient_id)
        .order_by(PrescriptionDay.day, PrescriptionDay.prescription_id)
    )
    yield section(session, "days", "What is counted from the events, for each exercise and day.", days)
    suggested = (
        select(*columns_of(DoseSuggestion, without=("patient_id", "settled_by")))
        .where(DoseSuggestion.clinic_id == clinic_id, DoseSuggestion.patient_id == patient_id)
        .order_by(DoseSuggestion.suggested_at, DoseSuggestion.id)
    )
    suggested = with_names(suggested, DoseSuggestion.settled_by)
    yield section(session, "suggestions", "Which next doses were suggested, and what became of it.", suggested)
