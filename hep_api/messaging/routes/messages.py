"""HTTP doors of what is said in a conversation: reading, sending, and saying how far one has read."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.errors import invalid_field
from hep_api.foundation.web.csv_files import Query, Shown
from hep_api.foundation.web.doors import asks, returns, signed_in, takes
from hep_api.messaging.actions import receipts, sending
from hep_api.messaging.queries import messages, searching
from hep_api.messaging.queries.messages import History
from hep_api.messaging.receiving import ShownReceipt
from hep_api.messaging.routes import conversations
from hep_api.messaging.schemas.messages import HistoryOut, HistoryQuery, MessageIn, MessageOut
from hep_api.messaging.schemas.receipts import ReceiptIn, ReceiptOut
from hep_api.messaging.shown import ShownMessage

PARTICIPANTS = (Role.PATIENT, Role.PRACTITIONER)

# The contract has them under one heading with the conversations, so they are added to the same routes.
routes = conversations.routes


def forwards(query: Query, shown: Shown | None) -> Query | None:
    """Turn the pages of a conversation for a file: from the first message, or `after` one, to the last; of a search
    from the last one found to the first.
    """
    if query["q"] is not None:
        if shown is None:
            return query
        return {**query, "before": shown["items"][-1]["seq"]} if shown["has_more"] else None
    for name in ("before", "changed_after"):
        if query[name] is not None:
            raise invalid_field(f"/{name}", "direction", "A file goes forward: say after, or nothing.")
    if shown is None:
        return {**query, "after": query["after"] or 0}
    return {**query, "after": shown["items"][-1]["seq"]} if shown["has_more"] else None


@routes.get("/conversations/<uuid:conversation_id>/messages")
@signed_in(*EVERYONE)
@asks(HistoryQuery)
@returns(HistoryOut, onward=forwards)
def list_messages(conversation_id: UUID, query: dict[str, Any]) -> History:
    """Read messages in the order of `seq`: those after a number, those before one, or the last ones.

    With `changed_after` they come in the order of `change`: what is new, and what was edited, withdrawn or reacted to.
    With `q` the newest that hold all its words come first, and `before` turns the pages; what is withdrawn is not
    found, and what was edited only by its present words.
    A CSV file begins at the first message, or after `after`, and takes no other number.
    """
    with transaction() as session:
        if query["q"] is not None:
            return searching.search_messages_for(session, viewer(), conversation_id, query)
        return messages.list_messages_for(session, viewer(), conversation_id, query)


@routes.post("/conversations/<uuid:conversation_id>/messages")
@signed_in(*PARTICIPANTS)
@takes(MessageIn)
@returns(MessageOut, 201)
def send_message(conversation_id: UUID, body: dict[str, Any]) -> ShownMessage:
    """Send a message; the answer says that it is kept, and under which number.

    Safe to send again for ever: the same `client_id` with the same content gives the same message.

    Errors: 409 when `client_id` was used for other content, or `conversation_ended`; 422 when `about` is not the
    patient's, or `reply_to_seq` no message of the conversation.
    """
    with transaction() as session:
        return sending.send_message(session, viewer(), conversation_id, body, clock.now())


@routes.put("/conversations/<uuid:conversation_id>/receipt")
@signed_in(*PARTICIPANTS)
@takes(ReceiptIn)
@returns(ReceiptOut)
def report_receipt(conversation_id: UUID, body: dict[str, Any]) -> ShownReceipt:
    """Report how far your phone has got, and how far you have read.

    Receipts never go back and never pass the last message; the answer is what stands now.
    """
    with transaction() as session:
        return receipts.report_receipt(session, viewer(), conversation_id, body)
