"""What connected clients are told of how conversations are dealt with: the staff, and of an end everyone who took
part. `reactions.py` says after which facts.
"""

from sqlalchemy.orm import Session

from hep_api.clinics.connections import list_rooms_of_team
from hep_api.foundation.realtime.broadcasts import plan_broadcast
from hep_api.foundation.realtime.commands import Announcement
from hep_api.messaging import access
from hep_api.messaging.broadcasts.messages import CONVERSATION_RESYNC
from hep_api.messaging.facts.handling import ConversationHandled
from hep_api.messaging.models.handling import HandlingChange
from hep_api.messaging.schemas.inbox import HandledOut

CONVERSATION_CHANGED = Announcement(
    "conversation.changed",
    HandledOut,
    "For staff: a conversation was assigned, closed, reopened (also by what comes in), ended or resumed.",
)
ANNOUNCED = (CONVERSATION_CHANGED,)


def tell_of_handling(session: Session, fact: ConversationHandled) -> None:
    """Tell the care team what was done; that nothing more is said, or again, everyone finds by reading it anew."""
    rooms = list_rooms_of_team(session, fact.clinic_id, fact.patient_id)
    plan_broadcast(session, rooms, CONVERSATION_CHANGED, fact)
    if fact.change in (HandlingChange.ENDED, HandlingChange.RESUMED):
        everyone = access.list_rooms_of(session, fact.clinic_id, fact.patient_id, fact.conversation_kind)
        plan_broadcast(session, everyone, CONVERSATION_RESYNC, {"conversation_id": fact.conversation_id})
