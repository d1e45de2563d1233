"""HTTP doors of content in a conversation: sending a piece to the patient, reading it, and the patient's opening it."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.languages import asked_languages
from hep_api.foundation.web.doors import asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import PageQuery, page_of
from hep_api.messaging import showing_content
from hep_api.messaging.actions import sending_content as actions
from hep_api.messaging.queries import sent_content
from hep_api.messaging.routes import content
from hep_api.messaging.schemas.content import ContentMessageIn, OpeningIn, SentContentOut, SentContentSummaryOut
from hep_api.messaging.schemas.messages import MessageOut
from hep_api.messaging.shown import ShownMessage

# The contract has them under one heading with the list that they are sent from.
routes = content.routes
ONE = "/conversations/<uuid:conversation_id>/content/<int(max=2147483647):seq>"


@routes.post("/conversations/<uuid:conversation_id>/content")
@signed_in(Role.PRACTITIONER)
@takes(ContentMessageIn)
@returns(MessageOut, 201)
def send_content(conversation_id: UUID, body: dict[str, Any]) -> ShownMessage:
    """Send a piece of the clinic's content to the patient, as it reads now; the message's `card` names it.

    Safe to send again for ever: the same `client_id` gives the same message, and what was sent never changes.

    Errors: 409 when `client_id` was used for other content, or the conversation has ended; 422 naming `/content_id`.
    """
    with transaction() as session:
        return actions.send_content(session, viewer(), conversation_id, body, clock.now())


@routes.get("/conversations/<uuid:conversation_id>/content")
@signed_in(*EVERYONE)
@asks(PageQuery)
@returns(page_of(SentContentSummaryOut))
def list_sent_content(conversation_id: UUID, query: dict[str, Any]) -> Page[dict[str, Any]]:
    """List what was sent in a conversation, the newest first, and who has opened it."""
    languages = asked_languages()
    with transaction() as session:
        page = sent_content.list_sent_content_for(session, viewer(), conversation_id, query)
    return Page([showing_content.in_a_list(sent, languages) for sent in page.items], page.next_cursor)


@routes.get(ONE)
@signed_in(*EVERYONE)
@returns(SentContentOut)
def get_sent_content(conversation_id: UUID, seq: int) -> dict[str, Any]:
    """Read what a message carries, in your language, with links to its pictures and videos.

    Reading it opens nothing, so that a phone may fetch it beforehand.
    """
    now = clock.now()
    with transaction() as session:
        sent = sent_content.sent_content_for(session, viewer(), conversation_id, seq)
    return showing_content.in_full(sent, asked_languages(), now)


@routes.post(f"{ONE}/open")
@signed_in(Role.PATIENT)
@takes(OpeningIn)
@returns(SentContentOut)
def open_content(conversation_id: UUID, seq: int, body: dict[str, Any]) -> dict[str, Any]:
    """Say that you have opened what a message carries, and get it. Only the first time is kept, and the care team told.

    A phone that was offline says when.
    """
    now = clock.now()
    with transaction() as session:
        sent = actions.open_content(session, viewer(), conversation_id, seq, body["opened_at"], now)
    return showing_content.in_full(sent, asked_languages(), now)
