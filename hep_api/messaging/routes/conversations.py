"""HTTP doors of conversations: the list, and one with its people."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.messaging.actions import opening
from hep_api.messaging.queries import conversations
from hep_api.messaging.queries.conversations import ConversationInFull, ShownConversation
from hep_api.messaging.schemas.conversations import ConversationInFullOut, ConversationOut

routes = Routes("messaging", "Conversations between a patient and the care team; live over Socket.IO (asyncapi.yaml).")


@routes.get("/conversations")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(ConversationOut))
def list_conversations(query: dict[str, Any]) -> Page[ShownConversation]:
    """List your conversations, the most recently active first, with the last message and how many are unread.

    A phone compares `last_seq` with what it has and catches up on those that differ. Leaders see them only when the
    clinic's policy lets them read records. `promise` says when the clinic answers.
    """
    with transaction() as session:
        return conversations.list_conversations_for(session, viewer(), query, clock.now())


@routes.get("/conversations/<uuid:conversation_id>")
@signed_in(*EVERYONE)
@returns(ConversationInFullOut)
def get_conversation(conversation_id: UUID) -> ConversationInFull:
    """Read a conversation with its people and how far each has received and read."""
    with transaction() as session:
        return conversations.get_conversation_for(session, viewer(), conversation_id, clock.now())


@routes.put("/patients/<uuid:patient_id>/staff-conversation")
@signed_in(Role.PRACTITIONER)
@returns(ConversationInFullOut)
def open_staff_conversation(patient_id: UUID) -> ConversationInFull:
    """Open the care team's own conversation about a patient, of which the patient learns nothing.

    One for each patient: opened again, the same comes back. Messages are read and sent as in any other.
    """
    with transaction() as session:
        conversation_id = opening.open_staff_conversation(session, viewer(), patient_id, clock.now())
        return conversations.get_conversation_for(session, viewer(), conversation_id, clock.now())
