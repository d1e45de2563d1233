"""What is removed of messaging when a patient is erased: their conversations, with what everyone wrote in them."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.clinics.connections import list_rooms_about
from hep_api.clinics.facts import PatientErased
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.messaging.broadcasts import CONVERSATION_RESYNC
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.messages import Message
from hep_api.messaging.models.receipts import Receipt


def erase_messaging(session: Session, fact: PatientErased) -> None:
    """Remove the patient's conversations, and have connected clients forget them."""
    conversations = session.scalars(
        select(Conversation.id)
        .where(Conversation.clinic_id == fact.clinic_id, Conversation.patient_id == fact.patient_id)
        # Whoever is sending a message now comes before us, or finds no conversation.
        .with_for_update()
    ).all()
    rooms = list_rooms_about(session, fact.clinic_id, fact.patient_id)
    for conversation_id in conversations:
        plan_broadcast(session, rooms, CONVERSATION_RESYNC, {"conversation_id": conversation_id})
    for model in (Receipt, Message):
        of_patient = (model.clinic_id == fact.clinic_id) & model.conversation_id.in_(conversations)
        session.execute(delete(model).where(of_patient))
    session.execute(
        delete(Conversation).where(Conversation.clinic_id == fact.clinic_id, Conversation.id.in_(conversations))
    )
