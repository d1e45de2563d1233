"""HTTP doors of mutes: hearing nothing of a conversation for a while."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.messaging.actions import muting
from hep_api.messaging.queries import conversations
from hep_api.messaging.queries.conversations import ConversationInFull
from hep_api.messaging.schemas.conversations import ConversationInFullOut, MuteIn

PARTICIPANTS = (Role.PATIENT, Role.PRACTITIONER)

routes = Routes("mutes", "Hearing no sound of a conversation; what is said in it comes all the same.")


@routes.put("/conversations/<uuid:conversation_id>/mute")
@signed_in(*PARTICIPANTS)
@takes(MuteIn)
@returns(ConversationInFullOut)
def mute_conversation(conversation_id: UUID, body: dict[str, Any]) -> ConversationInFull:
    """Mute a conversation for yourself, until an instant or for good; nobody else learns of it.

    A red flag is told all the same.
    """
    with transaction() as session:
        muting.mute_conversation(session, viewer(), conversation_id, body["until"])
        return conversations.get_conversation_for(session, viewer(), conversation_id, clock.now())


@routes.delete("/conversations/<uuid:conversation_id>/mute")
@signed_in(*PARTICIPANTS)
@returns(ConversationInFullOut)
def unmute_conversation(conversation_id: UUID) -> ConversationInFull:
    """Hear of a conversation again."""
    with transaction() as session:
        muting.unmute_conversation(session, viewer(), conversation_id)
        return conversations.get_conversation_for(session, viewer(), conversation_id, clock.now())
