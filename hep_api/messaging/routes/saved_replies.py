"""HTTP doors of saved replies: the clinic's, which leaders write, and each practitioner's own. Staff only."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import STAFF, Role, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web import etags
from hep_api.foundation.web.doors import Routes, asks, returns, signed_in, takes
from hep_api.foundation.web.pages import Page
from hep_api.foundation.web.schemas import page_of
from hep_api.messaging.actions import saved_replies as actions
from hep_api.messaging.models.saved_replies import SavedReply
from hep_api.messaging.queries import saved_replies
from hep_api.messaging.schemas.messages import LONGEST_MESSAGE
from hep_api.messaging.schemas.saved_replies import (
    FilledInOut,
    SavedReplyChangesIn,
    SavedReplyIn,
    SavedReplyOut,
    SavedReplyQuery,
)

routes = Routes("saved_replies", "Texts that staff send again and again, with what is filled in for each conversation.")


@routes.get("/saved-replies")
@signed_in(*STAFF)
@asks(SavedReplyQuery)
@returns(page_of(SavedReplyOut))
def list_saved_replies(query: dict[str, Any]) -> Page[SavedReply]:
    """List the clinic's saved replies and your own, by title."""
    with transaction() as session:
        return saved_replies.list_saved_replies_for(session, viewer(), query)


@routes.post("/saved-replies")
@signed_in(*STAFF)
@takes(SavedReplyIn)
@returns(SavedReplyOut, 201, tag=etags.by_version)
def save_reply(body: dict[str, Any]) -> SavedReply:
    """Save a reply: leaders for the clinic, practitioners for themselves.

    Errors: 409 when there are 500 already; 422 naming `/scope`, or `/body` for a placeholder that does not exist.
    """
    with transaction() as session:
        return actions.save_reply(session, viewer(), body, clock.now())


@routes.get("/saved-replies/<uuid:reply_id>")
@signed_in(*STAFF)
@returns(SavedReplyOut, tag=etags.by_version)
def get_saved_reply(reply_id: UUID) -> SavedReply:
    """Read a saved reply."""
    with transaction() as session:
        return saved_replies.saved_reply_for(session, viewer(), reply_id)


@routes.patch("/saved-replies/<uuid:reply_id>")
@signed_in(*STAFF)
@takes(SavedReplyChangesIn)
@returns(SavedReplyOut, tag=etags.by_version)
def change_reply(reply_id: UUID, body: dict[str, Any]) -> SavedReply:
    """Change a saved reply: your own, or as a leader the clinic's; needs If-Match.

    Errors: 403 for practitioners and the clinic's; 422 naming `/body` for a placeholder that does not exist.
    """
    with transaction() as session:
        reply = saved_replies.saved_reply_to_change(session, viewer(), reply_id)
        etags.require_match(reply.id, reply.version)
        return actions.change_reply(session, reply, body)


@routes.delete("/saved-replies/<uuid:reply_id>")
@signed_in(*STAFF)
@returns(None, 204)
def remove_reply(reply_id: UUID) -> None:
    """Remove a saved reply: your own, or as a leader the clinic's. 403 for practitioners and the clinic's."""
    with transaction() as session:
        session.delete(saved_replies.saved_reply_to_change(session, viewer(), reply_id))


@routes.post("/conversations/<uuid:conversation_id>/saved-replies/<uuid:reply_id>")
@signed_in(Role.PRACTITIONER)
@returns(FilledInOut)
def fill_in_reply(conversation_id: UUID, reply_id: UUID) -> dict[str, str]:
    """Fill in a saved reply for a conversation, to be looked at and then sent; nothing is sent by this.

    Errors: 409 when a placeholder has no value in this conversation, or the words are too long for a message.
    """
    with transaction() as session:
        return {"body": actions.fill_in(session, viewer(), conversation_id, reply_id, LONGEST_MESSAGE)}
