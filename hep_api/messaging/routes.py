"""HTTP doors of messaging. Phones that are connected use the socket for the same; what is missed is read here too."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import invalid_field
from hep_api.foundation.web.csv_files import Query, Shown
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.messaging import actions, queries, schemas
from hep_api.messaging.queries import ConversationInFull, History, ShownConversation
from hep_api.messaging.receiving import ShownReceipt
from hep_api.messaging.shown import ShownMessage

PARTICIPANTS = (Role.PATIENT, Role.PRACTITIONER)

routes = Routes("messaging", "Conversations between a patient and the care team; live over Socket.IO (asyncapi.yaml).")


def forwards(query: Query, shown: Shown | None) -> Query | None:
    """Turn the pages of a conversation for a file: from the first message, or `after` one, to the last."""
    if query["before"] is not None:
        raise invalid_field("/before", "direction", "A file goes forward: say after, or nothing.")
    if shown is None:
        return {**query, "after": query["after"] or 0}
    return {**query, "after": shown["items"][-1]["seq"]} if shown["has_more"] else None


@routes.get("/conversations")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(schemas.ConversationOut))
def list_conversations(query: dict[str, Any]) -> Page[ShownConversation]:
    """List your conversations, the most recently active first, with the last message and how many are unread.

    A phone compares `last_seq` with what it has and catches up on those that differ. Leaders see them only when the
    clinic's policy lets them read records.
    """
    with transaction() as session:
        return queries.list_conversations_for(session, viewer(), query)


@routes.get("/conversations/<uuid:conversation_id>")
@signed_in(*EVERYONE)
@returns(schemas.ConversationInFullOut)
def get_conversation(conversation_id: UUID) -> ConversationInFull:
    """Read a conversation with its people and how far each has received and read."""
    with transaction() as session:
        return queries.get_conversation_for(session, viewer(), conversation_id)


@routes.get("/conversations/<uuid:conversation_id>/messages")
@signed_in(*EVERYONE)
@asks(schemas.HistoryQuery)
@returns(schemas.HistoryOut, onward=forwards)
def list_messages(conversation_id: UUID, query: dict[str, Any]) -> History:
    """Read messages in the order of `seq`: those after a number, those before one, or the last ones.

    A CSV file begins at the first message, or after `after`, and takes no `before`.
    """
    with transaction() as session:
        return queries.list_messages_for(session, viewer(), conversation_id, query)


@routes.post("/conversations/<uuid:conversation_id>/messages")
@signed_in(*PARTICIPANTS)
@takes(schemas.MessageIn)
@returns(schemas.MessageOut, 201)
def send_message(conversation_id: UUID, body: dict[str, Any]) -> ShownMessage:
    """Send a message; the answer says that it is kept, and under which number.

    Safe to send again for ever: the same `client_id` with the same content gives the same message.

    Errors: 409 when `client_id` was used for other content; 422 when `about` is not the patient's.
    """
    with transaction() as session:
        return actions.send_message(session, viewer(), conversation_id, body, clock.now())


@routes.put("/conversations/<uuid:conversation_id>/receipt")
@signed_in(*PARTICIPANTS)
@takes(schemas.ReceiptIn)
@returns(schemas.ReceiptOut)
def report_receipt(conversation_id: UUID, body: dict[str, Any]) -> ShownReceipt:
    """Report how far your phone has got, and how far you have read.

    Receipts never go back and never pass the last message; the answer is what stands now.
    """
    with transaction() as session:
        return actions.report_receipt(session, viewer(), conversation_id, body)
