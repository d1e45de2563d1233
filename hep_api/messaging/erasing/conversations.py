"""What is removed of messaging when a patient is erased: their conversations, with what everyone wrote in them."""

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from hep_api.clinics.facts import PatientErased
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.messaging import access
from hep_api.messaging.broadcasts.messages import CONVERSATION_RESYNC
from hep_api.messaging.erasing.attachments import erase_attachments
from hep_api.messaging.erasing.check_ins import erase_check_ins
from hep_api.messaging.erasing.content import erase_sent_content
from hep_api.messaging.erasing.flags import erase_flags
from hep_api.messaging.models.conversations import Conversation
from hep_api.messaging.models.handling import Handling
from hep_api.messaging.models.messages import Message, MessageReaction, MessageVersion
from hep_api.messaging.models.mutes import Mute
from hep_api.messaging.models.receipts import Receipt
from hep_api.messaging.models.responses import ClosedNotice, Response


def erase_messaging(session: Session, fact: PatientErased) -> None:
    """Remove the patient's conversations, and have connected clients forget them."""
    found = session.execute(
        select(Conversation.id, Conversation.kind)
        .where(Conversation.clinic_id == fact.clinic_id, Conversation.patient_id == fact.patient_id)
        .order_by(Conversation.id)
        # Whoever is sending a message now comes before us, or finds no conversation.
        .with_for_update()
    ).all()
    for conversation_id, kind in found:
        rooms = access.list_rooms_of(session, fact.clinic_id, fact.patient_id, kind)
        plan_broadcast(session, rooms, CONVERSATION_RESYNC, {"conversation_id": conversation_id})
    conversations = [each.id for each in found]
    erase_flags(session, fact)
    erase_attachments(session, fact, conversations)
    erase_sent_content(session, fact.clinic_id, conversations)
    erase_check_ins(session, fact)
    for model in (Response, ClosedNotice, Receipt, Handling, Mute, MessageReaction, MessageVersion, Message):
        of_patient = (model.clinic_id == fact.clinic_id) & model.conversation_id.in_(conversations)
        session.execute(delete(model).where(of_patient))
    session.execute(
        delete(Conversation).where(Conversation.clinic_id == fact.clinic_id, Conversation.id.in_(conversations))
    )
