"""Opening the conversation that every patient has with the care team."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientInvited
from hep_api.clinics.models import Patient
from hep_api.foundation.identifiers import new_id
from hep_api.messaging.models.conversations import Conversation, ConversationKind


def open_care_team_conversation(session: Session, fact: PatientInvited) -> None:
    """Give a new patient the conversation with the care team; one that is there already stays."""
    since = select(Patient.created_at).where(Patient.clinic_id == fact.clinic_id, Patient.id == fact.patient_id)
    row = {
        "clinic_id": fact.clinic_id,
        "id": new_id(),
        "kind": ConversationKind.CARE_TEAM,
        "patient_id": fact.patient_id,
        "last_seq": 0,
        "created_at": since.scalar_subquery(),
        "active_at": since.scalar_subquery(),
    }
    session.execute(insert(Conversation).values(row).on_conflict_do_nothing())
