"""HTTP doors of attachments: adding a file in one request, how far it is, links to its files, taking it back."""

from typing import Any
from uuid import UUID

from hep_api.accounts.viewer import EVERYONE, viewer
from hep_api.foundation import clock
from hep_api.foundation.database import transaction
from hep_api.foundation.web.doors import Routes, returns, signed_in, takes
from hep_api.foundation.web.receiving import FILE, receives
from hep_api.messaging.actions import attachments as actions
from hep_api.messaging.attachments import arriving as attachment_arriving
from hep_api.messaging.attachments import links as attachment_links
from hep_api.messaging.attachments.binding import ShownAttachment, shown_attachment
from hep_api.messaging.queries import attachments as queries
from hep_api.messaging.routes.messages import PARTICIPANTS
from hep_api.messaging.schemas.attachments import AttachmentLinksIn, AttachmentLinksOut, AttachmentOut

routes = Routes("attachments", "Pictures, videos, voices and PDFs of messages.")

FORM = {"file": FILE, "id": {"type": "string", "format": "uuid"}}


@routes.post("/conversations/<uuid:conversation_id>/attachments")
@signed_in(*PARTICIPANTS)
@receives(lambda settings: max(settings.media_video_bytes, settings.media_document_bytes), "multipart/form-data", FORM)
@returns(AttachmentOut, 201)
def add_attachment(conversation_id: UUID) -> ShownAttachment:
    """Add a file to a conversation, sent as a form with one `file`; larger ones go by resumable uploads.

    The next message names it in `attachment_ids`; without one it is gone after a day. Its type is told by its bytes. A
    picture is made anew, nothing but its pixels is kept; of videos and voices the worker takes the metadata. A PDF
    stays as it is, and is only ever saved. Safe to send again with the same `id`: the same file gives the same answer,
    others 409.

    Errors: 409 `conversation_ended`; 413 over the limit of its kind; 422 naming `/file` for a type that is not taken or
    not the declared one, for what cannot be read or acts by itself, for too many pixels, when the clinic's room does
    not suffice, and when too many files wait for a message.
    """
    return shown_attachment(attachment_arriving.add_from_form(viewer(), conversation_id, clock.now()))


@routes.get("/conversations/<uuid:conversation_id>/attachments/<uuid:attachment_id>")
@signed_in(*EVERYONE)
@returns(AttachmentOut)
def get_attachment(conversation_id: UUID, attachment_id: UUID) -> ShownAttachment:
    """Read how far a file is: of a message, whoever may read it; of one that waits for its message, who sent it."""
    with transaction() as session:
        return shown_attachment(queries.attachment_for(session, viewer(), conversation_id, attachment_id))


@routes.delete("/conversations/<uuid:conversation_id>/attachments/<uuid:attachment_id>")
@signed_in(*PARTICIPANTS)
@returns(None, 204)
def remove_attachment(conversation_id: UUID, attachment_id: UUID) -> None:
    """Take back a file of one's own that no message has yet.

    Errors: 409 when a message has it: withdraw the message.
    """
    with transaction() as session:
        actions.take_back(session, viewer(), conversation_id, attachment_id)


@routes.post("/conversations/<uuid:conversation_id>/attachment-links")
@signed_in(*EVERYONE)
@takes(AttachmentLinksIn)
@returns(AttachmentLinksOut)
def make_attachment_links(conversation_id: UUID, body: dict[str, Any]) -> dict[str, Any]:
    """Get links to files of messages, as many as a phone shows at a time.

    They live about ten minutes, whoever holds them; whoever may read the conversation no more gets no new ones. What
    was fetched is known again by its `sha256`.

    Errors: 422 naming each that is not ready, or not in this conversation for the reader to see.
    """
    now = clock.now()
    with transaction() as session:
        found = queries.attachments_to_fetch(session, viewer(), conversation_id, body["attachment_ids"])
    return {"items": attachment_links.links_to(found, now)}
