"""Saving texts to be sent again, and filling one in for a conversation. Filling in sends nothing: a person does."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hep_api.accounts.viewer import Viewer
from hep_api.foundation.errors import conflict, invalid_field
from hep_api.foundation.identifiers import new_id
from hep_api.messaging import access, placeholders
from hep_api.messaging.models.saved_replies import SavedReply
from hep_api.messaging.queries import saved_replies
from hep_api.messaging.queries.saved_replies import Scope

MOST = 500


def save_reply(session: Session, viewer: Viewer, body: dict[str, Any], now: datetime) -> SavedReply:
    """Add a saved reply: leaders the clinic's, practitioners their own.

    Errors: 409 when there are 500; 422 naming `/scope`, or `/body` for a placeholder that is none.
    """
    refuse_unknown(body["body"])
    if (body["scope"] is Scope.CLINIC) is not viewer.leads:
        raise invalid_field("/scope", "scope", "Leaders write the clinic's saved replies, practitioners their own.")
    owner_id = None if viewer.leads else viewer.member_id
    if saved_replies.count_saved_replies(session, viewer.clinic_id, owner_id) >= MOST:
        raise conflict("", "full", f"There are {MOST} already; remove some first.")
    reply = SavedReply(
        clinic_id=viewer.clinic_id,
        id=new_id(),
        owner_id=owner_id,
        title=body["title"],
        body=body["body"],
        created_at=now,
    )
    session.add(reply)
    session.flush()
    return reply


def change_reply(session: Session, reply: SavedReply, changes: dict[str, Any]) -> SavedReply:
    """Change a saved reply that the caller holds; 422 naming `/body` for a placeholder that is none."""
    if "body" in changes:
        refuse_unknown(changes["body"])
    for name, value in changes.items():
        setattr(reply, name, value)
    reply.version += 1
    session.flush()
    return reply


def fill_in(session: Session, viewer: Viewer, conversation_id: UUID, reply_id: UUID, most: int) -> str:
    """Return the words of a saved reply, `most` letters of them, for a conversation that the viewer writes in; nothing
    is sent.

    Errors: 404; 409 when a placeholder has no value here, or the words become too long.
    """
    conversation = access.conversation_to_write_in(session, viewer, conversation_id)
    reply = saved_replies.saved_reply_for(session, viewer, reply_id)
    values = saved_replies.values_for(session, viewer, conversation)
    missing = placeholders.missing_in(reply.body, values)
    if missing:
        names = ", ".join(f"{{{each.value}}}" for each in missing)
        raise conflict("reply_id", "placeholder", f"Nothing is known for {names}.")
    words = placeholders.filled(reply.body, values)
    if len(words) > most:
        raise conflict("reply_id", "length", f"Filled in it is longer than {most} characters.")
    return words


def refuse_unknown(body: str) -> None:
    """Refuse with 422 a body that leaves something open which nobody can fill in."""
    unknown = placeholders.unknown_in(body)
    if unknown:
        known = ", ".join(f"{{{each.value}}}" for each in placeholders.Placeholder)
        raise invalid_field("/body", "placeholder", f"There is no {{{unknown[0]}}}; there are {known}.")
