"""What the clinic's system tells a patient in the conversation, in the patient's language, such as whom to call in an
emergency. Notices neither start nor stop the clock of answers.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hep_api.clinics.models import Clinic, Patient
from hep_api.messaging.actions.posting import post_message
from hep_api.messaging.answering.notice_words import emergency_words
from hep_api.messaging.answering.policies import policy_of
from hep_api.messaging.causes import caused_by
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import MessageKind
from hep_api.messaging.saying import Said
from hep_api.messaging.shown import ShownMessage

EMERGENCY = "emergency"


def post_emergency(
    session: Session, clinic_id: UUID, conversation_id: UUID, cause: UUID, now: datetime
) -> ShownMessage:
    """Tell a patient at once whom to call; once for each `cause`, for ever."""
    language, version = reader_of(session, clinic_id, conversation_id)
    policy = policy_of(session, clinic_id, version)
    line = policy.emergency_line
    card = {"type": EMERGENCY, "emergency_line": line}
    words = emergency_words(policy.emergency_text, (language, policy.language), line)
    said = Said(caused_by(EMERGENCY, cause), words, kind=MessageKind.NOTICE, card=card)
    return post_message(session, clinic_id, conversation_id, said, now)


def reader_of(session: Session, clinic_id: UUID, conversation_id: UUID) -> tuple[Any, ...]:
    """Return the language that the conversation's patient reads, and the clinic's version."""
    reader = (
        select(func.coalesce(Patient.language, Clinic.language), Clinic.version)
        .join(Conversation, (Conversation.clinic_id == Patient.clinic_id) & (Conversation.patient_id == Patient.id))
        .join(Clinic, Clinic.id == Patient.clinic_id)
        .where(Conversation.clinic_id == clinic_id, Conversation.id == conversation_id)
    )
    return tuple(session.execute(reader).one())
