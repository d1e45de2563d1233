"""Opening the conversation that every patient has with the care team, and the one that staff have about a patient."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.audit import notes
from hep_api.clinics.access import patient_to_care_for
from hep_api.clinics.facts import PatientInvited
from hep_api.clinics.models import Patient
from hep_api.foundation.facts import publish
from hep_api.foundation.identifiers import new_id
from hep_api.messaging.facts.messages import ConversationOpened
from hep_api.messaging.models.conversations import Conversation, ConversationKind


def open_care_team_conversation(session: Session, fact: PatientInvited) -> None:
    """Give a new patient the conversation with the care team; one that is there already stays."""
    since = select(Patient.created_at).where(Patient.clinic_id == fact.clinic_id, Patient.id == fact.patient_id)
    _add(session, fact.clinic_id, fact.patient_id, ConversationKind.CARE_TEAM, since.scalar_subquery())


def open_staff_conversation(session: Session, viewer: Viewer, patient_id: UUID, now: datetime) -> UUID:
    """Give the care team a conversation of their own about a patient, and return its id; one that is there stays.

    Errors: 404 for a patient whom the viewer does not treat.
    """
    patient_to_care_for(session, viewer, patient_id)
    notes.among_staff(session, patient_id)
    return staff_conversation(session, viewer.clinic_id, patient_id, now)


def staff_conversation(session: Session, clinic_id: UUID, patient_id: UUID, now: datetime) -> UUID:
    """Return the id of the staff's conversation about a patient, made now when there is none.

    Whoever calls holds the patient's row.
    """
    added = _add(session, clinic_id, patient_id, ConversationKind.STAFF, now)
    if added is not None:
        publish(session, ConversationOpened(clinic_id, patient_id, added, ConversationKind.STAFF))
        return added
    return session.scalars(
        select(Conversation.id).where(
            Conversation.clinic_id == clinic_id,
            Conversation.patient_id == patient_id,
            Conversation.kind == ConversationKind.STAFF,
        )
    ).one()


def _add(session: Session, clinic_id: UUID, patient_id: UUID, kind: ConversationKind, since: Any) -> UUID | None:
    row = {
        "clinic_id": clinic_id,
        "id": new_id(),
        "kind": kind,
        "patient_id": patient_id,
        "last_seq": 0,
        "changes": 0,
        "created_at": since,
        "active_at": since,
    }
    return session.scalar(insert(Conversation).values(row).on_conflict_do_nothing().returning(Conversation.id))
