"""Who may see a conversation: whoever may see its patient. Between staff the patient has no part (not offered yet)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, bindparam, select
from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Role, Viewer
from hep_api.clinics.access import may_see_patient, note_patient
from hep_api.clinics.models import Patient
from hep_api.foundation.errors import Problem, not_found
from hep_api.messaging.models.conversations import Conversation, ConversationKind

OFFERED = ConversationKind.CARE_TEAM


def visible_conversations(viewer: Viewer) -> Select[Conversation]:
    """Select the conversations that the viewer may read, joined with their patients."""
    return (
        select(Conversation)
        .join(Patient, (Patient.clinic_id == Conversation.clinic_id) & (Patient.id == Conversation.patient_id))
        .where(may_see_patient(viewer), Conversation.kind == OFFERED)
    )


def conversation_for(session: Session, viewer: Viewer, conversation_id: UUID) -> Conversation:
    """Return a conversation that the viewer may read; 404 otherwise."""
    found = session.scalar(visible_conversations(viewer).where(Conversation.id == conversation_id))
    if found is None:
        raise no_such_conversation()
    note_patient(session, viewer, found.patient_id)
    return found


def list_conversations_of(session: Session, clinic_id: UUID, patient_id: UUID) -> Sequence[UUID]:
    """Return the ids of a patient's conversations, for what is told to those who take part."""
    query = select(Conversation.id).where(
        Conversation.clinic_id == clinic_id, Conversation.patient_id == patient_id, Conversation.kind == OFFERED
    )
    return session.scalars(query).all()


def no_such_conversation() -> Problem:
    return not_found("conversation")


def visible_sql(role: Role) -> tuple[str, dict[str, Any]]:
    """Return the SQL of the one conversation :conversation_id of a viewer :clinic_id, :member_id; and its constants.

    For the statements that are written as text because every microsecond of them counts: the rule of who may is
    printed into them from where it stands, once a process, and not repeated.
    """
    unknown: Any = bindparam
    viewer = Viewer(unknown("_"), unknown("_"), unknown("clinic_id"), unknown("member_id"), role, False)
    query = (
        visible_conversations(viewer)
        .where(Conversation.id == bindparam("conversation_id"))
        .with_only_columns(Conversation.clinic_id, Conversation.id, Conversation.patient_id, Conversation.last_seq)
    )
    compiled = query.compile()
    # The values as Python sees them are the words themselves.
    constants = {name: str(value) for name, value in compiled.params.items() if value is not None}
    return str(compiled), constants
